"""What is no photo, voice or paper is refused, whatever it calls itself."""

import time
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.scrubbing.scrub import MOST_BYTES, Clean, Unfit, Why, scrub
from tests.scrubbing.making import noted_photo, pdf, picture, saved, sound, zipped

BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"crx ")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        pytest.param(b"", Why.EMPTY, id="nothing"),
        pytest.param(noted_photo() + bytes(MOST_BYTES), Why.TOO_LARGE, id="too-large"),
        pytest.param(b"<!doctype html><script>1</script>", Why.UNKNOWN, id="html"),
        pytest.param(
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
            Why.UNKNOWN,
            id="svg",
        ),
        pytest.param(b"MZ\x90\0" + bytes(400), Why.UNKNOWN, id="exe"),
        pytest.param(b"\x7fELF" + bytes(400), Why.UNKNOWN, id="elf"),
        pytest.param(b"#!/bin/sh\nrm -r /\n", Why.UNKNOWN, id="script"),
        pytest.param(zipped(a=b"x"), Why.UNKNOWN, id="zip"),
        pytest.param(zipped(a=bytes(50_000_000)), Why.UNKNOWN, id="zip-bomb"),
        pytest.param(
            zipped(**{"word/document.xml": b"<w:document/>"}), Why.UNKNOWN, id="docx"
        ),
        pytest.param(saved(picture(), "TIFF"), Why.UNKNOWN, id="tiff"),
        pytest.param(saved(picture(), "EPS"), Why.UNKNOWN, id="eps"),
        pytest.param(saved(picture(), "ICO"), Why.UNKNOWN, id="ico"),
        pytest.param(b"<html>" + pdf(), Why.UNKNOWN, id="html-and-pdf"),
        pytest.param(zipped(a=b"x") + noted_photo(), Why.UNKNOWN, id="zip-and-jpeg"),
        pytest.param(b"BMW is a car", Why.UNKNOWN, id="words-that-begin-like-bmp"),
        pytest.param(
            "\ufeffwords".encode("utf-16-le"), Why.UNKNOWN, id="words-like-mp3"
        ),
        pytest.param(b"\xff\xfb", Why.UNKNOWN, id="two-bytes"),
        *(
            pytest.param(b"\0\0\0\x18ftyp" + brand + bytes(99), Why.UNKNOWN, id=str(n))
            for n, brand in enumerate(BRANDS)
        ),
        pytest.param(b"FLV\1" + bytes(99), Why.VIDEO, id="flv"),
    ],
)
async def test_a_stranger_is_refused(sent: bytes, why: Why) -> None:
    with pytest.raises(Unfit) as refused:
        await scrub(sent)
    assert refused.value.why is why


@cache
def honest() -> tuple[bytes, ...]:
    return (
        noted_photo(6),
        saved(picture(), "PNG"),
        saved(picture(), "GIF"),
        saved(picture(), "WEBP"),
        saved(picture(), "BMP"),
        pdf(2),
        sound("amr", "libopencore_amrnb", 8000, 1),
        sound("ipod", "aac", 16_000, 1),
        sound("webm", "libopus", 48_000, 1),
        sound("ogg", "libopus", 48_000, 1),
        sound("mp3", "libmp3lame", 16_000, 1),
        sound("wav", "pcm_s16le", 8000, 1),
        sound("flac", "flac", 8000, 1),
    )


BEGINNINGS = [
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-", b"OggS", b"fLaC"),
    *(b"#!AMR\n", b"\x1aE\xdf\xa3", b"ID3", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WEBP"),
    *(b"\0\0\0\x18ftypM4A ", b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x40", b""),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """An honest file in which bytes were changed, cut out, doubled or cut off."""
    content = bytearray(draw(st.sampled_from(honest())))
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        match draw(st.sampled_from(("change", "cut", "double", "end"))):
            case "change":
                content[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
            case "cut":
                del content[at : at + draw(st.integers(1, 400))]
            case "double":
                content[at:at] = content[at : at + 400]
            case "end":
                del content[max(at, len(content) // 2) :]
    return bytes(content)


def random_bytes() -> st.SearchStrategy[bytes]:
    """Noise, most of which begins like something that we take."""
    beginnings = st.sampled_from(BEGINNINGS)
    return st.builds(bytes.__add__, beginnings, st.binary(max_size=3000))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sent=st.one_of(mutated(), mutated(), random_bytes()))
async def test_whatever_comes_is_clean_or_unfit(sent: bytes) -> None:
    began = time.monotonic()
    try:
        clean = await scrub(sent)
    except Unfit:
        pass
    else:
        assert isinstance(clean, Clean)
        assert clean.content.startswith((b"\xff\xd8\xff", b"\xff\xf3", b"%PDF-1.4\n"))
        assert b"SECRETMARK" not in clean.content
    # Not how fast it is, but that there is an end to it.
    assert time.monotonic() - began < 35
