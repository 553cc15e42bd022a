"""What callers spoke: leased to be fetched, sealed, then deleted at the carrier.

A row in a worker's hands has a lease, and is settled only under it; whoever
lets it run out is taken for dead. To fetch twice does no harm, and to delete
what is deleted neither.

`state`: owed (to be fetched), kept, lost (the carrier never had it), gone (its
case was forgotten). Whatever has a date and is not owed is to be deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.case import Event
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.ledger import event_row
from app.store.sealing import DataKey

# Longer than a fetch may take; see `PATIENCE`.
LEASE = timedelta(seconds=180)
PATIENCE = timedelta(seconds=120)


def sid_context(recording_id: UUID) -> str:
    return f"recording|sid|{recording_id}"


def audio_context(recording_id: UUID) -> str:
    return f"recording|audio|{recording_id}"


@dataclass(frozen=True, slots=True)
class Held:
    """One recording in a worker's hands until `lease_until`."""

    id: UUID
    case_id: UUID | None
    at: datetime
    seconds: int
    sid_sealed: bytes
    is_owed: bool  # to be fetched; else to be deleted at the carrier
    attempt: int  # this one counted, of this kind of step
    lease_until: datetime


async def lease(tx: Transaction, at: datetime, limit: int) -> list[Held]:
    """Take up to `limit` due recordings into this worker's hands."""
    rows = await tx.connection.fetch(
        """
        UPDATE recording r SET lease_until = $3, attempt = attempt + 1
        WHERE r.id IN (
          SELECT id FROM recording
          WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
          AND sid_sealed IS NOT NULL
          ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        RETURNING id, case_id, at, seconds, sid_sealed, state = 'owed' AS is_owed,
          attempt, lease_until
        """,
        at,
        limit,
        at + LEASE,
    )
    return [Held(**row) for row in rows]


async def keep(
    store: Store,
    tx: Transaction,
    held: Held,
    audio: bytes,
    *,
    sha256: str,
    note: str | None,
    at: datetime,
) -> str | None:
    """Seal the sound, and let the deletion at the carrier be due.

    Returns the state in which the row now is; None where somebody else settled
    it. The sound of a case that was forgotten meanwhile is thrown away. Raise
    `CannotOpen` where the case's key is not among ours.
    """
    # The case first, as everybody does who locks both.
    case = None
    if held.case_id is not None:
        case = await tx.connection.fetchrow(
            "SELECT data_key FROM cases WHERE id = $1 FOR UPDATE", held.case_id
        )
    if held.case_id is not None and (case is None or case["data_key"] is None):
        return await _settle_fetched(tx, held, None, state="gone", note=None, at=at)
    context = audio_context(held.id)
    if held.case_id is None or case is None:  # one of our own prompts
        sealed = store.keyring.seal(audio, context)
        return await _settle_fetched(tx, held, sealed, state="kept", note=note, at=at)
    key = store.keyring.unwrap(case["data_key"], held.case_id)
    sealed = key.seal(audio, context)
    state = await _settle_fetched(tx, held, sealed, state="kept", note=note, at=at)
    if state is not None:
        facts = {"recording": str(held.id), "seconds": held.seconds, "sha256": sha256}
        changes = Changes()
        event = Event("recording.kept", facts)
        changes.events.append(event_row(held.case_id, at, event, key))
        await changes.flush(tx)
    return state


async def _settle_fetched(
    tx: Transaction,
    held: Held,
    sealed: bytes | None,
    *,
    state: str,
    note: str | None,
    at: datetime,
) -> str | None:
    settled: str | None = await tx.connection.fetchval(
        """
        UPDATE recording SET state = $3, audio = $4, size = $5, last_error = $6,
          kept_at = CASE WHEN $3 = 'kept' THEN $7::timestamptz END, next_at = $7,
          lease_until = NULL, attempt = 0
        WHERE id = $1 AND lease_until = $2 AND state = 'owed' RETURNING state
        """,
        held.id,
        held.lease_until,
        state,
        sealed,
        len(sealed) if sealed else None,
        note,
        at,
    )
    return settled


async def settle_deleted(tx: Transaction, held: Held, at: datetime) -> bool:
    """Note that the carrier's copy is gone, and let go of its name."""
    return bool(
        await tx.connection.fetchval(
            """
            UPDATE recording SET deleted_at = $3, sid_sealed = NULL, next_at = NULL,
              lease_until = NULL,
              -- What was noted of the sound stays; failures of deleting are over.
              last_error = CASE WHEN attempt > 1 THEN NULL ELSE last_error END
            WHERE id = $1 AND lease_until = $2 RETURNING true
            """,
            held.id,
            held.lease_until,
            at,
        )
    )


async def settle_later(
    tx: Transaction, held: Held, *, next_at: datetime, error: str
) -> bool:
    """Put the next attempt's time."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE recording SET next_at = $3, last_error = $4, lease_until = NULL"
            " WHERE id = $1 AND lease_until = $2 RETURNING true",
            held.id,
            held.lease_until,
            next_at,
            error,
        )
    )


async def settle_lost(tx: Transaction, held: Held, error: str) -> bool:
    """Give up fetching. The name stays, for a person to ask the carrier with."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE recording SET state = 'lost', next_at = NULL, last_error = $3,"
            " lease_until = NULL WHERE id = $1 AND lease_until = $2"
            " AND state = 'owed' RETURNING true",
            held.id,
            held.lease_until,
            error,
        )
    )


async def forget_audio(tx: Transaction, case_id: UUID, at: datetime) -> None:
    """Let go of a case's sound; what the carrier still has is due to be deleted."""
    await tx.connection.execute(
        """
        UPDATE recording SET audio = NULL, size = NULL, state = 'gone',
          lease_until = NULL, attempt = 0, last_error = NULL,
          next_at = CASE WHEN deleted_at IS NULL THEN $2::timestamptz END
        WHERE case_id = $1
        """,
        case_id,
        at,
    )


async def unknown(tx: Transaction, tags: Mapping[bytes, str]) -> set[str]:
    """Return the sids of those tags under which no recording is kept."""
    rows = await tx.connection.fetch(
        "SELECT tag FROM recording WHERE tag = ANY($1)", list(tags)
    )
    known = {row["tag"] for row in rows}
    return {sid for tag, sid in tags.items() if tag not in known}


async def known_calls(tx: Transaction, tags: Iterable[bytes]) -> set[bytes]:
    """Return those tags under which a call of ours is known."""
    rows = await tx.connection.fetch(
        "SELECT tag FROM call WHERE tag = ANY($1)", list(tags)
    )
    return {row["tag"] for row in rows}


async def opened_audio(store: Store, tx: Transaction, recording_id: UUID) -> Any:
    """Return the sound of a recording; None where it is not here.

    Raise `CannotOpen` where the key that sealed it is not among ours.
    """
    row = await tx.connection.fetchrow(
        """
        SELECT r.audio, r.case_id, c.data_key
        FROM recording r LEFT JOIN cases c ON c.id = r.case_id WHERE r.id = $1
        """,
        recording_id,
    )
    if row is None or row["audio"] is None:
        return None
    context = audio_context(recording_id)
    if row["case_id"] is None:
        return store.keyring.open(row["audio"], context)
    if row["data_key"] is None:
        return None
    key = store.keyring.unwrap(row["data_key"], row["case_id"])
    return key.open(row["audio"], context)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the recordings stand; the oldest by when they were spoken."""

    owed: int
    owed_since: datetime | None
    at_carrier: int  # owed or kept here, not yet deleted there
    at_carrier_since: datetime | None
    lost: int


async def standing(tx: Transaction) -> Standing:
    row = await tx.connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE state = 'owed') AS owed,
          min(at) FILTER (WHERE state = 'owed') AS owed_since,
          count(*) AS at_carrier, min(at) AS at_carrier_since,
          (SELECT count(*) FROM recording WHERE state = 'lost') AS lost
        FROM recording WHERE next_at IS NOT NULL
        """
    )
    return Standing(**row)


async def not_written_down(tx: Transaction, before: datetime) -> int:
    """Return how many open cases were spoken before then and have no transcript."""
    found: int = await tx.connection.fetchval(
        """
        SELECT count(*) FROM cases c WHERE c.closed_at IS NULL
        AND (EXISTS (SELECT FROM recording r WHERE r.case_id = c.id AND r.at < $1
          AND r.state = 'kept' AND r.prompt IS NULL)
          OR EXISTS (SELECT FROM attachment a WHERE a.case_id = c.id AND a.at < $1
          AND a.kind = 'voice' AND a.content IS NOT NULL))
        AND NOT EXISTS (SELECT FROM message m WHERE m.case_id = c.id
          AND m.direction = 'transcript')
        """,
        before,
    )
    return found


def told_as(message_id: UUID) -> str:
    """Return what stands in `prompt` where a person read a message aloud."""
    return f"told/{message_id}"


@dataclass(frozen=True, slots=True)
class Told:
    """A message to the worker, read aloud by a person."""

    case_id: UUID
    message_id: UUID
    audio: bytes
    seconds: float


async def keep_told(
    store: Store, tx: Transaction, key: DataKey, told: Told, at: datetime
) -> None:
    """Keep a message to the worker as it was read aloud; no carrier has it."""
    recording_id = new_id(at)
    sealed = key.seal(told.audio, audio_context(recording_id))
    await tx.connection.execute(
        """
        INSERT INTO recording (id, tag, call_tag, case_id, prompt, at, seconds, audio,
          size, state, attempt, kept_at, deleted_at)
        VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, 'kept', 0, $5, $5)
        """,
        recording_id,
        store.keyring.recording_tag(told_as(told.message_id)),
        told.case_id,
        told_as(told.message_id),
        at,
        round(told.seconds),
        sealed,
        len(sealed),
    )
