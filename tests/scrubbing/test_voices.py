"""A voice keeps its sound, and no tag, no cover, no film and no other file."""

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import av
import miniaudio
import pytest

from app.scrubbing.scrub import Clean, Kind, Unfit, Why, scrub
from app.scrubbing.voice import clean_voice
from tests.scrubbing.making import MARKS, noted_photo, sound

# Box, encoder and rate, as phones and recorders use them.
RECORDERS = {
    "amr": ("amr", "libopencore_amrnb", 8000),
    "3gp": ("3gp", "libopencore_amrnb", 8000),
    "m4a": ("ipod", "aac", 44_100),
    "aac": ("adts", "aac", 44_100),
    "ogg": ("ogg", "libopus", 48_000),
    "webm": ("webm", "libopus", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "wav": ("wav", "pcm_s16le", 44_100),
    "flac": ("flac", "flac", 16_000),
}
FRAME_BYTES = 144  # of MP3 at 32 kbit/s and 16 kHz


def samples(clean: Clean) -> list[int]:
    assert (clean.kind, clean.media_type) == (Kind.VOICE, "audio/mpeg")
    assert clean.pages is None
    assert not any(mark in clean.content for mark in MARKS)
    # Frame upon frame from the first byte to the last: no room for anything else.
    starts = range(0, len(clean.content), FRAME_BYTES)
    assert {clean.content[at : at + 2] for at in starts} == {b"\xff\xf3"}
    assert len(clean.content) % FRAME_BYTES == 0
    assert b"Xing" not in clean.content
    assert b"Info" not in clean.content
    decoded = miniaudio.decode(
        clean.content, miniaudio.SampleFormat.SIGNED16, 1, 16_000
    )
    return list(decoded.samples)


def pitch(heard: list[int]) -> float:
    """Count how often a second the sound rises through nought."""
    middle = heard[8000:24_000]
    return sum(a < 0 <= b for a, b in pairwise(middle))


@pytest.mark.parametrize("name", RECORDERS)
async def test_what_a_recorder_writes_is_heard_as_it_was(name: str) -> None:
    sent = sound(*RECORDERS[name])
    clean = await scrub(sent)
    assert clean.seconds == pytest.approx(2, abs=0.15)
    assert pitch(samples(clean)) == pytest.approx(440, abs=5)
    assert clean == await scrub(sent)


@pytest.mark.parametrize("name", ["m4a", "ogg", "webm", "mp3", "wav", "flac", "3gp"])
def test_the_tags_were_there(name: str) -> None:
    assert b"SECRETMARK" in sound(*RECORDERS[name])


async def test_a_picture_on_the_cover_is_no_film() -> None:
    sent = sound(*RECORDERS["mp3"], cover=noted_photo())
    assert b"APIC" in sent
    assert pitch(samples(await scrub(sent))) == pytest.approx(440, abs=5)


async def test_a_recorder_that_changes_its_rate_is_heard_throughout() -> None:
    sent = sound("mp3", "libmp3lame", 44_100) + sound("mp3", "libmp3lame", 16_000)
    clean = await scrub(sent)
    assert clean.seconds == pytest.approx(4, abs=0.3)


@pytest.mark.parametrize("form", ["mp4", "mov", "3gp", "matroska", "avi", "mpeg"])
async def test_a_film_is_not_taken(form: str) -> None:
    codec = "mp2" if form in {"avi", "mpeg"} else "aac"
    with pytest.raises(Unfit) as refused:
        await scrub(sound(form, codec, 44_100, film=True))
    assert refused.value.why is Why.VIDEO


async def test_more_than_half_an_hour_is_refused_however_small() -> None:
    sent = sound("flac", "flac", 8000, 31 * 60, is_silent=True)
    assert len(sent) < 400_000
    with pytest.raises(Unfit) as refused:
        await scrub(sent)
    assert refused.value.why is Why.TOO_LONG


@pytest.mark.parametrize("name", ["amr", "ogg", "webm", "mp3", "aac", "wav"])
async def test_a_recording_that_breaks_off_is_taken_as_far_as_it_goes(
    name: str,
) -> None:
    whole = sound(*RECORDERS[name], 4)
    clean = await scrub(whole[: len(whole) * 6 // 10])
    assert clean.seconds == pytest.approx(2.4, abs=0.6)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        pytest.param(sound(*RECORDERS["m4a"])[:9000], Why.DAMAGED, id="m4a-no-index"),
        pytest.param(sound(*RECORDERS["ogg"])[:60], Why.DAMAGED, id="the-first-bytes"),
        pytest.param(b"ID3\4\0\0\0\0\0\0" + b"\0" * 999, Why.DAMAGED, id="tags-only"),
        pytest.param(
            sound("wav", "pcm_s16le", 8000)[:44], Why.DAMAGED, id="a-head-only"
        ),
        pytest.param(sound("ogg", "flac", 8000)[:40], Why.DAMAGED, id="no-sound"),
    ],
)
async def test_what_cannot_be_heard_says_why(sent: bytes, why: Why) -> None:
    with pytest.raises(Unfit) as refused:
        await scrub(sent)
    assert refused.value.why is why


PLAYLISTS = {
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%b\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile '%b'\n",
}


@pytest.mark.parametrize("form", PLAYLISTS)
@pytest.mark.parametrize("box", [b"", b"ID3\4\0\0\0\0\0\0", b"\xff\xfb\x90\x64"])
async def test_a_playlist_that_names_a_file_is_refused(form: str, box: bytes) -> None:
    with pytest.raises(Unfit) as refused:
        await scrub(box + PLAYLISTS[form] % b"file:///etc/passwd")
    assert refused.value.why is (Why.DAMAGED if box else Why.UNKNOWN)


def test_even_a_reader_of_playlists_would_open_no_other_file(tmp_path: Path) -> None:
    """Were one ever let in: the file that it names stays shut."""
    (tmp_path / "other.wav").write_bytes(sound("wav", "pcm_s16le", 8000))
    playlist = PLAYLISTS["concat"] % str(tmp_path / "other.wav").encode()
    with av.open(BytesIO(playlist), "r", "concat", {"safe": "0"}) as unguarded:
        assert len(unguarded.streams.audio) == 1
    with pytest.raises((av.FFmpegError, PermissionError, Unfit)):
        clean_voice(playlist, "concat")
