"""What workers sent along: sealed under the case's key, opened for the partner."""

from typing import Any
from uuid import UUID

from app.store.engine import Transaction
from app.store.sealing import DataKey

MOST_OF_A_CASE = 40  # files; the talk by phone is there for whoever has more to say


def file_context(attachment_id: UUID) -> str:
    return f"attachment|content|{attachment_id}"


async def known(tx: Transaction, case_id: UUID) -> set[bytes]:
    """Return the tags of what the case has already."""
    rows = await tx.connection.fetch(
        "SELECT tag FROM attachment WHERE case_id = $1", case_id
    )
    return {row["tag"] for row in rows}


async def of_case(tx: Transaction, case_id: UUID) -> list[Any]:
    return list(
        await tx.connection.fetch(
            "SELECT id, at, kind, media_type, size, content FROM attachment"
            " WHERE case_id = $1 ORDER BY at, id",
            case_id,
        )
    )


def opened(key: DataKey, row: Any) -> bytes | None:
    """Return a file's bytes; raise `CannotOpen` where they were altered."""
    if row["content"] is None:
        return None
    return key.open(row["content"], file_context(row["id"]))
