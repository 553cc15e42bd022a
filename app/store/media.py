"""What workers sent along by WhatsApp or MMS: at the carrier until it is here.

A row in a worker's hands has a lease, and is settled only under it; whoever
lets it run out is taken for dead. To fetch twice does no harm, and to delete
what is deleted neither.

`state`: owed (to be fetched), kept (an attachment of its case), refused (nothing
that can be kept), lost (the carrier never had it), gone (it belongs to no case, or
that was forgotten). Whatever has a date and is not owed is to be deleted there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.store.changes import Changes
from app.store.engine import Transaction
from app.store.ids import new_id
from app.store.sealing import Keyring

# What a fetch and the looking through it may take; the lease is longer.
PATIENCE = timedelta(seconds=120)
LEASE = timedelta(seconds=180)

_KINDS = {
    "audio": "voice",
    "image": "photo",
    "video": "video",
    "application/pdf": "paper",
}
_OTHER = "file"


def url_context(medium_id: UUID) -> str:
    return f"medium|url|{medium_id}"


def kind_of(medium: str) -> str:
    """Return what a line "type address" says it is, as a word of ours."""
    form = medium.partition(" ")[0].partition(";")[0].lower()
    return _KINDS.get(form) or _KINDS.get(form.partition("/")[0], _OTHER)


def owe(
    changes: Changes,
    keyring: Keyring,
    media: Sequence[str],
    *,
    case_id: UUID | None,
    at: datetime,
) -> None:
    """Owe that each line "type address" is fetched for its case.

    What belongs to no case is not fetched, only deleted at the carrier.
    """
    for medium in media:
        media_type, _, url = medium.partition(" ")
        medium_id = new_id(at)
        changes.add(
            "media",
            medium_id,
            case_id,
            at,
            kind_of(medium),
            keyring.seal(url.encode(), url_context(medium_id)),
            media_type,
            "owed" if case_id else "gone",
            at,
            0,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """One medium in a worker's hands until `lease_until`."""

    id: UUID
    case_id: UUID | None
    at: datetime
    kind: str
    url_sealed: bytes
    is_owed: bool  # to be fetched; else to be deleted at the carrier
    attempt: int  # this one counted, of this kind of step
    lease_until: datetime


async def lease(tx: Transaction, at: datetime, limit: int) -> list[Held]:
    """Take up to `limit` due media into this worker's hands."""
    rows = await tx.connection.fetch(
        """
        UPDATE medium m SET lease_until = $3, attempt = attempt + 1
        WHERE m.id IN (
          SELECT id FROM medium
          WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
          AND url_sealed IS NOT NULL
          ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        RETURNING id, case_id, at, kind, url_sealed, state = 'owed' AS is_owed,
          attempt, lease_until
        """,
        at,
        limit,
        at + LEASE,
    )
    return [Held(**row) for row in rows]


async def settle_fetched(
    tx: Transaction, held: Held, state: str, at: datetime, note: str | None = None
) -> bool:
    """Note what became of it, and let the deletion at the carrier be due.

    False: somebody else settled it, and nothing may be written with it.
    """
    return bool(
        await tx.connection.fetchval(
            "UPDATE medium SET state = $3, last_error = $4, next_at = $5,"
            " lease_until = NULL, attempt = 0"
            " WHERE id = $1 AND lease_until = $2 AND state = 'owed' RETURNING true",
            held.id,
            held.lease_until,
            state,
            note,
            at,
        )
    )


async def settle_deleted(tx: Transaction, held: Held) -> bool:
    """Note that the carrier's copy is gone, and let go of its address."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE medium SET url_sealed = NULL, next_at = NULL, lease_until = NULL,"
            # Why it was refused stays; failures of deleting are over.
            " last_error = CASE WHEN attempt > 1 THEN NULL ELSE last_error END"
            " WHERE id = $1 AND lease_until = $2 RETURNING true",
            held.id,
            held.lease_until,
        )
    )


async def settle_later(
    tx: Transaction, held: Held, *, next_at: datetime, error: str
) -> bool:
    """Put the next attempt's time."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE medium SET next_at = $3, last_error = $4, lease_until = NULL"
            " WHERE id = $1 AND lease_until = $2 RETURNING true",
            held.id,
            held.lease_until,
            next_at,
            error,
        )
    )


async def settle_lost(tx: Transaction, held: Held, error: str) -> bool:
    """Give up fetching; the address stays, for a person to ask the carrier with."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE medium SET state = 'lost', next_at = NULL, last_error = $3,"
            " lease_until = NULL WHERE id = $1 AND lease_until = $2"
            " AND state = 'owed' RETURNING true",
            held.id,
            held.lease_until,
            error,
        )
    )


async def forget(tx: Transaction, case_id: UUID, at: datetime) -> None:
    """Let go of a case's media; what the carrier still has is due to be deleted."""
    await tx.connection.execute(
        """
        UPDATE medium SET state = 'gone', lease_until = NULL, attempt = 0,
          last_error = NULL,
          next_at = CASE WHEN url_sealed IS NOT NULL THEN $2::timestamptz END
        WHERE case_id = $1
        """,
        case_id,
        at,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How the media stand; the oldest by when they were sent."""

    owed: int
    owed_since: datetime | None
    at_carrier: int  # owed or settled here, not yet deleted there
    at_carrier_since: datetime | None
    lost: int


async def standing(tx: Transaction) -> Standing:
    row = await tx.connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE state = 'owed') AS owed,
          min(at) FILTER (WHERE state = 'owed') AS owed_since,
          count(*) AS at_carrier, min(at) AS at_carrier_since,
          (SELECT count(*) FROM medium WHERE state = 'lost') AS lost
        FROM medium WHERE next_at IS NOT NULL
        """
    )
    return Standing(**row)
