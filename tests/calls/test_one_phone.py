"""Many people, one phone: what one says is not another's to hear or to change."""

from app.actions.call_back import wishes
from tests.builders import GAZIPUR
from tests.calls.acting import person, post, to_the_pin
from tests.calls.telephone import (
    WORKER,
    Telephone,
    prompts_of,
    spoken_numbers,
)
from tests.stories.programme import ENGLISH_LINE


async def test_a_call_that_goes_on_is_nobody_elses(line: Telephone) -> None:
    """A switchboard shows one number for many: each has a call of their own."""
    first = await line.ring(WORKER, ENGLISH_LINE)
    await to_the_pin(first)
    second = await line.ring(WORKER, ENGLISH_LINE)
    await second.listen()
    assert prompts_of(second.upcoming)[0] == "welcome"


async def test_what_was_said_once_is_not_said_to_who_rings_next(
    line: Telephone,
) -> None:
    """Neither number and PIN, nor may a "no" bring it nearer to the factory."""
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await to_the_pin(caller)
    await caller.hang_up()
    await line.clock.advance(60)
    other = await line.ring(WORKER, ENGLISH_LINE)
    await other.press("1")
    await other.listen()
    assert "pin_is" not in prompts_of(other.heard + other.upcoming)
    assert other.is_over


async def test_a_no_on_a_resumed_call_waits_for_the_partner(line: Telephone) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await caller.press("1")
    await caller.speak(9, then="hang_up")
    await line.clock.advance(60)
    other = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("1", "1", "4", GAZIPUR, "1", "2"):
        await other.press(keys)
    await other.hang_up()
    assert (await line.case())["route"] == "partner"
    assert "conflict" not in await line.detail()


async def test_a_late_report_wakes_nothing_that_is_over(line: Telephone) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    await caller.press("1")
    await caller.speak(9, then="hang_up")
    await line.clock.advance(60)
    again = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("1", "1", "#", "#", "#"):
        await again.press(keys)
    await again.listen()
    _, pin = spoken_numbers(prompts_of(again.upcoming))
    await again.press(pin)
    await again.press("3")
    await line.clock.advance(3600)
    late = {"CallSid": caller.sid, "RecordingSid": "RE" + "2" * 32}
    told = {"RecordingStatus": "completed", "RecordingDuration": "4", **late}
    await post(line, "/twilio/voice/recording", **told)
    third = await line.ring(WORKER, ENGLISH_LINE)
    await third.listen()
    assert prompts_of(third.upcoming)[0] == "welcome"
    assert len(await line.cases()) == 1
    assert len(await line.recordings()) == 2


async def test_a_stranger_who_guesses_makes_no_other_phone_wait(
    line: Telephone,
) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    number, pin = await to_the_pin(caller)
    await caller.hang_up()
    for count in range(4):
        guesser = await line.ring("+8801999999999", ENGLISH_LINE)
        await guesser.press("9")
        for guess in range(3):
            await guesser.press(number)
            await guesser.press(f"{count}{guess}0000")
        await guesser.hang_up()
    borrowed = await line.ring("+8801777777777", ENGLISH_LINE)
    for keys in ("9", number, pin):
        await borrowed.press(keys)
    await borrowed.listen()
    assert prompts_of(borrowed.upcoming)[0] == "status_received"


async def test_two_workers_of_one_phone_may_both_be_called(line: Telephone) -> None:
    for part in ("1", "3"):
        caller = await line.ring(WORKER, ENGLISH_LINE)
        await caller.press("0")
        await caller.press(part)
        await caller.hang_up()
        await line.clock.advance(3600)
    partner = await person(line.store, "partner-bd")
    found = await wishes(line.store, by=partner, at=line.clock.now())
    assert [wish.part for wish in found] == ["morning", "evening"]
