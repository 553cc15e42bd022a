"""Calls through Twilio's API, answered as its published description says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
import respx

from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_voice import TwilioVoice
from app.outbox.owed import Call, Receipt
from app.outbox.settlement import (
    AccountBlocked,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Transient,
)

SID = "CA" + "a" * 32
BASE = "https://carrier.example/twilio"
CALLS = f"{BASE}/2010-04-01/Accounts/AC1/Calls.json"
OWED = UUID("0190d9a4-0000-7000-8000-000000000001")
CALL = Call(OWED, "+8801700000001", "+8809600000000")
AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
async def voice() -> AsyncIterator[TwilioVoice]:
    gateway = TwilioVoice(
        HttpxTwilio(BASE),
        account_sid="AC1",
        auth_token="token",
        public_base_url="https://hotline.example/",
    )
    yield gateway
    await gateway.aclose()


def made(**changes: Any) -> dict[str, Any]:
    """Return a call as the published description shows one."""
    return {
        "account_sid": "AC1",
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": format_datetime(AT),
        "date_updated": format_datetime(AT),
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "forwarded_from": None,
        "from": CALL.sender,
        "from_formatted": CALL.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": "PN" + "a" * 32,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": SID,
        "start_time": None,
        "status": "queued",
        "subresource_uris": {},
        "to": CALL.to,
        "to_formatted": CALL.to,
        "trunk_sid": None,
        "uri": f"/2010-04-01/Accounts/AC1/Calls/{SID}.json",
        **changes,
    }


def page(*calls: dict[str, Any]) -> httpx.Response:
    return httpx.Response(
        200, json={"calls": list(calls), "next_page_uri": None, "page": 0}
    )


@respx.mock
async def test_every_address_of_a_call_names_the_debt(voice: TwilioVoice) -> None:
    route = respx.post(CALLS).respond(201, json=made())
    assert await voice.send(CALL) == Receipt(SID, "queued")
    sent = parse_qs(route.calls.last.request.content.decode())
    ours = "https://hotline.example/twilio/voice"
    assert sent == {
        "To": [CALL.to],
        "From": [CALL.sender],
        "Url": [f"{ours}/out?m={OWED}"],
        "Method": ["POST"],
        "FallbackUrl": [f"{ours}/fallback?m={OWED}"],
        "FallbackMethod": ["POST"],
        "StatusCallback": [f"{ours}/status?m={OWED}"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["completed"],
        "MachineDetection": ["Enable"],
        "Timeout": ["25"],
    }


def refusal(code: int, status: int = 400) -> httpx.Response:
    return httpx.Response(
        status, json={"code": code, "message": f"of {CALL.to}", "status": status}
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(refusal(13227), (Misconfigured, "13227"), id="country-not-on"),
        pytest.param(refusal(21215), (Misconfigured, "21215"), id="geo-permission"),
        pytest.param(refusal(21210), (Misconfigured, "21210"), id="not-our-number"),
        pytest.param(refusal(21211), (Permanent, "21211"), id="no-such-phone"),
        pytest.param(refusal(10001, 403), (AccountBlocked, "10001"), id="suspended"),
        pytest.param(refusal(10004), (Transient, "10004"), id="too-many-at-once"),
        pytest.param(refusal(20429, 429), (Transient, "20429"), id="too-many-requests"),
        pytest.param(httpx.Response(502), (OutcomeUnknown, "502"), id="a-502"),
        pytest.param(
            httpx.Response(201, json={}), (OutcomeUnknown, "no_sid"), id="without-a-sid"
        ),
        pytest.param(
            httpx.ReadTimeout("x"), (OutcomeUnknown, "ReadTimeout"), id="no-answer"
        ),
        pytest.param(
            httpx.ConnectError("x"), (Transient, "ConnectError"), id="never-connected"
        ),
    ],
)
@respx.mock
async def test_why_a_call_was_not_placed(
    voice: TwilioVoice, answer: Any, expected: tuple[type[GatewayError], str]
) -> None:
    respx.post(CALLS).mock(side_effect=[answer])
    with pytest.raises(GatewayError) as refused:
        await voice.send(CALL)
    assert (type(refused.value), refused.value.code) == expected
    assert CALL.to not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_a_call_never_shows_whom_it_rings() -> None:
    assert CALL.to not in repr(CALL)


@pytest.mark.parametrize(
    ("call", "is_found"),
    [
        pytest.param(made(), True, id="still-waiting-to-be-placed"),
        pytest.param(made(status="busy"), True, id="already-over"),
        pytest.param(
            made(date_created=format_datetime(AT - timedelta(seconds=30))),
            True,
            id="by-a-clock-that-is-slow",
        ),
        pytest.param(
            made(date_created=format_datetime(AT - timedelta(minutes=5))),
            False,
            id="an-earlier-ring",
        ),
        pytest.param(made(direction="inbound"), False, id="the-phone-rang-us"),
    ],
)
@respx.mock
async def test_what_may_be_a_lost_call(
    voice: TwilioVoice, call: dict[str, Any], is_found: bool
) -> None:
    route = respx.get(CALLS).mock(return_value=page(call))
    found = await voice.find(CALL, AT)
    assert [r.provider_id for r in found] == ([SID] if is_found else [])
    asked = route.calls.last.request.url.params
    assert (asked["To"], asked["From"]) == (CALL.to, CALL.sender)
    # A call that is queued has no StartTime: such a filter would hide it.
    assert not [name for name in asked if name.startswith("StartTime")]


@respx.mock
async def test_a_found_call_says_how_it_ended_and_who_took_it(
    voice: TwilioVoice,
) -> None:
    call = made(status="completed", answered_by="machine_start")
    respx.get(CALLS).mock(return_value=page(call))
    assert await voice.find(CALL, AT) == (
        Receipt(SID, "completed", answered_by="machine_start"),
    )


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(503), Transient, id="a-broken-list"),
        pytest.param(httpx.ReadTimeout("x"), Transient, id="no-answer"),
        pytest.param(refusal(20003, 401), Misconfigured, id="a-wrong-token"),
    ],
)
@respx.mock
async def test_a_look_up_that_fails_is_no_absence(
    voice: TwilioVoice, answer: Any, kind: type[GatewayError]
) -> None:
    respx.get(CALLS).mock(side_effect=[answer])
    with pytest.raises(kind):
        await voice.find(CALL, AT)
