"""Which first actions a committee has missed before, as a sweep looks them up."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from app.actions.sweep_deadlines import _earlier_misses
from app.domain.taxonomy import Clock
from app.store.cases import Held
from app.store.engine import Store
from tests.builders import DAYS, TUESDAY, opened
from tests.workers.debts import a_case

NOW = TUESDAY + 10 * DAYS


async def told(
    store: Store,
    case_id: UUID,
    at: datetime,
    *,
    step: int = 0,
    round: int = 0,
    reason: str = "missed",
    rung: str = "factory_head",
    route: str = "committee",
) -> None:
    await store.pool.execute(
        "INSERT INTO escalation (case_id, clock, round, rung, reason, at, site, route,"
        " recipients, step) VALUES ($1, 'first_action', $2, $3, $4, $5, '482170',"
        " $6, '[]', $7)",
        *(case_id, round, rung, reason, at, route, step),
    )


async def earlier(store: Store) -> list[UUID]:
    """Return the cases whose misses count at NOW, for a case that misses now."""
    case = opened()
    late = [replace(c, due_at=NOW, next_at=NOW) for c in case.deadlines]
    case = replace(
        case, deadlines=tuple(c for c in late if c.name == Clock.FIRST_ACTION)
    )
    held = Held(case, store.keyring.new_data_key(), None)
    async with store.transaction() as tx:
        return [miss.case_id for miss in await _earlier_misses(tx, [held], NOW)]


@pytest.mark.parametrize(("step", "rung"), [(0, "factory_head"), (1, "partner")])
async def test_a_miss_counts_on_whichever_rung_somebody_stood(
    store: Store, step: int, rung: str
) -> None:
    case_id = await a_case(store)
    await told(store, case_id, NOW - 5 * DAYS, step=step, rung=rung)
    await told(store, case_id, NOW - 3 * DAYS, step=step + 1, rung="secretariat")
    assert await earlier(store) == [case_id]


async def test_a_later_rung_makes_an_old_miss_no_newer(store: Store) -> None:
    case_id = await a_case(store)
    await told(store, case_id, NOW - 91 * DAYS)
    await told(store, case_id, NOW - 89 * DAYS, step=1, rung="partner")
    assert await earlier(store) == []
    await told(store, case_id, NOW - 20 * DAYS, round=1)
    assert await earlier(store) == [case_id]


@pytest.mark.parametrize(
    ("reason", "route"),
    [("second_miss", "committee"), ("missed", "partner"), ("alert", "committee")],
)
async def test_what_is_no_miss_of_a_committee_does_not_count(
    store: Store, reason: str, route: str
) -> None:
    at = NOW - 5 * DAYS
    await told(store, await a_case(store), at, reason=reason, route=route)
    assert await earlier(store) == []
