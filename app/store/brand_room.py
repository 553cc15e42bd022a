"""What brands leave with a case: promises, words to one another, remedies."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.brand_view import Seat
from app.domain.remedies import (
    Finished,
    Kind,
    Owner,
    Planned,
    Remedy,
    RootCause,
    Standing,
)
from app.store.engine import Transaction
from app.store.ids import new_id
from app.store.sealing import DataKey


async def seats_of(tx: Transaction, case_id: UUID) -> tuple[Seat, ...]:
    """Return the brands that were told of a case, the first one first."""
    rows = await tx.connection.fetch(
        "SELECT brand, told_at, promised_at, leads_since FROM brand_case"
        " WHERE case_id = $1 ORDER BY told_at, brand",
        case_id,
    )
    return tuple(map(seat_from, rows))


def seat_from(row: Any) -> Seat:
    return Seat(row["brand"], row["told_at"], row["promised_at"], row["leads_since"])


async def keep_promise(
    tx: Transaction,
    case_id: UUID,
    brands: Sequence[str],
    *,
    by: UUID,
    at: datetime,
    since: datetime | None = None,
) -> list[str]:
    """Write down that somebody promised for these brands; return whose is new.

    A promise from before `since` was given for the case as it was known then.
    """
    rows = await tx.connection.fetch(
        "UPDATE brand_case SET promised_at = $3, promised_by = $4"
        " WHERE case_id = $1 AND brand = ANY($2)"
        " AND (promised_at IS NULL OR promised_at < $5) RETURNING brand",
        case_id,
        list(brands),
        at,
        by,
        since,
    )
    return sorted(row["brand"] for row in rows)


async def set_lead(tx: Transaction, case_id: UUID, brand: str, at: datetime) -> None:
    await tx.connection.execute(
        "UPDATE brand_case SET leads_since ="
        " CASE WHEN brand = $2 THEN $3::timestamptz END WHERE case_id = $1",
        case_id,
        brand,
        at,
    )


async def keep_brand_word(
    tx: Transaction,
    case_id: UUID,
    key: DataKey,
    text: str,
    *,
    brand: str,
    by: UUID,
    at: datetime,
) -> UUID:
    """Seal what was written to the brands; `brand` is blank where none wrote it."""
    new = new_id(at)
    await tx.connection.execute(
        "INSERT INTO brand_word (id, case_id, at, brand, person_id, body)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new,
        case_id,
        at,
        brand,
        by,
        key.seal_text(text, _word_context(new)),
    )
    return new


def open_word(row: Any, key: DataKey) -> str:
    return key.open_text(row["body"], _word_context(row["id"]))


async def keep_remedy(
    tx: Transaction,
    case_id: UUID,
    key: DataKey,
    planned: Planned,
    *,
    by: UUID,
    at: datetime,
) -> UUID:
    new = new_id(at)
    await tx.connection.execute(
        'INSERT INTO remedy (id, case_id, at, "by", root_cause, owner, due_on, state,'
        " beneficiaries, body, done_at, confirmed_at, kind)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, NULL, NULL, $10)",
        new,
        case_id,
        at,
        by,
        planned.root_cause.value,
        planned.owner.value,
        planned.due_on,
        Standing.PLANNED.value,
        _sealed(key, new, action=planned.action),
        planned.kind.value,
    )
    return new


async def remedy_by_id(
    tx: Transaction, case_id: UUID, key: DataKey, id: UUID
) -> Remedy | None:
    row = await tx.connection.fetchrow(
        "SELECT * FROM remedy WHERE id = $1 AND case_id = $2", id, case_id
    )
    return remedy_from(row, key) if row is not None else None


async def mark_done(
    tx: Transaction,
    remedy: Remedy,
    key: DataKey,
    done: Finished,
    *,
    by: UUID,
    at: datetime,
) -> None:
    body = _sealed(
        key,
        remedy.id,
        action=remedy.action,
        evidence=done.evidence,
        evidence_by=str(by),
    )
    await tx.connection.execute(
        "UPDATE remedy SET state = $2, beneficiaries = $3, body = $4, done_at = $5,"
        " amount = $6, currency = $7 WHERE id = $1",
        remedy.id,
        Standing.DONE.value,
        done.beneficiaries,
        body,
        at,
        done.amount,
        done.currency,
    )


async def mark_dropped(tx: Transaction, id: UUID) -> None:
    await tx.connection.execute(
        "UPDATE remedy SET state = $2 WHERE id = $1", id, Standing.DROPPED.value
    )


def remedy_from(row: Any, key: DataKey) -> Remedy:
    body = json.loads(key.open_text(row["body"], _remedy_context(row["id"])))
    by = body.get("evidence_by")
    return Remedy(
        id=row["id"],
        at=row["at"],
        by=row["by"],
        root_cause=RootCause(row["root_cause"]),
        owner=Owner(row["owner"]),
        due_on=row["due_on"],
        state=Standing(row["state"]),
        beneficiaries=row["beneficiaries"],
        done_at=row["done_at"],
        confirmed_at=row["confirmed_at"],
        action=body["action"],
        evidence=body.get("evidence", ""),
        evidence_by=UUID(by) if by else None,
        kind=Kind(row["kind"]),
        amount=row["amount"],
        currency=row["currency"],
    )


def _sealed(key: DataKey, id: UUID, **body: str) -> bytes:
    return key.seal_text(json.dumps(body, ensure_ascii=False), _remedy_context(id))


def _word_context(id: UUID) -> str:
    return f"brand_word|body|{id}"


def _remedy_context(id: UUID) -> str:
    return f"remedy|body|{id}"
