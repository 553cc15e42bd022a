"""The outbox's statements: lease, settle, find again, and the carrier's word.

A row in a worker's hands has a lease; whoever lets it run out is taken for
dead, and the next worker treats the attempt as one of unknown outcome. A row
is written to only under its own lease, so that a late worker changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.outbox.owed import LEASE, TEXT_LASTS, URGENT_TEXT, Leased, Receipt
from app.outbox.settlement import DELIVERY_RANKS
from app.store.engine import Transaction
from app.store.ids import new_id

# $1 and $2 of every statement that compares: the words and their ranks.
_WORDS, _RANKS = list(DELIVERY_RANKS), list(DELIVERY_RANKS.values())
_STANDING = "coalesce(($2::int[])[array_position($1::text[], delivery)], -1)"


async def is_demo(tx: Transaction) -> bool:
    """Tell whether this database was made for a demo."""
    return bool(await tx.connection.fetchval("SELECT is_demo FROM programme"))


@dataclass(frozen=True, slots=True)
class Expired:
    """A message that ended by its date, and the failure after which it waited."""

    id: UUID
    is_workers: bool
    error: str | None


async def expire(tx: Transaction, at: datetime) -> list[Expired]:
    """End what came too late to be worth sending; return it."""
    rows = await tx.connection.fetch(
        """
        UPDATE outbox SET state = 'expired', next_at = NULL, lease_until = NULL
        WHERE id IN (
          SELECT id FROM outbox WHERE next_at <= $1 AND expires_at <= $1
          AND (lease_until IS NULL OR lease_until <= $1)
          LIMIT 1000 FOR UPDATE SKIP LOCKED
        )
        RETURNING id, recipient_kind = 'worker' AS is_workers, last_error AS error
        """,
        at,
    )
    return [Expired(**row) for row in rows]


async def lease(tx: Transaction, at: datetime, limit: int) -> list[Leased]:
    """Take up to `limit` due rows into this worker's hands for a minute.

    A row that goes out with another is taken with that one (`app.store.digests`),
    unless that is no longer owed: then it goes by itself. The texts of an answer
    are handed over one after the other, however many are due; one that failed holds
    up none.
    """
    rows = await tx.connection.fetch(
        """
        WITH due AS (
          SELECT id, lease_until FROM outbox o
          WHERE next_at <= $1 AND expires_at > $1
          AND (lease_until IS NULL OR lease_until <= $1)
          AND (digest IS NULL OR digest = id OR NOT EXISTS (
            SELECT FROM outbox l WHERE l.id = o.digest AND l.next_at IS NOT NULL))
          AND (recipient_kind <> 'reply' OR NOT EXISTS (
            SELECT FROM outbox e WHERE e.recipient_kind = 'reply'
            AND e.recipient_key = o.recipient_key AND e.id < o.id
            AND e.next_at IS NOT NULL AND e.expires_at > $1
            AND (e.attempt = 0 OR e.lease_until > $1)))
          ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE outbox o SET lease_until = $3, attempt = attempt + 1,
          digest = CASE WHEN digest = o.id THEN digest END
        FROM due WHERE o.id = due.id
        RETURNING o.*, due.lease_until AS left_until,
          (SELECT version FROM directory_version) AS directory_version
        """,
        at,
        limit,
        at + LEASE,
    )
    return [
        replace(leased_from(row), directory_version=row["directory_version"])
        for row in rows
    ]


def leased_from(row: Mapping[str, Any]) -> Leased:
    """Return an owed row; `left_until` is the lease that its last holder left."""
    tried = [row["sent_at"]] if row["state"] == "unknown" else []
    if row["left_until"] is not None:  # Its holder died with the row in hand.
        tried.append(row["left_until"] - LEASE)
    return Leased(
        id=row["id"],
        case_id=row["case_id"],
        recipient_kind=row["recipient_kind"],
        recipient_key=row["recipient_key"],
        template=row["template"],
        params=json.loads(row["params"]),
        created_at=row["created_at"],
        attempt=row["attempt"],
        lease_until=row["lease_until"],
        tried_at=min((t for t in tried if t is not None), default=None),
        digest=row["digest"],
        carrier=(row["carrier"] or "") if row["state"] == "unknown" else "",
        first_try=(row["first_try"] or 0) if row["state"] == "unknown" else 0,
    )


async def mark_tried(
    tx: Transaction, leased: Leased, carrier: str, at: datetime
) -> bool:
    """Note that a carrier is about to be handed this text; False: it is not ours.

    Whoever takes over from a worker that dies after this asks that carrier what
    became of it. Without the mark nothing was handed to anybody.
    """
    done = await tx.connection.execute(
        "UPDATE outbox SET first_try = CASE WHEN state = 'unknown' AND carrier = $4"
        " THEN coalesce(first_try, attempt) ELSE attempt END,"
        " state = 'unknown', sent_at = $3, carrier = $4"
        " WHERE id = $1 AND lease_until = $2 AND state IN ('owed', 'unknown')",
        leased.id,
        leased.lease_until,
        at,
        carrier,
    )
    return _count(done) == 1


async def settle_sent(
    tx: Transaction, leased: Leased, receipt: Receipt, at: datetime
) -> bool:
    """Note that the far side took it; False where somebody else settled it.

    A worker whose lease ran out still knows that it sent, so it may say so,
    unless the carrier has meanwhile reported on this very message.
    """
    done = await tx.connection.execute(
        f"""
        UPDATE outbox SET state = 'sent', sent_at = $5, next_at = NULL,
          lease_until = NULL, last_error = NULL, shown = coalesce($8, shown),
          provider_id = coalesce($6, provider_id), carrier = coalesce($10, carrier),
          delivery = CASE
            WHEN provider_id = $6 AND {_STANDING} > $9 THEN delivery ELSE $7 END
        WHERE id = $3 AND state IN ('owed', 'unknown')
        AND (lease_until = $4 OR provider_id IS DISTINCT FROM $6)
        """,
        _WORDS,
        _RANKS,
        leased.id,
        leased.lease_until,
        at,
        receipt.provider_id,
        receipt.status,
        receipt.shown,
        DELIVERY_RANKS.get(receipt.status or "", -1),
        receipt.carrier,
    )
    return _count(done) == 1


async def settle_found(
    tx: Transaction, leased: Leased, found: Sequence[Receipt], at: datetime
) -> Receipt | None:
    """Settle by the first message found that no row has for its own."""
    for receipt in found:
        # Two rows with the same words to the same phone may look at once.
        await tx.connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            receipt.provider_id,
        )
        # One that this row knows already is of an attempt that was settled before.
        is_taken = await tx.connection.fetchval(
            "SELECT EXISTS (SELECT FROM outbox WHERE provider_id = $1)",
            receipt.provider_id,
        )
        if not is_taken:
            await settle_sent(tx, leased, receipt, at)
            return receipt
    return None


async def settle_later(
    tx: Transaction,
    leased: Leased,
    *,
    next_at: datetime,
    error: str,
    tried_at: datetime | None,
) -> bool:
    """Put the next attempt's time; `tried_at`: that outcome is not known yet."""
    done = await tx.connection.execute(
        """
        UPDATE outbox SET state = CASE WHEN $5::timestamptz IS NULL THEN 'owed'
          ELSE 'unknown' END, sent_at = $5, next_at = $3, last_error = $4,
          lease_until = NULL
        WHERE id = $1 AND lease_until = $2 AND state IN ('owed', 'unknown')
        """,
        leased.id,
        leased.lease_until,
        next_at,
        error,
        tried_at,
    )
    return _count(done) == 1


async def put_off(tx: Transaction, leased: Leased, until: datetime) -> bool:
    """Put it down until its hour; nothing was attempted, so nothing counts."""
    done = await tx.connection.execute(
        """
        UPDATE outbox SET next_at = $3, lease_until = NULL, attempt = attempt - 1,
          is_put_down = false,
          state = CASE WHEN $4::timestamptz IS NULL THEN 'owed' ELSE 'unknown' END,
          sent_at = $4
        WHERE id = $1 AND lease_until = $2 AND state IN ('owed', 'unknown')
        """,
        leased.id,
        leased.lease_until,
        until,
        leased.tried_at,
    )
    return _count(done) == 1


async def settle_over(
    tx: Transaction, leased: Leased, state: str, error: str | None
) -> bool:
    """End it as failed, dropped or expired; nothing more will be tried."""
    done = await tx.connection.execute(
        """
        UPDATE outbox SET state = $3, last_error = $4, next_at = NULL,
          lease_until = NULL
        WHERE id = $1 AND lease_until = $2 AND state IN ('owed', 'unknown')
        """,
        leased.id,
        leased.lease_until,
        state,
        error,
    )
    return _count(done) == 1


@dataclass(frozen=True, slots=True)
class Reported:
    """A message whose delivery has moved on."""

    id: UUID  # its row's, or that of the row that led several
    attempt: int


async def report(
    tx: Transaction,
    *,
    provider_id: str,
    owed_id: UUID | None,
    status: str,
    at: datetime,
) -> Reported | None:
    """Note the carrier's word; None where it is no news, or about no row.

    Words arrive late, twice and out of order, and none undoes a later one. One
    that comes before the answer to our own request finds its row by our id,
    and settles it. A row that was sent once more knows its latest message:
    words about an earlier one are no news. What is said of a message is said of
    every row that went out with it. By our id a carrier may speak of what was
    handed to it and of nothing else.
    """
    carrier = provider_id.partition(":")[0] if ":" in provider_id else ""
    rows = await tx.connection.fetch(
        f"""
        WITH picked AS (
          SELECT id, digest, provider_id AS known FROM outbox WHERE provider_id = $4
          OR (id = $5 AND (provider_id IS NULL OR state IN ('owed', 'unknown'))
            AND (carrier = $8 OR ($8 = ''
              AND (carrier IS NULL OR carrier IN ('twilio', 'whatsapp')))))
          ORDER BY provider_id IS NOT DISTINCT FROM $4 DESC LIMIT 1
        )
        UPDATE outbox SET delivery = $3, provider_id = $4, next_at = NULL,
          lease_until = NULL, sent_at = coalesce(sent_at, $7), state = 'sent'
        WHERE id IN (
          SELECT id FROM picked UNION ALL SELECT m.id FROM picked p
          JOIN outbox m ON m.digest = p.digest AND m.id <> p.id
            AND m.provider_id IS NOT DISTINCT FROM p.known
            AND m.state IN ('owed', 'unknown', 'sent')
        ) AND (provider_id IS DISTINCT FROM $4 OR {_STANDING} < $6)
        RETURNING coalesce(digest, id) AS id, attempt
        """,
        _WORDS,
        _RANKS,
        status,
        provider_id,
        owed_id,
        DELIVERY_RANKS[status],
        at,
        carrier,
    )
    if not rows:
        return None
    return Reported(rows[0]["id"], max(row["attempt"] for row in rows))


async def owe_again(
    tx: Transaction, owed_id: UUID, *, next_at: datetime, error: str
) -> None:
    """Owe once more what the carrier could not deliver for the time being.

    What went out together is owed row by row again, by another carrier first if
    there is one.
    """
    await tx.connection.execute(
        "UPDATE outbox SET state = 'owed', next_at = $2, last_error = $3,"
        " sent_at = NULL, digest = NULL, params = CASE WHEN carrier IS NULL"
        " THEN params ELSE params || jsonb_build_object('not_by', carrier) END"
        " WHERE (id = $1 OR digest = $1) AND state = 'sent'",
        owed_id,
        next_at,
        error,
    )


async def mark_undelivered(
    tx: Transaction, owed_id: UUID, state: str, error: str
) -> None:
    await tx.connection.execute(
        "UPDATE outbox SET state = $2, last_error = $3"
        " WHERE (id = $1 OR digest = $1) AND state = 'sent'",
        owed_id,
        state,
        error,
    )


async def opt_out(tx: Transaction, owed_id: UUID, at: datetime, reason: str) -> None:
    """Stop notifications to the phone that this row is for; never the case."""
    await tx.connection.execute(
        """
        INSERT INTO opt_out (phone_tag, at, reason)
        SELECT tag, $2, $3 FROM (
          SELECT CASE o.recipient_kind
            WHEN 'worker' THEN (SELECT coalesce(contact_tag, phone_tag) FROM cases
              WHERE id = o.case_id)
            WHEN 'phone' THEN decode(o.recipient_key, 'hex')
            WHEN 'reply' THEN decode(o.recipient_key, 'hex')
            WHEN 'person' THEN (
              SELECT phone_tag FROM person WHERE id::text = o.recipient_key)
            END AS tag
          FROM outbox o WHERE o.id = $1
        ) phones WHERE tag IS NOT NULL
        ON CONFLICT (phone_tag) DO NOTHING
        """,
        owed_id,
        at,
        reason,
    )


async def owe_text(tx: Transaction, leased: Leased, at: datetime) -> None:
    """Owe the reader of an urgent mail a text message beside it, once a mail."""
    await tx.connection.execute(
        """
        INSERT INTO outbox (id, case_id, key, recipient_kind, recipient_key, template,
          params, created_at, next_at, expires_at, attempt, state)
        SELECT $1, case_id, $2, recipient_kind, recipient_key, $3, '{}', $4, $4,
          least(expires_at, $5), 0, 'owed' FROM outbox WHERE id = $6
        ON CONFLICT (case_id, key) DO NOTHING
        """,
        new_id(at),
        f"{URGENT_TEXT}:{leased.id}",
        URGENT_TEXT,
        at,
        at + TEXT_LASTS,
        leased.id,
    )


async def oldest_owed(tx: Transaction, at: datetime) -> datetime | None:
    """Return since when the longest-waiting due message waits."""
    found: datetime | None = await tx.connection.fetchval(
        "SELECT min(next_at) FROM outbox WHERE next_at <= $1", at
    )
    return found


async def next_answer_due(
    tx: Transaction, after: datetime, until: datetime
) -> datetime | None:
    """Return when the next text of an answer is due, if it is between these."""
    found: datetime | None = await tx.connection.fetchval(
        "SELECT min(next_at) FROM outbox WHERE next_at > $1 AND next_at <= $2"
        " AND recipient_kind = 'reply'",
        after,
        until,
    )
    return found


# What ends by its date as a matter of course.
_MAY_EXPIRE = ["reminder", "worker_news", "ring_back", URGENT_TEXT]


async def troubles(tx: Transaction) -> dict[str, int]:
    """Return how many messages wait after which failure, for the doctor.

    What came too late, or could not be sent at all, is counted as
    `expired:<template>` or `failed:<template>`: an escalation that reached
    nobody is never passed over in silence. A phone that is busy is no failure, nor
    one that is out of reach: its partner is told.
    """
    rows = await tx.connection.fetch(
        """
        SELECT last_error AS trouble, count(*) AS n FROM outbox
        WHERE next_at IS NOT NULL AND last_error IS NOT NULL
          AND last_error NOT LIKE 'no_answer:%' GROUP BY 1
        UNION ALL
        SELECT state || ':' || template, count(*) FROM outbox
        WHERE state IN ('expired', 'failed') AND (template <> ALL ($1::text[])
          OR last_error ~ '^(unknown|content|config|account):')
        GROUP BY 1
        ORDER BY 1
        """,
        _MAY_EXPIRE,
    )
    return {row["trouble"]: row["n"] for row in rows}


def _count(status: str) -> int:
    """Return how many rows a command's status line says it changed."""
    return int(status.rsplit(" ", 1)[-1])
