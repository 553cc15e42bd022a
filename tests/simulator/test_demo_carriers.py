"""The demo's phones write through any simulated carrier."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.actions.import_directory import import_directory
from app.carriers.enabled import enabled
from app.demo.carriers import made_up
from app.demo.programme import files
from app.directory_files.kinds import Kind
from app.main import build
from app.runtime.settings import Settings, read_settings
from app.simulator.dialects.known import BESIDE_TWILIO
from app.store.engine import Store
from app.wording.catalog import Catalog

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
URL = "http://127.0.0.1:8000"
PHONE: dict[str, Any] = {"phone": "bd", "sim": 7}
SAID = "482170 তিন মাস ওভারটাইমের টাকা নেই"
_BARE = {
    "THREADLINE_KEYS": "A" * 43 + "=",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
}


def settings_of(**changed: str) -> Settings:
    bare = read_settings(_BARE, generated=True)
    return read_settings({**_BARE, **made_up(bare, URL), **changed}, generated=True)


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
    app = build(settings_of(), store, Catalog.load(root / "locales"), demo=True)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


async def arrived(visitor: httpx.AsyncClient, **asked: Any) -> Any:
    answer = await visitor.get("/demo/texts", params={**PHONE, **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_made_up_variables_are_whole_and_the_homes_own() -> None:
    settings = settings_of()
    found = enabled(settings.sms_providers, settings.sms_variables, None)
    assert tuple(found) == BESIDE_TWILIO
    again = settings_of()
    assert again.sms_variables == settings.sms_variables
    other = replace(settings, pepper=b"another home's pepper")
    assert (
        made_up(other, URL)["SMS_KANNEL_SECRET"]
        != (settings.sms_variables["kannel"]["SECRET"])
    )
    for variables in settings.sms_variables.values():
        assert variables["API_BASE"].startswith(f"{URL}/demo/carriers/")


async def test_the_page_offers_each_phone_the_carriers_of_its_country(
    visitor: httpx.AsyncClient,
) -> None:
    html = (await visitor.get("/demo")).text
    bangladesh, india = html.split('data-carrier="in"')
    for name in ("twilio", "whatsapp", "kannel", "jasmin", "infobip", "somleng"):
        assert f'<option value="{name}"' in bangladesh
    for name in ("twilio", "whatsapp", "exotel", "infobip", "kannel"):
        assert f'<option value="{name}"' in india
    assert '<option value="exotel"' not in bangladesh
    assert "sslwireless" not in html


async def test_what_kannel_brings_back_stands_on_the_phone(
    visitor: httpx.AsyncClient,
) -> None:
    text = {**PHONE, "body": SAID, "carrier": "kannel"}
    answer = await visitor.post("/demo/text", json=text)
    assert (answer.status_code, answer.json()) == (200, {"answers": []})

    first = await arrived(visitor)
    assert len(first["texts"]) == 1
    case = (await visitor.get("/demo/state", params=PHONE)).json()["case"]
    assert case["handle"][:4] in first["texts"][0]
    assert case["texts"] == []

    seen = {"after": first["next"], "life": first["life"]}
    assert (await arrived(visitor, **seen))["texts"] == []
    assert (await arrived(visitor, sim=8))["texts"] == []
    another_life = {"after": first["next"], "life": "before"}
    assert (await arrived(visitor, **another_life))["texts"] == first["texts"]


async def test_an_owed_answer_is_no_mail_of_the_staff(
    visitor: httpx.AsyncClient,
) -> None:
    text = {**PHONE, "body": SAID, "carrier": "infobip"}
    assert (await visitor.post("/demo/text", json=text)).status_code == 200
    case = (await visitor.get("/demo/state", params=PHONE)).json()["case"]
    assert case["site"] == "Megher Alo Apparels Ltd, Dhaka"
    assert "reply" not in str(case)


async def test_whatsapp_answers_in_the_same_breath(visitor: httpx.AsyncClient) -> None:
    text = {**PHONE, "body": SAID, "carrier": "whatsapp"}
    answers = (await visitor.post("/demo/text", json=text)).json()["answers"]
    assert len(answers) == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({"carrier": "nobody"}, 400, id="an-unknown-carrier"),
        pytest.param({"carrier": "exotel"}, 400, id="none-of-this-country"),
        pytest.param({"carrier": "sslwireless"}, 400, id="one-that-brings-no-texts"),
    ],
)
async def test_what_no_page_of_ours_sends_is_refused(
    visitor: httpx.AsyncClient, asked: dict[str, Any], status: int
) -> None:
    text = {**PHONE, "body": SAID, **asked}
    assert (await visitor.post("/demo/text", json=text)).status_code == status


@pytest.mark.parametrize("after", ["-1", "x", "٣", "9999999"])
async def test_a_count_that_is_none_is_refused(
    visitor: httpx.AsyncClient, after: str
) -> None:
    asked = {**PHONE, "after": after, "number": "+8801000000007"}
    answer = await visitor.get("/demo/texts", params=asked)
    assert answer.status_code == 400
