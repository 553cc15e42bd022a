"""Webhooks of a call: fields, signature, errors, tries and the fallback."""

from datetime import timedelta

import httpx
import pytest
from twilio.request_validator import RequestValidator

from app.simulator.carrier.clock import VirtualClock
from app.simulator.carrier.network import (
    APPLICATION_ERROR,
    Network,
    NumberConfig,
    Wanted,
)
from tests.simulator.carrier_box import (
    ACCOUNT,
    LINE,
    PUBLIC,
    START,
    TOKEN,
    WORKER,
    Box,
    Service,
    response,
)

BYE = response("<Play>/bye.wav</Play>", "<Hangup/>")
MENU = response("<Gather action='/keys' numDigits='1'/>")


async def test_a_webhook_has_twilios_fields_headers_and_signature() -> None:
    box = Box({"/voice": BYE}, voice_url=f"{PUBLIC}/voice?line=a%2Fb#rc=2&rp=ct")
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    (asked,) = [a for a in box.service.asked if a.path == "/voice"]
    assert " ".join(asked.form) == (
        "CallSid AccountSid From To CallStatus ApiVersion Direction ForwardedFrom"
        " CallerName ParentCallSid Caller Called CallerCity CallerState CallerZip"
        " CallerCountry CalledCity CalledState CalledZip CalledCountry FromCity"
        " FromState FromZip FromCountry ToCity ToState ToZip ToCountry"
    )
    assert asked.form["CallSid"] == caller.sid
    assert len(caller.sid) == 34
    assert asked.form["CallStatus"] == "ringing"
    assert asked.form["Direction"] == "inbound"
    assert (asked.form["FromCountry"], asked.form["FromCity"]) == ("BD", "")
    assert asked.headers["user-agent"] == "TwilioProxy/1.1"
    assert asked.query == "line=a%2Fb", "the fragment stays with the carrier"
    assert RequestValidator(TOKEN).validate(
        f"{PUBLIC}/voice?line=a%2Fb", asked.form, asked.headers["x-twilio-signature"]
    )


async def test_a_withheld_number_is_anonymous() -> None:
    box = Box({"/voice": BYE})
    await (await box.network.ring(None, LINE)).listen()
    form = box.service.to("/voice")[0]
    assert (form["From"], form["Caller"], form["FromCountry"]) == (
        "anonymous",
        "anonymous",
        "",
    )


async def test_redirects_without_end_are_ended() -> None:
    box = Box({"/voice": response("<Redirect>/voice</Redirect>")})
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    assert [h.what for h in caller.heard] == [APPLICATION_ERROR]
    assert any("11215" in note for note in box.notes)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param((500, "text/xml", b"<Response/>"), 11200, id="a-500"),
        pytest.param((404, "text/html", b""), 11200, id="a-404"),
        pytest.param((302, "text/xml", b""), 11200, id="a-redirect-by-http"),
        pytest.param((200, "text/xml", b"<Response>"), 12100, id="broken-xml"),
        pytest.param(
            (200, "text/xml", b"<Response><Sai/></Response>"), 12200, id="a-typo"
        ),
        pytest.param((200, "text/html", b"<Response/>"), 12300, id="html"),
    ],
)
async def test_a_bad_answer_is_told_in_english_or_goes_to_the_fallback(
    answer: tuple[int, str, bytes], code: int
) -> None:
    box = Box({"/voice": MENU, "/keys": answer})
    caller = await box.network.ring(WORKER, LINE)
    await caller.press("1")
    assert await caller.listen() is Wanted.NOTHING
    assert (caller.heard[-1].kind, caller.heard[-1].what) == ("say", APPLICATION_ERROR)
    assert any(f"error {code}" in note for note in box.notes)

    box = Box(
        {"/voice": MENU, "/keys": answer, "/help": BYE}, fallback=f"{PUBLIC}/help"
    )
    caller = await box.network.ring(WORKER, LINE)
    await caller.press("1")
    await caller.listen()
    form = box.service.to("/help")[0]
    assert form["ErrorCode"] == str(code)
    assert form["ErrorUrl"] == f"{PUBLIC}/keys"
    assert form["Digits"] == "1"
    assert caller.heard[-1].what == f"{PUBLIC}/bye.wav"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("", 11100, id="none-set"),
        pytest.param("voice", 11100, id="no-url"),
        pytest.param("https://elsewhere.example/voice", 11200, id="another-service"),
    ],
)
async def test_a_number_with_a_bad_url(url: str, code: int) -> None:
    box = Box(voice_url=url)
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    assert caller.heard[-1].what == APPLICATION_ERROR
    assert any(f"error {code}" in note for note in box.notes)
    assert box.service.paths() == []


async def test_a_fallback_that_fails_too_is_the_end() -> None:
    bad = (500, "text/xml", b"")
    box = Box({"/voice": bad, "/help": bad}, fallback=f"{PUBLIC}/help")
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    assert [h.what for h in caller.heard] == [APPLICATION_ERROR]
    assert box.service.paths() == ["/voice", "/help"]


async def test_the_url_says_when_to_try_again() -> None:
    busy = (503, "text/plain", b"")
    box = Box({"/voice": [busy, busy, BYE]}, voice_url=f"{PUBLIC}/voice#rc=2&rp=ct,5xx")
    await (await box.network.ring(WORKER, LINE)).listen()
    tokens = {a.headers["i-twilio-idempotency-token"] for a in box.service.asked}
    assert box.service.paths() == ["/voice"] * 3
    assert len(tokens) == 1

    box = Box({"/voice": [busy, BYE]})
    await (await box.network.ring(WORKER, LINE)).listen()
    assert box.service.paths() == ["/voice"], "by default a 503 is not tried again"


async def test_a_server_elsewhere_is_reached_by_its_path() -> None:
    """Signed for the public address, sent to where the client's base is."""
    clock = VirtualClock(START)
    service = Service(clock, {"/voice": BYE})
    urls = []

    def local(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        return service(request)

    network = Network(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        client=httpx.AsyncClient(
            transport=httpx.MockTransport(local), base_url="http://127.0.0.1:8000"
        ),
        public_base_url=f"{PUBLIC}/",
        clock=clock,
    )
    network.numbers[LINE] = NumberConfig(voice_url=f"{PUBLIC}/voice?a=%20b")
    await (await network.ring(WORKER, LINE)).listen()
    assert urls == ["http://127.0.0.1:8000/voice?a=%20b"]
    assert RequestValidator(TOKEN).validate(
        f"{PUBLIC}/voice?a=%20b",
        service.asked[0].form,
        service.asked[0].headers["x-twilio-signature"],
    )


async def test_a_server_that_is_not_there() -> None:
    def refuse(form: dict[str, str]) -> Exception:
        return httpx.ConnectError("refused")

    box = Box({"/voice": refuse, "/help": BYE}, fallback=f"{PUBLIC}/help")
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    assert box.service.paths() == ["/voice", "/voice", "/help"], "tried once more"
    assert caller.heard[-1].what == f"{PUBLIC}/bye.wav"
    assert box.service.asked[2].at == START + timedelta(seconds=10)


async def test_a_caller_may_give_up_while_the_service_is_silent() -> None:
    box = Box({"/voice": httpx.ReadTimeout("slow")}, fallback=f"{PUBLIC}/help")
    caller = await box.network.ring(WORKER, LINE)
    await caller.hang_up(after=6)
    await box.clock.drain()
    assert (caller.status, box.elapsed) == ("no-answer", 6.2)
    assert box.service.paths() == ["/voice", "/status"]
