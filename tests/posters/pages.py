"""What stands on a printed page, read back out of the PDF."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pypdfium2
import pypdfium2.raw as pdfium
import segno
from PIL import Image

from app.posters.sheet import Sheet

SHEET = Sheet(
    site_code="482170",
    site_name="Meghna Apparel Ltd, Unit 2",
    local_name="মেঘনা অ্যাপারেল লিমিটেড",
    hotline="09612 345 678",
    url="https://line.example/s/482170",
    languages=("bn", "en"),
    emergency="999",
    spoken=("bn", "en"),
)


@dataclass(frozen=True)
class Char:
    """One character as it is printed: its size in points, and where it stands."""

    text: str
    size: float
    box: tuple[float, float, float, float]  # left, bottom, right, top


def sizes_in_mm(pdf: bytes) -> list[tuple[int, int]]:
    return [
        (round(page.get_width() * 25.4 / 72), round(page.get_height() * 25.4 / 72))
        for page in pypdfium2.PdfDocument(pdf)
    ]


def texts(pdf: bytes) -> list[str]:
    """Return each page's text, with single spaces."""
    return [
        " ".join(page.get_textpage().get_text_range().split())
        for page in pypdfium2.PdfDocument(pdf)
    ]


def chars(pdf: bytes) -> Iterator[Char]:
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        for index in range(text.count_chars()):
            if pdfium.FPDFText_IsGenerated(text.raw, index):
                continue
            size = pdfium.FPDFText_GetFontSize(text.raw, index) * _scale(text, index)
            code = pdfium.FPDFText_GetUnicode(text.raw, index)
            yield Char(chr(code), round(size, 2), text.get_charbox(index))


def _scale(text: pypdfium2.PdfTextPage, index: int) -> float:
    matrix = pdfium.FS_MATRIX()
    assert pdfium.FPDFText_GetMatrix(text.raw, index, ctypes.byref(matrix))
    return float(abs(matrix.d))


def pictured(pdf: bytes, scale: float = 3) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil()


def shows_qr(picture: Image.Image, text: str) -> bool:
    """Tell whether the QR of `text` is in the picture, module for module.

    Its two upper corners are found by their rings, then every module is looked
    at in its middle.
    """
    wanted = segno.make(text, error="m", micro=False, boost_error=False).matrix
    grey = picture.convert("L")
    for y in range(0, grey.height, 2):
        rings = _rings([_is_dark(grey, x, y) for x in range(grey.width)])
        for (left, _), (_, right) in pairwise(rings):
            module = (right - left) / len(wanted)
            top = _edge(grey, round(left + 0.5 * module), y)
            if _is_at(grey, left, top, module, wanted):
                return True
    return False


def _is_at(
    grey: Image.Image,
    left: int,
    top: int,
    module: float,
    wanted: Sequence[Sequence[int]],
) -> bool:
    if top + len(wanted) * module >= grey.height:
        return False
    return all(
        _is_dark(
            grey,
            round(left + (column + 0.5) * module),
            round(top + (row + 0.5) * module),
        )
        == bool(cell)
        for row, cells in enumerate(wanted)
        for column, cell in enumerate(cells)
    )


def _rings(line: list[bool]) -> list[tuple[int, int]]:
    """Return where dark and light run 1:1:3:1:1, as through a corner's middle."""
    runs, start = [], 0
    for is_dark, cells in groupby(line):
        length = len(list(cells))
        runs.append((is_dark, start, length))
        start += length
    found = []
    for five in zip(*(runs[n:] for n in range(5)), strict=False):
        unit = sum(length for _, _, length in five) / 7
        shares = [length / unit for _, _, length in five]
        is_ring = all(
            abs(share - right) < 0.4
            for share, right in zip(shares, (1, 1, 3, 1, 1), strict=True)
        )
        if five[0][0] and unit > 2 and is_ring:
            found.append((five[0][1], five[4][1] + five[4][2]))
    return found


def _edge(grey: Image.Image, x: int, y: int) -> int:
    while y > 0 and _is_dark(grey, x, y - 1):
        y -= 1
    return y


def _is_dark(grey: Image.Image, x: int, y: int) -> bool:
    value = grey.getpixel((x, y))
    assert isinstance(value, int)
    return value < 128
