"""A speaker's file becomes what a telephone carries."""

import io
import math
import struct
import wave
from array import array
from itertools import pairwise

import pytest

from app.wording.audio import (
    MARGIN,
    RATE,
    BadAudio,
    decode,
    level,
    mu_law,
    prepare,
    to_wav,
    trim,
)


def hum(seconds: float, *, hertz: float = 440, loud: int = 8000, rate: int = RATE):
    return array(
        "h",
        (
            round(loud * math.sin(2 * math.pi * hertz * n / rate))
            for n in range(int(seconds * rate))
        ),
    )


def as_wav(samples, *, rate: int = RATE, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def silence(seconds: float) -> array:
    return array("h", bytes(2 * int(seconds * RATE)))


def test_both_ears_become_one_and_the_rate_that_of_a_telephone():
    left, right = hum(1, rate=44100), hum(1, rate=44100)
    both = array("h", (s for pair in zip(left, right, strict=True) for s in pair))
    samples = decode(as_wav(both, rate=44100, channels=2))
    assert len(samples) == pytest.approx(RATE, abs=2)
    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    assert crossings == pytest.approx(440, abs=3)


def test_silence_is_cut_off_at_both_ends_but_for_a_breath():
    samples = trim(silence(1.5) + hum(1) + silence(2))
    assert len(samples) / RATE == pytest.approx(1 + 2 * MARGIN, abs=0.05)


def test_a_pause_in_the_midst_of_it_stays():
    samples = trim(hum(0.5) + silence(2) + hum(0.5))
    assert len(samples) / RATE == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize(
    ("loud", "peak"),
    [
        pytest.param(32000, 22937, id="loud-is-brought-down"),
        pytest.param(4000, 22937, id="soft-is-brought-up"),
        pytest.param(500, 4000, id="a-whisper-only-part-of-the-way"),
    ],
)
def test_the_level_is_evened_out_gently(loud, peak):
    assert max(map(abs, level(hum(1, loud=loud)))) == pytest.approx(peak, rel=0.01)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "no WAV", id="empty"),
        pytest.param(b"number,id,text\n" * 50, "no WAV", id="a-table"),
        pytest.param(as_wav(hum(1))[:30], "no WAV", id="cut-off-in-the-head"),
        pytest.param(as_wav(array("h")), "no sound", id="no-samples"),
        pytest.param(as_wav(silence(2)), "silent", id="silence"),
        pytest.param(as_wav(hum(1, loud=20)), "silent", id="nothing-but-hiss"),
    ],
)
def test_what_cannot_be_played_says_why(content, reason):
    with pytest.raises(BadAudio, match=reason):
        prepare(content)


@pytest.mark.parametrize(
    ("sample", "octet"),
    [  # ITU-T G.711, table 2a: the decision values and their octets, inverted
        pytest.param(0, 0xFF, id="nothing"),
        pytest.param(-1, 0x7F, id="just-below-nothing"),
        pytest.param(32767, 0x80, id="loudest"),
        pytest.param(-32768, 0x00, id="loudest-below"),
        pytest.param(1000, 0xCE, id="soft"),
        pytest.param(-1000, 0x4E, id="soft-below"),
    ],
)
def test_mu_law_is_that_of_the_telephone(sample, octet):
    assert mu_law(array("h", [sample])) == bytes([octet])


def test_mu_law_comes_back_nearly_as_it_was():
    """The decoder is another one than ours; G.711 keeps 38 dB of a loud tone."""
    heard = decode(to_wav(hum(1)))
    error = sum((a - b) ** 2 for a, b in zip(hum(1), heard, strict=True))
    power = sum(sample**2 for sample in hum(1))
    assert 10 * math.log10(power / error) > 35


def test_the_wav_says_what_it_is():
    wav = to_wav(hum(0.5001))
    form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", wav[20:36])
    assert (form, channels, rate, bits) == (7, 1, RATE, 8)
    assert struct.unpack("<I", wav[4:8])[0] == len(wav) - 8
