"""The whole application, with carriers in use, over a programme that is imported."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import build
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.conftest import Ground
from tests.stories.programme import database_with_programme

AT = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
SECRET = "nobody-knows-this-one"
BASE: Mapping[str, str] = {
    "PUBLIC_BASE_URL": "https://hotline.example",
    "THREADLINE_KEYS": "A" * 43 + "=",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
}
CARRIERS: Mapping[str, str] = {
    **BASE,
    "SMS_PROVIDERS": "kannel exotel infobip bare",
    "SMS_KANNEL_USER": "u",
    "SMS_KANNEL_PASSWORD": "p",
    "SMS_KANNEL_SECRET": SECRET,
    "SMS_EXOTEL_ACCOUNT_SID": "example1",
    "SMS_EXOTEL_API_KEY": "k",
    "SMS_EXOTEL_API_TOKEN": "t",
    "SMS_EXOTEL_SENDER": "EXMPLE",
    "SMS_EXOTEL_ENTITY_ID": "1",
    "SMS_EXOTEL_SECRET": SECRET,
    "SMS_INFOBIP_API_BASE": "https://infobip.example",
    "SMS_INFOBIP_API_KEY": "k",
    "SMS_INFOBIP_SECRET": SECRET,
    "SMS_BARE_SECRET": SECRET,
}
# A gateway that gives a text neither id nor time, as small ones do.
BARE = """
title = "Bare"
dialect = "http"
source = "https://gateway.example/manual"
variables = ["SECRET"]
[rules]
reply = "send"
sender_kind = "number"
may_send_free_text = true
repeat_seconds = 60
longest_text = 1600
most_parts = 10
[door]
methods = ["POST"]
unfit_status = 422
acknowledgement = "ACK"
acknowledgement_type = "text/plain"
[door.secret]
place = "header"
name = "X-Key"
[texts]
read = ["form"]
sender = "from"
recipient = "to"
text = "text"
[send]
method = "POST"
url = "https://gateway.example/send"
body = "form"
[send.fields]
to = "{to}"
text = "{text}"
[send.answer]
read = "json"
id = "id"
"""


@dataclass
class World:
    """What a carrier knocks at; `at` is what time it is in it."""

    store: Store
    app: Any
    at: datetime = AT
    failures: int = 0
    rings: int = field(default=0)

    def now(self) -> datetime:
        return self.at

    def wait(self, **by: float) -> None:
        self.at += timedelta(**by)

    def ring(self) -> None:
        self.rings += 1

    async def knock(self, method: str, path: str, **how: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=("203.0.113.7", 40000))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://inside", timeout=60
        ) as client:
            return await client.request(method, path, **how)

    async def one(self, statement: str, *values: Any) -> Any:
        return await self.store.pool.fetchval(statement, *values)

    async def count(self, table: str) -> int:
        found: int = await self.one(f"SELECT count(*) FROM {table}")
        return found

    async def everything(self) -> dict[str, list[str]]:
        """Return every row of every table as text."""
        tables = await self.store.pool.fetch(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        )
        return {
            table["name"]: [
                row["row"]
                for row in await self.store.pool.fetch(
                    f"SELECT t::text AS row FROM {table['name']} t ORDER BY 1"
                )
            ]
            for table in tables
        }

    async def replies(self) -> list[dict[str, str]]:
        """Return what is owed to whoever wrote, opened, in the order of its dates."""
        rows = await self.store.pool.fetch(
            "SELECT id, params FROM outbox WHERE recipient_kind = 'reply'"
            " ORDER BY next_at, id"
        )
        return [self.opened(row["id"], row["params"]) for row in rows]

    def opened(self, owed_id: Any, params: str) -> dict[str, str]:
        sealed = bytes.fromhex(json.loads(params)["sealed"])
        said: dict[str, str] = json.loads(
            self.store.keyring.open(sealed, f"outbox|reply|{owed_id}")
        )
        return said

    def counted(self, name: str, **labels: str) -> float:
        registry = self.app.state.parts.metrics.registry
        return registry.get_sample_value(f"threadline_{name}_total", labels) or 0.0


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    """The programme is imported once, and each test gets a copy."""
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The operator's own carriers."""
    made = tmp_path_factory.mktemp("carriers")
    (made / "bare.toml").write_text(BARE, encoding="utf-8")
    return made


def open_world(store: Store, root: Path, environ: Mapping[str, str]) -> World:
    made, catalog = World(store, None), Catalog.load(root / "locales")
    settings = read_settings(environ)
    made.app = build(settings, store, catalog, bell=made, clock=made.now)
    return made


@pytest.fixture
async def world(store: Store, root: Path, folder: Path) -> World:
    return open_world(store, root, {**CARRIERS, "SMS_FOLDER": str(folder)})
