"""Calls through the box: what TwiML does, as the carrier documents it."""

from datetime import timedelta

import pytest
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather as SdkGather, VoiceResponse

from app.simulator.carrier.network import (
    ScriptError,
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
    response,
)

BYE = response("<Play>/bye.wav</Play>", "<Hangup/>")
MENU = "<Gather action='/keys' numDigits='1' finishOnKey='' timeout='8'>{}</Gather>"


def menu(*after: str, inside: str = "<Play>/menu.wav</Play>") -> str:
    return response(MENU.format(inside), *after)


async def test_prompts_take_their_time_and_hang_up_ends_it() -> None:
    lengths = {f"{PUBLIC}/a.wav": 4.0}
    box = Box(
        {
            "/voice": response(
                "<Play>a.wav</Play><Pause length='2'/><Say>one two three four</Say>",
                "<Hangup/>",
                "<Play>never.wav</Play>",
            )
        },
        length_of=lengths.__getitem__,
    )
    caller = await box.network.ring(WORKER, LINE)
    assert await caller.listen() is Wanted.NOTHING
    assert [(h.kind, h.what) for h in caller.heard] == [
        ("play", f"{PUBLIC}/a.wav"),
        ("pause", ""),
        ("say", "one two three four"),
    ]
    assert caller.heard[1].at == START + timedelta(seconds=4)
    assert (caller.is_over, caller.status) == (True, "completed")
    await box.clock.drain()
    (status,) = box.service.to("/status")
    assert status["CallStatus"] == "completed"
    assert status["CallDuration"] == "7"
    assert status["SequenceNumber"] == "0"
    assert status["CallbackSource"] == "call-progress-events"
    assert status["Timestamp"] == "Tue, 01 Sep 2026 09:00:07 +0000"


async def test_the_first_key_cuts_the_prompt() -> None:
    box = Box({"/voice": menu(), "/keys": BYE})
    caller = await box.network.ring(WORKER, LINE)
    assert await caller.listen() is Wanted.KEYS
    assert [h.what for h in caller.upcoming] == [f"{PUBLIC}/menu.wav"]
    await caller.press("1", after=1.25)
    assert caller.heard[-1].cut
    assert caller.heard[-1].seconds == 1.25
    form = box.service.to("/keys")[0]
    assert (form["Digits"], form["CallStatus"]) == ("1", "in-progress")


async def test_without_hurry_the_prompt_is_heard_out() -> None:
    box = Box({"/voice": menu(), "/keys": BYE})
    caller = await box.network.ring(WORKER, LINE)
    await caller.press("1")
    assert not caller.heard[-1].cut
    assert box.elapsed == 3.0


@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "finish", "seconds"),
    [
        pytest.param("numDigits='4'", "1234", "1234", "", 0.75, id="all-its-digits"),
        pytest.param("numDigits='4'", "123456", "1234", "", 0.75, id="too-many"),
        pytest.param("", "12#", "12", "#", 0.5, id="hash-ends-by-default"),
        pytest.param("numDigits='4'", "12", "12", "", 5.25, id="fewer-time-out"),
        pytest.param("finishOnKey='*'", "1#*", "1#", "*", 0.5, id="another-key-ends"),
        pytest.param(
            "finishOnKey='' numDigits='1'", "#", "#", "", 0.0, id="no-key-ends"
        ),
    ],
)
async def test_gathered_keys(
    attributes: str, keys: str, digits: str, finish: str, seconds: float
) -> None:
    box = Box({"/voice": response(f"<Gather action='/keys' {attributes}/>")})
    caller = await box.network.ring(WORKER, LINE)
    await caller.press(keys)
    form = box.service.to("/keys")[0]
    assert (form["Digits"], form["FinishedOnKey"]) == (digits, finish)
    assert box.elapsed == seconds


@pytest.mark.parametrize(
    ("keys", "digits"),
    [
        pytest.param("", None, id="nothing-pressed"),
        pytest.param("#", "", id="only-the-finishing-key"),
    ],
)
async def test_an_empty_gather_falls_through_unless_told_otherwise(
    keys: str, digits: str | None
) -> None:
    gather = "<Gather action='/keys' timeout='4' actionOnEmptyResult='{}'/>"
    for acts in ("false", "true"):
        box = Box(
            {"/voice": response(gather.format(acts), "<Redirect>/again</Redirect>")}
        )
        caller = await box.network.ring(WORKER, LINE)
        await (caller.press(keys) if keys else caller.wait())
        await caller.listen()
        visited = "/keys" if acts == "true" else "/again"
        assert box.service.paths()[1] == visited
        assert box.service.asked[1].form.get("Digits") == (
            digits if acts == "true" else None
        )
        assert box.elapsed == (0 if keys else 4)


async def test_the_time_out_begins_when_the_prompts_have_ended() -> None:
    box = Box({"/voice": menu("<Hangup/>")})
    caller = await box.network.ring(WORKER, LINE)
    await caller.wait()
    await caller.listen()
    assert box.elapsed == 3 + 8
    assert caller.status == "completed"


async def test_a_key_that_comes_too_late_is_lost() -> None:
    box = Box({"/voice": menu("<Redirect>/silent</Redirect>"), "/silent": BYE})
    caller = await box.network.ring(WORKER, LINE)
    await caller.press("1", after=11.5)
    await caller.listen()
    assert "/keys" not in box.service.paths()
    assert "/silent" in box.service.paths()


async def test_without_an_action_the_same_url_is_asked_again() -> None:
    def answer(form: dict[str, str]) -> str:
        return BYE if "Digits" in form else response("<Gather numDigits='1'/>")

    box = Box({"/voice": answer}, voice_url=f"{PUBLIC}/voice?x=1#rc=0")
    caller = await box.network.ring(WORKER, LINE)
    await caller.press("7")
    await caller.listen()
    assert [a.url for a in box.service.asked[:2]] == [f"{PUBLIC}/voice?x=1"] * 2


async def test_urls_are_relative_to_the_document_they_stand_in() -> None:
    box = Box(
        {
            "/voice": response("<Redirect>calls/one?a=1</Redirect>"),
            "/calls/one": response("<Redirect method='GET'>two?b=2</Redirect>"),
            "/calls/two": response("<Play>../up.wav</Play>"),
        }
    )
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    asked = box.service.asked
    assert [(a.method, a.path) for a in asked] == [
        ("POST", "/voice"),
        ("POST", "/calls/one"),
        ("GET", "/calls/two"),
    ]
    assert asked[2].form["b"] == "2"
    assert asked[2].form["CallSid"] == caller.sid, "a GET has the form in its query"
    assert RequestValidator(TOKEN).validate(
        asked[2].url, {}, asked[2].headers["x-twilio-signature"]
    )
    assert caller.heard[0].what == f"{PUBLIC}/up.wav"


async def test_an_empty_document_hangs_up() -> None:
    box = Box({"/voice": menu(), "/keys": "<Response/>"})
    caller = await box.network.ring(WORKER, LINE)
    await caller.press("1")
    assert await caller.listen() is Wanted.NOTHING
    assert caller.status == "completed"
    with pytest.raises(ScriptError):
        await caller.press("1")


@pytest.mark.parametrize(
    ("reject", "status"),
    [
        pytest.param("<Reject reason='busy'/>", "busy", id="busy"),
        pytest.param("<Reject/>", "no-answer", id="rejected"),
    ],
)
async def test_a_reject_as_first_verb_never_answers(reject: str, status: str) -> None:
    box = Box({"/voice": response(reject)})
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    await box.clock.drain()
    assert (caller.status, caller.heard, caller.call.answered_at) == (status, [], None)
    assert box.service.to("/status")[0]["CallStatus"] == status
    assert box.service.to("/status")[0]["CallDuration"] == "0"


async def test_a_reject_later_on_is_a_hang_up() -> None:
    box = Box({"/voice": response("<Play>/a.wav</Play><Reject reason='busy'/>")})
    caller = await box.network.ring(WORKER, LINE)
    await caller.listen()
    assert caller.status == "completed"
    assert caller.call.answered_at == START


async def test_a_menu_that_is_heard_again_and_again_is_no_redirect_loop() -> None:
    box = Box({"/voice": menu("<Redirect>/voice</Redirect>")})
    caller = await box.network.ring(WORKER, LINE)
    for _ in range(60):
        await caller.wait()
    assert await caller.listen() is Wanted.KEYS


async def test_hanging_up_in_a_prompt_tells_only_the_status() -> None:
    box = Box({"/voice": menu("<Redirect>/voice</Redirect>")})
    caller = await box.network.ring(WORKER, LINE)
    await caller.hang_up(after=1.5)
    await box.clock.drain()
    assert (caller.heard[-1].cut, caller.heard[-1].seconds) == (True, 1.5)
    assert box.service.paths() == ["/voice", "/status"]
    assert box.service.to("/status")[0]["CallDuration"] == "2"
    await caller.hang_up()
    await box.clock.drain()
    assert box.service.paths() == ["/voice", "/status"], "a call ends once"


async def test_a_silent_caller_wanders_on_until_the_receiver_is_down() -> None:
    box = Box({"/voice": menu("<Redirect>/next</Redirect>"), "/next": menu()})
    caller = await box.network.ring(WORKER, LINE)
    await caller.hang_up(after=12)
    assert box.service.paths() == ["/voice", "/next"]
    assert box.elapsed == 12


async def test_hanging_up_while_it_rings() -> None:
    box = Box({"/voice": menu()})
    caller = await box.network.ring(WORKER, LINE)
    await caller.hang_up()
    await box.clock.drain()
    assert (caller.status, caller.heard) == ("no-answer", [])
    assert box.service.paths() == ["/voice", "/status"]


async def test_a_call_ends_after_four_hours() -> None:
    box = Box({"/voice": response("<Pause length='99999'/>")})
    caller = await box.network.ring(WORKER, LINE)
    assert await caller.listen() is Wanted.NOTHING
    assert (caller.status, box.elapsed) == ("completed", 4 * 3600)


async def test_a_document_of_the_sdk_is_walked() -> None:
    document = VoiceResponse()
    keys = SdkGather(action="/keys", num_digits=1, finish_on_key="", timeout=5)
    keys.play("/menu.wav")
    document.append(keys)
    document.redirect("/voice")
    box = Box({"/voice": str(document), "/keys": BYE})
    caller = await box.network.ring(WORKER, LINE)
    await caller.wait()
    await caller.press("9", after=0.5)
    assert box.service.to("/keys")[0]["Digits"] == "9"
    assert box.service.paths() == ["/voice", "/voice", "/keys"]
    assert box.service.asked[0].form["AccountSid"] == ACCOUNT


async def test_a_number_that_nobody_has() -> None:
    with pytest.raises(ScriptError):
        await Box().network.ring(WORKER, "+15550100999")
