"""Which voices of a case somebody has written down already."""

from uuid import UUID

from app.store.engine import Transaction


def written_down(sound: str) -> str:
    """Return the condition that a transcript is there of that row.

    One from before it was kept of which voice it is speaks for all before it.
    """
    return (
        f"EXISTS (SELECT FROM message w WHERE w.case_id = {sound}.case_id"
        f" AND w.direction = 'transcript' AND (w.about = {sound}.id"
        f" OR w.about IS NULL AND w.at > {sound}.at))"
    )


def unheard(case: str) -> str:
    """Return the condition that a kept voice of that row's case is not written down.

    It holds for cases from before they said so themselves.
    """
    return (
        f"(EXISTS (SELECT FROM recording r WHERE r.case_id = {case}.id"
        f" AND r.prompt IS NULL AND r.state = 'kept' AND NOT {written_down('r')})"
        f" OR EXISTS (SELECT FROM attachment a WHERE a.case_id = {case}.id"
        " AND a.kind = 'voice' AND a.content IS NOT NULL"
        f" AND NOT {written_down('a')}))"
    )


async def unwritten(tx: Transaction, case_id: UUID) -> list[UUID]:
    """Return what was spoken and nobody wrote down, the oldest first.

    Also what is still being fetched: it is there to be heard in a while.
    """
    rows = await tx.connection.fetch(
        "SELECT id FROM (SELECT r.id, r.at FROM recording r WHERE r.case_id = $1"
        " AND r.prompt IS NULL AND r.state IN ('owed', 'kept')"
        f" AND NOT {written_down('r')} UNION ALL"
        " SELECT a.id, a.at FROM attachment a WHERE a.case_id = $1"
        " AND a.kind = 'voice' AND a.content IS NOT NULL"
        f" AND NOT {written_down('a')}) s ORDER BY at, id",
        case_id,
    )
    return [row["id"] for row in rows]


async def is_of_case(tx: Transaction, case_id: UUID, sound: UUID) -> bool:
    return bool(
        await tx.connection.fetchval(
            "SELECT EXISTS (SELECT FROM recording WHERE id = $2 AND case_id = $1"
            " AND prompt IS NULL) OR EXISTS (SELECT FROM attachment"
            " WHERE id = $2 AND case_id = $1 AND kind = 'voice')",
            case_id,
            sound,
        )
    )
