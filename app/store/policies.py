"""The dated policies, and whether cases hold one of them fast."""

from datetime import datetime
from typing import Any

from app.domain.policy import Policy


async def has_policies(connection: Any) -> bool:
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM policy_version)"))


async def policy_text(connection: Any, version: str) -> str | None:
    """Return the version's canonical text, or None where there is none."""
    text: str | None = await connection.fetchval(
        "SELECT toml FROM policy_version WHERE version = $1", version
    )
    return text


async def policy_uses(connection: Any, version: str) -> bool:
    """Tell whether a case was opened under `version`.

    The lock waits for cases being opened and keeps new ones out until the
    transaction ends, so that none slips in between this look and the writing.
    """
    await connection.execute("LOCK TABLE cases IN SHARE MODE")
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM cases WHERE policy_version = $1)", version
        )
    )


async def database_is_demo(connection: Any) -> bool:
    return bool(await connection.fetchval("SELECT is_demo FROM programme"))


async def save_policy(connection: Any, policy: Policy, *, at: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO policy_version (version, toml, is_demo, imported_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (version) DO UPDATE SET
            toml = excluded.toml,
            is_demo = excluded.is_demo,
            imported_at = excluded.imported_at
        """,
        policy.version,
        policy.toml,
        policy.is_demo,
        at,
    )
