"""A voice: what can be heard, in one channel, written as a plain MP3."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import NoReturn

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from app.scrubbing.verdict import Unfit, Why

MOST_SECONDS = 30 * 60
RATE = 16_000
BITS_A_SECOND = 32_000

# What phones and recorders write. Every other decoder stays shut.
_DECODERS = frozenset(
    """
    aac alac amrnb amrwb flac libopencore_amrnb libopencore_amrwb libopus libvorbis
    mp3 mp3float opus vorbis adpcm_ima_qt adpcm_ima_wav adpcm_ms gsm_ms pcm_alaw
    pcm_f32le pcm_mulaw pcm_s16be pcm_s16le pcm_s24le pcm_s32le pcm_u8
    """.split()
)
# `format_whitelist` and `protocol_whitelist` also bind whatever a file asks for
# inside; a playlist has no reader here in the first place.
_NOTHING_ELSE = {
    "protocol_whitelist": "none",
    "codec_whitelist": ",".join(sorted(_DECODERS)),
    "enable_drefs": "0",
}
# No first frame that tells the length and the maker, no notes before or after.
_BARE_MP3 = {
    "write_xing": "0",
    "id3v2_version": "0",
    "write_id3v1": "0",
    "fflags": "+bitexact",
}
# Half an hour must be done within the child's seconds; a voice sounds the same.
_QUICKLY = {"compression_level": "7"}


def clean_voice(content: bytes, form: str) -> tuple[bytes, float]:
    """Return an MP3 and its seconds; raise Unfit for a film and for silence of data.

    A recording that breaks off is taken as far as it goes, as long as most of
    it can be heard.
    """
    with av.open(
        BytesIO(content),
        "r",
        format=form,
        container_options=_NOTHING_ELSE | {"format_whitelist": form},
        io_open=_refuse,
    ) as container:
        written = BytesIO()
        samples = _write(written, _samples(container, _only_voice(container)))
    return written.getvalue(), samples / RATE


def _refuse(*_asked: object) -> NoReturn:
    raise PermissionError("a file names another one")


def _only_voice(container: InputContainer) -> AudioStream:
    """Return the first sound; a picture on the cover is no film."""
    if any(
        not stream.disposition & Disposition.attached_pic
        for stream in container.streams.video
    ):
        raise Unfit(Why.VIDEO)
    if not container.streams.audio:
        raise Unfit(Why.UNKNOWN)
    stream = container.streams.audio[0]
    if stream.codec_context is None or stream.codec_context.name not in _DECODERS:
        raise Unfit(Why.UNKNOWN)
    return stream


def _samples(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Yield what is heard, at our rate; some recorders change theirs midway."""
    resampler, shape = _resampler(), None
    for frame in _heard(container, stream):
        if shape not in {None, _shape(frame)}:
            yield from resampler.resample(None)
            resampler = _resampler()
        shape = _shape(frame)
        frame.pts = None
        yield from resampler.resample(frame)
    if shape is not None:
        yield from resampler.resample(None)


def _resampler() -> AudioResampler:
    return AudioResampler(format="s16p", layout="mono", rate=RATE)


def _shape(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _heard(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    stream.codec_context.thread_count = 1
    good = bad = 0
    with suppress(av.FFmpegError):  # it breaks off here
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                bad += 1
                continue
            good += len(frames)
            yield from frames
    if good <= bad:
        raise Unfit(Why.DAMAGED)


def _write(written: BytesIO, frames: Iterator[AudioFrame]) -> int:
    """Encode the frames as they come; return how many samples they were."""
    samples = 0
    with av.open(written, "w", format="mp3", container_options=_BARE_MP3) as container:
        stream = container.add_stream(
            "libmp3lame", rate=RATE, layout="mono", options=_QUICKLY
        )
        encoder: AudioCodecContext = stream.codec_context
        encoder.bit_rate = BITS_A_SECOND
        for frame in frames:
            samples += frame.samples
            if samples > MOST_SECONDS * RATE:
                raise Unfit(Why.TOO_LONG)
            frame.pts = None
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return samples
