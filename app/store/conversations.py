"""What is known of a message before it is answered, in two statements.

The first takes the locks: on the provider's message id, on the phone, on the
phone's cases. The second reads everything under them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.store.engine import Transaction, lock_key
from app.store.mapping import CASE_COLUMNS

RESTS_AFTER = timedelta(minutes=30)
KEPT = timedelta(hours=24)
ANSWER_KEPT = timedelta(hours=48)
OVERALL_WINDOW = timedelta(hours=1)
CASE_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says about a message, its phone and its numbers."""

    is_repeat: bool
    directory_version: int
    session: dict[str, Any]
    case_id: UUID | None
    heard_at: datetime | None
    free_numbers: tuple[str, ...]
    tries_overall: int
    cases: tuple[Any, ...]  # rows; with `pin_hash`, `tries`, `tried_at`, `clocks`


async def lock(
    tx: Transaction, provider_id: str, phone_tag: bytes | None, numbers: Sequence[str]
) -> None:
    """Let nobody else hear this message, this phone or these cases meanwhile."""
    await tx.connection.fetchrow(
        """
        SELECT pg_advisory_xact_lock($1),
          CASE WHEN $2::bigint IS NOT NULL THEN pg_advisory_xact_lock($2) END,
          (SELECT count(*) FROM (
            SELECT 1 FROM cases WHERE phone_tag = $3 OR number = ANY($4)
            ORDER BY id FOR UPDATE
          ) locked)
        """,
        lock_key(b"message", provider_id.encode()),
        lock_key(b"phone", phone_tag) if phone_tag else None,
        phone_tag,
        list(numbers),
    )


def cases_with_tries(since: str) -> str:
    """Return the SELECT of cases with their clocks and the tries at their PINs.

    `since` is the parameter from which tries count; $2 is the phone's tag.
    """
    is_own = "coalesce(cases.phone_tag = $2, false)"
    of_case = "FROM pin_try t WHERE t.case_id = cases.id"
    tries = f"{of_case} AND (t.is_own OR t.phone_tag IS NOT DISTINCT FROM $2)"
    tries += f" AND t.is_own = {is_own}"
    return f"""
  SELECT {CASE_COLUMNS}, pin_hash, phone_sealed, contact_tag,
    {is_own} AS is_own,
    (SELECT count(*) {tries} AND t.at > {since}) AS tries,
    (SELECT max(at) {tries}) AS tried_at,
    (SELECT count(*) {of_case} AND NOT t.is_own AND t.at > {since}) AS tries_of_case,
    (SELECT json_agg(d) FROM deadline d WHERE d.case_id = cases.id) AS clocks
  FROM cases"""


_READ = f"""
SELECT v.version,
  EXISTS (SELECT 1 FROM claim WHERE provider_id = $1) AS is_repeat,
  ARRAY(
    SELECT n FROM unnest($4::text[]) n
    WHERE (SELECT taken.id FROM cases taken WHERE taken.number = n) IS NULL
  ) AS free_numbers,
  CASE WHEN $6 THEN (
    SELECT count(*) FROM pin_try p WHERE p.at > $5 AND NOT p.is_own
  ) ELSE 0 END AS overall,
  c.session, c.case_id, c.heard_at, k.*
FROM directory_version v
LEFT JOIN conversation c ON c.phone_tag = $2
LEFT JOIN LATERAL (
  {cases_with_tries("$7")}
  WHERE cases.id IN (
    SELECT p.id FROM cases p WHERE p.phone_tag = $2
    UNION ALL SELECT n.id FROM cases n WHERE n.number = ANY($3)
    UNION ALL SELECT c.case_id
  )
  ORDER BY opened_at DESC LIMIT 30
) k ON true
"""


async def read(
    tx: Transaction,
    provider_id: str,
    phone_tag: bytes | None,
    numbers: Sequence[str],
    candidates: Sequence[str],
    *,
    at: datetime,
    has_pin: bool,
) -> Known:
    rows = await tx.connection.fetch(
        _READ,
        provider_id,
        phone_tag,
        list(numbers),
        list(candidates),
        at - OVERALL_WINDOW,
        has_pin,
        at - CASE_WINDOW,
    )
    first = rows[0]
    return Known(
        is_repeat=first["is_repeat"],
        directory_version=first["version"],
        session=json.loads(first["session"]) if first["session"] else {},
        case_id=first["case_id"],
        heard_at=first["heard_at"],
        free_numbers=tuple(first["free_numbers"]),
        tries_overall=first["overall"],
        cases=tuple(row for row in rows if row["id"] is not None),
    )


async def first_answer(tx: Transaction, provider_id: str) -> Any:
    """Return the claim's row with its case's key: a repeat gets it again."""
    return await tx.connection.fetchrow(
        """
        SELECT claim.at, claim.case_id, claim.answer, cases.data_key
        FROM claim LEFT JOIN cases ON cases.id = claim.case_id
        WHERE claim.provider_id = $1
        """,
        provider_id,
    )
