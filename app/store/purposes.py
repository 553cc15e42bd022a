"""For what somebody listens to a worker: asked once for a case and a session.

It is a word of ours, never the listener's own, and ends with the session.
"""

from uuid import UUID

from app.store.engine import Transaction


async def purpose_of(tx: Transaction, session_id: UUID, number: str) -> str | None:
    """Return what was said in this session about that case."""
    purpose: str | None = await tx.connection.fetchval(
        "SELECT detail->'purposes'->>$2 FROM room_session WHERE id = $1",
        session_id,
        number,
    )
    return purpose


async def keep_purpose(
    tx: Transaction, session_id: UUID, number: str, purpose: str
) -> None:
    await tx.connection.execute(
        "UPDATE room_session SET detail = jsonb_set(detail, '{purposes}',"
        " coalesce(detail->'purposes', '{}') || jsonb_build_object($2::text, $3::text))"
        " WHERE id = $1",
        session_id,
        number,
        purpose,
    )
