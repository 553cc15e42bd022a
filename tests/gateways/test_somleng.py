"""Somleng: Twilio's interface with UUIDs, string codes and fewer words."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
import respx

from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_recordings import TwilioRecordings
from app.gateways.twilio_sms import TwilioSms
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import (
    AccountBlocked,
    GatewayError,
    Misconfigured,
    Permanent,
    Transient,
)

BASE = "https://api.somleng.example"
ACCOUNT = "1b2ce123-cffc-4188-bdb6-d6a76ab10cf1"
SID = "5c3a0b1e-6f0a-4d0b-9a0f-1c2d3e4f5a6b"
MESSAGES = f"{BASE}/2010-04-01/Accounts/{ACCOUNT}/Messages"
SOUND = f"{BASE}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{SID}"
TEXT = Text(
    UUID("0190d9a4-0000-7000-8000-000000000001"), "+855716788123", "There is news."
)
AT = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
# Built from Somleng's serializer and its specification.
MADE: dict[str, Any] = {
    "api_version": "2010-04-01",
    "sid": SID,
    "date_created": "Tue, 01 Dec 2026 10:00:00 -0000",
    "date_updated": "Tue, 01 Dec 2026 10:00:00 -0000",
    "account_sid": ACCOUNT,
    "body": TEXT.body,
    "date_sent": None,
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": "+855716788999",
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": None,
    "status": "queued",
    "subresource_uris": {},
    "tags": {},
    "to": TEXT.to,
    "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}",
}


@pytest.fixture
async def sms() -> AsyncIterator[TwilioSms]:
    gateway = TwilioSms(
        HttpxTwilio(BASE),
        account_sid=ACCOUNT,
        auth_token="token",
        sender="+855716788999",
        callback="https://hotline.example/sms/somleng/reports",
        name="somleng",
        known_as="somleng:",
    )
    yield gateway
    await gateway.aclose()


@respx.mock
async def test_a_text_is_known_by_its_carriers_name(sms: TwilioSms) -> None:
    respx.post(f"{MESSAGES}.json").respond(201, json=MADE)
    assert await sms.send(TEXT) == Receipt(f"somleng:{SID}", "queued")


@respx.mock
async def test_its_dates_are_read_and_its_codes_are_strings(sms: TwilioSms) -> None:
    failed = {**MADE, "status": "failed", "error_code": "30008"}
    early = {**MADE, "date_created": "Tue, 01 Dec 2026 08:00:00 -0000"}
    respx.get(f"{MESSAGES}.json").respond(json={"messages": [failed, early]})
    assert await sms.find(TEXT, AT) == (Receipt(f"somleng:{SID}", "failed", "30008"),)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        pytest.param(422, "21606", Misconfigured, id="not-a-number-of-ours"),
        pytest.param(422, "S1002", Transient, id="the-gateway-is-not-connected"),
        pytest.param(422, "S1005", AccountBlocked, id="no-money"),
        pytest.param(422, "S1007", Permanent, id="a-destination-that-is-blocked"),
        pytest.param(401, "20003", Misconfigured, id="a-wrong-token"),
        pytest.param(401, "30002", AccountBlocked, id="suspended"),
    ],
)
@respx.mock
async def test_what_its_refusals_mean(
    sms: TwilioSms, status: int, code: str, kind: type[GatewayError]
) -> None:
    told = {"code": code, "message": "x", "status": status, "more_info": "y"}
    respx.post(f"{MESSAGES}.json").mock(return_value=httpx.Response(status, json=told))
    with pytest.raises(GatewayError) as refused:
        await sms.send(TEXT)
    assert (type(refused.value), refused.value.code) == (kind, code)


@pytest.fixture
async def recordings() -> AsyncIterator[TwilioRecordings]:
    gateway = TwilioRecordings(
        HttpxTwilio(BASE), api_base=BASE, account_sid=ACCOUNT, auth_token="token"
    )
    yield gateway
    await gateway.aclose()


@respx.mock
async def test_a_recording_is_fetched_from_its_store(
    recordings: TwilioRecordings,
) -> None:
    stored = respx.get("https://s3.example/one").respond(content=b"RIFF")
    respx.get(f"{SOUND}.wav").respond(
        302, headers={"Location": "https://s3.example/one"}
    )
    assert await recordings.fetch(SID) == b"RIFF"
    assert "Authorization" not in stored.calls.last.request.headers


@respx.mock
async def test_what_it_cannot_delete_is_not_taken_for_deleted(
    recordings: TwilioRecordings,
) -> None:
    """It has no such verb, and anybody who knows the address can listen."""
    respx.delete(f"{SOUND}.json").respond(404)
    still_there = respx.get(f"{SOUND}.json").respond(json={"sid": SID})
    with pytest.raises(Misconfigured, match="cannot_delete"):
        await recordings.delete(SID)
    still_there.respond(404)
    await recordings.delete(SID)
