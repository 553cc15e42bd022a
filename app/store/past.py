"""What telling a past year needs of the database beyond the actions."""

from datetime import datetime
from typing import Any


async def case_count(connection: Any) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM cases")
    return count


async def next_look(connection: Any, until: datetime) -> datetime | None:
    """Return when the sweep would next have found something, up to `until`."""
    at: datetime | None = await connection.fetchval(
        "SELECT min(next_at) FROM deadline WHERE next_at <= $1", until
    )
    return at


async def settle_past(connection: Any, before: datetime) -> None:
    """Take every message owed before `before` for sent when it arose.

    They belong to a year that was told, not lived: nobody is to get them now.
    """
    await connection.execute(
        "UPDATE outbox SET state = 'sent', sent_at = created_at, next_at = NULL"
        " WHERE next_at IS NOT NULL AND created_at < $1",
        before,
    )


async def standing_of(connection: Any, number: str) -> Any:
    """Return where a case stands: its site, country and route."""
    return await connection.fetchrow(
        "SELECT site, country, route FROM cases WHERE number = $1", number
    )
