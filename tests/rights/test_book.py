"""The loader: what it refuses, and that a refusal names the place."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from app.rights.book import COUNTRIES, SLUGS, Topic, load_rights, read_rights
from app.rights.sheet import BadRights, Sheet


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Return the shipped files with English once more, as if translated."""
    folder = tmp_path / "rights"
    with as_file(files("app").joinpath("data", "rights")) as shipped:
        shutil.copytree(shipped / "en", folder / "en")
        shutil.copy(shipped / "sources.toml", folder)
    shutil.copytree(folder / "en", folder / "xx")
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(folder: Path, language: str) -> str:
    with pytest.raises(BadRights) as refused:
        read_rights(folder, language)
    return str(refused.value)


def without_point(topic: Topic, country: str, path: Path) -> None:
    """Take the first point of one country out of a file."""
    text = topic.countries[country].points[0].text
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = lines.index("[[country]]\n", lines.index(f'code = "{country}"\n') - 1)
    first = next(n for n, line in enumerate(lines) if n > at and text in line)
    path.write_text("".join(lines[:first] + lines[first + 1 :]), encoding="utf-8")


def test_a_language_of_the_same_structure_is_read(shelf: Path) -> None:
    edit(shelf / "xx" / "wages.toml", "Pay and overtime", "मज़दूरी और ओवरटाइम")
    topics = read_rights(shelf, "xx")
    assert topics[0].title == "मज़दूरी और ओवरटाइम"
    assert topics[1:] == load_rights("en")[1:]


def test_a_language_is_read_once() -> None:
    assert load_rights("en") is load_rights("en")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_translation_that_lacks_a_point_is_refused(
    shelf: Path, slug: str, country: str
) -> None:
    topic = load_rights("en")[SLUGS.index(slug)]
    without_point(topic, country, shelf / "xx" / f"{slug}.toml")
    assert refusal(shelf, "xx").startswith(f"xx/{slug}.toml: {country}: the points")


def test_a_translation_that_cites_another_source_is_refused(shelf: Path) -> None:
    edit(shelf / "xx" / "wages.toml", '"bla-100"', '"bla-101"')
    assert refusal(shelf, "xx") == (
        "xx/wages.toml: BD: the points cite bla-123, bla-101, bla-108, "
        "bd-minimum-wage, bla-123, bla-132; en has bla-123, bla-100, bla-108, "
        "bd-minimum-wage, bla-123, bla-132"
    )


def test_a_translation_of_an_older_version_is_refused(shelf: Path) -> None:
    edit(shelf / "xx" / "water.toml", "2026-12-01", "2026-11-30")
    assert refusal(shelf, "xx") == (
        "xx/water.toml: version 2026-11-30 is not that of en, 2026-12-01"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "[[country]]",
            'author = "a"\n[[country]]',
            "en/wages.toml: author: unknown key",
            id="an-unknown-key",
        ),
        pytest.param(
            'code = "BD"',
            'code = "BD"\nlong = "a"',
            "en/wages.toml: country 1: long: unknown key",
            id="an-unknown-key-in-a-country",
        ),
        pytest.param(
            ', source = "bla-123" }',
            ', source = "bla-123", note = "a" }',
            "en/wages.toml: country 1: points 1: note: unknown key",
            id="an-unknown-key-in-a-point",
        ),
        pytest.param(
            '"bla-123"',
            '"bla-999"',
            "en/wages.toml: country 1: points 1: source: bla-999 is not in sources",
            id="an-unknown-source",
        ),
        pytest.param(
            '"bla-123"',
            '"cow-17"',
            "en/wages.toml: country 1: points 1: source: cow-17 is law of IN",
            id="a-source-of-another-country",
        ),
        pytest.param(
            'code = "BD"',
            'code = "NP"',
            "en/wages.toml: country 1: code: 'NP' is not one of BD, IN",
            id="an-unknown-country",
        ),
        pytest.param(
            'code = "BD"',
            'code = "IN"',
            "en/wages.toml: country 1: points 1: source: bla-123 is law of BD",
            id="the-law-of-one-under-the-other",
        ),
        pytest.param(
            '"wages"',
            '"water"',
            "en/wages.toml: topic: 'water' is not one of wages",
            id="another-topic",
        ),
        pytest.param(
            '"2026-12-01"',
            '"2026-13-01"',
            "en/wages.toml: version: '2026-13-01' is not a date: write YYYY-MM-DD",
            id="no-date",
        ),
        pytest.param(
            "Pay and overtime",
            "",
            "en/wages.toml: title: write text, with no space around it",
            id="an-empty-title",
        ),
    ],
)
def test_a_page_is_refused(shelf: Path, old: str, new: str, message: str) -> None:
    edit(shelf / "en" / "wages.toml", old, new)
    assert refusal(shelf, "en") == message


def test_a_country_that_lacks_is_refused(shelf: Path) -> None:
    path = shelf / "en" / "safety.toml"
    head, bangladesh, _ = path.read_text(encoding="utf-8").split("[[country]]")
    path.write_text(f"{head}[[country]]{bangladesh}", encoding="utf-8")
    assert refusal(shelf, "en") == "en/safety.toml: country: IN is missing"


def test_a_country_twice_is_refused(shelf: Path) -> None:
    path = shelf / "en" / "safety.toml"
    head, bangladesh, _ = path.read_text(encoding="utf-8").split("[[country]]")
    twice = f"{head}[[country]]{bangladesh}[[country]]{bangladesh}"
    path.write_text(twice, encoding="utf-8")
    assert refusal(shelf, "en") == (
        "en/safety.toml: country 2: code: BD has more than one entry: keep one"
    )


def test_a_topic_that_lacks_is_refused(shelf: Path) -> None:
    (shelf / "xx" / "outside.toml").unlink()
    assert refusal(shelf, "xx") == "xx/outside.toml is missing"


def test_a_topic_that_nobody_lists_is_refused(shelf: Path) -> None:
    (shelf / "xx" / "unions.toml").write_text("", encoding="utf-8")
    assert refusal(shelf, "xx") == "xx/unions.toml is of no topic"


@pytest.mark.parametrize("language", ["", "zz", "..", ".", "../en", "en/../en", "EN"])
def test_a_language_without_pages_is_refused(shelf: Path, language: str) -> None:
    assert refusal(shelf, language) == f"{language!r} has no pages"


def test_what_is_no_toml_is_refused_by_its_place(shelf: Path) -> None:
    (shelf / "xx" / "water.toml").write_text("title = Wasser", encoding="utf-8")
    assert refusal(shelf, "xx").startswith("xx/water.toml: Invalid value")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "https://",
            "http://",
            "sources.toml: source 1: url: write it with https",
            id="a-page-without-https",
        ),
        pytest.param(
            'seen = "2026-12-01"',
            'seen = "not seen"',
            "sources.toml: source 1: confidence: what was not seen is C",
            id="sure-of-what-nobody-saw",
        ),
        pytest.param(
            'confidence = "B"',
            'confidence = "D"',
            "sources.toml: source 1: confidence: 'D' is not one of A, B, C",
            id="a-confidence-that-does-not-exist",
        ),
        pytest.param(
            'id = "bla-26"',
            'id = "bla-24"',
            "sources.toml: source 2: id: bla-24 has more than one entry: keep one",
            id="two-of-one-name",
        ),
        pytest.param(
            'url = "',
            'page = "',
            "sources.toml: source 1: page: unknown key",
            id="an-unknown-key",
        ),
    ],
)
def test_a_source_is_refused(shelf: Path, old: str, new: str, message: str) -> None:
    edit(shelf / "sources.toml", old, new)
    assert refusal(shelf, "en") == message


def test_a_source_with_neither_page_nor_citation_is_refused(shelf: Path) -> None:
    path = shelf / "sources.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines.remove(next(line for line in lines if line.startswith("url = ")))
    path.write_text("".join(lines), encoding="utf-8")
    assert refusal(shelf, "en") == (
        "sources.toml: source 1: url: give a page, or a citation without one"
    )


@given(st.text())
def test_text_is_one_printable_line_or_refused(value: str) -> None:
    sheet = Sheet("a.toml", {"title": value})
    bare = value.replace("\u200c", "").replace("\u200d", "")
    if value and value == value.strip() and bare.isprintable():
        assert sheet.text("title") == value
    else:
        with pytest.raises(BadRights, match=r"^a\.toml: title: write "):
            sheet.text("title")


@given(st.dates().map(str))
def test_a_day_comes_back_as_written(value: str) -> None:
    assert Sheet("a.toml", {"seen": value}).day("seen") == value


@given(st.from_regex(r"[0-9]{4}-(1[3-9]|[2-9][0-9])-[0-9]{2}|[0-9]{8}", fullmatch=True))
def test_what_is_no_day_is_refused(value: str) -> None:
    with pytest.raises(BadRights, match=r"^a\.toml: seen: .* is not a date"):
        Sheet("a.toml", {"seen": value}).day("seen")
