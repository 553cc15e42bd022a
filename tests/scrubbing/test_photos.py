"""A photo keeps its pixels, upright and on white, and nothing else."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from app.scrubbing.scrub import Clean, Kind, Unfit, Why, scrub
from tests.scrubbing.making import (
    BLUE,
    MARK,
    MARKS,
    RED,
    XMP,
    noted_photo,
    notes,
    picture,
    png_of,
    saved,
    zipped,
)

# Of a JPEG that has no notes: the start, the tables, the frame, the scan, the end.
BARE_MARKERS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def opened(clean: Clean) -> Image.Image:
    assert clean.kind is Kind.PHOTO
    assert clean.media_type == "image/jpeg"
    assert (clean.seconds, clean.pages) == (None, None)
    assert not any(mark in clean.content for mark in MARKS)
    assert set(markers(clean.content)) == BARE_MARKERS
    image = Image.open(BytesIO(clean.content), formats=("JPEG",))
    image.load()
    assert image.info == {
        "jfif": 0x0101,
        "jfif_version": (1, 1),
        "jfif_unit": 0,
        "jfif_density": (1, 1),
    }
    return image


def markers(jpeg: bytes) -> list[int]:
    """Return every marker up to the scan, and prove that nothing follows the end."""
    found, place = [jpeg[1]], 2
    while found[-1] != 0xDA:
        assert jpeg[place] == 0xFF
        found.append(jpeg[place + 1])
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    assert jpeg.find(b"\xff\xd9", place) == len(jpeg) - 2
    return found


def is_like(image: Image.Image, where: tuple[int, int], colour: object) -> bool:
    seen = image.getpixel(where)
    assert isinstance(seen, tuple)
    assert isinstance(colour, tuple)
    return all(abs(a - b) < 12 for a, b in zip(seen, colour, strict=True))


@pytest.mark.parametrize(
    ("orientation", "size", "red", "blue"),
    [
        pytest.param(1, (320, 200), (9, 9), (9, 190), id="as-it-was-held"),
        pytest.param(3, (320, 200), (9, 190), (9, 9), id="upside-down"),
        pytest.param(6, (200, 320), (190, 9), (9, 9), id="lying-to-the-left"),
        pytest.param(8, (200, 320), (9, 9), (190, 9), id="lying-to-the-right"),
        pytest.param(5, (200, 320), (9, 9), (190, 9), id="seen-in-a-mirror"),
        pytest.param(77, (320, 200), (9, 9), (9, 190), id="a-way-there-is-not"),
    ],
)
async def test_the_way_up_is_kept_and_the_notes_are_not(
    orientation: int, size: tuple[int, int], red: tuple[int, int], blue: tuple[int, int]
) -> None:
    sent = noted_photo(orientation)
    assert sent.count(MARK.encode()) >= 6
    assert all(mark in sent for mark in MARKS if mark != b"GPS")
    image = opened(await scrub(sent))
    assert image.size == size
    assert is_like(image, red, RED)
    assert is_like(image, blue, BLUE)


async def test_the_same_photo_gives_the_same_bytes() -> None:
    sent = noted_photo()
    assert await scrub(sent) == await scrub(sent)


async def test_broken_notes_do_not_cost_the_photo() -> None:
    sent = saved(
        picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 40
    )
    assert opened(await scrub(sent)).size == (320, 200)


def text_in_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", MARK)
    words.add_text("Comment", MARK * 40, zip=True)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved(picture(), "PNG", pnginfo=words, exif=notes(1))


def animated() -> bytes:
    other = Image.new("RGB", (320, 200), "white")
    return saved(
        picture(), "GIF", save_all=True, append_images=[other] * 3, comment=MARK
    )


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(text_in_png(), id="png-with-text"),
        pytest.param(animated(), id="gif-of-which-the-first-picture"),
        pytest.param(saved(picture(), "BMP"), id="bmp"),
        pytest.param(
            saved(picture(), "WEBP", exif=notes(1), xmp=XMP, lossless=True), id="webp"
        ),
        pytest.param(saved(picture().quantize(8), "PNG"), id="png-with-a-palette"),
        pytest.param(
            saved(picture().convert("CMYK"), "JPEG", quality=95), id="jpeg-for-print"
        ),
        pytest.param(noted_photo() + zipped(inside=b"x"), id="jpeg-and-zip"),
        pytest.param(noted_photo() + b"<script>alert(1)</script>", id="jpeg-and-html"),
        pytest.param(animated() + zipped(**{"A.class": b"\xca\xfe"}), id="gif-and-jar"),
    ],
)
async def test_every_kind_of_photo_becomes_a_bare_jpeg(sent: bytes) -> None:
    clean = await scrub(sent)
    image = opened(clean)
    assert image.size == (320, 200)
    assert is_like(image, (160, 40), RED)
    assert is_like(image, (160, 160), BLUE)
    assert b"PK\x03\x04" not in clean.content
    assert b"<script" not in clean.content


async def test_what_can_be_seen_through_is_white() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    palette = Image.new("P", (40, 40), 0)
    for sent in (saved(clear, "PNG"), saved(palette, "PNG", transparency=0)):
        assert is_like(opened(await scrub(sent)), (20, 20), (255, 255, 255))


async def test_a_scan_in_sixteen_bits_of_grey_keeps_its_greys() -> None:
    scan = Image.new("I;16", (40, 40), 0x8000)
    assert is_like(opened(await scrub(saved(scan, "PNG"))), (20, 20), (127, 127, 127))


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((4000, 3000), (2560, 1920)), ((300, 6000), (128, 2560)), ((90, 60), (90, 60))],
)
async def test_a_large_photo_is_made_smaller(
    size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    for form in ("JPEG", "PNG"):
        assert opened(await scrub(saved(picture(*size), form))).size == becomes


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(png_of(60_000, 60_000), id="a-bomb"),
        pytest.param(png_of(7072, 7072), id="a-little-more-than-fifty-million"),
    ],
)
async def test_a_photo_of_too_many_pixels_is_refused(sent: bytes) -> None:
    assert len(sent) < 600_000
    with pytest.raises(Unfit) as refused:
        await scrub(sent)
    assert refused.value.why is Why.TOO_LONG


async def test_a_photo_of_just_fifty_million_pixels_is_taken() -> None:
    assert opened(await scrub(png_of(7071, 7071))).size == (2560, 2560)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
async def test_half_a_photo_is_damaged(form: str) -> None:
    whole = saved(picture(), form)
    for part in (whole[: len(whole) // 2], whole[:30]):
        with pytest.raises(Unfit) as refused:
            await scrub(part)
        assert refused.value.why is Why.DAMAGED
