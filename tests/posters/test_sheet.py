"""Posters, cards and stickers as they come out of the printer."""

import io
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageFont

import app.posters
from app.domain.errors import Refused
from app.domain.taxonomy import LANGUAGES
from app.posters import words as lines
from app.posters.sheet import PICTURE_WIDTH, Format, pdf, png
from app.wording.catalog import Catalog
from app.wording.line import Line
from tests.posters.pages import SHEET, chars, pictured, shows_qr, sizes_in_mm, texts

A3, A4 = (297, 420), (210, 297)
FONTS = Path(app.posters.__file__).parent / "fonts"
# The smallest letters that are read: from two steps away, and in the hand.
SMALLEST = {Format.A3: 19.7, Format.A4: 14, Format.CARD: 7, Format.STICKER: 8}
LONGEST = "Shree Balaji Garments and Processing Exports Private Limited"
EVERYWHERE = replace(SHEET, languages=LANGUAGES, spoken=LANGUAGES)


@pytest.mark.parametrize(
    ("format", "languages", "pages"),
    [
        pytest.param("a4", ("bn",), [A4], id="one-language-one-poster"),
        pytest.param("a4", ("bn", "en"), [A4], id="two-languages-share-a-poster"),
        pytest.param("a3", ("bn", "en"), [A3], id="the-same-on-a3"),
        pytest.param("a4", ("hi", "ta"), [A4, A4], id="two-long-ones-do-not"),
        pytest.param("card", ("bn",), [A4, A4], id="a-card-has-two-sides"),
        pytest.param("card", ("bn", "en"), [A4] * 4, id="and-two-in-each-language"),
        pytest.param("sticker", LANGUAGES, [A4], id="a-sticker-has-all-languages"),
    ],
)
def test_pages_and_paper(
    words: Catalog,
    format: str,
    languages: tuple[str, ...],
    pages: list[tuple[int, int]],
) -> None:
    sheet = replace(SHEET, languages=languages)
    assert sizes_in_mm(pdf([sheet], Format(format), words)) == pages


def test_all_sites_become_one_document(words: Catalog) -> None:
    other = replace(SHEET, site_code="615238", hotline="98765 43210")
    first, second = texts(pdf([SHEET, other], Format.A4, words))
    assert ("482170" in first, "615238" in first) == (True, False)
    assert ("98765 43210" in first, "98765 43210" in second) == (False, True)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_too_small_or_off_the_paper(
    words: Catalog, format: Format, language: str
) -> None:
    """With the longest of everything, whatever the number can do."""
    width, height = (d * 72 / 25.4 for d in (A3 if format is Format.A3 else A4))
    for calls, takes_texts in lines.REACH:
        sheet = replace(
            SHEET,
            site_name=LONGEST,
            languages=(language,),
            spoken=LANGUAGES,
            calls=calls,
            takes_texts=takes_texts,
        )
        printed = [*chars(pdf([sheet], format, words))]
        assert len(printed) > 50
        assert min(c.size for c in printed) >= SMALLEST[format] - 0.01
        for left, bottom, right, top in (c.box for c in printed):
            assert 0 <= left <= right <= width
            assert 0 <= bottom <= top <= height


@pytest.mark.parametrize("pair", [*combinations(LANGUAGES, 2)], ids="-".join)
def test_two_languages_are_never_too_small_either(
    words: Catalog, pair: tuple[str, ...]
) -> None:
    sheet = replace(SHEET, site_name=LONGEST, languages=pair)
    printed = [*chars(pdf([sheet], Format.A4, words))]
    assert min(c.size for c in printed) >= 14 - 0.01


def test_the_number_is_by_far_the_largest(words: Catalog) -> None:
    printed = [*chars(pdf([SHEET], Format.A4, words))]
    largest = max(c.size for c in printed)
    written = "".join(c.text for c in printed if c.size == largest)
    assert written.replace(" ", "") == "09612345678"
    assert largest > 70


def test_a_poster_in_english_from_top_to_bottom(words: Catalog) -> None:
    (said,) = texts(pdf([replace(SHEET, languages=("en",))], Format.A4, words))
    order = [
        "Workers' helpline, from outside the factory",
        "Call or text this number: 09612 345 678",
        "The 6 digits of this place: 482170",
        "line.example/s/482170",
        "What happens next 1 You get a number and a PIN",
        "2 The factory's committee looks into it.",
        "3 Whether it is solved, you say. No name needed Nobody asks who you are.",
        "Your phone company keeps a list of calls and texts.",
        "Meghna Apparel Ltd, Unit 2",
        "In danger now? Call 999",
    ]
    said = said.replace("\u200b", "").replace("\ufffe", "")
    places = [said.find(part) for part in order]
    assert -1 not in places, [p for p in order if p not in said]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("calls", "takes_texts", "said", "unsaid"),
    [
        ("answer", False, "Call this number:", ["ext this", "missed"]),
        ("none", True, "Text this number:", ["Call or", "Call this", "missed"]),
        ("missed_call", False, "missed call. It is free", ["text it", "Call this"]),
        ("missed_call", True, "You can also text it.", ["Call this", "Call or"]),
    ],
)
@pytest.mark.parametrize("format", [Format.A4, Format.CARD])
def test_only_what_works_is_promised(
    words: Catalog,
    format: Format,
    calls: str,
    takes_texts: bool,
    said: str,
    unsaid: list[str],
) -> None:
    sheet = replace(SHEET, languages=("en",), calls=calls, takes_texts=takes_texts)
    found = texts(pdf([sheet], format, words))[0]
    assert said in found
    assert [part for part in unsaid if part in found] == []


@pytest.mark.parametrize("format", Format)
def test_the_qr_leads_to_the_site(words: Catalog, format: Format) -> None:
    picture = pictured(pdf([SHEET], format, words))
    assert shows_qr(picture, "https://line.example/s/482170")
    assert not shows_qr(picture, "https://line.example/s/482171")


@pytest.mark.parametrize(
    "name",
    [
        '#eval("1+1")',
        "*_$\\ ` @ref <label> = - / ~ -- '' \"",
        "{data} %s #panic()",
        "[x] ](y) // no /* remark */",
    ],
)
def test_a_name_is_printed_and_never_obeyed(words: Catalog, name: str) -> None:
    sheet = replace(SHEET, site_name=name, local_name="", languages=("en",))
    (said,) = texts(pdf([sheet], Format.A4, words))
    assert " ".join(name.split()) in said


@settings(max_examples=25, deadline=None)
@given(name=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_any_name_is_printed_as_it_is(words: Catalog, name: str) -> None:
    sheet = replace(SHEET, site_name=name, local_name="", languages=("en",))
    said = "".join(texts(pdf([sheet], Format.A4, words)))
    # The reader takes a hyphen at the end of a line for one of a divided word.
    said = said.replace("\ufffe", "-").replace(" ", "").replace("\u200b", "")
    assert name in said


def test_a_name_that_cannot_fit_is_refused_with_what_to_do(words: Catalog) -> None:
    with pytest.raises(Refused, match="larger format"):
        pdf([replace(SHEET, site_name="Unit W " * 90)], Format.A4, words)


@pytest.mark.parametrize("format", Format)
def test_the_same_sheet_is_the_same_file(words: Catalog, format: Format) -> None:
    first, again = (pdf([EVERYWHERE], format, words) for _ in range(2))
    assert first == again
    assert png(SHEET, format, words) == png(SHEET, format, words)
    told = pypdfium2.PdfDocument(first).get_metadata_dict()
    assert {k: v for k, v in told.items() if v and k != "Creator"} == {
        "Title": "482170"
    }
    assert told["Creator"].startswith("Typst")


@pytest.mark.parametrize(
    ("format", "shape"),
    [
        pytest.param("a4", 297 / 210, id="one-poster"),
        pytest.param("a3", 420 / 297, id="one-large-poster"),
        pytest.param("sticker", 1, id="one-sticker"),
        pytest.param("card", 2 * 90 / 116, id="both-sides-in-two-languages"),
    ],
)
def test_a_picture_is_as_wide_as_a_phone_shows(
    words: Catalog, format: str, shape: float
) -> None:
    picture = Image.open(io.BytesIO(png(SHEET, Format(format), words)))
    assert abs(picture.width - PICTURE_WIDTH) <= 1
    assert picture.height / picture.width == pytest.approx(shape, abs=0.01)
    assert shows_qr(picture, SHEET.url)


def test_the_fonts_have_every_letter_of_every_sentence(words: Catalog) -> None:
    scripts = {"bn": "Bengali", "hi": "Devanagari", "ta": "Tamil", "en": ""}
    sentences = [line for line in vars(lines).values() if isinstance(line, Line)]
    assert len(sentences) > 15
    for language, script in scripts.items():
        said = {
            char
            for line in sentences
            for char in words.render(line.using(number="0123456789"), language)
        }
        for weight in ("Regular", "Bold"):
            names = {f"NotoSans{script}-{weight}", f"NotoSans-{weight}"}
            fonts = [ImageFont.truetype(FONTS / f"{name}.ttf", 40) for name in names]
            without = {c for c in said if all(_is_box(font, c) for font in fonts)}
            assert without - {" ", "\u200c", "\u200d"} == set()


def _is_box(font: ImageFont.FreeTypeFont, char: str) -> bool:
    """Tell whether a font draws the box that stands for what it lacks."""
    drawn, box = (
        ImageFont.TransposedFont(font).getmask(c) for c in (char, "\U0010ffff")
    )
    return (drawn.size, bytes(drawn)) == (box.size, bytes(box))


def test_the_fonts_are_small_and_come_with_their_licence() -> None:
    fonts = [*FONTS.glob("*.ttf")]
    assert len(fonts) == 8
    assert sum(font.stat().st_size for font in fonts) < 5_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")
