"""The worker process: driven by Postgres, hastened by a bell, outliving Redis."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.gateways.bell import QUEUE, RedisBell, broker
from app.runtime.settings import read_settings
from app.store.engine import Store
from tests.workers.cable import Cable, empty
from tests.workers.debts import AT, Clock, Plain, a_case, a_person, owe, row_of
from workers import relay
from workers.main import run_worker
from workers.pulse import Pulse

NOBODY_THERE = "redis://127.0.0.1:9"


@asynccontextmanager
async def working(
    store: Store, redis_url: str, *, seconds: float
) -> AsyncIterator[None]:
    """Run a worker of a demo, whose console shows what it sends."""
    await store.pool.execute(
        "INSERT INTO programme (id, is_demo, created_at, key_check)"
        " VALUES (1, true, now(), '') ON CONFLICT (id) DO UPDATE SET is_demo = true"
    )
    environ = {
        "THREADLINE_KEYS": "A" * 43 + "=",
        "THREADLINE_DIGEST_SECONDS": "0",  # a second notice must not wait for a window
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_ACCOUNT_SID": "AC1",
    }
    settings = replace(read_settings(environ, generated=True), sweep_seconds=seconds)
    stop = asyncio.Event()
    worker = asyncio.create_task(
        run_worker(
            settings, store, Plain(), redis_url=redis_url, stop=stop, clock=Clock()
        )
    )
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await worker


async def until(check: Callable[[], Awaitable[bool]], *, within: float) -> None:
    async with asyncio.timeout(within):
        while not await check():  # noqa: ASYNC110 - the database rings no bell here
            await asyncio.sleep(0.02)


def is_sent(store: Store, owed_id: UUID) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return bool((await row_of(store, owed_id))["state"] == "sent")

    return check


async def owe_mail(store: Store, occasion: str = "") -> UUID:
    key = await a_person(store, email=f"member{occasion}@example.org")
    return await owe(
        store,
        "person",
        key,
        template="not_solved",
        params={"number": "48213459", "site": "482170", "count": 1},
        occasion=occasion,
    )


async def test_without_redis_messages_go_out_all_the_same(store: Store) -> None:
    owed_id = await owe_mail(store)
    async with working(store, NOBODY_THERE, seconds=0.1):
        await until(is_sent(store, owed_id), within=30)
        later = await owe_mail(store, "later")
        await until(is_sent(store, later), within=30)
    shown = (await row_of(store, owed_id))["shown"]
    assert shown.startswith("To: member@example.org\n")


async def test_without_redis_a_missed_clock_strikes_and_is_told(store: Store) -> None:
    case_id = await a_case(store)
    admin = await a_person(store, email="admin@example.org")
    await store.pool.execute("UPDATE person SET role = 'admin', org = '{}'")
    await store.pool.execute(
        """
        INSERT INTO deadline (case_id, name, round, opened_at, due_at, next_at)
        VALUES ($1, 'acknowledge', 0, $2, $3, $3)
        """,
        case_id,
        AT - timedelta(days=3),
        AT - timedelta(seconds=1),
    )

    async def told() -> bool:
        state = await store.pool.fetchval(
            "SELECT state FROM outbox WHERE template = 'missed' AND recipient_key = $1",
            admin,
        )
        return bool(state == "sent")

    async with working(store, NOBODY_THERE, seconds=0.1):
        await until(told, within=30)
    assert await store.pool.fetchval("SELECT missed_at FROM deadline") is not None


async def test_a_ring_is_heard_long_before_the_next_beat(
    store: Store, redis_url: str
) -> None:
    async with working(store, redis_url, seconds=30):
        await asyncio.sleep(0.5)  # the first beat is over
        owed_id = await owe_mail(store)
        bell = RedisBell(redis_url)
        bell.ring()
        await until(is_sent(store, owed_id), within=4)
        await bell.aclose()


async def test_after_redis_was_gone_and_emptied_the_bell_is_heard_again(
    store: Store, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "FIRST_WAIT", 0.1)
    cable = Cable(redis_url)
    await cable.plug()
    pool, bell = broker(redis_url), RedisBell(cable.url)
    async with working(store, cable.url, seconds=30):
        await asyncio.sleep(0.5)
        await cable.pull()
        await empty(pool)
        bell.ring()  # goes nowhere, and hurts nobody
        await asyncio.sleep(0.8)
        await cable.plug()
        owed_id = await owe_mail(store)

        async def rung() -> bool:
            bell.ring()
            return await is_sent(store, owed_id)()

        await until(rung, within=8)
    assert bell.failures >= 1
    await bell.aclose()
    await cable.pull()
    await pool.aclose(close_connection_pool=True)


async def test_what_lies_in_the_queue_is_json_without_arguments(redis_url: str) -> None:
    pool, bell = broker(redis_url), RedisBell(redis_url)
    await empty(pool)
    bell.ring()
    await asyncio.sleep(0.1)
    (job_id,) = await pool.zrange(QUEUE, 0, -1)
    job = json.loads(await pool.get(f"arq:job:{job_id.decode()}") or b"")
    await empty(pool)
    await bell.aclose()
    await pool.aclose(close_connection_pool=True)
    assert (job["f"], job["a"], job["k"]) == ("ring", [], {})


async def test_a_step_that_fails_is_done_again_at_the_next_beat() -> None:
    stop, beats = asyncio.Event(), 0

    async def step() -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise RuntimeError
        stop.set()

    async with asyncio.timeout(2):
        await Pulse("test", step, seconds=0.01).run(stop)
    assert beats == 2


async def test_a_pulse_that_waits_stops_at_once() -> None:
    stop = asyncio.Event()

    async def step() -> None:
        return None

    running = asyncio.create_task(Pulse("test", step, seconds=60).run(stop))
    await asyncio.sleep(0.05)
    stop.set()
    async with asyncio.timeout(1):
        await running


async def test_a_ring_during_a_beat_brings_another() -> None:
    stop, beats = asyncio.Event(), 0

    async def step() -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            pulse.wake()
        else:
            stop.set()

    pulse = Pulse("test", step, seconds=60)
    async with asyncio.timeout(1):
        await pulse.run(stop)
    assert beats == 2
