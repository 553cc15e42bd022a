"""The rooms of the small programme, and somebody of it before a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from app.actions.sessions import begin
from app.console.frame import COOKIE
from app.domain.directory import Person
from app.main import build
from app.runtime.settings import read_settings
from app.store.directory import find_person
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.rooms.hall import BASE, Browser
from tests.stories.programme import import_programme
from tests.stories.telling import Telling

# A Wednesday, noon in Dhaka.
NOON = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
MEMBER, MANAGER, SECOND = "gaz-com-w1", "gaz-com-m1", "gaz-com-w2"
PARTNER, HEAD, ADMIN, BRAND = "partner-bd", "gaz-head", "admin", "norda-buyer"
ELSEWHERE = "tir-com-w1"
WAGES = "482170 no overtime pay"
HARASSED = "482170 supervisor touches me"


@dataclass
class Rooms:
    """What the tests of the rooms stand on; `at` is what time it is."""

    store: Store
    app: Any
    talk: Telling
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        return self.talk.at

    def now(self) -> datetime:
        return self.talk.at

    def wait(self, **by: float) -> None:
        self.talk.at += timedelta(**by)

    async def person(self, name: str) -> Person:
        directory = await self.store.directory()
        key = f"{name}@example.org"
        return find_person(directory, key, keyring=self.store.keyring)

    async def seat(self, name: str) -> Browser:
        """Return a browser in which this person has signed in."""
        person = await self.person(name)
        async with self.store.transaction() as tx:
            secret = await begin(
                tx, person, is_whole=True, device="a browser", at=self.at
            )
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=BASE, timeout=60
        )
        client.cookies.set(COOKIE, secret, domain="hotline.example")
        self.clients.append(client)
        return Browser(client)

    async def complain(
        self, words: str = WAGES, *answers: str, phone: str = "+8801712345678"
    ) -> str:
        """Let a worker text the hotline; return the number of her case."""
        ticket = await self.talk.open(words, *(answers or ("2",)), phone=phone)
        return ticket.number

    async def kinds(self, number: str) -> list[str]:
        rows = await self.store.pool.fetch(
            "SELECT e.kind FROM ledger_event e JOIN cases c ON c.id = e.case_id"
            " WHERE c.number = $1 ORDER BY e.seq",
            number,
        )
        return [row["kind"] for row in rows]

    async def directions(self, number: str) -> list[str]:
        rows = await self.store.pool.fetch(
            "SELECT m.direction FROM message m JOIN cases c ON c.id = m.case_id"
            " WHERE c.number = $1 AND m.direction <> 'out' ORDER BY m.at, m.id",
            number,
        )
        return [row["direction"] for row in rows]

    async def message(self, number: str, direction: str) -> UUID:
        found: UUID = await self.store.pool.fetchval(
            "SELECT m.id FROM message m JOIN cases c ON c.id = m.case_id"
            " WHERE c.number = $1 AND m.direction = $2",
            number,
            direction,
        )
        return found


@asynccontextmanager
async def open_rooms(store: Store, root: Path) -> AsyncIterator[Rooms]:
    await import_programme(store)
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        }
    )
    made = Rooms(store, None, Telling(store, NOON))
    made.app = build(settings, store, Catalog.load(root / "locales"), clock=made.now)
    yield made
    for client in made.clients:
        await client.aclose()


def grouped(number: str) -> str:
    return f"{number[:4]}-{number[4:]}"
