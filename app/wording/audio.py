"""Sound as a telephone carries it: 8 kHz, one channel, mu-law.

Plain arithmetic on 16-bit samples; only `decode` needs a library, and only
where a speaker's recording is taken in.
"""

from __future__ import annotations  # array[int] is no type at run time

import math
import struct
from array import array
from collections.abc import Sequence
from functools import cache

RATE = 8000  # samples a second
PEAK = 0.7  # of full scale: loud enough, and clear of a line's own limits
MOST_GAIN = 8.0  # a whisper stays one: more would only lift the hiss
MARGIN = 0.12  # seconds kept before the first and after the last sound
NOTE = 0.28  # seconds of each note of the tone
_FRAME = 160  # samples, 20 ms: as long as a line's own packets
_BIAS, _CLIP = 0x84, 32635  # G.711


class BadAudio(Exception):
    """The file holds nothing that could be played; `str(error)` says why."""


def decode(content: bytes) -> array[int]:
    """Return the samples of a WAV, MP3, OGG or FLAC file at 8 kHz, one channel."""
    import miniaudio  # heavy, and needed by none that only answers calls

    try:
        sound = miniaudio.decode(content, miniaudio.SampleFormat.SIGNED16, 1, RATE)
    except miniaudio.MiniaudioError:
        raise BadAudio("this is no WAV, MP3, OGG or FLAC file") from None
    if not sound.samples:
        raise BadAudio("there is no sound in it")
    return array("h", sound.samples)


def trim(samples: array[int]) -> array[int]:
    """Cut silence off both ends, leaving a breath; raise BadAudio if all is silent.

    Silent is what stays 30 dB below the loudest moment.
    """
    starts = range(0, len(samples), _FRAME)
    frames = [_power(samples[at : at + _FRAME]) for at in starts]
    loudest = max(frames, default=0.0)
    if loudest < 50:
        raise BadAudio("it is silent")
    heard = [n for n, power in enumerate(frames) if power > loudest / 30]
    margin = int(MARGIN * RATE)
    start = max(0, heard[0] * _FRAME - margin)
    return samples[start : (heard[-1] + 1) * _FRAME + margin]


def level(samples: array[int]) -> array[int]:
    """Bring the loudest moment to the usual level; a whisper only part of the way."""
    peak = max(map(abs, samples), default=0) or 1
    gain = min(PEAK * 32767 / peak, MOST_GAIN)
    return array("h", (_limited(sample * gain) for sample in samples))


def to_wav(samples: array[int]) -> bytes:
    """Return a WAV file in mu-law, the line's own alphabet."""
    data = mu_law(samples)
    body = data + b"\0" * (len(data) % 2)
    form = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    fact = struct.pack("<I", len(data))
    chunks = (
        b"WAVE"
        + _chunk(b"fmt ", form)
        + _chunk(b"fact", fact)
        + b"data"
        + struct.pack("<I", len(data))
        + body
    )
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def mu_law(samples: array[int]) -> bytes:
    """Return one octet a sample, after ITU-T G.711."""
    table = _mu_law_table()
    return bytes(table[sample + 32768] for sample in samples)


def seconds_of(samples: Sequence[int]) -> float:
    return round(len(samples) / RATE, 2)


def prepare(content: bytes) -> tuple[bytes, float]:
    """Make a speaker's file ready for the line: the WAV and its seconds.

    Raise BadAudio where there is nothing to hear in it.
    """
    samples = level(trim(decode(content)))
    return to_wav(samples), seconds_of(samples)


def two_notes() -> array[int]:
    """Return a soft tone without words: a C and an E, each rising and dying away."""
    length = int(NOTE * RATE)
    samples = array("h")
    for note in (523.25, 659.26):
        for n in range(length):
            swell = math.sin(math.pi * n / length) ** 2
            wave = math.sin(2 * math.pi * note * n / RATE)
            samples.append(round(0.35 * 32767 * swell * wave))
    return samples


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _power(frame: array[int]) -> float:
    return math.sqrt(sum(sample * sample for sample in frame) / len(frame))


def _limited(value: float) -> int:
    return max(-32768, min(32767, round(value)))


@cache
def _mu_law_table() -> bytes:
    return bytes(_octet(value) for value in range(-32768, 32768))


def _octet(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | (exponent << 4) | mantissa) & 0xFF
