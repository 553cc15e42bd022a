"""The demo's addresses: what they serve, and what they refuse."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.actions.import_directory import import_directory
from app.demo.handset import handsets
from app.demo.programme import codes, files
from app.directory_files.kinds import Kind
from app.main import build
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.wording.catalog import Catalog

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PHONE: dict[str, Any] = {"phone": "bd", "sim": 7}


@pytest.fixture
async def visitor(store: Store, root: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a demo whose programme was imported and has no past."""
    async with store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, true, $1, '')",
            AT,
        )
    for kind, content in files().items():
        await import_directory(store, Kind(kind), content.encode(), at=AT)
    async with _client(store, root, demo=True) as client:
        yield client


def _client(store: Store, root: Path, *, demo: bool) -> httpx.AsyncClient:
    settings = read_settings(
        {
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        },
        generated=True,
    )
    app = build(settings, store, Catalog.load(root / "locales"), demo=demo)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    )


async def beside(visitor: httpx.AsyncClient, **phone: Any) -> Any:
    answer = await visitor.get("/demo/state", params={**PHONE, **phone})
    return answer.json()["case"]


async def test_the_bare_address_is_the_workers_form(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/")
    assert answer.status_code == 200
    assert "<textarea" in answer.text


@pytest.mark.parametrize(
    "path", ["/demo", "/demo/text", "/demo/state", "/demo/poster/482170/a4.pdf"]
)
async def test_none_of_it_is_there_outside_a_demo(
    store: Store, root: Path, path: str
) -> None:
    async with _client(store, root, demo=False) as client:
        assert (await client.get(path)).status_code == 404


async def test_the_page_brings_everything_itself(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/demo")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in answer.text
    assert "https:" not in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    for name in ("demo.css", "demo.js", "thread.svg"):
        assert f"/demo/static/{name}" in answer.text
        assert (await visitor.get(f"/demo/static/{name}")).status_code == 200


@pytest.mark.parametrize("name", ["demo.html", "..%2froutes.py", "nothing"])
async def test_no_other_file_is_served(visitor: httpx.AsyncClient, name: str) -> None:
    assert (await visitor.get(f"/demo/static/{name}")).status_code == 404


async def test_a_text_goes_through_the_signed_webhook(
    visitor: httpx.AsyncClient,
) -> None:
    assert await beside(visitor) is None

    body = {**PHONE, "body": "482170 তিন মাস ওভারটাইমের টাকা নেই"}
    answers = (await visitor.post("/demo/text", json=body)).json()["answers"]

    assert len(answers) == 2
    case = await beside(visitor)
    assert case["site"] == "Megher Alo Apparels Ltd, Dhaka"
    assert case["handle"][:4] in answers[0]
    assert [clock["state"] for clock in case["clocks"]] == ["running"] * 3
    assert "তিন মাস" not in str(case), "what was written is not read again"
    assert await beside(visitor, sim=8) is None, "another phone has no case"


async def test_a_button_acts_and_a_refusal_is_said(visitor: httpx.AsyncClient) -> None:
    await visitor.post(
        "/demo/text", json={**PHONE, "body": "482170 no overtime pay for three months"}
    )
    case = await beside(visitor)
    act = {**case["acts"][0], "handle": case["handle"]}
    assert act["by"] == "dhaka@partners.example"

    first = await visitor.post("/demo/act", json=act)
    assert "Partner, Dhaka" in first.json()["notice"]
    assert (await beside(visitor))["state"] == "Acknowledged"

    again = await visitor.post("/demo/act", json=act)
    assert again.status_code == 200
    assert "not possible" in again.json()["notice"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/demo/text", {"phone": "xx", "sim": 1}, id="an-unknown-phone"),
        pytest.param("/demo/text", {"phone": "bd", "sim": 10**7}, id="a-far-sim-card"),
        pytest.param("/demo/text", {"phone": "bd", "sim": "+1"}, id="no-sim-card"),
        pytest.param("/demo/text", {**PHONE, "body": "x" * 1601}, id="too-long"),
        pytest.param("/demo/text", ["bd"], id="no-object"),
        pytest.param("/demo/act", {"verb": "exclude", "by": ""}, id="no-such-button"),
        pytest.param(
            "/demo/act", {"verb": "start", "by": "nobody@x.example"}, id="a-stranger"
        ),
    ],
)
async def test_what_no_page_of_ours_sends_is_refused(
    visitor: httpx.AsyncClient, path: str, body: Any
) -> None:
    assert (await visitor.post(path, json=body)).status_code == 400


async def test_another_sites_form_cannot_press_our_buttons(
    visitor: httpx.AsyncClient,
) -> None:
    plain = {"content-type": "text/plain"}
    answer = await visitor.post("/demo/act", content="{}", headers=plain)
    assert answer.status_code == 400


def test_the_demo_phones_numbers_belong_to_nobody() -> None:
    for phone in handsets(codes()).values():
        assert phone.number(0).startswith(("+8801000", "+911000"))
        assert len(phone.number(999_999)) == (14 if phone.key == "bd" else 13)
