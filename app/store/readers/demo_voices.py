"""How long the voice messages of the demo phone's newest case are; no sound."""

from datetime import datetime
from typing import Any


async def voices(connection: Any, phone_tag: bytes) -> tuple[tuple[datetime, int], ...]:
    """Return when each began and its seconds, oldest first."""
    rows = await connection.fetch(
        "SELECT at, seconds FROM recording WHERE seconds > 0 AND case_id ="
        " (SELECT id FROM cases WHERE phone_tag = $1 ORDER BY opened_at DESC LIMIT 1)"
        " ORDER BY at",
        phone_tag,
    )
    return tuple((row["at"], row["seconds"]) for row in rows)
