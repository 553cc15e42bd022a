"""Calls that we owe and place: the missed call to return, and how a call ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.outbox.owed import RING_BACK
from app.outbox.settlement import RINGING
from app.store.engine import Transaction, lock_key
from app.store.ids import new_id
from app.store.sealing import Keyring

# A burst of rings is one wish; so is a ring while we are on the way.
BURST = timedelta(seconds=60)
# How long a placed call is taken to be in progress where no word of its end came.
IN_PROGRESS = timedelta(minutes=10)
LASTS = timedelta(hours=24)
NOT_RETURNED = "call.not_returned."  # begins the counters of it; the reason follows
# How long a call's end is asked for, and how old its debt may be.
_ASKED_FOR = timedelta(hours=24)
_OWED_SINCE = timedelta(days=35)


def phone_context(tag: bytes) -> str:
    return f"ring_back|phone|{tag.hex()}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A phone whose missed call is to be returned."""

    phone_tag: bytes
    phone_sealed: bytes = field(repr=False)
    hotline: str


async def waiting(tx: Transaction, owed_id: UUID) -> Waiting | None:
    """Return the phone that a debt is about; None where it is over."""
    row = await tx.connection.fetchrow(
        """
        SELECT r.phone_tag, r.phone_sealed, r.hotline
        FROM outbox o
        JOIN ring_back r ON r.phone_tag = decode(o.recipient_key, 'hex')
        WHERE o.id = $1 AND r.owed_id = o.id AND r.done_at IS NULL
        """,
        owed_id,
    )
    return Waiting(**row) if row else None


async def claim(tx: Transaction, known_as: str, at: datetime) -> bool:
    """Claim an id of the carrier's, hashed; False where it was claimed before."""
    return bool(
        await tx.connection.fetchval(
            "INSERT INTO claim (provider_id, at) VALUES ($1, $2)"
            " ON CONFLICT (provider_id) DO NOTHING RETURNING true",
            known_as,
            at,
        )
    )


async def is_under_way(tx: Transaction, tag: bytes, at: datetime) -> bool:
    """Lock this phone's ring-back; tell whether one is owed, or just was.

    The lock holds until the transaction ends, so that of two missed calls at
    once the second sees what the first wrote.
    """
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock($1)", lock_key(b"ring_back", tag)
    )
    row = await tx.connection.fetchrow(
        """
        SELECT r.done_at, o.state, o.sent_at, o.expires_at
        FROM ring_back r JOIN outbox o ON o.id = r.owed_id WHERE r.phone_tag = $1
        """,
        tag,
    )
    if row is None:
        return False
    if row["done_at"] is not None:
        return False  # It was returned: who rings now wants another call.
    if row["state"] == "sent":
        # A phone that rings us is not in our call: that one must be over.
        return row["sent_at"] is not None and at - row["sent_at"] < BURST
    return row["state"] in ("owed", "unknown") and at < row["expires_at"]


async def owed_since(tx: Transaction, since: datetime) -> int:
    """Count the calls that came to be owed since then, whoever rang."""
    found: int = await tx.connection.fetchval(
        "SELECT count(*) FROM outbox"
        " WHERE id > $1 AND template = $2 AND created_at > $3",
        # An id begins with its time: so only the latest rows are read.
        new_id(since - BURST),
        RING_BACK,
        since,
    )
    return found


async def not_returned(tx: Transaction, since: date) -> Mapping[str, int]:
    """Count the missed calls that were not to be returned, by the reason."""
    rows = await tx.connection.fetch(
        "SELECT substr(name, $3) AS reason, sum(count)::int AS count FROM counter"
        " WHERE day >= $1 AND starts_with(name, $2) GROUP BY 1",
        since.isoformat(),
        NOT_RETURNED,
        len(NOT_RETURNED) + 1,
    )
    return {row["reason"]: row["count"] for row in rows}


async def owe(
    tx: Transaction,
    keyring: Keyring,
    *,
    owed_id: UUID,
    sender: str,
    hotline: str,
    at: datetime,
    next_at: datetime,
) -> None:
    """Write the debt and the phone that it is for."""
    tag = keyring.phone_tag(sender)
    await tx.connection.execute(
        """
        INSERT INTO ring_back (phone_tag, phone_sealed, hotline, asked_at, owed_id)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (phone_tag) DO UPDATE SET phone_sealed = excluded.phone_sealed,
          hotline = excluded.hotline, asked_at = excluded.asked_at,
          owed_id = excluded.owed_id, done_at = NULL
        """,
        tag,
        keyring.seal(sender.encode(), phone_context(tag)),
        hotline,
        at,
        owed_id,
    )
    await tx.connection.execute(
        """
        INSERT INTO outbox (id, case_id, key, recipient_kind, recipient_key, template,
          params, created_at, next_at, expires_at, attempt, state)
        VALUES ($1, NULL, $2, 'phone', $3, $4, '{}', $5, $6, $7, 0, 'owed')
        """,
        owed_id,
        f"{RING_BACK}:{owed_id}",
        tag.hex(),
        RING_BACK,
        at,
        next_at,
        next_at + LASTS,
    )


async def mark_done(tx: Transaction, owed_id: UUID, at: datetime) -> None:
    """Note that this debt is over; without effect where it is no ring-back."""
    await tx.connection.execute(
        "UPDATE ring_back SET done_at = $2 WHERE owed_id = $1 AND done_at IS NULL",
        owed_id,
        at,
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A debt for which a call was placed."""

    id: UUID
    template: str
    state: str
    provider_id: str | None
    rings: int  # calls that have ended without reaching anybody


async def placed(tx: Transaction, owed_id: UUID) -> Placed | None:
    """Lock a debt that is owed to a phone."""
    row: Any = await tx.connection.fetchrow(
        """
        SELECT id, template, state, provider_id,
          coalesce((params ->> 'rings')::int, 0) AS rings
        FROM outbox WHERE id = $1 AND recipient_kind IN ('worker', 'phone') FOR UPDATE
        """,
        owed_id,
    )
    return Placed(**row) if row else None


async def settle_answered(
    tx: Transaction, owed_id: UUID, *, status: str, at: datetime
) -> None:
    """Note that a person took the call: the debt is over.

    The carrier's id is let go: beside the case it would lead to the phone.
    """
    await tx.connection.execute(
        """
        UPDATE outbox SET state = 'sent', sent_at = coalesce(sent_at, $3),
          provider_id = NULL, delivery = $2, last_error = NULL, next_at = NULL,
          lease_until = NULL
        WHERE id = $1
        """,
        owed_id,
        status,
        at,
    )


async def settle_unanswered(
    tx: Transaction,
    owed_id: UUID,
    *,
    call_sid: str,
    status: str,
    next_at: datetime | None,
) -> None:
    """Note that nobody took it; `next_at` None: nobody will be rung again.

    Until the next call the carrier's id tells a late answer to our own request.
    """
    await tx.connection.execute(
        """
        UPDATE outbox SET state = CASE WHEN $3::timestamptz IS NULL THEN 'failed'
          ELSE 'owed' END, next_at = $3, lease_until = NULL, sent_at = NULL,
          provider_id = CASE WHEN $3 IS NULL THEN NULL ELSE $4 END, delivery = $2,
          last_error = CASE WHEN $3 IS NULL THEN 'no_answer'
          ELSE 'no_answer:' || $2 END,
          params = params || jsonb_build_object('rings',
            coalesce((params ->> 'rings')::int, 0) + 1)
        WHERE id = $1
        """,
        owed_id,
        status,
        next_at,
        call_sid,
    )


async def without_end(tx: Transaction, at: datetime) -> list[tuple[UUID, str]]:
    """Return debts and calls of the last day whose end nobody has told."""
    rows = await tx.connection.fetch(
        """
        SELECT id, provider_id FROM outbox
        WHERE id > $1 AND state = 'sent' AND delivery = $2
        AND provider_id IS NOT NULL AND sent_at BETWEEN $3 AND $4
        ORDER BY id LIMIT 100
        """,
        # An id begins with its time: so only the last days' rows are read.
        new_id(at - _OWED_SINCE),
        RINGING,
        at - _ASKED_FOR,
        at - IN_PROGRESS,
    )
    return [(row["id"], row["provider_id"]) for row in rows]


async def mark_call_ended(tx: Transaction, call_tag: bytes, at: datetime) -> bool:
    """Note when a call ended; False where that is known, or no such call."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE call SET ended_at = $2 WHERE tag = $1 AND ended_at IS NULL"
            " RETURNING true",
            call_tag,
            at,
        )
    )


async def forget_old(tx: Transaction, before: datetime) -> int:
    """Let go of numbers that rang before `before` and are not owed a call."""
    done: str = await tx.connection.execute(
        """
        DELETE FROM ring_back r WHERE coalesce(r.done_at, r.asked_at) <= $1
        AND NOT EXISTS (
          SELECT FROM outbox o WHERE o.id = r.owed_id AND o.next_at IS NOT NULL
        )
        """,
        before,
    )
    return int(done.rsplit(" ", 1)[-1])
