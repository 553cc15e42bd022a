"""A call is one contact: answered or returned, whatever is asked for in it."""

from app.simulator.carrier.network import NumberConfig
from app.store.engine import Store
from tests.calls.acting import (
    MISSED_LINE,
    MORNING,
    Rung,
    a_spoken_case,
    add_number,
    deliver,
)
from tests.calls.carrier import Carrier
from tests.calls.telephone import BASE, WORKER, Telephone, telephone
from tests.store.test_contacts import counted
from tests.stories.programme import ENGLISH_LINE


async def test_a_call_that_hears_its_rights_is_one_contact(line: Telephone) -> None:
    caller = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("5", "4", "0"):
        await caller.press(keys)
    await caller.listen()
    asked = "SELECT count FROM counter WHERE name = 'call.rights'"
    assert await line.store.pool.fetchval(asked) == 1
    assert await counted(line.store) == {"call": 1}


async def test_a_call_that_opens_a_case_is_one_contact(line: Telephone) -> None:
    await a_spoken_case(line)
    assert await counted(line.store) == {"call": 1}


async def test_missed_calls_that_are_returned_are_one_contact(store: Store) -> None:
    await add_number(store, MISSED_LINE, "missed_call")
    async with telephone(store, start=MORNING) as line:
        line.network.numbers[MISSED_LINE] = NumberConfig(
            voice_url=f"{BASE}/twilio/voice"
        )
        rung, carrier = Rung(line), Carrier(line)
        for _ in range(3):  # a burst
            await (await line.ring(WORKER, MISSED_LINE)).listen()
        await line.clock.advance(30)
        await deliver(line, carrier)
        (ours,) = rung.calls
        await ours.answer()
        await ours.listen()
        assert await counted(store) == {"missed": 1}
