"""Who changed the programme, when and through what; written once, never again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.store.engine import Transaction
from app.store.ids import new_id

# A browser that is opened again may send a form of yesterday's once more.
_REMEMBERED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Audited:
    """One thing to write down; `detail` holds no phone, mail or secret."""

    kind: str  # noun.verbed, such as site.changed
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was written down."""

    id: UUID
    at: datetime
    person_id: UUID | None  # None: the command line, or the service itself
    kind: str
    through: str
    detail: Mapping[str, Any]


async def write(
    tx: Transaction,
    audited: Iterable[Audited],
    *,
    by: UUID | None,
    through: str,
    at: datetime,
) -> None:
    """Write what was done, in the transaction that does it."""
    await tx.connection.executemany(
        "INSERT INTO audit_event (id, at, person_id, kind, through, detail)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (new_id(at), at, by, each.kind, through, json.dumps(dict(each.detail)))
            for each in audited
        ],
    )


async def was_written(tx: Transaction, once: str, *, at: datetime) -> bool:
    """Tell whether what the form of this mark asked for was written down already.

    Of two that come at a time the second one waits here until the first is done.
    """
    if not once:
        return False
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", once
    )
    found = await tx.connection.fetchval(
        "SELECT true FROM audit_event WHERE at > $2 AND detail->>'once' = $1 LIMIT 1",
        once,
        at - _REMEMBERED,
    )
    return bool(found)


async def events(
    tx: Transaction,
    *,
    kind: str = "",
    key: str = "",
    before: UUID | None = None,
    limit: int = 100,
) -> list[Event]:
    """Return the newest first; `before` goes on where another page ended.

    `kind` is a noun, or a noun with its verb; `key` is what it was about.
    """
    rows = await tx.connection.fetch(
        """
        SELECT id, at, person_id, kind, through, detail FROM audit_event
        WHERE ($1 = '' OR kind = $1 OR split_part(kind, '.', 1) = $1)
        AND ($2 = '' OR detail->>'key' = $2)
        AND ($3::uuid IS NULL OR (at, id) <
          (SELECT at, id FROM audit_event WHERE id = $3))
        ORDER BY at DESC, id DESC LIMIT $4
        """,
        kind,
        key,
        before,
        limit,
    )
    return [Event(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]
