"""The database's shape: what is in force, what is missing, bringing it up.

Everything goes through asyncpg. Where nothing is missing, one query says so
and alembic is not even imported.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

import app

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

MIGRATIONS = Path(app.__file__).resolve().parent.parent / "migrations"

# A migration that cannot have its lock within 4 s gives up, rather than make
# every text that comes in wait behind it.
LIMITS = {"timezone": "UTC", "lock_timeout": "4s", "statement_timeout": "5s"}

_ONE_AT_A_TIME = 7_203_461_845  # advisory lock; any number of our own
_PATIENCE = 300.0


class MigrationError(Exception):
    """The migrations and the database, or migrations/HEAD, do not agree."""


def head() -> str:
    """Return the newest revision, as migrations/HEAD names it.

    Two branches that each add a migration conflict in that file.
    """
    return (MIGRATIONS / "HEAD").read_text(encoding="ascii").strip()


def check_head() -> None:
    """Raise `MigrationError` unless HEAD is the one head that alembic finds."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory.from_config(_config()).get_heads()
    if found != [head()]:
        raise MigrationError(
            f"migrations/HEAD says {head()}, the newest migrations are: "
            f"{', '.join(found) or 'none'}"
        )


async def revision(connection: Any) -> str | None:
    """Return the revision in force on an asyncpg connection, None before any."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval(
        "SELECT version_num FROM alembic_version"
    )
    return found


def migrate(database_url: str) -> list[str]:
    """Bring the database to `head()`; return the revisions applied, in order.

    Several processes may call it at once: one works, the others wait for it
    and find nothing left to do. Raises `MigrationError` after five minutes'
    waiting, or where the database is newer than this code.
    """
    return asyncio.run(_migrate(database_url))


def pending(database_url: str) -> list[str]:
    """Return the revisions that the database lacks, in order."""
    return asyncio.run(_pending(database_url))


async def _migrate(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url, server_settings=LIMITS)
    try:
        if await revision(connection) == head():
            return []
        async with _alone(connection):
            return await _upgrade(database_url)
    finally:
        await connection.close()


async def _pending(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url, server_settings=LIMITS)
    try:
        present = await revision(connection)
    finally:
        await connection.close()
    return [] if present == head() else _missing_after(present)


def _missing_after(present: str | None) -> list[str]:
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError

    scripts = ScriptDirectory.from_config(_config())
    try:
        newer = list(scripts.iterate_revisions(head(), present or "base"))
    except RevisionError as error:
        raise MigrationError(
            "the database has a revision that this code does not know: it was "
            "migrated by a newer version"
        ) from error
    return [script.revision for script in reversed(newer)]


@asynccontextmanager
async def _alone(connection: Any) -> AsyncIterator[None]:
    """Hold the advisory lock; asks for it again and again instead of waiting.

    A session that waits inside a statement has a snapshot, and an index built
    concurrently would wait for it: each for the other.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + _PATIENCE
    while not await connection.fetchval(
        "SELECT pg_try_advisory_lock($1)", _ONE_AT_A_TIME
    ):
        if loop.time() > give_up_at:
            raise MigrationError("another process has been migrating for too long")
        await asyncio.sleep(0.1)
    yield  # The lock ends with the connection.


async def _upgrade(database_url: str) -> list[str]:
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    check_head()
    # Whoever waited finds another revision than at first.
    if not await _pending(database_url):
        return []
    engine = create_async_engine(
        "postgresql+asyncpg://",
        # The address goes to asyncpg as the pool's does, socket and all,
        # instead of through SQLAlchemy's own reading of it.
        async_creator=lambda: asyncpg.connect(database_url, server_settings=LIMITS),
        poolclass=NullPool,
        hide_parameters=True,
    )
    applied: list[str] = []
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run_alembic, applied)
    finally:
        await engine.dispose()
    return applied


def _run_alembic(connection: "Connection", applied: list[str]) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    config.attributes["applied"] = applied
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
