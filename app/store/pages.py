"""A talk by pages: locked with its case, then read, before it is answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.store.conversations import CASE_WINDOW, OVERALL_WINDOW, cases_with_tries
from app.store.engine import Transaction, lock_key

RESTS_AFTER = timedelta(minutes=30)
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PageRow:
    """A talk as it was left by its last page."""

    case_id: UUID | None
    session: dict[str, Any]
    pin_sealed: bytes | None
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What the database says about a page and its case."""

    directory_version: int
    page: PageRow | None
    free_numbers: tuple[str, ...]
    tries_overall: int
    case: Any  # a row, as in `conversations.Known`


async def lock(tx: Transaction, tag: bytes, number: str = "") -> None:
    """Let nobody else hear this talk, or touch its case, meanwhile.

    Two statements, as for a call: the second sees what the first waited for.
    """
    await tx.connection.fetchrow(
        "SELECT pg_advisory_xact_lock($1)", lock_key(b"page", tag)
    )
    await tx.connection.execute(
        "SELECT 1 FROM cases WHERE number = $2"
        " OR id = (SELECT case_id FROM page WHERE tag = $1) FOR UPDATE",
        tag,
        number,
    )


# $2: the network's tag, under which tries at a PIN are counted.
_READ = f"""
SELECT v.version, p.case_id AS page_case, p.session, p.pin_sealed,
  p.heard_at AS page_heard_at, p.tag IS NOT NULL AS has_page,
  ARRAY(
    SELECT n FROM unnest($3::text[]) n
    WHERE (SELECT taken.id FROM cases taken WHERE taken.number = n) IS NULL
  ) AS free_numbers,
  (SELECT count(*) FROM pin_try t WHERE t.at > $4 AND NOT t.is_own) AS overall,
  k.*
FROM directory_version v
LEFT JOIN page p ON p.tag = $1
LEFT JOIN LATERAL (
  {cases_with_tries("$5")}
  WHERE cases.id = p.case_id OR cases.number = $6
) k ON true
"""


async def read(
    tx: Transaction,
    tag: bytes,
    *,
    network: bytes | None,
    candidates: Sequence[str],
    number: str,
    at: datetime,
) -> KnownPage:
    """Read the talk and its case, or the case of `number` where one is asked for."""
    rows = await tx.connection.fetch(
        _READ,
        tag,
        network,
        list(candidates),
        at - OVERALL_WINDOW,
        at - CASE_WINDOW,
        number,
    )
    first = rows[0]
    page = None
    if first["has_page"]:
        page = PageRow(
            first["page_case"],
            json.loads(first["session"]),
            first["pin_sealed"],
            first["page_heard_at"],
        )
    return KnownPage(
        directory_version=first["version"],
        page=page,
        free_numbers=tuple(first["free_numbers"]),
        tries_overall=first["overall"],
        case=first if first["id"] is not None else None,
    )


async def messages(tx: Transaction, case_id: UUID) -> list[Any]:
    """Return what the worker and we said to one another, sealed, the oldest first."""
    return list(
        await tx.connection.fetch(
            "SELECT id, at, direction, body, by FROM message"
            " WHERE case_id = $1 AND direction IN ('in', 'told') ORDER BY at, id",
            case_id,
        )
    )


async def sent_along(tx: Transaction, case_id: UUID) -> dict[str, int]:
    """Return how many files of each kind a case has, voices by phone included."""
    rows = await tx.connection.fetch(
        "SELECT kind, count(*) AS n FROM attachment WHERE case_id = $1 GROUP BY kind"
        " UNION ALL SELECT 'voice', count(*) FROM recording WHERE case_id = $1"
        " AND prompt IS NULL AND state IN ('owed', 'kept')",
        case_id,
    )
    found: dict[str, int] = {}
    for row in rows:
        found[row["kind"]] = found.get(row["kind"], 0) + row["n"]
    return found


_OVER = (
    "UPDATE page SET case_id = NULL, pin_sealed = NULL,"
    ' session = session || \'{"at": "over"}\''
)


async def leave(tx: Transaction, tag: bytes) -> None:
    """End a talk: its case and its PIN are let go of."""
    await lock(tx, tag)
    await tx.connection.execute(f"{_OVER} WHERE tag = $1", tag)


async def end_talks(
    tx: Transaction, case_id: UUID, *, page: bytes | None, phone: bytes | None
) -> None:
    """End every talk about a case but this one: its PIN is another one now."""
    await tx.connection.execute(
        f"{_OVER} WHERE case_id = $1 AND tag IS DISTINCT FROM $2", case_id, page
    )
    await tx.connection.execute(
        "UPDATE conversation SET case_id = NULL"
        " WHERE case_id = $1 AND phone_tag IS DISTINCT FROM $2",
        case_id,
        phone,
    )
