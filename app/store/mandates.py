"""Mandates, and what was taken away under each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.mandates import Mandate
from app.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class ExportMade:
    """One export that was made: when, how much, and the digest of its manifest."""

    id: UUID
    mandate_id: UUID | None
    kind: str  # rows, ledger
    at: datetime
    sha256: bytes
    rows: int
    bytes: int
    by: str


async def add(tx: Transaction, mandate: Mandate) -> None:
    await tx.connection.execute(
        """
        INSERT INTO mandate (id, auditor, person_id, sites, countries, since, until,
          purpose, recipient, recorded_by, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        mandate.id,
        mandate.auditor,
        mandate.person_id,
        list(mandate.sites),
        list(mandate.countries),
        mandate.since,
        mandate.until,
        mandate.purpose,
        mandate.recipient,
        mandate.recorded_by,
        mandate.at,
    )


async def end(tx: Transaction, id: UUID, at: datetime) -> bool:
    """End a mandate; False where there is none, or it was ended before."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE mandate SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL"
            " RETURNING true",
            id,
            at,
        )
    )


async def one(tx: Transaction, id: UUID) -> Mandate | None:
    row = await tx.connection.fetchrow("SELECT * FROM mandate WHERE id = $1", id)
    return _mandate(row) if row else None


async def all_of(tx: Transaction) -> list[Mandate]:
    """Return every mandate, the newest first."""
    rows = await tx.connection.fetch("SELECT * FROM mandate ORDER BY id DESC")
    return [_mandate(row) for row in rows]


async def in_force(tx: Transaction, day: date) -> list[Mandate]:
    return [mandate for mandate in await all_of(tx) if mandate.holds_on(day)]


async def made(tx: Transaction, export: ExportMade) -> None:
    """Write down an export, in the transaction that records it in the ledger."""
    await tx.connection.execute(
        """
        INSERT INTO export_made (id, mandate_id, kind, at, rows, bytes, sha256, by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        export.id,
        export.mandate_id,
        export.kind,
        export.at,
        export.rows,
        export.bytes,
        export.sha256,
        export.by,
    )


async def exports_of(
    tx: Transaction, mandate_id: UUID | None = None, *, limit: int = 100
) -> list[ExportMade]:
    """Return the exports under a mandate, or all; the newest first."""
    rows = await tx.connection.fetch(
        "SELECT * FROM export_made WHERE $1::uuid IS NULL OR mandate_id = $1"
        " ORDER BY at DESC, id DESC LIMIT $2",
        mandate_id,
        limit,
    )
    return [ExportMade(**row) for row in rows]


def _mandate(row: Any) -> Mandate:
    return Mandate(
        **{
            **dict(row),
            "sites": tuple(row["sites"]),
            "countries": tuple(row["countries"]),
        }
    )
