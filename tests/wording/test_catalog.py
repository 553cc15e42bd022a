"""The catalogue says all of it in the right language, or refuses to load."""

import os
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.wording.catalog import (
    Catalog,
    Misworded,
    UnknownLanguage,
    Untranslated,
)
from app.wording.line import Line

LOCALES = Path(__file__).parents[2] / "locales"
DHAKA, KOLKATA = ZoneInfo("Asia/Dhaka"), ZoneInfo("Asia/Kolkata")
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
BY = "By {date}."
SERVED = '[bn]\nname = "বাংলা"\nday = "EEEE d MMMM"\n'


def entry(said: str, source: str = BY, flag: str = "") -> str:
    return f'{flag}msgid "{source}"\nmsgstr "{said}"\n\n'


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return Catalog.load(LOCALES)


@pytest.fixture
def folder(tmp_path):
    """A folder with one sentence and one served language."""
    (tmp_path / "served.toml").write_text(SERVED, "utf-8")
    (tmp_path / "messages.pot").write_text(HEADER + entry(""), "utf-8")
    translate(tmp_path, entry("{date} আগে।"))
    return tmp_path


def translate(folder: Path, *entries: str) -> Path:
    source = folder / "bn" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(HEADER + "".join(entries), "utf-8")
    return source


def compiled(source: Path, *, seconds_later: int) -> Path:
    target = source.with_suffix(".mo")
    with source.open("rb") as po, target.open("wb") as mo:
        write_mo(mo, read_po(po))
    at = source.stat().st_mtime + seconds_later
    os.utime(target, (at, at))
    return target


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        pytest.param("bn", date(2026, 9, 30), "বুধবার 30 সেপ্টেম্বর", id="Bengali"),
        pytest.param("bn", date(2027, 1, 1), "শুক্রবার 1 জানুয়ারি", id="January"),
        pytest.param("bn", date(2027, 2, 1), "সোমবার 1 ফেব্রুয়ারি", id="February"),
        pytest.param("hi", date(2026, 9, 30), "बुधवार 30 सितंबर", id="Hindi"),
        pytest.param("ta", date(2026, 9, 30), "புதன், செப்டம்பர் 30", id="Tamil"),
        pytest.param("en", date(2026, 9, 30), "Wednesday 30 September", id="English"),
        pytest.param("en", date(2027, 9, 30), "Thursday 30 September", id="next year"),
    ],
)
def test_a_date_is_said_with_weekday_and_month_and_no_year(
    shipped, language, day, words
):
    said = shipped.render(Line("Site: {site}", {"site": day}), language)
    assert said.endswith(f": {words}")


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        pytest.param(DHAKA, "Thursday 1 October, 00:05", id="past midnight in Dhaka"),
        pytest.param(
            KOLKATA, "Wednesday 30 September, 23:35", id="not yet in Tiruppur"
        ),
    ],
)
def test_an_instant_is_said_in_the_sites_zone(shipped, zone, words):
    line = Line("Site: {site}", {"site": datetime(2026, 9, 30, 18, 5, tzinfo=UTC)})
    assert shipped.render(line, "en", zone) == f"Site: {words}"


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        pytest.param(datetime(2026, 9, 30, tzinfo=UTC), None, id="no zone was given"),
        pytest.param(datetime(2026, 9, 30), DHAKA, id="the hour is nobody's"),
    ],
)
def test_an_instant_is_never_guessed(shipped, value, zone):
    with pytest.raises(Misworded):
        shipped.render(Line("Site: {site}", {"site": value}), "en", zone)


def test_a_line_within_a_line_is_said_in_the_same_language(shipped):
    line = Line("Country: {country}", {"country": Line("Bangladesh")})
    assert shipped.render(line, "bn") == "দেশ: বাংলাদেশ"


def test_braces_in_a_value_are_only_characters(shipped):
    line = Line("Site: {site}", {"site": "{number} {0.__class__}", "number": "1"})
    assert shipped.render(line, "en") == "Site: {number} {0.__class__}"


def test_what_is_said_is_in_nfc(shipped):
    typed = "ক\u09c7\u09be \u09df e\u0301"
    said = shipped.render(Line("Site: {site}", {"site": typed}), "en")
    assert said == f"Site: {unicodedata.normalize('NFC', typed)}" != f"Site: {typed}"


def test_languages_are_offered_in_order_and_by_their_own_names(shipped):
    names = [shipped.language_name(code) for code in shipped.languages]
    assert names == ["বাংলা", "हिन्दी", "தமிழ்", "English"]


@pytest.mark.parametrize("language", ["or", "", "bn_BD", "EN"])
def test_another_language_is_refused_and_not_replaced(shipped, language):
    with pytest.raises(UnknownLanguage):
        shipped.render(Line("India"), language)
    with pytest.raises(UnknownLanguage):
        shipped.language_name(language)


def test_an_unmarked_sentence_is_refused(shipped):
    with pytest.raises(Untranslated):
        shipped.render(Line("Nobody marked this."), "en")


def test_a_value_that_is_lacking_is_refused(shipped):
    with pytest.raises(Misworded, match="'site'"):
        shipped.render(Line("Site: {site}"), "en")


def test_a_missing_mo_means_that_the_po_is_read(folder):
    assert Catalog.load(folder).render(Line(BY, {"date": "আজ"}), "bn") == "আজ আগে।"


@pytest.mark.parametrize(
    ("seconds_later", "said"),
    [
        pytest.param(5, "পুরনো আজ", id="a younger mo is read"),
        pytest.param(0, "পুরনো আজ", id="a mo of the same second is read"),
        pytest.param(-5, "নতুন আজ", id="a stale mo is passed over"),
    ],
)
def test_which_of_po_and_mo_is_read(folder, seconds_later, said):
    source = translate(folder, entry("পুরনো {date}"))
    target = compiled(source, seconds_later=0)
    translate(folder, entry("নতুন {date}"))
    at = source.stat().st_mtime + seconds_later
    os.utime(target, (at, at))
    assert Catalog.load(folder).render(Line(BY, {"date": "আজ"}), "bn") == said


def test_a_mo_without_its_po_is_enough(folder):
    source = translate(folder, entry("{date} আগে।"))
    compiled(source, seconds_later=1)
    source.unlink()
    assert Catalog.load(folder).render(Line(BY, {"date": "আজ"}), "bn") == "আজ আগে।"


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        pytest.param([], Untranslated, id="a sentence is missing"),
        pytest.param([entry("")], Untranslated, id="a translation is empty"),
        pytest.param(
            [entry("{date} আগে।", flag="#, fuzzy\n")],
            Untranslated,
            id="only guessed at",
        ),
        pytest.param([entry("{dat} আগে।")], Misworded, id="a misspelt placeholder"),
        pytest.param([entry("আগে।")], Misworded, id="a forgotten placeholder"),
        pytest.param([entry("{date} {pin}")], Misworded, id="one placeholder too many"),
        pytest.param([entry("{date আগে।")], Misworded, id="a broken brace"),
    ],
)
def test_an_unfit_language_does_not_load(folder, entries, error):
    translate(folder, *entries)
    with pytest.raises(error):
        Catalog.load(folder)


def test_an_unfit_mo_does_not_load_either(folder):
    source = translate(folder, entry("{date} আগে।", flag="#, fuzzy\n"))
    compiled(source, seconds_later=1)
    with pytest.raises(Untranslated):
        Catalog.load(folder)


def test_a_language_without_any_catalogue_does_not_load(folder):
    (folder / "bn" / "LC_MESSAGES" / "messages.po").unlink()
    with pytest.raises(Untranslated):
        Catalog.load(folder)
