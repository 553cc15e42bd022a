"""A paper keeps what its pages look like, and nothing that can act or tell."""

import re

import pypdfium2
import pytest

from app.scrubbing.scrub import Clean, Kind, Unfit, Why, scrub
from tests.scrubbing.making import MARKS, locked_pdf, pdf

STREAM = re.compile(rb"stream\n.*?\nendstream", re.DOTALL)
# Every name that may stand in what we write.
NAMES = frozenset(
    b"""
    /BitsPerComponent /Catalog /ColorSpace /Contents /Count /DCTDecode /DeviceRGB
    /Filter /Height /Image /Kids /Length /MediaBox /P /Page /Pages /Parent /Resources
    /Root /Size /Subtype /Type /Width /XObject
    """.split()
)
ACTIVE = pdf(
    extra=(
        b"<< /S /JavaScript /JS (app.alert\\(SECRETMARK\\)) >>",
        b"<< /Type /EmbeddedFile /Length 10 >>\nstream\nSECRETMARK\nendstream",
        b"<< /Type /Filespec /F (SECRETMARK.exe) /EF << /F 5 0 R >> >>",
        b"<< /Title (SECRETMARK) /Author (SECRETMARK) /Producer (SECRETMARK)"
        b" /CreationDate (D:20260101000000) >>",
        b"<< /Type /Metadata /Subtype /XML /Length 10 >>"
        b"\nstream\nSECRETMARK\nendstream",
    ),
    catalog=b"/OpenAction 4 0 R /Metadata 8 0 R"
    b" /Names << /EmbeddedFiles << /Names [(SECRETMARK.exe) 6 0 R] >> >>",
    tail=b"/Info 7 0 R",
)


def bare(clean: Clean, pages: int) -> pypdfium2.PdfDocument:
    assert (clean.kind, clean.media_type) == (Kind.PAPER, "application/pdf")
    assert (clean.pages, clean.seconds) == (pages, None)
    assert not any(mark in clean.content for mark in MARKS)
    around = STREAM.sub(b"", clean.content)
    assert set(re.findall(rb"/[A-Za-z0-9]+", around)) <= NAMES
    document = pypdfium2.PdfDocument(clean.content)
    assert len(document) == pages
    assert document.get_metadata_dict(skip_empty=True) == {}
    assert document.count_attachments() == 0
    for number in range(pages):
        assert document[number].get_textpage().get_text_bounded() == ""
    return document


def darkest(document: pypdfium2.PdfDocument, number: int) -> int:
    low, _ = document[number].render().to_pil().convert("L").getextrema()
    assert isinstance(low, int)
    return low


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(pdf(), id="a-plain-one"),
        pytest.param(ACTIVE, id="one-with-a-script-a-file-and-an-author"),
        pytest.param(pdf() + b"<html><script>alert(1)</script>", id="pdf-and-html"),
        pytest.param(locked_pdf(b""), id="one-that-only-forbids-copying"),
    ],
)
async def test_a_paper_becomes_pictures(sent: bytes) -> None:
    clean = await scrub(sent)
    with bare(clean, 1) as document:
        assert document[0].get_size() == (300, 200)
        if b"/Encrypt" not in sent:  # there the words are no words without a key
            assert darkest(document, 0) < 60
    assert b"script" not in clean.content.lower()
    assert clean == await scrub(sent)


async def test_twenty_pages_are_taken_and_one_more_is_not() -> None:
    with bare(await scrub(pdf(20)), 20) as document:
        assert darkest(document, 19) < 60
    with pytest.raises(Unfit) as refused:
        await scrub(pdf(21))
    assert refused.value.why is Why.TOO_LONG


async def test_a_wall_of_paper_is_painted_small() -> None:
    wall = pdf().replace(b"[0 0 300 200]", b"[0 0 9000 80]")
    clean = await scrub(wall)
    with bare(clean, 1):
        assert b"/Width 2560" in clean.content


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        pytest.param(locked_pdf(), Why.LOCKED, id="a-password-is-asked"),
        pytest.param(pdf(0), Why.DAMAGED, id="no-page"),
        pytest.param(b"%PDF-1.7\n" + b"\0" * 400, Why.DAMAGED, id="nothing-inside"),
        pytest.param(pdf()[:60], Why.DAMAGED, id="the-first-line-only"),
    ],
)
async def test_a_paper_that_does_not_open_says_why(sent: bytes, why: Why) -> None:
    with pytest.raises(Unfit) as refused:
        await scrub(sent)
    assert refused.value.why is why
