"""A paper: each page of a PDF painted, and the paintings bound into a new PDF."""

from collections.abc import Iterable
from dataclasses import dataclass

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

from app.scrubbing.photo import LONGEST_SIDE, as_jpeg
from app.scrubbing.verdict import Unfit, Why

MOST_PAGES = 20
_DOTS_AN_INCH = 150
_POINTS_AN_INCH = 72


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: a JPEG, its pixels, and the size of the paper in points."""

    jpeg: bytes
    pixels: tuple[int, int]
    points: tuple[float, float]


def clean_paper(content: bytes) -> tuple[bytes, int]:
    """Return a PDF of pictures and how many pages it has.

    A paper that opens without a password is taken, though it may forbid
    copying: payslips do, and the worker it was made out to sent it.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == raw.FPDF_ERR_PASSWORD
        raise Unfit(Why.LOCKED if is_locked else Why.DAMAGED) from None
    with document:
        count = len(document)
        if not count:
            raise Unfit(Why.DAMAGED)
        if count > MOST_PAGES:
            raise Unfit(Why.TOO_LONG)
        sheets = [_paint(document, number) for number in range(count)]
    return bind(sheets), count


def _paint(document: pypdfium2.PdfDocument, number: int) -> Sheet:
    page = document[number]
    width, height = page.get_size()
    longest = max(width, height)
    if not min(width, height) > 0:
        raise Unfit(Why.DAMAGED)
    scale = min(_DOTS_AN_INCH / _POINTS_AN_INCH, LONGEST_SIDE / longest)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    image = bitmap.to_pil().convert("RGB")
    sheet = Sheet(as_jpeg(image), image.size, (width, height))
    # Held back, the pixels of all pages would be in memory at once.
    bitmap.close()
    page.close()
    return sheet


def bind(sheets: Iterable[Sheet]) -> bytes:
    """Write a PDF that has pictures on pages and no other thing at all.

    No title, no date, no maker and no identifier: the same paper gives the
    same bytes wherever and whenever it is written.
    """
    parts: list[bytes] = []
    kids: list[int] = []
    for sheet in sheets:
        first = 3 + len(parts)
        kids.append(first)
        parts += _page(sheet, first)
    leaves = b" ".join(b"%d 0 R" % kid for kid in kids)
    roots = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (leaves, len(kids)),
    ]
    return _file([*roots, *parts])


def _page(sheet: Sheet, first: int) -> list[bytes]:
    """Return the page, what it draws and the picture, numbered from `first`."""
    width, height = sheet.points
    drawn = b"q %.2f 0 0 %.2f 0 0 cm /P Do Q" % (width, height)
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R"
        b" /Resources << /XObject << /P %d 0 R >> >> >>"
    ) % (width, height, first + 1, first + 2)
    picture = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d"
        b" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
    ) % sheet.pixels
    return [page, _stream(b"", drawn), _stream(picture, sheet.jpeg)]


def _stream(entries: bytes, content: bytes) -> bytes:
    head = b"<< %b /Length %d >>\nstream\n" % (entries, len(content))
    return head + content + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    written += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(written)
