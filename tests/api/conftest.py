"""The small programme behind the API, one case told in it, and tokens."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.actions.api_tokens import make_token
from app.domain.directory import Person
from app.domain.scopes import SCOPES
from app.main import build
from app.runtime.settings import Settings
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.conftest import Ground
from tests.stories.programme import database_with_programme
from tests.stories.telling import DHAKA, Telling

BASE = "https://hotline.example"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=DHAKA)


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    """The programme is imported once, and each test gets a copy."""
    with database_with_programme(ground, template) as name:
        yield name


def settings_for(database_url: str) -> Settings:
    return Settings(
        home=Path(),
        host="127.0.0.1",
        port=8000,
        public_base_url=BASE,
        database_url=database_url,
        redis_url="",
        keys=(bytes(range(32)),),
        pepper=bytes(32),
        cli_may_read=False,
        twilio_account_sid="",
        twilio_auth_tokens=("a token of the test",),
        twilio_shared_keys={},
        twilio_api_base="https://api.twilio.com",
        twilio_sms_from="",
        smtp_url="",
        sweep_seconds=5.0,
        allow_synthetic_prompts=True,
        signing_key=bytes(32),
    )


@dataclass
class Desk:
    """A machine before the API, and a story that goes on behind it."""

    store: Store
    client: httpx.AsyncClient
    talk: Telling
    tokens: dict[str, str] = field(default_factory=dict)
    names: Iterator[int] = field(default_factory=count)

    @property
    def at(self) -> datetime:
        return self.talk.at

    async def person(self, name: str) -> Person:
        directory = await self.store.directory()
        return next(p for p in directory.people if p.name == name)

    async def token(self, name: str, *scopes: str, days: int = 30) -> str:
        """Return a new token of that person's, with all scopes of her role."""
        person = await self.person(name)
        made = await make_token(
            self.store,
            person,
            name=f"of the test {next(self.names)}",
            scopes=scopes or [s.value for s in SCOPES[person.role]],
            days=days,
            at=self.at,
        )
        return made.secret

    async def as_(self, name: str) -> dict[str, str]:
        if name not in self.tokens:
            self.tokens[name] = await self.token(name)
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    async def get(self, path: str, name: str, **params: Any) -> httpx.Response:
        headers = await self.as_(name)
        return await self.client.get(f"/api/v1{path}", headers=headers, params=params)

    async def post(
        self,
        path: str,
        name: str,
        body: Mapping[str, Any] | None = None,
        *,
        key: str = "",
    ) -> httpx.Response:
        headers = await self.as_(name)
        if key:
            headers["Idempotency-Key"] = key
        return await self.client.post(f"/api/v1{path}", headers=headers, json=body)

    def move(self, **by: float) -> datetime:
        self.talk.at += timedelta(**by)
        return self.talk.at


@pytest.fixture
async def desk(store: Store, database_url: str, root: Path) -> AsyncIterator[Desk]:
    talk = Telling(store, NOON)
    app = build(
        settings_for(database_url),
        store,
        Catalog.load(root / "locales"),
        clock=lambda: talk.at,
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield Desk(store, client, talk)
