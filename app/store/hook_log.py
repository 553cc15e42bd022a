"""Each try at a brand's webhook, for that brand to see and to ask for again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.outbox.knocks import Knock
from app.outbox.owed import Leased, public_id
from app.store.engine import Transaction
from app.store.ids import new_id

_KEPT = timedelta(days=180)
# What is asked for again late in its time still has a day to arrive.
_AT_LEAST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and where its message stands by now."""

    id: UUID
    webhook_id: UUID  # the same at each try, by which a receiver knows repeats
    brand: str
    at: datetime
    type: str
    status: str
    milliseconds: int | None
    state: str  # of the message now: owed, sent, failed, …; gone
    next_at: datetime | None

    @property
    def is_taken(self) -> bool:
        return self.status.startswith("2") or self.status == "shown"


async def note(tx: Transaction, leased: Leased, knock: Knock) -> None:
    """Write one try down, in the transaction that settles it."""
    await tx.connection.execute(
        """
        INSERT INTO hook_attempt (id, owed_id, brand, at, type, status, milliseconds)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        new_id(knock.at),
        leased.id,
        leased.recipient_key,
        knock.at,
        knock.type,
        knock.status,
        knock.milliseconds,
    )


async def attempts(
    tx: Transaction,
    brands: Sequence[str] | None,
    *,
    after: UUID | None = None,
    limit: int = 100,
) -> list[Attempt]:
    """Return tries at these brands' webhooks (None: all), the newest first."""
    rows = await tx.connection.fetch(
        f"""
        {_ATTEMPT}
        WHERE ($1::text[] IS NULL OR h.brand = ANY ($1))
          AND ($2::uuid IS NULL OR (h.at, h.id) < (
            SELECT p.at, p.id FROM hook_attempt p
            WHERE p.id = $2 AND ($1::text[] IS NULL OR p.brand = ANY ($1))))
        ORDER BY h.at DESC, h.id DESC LIMIT $3
        """,
        None if brands is None else list(brands),
        after,
        limit,
    )
    return [_attempt(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The message of a try, under its lock."""

    owed_id: UUID
    is_waiting: bool  # it goes out as soon as somebody looks
    is_in_hand: bool  # a worker sends it now


async def repeatable(
    tx: Transaction, attempt_id: UUID, brands: Sequence[str] | None, at: datetime
) -> Repeatable | None:
    """Return the message of one try; None where it is not there or not theirs.

    Of a case that is forgotten nothing is left that could be sent.
    """
    row = await tx.connection.fetchrow(
        """
        SELECT o.id, o.next_at <= $3 AS is_waiting, o.lease_until > $3 AS is_in_hand
        FROM hook_attempt h JOIN outbox o ON o.id = h.owed_id
        LEFT JOIN cases c ON c.id = o.case_id
        WHERE h.id = $1 AND ($2::text[] IS NULL OR h.brand = ANY ($2))
          AND (o.case_id IS NULL OR c.data_key IS NOT NULL)
          AND o.recipient_kind = 'brand_webhook' FOR UPDATE OF o
        """,
        attempt_id,
        None if brands is None else list(brands),
        at,
    )
    if row is None:
        return None
    return Repeatable(row["id"], bool(row["is_waiting"]), bool(row["is_in_hand"]))


async def owe_again(tx: Transaction, owed_id: UUID, at: datetime) -> None:
    """Owe a webhook once more, from its first wait: same id, same body."""
    await tx.connection.execute(
        """
        UPDATE outbox SET state = 'owed', next_at = $2, lease_until = NULL,
          sent_at = NULL, attempt = 0, last_error = NULL,
          expires_at = greatest(expires_at, $3)
        WHERE id = $1
        """,
        owed_id,
        at,
        at + _AT_LEAST,
    )


async def forget_old(tx: Transaction, at: datetime) -> int:
    """Drop tries that nobody will ask after; return how many."""
    done: str = await tx.connection.execute(
        "DELETE FROM hook_attempt WHERE at < $1", at - _KEPT
    )
    return int(done.rsplit(" ", 1)[-1])


_ATTEMPT = """
SELECT h.id, h.owed_id, h.brand, h.at, h.type, h.status, h.milliseconds,
  CASE WHEN o.id IS NULL OR (o.case_id IS NOT NULL AND c.data_key IS NULL)
    THEN 'gone' ELSE o.state END AS state, o.next_at
FROM hook_attempt h LEFT JOIN outbox o ON o.id = h.owed_id
LEFT JOIN cases c ON c.id = o.case_id
"""


def _attempt(row: Any) -> Attempt:
    return Attempt(
        id=row["id"],
        webhook_id=public_id(row["owed_id"]),
        brand=row["brand"],
        at=row["at"],
        type=row["type"],
        status=row["status"],
        milliseconds=row["milliseconds"],
        state=row["state"],
        next_at=row["next_at"],
    )
