"""How late clocks were struck, and what is late now: by query, at any time.

The sweep adds up in its own transaction how late each strike came, so that
the figures outlive every process. What is late now is asked of the clocks
themselves: no job need have run for it to be known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.domain.case import LAW, RUNG
from app.store.engine import Transaction

# Upper bounds in seconds; what came later than the last of them has EVER_LATER.
BOUNDS = (5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800)
EVER_LATER = 2_000_000_000

# A case that raises is pushed forward by five minutes at a time: looked for so
# far ahead, its clocks still show as late.
_PUSHED = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How many strikes there were, and how many within each bound, not summed."""

    within: dict[int, int] = field(default_factory=dict)
    count: int = 0
    seconds: float = 0.0
    longest: float = 0.0

    def later_than(self, seconds: int) -> int:
        return sum(n for most, n in self.within.items() if most > seconds)

    def summed(self) -> list[tuple[int | None, int]]:
        """Return each bound with how many came within it; None: however late."""
        total, sums = 0, list[tuple[int | None, int]]()
        for most in BOUNDS:
            total += self.within.get(most, 0)
            sums.append((most, total))
        return [*sums, (None, self.count)]


@dataclass(frozen=True, slots=True)
class Unswept:
    """Clocks past their due time that nobody has struck yet."""

    count: int
    since: datetime | None
    rungs: int  # of them timers of rungs: a ladder stands still
    rungs_since: datetime | None


async def count_strikes(
    tx: Transaction, late: Sequence[timedelta], *, at: datetime
) -> None:
    """Add up how late these strikes came, in the sweep's own transaction.

    One statement, the last before it commits, so that the rows that sweeps
    share are held for no longer than the commit takes.
    """
    if not late:
        return
    rows: dict[int, list[float]] = {}
    for each in late:
        seconds = max(each.total_seconds(), 0.0)
        rows.setdefault(_bound(seconds), []).append(seconds)
    # In one order everywhere: two sweeps that share rows never block in a ring.
    bounds = sorted(rows)
    await tx.connection.execute(
        """
        INSERT INTO lateness AS l (day, most, count, seconds, longest)
        SELECT $1, * FROM unnest($2::int[], $3::int[], $4::float8[], $5::float8[])
        ON CONFLICT (day, most) DO UPDATE SET count = l.count + excluded.count,
          seconds = l.seconds + excluded.seconds,
          longest = greatest(l.longest, excluded.longest)
        """,
        at.date(),
        bounds,
        [len(rows[bound]) for bound in bounds],
        [sum(rows[bound]) for bound in bounds],
        [max(rows[bound]) for bound in bounds],
    )


async def lateness(connection: Any, *, since: datetime | None = None) -> Lateness:
    """Return how late strikes came, since that day or ever."""
    rows = await connection.fetch(
        "SELECT most, sum(count)::int AS count, sum(seconds) AS seconds,"
        " max(longest) AS longest FROM lateness"
        " WHERE $1::date IS NULL OR day >= $1 GROUP BY most",
        since.date() if since else None,
    )
    return Lateness(
        within={row["most"]: row["count"] for row in rows},
        count=sum(row["count"] for row in rows),
        seconds=sum(row["seconds"] for row in rows),
        longest=max((row["longest"] for row in rows), default=0.0),
    )


async def unswept(connection: Any, at: datetime) -> Unswept:
    """Return what is due and was not struck: read off the sweep's own index."""
    row = await connection.fetchrow(
        "SELECT count(*) AS n, min(due_at) AS since,"
        " count(*) FILTER (WHERE name LIKE $3) AS rungs,"
        " min(due_at) FILTER (WHERE name LIKE $3) AS rungs_since"
        " FROM deadline WHERE next_at <= $2 AND due_at <= $1",
        at,
        at + _PUSHED,
        f"{RUNG}%",
    )
    return Unswept(row["n"], row["since"], row["rungs"], row["rungs_since"])


async def idle_cases(connection: Any) -> int:
    """Return how many cases are open though no clock of the service runs on.

    All was missed and everybody told has answered: nothing moves it but a person.
    """
    count: int = await connection.fetchval(
        "SELECT count(*) FROM cases c WHERE c.closed_at IS NULL AND NOT EXISTS ("
        " SELECT FROM deadline d WHERE d.case_id = c.id AND d.next_at IS NOT NULL"
        " AND d.name NOT LIKE $1)",
        f"{LAW}%",
    )
    return count


async def paused_share(connection: Any, at: datetime) -> float:
    """Return for which share of their time, 0 to 1, cases waited for the worker.

    All cases together, each from its opening to its end, or to `at`.
    """
    row = await connection.fetchrow(
        """
        SELECT
          (SELECT sum(extract(epoch FROM greatest(
             least((p->>'until')::timestamptz, c.closed_at, $1)
             - (p->>'since')::timestamptz, interval '0')))
           FROM cases c, jsonb_array_elements(c.detail->'pauses') p
           WHERE c.detail ? 'pauses') AS paused,
          (SELECT sum(extract(epoch FROM coalesce(closed_at, $1) - opened_at))
           FROM cases) AS open
        """,
        at,
    )
    return float(row["paused"] / row["open"]) if row["paused"] and row["open"] else 0.0


def _bound(seconds: float) -> int:
    return next((most for most in BOUNDS if seconds <= most), EVER_LATER)


def ago(moments: Iterable[datetime | None], at: datetime) -> list[float]:
    """Return how many seconds ago each was; 0 for what is not."""
    return [max((at - m).total_seconds(), 0.0) if m else 0.0 for m in moments]
