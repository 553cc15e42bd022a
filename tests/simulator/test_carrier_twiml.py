"""Documents are read strictly: a typo is an error and not a silence."""

import pytest
from twilio.twiml.voice_response import Gather as SdkGather, VoiceResponse

from app.simulator.carrier.grammar import TwimlError
from app.simulator.carrier.twiml import (
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    read_texts,
    read_voice,
)


def read(inner: str):
    return read_voice("text/xml", f"<Response>{inner}</Response>".encode())


def test_what_the_sdk_builds_is_read_in_full() -> None:
    document = VoiceResponse()
    keys = SdkGather(
        num_digits=1,
        finish_on_key="",
        action_on_empty_result=True,
        timeout=8,
        action="/turn?s=1&x=2",
    )
    keys.play("/prompts/a.wav")
    keys.say("नमस्ते", voice="Google.hi-IN-Wavenet-A", language="hi-IN")
    keys.pause(length=2)
    document.append(keys)
    document.record(
        action="/turn?s=2",
        max_length=120,
        finish_on_key="#",
        timeout=8,
        trim="do-not-trim",
        play_beep=False,
        recording_status_callback="/recording",
        recording_status_callback_event="completed absent",
    )
    document.redirect("/turn?s=3", method="GET")
    document.play("", digits="1w2")
    document.reject(reason="busy")
    document.hangup()
    assert read_voice("application/xml", str(document).encode()) == (
        Gather(
            action="/turn?s=1&x=2",
            num_digits=1,
            finish_on_key="",
            timeout=8.0,
            acts_on_empty=True,
            prompts=(
                Play("/prompts/a.wav"),
                Say("नमस्ते", "Google.hi-IN-Wavenet-A", "hi-IN"),
                Pause(2.0),
            ),
        ),
        Record(
            action="/turn?s=2",
            max_length=120.0,
            finish_on_key="#",
            timeout=8.0,
            trims=False,
            plays_beep=False,
            callback="/recording",
            events=frozenset({"completed", "absent"}),
        ),
        Redirect("/turn?s=3", "GET"),
        Play("", digits="1w2"),
        Reject("busy"),
        Hangup(),
    )


def test_defaults_are_the_carriers() -> None:
    gather, record = read("<Gather/><Record/>")
    assert gather == Gather(action=None, finish_on_key="#", timeout=5.0)
    assert record == Record(
        action=None,
        timeout=5.0,
        finish_on_key="1234567890*#",
        max_length=3600.0,
        plays_beep=True,
        trims=True,
        events=frozenset({"completed"}),
    )


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        pytest.param("<Gather numDigit='1'/>", 12200, id="a-typo-in-an-attribute"),
        pytest.param("<Gather num_digits='1'/>", 12200, id="a-python-name"),
        pytest.param("<Gather numDigits='0'/>", 12200, id="no-digits-at-all"),
        pytest.param("<Gather finishOnKey='##'/>", 12200, id="two-finishing-keys"),
        pytest.param("<Gather><Record/></Gather>", 12200, id="a-record-in-a-gather"),
        pytest.param(
            "<Gather><Redirect>/a</Redirect></Gather>", 12200, id="a-redirect-in-it"
        ),
        pytest.param("<Gather method='PUT'/>", 12200, id="a-method-it-has-not"),
        pytest.param("<Record trim='yes'/>", 12200, id="a-value-it-has-not"),
        pytest.param(
            "<Record recordingStatusCallbackEvent='done'/>", 12200, id="no-such-event"
        ),
        pytest.param("<Record><Play>/a</Play></Record>", 12200, id="a-full-record"),
        pytest.param("<Message>hi</Message>", 12200, id="a-text-in-a-call"),
        pytest.param("<Speak>hi</Speak>", 12200, id="an-unknown-verb"),
        pytest.param("<say>hi</say>", 12200, id="verbs-have-capitals"),
        pytest.param("hello<Hangup/>", 12200, id="loose-words"),
        pytest.param("<Hangup/>hello", 12200, id="loose-words-after"),
        pytest.param("<Play loop='x'>/a</Play>", 12200, id="a-loop-without-number"),
        pytest.param("<Play/>", 12200, id="a-play-of-nothing"),
        pytest.param("<Redirect/>", 12200, id="a-redirect-to-nowhere"),
        pytest.param("<Say><b>hi</b></Say>", 12200, id="html-in-a-say"),
        pytest.param("<Say voice='x'/>", 13520, id="a-say-of-nothing"),
        pytest.param("<Say language='bn-IN'>x</Say>", 13512, id="bengali-by-default"),
        pytest.param(
            "<Say language='ta-IN' voice='Google.hi-IN-Wavenet-A'>x</Say>",
            13512,
            id="a-foreign-voice-reads-tamil",
        ),
        pytest.param(
            "<Say language='bn-BD' voice='Google.bn-IN-Wavenet-A'>x</Say>",
            13512,
            id="bangladesh-has-no-voice",
        ),
        pytest.param("<Say>\x07</Say>", 12100, id="a-control-character"),
        pytest.param("<Say>a & b</Say>", 12100, id="an-ampersand"),
    ],
)
def test_what_is_wrong_is_an_error(inner: str, code: int) -> None:
    with pytest.raises(TwimlError) as wrong:
        read(inner)
    assert wrong.value.code == code


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        pytest.param("text/html", b"<Response/>", 12300, id="html"),
        pytest.param("application/json", b"{}", 12300, id="json"),
        pytest.param("", b"<Response/>", 11200, id="none-shows-as-a-502"),
        pytest.param("text/xml", b"", 12100, id="nothing"),
        pytest.param("text/xml", b"OK", 12100, id="plain-words"),
        pytest.param("text/xml", b"<Answer/>", 12200, id="another-root"),
        pytest.param(
            "text/xml",
            b'<!DOCTYPE a [<!ENTITY b "c">]><Response>&b;</Response>',
            12100,
            id="an-entity",
        ),
        pytest.param(
            "text/xml",
            b"<Response>" + b" " * 64 * 1024 + b"</Response>",
            11750,
            id="over-64-kB",
        ),
    ],
)
def test_an_answer_that_is_no_document(
    content_type: str, body: bytes, code: int
) -> None:
    with pytest.raises(TwimlError) as wrong:
        read_voice(content_type, body)
    assert wrong.value.code == code


@pytest.mark.parametrize(
    ("inner", "texts"),
    [
        pytest.param("", (), id="nothing-to-say"),
        pytest.param("<Message>a</Message>", ("a",), id="plain"),
        pytest.param(
            "<Message><Body>a</Body></Message><Message>b</Message>",
            ("a", "b"),
            id="both-shapes",
        ),
    ],
)
def test_texts_of_an_answer(inner: str, texts: tuple[str, ...]) -> None:
    assert read_texts("text/xml", f"<Response>{inner}</Response>".encode()) == texts


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        pytest.param("<Say>a</Say>", 12200, id="a-voice"),
        pytest.param("<Message/>", 14103, id="an-empty-one"),
        pytest.param(f"<Message>{'a' * 1601}</Message>", 14103, id="a-long-one"),
    ],
)
def test_texts_that_a_carrier_refuses(inner: str, code: int) -> None:
    with pytest.raises(TwimlError) as wrong:
        read_texts("text/xml", f"<Response>{inner}</Response>".encode())
    assert wrong.value.code == code
