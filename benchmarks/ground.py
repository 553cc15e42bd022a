"""Postgres and Redis to measure on, with the demo's programme imported."""

import asyncio
import os
import secrets
import shutil
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from app.actions.import_directory import import_directory
from app.actions.import_policy import ensure_default_policy
from app.demo.programme import files
from app.directory_files.kinds import Kind
from app.runtime.clock import now
from app.runtime.embedded import services
from app.runtime.keys import read_local_settings
from app.store.engine import Store
from app.store.migrate import migrate
from app.store.programme import found
from app.store.sealing import Keyring
from app.wording.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT_SID = "AC" + "5" * 32


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the services answer, and the keys that all measurements share."""

    home: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    postgres: str
    key: bytes = field(repr=False, default_factory=lambda: secrets.token_bytes(32))
    token: str = field(repr=False, default_factory=lambda: secrets.token_hex(16))

    def database(self, name: str) -> str:
        """Return the address of another database on the same server."""
        head, _, query = self.database_url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")

    def environment(self, database_url: str, port: int) -> dict[str, str]:
        """Return the variables of a web process as an operator would set them."""
        return {
            **os.environ,
            "THREADLINE_HOME": str(self.home / "web"),
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis_url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "THREADLINE_KEYS": urlsafe_b64encode(self.key).decode(),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": self.token,
            "TWILIO_AUTH_TOKEN_PREVIOUS": "",
            "TWILIO_SHARED_KEYS": "",
            "CLI_MAY_READ": "0",
        }


@contextmanager
def ground() -> Iterator[Ground]:
    """Start what DATABASE_URL and REDIS_URL do not name; remove it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="threadline-bench-"))
    environ: Mapping[str, str] = {
        "THREADLINE_HOME": str(home),
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
    }
    try:
        with services(read_local_settings(environ)) as running:
            version = asyncio.run(_ask(running.database_url, "SHOW server_version"))
            yield Ground(home, running.database_url, running.redis_url, version)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _ask(database_url: str, statement: str) -> Any:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@contextmanager
def fresh_database(on: Ground, *, migrated: bool = True) -> Iterator[str]:
    """Give an empty database, dropped afterwards; its tables are made."""
    name = f"bench_{secrets.token_hex(5)}"
    asyncio.run(_ask(on.database_url, f'CREATE DATABASE "{name}"'))
    url = on.database(name)
    try:
        if migrated:
            migrate(url)
            asyncio.run(_furnish(on, url))
        yield url
    finally:
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        asyncio.run(_ask(on.database_url, drop))


@contextmanager
def copied(on: Ground, template: str) -> Iterator[str]:
    """Give a copy of a database that nobody is connected to."""
    name = f"bench_{secrets.token_hex(5)}"
    source = template.partition("?")[0].rsplit("/", 1)[1]
    make = f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY'
    asyncio.run(_ask(on.database_url, make))
    try:
        yield on.database(name)
    finally:
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        asyncio.run(_ask(on.database_url, drop))


async def _furnish(on: Ground, database_url: str) -> None:
    """Mark the database as a real one under the shipped policy; import."""
    async with open_store(on, database_url) as store:
        await found(store, as_demo=False, at=now())
        await ensure_default_policy(store, at=now())
        for kind, text in files().items():
            await import_directory(store, Kind(kind), text.encode(), at=now())


@asynccontextmanager
async def open_store(
    on: Ground, database_url: str, *, size: int = 4
) -> AsyncIterator[Store]:
    keyring = Keyring([on.key], pepper=on.key)
    store = await Store.open(database_url, keyring, max_size=size)
    try:
        yield store
    finally:
        await store.close()


def catalog() -> Catalog:
    return Catalog.load(ROOT / "locales")
