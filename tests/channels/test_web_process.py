"""The whole web process on a real Postgres: texts, health, figures."""

import asyncio
import secrets
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from app.edge.deps import Parts
from app.main import build, create_app
from app.runtime.settings import Settings
from app.store.engine import Store
from app.store.migrate import head
from app.wording.catalog import Catalog
from tests.channels.conftest import ACCOUNT, BASE, TOKEN, captured, sign
from tests.conftest import as_owner

PHONE = "+8801712345678"


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(
        home=Path(),
        host="127.0.0.1",
        port=8000,
        public_base_url=BASE,
        database_url=database_url,
        redis_url=redis_url,
        keys=(bytes(range(32)),),
        pepper=bytes(32),
        cli_may_read=False,
        twilio_account_sid=ACCOUNT,
        twilio_auth_tokens=(TOKEN,),
        twilio_shared_keys={},
        twilio_api_base="https://api.twilio.com",
        twilio_sms_from="",
        smtp_url="",
        sweep_seconds=5.0,
        allow_synthetic_prompts=True,
        signing_key=bytes(32),
    )


@pytest.fixture
async def client(
    settings: Settings, store: Store, root: Path
) -> AsyncIterator[httpx.AsyncClient]:
    app = build(settings, store, Catalog.load(root / "locales"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as opened:
        yield opened


async def text(client: httpx.AsyncClient, body: str, sid: str = "") -> httpx.Response:
    form = {
        "AccountSid": ACCOUNT,
        "MessageSid": sid or f"SM{secrets.token_hex(16)}",
        "From": PHONE,
        "To": "+12028831111",
        "NumMedia": "0",
        "Body": body,
    }
    raw = urlencode(form).encode()
    headers = {
        "x-twilio-signature": sign(f"{BASE}/twilio/sms", raw),
        "content-type": "application/x-www-form-urlencoded",
    }
    return await client.post("/twilio/sms", content=raw, headers=headers)


async def test_a_text_becomes_a_case_once_however_often_it_comes(
    client: httpx.AsyncClient, store: Store
) -> None:
    sid = f"SM{secrets.token_hex(16)}"
    body = "আমার তিন মাসের বেতন বাকি"
    answers = await asyncio.gather(*(text(client, body, sid) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert ET.fromstring(answers[0].content).findall("Message")
    async with store.transaction() as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM cases") == 1
    figures = (await client.get("/metrics")).text
    assert 'threadline_turns_total{channel="sms"} 1.0' in figures
    assert 'threadline_repeats_total{channel="sms"} 4.0' in figures
    assert PHONE[1:] not in figures
    assert "threadline_owed_messages" in figures


async def test_every_captured_form_passes_the_real_actions(
    client: httpx.AsyncClient,
) -> None:
    for name in ("a_voice_note_on_whatsapp", "a_withheld_number", "a_short_code"):
        raw = captured(name)
        headers = {"x-twilio-signature": sign(f"{BASE}/twilio/sms/fallback", raw)}
        answer = await client.post("/twilio/sms/fallback", content=raw, headers=headers)
        assert answer.status_code == 200
        assert ET.fromstring(answer.content).tag == "Response"


async def test_a_report_on_a_message_that_nobody_sent_is_taken_quietly(
    client: httpx.AsyncClient,
) -> None:
    form = {
        "AccountSid": ACCOUNT,
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "MessageStatus": "delivered",
    }
    raw = urlencode(form).encode()
    headers = {"x-twilio-signature": sign(f"{BASE}/twilio/sms/status", raw)}
    answer = await client.post("/twilio/sms/status", content=raw, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    figures = (await client.get("/metrics")).text
    assert 'threadline_delivery_reports_total{outcome="ignored"} 1.0' in figures


async def test_ready_tells_how_the_debts_stand(client: httpx.AsyncClient) -> None:
    await text(client, "three months without pay")
    assert (await client.get("/healthz")).text == "ok\n"
    answer = await client.get("/readyz")
    report = answer.json()
    assert answer.status_code == 200
    assert report["ready"] is True
    assert (report["database"], report["migrations"]) == ("ok", "ok")
    assert report["schema"] == head()
    assert report["broker"] == "none"
    assert report["owed_messages"] >= 0
    assert report["oldest_overdue_seconds"] >= 0


async def test_a_schema_that_is_behind_is_not_ready(
    client: httpx.AsyncClient, store: Store
) -> None:
    async with as_owner(store) as owner:
        await owner.execute("UPDATE alembic_version SET version_num = 'old'")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "behind"


async def test_without_the_database_it_lives_but_is_not_ready(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store.close()
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, "absent")
    assert "threadline_database_up 0.0" in (await client.get("/metrics")).text
    answer = await text(client, "three months without pay")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("has_redis", "broker"),
    [
        pytest.param(True, "ok", id="it-answers"),
        pytest.param(False, "absent", id="it-is-away-and-that-is-no-reason"),
    ],
)
async def test_it_opens_its_own_parts_and_is_ready_without_redis(
    settings: Settings, store: Store, has_redis: bool, broker: str
) -> None:
    if not has_redis:
        settings = replace(settings, redis_url="redis://127.0.0.1:1")
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as own:
            answer = await own.get("/readyz")
            assert (await text(own, "three months without pay")).status_code == 200
        parts: Parts = app.state.parts
        parts.ring()
    assert answer.status_code == 200
    assert (answer.json()["broker"], answer.json()["ready"]) == (broker, True)
