"""A protected case: nothing at the factory, and next to nothing at the brands."""

from datetime import timedelta

from app.domain.commands import ReleaseToBrand
from app.outbox.owed import Hook, Mail
from tests.stories.conftest import NIGHT
from tests.stories.telling import Mouth, Telling

SAID = "৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়"

# GBVH is S1: acknowledge 4h, first action 24h, resolve 14d, the brands alerted.
# Neither the alert nor the missed date is answered by any brand.
TIMELINE = """
Tue 01 Dec 23:40  brand_alert: brand kesto, brand norda, brand until-14, brand_webhook norda, norda-buyer
Tue 01 Dec 23:40  case_new acknowledge: partner-bd, partner-bd-2
Wed 02 Dec 01:40  reminder acknowledge 50 %: partner-bd, partner-bd-2
Wed 02 Dec 02:52  reminder acknowledge 80 %: partner-bd, partner-bd-2
Wed 02 Dec 03:40  missed acknowledge: admin, admin-2, partner-bd, partner-bd-2
Wed 02 Dec 11:40  reminder first_action 50 %: partner-bd, partner-bd-2
Wed 02 Dec 18:52  reminder first_action 80 %: partner-bd, partner-bd-2
Wed 02 Dec 23:40  missed first_action: admin, admin-2
Thu 03 Dec 23:40  brand_alert: brand kesto, brand norda, brand until-14, brand_webhook norda, norda-buyer
Tue 08 Dec 23:40  reminder resolve 50 %: partner-bd, partner-bd-2
Wed 09 Dec 18:00  silent: admin, admin-2
Sun 13 Dec 04:28  reminder resolve 80 %: partner-bd, partner-bd-2
Tue 15 Dec 23:40  brand_missed_protected resolve: brand kesto, brand norda, brand until-14, brand_webhook norda, norda-buyer
Tue 15 Dec 23:40  missed resolve: admin, admin-2
Thu 17 Dec 23:40  brand_missed_protected resolve: brand kesto, brand norda, brand until-14, brand_webhook norda, norda-buyer
Wed 23 Dec 18:00  silent: admin, admin-2
""".strip()  # noqa: E501

BRAND_SIDE = ("care@norda.example", "care@kesto.example", "norda-buyer@example.org")
# It bought on the day of the complaint, and until a day before the last date.
LEFT = "left@brand.example"
# What would tell where it is, what it is about, or exactly when.
VEILED = (
    *("482170", "Site 4", "Gazipur", "GBVH", "sexual", "harass", "violence"),
    *("December", "Dec ", "2026", "23:40", "15", "S1"),
)


async def test_nobody_at_the_factory_learns_of_it_even_with_conflict_no(
    story: Telling,
) -> None:
    ticket = await story.open(SAID, "২", "না")
    await story.run_until(NIGHT + timedelta(days=40), deliver=True)
    timeline = await story.timeline(ticket.number)
    assert timeline == TIMELINE
    assert "gaz-" not in timeline
    assert (await story.case(ticket.number))["route"] == "partner"


async def test_what_brands_read_tells_neither_site_category_nor_date(
    story: Telling,
) -> None:
    ticket = await story.open(SAID, "২", "না")
    await story.run_until(NIGHT + timedelta(days=40), deliver=True)
    mails = _brand_mails(story.mouth)
    # An alert and a missed date, each told again where nobody answered.
    assert [mail.to for mail in mails].count("care@kesto.example") == 4
    assert len(mails) == 4 * len(BRAND_SIDE)
    for mail in mails:
        said = f"{mail.subject}\n{mail.body}"
        # An older message may have joined the number to the site.
        assert ticket.number not in said
        assert not [word for word in VEILED if word in said], said
        assert "Bangladesh" in said
        assert "partner-bd@example.org" in said
    late = [mail.body for mail in mails if "past its date" in mail.subject]
    assert len(late) == 2 * 3
    assert all("to have the case solved" in body for body in late)
    assert [mail.to for mail in story.mouth.mails].count(LEFT) == 4
    hooks = [parcel for parcel in story.mouth.sent if isinstance(parcel, Hook)]
    assert [set(hook.data) for hook in hooks] == [
        *[{"country", "partner"}] * 2,
        *[{"country", "partner", "clock"}] * 2,
    ]


async def test_brands_read_more_only_after_the_partner_released_it(
    story: Telling,
) -> None:
    ticket = await story.open(SAID, "২", "না")
    await story.act(
        ticket.number, ReleaseToBrand(note="she asked for it"), "partner-bd"
    )
    await story.run_until(NIGHT + timedelta(days=20), deliver=True)
    released = [debt for debt in await story.owed() if debt.template == "brand_missed"]
    assert len(released) == 5
    assert released[0].params["site"] == "482170"


async def test_a_life_in_danger_by_its_own_hand_never_reaches_a_brand(
    story: Telling,
) -> None:
    answer = await story.text("৪৮২১৭০ আমি মরে যেতে চাই")
    assert "999" in answer
    await story.run_until(NIGHT + timedelta(days=20), deliver=True)
    told = {debt.to for debt in await story.owed()}
    assert told == {"partner-bd", "partner-bd-2", "admin", "admin-2"}


def _brand_mails(mouth: Mouth) -> list[Mail]:
    return [mail for mail in mouth.mails if mail.to in BRAND_SIDE]
