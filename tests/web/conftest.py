"""The whole application over a real database, and somebody who visits it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.channels.web.routes import WebDoor
from app.main import build
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.stories.programme import import_programme
from tests.web.reader import Visit

AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
BASE = "https://hotline.example"


@dataclass
class World:
    """What a story by pages stands on; `at` is what time it is in it."""

    store: Store
    app: Any
    at: datetime = AT
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def wait(self, **by: float) -> None:
        self.at += timedelta(**by)

    def visit(self, network: str = "203.0.113.7", **headers: str) -> Visit:
        """Come with a browser from somewhere."""
        transport = httpx.ASGITransport(self.app, client=(network, 40000))
        client = httpx.AsyncClient(
            transport=transport, base_url=BASE, headers=headers, timeout=60
        )
        self.clients.append(client)
        return Visit(client)

    async def one(self, statement: str, *values: Any) -> Any:
        return await self.store.pool.fetchval(statement, *values)


@pytest.fixture
async def world(store: Store, root: Path, monkeypatch: Any) -> AsyncIterator[World]:
    """A programme of three sites in two countries, and the form in front of it."""
    monkeypatch.setattr("app.channels.web.routes._DOOR_SECONDS", 0.0)
    await import_programme(store)
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        }
    )
    made = World(store, None)
    clock: Callable[[], datetime] = made.now
    made.app = build(settings, store, Catalog.load(root / "locales"), clock=clock)
    yield made
    for client in made.clients:
        await client.aclose()


def the_door(world: World) -> WebDoor:
    """Return what stands behind the pages of this application."""
    route = next(r for r in world.app.router.routes if r.path == "/talk")
    (cell,) = (
        each.cell_contents
        for each in route.endpoint.__closure__
        if hasattr(each.cell_contents, "__self__")
    )
    found: WebDoor = cell.__self__
    return found
