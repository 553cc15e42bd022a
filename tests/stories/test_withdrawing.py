"""Taking it back by text: never at once, never a grave case, always checked."""

from datetime import timedelta

from app.conversation import lines
from tests.builders import PARTNERS
from tests.stories.telling import DHAKA, Telling, catalog

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"


def in_bengali(line: object) -> str:
    return catalog().render(line, "bn", DHAKA)


async def test_a_withdrawal_takes_effect_after_72_hours_and_the_partner_checks(
    story: Telling,
) -> None:
    ticket = await story.open(SAID, "২", "না")
    story.at += timedelta(hours=2)
    asked = story.at
    answer = await story.text(f"প্রত্যাহার {ticket.pin}")
    assert "5 ডিসেম্বর" in answer  # asked at 01:40 on the second
    check = [d for d in await story.owed() if d.template == "withdraw_check"]
    assert {d.to for d in check} == PARTNERS
    assert {d.at for d in check} == {asked}
    await story.run_until(asked + timedelta(hours=71, minutes=59))
    assert (await story.case(ticket.number))["state"] == "received"
    await story.run_until(asked + timedelta(hours=72))
    assert (await story.case(ticket.number))["state"] == "closed_withdrawn"
    # It is over: nothing climbs any more.
    await story.run(days=30)
    assert await story.told(ticket.number, asked + timedelta(hours=72)) == {}


async def test_it_can_be_undone_until_then(story: Telling) -> None:
    ticket = await story.open(SAID, "২", "না")
    story.at += timedelta(hours=2)
    await story.text(f"প্রত্যাহার {ticket.pin}")
    await story.run(hours=70)
    answer = await story.text(f"undo {ticket.pin}", phone="+8801712000009")
    assert answer == in_bengali(lines.DIGITS_UNKNOWN)  # the PIN alone, elsewhere
    answer = await story.text(f"undo {ticket.pin}")
    assert answer == in_bengali(lines.UNDONE)
    await story.run(hours=10)
    assert (await story.case(ticket.number))["state"] == "received"
    # And asked for once more it is a withdrawal of its own.
    await story.text(f"প্রত্যাহার {ticket.pin}")
    await story.run(hours=73)
    assert (await story.case(ticket.number))["state"] == "closed_withdrawn"


async def test_without_the_pin_nothing_is_withdrawn(story: Telling) -> None:
    ticket = await story.open(SAID, "২", "না")
    assert await story.text("প্রত্যাহার") == in_bengali(lines.NEED_PIN)
    await story.run(hours=80)
    assert (await story.case(ticket.number))["state"] == "received"


async def test_a_grave_case_is_never_withdrawn_by_text_alone(story: Telling) -> None:
    ticket = await story.open("৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়")
    answer = await story.text(f"প্রত্যাহার {ticket.pin}")
    assert answer == in_bengali(lines.WITHDRAW_TALK_FIRST)
    await story.run(hours=80)
    assert (await story.case(ticket.number))["state"] == "received"


async def test_the_partner_is_mailed_that_a_grave_case_asks_to_be_withdrawn(
    story: Telling,
) -> None:
    """There is no date by which it takes effect, and the mail must go out."""
    ticket = await story.open("৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়")
    await story.text(f"প্রত্যাহার {ticket.pin}")
    await story.deliver()
    checks = [d for d in await story.owed() if d.template == "withdraw_check"]
    assert {d.to for d in checks} == PARTNERS
    assert {d.state for d in checks} == {"sent"}
    subjects = [m for m in story.mouth.mails if "check a withdrawal" in m.subject]
    assert len(subjects) == 2
