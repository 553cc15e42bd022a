"""Thirty days after the end, by telephone: the question, after number and PIN."""

from app.actions.act_on_case import act_on_case
from app.actions.sweep_deadlines import sweep_due
from app.conversation.calls.spoken import REPRISAL, REPRISAL_NO, REPRISAL_YES
from app.domain.commands import TakeOver, Unfounded
from app.simulator.carrier.caller import Caller
from app.store.engine import Store
from app.store.ledger import verify
from tests.calls.acting import a_spoken_case, person
from tests.calls.telephone import (
    WORKER,
    Telephone,
    catalog,
    prompts_of,
    spoken_numbers,
    telephone,
)
from tests.stories.programme import ENGLISH_LINE


def words(prompt: object) -> str:
    return catalog().render(prompt.line, "en")  # type: ignore[attr-defined]


async def asked(line: Telephone) -> tuple[str, str]:
    number, pin = await a_spoken_case(line)
    partner = await person(line.store, "partner-bd")
    for command in (TakeOver(), Unfounded(note="Nothing was found.")):
        at = line.clock.now()
        await act_on_case(
            line.store, number, command, by=partner, at=at, through="test"
        )
    await line.clock.advance(30 * 86400 + 60)
    await sweep_due(line.store, at=line.clock.now())
    return number, pin


async def follow(line: Telephone, number: str, pin: str) -> tuple[Caller, list[str]]:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("9", number, pin):
        await caller.press(keys)
    await caller.listen()
    return caller, prompts_of(caller.upcoming)


async def test_a_yes_gives_a_number_and_a_pin_at_once(store: Store) -> None:
    async with telephone(store) as line:
        number, pin = await asked(line)
        caller, said = await follow(line, number, pin)
        assert words(REPRISAL) in said or "reprisal" in said
        await caller.press("1")
        await caller.listen()
        said = prompts_of(caller.upcoming)
        assert words(REPRISAL_YES) in said or "reprisal_yes" in said
        opened, its_pin = spoken_numbers(said)
        assert (opened, its_pin) != (number, pin)
        await caller.press(its_pin)
        await caller.listen()
        assert caller.is_over  # how to reach her is known: nothing more is asked
        row = await store.pool.fetchrow("SELECT * FROM cases WHERE number = $1", opened)
        kept = (row["category"], row["severity"], row["route"])
        assert kept == ("RETA", "S1", "partner")
        first = await store.pool.fetchrow(
            "SELECT * FROM cases WHERE number = $1", number
        )
        assert row["phone_tag"] == first["phone_tag"]
        assert first["state"] == "closed_unfounded"
        assert (await verify(store)).problems == []


async def test_a_no_is_kept_and_what_may_be_done_follows(store: Store) -> None:
    async with telephone(store) as line:
        number, pin = await asked(line)
        caller, _ = await follow(line, number, pin)
        await caller.press("2")
        await caller.listen()
        said = prompts_of(caller.upcoming)
        assert words(REPRISAL_NO) in said or "reprisal_no" in said
        assert len(await line.cases()) == 1
        _, said = await follow(line, number, pin)
        assert words(REPRISAL) not in said
        assert "reprisal" not in said
