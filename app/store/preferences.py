"""What people chose of how they are told; who has no row never chose."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.errors import BadInput
from app.domain.wishes import AT_ONCE, Wishes, parse_wishes, spelt
from app.store.engine import Transaction


def wishes_from(row: Mapping[str, Any]) -> Wishes:
    """Return what a row of `preference` says, or a row joined with none.

    One that cannot be read holds up nobody's notices.
    """
    if row["by_text"] is None:
        return AT_ONCE
    try:
        return parse_wishes(
            row["daily_at"] or "", row["quiet"] or "", by_text=row["by_text"]
        )
    except BadInput:
        return AT_ONCE


async def read(tx: Transaction, person_id: UUID) -> Wishes:
    row = await tx.connection.fetchrow(
        "SELECT daily_at, quiet, by_text FROM preference WHERE person_id = $1",
        person_id,
    )
    return wishes_from(row) if row is not None else AT_ONCE


async def keep(tx: Transaction, person_id: UUID, wishes: Wishes) -> None:
    daily_at, quiet = spelt(wishes)
    await tx.connection.execute(
        """
        INSERT INTO preference (person_id, daily_at, quiet, by_text)
        VALUES ($1, $2, $3, $4) ON CONFLICT (person_id) DO UPDATE SET
          daily_at = excluded.daily_at, quiet = excluded.quiet,
          by_text = excluded.by_text
        """,
        person_id,
        daily_at or None,
        quiet or None,
        wishes.by_text,
    )


async def look_again(tx: Transaction, person_id: UUID, at: datetime) -> None:
    """Let what waits for the person's hour be looked at by what they chose now.

    Only what was due and put down for that hour: what is not due yet, or waits
    after a failed attempt, waits on.
    """
    await tx.connection.execute(
        """
        UPDATE outbox SET next_at = $2
        WHERE recipient_kind = 'person' AND recipient_key = $1 AND next_at > $2
          AND state = 'owed' AND attempt = 0 AND lease_until IS NULL
          AND digest IS NULL AND is_put_down
        """,
        str(person_id),
        at,
    )
