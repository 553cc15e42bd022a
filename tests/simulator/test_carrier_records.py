"""What is said into a `<Record>`, and what the carrier makes of it."""

import io
import wave

import pytest

from app.simulator.carrier.network import ScriptError, Wanted
from app.simulator.carrier.recordings import tone
from tests.simulator.carrier_box import LINE, START, WORKER, Box, response

RECORD = (
    "<Record action='/said' finishOnKey='#' maxLength='60' timeout='8' trim='{trim}'"
    " recordingStatusCallback='/recording'"
    " recordingStatusCallbackEvent='{events}'/>"
)


def box(*after: str, trim: str = "do-not-trim", events: str = "completed absent"):
    record = RECORD.format(trim=trim, events=events)
    return Box(
        {
            "/voice": response(record, *after),
            "/said": response("<Play>/thanks.wav</Play><Gather numDigits='1'/>"),
        }
    )


async def test_a_beep_then_a_voice_then_the_action() -> None:
    made = box()
    caller = await made.network.ring(WORKER, LINE)
    assert await caller.listen() is Wanted.VOICE
    assert [h.kind for h in caller.heard] == ["beep"]
    await caller.speak(20.4)
    (recording,) = made.network.recordings
    form = made.service.to("/said")[0]
    assert form["RecordingSid"] == recording.sid
    assert form["RecordingUrl"].endswith(f"/Recordings/{recording.sid}")
    assert form["RecordingDuration"] == "20"
    assert (form["Digits"], form["CallStatus"]) == ("#", "in-progress")
    assert recording.call_sid == caller.sid
    assert await caller.listen() is Wanted.KEYS


async def test_the_callback_comes_later_and_names_no_number() -> None:
    made = box()
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(3)
    assert made.service.to("/recording") == []
    await made.clock.drain()
    (form,) = made.service.to("/recording")
    assert " ".join(form) == (
        "RecordingSource RecordingSid RecordingUrl RecordingStatus"
        " RecordingChannels ErrorCode CallSid RecordingStartTime AccountSid"
        " RecordingDuration"
    )
    assert form["RecordingStatus"] == "completed"
    assert (form["ErrorCode"], form["RecordingDuration"]) == ("0", "3")
    assert form["CallSid"] == caller.sid
    assert form["RecordingStartTime"] == "Tue, 01 Sep 2026 09:00:00 +0000"


@pytest.mark.parametrize(
    ("then", "trim", "duration", "digits", "elapsed"),
    [
        pytest.param("hash", "do-not-trim", "10", "#", 10, id="hash"),
        pytest.param("silence", "do-not-trim", "18", None, 18, id="silence-is-kept"),
        pytest.param("silence", "trim-silence", "10", None, 18, id="or-trimmed"),
        pytest.param("limit", "do-not-trim", "60", None, 60, id="to-the-limit"),
    ],
)
async def test_how_a_recording_ends(
    then: str, trim: str, duration: str, digits: str | None, elapsed: float
) -> None:
    made = box(trim=trim)
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(10, then=then)
    form = made.service.to("/said")[0]
    assert form["RecordingDuration"] == duration
    assert form.get("Digits") == digits
    assert made.elapsed == elapsed + 0.5, "and the beep"


async def test_hanging_up_keeps_what_was_said_and_walks_no_further() -> None:
    made = box()
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(7, then="hang_up")
    assert (caller.is_over, caller.status) == (True, "completed")
    form = made.service.to("/said")[0]
    assert (form["Digits"], form["CallStatus"]) == ("hangup", "completed")
    assert form["RecordingDuration"] == "7"
    assert [h.kind for h in caller.heard] == ["beep"]
    await made.clock.drain()
    assert made.service.paths() == ["/voice", "/said", "/status", "/recording"]


async def test_speaking_beyond_the_limit_and_then_hanging_up() -> None:
    made = box()
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(75, then="hang_up")
    assert made.service.to("/said")[0].get("Digits") is None
    assert made.network.recordings[0].seconds == 60
    assert caller.is_over


@pytest.mark.parametrize(
    ("how", "code"),
    [
        pytest.param("silent", 16102, id="silence"),
        pytest.param("short", 16101, id="less-than-a-second"),
        pytest.param("hash", 16102, id="a-key-at-once"),
    ],
)
async def test_an_empty_recording_falls_through(how: str, code: int) -> None:
    made = box("<Redirect>/silent</Redirect>")
    caller = await made.network.ring(WORKER, LINE)
    if how == "silent":
        await caller.wait()
    elif how == "short":
        await caller.speak(0.9)
    else:
        await caller.press("#")
    await caller.listen()
    await made.clock.drain()
    assert "/said" not in made.service.paths()
    assert made.service.paths()[1] == "/silent"
    (form,) = made.service.to("/recording")
    assert (form["RecordingStatus"], form["ErrorCode"]) == ("absent", str(code))
    assert made.network.recordings[0].status == "absent"


async def test_absent_is_told_only_where_it_was_asked_for() -> None:
    made = box(events="completed")
    caller = await made.network.ring(WORKER, LINE)
    await caller.wait()
    await made.clock.drain()
    assert made.service.to("/recording") == []


async def test_hanging_up_without_a_word_records_nothing() -> None:
    made = box("<Redirect>/silent</Redirect>")
    caller = await made.network.ring(WORKER, LINE)
    await caller.hang_up(after=4)
    await made.clock.drain()
    assert made.service.paths() == ["/voice", "/status", "/recording"]
    assert made.service.to("/recording")[0]["RecordingStatus"] == "absent"


@pytest.mark.parametrize("key", ["5", "*", "#"])
async def test_any_key_ends_a_recording_by_default(key: str) -> None:
    made = Box({"/voice": response("<Record action='/said' playBeep='false'/>")})
    caller = await made.network.ring(WORKER, LINE)
    await caller.press(key, after=2)
    await caller.listen()
    assert made.elapsed == 2
    assert caller.heard == [], "no beep"


async def test_a_key_that_ends_nothing_is_only_heard() -> None:
    made = box()
    caller = await made.network.ring(WORKER, LINE)
    await caller.press("5", after=2)
    assert made.elapsed == 0.5 + 2 + 8


async def test_no_time_out_waits_for_the_limit() -> None:
    made = Box({"/voice": response("<Record timeout='0' maxLength='90'/>")})
    caller = await made.network.ring(WORKER, LINE)
    await caller.wait()
    assert made.elapsed == 90.5


async def test_without_an_action_the_same_url_hears_of_it() -> None:
    def answer(form: dict[str, str]) -> str:
        return response() if "RecordingSid" in form else response("<Record/>")

    made = Box({"/voice": answer})
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(5, then="silence")
    assert made.service.to("/voice")[1]["RecordingDuration"] == "5"


async def test_a_voice_where_keys_are_wanted() -> None:
    made = Box({"/voice": response("<Gather/>")})
    caller = await made.network.ring(WORKER, LINE)
    with pytest.raises(ScriptError):
        await caller.speak(5)


async def test_what_was_recorded_is_played_as_long_as_it_is() -> None:
    made = box()

    def again(form: dict[str, str]) -> str:
        return response(f"<Play>{form['RecordingUrl']}.wav</Play>")

    made.service.answers["/said"] = again
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(14)
    await caller.listen()
    assert (caller.heard[-1].kind, caller.heard[-1].seconds) == ("play", 14)


async def test_given_sound_is_kept_as_it_is() -> None:
    made = box()
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(2, audio=b"RIFF of a microphone")
    assert made.network.recordings[0].audio == b"RIFF of a microphone"


def test_a_tone_is_a_telephones_wav_and_each_has_its_own() -> None:
    one, other = tone("RE" + "1" * 32, 2.5), tone("RE" + "2" * 32, 2.5)
    assert one != other
    with wave.open(io.BytesIO(one)) as file:
        assert file.getframerate() == 8000
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getnframes() == 20_000


async def test_a_call_that_starts_later_is_recorded_later() -> None:
    made = box()
    await made.clock.advance(3600)
    caller = await made.network.ring(WORKER, LINE)
    await caller.speak(2)
    started = made.network.recordings[0].started_at
    assert (started - START).total_seconds() == 3600.5
