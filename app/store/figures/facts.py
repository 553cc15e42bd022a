"""Writing how cases are counted, and what that changes in the sums, at once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.statistics.measures import RUNGS, is_factory
from app.statistics.model import CaseFacts, Stage, StageTime
from app.statistics.remedies import CountedRemedy
from app.store.engine import Transaction, lock_key
from app.store.figures.cells import SWEEP, add_cells, add_hours, cells_of, hours_of

LOCK = lock_key(b"figures", b"count")  # whoever writes the figures holds it

COLUMNS = (
    *("id", "seq", "received_on", "quarter", "site", "country", "category"),
    *("severity", "route", "channel", "language", "filer", "outcome"),
    *("is_factory", "is_sensitive", "is_info", "is_part", "is_history"),
    *("is_of_year", "is_unrecorded"),
    *(f"{stage}_{name}" for stage in Stage for name in ("kept", "hours", "working")),
    *(*RUNGS, "brand_asked", "brand_hours"),
    *("is_reopened", "reprisal", "paused_hours", "affected"),
)
_NAMED = ", ".join(COLUMNS)
_GIVEN = "SELECT * FROM jsonb_populate_recordset(NULL::stat_case, $1::jsonb)"
_SIGNED = f"sign, {_NAMED}"
_BOTH = "SELECT * FROM both_ways"

# How it was counted before is read of the same moment as it is written anew.
_PUT = f"""
WITH given AS MATERIALIZED ({_GIVEN}),
old AS (
  SELECT -1 AS sign, c.* FROM stat_case c WHERE c.id IN (SELECT id FROM given)
),
new AS (
  INSERT INTO stat_case ({_NAMED}) SELECT {_NAMED} FROM given
  ON CONFLICT (id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "id")}
  RETURNING 1 AS sign, stat_case.*
),
both_ways AS MATERIALIZED (
  SELECT {_SIGNED} FROM old UNION ALL SELECT {_SIGNED} FROM new
),
cells AS ({add_cells(cells_of(_BOTH))})
{add_hours(hours_of(_BOTH))}
"""
_REMOVE = f"""
WITH gone AS MATERIALIZED (DELETE FROM stat_case WHERE id = ANY($1) RETURNING *),
both_ways AS (SELECT -1 AS sign, gone.* FROM gone),
cells AS ({add_cells(cells_of(_BOTH))}),
hours AS ({add_hours(hours_of(_BOTH))})
SELECT count(*) FROM gone
"""
_CHANGED = f"""
SELECT count(*) FROM ({_GIVEN}) g LEFT JOIN stat_case c ON c.id = g.id
WHERE c.id IS NULL OR to_jsonb(c) - 'seq' <> to_jsonb(g) - 'seq'
"""

_REMEDY = tuple(CountedRemedy.__dataclass_fields__)
_PUT_REMEDY = (
    f"INSERT INTO stat_remedy ({', '.join(_REMEDY)})"
    f" VALUES ({', '.join(f'${n}' for n in range(1, len(_REMEDY) + 1))})"
    " ON CONFLICT (id) DO UPDATE SET"
    f" {', '.join(f'{name} = excluded.{name}' for name in _REMEDY if name != 'id')}"
)


async def take(tx: Transaction) -> None:
    """Be the one who writes the figures until this transaction ends."""
    await tx.connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def take_if_free(tx: Transaction) -> bool:
    """The same, unless another is at it: then nothing is waited for."""
    free: bool = await tx.connection.fetchval(
        "SELECT pg_try_advisory_xact_lock($1)", LOCK
    )
    return free


async def put(tx: Transaction, cases: Iterable[CaseFacts]) -> int:
    """Count these cases so from now on; return how many are counted otherwise.

    The sums change in the same transaction by what these cases add and take.
    Of a case that is given twice the last counts.
    """
    rows = {facts.id: row_of(facts) for facts in cases}
    if not rows:
        return 0
    await take(tx)
    given = json.dumps(list(rows.values()), default=str)
    changed: int = await tx.connection.fetchval(_CHANGED, given)
    await tx.connection.execute(_PUT, given)
    if changed:
        await _sweep(tx)
    return changed


async def remove(tx: Transaction, ids: Sequence[UUID]) -> int:
    """Count these cases no more, nor their remedies; return how many were counted."""
    await take(tx)
    removed: int = await tx.connection.fetchval(_REMOVE, list(ids))
    await tx.connection.execute(
        "DELETE FROM stat_remedy WHERE case_id = ANY($1)", list(ids)
    )
    await _sweep(tx)
    return removed


async def put_remedies(
    tx: Transaction, remedies: Sequence[CountedRemedy], *, cases: Sequence[UUID] = ()
) -> None:
    """Count these remedies so from now on, and of `cases` no others."""
    await take(tx)
    await tx.connection.execute(
        "DELETE FROM stat_remedy WHERE case_id = ANY($1) AND id <> ALL($2)",
        list(cases),
        [remedy.id for remedy in remedies],
    )
    await tx.connection.executemany(
        _PUT_REMEDY, [[getattr(one, name) for name in _REMEDY] for one in remedies]
    )


async def _sweep(tx: Transaction) -> None:
    for statement in SWEEP:
        await tx.connection.execute(statement)


def row_of(facts: CaseFacts) -> dict[str, Any]:
    """Return a case as a row of `stat_case`."""
    named = asdict(facts)
    times = {stage: facts.stages.get(stage, StageTime()) for stage in Stage}
    return {
        **{name: named[name] for name in COLUMNS if name in named},
        "quarter": facts.quarter,
        "outcome": facts.outcome.value,
        "is_factory": is_factory(facts),
        "is_sensitive": facts.is_sensitive,
        **{name: rung in facts.rungs for name, rung in RUNGS.items()},
        **{
            f"{stage}_{name}": getattr(time, name)
            for stage, time in times.items()
            for name in ("kept", "hours", "working")
        },
    }
