"""An hour on a bad network: whoever spoke for a second has exactly one case."""

import random
from collections import Counter
from typing import Any

import pytest

from app.domain.errors import ThreadlineError
from app.simulator.carrier.faults import Fault, FaultPlan, Kind
from app.simulator.carrier.network import Caller, Wanted
from app.store.engine import Store
from app.store.ledger import verify
from tests.builders import GAZIPUR
from tests.calls.carrier import Carrier
from tests.calls.telephone import Telephone, telephone
from tests.chaos.processes import IS_WHOLE
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, INDIA_LINE

CALLS = 1000 if IS_WHOLE else 120
HANG_UPS = 0.2
PLAN = FaultPlan(
    (
        Fault(kind=Kind.TWICE, share=0.05),
        Fault(kind=Kind.TWICE_AT_ONCE, share=0.05),
        Fault(kind=Kind.LOST, share=0.05),
        Fault(kind=Kind.ANSWER_LOST, share=0.02),
        Fault(kind=Kind.LATE, share=0.2, seconds=90),
        Fault(kind=Kind.NEVER, share=0.05),
        Fault(kind=Kind.MEDIA_MISSING, share=0.3, first=2),
        Fault(kind=Kind.TOO_MANY, share=0.05),
        Fault(kind=Kind.SERVER_ERROR, share=0.05),
        Fault(kind=Kind.TIMES_OUT, share=0.03),
    )
)
ANSWERS = ("1", "2", "3", "4", "5", "6", "#", "9", "*", GAZIPUR, "000000")


async def one_call(line: Telephone, chance: random.Random, number: int) -> Caller:
    """Call, speak most of the time, answer at random, hang up at random."""
    sender = None if number % 25 == 0 else f"+88018{number:08d}"
    to = chance.choice((DHAKA_LINE, INDIA_LINE, ENGLISH_LINE))
    caller = await line.ring(sender, to)
    hangs_up = chance.random() < HANG_UPS
    steps = chance.randrange(1, 14) if hangs_up else 30
    for _ in range(steps):
        wanted = await caller.listen()
        if wanted is Wanted.NOTHING:
            break
        if wanted is Wanted.VOICE:
            seconds = chance.choice((0.4, 1.5, 8, 30, 125))
            then: Any = chance.choice(("hash", "hash", "hang_up", "silence"))
            await caller.speak(min(seconds, 119), then=then)
        elif len(caller.heard) < 3:
            await caller.press("1", after=chance.random() * 3)
        elif chance.random() < 0.2:
            await caller.wait()
        else:
            await caller.press(chance.choice(ANSWERS), after=chance.random() * 9)
    if not caller.is_over:
        await caller.hang_up()
    return caller


@pytest.mark.parametrize("seed", [1, 2] if IS_WHOLE else [1])
async def test_whoever_spoke_for_a_second_is_one_case(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    async with telephone(store, seed=seed, faults=PLAN) as line:
        carrier = Carrier(line)
        waits = sorted(chance.random() * 3600 for _ in range(CALLS))
        chances = [random.Random(chance.random()) for _ in range(CALLS)]

        def begin(number: int) -> None:
            async def call() -> None:
                await one_call(line, chances[number], number)

            line.clock.after(waits[number], call)

        for number in range(CALLS):
            begin(number)
        await line.clock.advance(3600)
        await line.clock.drain()
        await carrier.live(3 * 3600, every=120)
        await check(line)
    assert (await verify(store)).problems == []


async def check(line: Telephone) -> None:
    """Hold what is kept against what the carrier recorded."""
    spoken = [r for r in line.network.recordings if r.seconds >= 1 and not r.error_code]
    assert len(spoken) > CALLS / 4
    kept = await line.store.pool.fetch("SELECT tag, call_tag, case_id FROM recording")
    by_tag = {row["tag"]: row for row in kept}
    tag = line.store.keyring.recording_tag
    assert {tag(r.sid) for r in spoken} == set(by_tag), "each recording is kept once"
    cases_of: dict[str, set[Any]] = {}
    for recording in spoken:
        case = by_tag[tag(recording.sid)]["case_id"]
        cases_of.setdefault(recording.call_sid, set()).add(case)
    assert {len(cases) for cases in cases_of.values()} == {1}, "one case a call"
    shared = Counter(case for cases in cases_of.values() for case in cases)
    assert set(shared.values()) == {1}, "and no two calls in one"
    states = Counter(
        row["state"]
        for row in await line.store.pool.fetch("SELECT state FROM recording")
    )
    assert states == {"kept": len(spoken)}
    left = [r for r in line.network.recordings if not r.deleted and not r.error_code]
    assert [r for r in left if r.seconds >= 1] == [], "the carrier keeps nothing"


def test_the_plan_is_as_bad_as_it_says() -> None:
    assert sum(f.share for f in PLAN.faults if f.kind.startswith("twice")) == 0.1
    assert issubclass(ThreadlineError, Exception)
