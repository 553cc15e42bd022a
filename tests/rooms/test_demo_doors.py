"""The demo's chairs: a room without a password, in a demo and nowhere else."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.actions.import_policy import ensure_default_policy
from app.main import build
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.stories.programme import import_programme

AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
HOME = {"host": "127.0.0.1:8000", "sec-fetch-site": "same-origin"}


def client(store: Store, tmp_path: Path) -> httpx.AsyncClient:
    settings = read_settings(
        {
            "THREADLINE_HOME": str(tmp_path),
            "PUBLIC_BASE_URL": "http://127.0.0.1:8000",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
            "DATABASE_URL": "postgresql:///none",
            "THREADLINE_KEYS": urlsafe_b64encode(bytes(range(32))).decode(),
        }
    )
    catalog = Catalog.load(Path(__file__).resolve().parents[2] / "locales")
    app = build(settings, store, catalog, demo=True, clock=lambda: AT)
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1:8000")


@pytest.fixture
async def programme(store: Store) -> Store:
    await ensure_default_policy(store, at=AT)
    await import_programme(store)
    return store


async def _member(store: Store) -> str:
    directory = await store.directory()
    return str(next(p.id for p in directory.people if p.name == "gaz-com-w1"))


async def _seat(client: httpx.AsyncClient, person: str) -> httpx.Response:
    return await client.post("/demo/rooms", data={"person": person}, headers=HOME)


async def test_a_chair_leads_to_the_room(programme: Store, tmp_path: Path) -> None:
    await programme.pool.execute(
        "INSERT INTO programme (id, is_demo, created_at, key_check)"
        " VALUES (1, true, now(), '') ON CONFLICT (id) DO UPDATE SET is_demo = true"
    )
    async with client(programme, tmp_path) as browser:
        page = await browser.get("/demo/rooms", headers={"host": "127.0.0.1:8000"})
        assert "gaz-com-w1" in page.text
        answer = await _seat(browser, await _member(programme))
        assert (answer.status_code, answer.headers["location"]) == (303, "/room")
        room = await browser.get("/room")
        assert room.status_code == 200


async def test_no_chair_where_workers_are_real(
    programme: Store, tmp_path: Path
) -> None:
    async with client(programme, tmp_path) as browser:
        answer = await _seat(browser, await _member(programme))
        assert answer.status_code == 409
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"host": "evil.example"}, id="under-another-name"),
        pytest.param(
            {**HOME, "sec-fetch-site": "cross-site"}, id="from-another-site's-form"
        ),
    ],
)
async def test_nobody_else_may_send_the_form(
    programme: Store, tmp_path: Path, headers: dict[str, str]
) -> None:
    async with client(programme, tmp_path) as browser:
        answer = await browser.post(
            "/demo/rooms",
            data={"person": await _member(programme)},
            headers=headers,
        )
        assert answer.status_code == 403
