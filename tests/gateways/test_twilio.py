"""Texts through Twilio's API, answered as Twilio and its like answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
import respx

from app.gateways.twilio_http import HttpxTwilio, rebase
from app.gateways.twilio_sms import TwilioSms
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import (
    GatewayError,
    Misconfigured,
    OptedOut,
    OutcomeUnknown,
    Transient,
)

SID = "SM" + "0" * 32
BASE = "https://carrier.example/twilio"
MESSAGES = f"{BASE}/2010-04-01/Accounts/AC1/Messages.json"
OWED = UUID("0190d9a4-0000-7000-8000-000000000001")
TEXT = Text(OWED, "+8801700000001", "There is news for you.")
AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
async def sms() -> AsyncIterator[TwilioSms]:
    gateway = TwilioSms(
        HttpxTwilio(BASE),
        account_sid="AC1",
        auth_token="token",
        sender="+15005550006",
        callback="https://hotline.example/twilio/sms/status",
    )
    yield gateway
    await gateway.aclose()


def listed(**changes: Any) -> dict[str, Any]:
    """Return a message as the account lists it."""
    return {
        "sid": SID,
        "status": "queued",
        "direction": "outbound-api",
        "to": TEXT.to,
        "body": TEXT.body,
        "date_created": format_datetime(AT),
        "date_sent": None,
        **changes,
    }


def page(*messages: dict[str, Any]) -> httpx.Response:
    return httpx.Response(
        200, json={"messages": list(messages), "next_page_uri": None, "page": 0}
    )


@respx.mock
async def test_a_text_is_created_with_our_id_in_its_callback(sms: TwilioSms) -> None:
    route = respx.post(MESSAGES).respond(201, json=listed())
    assert await sms.send(TEXT) == Receipt(SID, "queued")
    sent = parse_qs(route.calls.last.request.content.decode())
    assert sent == {
        "To": [TEXT.to],
        "From": ["+15005550006"],
        "Body": [TEXT.body],
        "StatusCallback": [f"https://hotline.example/twilio/sms/status?m={OWED}"],
    }


@respx.mock
async def test_a_sid_may_have_any_form(sms: TwilioSms) -> None:
    uuid = "7d2f5b1e-9c1c-4a49-8f9a-3a1f0c1f0a11"
    respx.post(MESSAGES).respond(201, json=listed(sid=uuid))
    assert (await sms.send(TEXT)).provider_id == uuid


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            httpx.Response(400, json={"code": 21610, "message": "x", "status": 400}),
            (OptedOut, "21610"),
            id="the-phone-has-opted-out",
        ),
        pytest.param(
            httpx.Response(429, json={"code": 20429, "message": "x", "status": 429}),
            (Transient, "20429"),
            id="too-many-requests",
        ),
        pytest.param(
            httpx.Response(401, json={"code": 20003, "message": "x", "status": 401}),
            (Misconfigured, "20003"),
            id="a-wrong-token",
        ),
        pytest.param(
            httpx.Response(503, html="<h1>Service Unavailable</h1>"),
            (OutcomeUnknown, "503"),
            id="an-html-page-from-a-balancer",
        ),
        pytest.param(httpx.Response(500), (OutcomeUnknown, "500"), id="an-empty-500"),
        pytest.param(
            httpx.Response(201, text="<ok/>"),
            (OutcomeUnknown, "JSONDecodeError"),
            id="created-but-not-json",
        ),
        pytest.param(
            httpx.Response(201, json={}), (OutcomeUnknown, "no_sid"), id="without-a-sid"
        ),
        pytest.param(
            httpx.ReadTimeout("x"), (OutcomeUnknown, "ReadTimeout"), id="no-answer"
        ),
        pytest.param(
            httpx.RemoteProtocolError("x"),
            (OutcomeUnknown, "RemoteProtocolError"),
            id="cut-off-in-the-midst",
        ),
        pytest.param(
            httpx.ConnectError("x"),
            (Transient, "ConnectError"),
            id="never-connected-so-never-sent",
        ),
        pytest.param(
            httpx.ConnectTimeout("x"), (Transient, "ConnectTimeout"), id="nor-then"
        ),
    ],
)
@respx.mock
async def test_why_a_text_was_not_taken(
    sms: TwilioSms, answer: Any, expected: tuple[type[GatewayError], str]
) -> None:
    respx.post(MESSAGES).mock(side_effect=[answer])
    with pytest.raises(GatewayError) as refused:
        await sms.send(TEXT)
    assert (type(refused.value), refused.value.code) == expected
    assert TEXT.to not in repr(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("message", "is_found"),
    [
        pytest.param(listed(), True, id="queued-and-not-sent-yet"),
        pytest.param(listed(status="delivered"), True, id="delivered"),
        pytest.param(listed(status="failed"), True, id="failed-is-its-own-outcome"),
        pytest.param(listed(body=""), True, id="a-body-that-redaction-blanked"),
        pytest.param(
            listed(body=f"Sent from your trial account - {TEXT.body}"),
            True,
            id="the-prefix-of-a-trial-account",
        ),
        pytest.param(listed(body="Something else."), False, id="other-words"),
        pytest.param(
            listed(direction="outbound-reply"), False, id="an-answer-inside-a-turn"
        ),
        pytest.param(
            listed(date_created=format_datetime(AT - timedelta(minutes=2))),
            False,
            id="from-before-our-attempt",
        ),
        pytest.param(
            listed(date_created=format_datetime(AT - timedelta(seconds=30))),
            True,
            id="by-a-clock-that-is-slow",
        ),
    ],
)
@respx.mock
async def test_what_may_be_a_lost_text(
    sms: TwilioSms, message: dict[str, Any], is_found: bool
) -> None:
    route = respx.get(MESSAGES).mock(return_value=page(message))
    found = await sms.find(TEXT, AT)
    assert bool(found) is is_found
    assert route.calls.last.request.url.params["To"] == TEXT.to
    assert int(route.calls.last.request.url.params["PageSize"]) <= 50


@respx.mock
async def test_the_oldest_candidate_comes_first(sms: TwilioSms) -> None:
    late = listed(sid="late", date_created=format_datetime(AT + timedelta(seconds=9)))
    respx.get(MESSAGES).mock(return_value=page(late, listed(sid="early")))
    assert [r.provider_id for r in await sms.find(TEXT, AT)] == ["early", "late"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(503), Transient, id="a-broken-list"),
        pytest.param(httpx.ReadTimeout("x"), Transient, id="no-answer"),
        pytest.param(
            httpx.Response(401, json={"code": 20003, "status": 401}),
            Misconfigured,
            id="a-wrong-token",
        ),
    ],
)
@respx.mock
async def test_a_look_up_that_fails_is_no_absence(
    sms: TwilioSms, answer: Any, kind: type[GatewayError]
) -> None:
    respx.get(MESSAGES).mock(side_effect=[answer])
    with pytest.raises(kind):
        await sms.find(TEXT, AT)


@pytest.mark.parametrize(
    ("base", "moved"),
    [
        pytest.param("", "https://api.twilio.com/x.json?a=1", id="twilio-itself"),
        pytest.param(
            "http://127.0.0.1:9/", "http://127.0.0.1:9/x.json?a=1", id="a-simulator"
        ),
        pytest.param(
            "https://s.example/api", "https://s.example/api/x.json?a=1", id="a-prefix"
        ),
    ],
)
def test_rebase(base: str, moved: str) -> None:
    assert rebase("https://api.twilio.com/x.json?a=1", base) == moved


@respx.mock
async def test_json_goes_out_as_json() -> None:
    route = respx.post("https://api.twilio.com/v1/x").respond(200, json={})
    http = HttpxTwilio()
    headers = {"Content-Type": "application/json"}
    await http.request(
        "POST", "https://api.twilio.com/v1/x", data={"a": 1}, headers=headers
    )
    await http.aclose()
    assert route.calls.last.request.content == b'{"a":1}'
