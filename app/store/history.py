"""What was imported of the time before Threadline: which files, which rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.store.engine import Transaction


async def was_imported(tx: Transaction, sha256: bytes) -> bool:
    found: bool = await tx.connection.fetchval(
        "SELECT EXISTS (SELECT 1 FROM history_file WHERE sha256 = $1)", sha256
    )
    return found


async def keep_file(
    tx: Transaction, sha256: bytes, *, name: str, rows: int, by: str, at: datetime
) -> None:
    """Keep that a file was imported; of one that came again the last time."""
    await tx.connection.execute(
        "INSERT INTO history_file (sha256, name, rows, imported_at, imported_by)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sha256) DO NOTHING",
        sha256,
        name,
        rows,
        at,
        by,
    )


async def rows_of(
    tx: Transaction, ids: Sequence[UUID]
) -> dict[UUID, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return how complaints of an earlier import are counted, each with its remedy."""
    cases = await tx.connection.fetch(
        "SELECT * FROM stat_case WHERE is_history AND id = ANY($1)", list(ids)
    )
    remedies = await tx.connection.fetch(
        "SELECT * FROM stat_remedy WHERE is_history AND case_id = ANY($1)", list(ids)
    )
    put_right = {row["case_id"]: dict(row) for row in remedies}
    return {row["id"]: (dict(row), put_right.get(row["id"], {})) for row in cases}
