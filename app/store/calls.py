"""A call under way: locked with its cases, then read, before it is answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.store.conversations import (
    CASE_WINDOW,
    OVERALL_WINDOW,
    cases_with_tries,
)
from app.store.engine import Transaction, lock_key

RESUMES_WITHIN = timedelta(minutes=15)
# No call is silent toward us for longer than its longest piece: where nobody told
# that it ended, it must have.
_MUST_HAVE_ENDED = timedelta(minutes=3)
KEPT = timedelta(hours=24)

# How far after its last word a call may still be waiting for its recording.
_REPLAYED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as it was left by its last step."""

    tag: bytes
    phone_tag: bytes | None
    phone_sealed: bytes | None
    dialled: str
    direction: str
    owed_id: UUID | None
    case_id: UUID | None
    session: dict[str, Any]
    pin_sealed: bytes | None
    started_at: datetime
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class KnownCall:
    """What the database says about a step, its call and its cases."""

    is_repeat: bool
    directory_version: int
    call: CallRow | None
    earlier: CallRow | None  # the same phone's, that broke off just now
    free_numbers: tuple[str, ...]
    tries_overall: int
    is_recording_known: bool
    cases: tuple[Any, ...]  # rows, as in `conversations.Known`


async def lock(
    tx: Transaction, tag: bytes, phone_tag: bytes | None, at: datetime
) -> None:
    """Let nobody else hear this call, or touch its cases, meanwhile.

    Two statements: the second must see what whoever held the call has written
    while the first one waited, or a case just opened would stay unlocked.
    """
    await tx.connection.fetchrow(
        "SELECT pg_advisory_xact_lock($1),"
        " CASE WHEN $2::bigint IS NOT NULL THEN pg_advisory_xact_lock($2) END",
        lock_key(b"call", tag),
        lock_key(b"phone", phone_tag) if phone_tag else None,
    )
    await tx.connection.execute(
        """
        SELECT 1 FROM cases WHERE id IN (
          SELECT case_id FROM call WHERE tag = $1
          UNION SELECT case_id FROM call WHERE phone_tag = $2 AND heard_at > $3
          UNION SELECT o.case_id FROM call c JOIN outbox o ON o.id = c.owed_id
            WHERE c.tag = $1
        ) OR number = (
          SELECT session ->> 'asked_number' FROM call WHERE tag = $1
        ) ORDER BY id FOR UPDATE
        """,
        tag,
        phone_tag,
        at - RESUMES_WITHIN,
    )


_CALL = (
    "tag, phone_tag, phone_sealed, dialled, direction, owed_id, case_id, session,"
    " pin_sealed, started_at, heard_at"
)

_READ = f"""
WITH this AS (SELECT {_CALL} FROM call WHERE tag = $1),
earlier AS (
  SELECT {_CALL} FROM call
  WHERE phone_tag = $2 AND tag <> $1 AND heard_at > $3
    -- Many people may ring from one number: a call that goes on is not theirs.
    AND (ended_at IS NOT NULL OR heard_at < $9)
  ORDER BY heard_at DESC LIMIT 1
)
SELECT v.version,
  EXISTS (SELECT 1 FROM claim WHERE provider_id = $4) AS is_repeat,
  EXISTS (SELECT 1 FROM recording WHERE tag = $5) AS is_recording_known,
  ARRAY(
    SELECT n FROM unnest($6::text[]) n
    WHERE (SELECT taken.id FROM cases taken WHERE taken.number = n) IS NULL
  ) AS free_numbers,
  (SELECT count(*) FROM pin_try p WHERE p.at > $7 AND NOT p.is_own) AS overall,
  (SELECT to_json(this) FROM this) AS this_call,
  (SELECT to_json(earlier) FROM earlier) AS earlier_call,
  k.*
FROM directory_version v
LEFT JOIN LATERAL (
  {cases_with_tries("$8")}
  WHERE cases.id IN (
    SELECT case_id FROM this UNION ALL SELECT case_id FROM earlier
    UNION ALL SELECT n.id FROM cases n WHERE n.number = (
      SELECT session ->> 'asked_number' FROM this)
  )
) k ON true
"""


async def read(
    tx: Transaction,
    *,
    tag: bytes,
    phone_tag: bytes | None,
    claim: str,
    recording_tag: bytes | None,
    candidates: Sequence[str],
    at: datetime,
) -> KnownCall:
    rows = await tx.connection.fetch(
        _READ,
        tag,
        phone_tag,
        at - RESUMES_WITHIN,
        claim,
        recording_tag,
        list(candidates),
        at - OVERALL_WINDOW,
        at - CASE_WINDOW,
        at - _MUST_HAVE_ENDED,
    )
    first = rows[0]
    return KnownCall(
        is_repeat=first["is_repeat"],
        directory_version=first["version"],
        call=_call(first["this_call"]),
        earlier=_call(first["earlier_call"]),
        free_numbers=tuple(first["free_numbers"]),
        tries_overall=first["overall"],
        is_recording_known=first["is_recording_known"],
        cases=tuple(row for row in rows if row["id"] is not None),
    )


def _call(found: str | None) -> CallRow | None:
    """Read a call's row out of JSON, in which bytes are `\\x` and hex."""
    if found is None:
        return None
    row = json.loads(found)
    return CallRow(
        tag=bytes.fromhex(row["tag"][2:]),
        phone_tag=_bytes(row["phone_tag"]),
        phone_sealed=_bytes(row["phone_sealed"]),
        dialled=row["dialled"],
        direction=row["direction"],
        owed_id=UUID(row["owed_id"]) if row["owed_id"] else None,
        case_id=UUID(row["case_id"]) if row["case_id"] else None,
        session=row["session"],
        pin_sealed=_bytes(row["pin_sealed"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        heard_at=datetime.fromisoformat(row["heard_at"]),
    )


def _bytes(shown: str | None) -> bytes | None:
    return bytes.fromhex(shown[2:]) if shown else None


async def owed_call(tx: Transaction, owed_id: UUID) -> Any:
    """Return whom an outbound call of ours is for: its row, and its case."""
    return await tx.connection.fetchrow(
        """
        SELECT o.id, o.recipient_kind, o.template, c.number, c.language
        FROM outbox o LEFT JOIN cases c ON c.id = o.case_id WHERE o.id = $1
        """,
        owed_id,
    )


async def replayable(tx: Transaction, call_tag: bytes, at: datetime) -> Any:
    """Return the id of what was last said in this call, once it is here."""
    return await tx.connection.fetchrow(
        """
        SELECT id, case_id FROM (
          SELECT id, case_id, audio IS NOT NULL AS is_here FROM recording
          WHERE call_tag = $1 AND at > $2 ORDER BY at DESC LIMIT 1
        ) latest WHERE is_here
        """,
        call_tag,
        at - _REPLAYED,
    )


async def latest_told(tx: Transaction, case_id: UUID) -> Any:
    """Return the latest message of a person to the worker, sealed; `voice` is the
    recording of it, where it was read aloud."""
    return await tx.connection.fetchrow(
        "SELECT m.id, m.body, r.id AS voice FROM message m"
        " LEFT JOIN recording r ON r.case_id = m.case_id AND r.audio IS NOT NULL"
        " AND r.prompt = 'told/' || m.id"
        " WHERE m.case_id = $1 AND m.direction = 'told'"
        " ORDER BY m.at DESC, m.id DESC LIMIT 1",
        case_id,
    )


async def has_heard(tx: Transaction, case_id: UUID, at: datetime) -> None:
    """Settle the news that waits for a worker who has just asked for it."""
    await tx.connection.execute(
        "UPDATE outbox SET state = 'dropped', last_error = 'heard', next_at = NULL,"
        " lease_until = NULL WHERE case_id = $1 AND template = 'worker_news'"
        " AND next_at IS NOT NULL AND created_at <= $2",
        case_id,
        at,
    )
