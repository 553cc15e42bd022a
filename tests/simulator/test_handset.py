"""The handset's addresses and captions: what they say, and what they refuse."""

import io
import wave
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.actions.import_directory import import_directory
from app.demo.captions import Audible, Captions
from app.demo.places import BANGLADESH_LINE, INDIA_LINE
from app.demo.programme import files
from app.directory_files.kinds import Kind
from app.main import build
from app.runtime.clock import now
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.wording.catalog import Catalog
from app.wording.sounds import Manifest

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PHONE: dict[str, Any] = {"phone": "bd", "sim": 7}
CALL: dict[str, Any] = {**PHONE, "hotline": BANGLADESH_LINE}
WAV = {"content-type": "audio/wav"}


@pytest.fixture
async def visitor(store: Store, root: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a demo whose programme was imported and has no past."""
    async with store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, true, $1, '')",
            AT,
        )
    for kind, content in files().items():
        await import_directory(store, Kind(kind), content.encode(), at=AT)
    async with _client(store, root, demo=True) as client:
        yield client


def _client(store: Store, root: Path, *, demo: bool) -> httpx.AsyncClient:
    settings = read_settings(
        {
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        },
        generated=True,
    )
    app = build(settings, store, Catalog.load(root / "locales"), demo=demo)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    )


def wav(seconds: float, rate: int = 8000) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x00\x20" * round(seconds * rate))
    return made.getvalue()


async def ask(visitor: httpx.AsyncClient, step: str, body: Any) -> Any:
    answer = await visitor.post(f"/demo/phone/{step}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def means(said: list[Any]) -> str:
    return " ".join(caption["means"] for caption in said)


async def test_a_call_is_heard_in_bengali_and_meant_in_english(
    visitor: httpx.AsyncClient,
) -> None:
    first = await ask(visitor, "call", CALL)
    assert first["wanted"]["wanted"] == "keys"
    assert first["wanted"]["num_digits"] == 1
    assert [caption["lang"] for caption in first["said"]][:2] == ["bn", "en"]
    assert "For Bengali, press 1" in means(first["said"])
    assert all(caption["is_cuttable"] for caption in first["said"])

    menu = await ask(visitor, "keys", {"call": first["call"], "keys": "1"})
    assert "We do not ask your name" in means(menu["said"])
    assert "For Bengali" not in means(menu["said"]), "the menu is not told twice"
    urls = [part["url"] for caption in menu["said"] for part in caption["parts"]]
    sounds = [await visitor.get(url) for url in urls if url]
    assert sounds
    assert all(sound.headers["content-type"].startswith("audio/") for sound in sounds)

    beep = await ask(visitor, "keys", {"call": first["call"], "keys": "1"})
    assert beep["wanted"]["wanted"] == "voice"
    assert beep["said"][-1]["parts"][-1]["kind"] == "beep"
    assert not any(caption["is_cuttable"] for caption in beep["said"])


async def test_speech_in_two_pieces_and_a_hang_up_is_one_voice_message(
    visitor: httpx.AsyncClient,
) -> None:
    call = (await ask(visitor, "call", CALL))["call"]
    await ask(visitor, "keys", {"call": call, "keys": "1"})
    await ask(visitor, "keys", {"call": call, "keys": "1"})
    voice = "/demo/phone/voice"
    for then in ({}, {"then": "hang_up"}):
        asked = {"call": call, **then}
        answer = await visitor.post(voice, params=asked, content=wav(3), headers=WAV)
        assert answer.status_code == 200, answer.text
    line = await ask(visitor, "ringing", PHONE)
    assert [voice["seconds"] for voice in line["voices"]] == [6]
    other = await ask(visitor, "ringing", {**PHONE, "sim": 8})
    assert other["voices"] == [], "another phone said nothing"


async def test_what_has_ended_is_not_found(visitor: httpx.AsyncClient) -> None:
    call = (await ask(visitor, "call", CALL))["call"]
    await ask(visitor, "hang_up", {"call": call})
    await ask(visitor, "hang_up", {"call": call})
    answer = await visitor.post("/demo/phone/keys", json={"call": call, "keys": "1"})
    assert answer.status_code == 404


async def test_no_more_calls_are_held_than_a_few(visitor: httpx.AsyncClient) -> None:
    first = (await ask(visitor, "call", CALL))["call"]
    for sim in range(100, 124):
        await ask(visitor, "call", {**CALL, "sim": sim})
    answer = await visitor.post("/demo/phone/wait", json={"call": first})
    assert answer.status_code == 404, "the oldest was hung up"


@pytest.mark.parametrize(
    ("step", "body"),
    [
        pytest.param("call", {**CALL, "hotline": INDIA_LINE}, id="a-foreign-hotline"),
        pytest.param("call", {**CALL, "phone": "xx"}, id="an-unknown-phone"),
        pytest.param("keys", {"call": "x", "keys": "A"}, id="no-such-key"),
        pytest.param("keys", {"call": "x", "keys": ""}, id="no-key"),
        pytest.param("ringing", [], id="no-object"),
    ],
)
async def test_what_no_page_of_ours_sends_is_refused(
    visitor: httpx.AsyncClient, step: str, body: Any
) -> None:
    answer = await visitor.post(f"/demo/phone/{step}", json=body)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(wav(1), {"content-type": "text/plain"}, id="another-sites-form"),
        pytest.param(b"no sound", WAV, id="no-wav"),
        pytest.param(wav(1, rate=16000), WAV, id="another-rate"),
    ],
)
async def test_only_a_telephones_sound_is_taken(
    visitor: httpx.AsyncClient, content: bytes, headers: dict[str, str]
) -> None:
    call = (await ask(visitor, "call", CALL))["call"]
    answer = await visitor.post(
        "/demo/phone/voice", params={"call": call}, content=content, headers=headers
    )
    assert answer.status_code == 400


async def test_only_this_machine_may_call(visitor: httpx.AsyncClient) -> None:
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
        answer = await visitor.post("/demo/phone/call", json=CALL, headers=headers)
        assert answer.status_code == 403


async def test_the_page_may_have_the_microphone_and_nothing_foreign(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.get("/demo/phone")
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "http:" not in answer.text
    assert "https:" not in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    for name in ("phone.css", "phone.js", "captions.js", "clips/ta.wav", "ear.js"):
        assert (await visitor.get(f"/demo/static/{name}")).status_code == 200


@pytest.mark.parametrize("path", ["/demo/phone", "/demo/phone/call", "/demo/carrier/"])
async def test_none_of_it_is_there_outside_a_demo(
    store: Store, root: Path, path: str
) -> None:
    async with _client(store, root, demo=False) as client:
        assert (await client.get(path)).status_code == 404


def heard(manifest: Manifest, language: str, *prompts: str) -> list[Audible]:
    return [
        Audible("pause", "", 1.0)
        if prompt == "rest"
        else Audible(
            "play", f"http://x/prompts/{manifest.synthetic[language, prompt].name}", 1.0
        )
        for prompt in prompts
    ]


def test_number_and_pin_are_captions_to_be_written_down(root: Path) -> None:
    manifest = Manifest.load(root / "locales")
    said = Captions(manifest).of(
        heard(
            manifest,
            "ta",
            *("number_is", "digit_4", "digit_8", "rest", "digit_2"),
            *("once_more", "digit_4"),
            *("pin_is", "digit_7"),
            *("help_now", "digit_9"),
        )
    )
    written = [(c["note"], c["means"]) for c in said if c["kind"] == "digits"]
    assert written == [("number", "482"), ("number", "4"), ("pin", "7"), ("", "9")]


def test_a_day_is_one_caption_with_its_english(root: Path) -> None:
    manifest = Manifest.load(root / "locales")
    pieces = ("news_by", "weekday_1", "day_24", "month_11", "goodbye")
    said = Captions(manifest).of(heard(manifest, "hi", *pieces))
    assert [c["means"] for c in said][1] == "Tuesday twenty-fourth November"
    assert len(said) == 3


def test_what_no_manifest_knows_is_the_callers_own_voice(root: Path) -> None:
    manifest = Manifest.load(root / "locales")
    (said,) = Captions(manifest).of([Audible("play", "http://x/said/1.wav", 3.0)])
    assert [part["kind"] for part in said["parts"]] == ["replay"]
    assert said["parts"][0]["url"] is None


async def test_a_key_that_cuts_in_does_not_make_the_network_run_ahead(
    visitor: httpx.AsyncClient,
) -> None:
    """Else everything that is to happen later waits for the wall to catch up."""
    began = now()
    said = await ask(visitor, "call", CALL)
    for keys in ("1", "*", "*", "*", "*"):
        said = await ask(visitor, "keys", {"call": said["call"], "keys": keys})
    await ask(visitor, "hang_up", {"call": said["call"]})
    carrier = await visitor.get(
        "/demo/carrier/2010-04-01/Accounts/AC" + "0" * 32 + "/Calls.json",
        auth=("AC" + "0" * 32, "t" * 32),
    )
    (call,) = carrier.json()["calls"]
    ended = parsedate_to_datetime(call["end_time"])
    a_menu = timedelta(seconds=15)  # and more; it was cut short four times
    assert ended - began < a_menu
