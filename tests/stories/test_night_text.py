"""A text at night becomes a brand's problem on day 15, because nobody acts."""

from collections import Counter
from datetime import timedelta
from textwrap import dedent

import pytest

from app.outbox.owed import Hook, Mail, Text
from app.store.engine import Store
from app.store.ledger import verify
from tests.stories.conftest import NIGHT
from tests.stories.telling import DHAKA, WORKER, Telling, ticket_in

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"

# Fridays rest; windows 09:00-13:00 and 14:00-18:00. Acknowledge 2wd, first
# action 5wd, resolve 14d: the brands hear on the fifteenth day, after the night.
# Nobody there answers within 48 hours, nor within 5wd of the reminder.
TIMELINE = """
    Tue 01 Dec 23:40  case_new acknowledge: partner-bd, partner-bd-2
    Tue 01 Dec 23:42  case_new acknowledge: {committee}
    Tue 01 Dec 23:42  words_wait acknowledge: partner-bd, partner-bd-2
    Wed 02 Dec 18:00  reminder acknowledge 50 %: {committee}
    Thu 03 Dec 14:48  reminder acknowledge 80 %: {committee}
    Thu 03 Dec 18:00  missed acknowledge: {committee}, partner-bd, partner-bd-2
    Sat 05 Dec 13:00  reminder first_action 50 %: {committee}
    Sun 06 Dec 18:00  reminder first_action 80 %: {committee}
    Mon 07 Dec 18:00  missed first_action: gaz-head
    Tue 08 Dec 23:40  reminder resolve 50 %: {committee}
    Sun 13 Dec 04:28  reminder resolve 80 %: {committee}
    Tue 15 Dec 23:40  brand_missed resolve: {brands}
    Fri 18 Dec 07:00  brand_reminder resolve: {brands}
    Wed 23 Dec 18:00  silent: admin, admin-2
"""
COMMITTEE = "gaz-com-m1, gaz-com-m2, gaz-com-n1, gaz-com-w1, gaz-com-w2"
# Those that bought on the day of the complaint, whoever buys on the last date.
BRANDS = "brand kesto, brand norda, brand until-14, brand_webhook norda, norda-buyer"
WAYS = 5  # three addresses, one webhook, one person

# From which day on each rung knew, by the ledger: what, which rung, why.
RUNGS = [
    ("acknowledge", "committee", "missed"),
    ("acknowledge", "partner", "missed"),
    ("first_action", "factory_head", "missed"),
    ("resolve", "brand", "missed"),
    ("resolve", "brand", "missed"),
    ("resolve", "secretariat", "missed"),
]

WORDS_OF_THE_WORKER = ("ওভারটাইম", "টাকা", "overtime", "wage", "WAGE", WORKER[4:])


async def test_a_text_at_night_becomes_a_brands_problem_on_day_15(
    story: Telling, store: Store
) -> None:
    acknowledged = await story.text(SAID)
    ticket = ticket_in(acknowledged)
    assert "3 ডিসেম্বর" in acknowledged  # the day on which acknowledge is due
    assert acknowledged.split("\n\n")[0].endswith("999")
    assert not any(word in acknowledged for word in ("482170", "Site", "ওভারটাইম"))

    story.at += timedelta(minutes=2)
    await story.text("২")  # it is about nobody on the committee
    await story.text("না")  # and no texts to this phone, please

    await story.run_until(NIGHT + timedelta(days=60), deliver=True)

    assert await story.timeline(ticket.number) == dedent(TIMELINE).strip().format(
        committee=COMMITTEE, brands=BRANDS
    )
    climbed = await store.pool.fetch("SELECT * FROM escalation ORDER BY at, rung")
    assert [(e["clock"], e["rung"], e["reason"]) for e in climbed] == RUNGS
    assert (await story.case(ticket.number))["state"] == "received"

    _assert_every_mail_went_out_once_and_says_nothing(story)
    assert {debt.state for debt in await story.owed()} == {"sent"}
    verdict = await verify(store)
    assert verdict.ok, verdict.problems


def _assert_every_mail_went_out_once_and_says_nothing(story: Telling) -> None:
    sent = Counter(parcel.owed_id for parcel in story.mouth.sent)
    assert set(sent.values()) == {1}
    # Twice 2 + 8 times the committee of five + 2 partners + head, then twice every
    # way to the brands, and the secretariat of two.
    assert len(story.mouth.sent) == 2 + 2 + 8 * 5 + 2 + 1 + 2 * WAYS + 2
    for parcel in story.mouth.sent:
        assert not isinstance(parcel, Text)  # she said no to texts
        said = parcel.subject + parcel.body if isinstance(parcel, Mail) else parcel.data
        assert not any(word in str(said) for word in WORDS_OF_THE_WORKER)
    hooks = [parcel for parcel in story.mouth.sent if isinstance(parcel, Hook)]
    assert [hook.type for hook in hooks] == ["brand_missed", "brand_reminder"]
    assert {hook.data["site"] for hook in hooks} == {"482170"}
    assert {hook.data["part"] for hook in hooks} == {"copy"}
    assert {hook.data["lead"] for hook in hooks} == {"Kesto"}


@pytest.mark.parametrize(
    "beats",
    [
        pytest.param(1, id="once"),
        pytest.param(3, id="three-times-at-each-moment"),
    ],
)
async def test_nobody_is_told_twice_however_often_the_sweep_comes_by(
    story: Telling, beats: int
) -> None:
    ticket = await story.open(SAID, "২", "না")
    for hour in range(0, 24 * 20, 6):
        story.at = NIGHT + timedelta(hours=hour)
        for _ in range(beats):
            await story.sweep()
    told = Counter((debt.told, debt.to) for debt in await story.owed(ticket.number))
    assert max(told.values()) == 1
    # Nothing is lost with it: no reminder is due within six hours of the next.
    assert len(told) == 2 + 2 + 8 * 5 + 2 + 1 + 2 * WAYS


async def test_a_sweep_that_was_down_for_a_day_catches_up_without_stale_reminders(
    story: Telling, store: Store
) -> None:
    ticket = await story.open(SAID, "২", "না")
    # Down from before the first reminder of acknowledge until a day after it
    # was missed; both its reminders are stale by then.
    story.at = NIGHT.replace(day=4, hour=19, minute=0)
    await story.sweep()
    since = NIGHT + timedelta(hours=1)
    caught_up = [d for d in await story.owed(ticket.number) if d.at >= since]
    assert {d.told for d in caught_up} == {"missed acknowledge"}
    assert len(caught_up) == 7
    missed = (await story.clocks(ticket.number))["acknowledge"]["missed_at"]
    assert missed.astimezone(DHAKA).isoformat() == "2026-12-03T18:00:00+06:00"
    await story.sweep()
    assert len(await story.owed(ticket.number)) == 9 + 7
    # And it goes on as if nothing had been.
    await story.run_until(NIGHT + timedelta(days=20))
    late = (await story.timeline(ticket.number)).splitlines()[-7:]
    wanted = dedent(TIMELINE).strip().format(committee=COMMITTEE, brands=BRANDS)
    assert late == wanted.splitlines()[-8:-1]


async def test_a_sweep_that_was_down_for_a_month_climbs_in_order(
    story: Telling, store: Store
) -> None:
    ticket = await story.open(SAID, "২", "না")
    story.at = NIGHT + timedelta(days=30)
    await story.sweep()
    events = await store.pool.fetch(
        "SELECT kind FROM ledger_event WHERE at = $1 ORDER BY seq", story.at
    )
    assert [event["kind"] for event in events] == [
        *("clock.missed", "case.escalated", "case.escalated"),
        *("clock.missed", "case.escalated"),
        *("clock.missed", "case.escalated"),
    ]
    told = Counter(d.template for d in await story.owed(ticket.number))
    assert told == {
        "case_new": 7,
        "words_wait": 2,
        "missed": 8,
        "brand_missed": WAYS,
    }


async def test_reminders_that_lay_too_long_are_not_sent_any_more(
    story: Telling,
) -> None:
    """The mail server was away: the missed date speaks for itself."""
    await story.open(SAID, "২", "না")
    await story.run_until(NIGHT + timedelta(days=20))
    await story.deliver()
    subjects = [mail.subject for mail in story.mouth.mails]
    assert not any("Reminder: case" in subject for subject in subjects)
    states = Counter((d.template, d.state) for d in await story.owed())
    assert states["reminder", "expired"] == 6 * 5
    assert states["missed", "sent"] == 8
