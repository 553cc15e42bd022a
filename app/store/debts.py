"""Owed rows together with what their cases stand at now, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.wishes import AT_ONCE, Wishes
from app.outbox.gathering import GATHERED
from app.outbox.owed import Leased
from app.store.engine import Transaction
from app.store.outbox import leased_from
from app.store.preferences import wishes_from

# How long one of our calls keeps others from being made to the same worker.
RINGS_FOR = timedelta(minutes=5)

_DEBTS = """
SELECT o.id, o.case_id, o.recipient_kind, o.recipient_key, o.template, o.params,
  o.created_at, o.attempt, o.lease_until, o.state, o.sent_at, o.digest,
  o.carrier, o.first_try, o.expires_at,
  NULL::timestamptz AS left_until, c.id IS NOT NULL AS has_case,
  c.language, c.country, c.site, c.route, c.category, c.severity, c.opened_at,
  c.state AS case_state, c.data_key, c.phone_sealed, c.hotline,
  c.channel = 'whatsapp' AND coalesce(c.contact_tag = c.phone_tag, true)
    AS is_whatsapp,
  o.recipient_kind = 'worker' AND EXISTS (
    SELECT FROM conversation v WHERE v.phone_tag = coalesce(c.contact_tag, c.phone_tag)
    AND v.heard_at > $1::timestamptz - interval '23 hours 55 minutes'
  )
  -- WhatsApp has said that the day is over.
  AND o.last_error IS DISTINCT FROM 'config:63016' AS is_in_window,
  c.detail ->> 'reach_part' AS reach_part,
  c.detail ->> 'may_call' = 'true' AS may_call, c.detail -> 'excluded' AS excluded,
  coalesce(c.detail ->> 'is_released_to_brand' = 'true', false) AS is_released,
  c.detail ->> 'may_text' = 'true' AS may_text,
  coalesce(c.detail -> 'excluded' ? o.recipient_key, false) AS is_excluded,
  coalesce(c.detail -> 'drawn' ? o.recipient_key, false) AS is_drawn,
  EXISTS (SELECT FROM opt_out WHERE phone_tag = coalesce(c.contact_tag, c.phone_tag))
    AS has_opted_out,
  o.recipient_kind = 'worker' AND EXISTS (
    SELECT FROM outbox n WHERE n.case_id = c.id AND n.template = 'worker_news'
    AND n.next_at <= $1 AND n.id > o.id
  ) AS is_superseded,
  o.recipient_kind = 'worker' AND EXISTS (
    SELECT FROM outbox n WHERE n.case_id = c.id AND n.template = 'worker_news'
    AND n.state = 'sent' AND n.delivery = 'ringing' AND n.sent_at > $2
  ) AS is_ringing,
  CASE WHEN o.template = 'reminder' THEN (
    SELECT bool_and(d.met_at IS NOT NULL) FROM deadline d
    WHERE d.case_id = o.case_id AND d.name = o.params ->> 'clock'
    AND d.due_at = (o.params ->> 'due_at')::timestamptz
  ) END AS is_met,
  CASE WHEN o.params ? 'answer_by' THEN (
    SELECT bool_and(d.met_at IS NOT NULL) FROM deadline d
    WHERE d.case_id = o.case_id AND d.name LIKE 'rung:%'
    AND d.due_at = (o.params ->> 'answer_by')::timestamptz
  ) END AS is_answered,
  CASE WHEN o.recipient_kind <> 'worker' THEN (
    SELECT bool_or(e.site IS DISTINCT FROM c.site) FROM escalation e
    WHERE e.case_id = o.case_id AND e.at = o.created_at
  ) END AS is_corrected,
  (SELECT free_at FROM digest_turn t WHERE o.recipient_kind = 'person'
    AND t.person = o.recipient_key) AS free_at,
  w.daily_at, w.quiet, w.by_text, a.password_hash IS NOT NULL
    AND (a.totp_sealed IS NOT NULL OR a.takes_codes) AS has_room,
  a.pin_hash IS NOT NULL AS has_pin
FROM outbox o LEFT JOIN cases c ON c.id = o.case_id
LEFT JOIN LATERAL (SELECT CASE WHEN o.recipient_kind = 'person'
  AND o.recipient_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  THEN o.recipient_key::uuid END AS id) p ON true
LEFT JOIN preference w ON w.person_id = p.id
LEFT JOIN account a ON a.person_id = p.id
"""


@dataclass(frozen=True, slots=True)
class Debt:
    """An owed row, and what the database knows of its case; None: it has none."""

    leased: Leased
    case: Mapping[str, Any] | None

    @property
    def wishes(self) -> Wishes:
        """Return when and how its reader wants to be told."""
        return wishes_from(self.case) if self.case is not None else AT_ONCE


async def the_one(tx: Transaction, leased: Leased, at: datetime) -> Debt:
    """Return where the case of a leased row stands."""
    if leased.case_id is None:
        return Debt(leased, None)
    row = await tx.connection.fetchrow(
        f"{_DEBTS} WHERE o.id = $3", at, at - RINGS_FOR, leased.id
    )
    return Debt(leased, row if row is not None and row["has_case"] else None)


async def all_pending(
    tx: Transaction, leased: Leased, at: datetime, limit: int
) -> list[Debt]:
    """Return the leased row and what else is due for its reader, in their order.

    The others are locked, and in nobody's hands: no attempt was made at them
    of which the outcome is not known.
    """
    rows = await tx.connection.fetch(
        f"""
        {_DEBTS} WHERE o.recipient_kind = 'person' AND o.recipient_key = $3
        AND (o.id = $4 OR (o.next_at <= $1 AND o.expires_at > $1
          AND o.template = ANY($5) AND o.state = 'owed' AND o.digest IS NULL
          AND o.lease_until IS NULL AND o.case_id IS NOT NULL))
        AND o.next_at IS NOT NULL
        ORDER BY o.id <> $4, o.next_at, o.id LIMIT $6 FOR UPDATE OF o SKIP LOCKED
        """,
        at,
        at - RINGS_FOR,
        leased.recipient_key,
        leased.id,
        sorted(GATHERED),
        limit,
    )
    return [_debt(row, leased) for row in rows]


async def all_bound(tx: Transaction, leased: Leased, at: datetime) -> list[Debt]:
    """Return the rows of which an earlier attempt told together, its lead first."""
    rows = await tx.connection.fetch(
        f"""
        {_DEBTS} WHERE o.digest = $3 AND o.state IN ('owed', 'unknown')
        ORDER BY o.id <> $3, o.next_at, o.id FOR UPDATE OF o
        """,
        at,
        at - RINGS_FOR,
        leased.id,
    )
    return [_debt(row, leased) for row in rows]


def _debt(row: Mapping[str, Any], leased: Leased) -> Debt:
    own: UUID = row["id"]
    held = leased if own == leased.id else leased_from(row)
    return Debt(held, row if row["has_case"] else None)
