"""What every verb stands on: settings, services, a store, a way to print."""

import asyncio
import json
import os
import pwd
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from rich.console import Console

from app.actions.import_policy import ensure_default_policy
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput, Refused
from app.runtime.clock import now
from app.runtime.embedded import services
from app.runtime.keys import read_local_settings
from app.runtime.logs import configure_logs
from app.runtime.settings import Settings
from app.store.directory import find_person
from app.store.engine import Store
from app.store.migrate import migrate
from app.store.programme import found
from app.store.sealing import Keyring
from app.wording.catalog import Catalog

T = TypeVar("T")

LOCALES = Path(__file__).resolve().parent.parent.parent / "locales"

_OLDER = "The tables are older than this program: run `threadline migrate`."

console = Console(width=None if sys.stdout.isatty() else 100, highlight=False)


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings with the services that are really there, and an open store."""

    settings: Settings
    store: Store
    at: datetime

    async def directory(self) -> Directory:
        return await self.store.directory()

    async def person(self, key: str) -> Person:
        """Return who `--as` names, by e-mail or by phone."""
        return find_person(await self.directory(), key, keyring=self.store.keyring)


def on_ground(work: Callable[[Ground], Awaitable[T]]) -> T:
    """Do `work` with an open store, starting services that nobody started.

    Brings the tables up to date first, and marks a new database as a real one:
    only `run` makes a demo.
    """
    configure_logs("WARNING")
    settings = read_local_settings(os.environ)
    with services(settings) as running:
        migrate(running.database_url)
        whole = replace(
            settings,
            database_url=running.database_url,
            redis_url=running.redis_url,
        )
        try:
            return asyncio.run(_on_store(whole, work))
        except (asyncpg.UndefinedColumnError, asyncpg.UndefinedTableError) as error:
            raise Refused(_OLDER) from error


async def _on_store(settings: Settings, work: Callable[[Ground], Awaitable[T]]) -> T:
    async with open_store(settings) as store:
        at = now()
        programme = await found(store, as_demo=False, at=at)
        await ensure_default_policy(store, at=at)
        if programme.is_demo:
            settings = _with_demo_carriers(settings)
        return await work(Ground(settings, store, at))


def _with_demo_carriers(settings: Settings) -> Settings:
    """Add what `run` tells its children of a demo's carriers."""
    environ = {**os.environ, **demo_carriers(settings)}
    return replace(
        read_local_settings(environ),
        database_url=settings.database_url,
        redis_url=settings.redis_url,
    )


def demo_carriers(settings: Settings) -> dict[str, str]:
    """Return where the demo's carriers are: on its own web process.

    Those that the environment names itself stay as they are.
    """
    # Heavy, and only a demo needs it.
    from app.demo.carriers import made_up

    url = f"http://{settings.host}:{settings.port}"
    found = {}
    if not os.environ.get("TWILIO_API_BASE"):
        found["TWILIO_API_BASE"] = f"{url}/demo/carrier"
    if not os.environ.get("SMS_PROVIDERS"):
        found |= made_up(settings, url)
    return found


@asynccontextmanager
async def open_store(settings: Settings, *, size: int = 4) -> AsyncIterator[Store]:
    store = await Store.open(
        settings.database_url, Keyring(settings.keys, settings.pepper), max_size=size
    )
    try:
        yield store
    finally:
        await store.close()


def catalog() -> Catalog:
    return Catalog.load(LOCALES)


def operator() -> str:
    """Return the operating system's user: it stands beside every CLI act."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def door() -> str:
    return f"cli:{operator()}"


def read_day(text: str) -> date:
    """Return the day that an option names."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day)
    except ValueError as error:
        raise BadInput(f"{text} is no day: write it as 2026-07-01.") from error


def read_mandate(text: str) -> UUID:
    """Return the id of a mandate that an option names."""
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(
            f"{text} is no mandate: write its id as `threadline mandates list` has it."
        ) from None


def some(number: int, one: str, more: str) -> str:
    """Return a number with its word, as `1 event` and `2 events`."""
    return f"{number} {one if number == 1 else more}"


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
