"""A text that opens a case: how many a second, how late, in how many statements."""

import asyncio
from pathlib import Path
from statistics import median

import asyncpg

from app.channels.sms.render import twiml
from app.runtime.clock import now
from benchmarks import bare
from benchmarks.figures import Figure
from benchmarks.fill import open_one
from benchmarks.forms import write_requests
from benchmarks.ground import Ground, catalog, fresh_database, open_store
from benchmarks.processes import client, free_port, web, worked_seconds
from benchmarks.sizes import Sizes

CONCURRENCY = 16
OURS = "app.cli serve"
_BARE = "benchmarks.bare"


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    """Measure both web processes by turns, then ours at a steady rate."""
    with fresh_database(on) as ours, fresh_database(on, migrated=False) as other:
        asyncio.run(_execute(other, bare.TABLE))
        port, bare_port = free_port(), free_port()
        log = on.home / "web.log"
        with (
            web(OURS, on.environment(ours, port), log) as pid,
            web(_BARE, on.environment(other, bare_port), log) as bare_pid,
        ):
            rates, bare_rates = [], []
            for _ in range(sizes.rounds):
                rates.append(_throughput(on, port, sizes))
                bare_rates.append(_throughput(on, bare_port, sizes))
            worked, bare_worked = worked_seconds(pid), worked_seconds(bare_pid)
            late = _lateness(on, port, sizes)
        sent = sizes.rounds * sizes.texts_a_round + len(late)
        opened = asyncio.run(_count(ours, "cases"))
        if opened != sent:
            raise RuntimeError(f"{sent} texts opened {opened} cases")
        statements = asyncio.run(_statements(on, ours))
    return [
        _rate_figure(rates, bare_rates),
        _work_figure(worked, bare_worked, sizes.rounds * sizes.texts_a_round),
        *_lateness_figures(late, sizes),
        Figure(
            "statements sent a turn",
            f"{statements:g}",
            "BEGIN and COMMIT apart",
            target="at most 4",
            is_met=statements <= 4,
        ),
    ]


def _throughput(on: Ground, port: int, sizes: Sizes) -> float:
    path = _requests(on, port, sizes.texts_a_round)
    warm_up = sizes.texts_a_round // 8
    told = client(port, path, "closed", CONCURRENCY, warm_up)
    return float(told["rate"])


def _lateness(on: Ground, port: int, sizes: Sizes) -> list[float]:
    path = _requests(on, port, int(sizes.steady_rate * sizes.steady_seconds))
    told = client(port, path, "open", sizes.steady_rate)
    return [float(seconds) for seconds in told["seconds"]]


def _requests(on: Ground, port: int, number: int) -> Path:
    path = on.home / "requests"
    write_requests(path, number, port=port, token=on.token)
    return path


async def _execute(database_url: str, statement: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _count(database_url: str, table: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
    finally:
        await connection.close()


async def _statements(on: Ground, database_url: str) -> float:
    """Return how many statements asyncpg sends for a text that opens a case."""
    seen: list[str] = []
    render = twiml(catalog())
    async with open_store(on, database_url, size=1) as store:
        async with store.pool.acquire() as connection:
            connection.add_query_logger(lambda record: seen.append(record.query))
        await open_one(
            store, render, now()
        )  # reads the directory, once in a process's life
        seen.clear()
        turns = 20
        for _ in range(turns):
            await open_one(store, render, now())
    sent = [query for query in seen if query.strip(" ;") not in ("BEGIN", "COMMIT")]
    if not sent:
        raise RuntimeError("the query logger heard nothing")
    return len(sent) / turns


def _rate_figure(rates: list[float], bare_rates: list[float]) -> Figure:
    ours, other = median(rates), median(bare_rates)
    return Figure(
        f"new cases a second, one web process, {CONCURRENCY} at once",
        f"{ours:.0f}/s (rounds {_range(rates)})",
        f"{other:.0f}/s bare FastAPI, one INSERT (rounds {_range(bare_rates)})",
        ratio=ours / other,
        target="at least 0.5",
        is_met=ours / other >= 0.5,
    )


def _work_figure(ours: float, other: float, number: int) -> Figure:
    """Processor time, start included: it is steadier than time on a busy machine."""
    return Figure(
        "processor time of the web process a text",
        f"{ours / number * 1000:.2f} ms",
        f"{other / number * 1000:.2f} ms bare FastAPI",
        ratio=ours / other,
    )


def _range(values: list[float]) -> str:
    return f"{min(values):.0f}-{max(values):.0f}"


def _lateness_figures(late: list[float], sizes: Sizes) -> list[Figure]:
    p50, p95, p99 = (
        late[min(int(len(late) * q), len(late) - 1)] * 1000 for q in (0.5, 0.95, 0.99)
    )
    return [
        Figure(
            f"answer to a text at {sizes.steady_rate:.0f}/s"
            f" for {sizes.steady_seconds:.0f} s",
            f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms",
            "120 ms at p99",
            ratio=p99 / 120,
            target="p99 under 120 ms",
            is_met=p99 < 120,
        )
    ]
