"""The short numbers under which a person who works by text knows her cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.taxonomy import Category, Route
from app.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open case in a list: what it is about, what comes next, and by when."""

    id: UUID
    category: Category
    site: str | None
    country: str
    step: str | None
    due_at: datetime | None
    promise: str  # on which that date rests; blank: somebody chose it


@dataclass(frozen=True, slots=True)
class Waited:
    """The first of the cases that wait, and how many there are in all."""

    cases: tuple[Waiting, ...]
    count: int


async def waiting(tx: Transaction, route: Route, limit: int) -> Waited:
    """Return the open cases of a body, the nearest date first.

    `tx` is a reader's own (`Store.as_person`): it has only what she may see.
    """
    rows = await tx.connection.fetch(
        """
        SELECT c.id, c.category, c.site, c.country, c.next_due_at,
          count(*) OVER () AS count, n.name AS step, n.promise
        FROM cases c LEFT JOIN LATERAL (
            SELECT d.name, d.promise FROM deadline d WHERE d.case_id = c.id
              AND d.met_at IS NULL AND d.due_at = c.next_due_at AND d.name IN
              ('acknowledge', 'first_action', 'resolve', 'plan', 'review')
            ORDER BY d.round DESC, d.opened_at, d.name LIMIT 1) n ON true
        WHERE c.route = $1 AND c.closed_at IS NULL
          AND c.state <> 'resolved' AND c.joined_to IS NULL
        ORDER BY c.next_due_at NULLS LAST, c.id LIMIT $2
        """,
        route.value,
        limit,
    )
    found = tuple(
        Waiting(
            id=row["id"],
            category=Category(row["category"]),
            site=row["site"],
            country=row["country"],
            step=row["step"],
            due_at=row["next_due_at"],
            promise=row["promise"] or "",
        )
        for row in rows
    )
    return Waited(found, rows[0]["count"] if rows else 0)


async def number_of(tx: Transaction, case_id: UUID) -> str | None:
    """Return a case's number, if the reader whose transaction it is may see it."""
    found: str | None = await tx.connection.fetchval(
        "SELECT number FROM cases WHERE id = $1", case_id
    )
    return found


async def keep(
    tx: Transaction, person_id: UUID, cases: Sequence[UUID], at: datetime
) -> None:
    """Number these from 1; what a number meant in an earlier list is over."""
    await tx.connection.execute(
        "DELETE FROM staff_list WHERE person_id = $1", person_id
    )
    await tx.connection.executemany(
        "INSERT INTO staff_list (person_id, short, case_id, at)"
        " VALUES ($1, $2, $3, $4)",
        [(person_id, short, case, at) for short, case in enumerate(cases, start=1)],
    )


async def meant(tx: Transaction, person_id: UUID, short: int) -> UUID | None:
    """Return which case a short number meant in the person's last list."""
    found: UUID | None = await tx.connection.fetchval(
        "SELECT case_id FROM staff_list WHERE person_id = $1 AND short = $2",
        person_id,
        short,
    )
    return found


async def is_claimed(tx: Transaction, provider_id: str) -> bool:
    """Tell whether a message was answered; nobody else answers it meanwhile."""
    return bool(
        await tx.connection.fetchval(
            "SELECT EXISTS (SELECT FROM claim WHERE provider_id = $1)", provider_id
        )
    )
