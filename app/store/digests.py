"""Several owed rows that go out as one message: who has the turn, what became.

The row that leads carries the message: its id is the message's, its lease is
that of all. Which rows go with it is written before anything is sent, so that
whoever takes over from a dead worker sends the same again under the same id.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.outbox.owed import Leased, Receipt
from app.store.engine import Transaction

_LIVE = "state IN ('owed', 'unknown')"


async def claim_turn(
    tx: Transaction, person: str, at: datetime, *, until: datetime, is_urgent: bool
) -> bool:
    """Take the person's turn up to `until`; False where it is another's.

    `is_urgent` takes it whoever has it. Of two who ask at once one gets it.
    """
    return bool(
        await tx.connection.fetchval(
            """
            INSERT INTO digest_turn AS t (person, free_at) VALUES ($1, $3)
            ON CONFLICT (person) DO UPDATE SET free_at = excluded.free_at
            WHERE t.free_at <= $2 OR $4
            RETURNING true
            """,
            person,
            at,
            until,
            is_urgent,
        )
    )


async def move_turn(tx: Transaction, person: str, until: datetime) -> None:
    """Let the turn end with the next attempt: what comes until then joins it."""
    await tx.connection.execute(
        "UPDATE digest_turn SET free_at = $2 WHERE person = $1", person, until
    )


async def wait_for_turn(
    tx: Transaction,
    leased: Leased,
    others: Sequence[UUID],
    at: datetime,
    window: timedelta,
) -> None:
    """Put the leased row and others down until their reader's next turn.

    Each for no longer than a window after it came to be owed. Nothing was
    attempted, so nothing counts.
    """
    await tx.connection.execute(
        """
        UPDATE outbox o SET lease_until = NULL, is_put_down = true,
          attempt = o.attempt - (o.id = $1)::int,
          next_at = greatest($5, least(o.created_at + $6, (
            SELECT free_at FROM digest_turn t WHERE t.person = o.recipient_key)))
        WHERE (o.id = $1 AND o.lease_until = $2 AND o.state = 'owed')
        OR (o.id = ANY($3) AND o.recipient_key = $4 AND o.lease_until IS NULL)
        """,
        leased.id,
        leased.lease_until,
        list(others),
        leased.recipient_key,
        at,
        window,
    )


async def wait_until(
    tx: Transaction, leased: Leased, waiting: Sequence[tuple[UUID, datetime]]
) -> None:
    """Put the leased row and others down, each until its time; nothing counts."""
    await tx.connection.execute(
        """
        UPDATE outbox o SET lease_until = NULL, is_put_down = true, next_at = w.until,
          attempt = o.attempt - (o.id = $1)::int
        FROM unnest($3::uuid[], $4::timestamptz[]) AS w (id, until)
        WHERE o.id = w.id AND o.state = 'owed' AND o.recipient_key = $5
        AND (o.id <> $1 AND o.lease_until IS NULL OR o.lease_until = $2)
        """,
        leased.id,
        leased.lease_until,
        *(list(column) for column in zip(*waiting, strict=True)),
        leased.recipient_key,
    )


async def bind(tx: Transaction, lead: Leased, members: Sequence[UUID]) -> None:
    """Join rows to the one that leads, which lives as long as the last of them."""
    await tx.connection.execute(
        """
        UPDATE outbox SET digest = $1, lease_until = $2,
          attempt = attempt + (id <> $1)::int,
          expires_at = CASE WHEN id = $1 THEN (
            SELECT max(expires_at) FROM outbox WHERE id = $1 OR id = ANY($3)
          ) ELSE expires_at END
        WHERE id = $1 OR id = ANY($3)
        """,
        lead.id,
        lead.lease_until,
        list(members),
    )


async def end(tx: Transaction, ended: Sequence[tuple[UUID, str, str]]) -> None:
    """End rows that this transaction holds locked: id, state, and why."""
    await tx.connection.execute(
        f"""
        UPDATE outbox o SET state = e.state, last_error = e.why, next_at = NULL,
          lease_until = NULL, digest = NULL
        FROM unnest($1::uuid[], $2::text[], $3::text[]) AS e (id, state, why)
        WHERE o.id = e.id AND o.{_LIVE}
        """,
        *(list(column) for column in zip(*ended, strict=True)),
    )


async def settle_sent(
    tx: Transaction, lead: Leased, receipt: Receipt, at: datetime
) -> None:
    """Note of all but the lead that they went out with it."""
    await tx.connection.execute(
        f"""
        UPDATE outbox SET state = 'sent', sent_at = $2, next_at = NULL,
          lease_until = NULL, last_error = NULL, provider_id = $3, delivery = $4
        WHERE digest = $1 AND id <> $1 AND {_LIVE}
        """,
        lead.id,
        at,
        receipt.provider_id,
        receipt.status,
    )


async def settle_unknown(
    tx: Transaction, lead: Leased, *, next_at: datetime, error: str, tried_at: datetime
) -> None:
    """Keep them together: they may have gone out, all or none."""
    await tx.connection.execute(
        f"""
        UPDATE outbox SET state = 'unknown', sent_at = $4, next_at = $2,
          last_error = $3, lease_until = NULL
        WHERE digest = $1 AND id <> $1 AND {_LIVE}
        """,
        lead.id,
        next_at,
        error,
        tried_at,
    )


async def part(tx: Transaction, lead: Leased, *, next_at: datetime, error: str) -> None:
    """Let each be owed by itself again: the message was not taken."""
    await tx.connection.execute(
        f"""
        UPDATE outbox SET state = 'owed', sent_at = NULL, next_at = $2,
          last_error = $3, lease_until = NULL, digest = NULL
        WHERE digest = $1 AND {_LIVE}
        """,
        lead.id,
        next_at,
        error,
    )


async def settle_over(tx: Transaction, lead: Leased, state: str, error: str) -> None:
    """End them with their lead."""
    await tx.connection.execute(
        f"""
        UPDATE outbox SET state = $2, last_error = $3, next_at = NULL,
          lease_until = NULL
        WHERE digest = $1 AND id <> $1 AND {_LIVE}
        """,
        lead.id,
        state,
        error,
    )
