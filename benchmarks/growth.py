"""What a new case and a sweep without work cost as the tables grow."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from app.actions.sweep_deadlines import sweep_due
from app.actions.take_turn import Render
from app.channels.sms.render import twiml
from app.runtime.clock import now
from app.store.engine import Store
from benchmarks.figures import Figure
from benchmarks.fill import APART, Field, fill, open_one, sow
from benchmarks.ground import Ground, catalog, fresh_database, open_store
from benchmarks.sizes import Sizes

_WARM_UP = 50
_SWEEPS = 200


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of each insert and of each sweep, at one size."""

    cases: int
    inserts: Sequence[float]
    sweeps: Sequence[float]


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    """Measure at a few cases and, in the same database, at many."""
    with fresh_database(on) as url:
        few, many, filling = asyncio.run(_measure(on, url, sizes))
    rate = (sizes.many_cases - sizes.few_cases) / filling
    return [
        _insert_figure("median", median(few.inserts), median(many.inserts), few, many),
        _insert_figure("p95", _p95(few.inserts), _p95(many.inserts), few, many),
        *(_sweep_figure(costs) for costs in (few, many)),
        Figure("filling of the tables", f"{filling:.0f} s ({rate:.0f} cases/s)"),
    ]


async def _measure(on: Ground, url: str, sizes: Sizes) -> tuple[Costs, Costs, float]:
    render = twiml(catalog())
    async with open_store(on, url, size=1) as store:
        field = await sow(store, render, now() - sizes.many_cases * APART)
        await fill(url, field, since=1, until=sizes.few_cases)
        few = await _costs(store, render, field, sizes.few_cases, sizes.inserts)
        started = time.perf_counter()
        await fill(url, field, since=sizes.few_cases, until=sizes.many_cases)
        filling = time.perf_counter() - started
        many = await _costs(store, render, field, sizes.many_cases, sizes.inserts)
    return few, many, filling


async def _costs(
    store: Store, render: Render, field: Field, cases: int, inserts: int
) -> Costs:
    for _ in range(_WARM_UP):
        await open_one(store, render, now())
    taken = []
    for _ in range(inserts):
        started = time.perf_counter()
        await open_one(store, render, now())
        taken.append(time.perf_counter() - started)
    return Costs(cases, taken, [await _sweep(store, field) for _ in range(_SWEEPS)])


async def _sweep(store: Store, field: Field) -> float:
    """Time a sweep at the hour of the first case, when nothing is due yet."""
    started = time.perf_counter()
    swept = await sweep_due(store, at=field.first_at)
    if swept.cases:
        raise RuntimeError("something was due")
    return time.perf_counter() - started


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _insert_figure(
    name: str, at_few: float, at_many: float, few: Costs, many: Costs
) -> Figure:
    ratio = at_many / at_few
    return Figure(
        f"a new case among {many.cases:,}, {name}",
        f"{at_many * 1000:.2f} ms",
        f"{at_few * 1000:.2f} ms among {few.cases:,}",
        ratio=ratio,
        target="at most 1.3",
        is_met=ratio <= 1.3,
    )


def _sweep_figure(costs: Costs) -> Figure:
    middle, late = median(costs.sweeps) * 1000, _p95(costs.sweeps) * 1000
    return Figure(
        f"a sweep with nothing due among {costs.cases:,} open cases",
        f"median {middle:.2f}, p95 {late:.2f} ms",
        "10 ms",
        ratio=middle / 10,
        target="under 10 ms, flat",
        is_met=middle < 10,
    )
