"""How far each night's comparison of the figures is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.store.engine import Transaction
from app.store.recheck import LEASE, Run

PAGE = 100  # cases that are folded again in one short transaction
SHARES = 30  # each case is folded again once in so many nights
# Of an id the last 24 bits are chance: they say in which night's share it is.
_SHARE = f"('x' || right(id::text, 6))::bit(24)::int % {SHARES}"


def share_of(night: date) -> int:
    return night.toordinal() % SHARES


async def cases_after(
    tx: Transaction, after: UUID | None, *, share: int | None
) -> list[UUID]:
    """Return the next cases that can be opened, of one share or of all."""
    rows = await tx.connection.fetch(
        "SELECT id FROM cases WHERE ($1::uuid IS NULL OR id > $1)"
        f" AND ($2::int IS NULL OR {_SHARE} = $2) AND data_key IS NOT NULL"
        " ORDER BY id LIMIT $3",
        after,
        share,
        PAGE,
    )
    return [row["id"] for row in rows]


async def last(tx: Transaction) -> Run | None:
    row = await tx.connection.fetchrow(
        "SELECT * FROM stat_night ORDER BY night DESC LIMIT 1"
    )
    return None if row is None else _run(row)


async def claim(tx: Transaction, night: date, at: datetime) -> Run | None:
    """Take the night's work in hand; None where another has it, or has done it.

    What a dead worker left is taken up where it was.
    """
    row = await tx.connection.fetchrow(
        "INSERT INTO stat_night AS n (night, started_at, lease_until, cases,"
        " differences) VALUES ($1, $2, $3, 0, 0) ON CONFLICT (night) DO UPDATE"
        " SET lease_until = excluded.lease_until"
        " WHERE n.finished_at IS NULL AND n.lease_until <= $2 RETURNING *",
        night,
        at,
        at + LEASE,
    )
    return None if row is None else _run(row)


async def keep(
    tx: Transaction,
    night: date,
    *,
    before: UUID | None,
    after: UUID | None,
    cases: int = 0,
    differences: int = 0,
    at: datetime,
    is_over: bool = False,
) -> bool:
    """Note how far the night's work is; False where somebody else went on."""
    done = await tx.connection.fetchval(
        "UPDATE stat_night SET after = $3, cases = cases + $4,"
        " differences = differences + $5, lease_until = $6, finished_at = $7"
        " WHERE night = $1 AND after IS NOT DISTINCT FROM $2 AND finished_at IS NULL"
        " RETURNING true",
        night,
        before,
        after,
        cases,
        differences,
        at + LEASE,
        at if is_over else None,
    )
    return bool(done)


def _run(row: Any) -> Run:
    named = ("night", "after", "cases", "started_at", "finished_at", "lease_until")
    return Run(**{name: row[name] for name in named})


async def differences(tx: Transaction, night: date) -> int:
    """Return how many figures differed on that night."""
    count: int = await tx.connection.fetchval(
        "SELECT differences FROM stat_night WHERE night = $1", night
    )
    return count
