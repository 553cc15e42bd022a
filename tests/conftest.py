"""What the tests share: one real Postgres and Redis, one database a test."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest

from app.actions.import_policy import ensure_default_policy
from app.store.engine import Store
from app.store.migrate import migrate
from app.store.sealing import Keyring

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Ground:
    """Where the tests' Postgres and Redis answer."""

    database_url: str
    redis_url: str

    def database(self, name: str) -> str:
        """Return the address of another database on the same server."""
        head, _, query = self.database_url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """Start Postgres and Redis from the wheels, unless the environment has them.

    Not under pytest's own folder: another pytest that starts meanwhile closes
    it to the account that Postgres runs as.
    """
    from app.runtime.embedded import services
    from app.runtime.keys import read_local_settings

    folder = TemporaryDirectory(prefix="threadline-tests-", ignore_cleanup_errors=True)
    environ = {
        "THREADLINE_HOME": folder.name,
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
    }
    with folder, services(read_local_settings(environ)) as running:
        yield Ground(running.database_url, running.redis_url)


@pytest.fixture(scope="session")
def template(ground: Ground) -> Iterator[str]:
    """A migrated database that each test's own is copied from."""
    name = f"template_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}"'))
    migrate(ground.database(name))
    yield name
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def on_server(ground: Ground, statement: str) -> None:
    """Run one statement on the server that the tests share."""
    connection = await asyncpg.connect(ground.database_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def as_owner(store: Store) -> AsyncIterator[Any]:
    """Lend a connection with the rights of whoever logged in, not the service's."""
    async with store.pool.acquire() as connection:
        await connection.execute("SET ROLE NONE")
        try:
            yield connection
        finally:
            await connection.execute("RESET ROLE")


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([bytes(range(32))], pepper=bytes(32))


@pytest.fixture
async def database_url(ground: Ground, template: str) -> AsyncIterator[str]:
    """A fresh migrated database, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:10]}"
    await on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield ground.database(name)
    await on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
async def store(database_url: str, keyring: Keyring) -> AsyncIterator[Store]:
    """A store on a fresh database that has the shipped policy and nobody yet."""
    opened = await Store.open(database_url, keyring, max_size=8)
    await ensure_default_policy(opened, at=FIRST_DAY)
    yield opened
    await opened.close()


@pytest.fixture
def redis_url(ground: Ground) -> str:
    return ground.redis_url


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parent.parent
