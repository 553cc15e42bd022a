"""What came with a message: fetched with the token, which goes nowhere else."""

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from app.gateways import twilio_media
from app.gateways.twilio_media import TwilioMedia
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    NotYet,
    Transient,
)

PATH = "/2010-04-01/Accounts/AC1/Messages/MM2/Media/ME3"
NAMED = f"https://api.twilio.com{PATH}"
BASE = "https://carrier.example/twilio"
AT = f"{BASE}{PATH}"
STORED = "https://media.store.example/signed?x=1"
BASIC = "Basic " + b64encode(b"AC1:token").decode()
NOTE = b"OggS a voice"


@pytest.fixture
async def carrier() -> AsyncIterator[TwilioMedia]:
    gateway = TwilioMedia(api_base=BASE, account_sid="AC1", auth_token="token")
    yield gateway
    await gateway.aclose()


@respx.mock
async def test_the_token_stays_with_the_api(carrier: TwilioMedia) -> None:
    api = respx.get(AT).respond(307, headers={"Location": STORED})
    store = respx.get(STORED).respond(content=NOTE)
    assert await carrier.fetch(NAMED) == NOTE
    assert api.calls.last.request.headers["Authorization"] == BASIC
    assert "Authorization" not in store.calls.last.request.headers


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"https://evil.example{PATH}", id="another-host"),
        pytest.param(NAMED.replace("AC1", "AC9"), id="another-account"),
        pytest.param(f"https://api.twilio.com@evil.example{PATH}", id="a-host-behind"),
        pytest.param("https://api.twilio.com/2010-04-01/Accounts/AC1.json", id="else"),
        pytest.param(f"{NAMED}/../../../../Keys", id="a-way-back"),
        pytest.param("cat.jpg", id="no-address"),
        pytest.param("http://[", id="nothing-readable"),
    ],
)
@respx.mock
async def test_nothing_else_is_asked_for(carrier: TwilioMedia, address: str) -> None:
    with pytest.raises(BadContent, match="address"):
        await carrier.fetch(address)
    await carrier.delete(address)
    assert not respx.calls


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(404), NotYet, id="the-media-lag-behind"),
        pytest.param(httpx.Response(200), NotYet, id="an-empty-file"),
        pytest.param(httpx.Response(401), Misconfigured, id="a-wrong-token"),
        pytest.param(httpx.Response(500), Transient, id="a-500"),
        pytest.param(httpx.Response(429), Transient, id="too-many-requests"),
        pytest.param(httpx.ReadTimeout("x"), Transient, id="no-answer"),
        pytest.param(
            httpx.Response(302, headers={"Location": "http://plain.example/x"}),
            Misconfigured,
            id="a-redirect-that-hides-nothing",
        ),
    ],
)
@respx.mock
async def test_why_it_was_not_fetched(
    carrier: TwilioMedia, answer: Any, kind: type[GatewayError]
) -> None:
    respx.get(AT).mock(side_effect=[answer])
    with pytest.raises(GatewayError) as refused:
        await carrier.fetch(NAMED)
    assert type(refused.value) is kind
    assert refused.value.__cause__ is None


@respx.mock
async def test_a_circle_of_redirects_ends(carrier: TwilioMedia) -> None:
    route = respx.get(AT).respond(302, headers={"Location": AT})
    with pytest.raises(Transient, match="redirects"):
        await carrier.fetch(NAMED)
    assert route.call_count < 10


@respx.mock
async def test_what_is_too_large_is_not_read_to_its_end(
    carrier: TwilioMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_media, "LARGEST", 8)
    respx.get(AT).respond(content=NOTE)
    with pytest.raises(BadContent, match="too_large"):
        await carrier.fetch(NAMED)


@pytest.mark.parametrize("status", [204, 404])
@respx.mock
async def test_what_is_gone_is_deleted(carrier: TwilioMedia, status: int) -> None:
    route = respx.delete(f"{AT}.json").respond(status)
    await carrier.delete(NAMED)
    assert route.calls.last.request.headers["Authorization"] == BASIC


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(500), Transient, id="a-500"),
        pytest.param(httpx.Response(401), Misconfigured, id="a-wrong-token"),
        pytest.param(httpx.ConnectError("x"), Transient, id="no-connection"),
    ],
)
@respx.mock
async def test_what_is_not_deleted_is_said(
    carrier: TwilioMedia, answer: Any, kind: type[GatewayError]
) -> None:
    respx.delete(f"{AT}.json").mock(side_effect=[answer])
    with pytest.raises(kind):
        await carrier.delete(NAMED)
