"""Calls that the service places through the API."""

from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from app.simulator.carrier.network import ScriptError, Wanted
from tests.simulator.carrier_box import (
    ACCOUNT,
    LINE,
    PUBLIC,
    START,
    TOKEN,
    WORKER,
    Box,
    response,
)

EVENTS = ["initiated", "ringing", "answered", "completed"]
ASK = response("<Gather action='/keys' numDigits='1'><Play>/ask.wav</Play></Gather>")


@asynccontextmanager
async def api(box: Box, token: str = TOKEN):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(box.network.rest),
        base_url=f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}",
        auth=(ACCOUNT, token),
    ) as client:
        yield client


async def place(box: Box, **fields) -> httpx.Response:
    form = {
        "To": WORKER,
        "From": LINE,
        "Url": f"{PUBLIC}/out",
        "StatusCallback": f"{PUBLIC}/status",
        "StatusCallbackEvent": EVENTS,
        **fields,
    }
    async with api(box) as client:
        return await client.post("/Calls.json", data=form)


async def test_it_rings_is_answered_and_walked() -> None:
    box = Box({"/out": ASK, "/keys": response("<Play>/bye.wav</Play>")})

    async def worker(caller) -> None:
        await caller.answer()
        assert await caller.listen() is Wanted.KEYS
        await caller.press("1", after=1)
        await caller.listen()

    box.network.on_ring = worker
    made = await place(box)
    assert (made.status_code, made.json()["status"]) == (201, "queued")
    await box.clock.drain()
    (caller,) = box.network.callers
    assert (caller.sid, caller.status) == (made.json()["sid"], "completed")
    assert [h.what for h in caller.heard] == [f"{PUBLIC}/ask.wav", f"{PUBLIC}/bye.wav"]
    first = box.service.to("/out")[0]
    assert first["Direction"] == "outbound-api"
    assert (first["From"], first["To"]) == (LINE, WORKER)
    assert first["CallStatus"] == "in-progress"
    assert "AnsweredBy" not in first, "nobody asked who answers"
    told = box.service.to("/status")
    assert [(f["SequenceNumber"], f["CallStatus"]) for f in told] == [
        ("0", "initiated"),
        ("1", "ringing"),
        ("2", "in-progress"),
        ("3", "completed"),
    ]
    assert [f.get("CallDuration") for f in told] == [None, None, None, "4"]


async def test_only_the_events_that_were_asked_for_are_told() -> None:
    box = Box({"/out": ASK})
    await place(box, StatusCallbackEvent=[])
    await box.clock.drain()
    (told,) = box.service.to("/status")
    assert told["CallStatus"] == "no-answer", "by default the end of a call"


@pytest.mark.parametrize(
    ("how", "status", "seconds"),
    [
        pytest.param("let_ring", "no-answer", 20, id="nobody-comes"),
        pytest.param("busy", "busy", 0, id="engaged"),
        pytest.param("fail", "failed", 0, id="no-such-phone"),
        pytest.param("hang_up", "busy", 0, id="pushed-away"),
    ],
)
async def test_a_call_that_is_not_answered(
    how: str, status: str, seconds: float
) -> None:
    box = Box({"/out": ASK})

    async def ring(caller) -> None:
        with pytest.raises(ScriptError):
            await caller.listen()
        await getattr(caller, how)()

    box.network.on_ring = ring
    await place(box, Timeout="20")
    await box.clock.drain()
    (caller,) = box.network.callers
    assert caller.status == status
    assert caller.call.ended_at == START + timedelta(seconds=1 + seconds)
    assert box.service.to("/out") == []
    assert box.service.to("/status")[-1]["CallStatus"] == status


@pytest.mark.parametrize(
    ("detection", "who", "answered_by"),
    [
        pytest.param("Enable", "answer", "human", id="a-person"),
        pytest.param("Enable", "machine", "machine_start", id="a-machine"),
        pytest.param(
            "DetectMessageEnd", "machine", "machine_end_beep", id="after-its-beep"
        ),
    ],
)
async def test_who_answers_is_told_where_it_was_asked(
    detection: str, who: str, answered_by: str
) -> None:
    box = Box({"/out": response("<Hangup/>")})

    async def ring(caller) -> None:
        await getattr(caller, who)()
        await caller.listen()

    box.network.on_ring = ring
    await place(box, MachineDetection=detection)
    await box.clock.drain()
    assert box.service.to("/out")[0]["AnsweredBy"] == answered_by
    assert box.service.to("/status")[-1]["AnsweredBy"] == answered_by


async def test_a_call_with_its_document_in_hand() -> None:
    box = Box()

    async def ring(caller) -> None:
        await caller.answer()
        await caller.listen()

    box.network.on_ring = ring
    await place(box, Url="", Twiml=response("<Play>https://a.example/x.wav</Play>"))
    await box.clock.drain()
    assert box.network.callers[0].heard[0].what == "https://a.example/x.wav"


async def test_a_call_can_be_taken_back_before_it_rings() -> None:
    box, rang = Box(), []

    async def ring(caller) -> None:
        rang.append(caller)

    box.network.on_ring = ring
    sid = (await place(box)).json()["sid"]
    async with api(box) as client:
        gone = await client.post(f"/Calls/{sid}.json", data={"Status": "canceled"})
        again = await client.post(f"/Calls/{sid}.json", data={"Status": "completed"})
    await box.clock.drain()
    assert (gone.json()["status"], again.json()["code"]) == ("canceled", 21220)
    assert rang == []
    assert box.service.to("/status")[0]["CallStatus"] == "canceled"


async def test_a_call_can_be_ended_while_something_plays() -> None:
    box = Box({"/out": response("<Pause length='600'/>", "<Redirect>/x</Redirect>")})

    async def ring(caller) -> None:
        await caller.answer()
        await caller.listen()

    box.network.on_ring = ring
    sid = (await place(box)).json()["sid"]
    await box.clock.advance(31)
    async with api(box) as client:
        ended = await client.post(f"/Calls/{sid}.json", data={"Status": "completed"})
    await box.clock.drain()
    assert ended.json()["status"] == "completed"
    assert ended.json()["duration"] == "30"
    assert "/x" not in box.service.paths()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"To": ""}, 21201, id="to-nobody"),
        pytest.param({"To": "0155"}, 21211, id="to-no-phone"),
        pytest.param({"From": ""}, 21213, id="from-nobody"),
        pytest.param({"From": "+15550100999"}, 21210, id="from-another-number"),
        pytest.param({"Url": "/out"}, 21205, id="no-full-url"),
        pytest.param({"Twiml": "x" * 4001}, 32018, id="too-much-twiml"),
        pytest.param({"MachineDetection": "yes"}, 21262, id="no-such-detection"),
    ],
)
async def test_what_the_api_does_not_take(fields: dict[str, str], code: int) -> None:
    box = Box()
    refused = await place(box, **fields)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert box.network.callers == []
