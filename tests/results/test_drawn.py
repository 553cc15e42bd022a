"""Charts and papers: what is in them, and that no letter of them needs a font."""

import re
from xml.etree import ElementTree

import pypdfium2
import pytest
from hypothesis import given, settings, strategies as st

from app.reports.charts import WIDTH, spec, svg
from app.reports.document import Bar, Chart
from app.reports.lettering import SVG
from app.reports.render import drawn_periods, files_of
from app.reports.words import LANGUAGES, words_in
from app.reports.write import document
from app.statistics.definitions import FIGURES
from tests.results.issues import PLACES, founding, lively

LABELS = {
    "en": "Wages and pay",
    "nl": "Loon en betaling",
    "bn": "নির্যাতন ও হুমকি",
    "hi": "उत्पीड़न और धमकी",
    "ta": "வேலை நேரம் மற்றும் விடுப்பு",
}


def chart(language: str, *, is_over_time: bool = False) -> Chart:
    label = LABELS[language]
    bars = (
        Bar(label, "a", 20, "20"),
        Bar(label, "b", 12, "12"),
        Bar(f"{label} 2", "a", None, "fewer than 10"),
        Bar(f"{label} 2", "b", None, "fewer than 10"),
    )
    return Chart("one", "A <title>", 'Said & "done"', bars, is_over_time)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_over_time", [False, True])
def test_a_chart_is_outlined_named_and_the_same_every_time(
    language: str, is_over_time: bool
) -> None:
    drawn = svg(chart(language, is_over_time=is_over_time), language)
    picture = ElementTree.fromstring(drawn)
    assert picture.findtext(f"{{{SVG}}}title") == "A <title>"
    assert picture.findtext(f"{{{SVG}}}desc") == 'Said & "done"'
    assert picture.get("role") == "img"
    assert list(picture.iter(f"{{{SVG}}}text")) == []
    assert len(list(picture.iter(f"{{{SVG}}}use"))) > 20
    assert float(picture.get("width", "0")) <= WIDTH
    assert b"http" not in drawn.replace(b"http://www.w3.org/", b"")
    assert svg(chart(language, is_over_time=is_over_time), language) == drawn


numbers = st.one_of(st.none(), st.integers(0, 5000))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12), st.booleans())
def test_only_what_is_told_has_a_length(values, is_over_time: bool) -> None:
    bars = [
        Bar(f"row {row}", part, value, str(value))
        for row, pair in enumerate(values)
        for part, value in zip("ab", pair, strict=True)
    ]
    made = spec(Chart("c", "t", "a", tuple(bars), is_over_time), "en")
    lengths = made["layer"][0]["data"]["values"]
    if is_over_time:
        drawn = [mark["value"] for mark in lengths]
        assert drawn == [bar.value for bar in bars if bar.value is not None]
    else:
        drawn = [mark["to"] - mark["from"] for mark in lengths]
        assert drawn == [bar.value for bar in bars if bar.value]


def test_what_is_drawn_of_a_release(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = ("nl", "ta")  # those with the longest words
    monkeypatch.setattr("app.reports.render.LANGUAGES", spoken)
    files = list(files_of(lively(), PLACES))
    names = {(f.name, f.language) for f in files}
    assert len(names) == len(files)
    for language in spoken:
        papers = {name for name, code in names if code == language}
        assert {"2026/report.pdf", "2026/by-category.svg"} <= papers
    assert drawn_periods(lively()) == ("2026", "2025", "2026-Q4")
    for file in files:
        if file.name == "2026/report.pdf":
            pages = len(pypdfium2.PdfDocument(file.content))
            assert 7 <= pages <= 14, file.language
        elif file.kind == "image/svg+xml":
            assert len(file.content) < 150_000


def test_the_paper_says_what_the_page_says() -> None:
    paper = next(f for f in files_of(founding(), PLACES) if f.name == "2019/report.pdf")
    pages = pypdfium2.PdfDocument(paper.content)
    said = " ".join(
        " ".join(page.get_textpage().get_text_bounded() for page in pages).split()
    )
    written = document(founding(), "2019", words_in("en"), PLACES)
    for sentence in written.headline:
        assert sentence in said
    assert "Definitions of all figures" in said
    footer = r"Release 3\. Threadline, workers' helpline\. \d+ / \d+"
    unbroken = re.sub(r"\s", "", re.sub(footer, "", said))
    assert "inEnglish:/results/definitions" in unbroken
    for figure in written.figures:
        meant = FIGURES[figure]
        worded = f"{meant.name}. {meant.rule} Version {meant.version}."
        assert worded.replace(" ", "") in unbroken, figure
    for figure in ("12,000", "3,500", "2,000", "400", "not recorded"):
        assert figure in said
