"""The carrier's API as its own client sees it."""

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from app.gateways.twilio_http import HttpxTwilio
from app.simulator.carrier.faults import Fault, Kind
from tests.simulator.carrier_box import (
    ACCOUNT,
    LINE,
    PUBLIC,
    TOKEN,
    WORKER,
    Box,
    get,
    response,
    sdk,
)

ROOT = Path(__file__).resolve().parents[2]
RECORD = response("<Record action='/said' timeout='5'/>")
OTHER = "+919555010002"


async def test_the_sdk_sends_finds_redacts_and_deletes_texts() -> None:
    box = Box()
    client = sdk(box)
    made = await client.messages.create_async(
        to=WORKER, from_=LINE, body="hello", status_callback=f"{PUBLIC}/sms/status?m=7"
    )
    assert (made.status, made.num_segments, made.direction) == (
        "queued",
        "1",
        "outbound-api",
    )
    with pytest.raises(TwilioRestException) as early:
        await client.messages(made.sid).delete_async()
    assert early.value.code == 20009
    await box.clock.drain()
    found = await client.messages(made.sid).fetch_async()
    assert (found.status, found.body) == ("delivered", "hello")
    assert isinstance(found.date_sent, datetime)
    blank = await client.messages(made.sid).update_async(body="")
    assert blank.body == ""
    assert await client.messages(made.sid).delete_async()
    with pytest.raises(TwilioRestException) as gone:
        await client.messages(made.sid).fetch_async()
    assert (gone.value.status, gone.value.code) == (404, 20404)
    told = box.service.to("/sms/status")
    assert [form["MessageStatus"] for form in told] == ["sent", "delivered"]
    assert " ".join(told[1]) == (
        "RawDlrDoneDate SmsSid SmsStatus MessageStatus To MessageSid AccountSid From"
        " ApiVersion"
    )
    assert box.service.asked[0].query == "m=7"


async def test_a_text_that_does_not_arrive() -> None:
    box = Box()
    box.network.fates[WORKER] = 30003
    await sdk(box).messages.create_async(
        to=WORKER, from_=LINE, body="x", status_callback=f"{PUBLIC}/sms/status"
    )
    await box.clock.drain()
    last = box.service.to("/sms/status")[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"to": "+15005550001"}, 21211, id="invalid"),
        pytest.param({"to": "0155"}, 21211, id="no-phone"),
        pytest.param({"to": "+15005550004"}, 21610, id="opted-out-for-ever"),
        pytest.param({"to": "+15005550009"}, 21614, id="a-landline"),
        pytest.param({"from_": "+15005550007"}, 21606, id="not-ours"),
        pytest.param({"from_": "+15550100999"}, 21606, id="another-number"),
        pytest.param({"from_": "+15005550008"}, 21611, id="a-full-queue"),
        pytest.param({"body": ""}, 21602, id="no-words"),
        pytest.param({"body": "x" * 1601}, 21617, id="too-many-words"),
        pytest.param({"to": OTHER}, 21408, id="a-fate"),
    ],
)
async def test_texts_that_are_refused(fields: dict[str, str], code: int) -> None:
    box = Box()
    box.network.fates[OTHER] = 21408
    with pytest.raises(TwilioRestException) as refused:
        await sdk(box).messages.create_async(
            **{"to": WORKER, "from_": LINE, "body": "x", **fields}
        )
    assert (refused.value.status, refused.value.code) == (400, code)
    assert box.network.messages == []


async def test_who_said_stop_gets_no_text_from_that_number() -> None:
    box = Box()
    await box.network.text(WORKER, LINE, "STOP")
    with pytest.raises(TwilioRestException) as refused:
        await sdk(box).messages.create_async(to=WORKER, from_=LINE, body="x")
    assert refused.value.code == 21610
    await box.network.text(WORKER, LINE, "START")
    assert await sdk(box).messages.create_async(to=WORKER, from_=LINE, body="x")


async def test_the_sdk_lists_texts_page_by_page() -> None:
    box = Box()
    for number in range(7):
        await box.network.text(WORKER, LINE, f"text {number}")
        await box.clock.advance(60)
    await box.network.text(OTHER, LINE, "another")
    client = sdk(box)
    listed = await client.messages.list_async(from_=WORKER, page_size=3)
    assert [m.body for m in listed] == [f"text {n}" for n in range(6, -1, -1)]
    since = box.clock.now() - timedelta(minutes=2)
    late = await client.messages.list_async(from_=WORKER, date_sent_after=since)
    assert [m.body for m in late] == ["text 6", "text 5"]


async def test_a_page_stays_right_while_rows_come_and_go() -> None:
    box = Box({"/voice": RECORD})
    for _ in range(5):
        await (await box.network.ring(WORKER, LINE)).speak(2)
    sids = [r.sid for r in reversed(box.network.recordings)]
    first = (await get(box, "/Recordings.json", PageSize="2")).json()
    assert [r["sid"] for r in first["recordings"]] == sids[:2]
    assert (first["start"], first["end"], first["page_size"]) == (0, 1, 2)
    box.network.recordings[-1].deleted = True
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(box.network.rest), auth=(ACCOUNT, TOKEN)
    ) as client:
        url = "https://api.twilio.com" + first["next_page_uri"]
        second = (await client.get(url)).json()
    assert [r["sid"] for r in second["recordings"]] == sids[2:4]


async def test_the_sdk_lists_fetches_and_deletes_recordings() -> None:
    box = Box({"/voice": RECORD, "/said": response("<Hangup/>")})
    early = await box.network.ring(WORKER, LINE)
    await early.speak(4)
    await box.clock.advance(3600)
    late = await box.network.ring(WORKER, LINE)
    await late.speak(6)
    client = sdk(box)
    (fresh,) = await client.recordings.list_async(
        date_created_after=box.clock.now() - timedelta(minutes=5)
    )
    assert (fresh.call_sid, fresh.status) == (late.sid, "processing")
    await box.clock.drain()
    (own,) = await client.calls(early.sid).recordings.list_async()
    assert (own.duration, own.status, own.source) == ("4", "completed", "RecordVerb")
    assert [r.sid for r in await client.recordings.list_async(call_sid=early.sid)] == [
        own.sid
    ]
    assert (await client.recordings(own.sid).fetch_async()).duration == "4"
    assert await client.recordings(own.sid).delete_async()
    with pytest.raises(TwilioRestException) as gone:
        await client.recordings(own.sid).delete_async()
    assert gone.value.status == 404
    assert len(await client.recordings.list_async()) == 1
    assert [r.deleted for r in box.network.recordings] == [True, False]


async def test_sound_wants_authorization_and_time() -> None:
    box = Box({"/voice": RECORD})
    await (await box.network.ring(WORKER, LINE)).speak(4)
    sid = box.network.recordings[0].sid
    assert (await get(box, f"/Recordings/{sid}.wav")).status_code == 404, "processing"
    await box.clock.drain()
    sound = await get(box, f"/Recordings/{sid}.wav")
    assert sound.headers["content-type"] == "audio/x-wav"
    assert sound.content == box.network.recordings[0].audio
    assert (await get(box, f"/Recordings/{sid}")).content == sound.content
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(box.network.rest)
    ) as client:
        bare = await client.get(str(sound.request.url))
    assert (bare.status_code, bare.json()["code"]) == (401, 20003)
    box.network.recordings[0].deleted = True
    assert (await get(box, f"/Recordings/{sid}.wav")).status_code == 404


async def test_an_absent_recording_has_a_row_and_no_sound() -> None:
    box = Box({"/voice": RECORD})
    await (await box.network.ring(WORKER, LINE)).wait()
    await box.clock.drain()
    (row,) = (await get(box, "/Recordings.json")).json()["recordings"]
    assert (row["status"], row["error_code"], row["duration"]) == (
        "absent",
        16102,
        None,
    )
    assert (await get(box, f"/Recordings/{row['sid']}.wav")).status_code == 404


async def test_the_sdk_lists_calls() -> None:
    box = Box({"/voice": response("<Hangup/>")})
    await (await box.network.ring(WORKER, LINE)).listen()
    await (await box.network.ring(OTHER, LINE)).listen()
    client = sdk(box)
    (call,) = await client.calls.list_async(from_=WORKER, status="completed")
    assert call.direction == "inbound"
    assert (await client.calls(call.sid).fetch_async()).status == "completed"


async def test_a_wrong_token_and_a_wrong_account() -> None:
    box = Box()
    with pytest.raises(TwilioRestException) as refused:
        await sdk(box, "wrong").messages.create_async(to=WORKER, from_=LINE, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(box.network.rest), auth=(ACCOUNT, TOKEN)
    ) as client:
        other = ACCOUNT.replace("0", "1")
        url = f"https://api.twilio.com/2010-04-01/Accounts/{other}/Messages.json"
        assert (await client.get(url)).status_code == 404


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        pytest.param(Kind.TOO_MANY, 429, 20429, id="too-many-requests"),
        pytest.param(Kind.SERVER_ERROR, 503, 20503, id="an-error-of-theirs"),
    ],
)
async def test_a_refused_request_did_nothing(
    kind: Kind, status: int, code: int
) -> None:
    box = Box({}, Fault(kind=kind, first=1, path="*/Messages.json"))
    client = sdk(box)
    with pytest.raises(TwilioRestException) as failed:
        await client.messages.create_async(to=WORKER, from_=LINE, body="x")
    assert (failed.value.status, failed.value.code) == (status, code)
    assert box.network.messages == []
    await client.messages.create_async(to=WORKER, from_=LINE, body="x")
    assert len(box.network.messages) == 1


async def test_a_request_that_times_out_was_carried_out() -> None:
    box = Box({}, Fault(kind=Kind.TIMES_OUT, path="POST */Messages.json"))
    client = sdk(box)
    with pytest.raises(httpx.ReadTimeout):
        await client.messages.create_async(to=WORKER, from_=LINE, body="once")
    (kept,) = await client.messages.list_async(to=WORKER)
    assert kept.body == "once"


async def test_a_list_that_is_refused_is_an_error_of_the_sdk() -> None:
    box = Box({}, Fault(kind=Kind.SERVER_ERROR))
    with pytest.raises(TwilioException):
        await sdk(box).messages.list_async(to=WORKER)


async def test_the_api_can_be_mounted_under_a_path() -> None:
    """A client with another base address pages through it all the same."""
    box = Box()
    for number in range(3):
        await box.network.text(WORKER, LINE, f"text {number}")
    app = Starlette(routes=[Mount("/carrier", box.network.rest)])
    http = HttpxTwilio(
        "http://127.0.0.1:8000/carrier",
        httpx.AsyncClient(transport=httpx.ASGITransport(app)),
    )
    client = Client(ACCOUNT, TOKEN, http_client=http)
    listed = await client.messages.list_async(from_=WORKER, page_size=1)
    assert [m.body for m in listed] == ["text 2", "text 1", "text 0"]
