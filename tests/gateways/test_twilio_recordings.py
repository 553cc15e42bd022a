"""Recordings: fetched with the token, which goes nowhere else, and deleted."""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx

from app.gateways import twilio_recordings
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_recordings import Listed, Parties, TwilioRecordings
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    NotYet,
    Transient,
)

BASE = "https://carrier.example/twilio"
ACCOUNT = f"{BASE}/2010-04-01/Accounts/AC1"
SID, CALL_SID = "RE" + "a" * 32, "CA" + "a" * 32
WAV_AT = f"{ACCOUNT}/Recordings/{SID}.wav"
MP3_AT = f"{ACCOUNT}/Recordings/{SID}.mp3"
ONE_AT = f"{ACCOUNT}/Recordings/{SID}.json"
LIST_AT = f"{ACCOUNT}/Recordings.json"
CALL_AT = f"{ACCOUNT}/Calls/{CALL_SID}.json"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt and so on"
BASIC = "Basic " + b64encode(b"AC1:token").decode()
SINCE = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
async def carrier() -> AsyncIterator[TwilioRecordings]:
    gateway = TwilioRecordings(
        HttpxTwilio(BASE), api_base=BASE, account_sid="AC1", auth_token="token"
    )
    yield gateway
    await gateway.aclose()


@respx.mock
async def test_the_sound_is_fetched_with_the_token(carrier: TwilioRecordings) -> None:
    route = respx.get(WAV_AT).respond(content=WAV)
    assert await carrier.fetch(SID) == WAV
    assert route.calls.last.request.headers["Authorization"] == BASIC


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://media.example/sound?signature=x",
        "https://carrier.example:8443/sound",
        "http://carrier.example/sound",
    ],
)
@respx.mock
async def test_the_token_does_not_travel_to_another_host(
    carrier: TwilioRecordings, elsewhere: str
) -> None:
    respx.get(WAV_AT).respond(307, headers={"Location": elsewhere})
    route = respx.get(elsewhere).respond(content=WAV)
    assert await carrier.fetch(SID) == WAV
    assert "Authorization" not in route.calls.last.request.headers


@respx.mock
async def test_on_its_own_host_a_redirect_is_followed_with_the_token(
    carrier: TwilioRecordings,
) -> None:
    respx.get(WAV_AT).respond(302, headers={"Location": "/media/1"})
    route = respx.get("https://carrier.example/media/1").respond(content=WAV)
    assert await carrier.fetch(SID) == WAV
    assert route.calls.last.request.headers["Authorization"] == BASIC


@respx.mock
async def test_a_circle_of_redirects_ends(carrier: TwilioRecordings) -> None:
    route = respx.get(WAV_AT).respond(302, headers={"Location": WAV_AT})
    with pytest.raises(Transient):
        await carrier.fetch(SID)
    assert route.call_count < 10


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(404), NotYet, id="the-media-lags-behind"),
        pytest.param(httpx.Response(200), NotYet, id="an-empty-file"),
        pytest.param(httpx.Response(401), Misconfigured, id="a-wrong-token"),
        pytest.param(httpx.Response(500), Transient, id="a-500"),
        pytest.param(httpx.Response(429), Transient, id="too-many-requests"),
        pytest.param(httpx.ReadTimeout("x"), Transient, id="no-answer"),
        pytest.param(
            httpx.Response(302, headers={"Location": "file:///etc/passwd"}),
            Misconfigured,
            id="a-redirect-off-the-web",
        ),
    ],
)
@respx.mock
async def test_why_a_sound_was_not_fetched(
    carrier: TwilioRecordings, answer: Any, kind: type[GatewayError]
) -> None:
    respx.get(WAV_AT).mock(side_effect=[answer])
    with pytest.raises(GatewayError) as refused:
        await carrier.fetch(SID)
    assert type(refused.value) is kind
    assert refused.value.__cause__ is None


@respx.mock
async def test_a_wav_too_large_is_fetched_as_mp3(
    carrier: TwilioRecordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_recordings, "LARGEST", 8)
    respx.get(WAV_AT).respond(content=WAV)
    respx.get(MP3_AT).respond(content=b"ID3 mp3")
    assert await carrier.fetch(SID) == b"ID3 mp3"
    respx.get(MP3_AT).respond(content=WAV)
    with pytest.raises(BadContent):
        await carrier.fetch(SID)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(204), id="deleted"),
        pytest.param(
            httpx.Response(404, json={"code": 20404, "message": "x", "status": 404}),
            id="gone-already",
        ),
        pytest.param(httpx.Response(404), id="gone-without-a-word"),
    ],
)
@respx.mock
async def test_what_is_gone_is_deleted(
    carrier: TwilioRecordings, answer: httpx.Response
) -> None:
    route = respx.delete(ONE_AT).mock(return_value=answer)
    respx.get(ONE_AT).respond(404)
    await carrier.delete(SID)
    assert route.called


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(httpx.Response(500), Transient, id="a-500"),
        pytest.param(httpx.ConnectError("x"), Transient, id="no-connection"),
        pytest.param(
            httpx.Response(401, json={"code": 20003, "message": "x", "status": 401}),
            Misconfigured,
            id="a-wrong-token",
        ),
    ],
)
@respx.mock
async def test_what_is_not_deleted_is_said(
    carrier: TwilioRecordings, answer: Any, kind: type[GatewayError]
) -> None:
    respx.delete(ONE_AT).mock(side_effect=[answer])
    with pytest.raises(kind):
        await carrier.delete(SID)


def shown(**changes: Any) -> dict[str, Any]:
    """Return a recording as the published description shows one."""
    return {
        "account_sid": "AC1",
        "api_version": "2010-04-01",
        "call_sid": CALL_SID,
        "channels": 1,
        "conference_sid": None,
        "date_created": "Tue, 01 Sep 2026 04:01:02 +0000",
        "date_updated": "Tue, 01 Sep 2026 04:01:06 +0000",
        "start_time": "Tue, 01 Sep 2026 04:01:02 +0000",
        "duration": "4",
        "sid": SID,
        "price": "-0.00250",
        "price_unit": "USD",
        "status": "completed",
        "source": "RecordVerb",
        "error_code": None,
        "encryption_details": None,
        "media_url": f"http://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/{SID}",
        "subresource_uris": {},
        "uri": f"/2010-04-01/Accounts/AC1/Recordings/{SID}.json",
        **changes,
    }


@respx.mock
async def test_every_page_is_listed_and_only_what_record_recorded(
    carrier: TwilioRecordings,
) -> None:
    second = "/2010-04-01/Accounts/AC1/Recordings.json?PageSize=200&Page=1&PageToken=PT"
    route = respx.get(LIST_AT).mock(
        side_effect=[
            httpx.Response(
                200,
                json={
                    "recordings": [
                        shown(),
                        shown(sid="RE2", source="StartConferenceRecordingAPI"),
                    ],
                    "next_page_uri": second,
                },
            ),
            httpx.Response(
                200,
                json={
                    "recordings": [
                        shown(sid="RE3", duration="-1", status="processing"),
                    ],
                    "next_page_uri": None,
                },
            ),
        ]
    )
    at = datetime(2026, 9, 1, 4, 1, 2, tzinfo=UTC)
    assert await carrier.listed(SINCE) == (
        Listed(SID, CALL_SID, 4, at, "completed"),
        Listed("RE3", CALL_SID, 0, at, "processing"),
    )
    first, then = (call.request.url for call in route.calls)
    assert first.params["DateCreated>"] == "2026-09-01T04:00:00Z"
    assert then.params["PageToken"] == "PT"


@respx.mock
async def test_a_list_that_fails_is_no_empty_one(carrier: TwilioRecordings) -> None:
    respx.get(LIST_AT).respond(503)
    with pytest.raises(Transient):
        await carrier.listed(SINCE)


@pytest.mark.parametrize(
    ("sender", "known"),
    [
        pytest.param("+8801700000001", "+8801700000001", id="a-phone"),
        pytest.param("anonymous", None, id="a-word-for-nobody"),
        pytest.param("+266696687", None, id="which-may-be-spelt-in-digits"),
    ],
)
@respx.mock
async def test_who_called_whom(
    carrier: TwilioRecordings, sender: str, known: str | None
) -> None:
    respx.get(CALL_AT).respond(
        json={
            "from": sender,
            "to": "+8809600000000",
            "direction": "inbound",
            "status": "completed",
            "answered_by": None,
        }
    )
    found = await carrier.parties(CALL_SID)
    assert found == Parties(known, "+8809600000000", "inbound", "completed")
    assert sender not in repr(found)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(404), id="without-a-word"),
        pytest.param(
            httpx.Response(404, json={"code": 20404, "message": "x", "status": 404}),
            id="with-a-code",
        ),
    ],
)
@respx.mock
async def test_a_call_that_is_not_there_is_nobodys(
    carrier: TwilioRecordings, answer: httpx.Response
) -> None:
    respx.get(CALL_AT).mock(return_value=answer)
    with pytest.raises(NotYet):
        await carrier.parties(CALL_SID)
