"""Virtual time: it moves when everybody waits, and in order."""

import asyncio
from datetime import timedelta

import pytest

from app.simulator.carrier.clock import VirtualClock
from tests.simulator.carrier_box import START


def at(seconds: float) -> object:
    return START + timedelta(seconds=seconds)


async def test_work_runs_in_order_of_time_when_time_goes_by() -> None:
    clock, ran = VirtualClock(START), []

    def noting(name: str):
        async def note() -> None:
            ran.append((name, clock.now()))

        return note

    clock.after(3, noting("late"))
    clock.after(1, noting("early"))
    clock.after(1, noting("early too"))
    await asyncio.sleep(0.01)
    assert ran == [], "time does not go by of itself"
    await clock.advance(2)
    assert ran == [("early", at(1)), ("early too", at(1))]
    assert clock.now() == at(2)
    await clock.run_until(at(5))
    assert ran[-1] == ("late", at(3))
    assert clock.now() == at(5)


async def test_sleepers_wake_in_order_and_time_waits_for_who_is_awake() -> None:
    clock, seen = VirtualClock(START), []

    async def sleeper(name: str, seconds: float, busy: float) -> None:
        with clock.acting():
            await clock.sleep_until(at(seconds))
            await asyncio.sleep(busy)  # a real server's answer
            seen.append((name, clock.now()))

    await asyncio.gather(sleeper("b", 2, 0), sleeper("a", 1, 0.02))
    assert seen == [("a", at(1)), ("b", at(2))], "busy for no virtual time"


async def test_drain_ends_what_drained_work_begins() -> None:
    clock, seen = VirtualClock(START), []

    async def again() -> None:
        seen.append(clock.now())
        if len(seen) < 4:
            clock.after(60, again)

    clock.after(60, again)
    await clock.drain()
    assert seen == [at(60), at(120), at(180), at(240)]


async def test_work_may_itself_sleep() -> None:
    clock, seen = VirtualClock(START), []

    async def slow() -> None:
        await clock.advance(10)
        seen.append(clock.now())

    clock.after(1, slow)
    await clock.advance(5)
    assert seen == []
    await clock.drain()
    assert seen == [at(11)]


async def test_what_fails_unseen_fails_whoever_waits() -> None:
    clock = VirtualClock(START)

    async def fail() -> None:
        raise LookupError("lost")

    clock.after(1, fail)
    with pytest.raises(LookupError, match="lost"):
        await clock.advance(2)
    await clock.advance(1)


async def test_a_grain_wakes_together_what_is_due_together() -> None:
    clock, awake, most = VirtualClock(START, grain=1.0), 0, 0

    async def call(begins: float) -> None:
        nonlocal awake, most
        with clock.acting():
            await clock.sleep_until(at(begins))
            awake += 1
            most = max(most, awake)
            await asyncio.sleep(0.01)
            awake -= 1

    await asyncio.gather(*(call(10 + n / 20) for n in range(10)), call(30))
    assert most == 10


async def test_a_clock_on_the_wall_is_never_behind_it() -> None:
    wall = START
    clock, ran = VirtualClock(START, wall=lambda: wall), []

    async def note() -> None:
        ran.append(clock.now())

    clock.after(2, note)
    wall = at(5)
    assert clock.now() == at(5)
    await clock.sleep_until(clock.now())
    assert len(ran) == 1, "what was due while nobody waited is done"
    await clock.advance(4)
    assert clock.now() == at(9), "sleeping takes no time of the wall"
    wall = at(7)
    assert clock.now() == at(9), "and time does not go back"


async def test_a_sleeper_that_is_stopped_leaves_time_free() -> None:
    clock = VirtualClock(START)

    async def hold() -> None:
        with clock.acting():
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(clock.advance(1))
    await asyncio.sleep(0.01)
    assert not waiting.done(), "somebody is awake"
    task.cancel()
    await waiting
    assert clock.now() == at(1)


async def test_a_clock_that_keeps_up_does_what_is_due_by_the_wall() -> None:
    wall = START
    clock, ran = VirtualClock(START, wall=lambda: wall), asyncio.Event()

    async def note() -> None:
        ran.set()

    clock.after(60, note)
    following = asyncio.create_task(clock.keep_up(every=0.001))
    await asyncio.sleep(0.02)
    assert not ran.is_set()
    wall = at(61)
    await asyncio.wait_for(ran.wait(), 5)
    following.cancel()
