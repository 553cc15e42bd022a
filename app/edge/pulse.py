"""How the service's debts stand: what is owed, what is late, which schema."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import Busy
from app.store.engine import Store
from app.store.lateness import Lateness, ago, lateness, unswept
from app.store.migrate import revision
from app.store.recheck import last_run

_PATIENCE = timedelta(seconds=3)

# Every inner query reads a partial index of what is still to come.
_DEBTS = """
SELECT (SELECT count(*) FROM outbox WHERE next_at IS NOT NULL) AS owed,
       (SELECT min(created_at) FROM outbox WHERE next_at <= $1) AS owed_since,
       (SELECT count(*) FROM deadline WHERE next_at <= $1) AS overdue,
       (SELECT min(next_at) FROM deadline WHERE next_at <= $1) AS overdue_since,
       (SELECT count(*) FROM recheck_finding) AS differing, spoken.*
FROM (
  SELECT count(*) FILTER (WHERE state = 'owed') AS unfetched,
    min(at) FILTER (WHERE state = 'owed') AS unfetched_since,
    count(*) AS at_carrier, min(at) AS at_carrier_since
  FROM recording WHERE next_at IS NOT NULL
) spoken
"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """One look at the database; ages in seconds, 0 where nothing waits."""

    owed: int
    oldest_owed_seconds: float
    overdue: int
    oldest_overdue_seconds: float
    schema: str | None  # None: never migrated
    recordings_owed: int = 0  # spoken, and not fetched yet
    oldest_recording_owed_seconds: float = 0.0
    recordings_at_carrier: int = 0  # fetched or not, and not yet deleted there
    oldest_recording_at_carrier_seconds: float = 0.0
    unswept: int = 0  # clocks past their due time that nobody has struck
    oldest_unswept_seconds: float = 0.0
    stuck_rungs: int = 0  # of them timers of rungs: their ladders stand still
    oldest_stuck_rung_seconds: float = 0.0
    differing: int = 0  # clocks that the last look found otherwise than reckoned
    without_basis: int = 0  # clocks that it could only count
    rechecked_seconds: float | None = None  # since the last look; None: never
    lateness: Lateness = field(default_factory=Lateness)  # of all strikes ever


async def take_pulse(store: Store, at: datetime) -> Pulse | None:
    """Look once; None where the database does not answer in three seconds."""
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            async with store.transaction() as tx:
                return await _look(tx.connection, at)
    except (Busy, TimeoutError):
        return None


async def _look(connection: Any, at: datetime) -> Pulse:
    schema = await revision(connection)
    if schema is None:
        return Pulse(0, 0.0, 0, 0.0, schema=None)
    debts = await connection.fetchrow(_DEBTS, at)
    late = await unswept(connection, at)
    looked = await last_run(connection)
    late_for, stuck_for = ago((late.since, late.rungs_since), at)
    return Pulse(
        owed=debts["owed"],
        oldest_owed_seconds=_age(debts["owed_since"], at),
        overdue=debts["overdue"],
        oldest_overdue_seconds=_age(debts["overdue_since"], at),
        schema=schema,
        recordings_owed=debts["unfetched"],
        oldest_recording_owed_seconds=_age(debts["unfetched_since"], at),
        recordings_at_carrier=debts["at_carrier"],
        oldest_recording_at_carrier_seconds=_age(debts["at_carrier_since"], at),
        unswept=late.count,
        oldest_unswept_seconds=late_for,
        stuck_rungs=late.rungs,
        oldest_stuck_rung_seconds=stuck_for,
        differing=debts["differing"],
        without_basis=looked.without_basis if looked else 0,
        rechecked_seconds=_age(looked.started_at, at) if looked else None,
        lateness=await lateness(connection),
    )


def _age(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max((at - since).total_seconds(), 0.0)
