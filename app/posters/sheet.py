"""What stands on a poster, a card or a sticker, and how it becomes a file.

The words come from the catalogue, the shape from `sheets/`. Everything that was
imported goes to Typst as data, so that a name is printed and never obeyed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from app.domain.errors import Refused
from app.posters import words
from app.wording.catalog import Catalog
from app.wording.line import Line

_HERE = Path(__file__).resolve().parent
_SHEETS = _HERE / "sheets"

# Of a picture: a phone shows it whole, and a message group does not shrink it.
PICTURE_WIDTH = 1080
IN_A_PICTURE = 2  # languages


class Format(StrEnum):
    A3 = "a3"
    A4 = "a4"
    CARD = "card"  # 54 x 86 mm, two sides; nine on an A4 sheet
    STICKER = "sticker"  # 70 x 70 mm; eight on an A4 sheet

    @property
    def languages_at_once(self) -> tuple[int, ...]:
        """How many languages share a page: as many as can be read from afar."""
        return {Format.CARD: (1,), Format.STICKER: (4,)}.get(self, (2, 1))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One site's poster: who to call, and what to say first."""

    site_code: str
    site_name: str
    local_name: str
    hotline: str  # as shown, grouped
    url: str  # the text of the QR
    languages: tuple[str, ...]
    emergency: str
    calls: str = "answer"  # answer, missed_call, none
    takes_texts: bool = True
    spoken: tuple[str, ...] = ()  # the languages of the line itself


def pdf(sheets: Sequence[Sheet], format: Format, catalog: Catalog) -> bytes:
    """Return all the sheets as one document; the same sheets, the same bytes.

    A poster has a page for every two languages, or for each where two would be
    too small to read. A card has two pages for each language, to be printed on
    both sides of the paper. Raise Refused where even one does not fit.
    """
    return _typeset(sheets, format, "pdf", catalog)


def png(sheet: Sheet, format: Format, catalog: Catalog) -> bytes:
    """Return one picture for a message group, in the first two of the languages.

    More would make it so long that no phone shows it large enough to read.
    """
    shown = replace(sheet, languages=sheet.languages[:IN_A_PICTURE])
    return _typeset([shown], format, "png", catalog)


def _typeset(
    sheets: Sequence[Sheet],
    format: Format,
    kind: Literal["pdf", "png"],
    catalog: Catalog,
) -> bytes:
    for at_once in format.languages_at_once:
        pages = [
            _page(sheet, sheet.languages[start : start + at_once], catalog)
            for sheet in sheets
            for start in range(0, len(sheet.languages), at_once)
        ]
        made = _printed(pages, format, kind)
        if made is not None:
            return made
    raise Refused(
        "The words are too long for this sheet: choose a larger format, or shorten"
        " the site's name in sites.csv."
    )


def _page(sheet: Sheet, languages: tuple[str, ...], catalog: Catalog) -> dict[str, Any]:
    return {
        "code": sheet.site_code,
        "names": [name for name in (sheet.site_name, sheet.local_name) if name],
        "hotline": sheet.hotline,
        "address": sheet.url.partition("://")[2] or sheet.url,
        "qr": _qr(sheet.url),
        "spoken": [catalog.language_name(code) for code in sheet.spoken],
        "said": [_said(sheet, language, catalog) for language in languages],
    }


def _said(sheet: Sheet, language: str, catalog: Catalog) -> dict[str, Any]:
    def say(line: Line) -> str:
        return catalog.render(line, language)

    return {
        "lang": language,
        "helpline": say(words.HELPLINE),
        "who": say(words.WHO),
        "ask": say(words.ASK),
        "reach": say(words.REACH[sheet.calls, sheet.takes_texts]),
        "code": say(words.CODE),
        "code_short": say(words.CODE_SHORT),
        "open": say(words.OPEN),
        "next": say(words.NEXT),
        "steps": [say(line) for line in words.STEPS],
        "nameless": say(words.NAMELESS),
        "anonymous": [say(words.NOBODY_ASKS), say(words.TRACES)],
        "danger": say(words.DANGER.using(number=sheet.emergency)),
    }


def _qr(text: str) -> str:
    """Return the QR as SVG with its quiet zone; a fold or a scratch may cost 15 %."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return code.svg_inline(border=4, omitsize=True, light="white")


def _printed(
    pages: list[dict[str, Any]], format: Format, kind: Literal["pdf", "png"]
) -> bytes | None:
    """Return the file; None where the letters would be too small to be read."""
    data = {"format": format.value, "is_picture": kind == "png", "pages": pages}
    try:
        made = typst.compile(
            _SHEETS / "main.typ",
            root=_SHEETS,
            font_paths=_fonts(),
            format=kind,
            ppi=PICTURE_WIDTH * 25.4 / _WIDTHS[format],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            package_path=_SHEETS,  # there are none, and none are fetched
            package_cache_path=_SHEETS,
        )
    except typst.TypstError as error:
        if _TOO_LONG in str(error):
            return None
        raise
    assert isinstance(made, bytes)  # a picture is one page
    return made


_TOO_LONG = "too long for the sheet"  # as sheets/common.typ says it

# The width of a picture's one page, in millimetres; see sheets/.
_WIDTHS = {Format.A3: 297, Format.A4: 210, Format.CARD: 116, Format.STICKER: 70}


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts shipped here and no others: every machine prints the same."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[_HERE / "fonts"],
    )
