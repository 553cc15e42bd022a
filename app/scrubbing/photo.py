"""A photo: its pixels turned upright, made smaller and written as a plain JPEG."""

from io import BytesIO

from PIL import ExifTags, Image

from app.scrubbing.verdict import Unfit, Why

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2560
QUALITY = 82

# We ask for the size before a pixel is decoded, and refuse in our own words.
Image.MAX_IMAGE_PIXELS = None

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def clean_photo(content: bytes, form: str) -> bytes:
    """Return the photo, of an animation its first picture, as JPEG."""
    with Image.open(BytesIO(content), formats=(form,)) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Unfit(Why.TOO_LONG)
        turn = _UPRIGHT.get(_orientation(image))
        # A JPEG can be decoded at a half or a quarter of its size.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = _on_white(_with_plain_colours(image))
    return as_jpeg(small if turn is None else small.transpose(turn))


def as_jpeg(image: Image.Image) -> bytes:
    """Write pixels only: `image` must be one that we made and that bears no notes."""
    written = BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - broken notes must not cost the photo
        return 1


def _with_plain_colours(image: Image.Image) -> Image.Image:
    """Return RGB, or RGBA where something may be seen through, made smaller."""
    if image.mode.startswith(("I", "F")):  # more than 8 bits of grey
        wide = image.convert("F")
        wide.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
        scale = 257 if image.mode.startswith("I;16") or image.mode == "I" else 1
        return wide.point(lambda grey: grey / scale).convert("L").convert("RGB")
    image.load()  # only now is it known whether a PNG names a clear colour
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return plain


def _on_white(image: Image.Image) -> Image.Image:
    """Return the pixels in an image of our own, which has none of its notes."""
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image if image.mode == "RGBA" else None)
    return paper
