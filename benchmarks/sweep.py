"""Many cases due at once: the whole sweep beside an UPDATE of the same rows."""

import asyncio
import time
from datetime import datetime, timedelta
from statistics import median

import asyncpg

from app.actions.sweep_deadlines import sweep_due
from app.channels.sms.render import twiml
from app.runtime.clock import now
from benchmarks.figures import Figure
from benchmarks.fill import open_one
from benchmarks.ground import Ground, catalog, copied, fresh_database, open_store
from benchmarks.sizes import Sizes

BATCH = 200
_ROUNDS = 3
_WORKERS = 8  # cases opened side by side, before anything is measured

# The case's first promise falls due now; its reminders are past.
_MAKE_DUE = """
UPDATE deadline SET due_at = $1, next_at = $1,
  remind_50_at = opened_at, remind_80_at = opened_at
WHERE name = 'acknowledge'
"""
_MARK = """
UPDATE deadline SET missed_at = due_at, next_at = NULL
WHERE (case_id, name, round) IN (
  SELECT case_id, name, round FROM deadline WHERE next_at <= $1
  ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    """Sweep and mark copies of one database by turns."""
    at = now()
    sweeps, marks = [], []
    with fresh_database(on) as template:
        asyncio.run(_make_due(on, template, sizes.due_at_once, at))
        for _ in range(_ROUNDS):
            with copied(on, template) as url:
                sweeps.append(asyncio.run(_sweep(on, url, at, sizes.due_at_once)))
            with copied(on, template) as url:
                marks.append(asyncio.run(_mark(url, at, sizes.due_at_once)))
    ours, other = median(sweeps), median(marks)
    return [
        Figure(
            f"{sizes.due_at_once:,} cases due at once, swept {BATCH} at a time",
            f"{ours:.2f} s ({ours / sizes.due_at_once * 1e6:.0f} us a case)",
            f"{other:.2f} s bulk UPDATE … SKIP LOCKED of the same rows",
            ratio=ours / other,
            target="at most 3",
            is_met=ours / other <= 3,
        )
    ]


async def _make_due(on: Ground, url: str, number: int, at: datetime) -> None:
    render = twiml(catalog())
    opened_at = at - timedelta(minutes=1)
    async with open_store(on, url, size=_WORKERS) as store:

        async def open_some() -> None:
            for _ in range(number // _WORKERS):
                await open_one(store, render, opened_at)

        await asyncio.gather(*(open_some() for _ in range(_WORKERS)))
        await store.pool.execute(_MAKE_DUE, at)
        async with store.pool.acquire() as owner:
            await owner.execute("SET ROLE NONE")
            await owner.execute("VACUUM ANALYZE")
            await owner.execute("RESET ROLE")


async def _sweep(on: Ground, url: str, at: datetime, number: int) -> float:
    async with open_store(on, url, size=1) as store:
        await store.directory()  # read once in a worker's life
        started, done = time.perf_counter(), 0
        while (swept := await sweep_due(store, at=at, limit=BATCH)).cases:
            done += swept.cases
        taken = time.perf_counter() - started
        await _check(store.pool, number)
    if done != number:
        raise RuntimeError(f"{number} were due, {done} were swept")
    return taken


async def _mark(url: str, at: datetime, number: int) -> float:
    connection = await asyncpg.connect(url)
    try:
        mark = await connection.prepare(_MARK)
        started = time.perf_counter()
        while True:
            await mark.fetch(at, BATCH)
            if mark.get_statusmsg() == "UPDATE 0":
                break
        taken = time.perf_counter() - started
        await _check(connection, number)
    finally:
        await connection.close()
    return taken


async def _check(connection: asyncpg.Connection, number: int) -> None:
    marked = await connection.fetchval("SELECT count(missed_at) FROM deadline")
    if marked != number:
        raise RuntimeError(f"{number} were due, {marked} are marked")
