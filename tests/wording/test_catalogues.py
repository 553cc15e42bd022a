"""The catalogues are complete, and true to the code that they are made from."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog as Messages
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.conversation import lines
from app.domain.taxonomy import LANGUAGES
from app.wording.catalog import Catalog, placeholders
from app.wording.line import Line

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "locales"
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@cache
def marked() -> dict[str, tuple[str, ...]]:
    """Return every marked sentence of app/ with its note to the translators."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str, tuple[str, ...]] = {}
    marks = {"N_": None, "_": None}
    for _, _, message, notes, _ in extract_from_dir(
        ROOT, methods, options, marks, ("Translators:",), strip_comment_tags=True
    ):
        assert isinstance(message, str)
        found[message] = (*found.get(message, ()), *notes)
    return found


@cache
def catalogue(language: str | None) -> Messages:
    path = LOCALES / "messages.pot"
    if language:
        path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def sentences(messages: Iterable[object]) -> dict[str, str]:
    return {str(m.id): str(m.string) for m in messages if m.id}  # type: ignore[attr-defined]


def test_the_template_holds_what_the_code_says_and_no_more():
    assert set(sentences(catalogue(None))) == set(marked())


def test_the_template_holds_the_notes_of_the_code():
    noted = {str(m.id): tuple(m.auto_comments) for m in catalogue(None) if m.id}
    assert noted == marked()


def test_every_line_to_a_worker_has_a_note_for_translators():
    unnoted = [
        name
        for name, line in vars(lines).items()
        if isinstance(line, Line) and not marked()[line.message]
    ]
    assert unnoted == []


def test_every_language_of_the_programme_is_served():
    assert Catalog.load(LOCALES).languages == LANGUAGES


@EVERY_LANGUAGE
def test_a_catalogue_is_whole(language):
    messages = catalogue(language)
    said = sentences(messages)
    assert set(said) == set(marked())
    assert [source for source, words in said.items() if not words.strip()] == []
    assert [m.id for m in messages if m.fuzzy and m.id] == []
    assert list(messages.obsolete) == []


@EVERY_LANGUAGE
def test_a_catalogue_keeps_the_placeholders(language):
    """Babel's own check lets `{reff}` pass for `{ref}`."""
    differing = [
        source
        for source, words in sentences(catalogue(language)).items()
        if placeholders(source) != placeholders(words)
    ]
    assert differing == []


@EVERY_LANGUAGE
def test_a_catalogue_is_in_nfc_and_free_of_hidden_characters(language):
    for words in sentences(catalogue(language)).values():
        assert words == unicodedata.normalize("NFC", words)
        assert not re.search(r"[\u200b\u2060\ufeff\u00a0\u202a-\u202e]", words)
        assert words == words.strip()


def test_english_says_what_the_code_says():
    assert all(source == said for source, said in sentences(catalogue("en")).items())


SCRIPTS = {
    "bn": range(0x0980, 0x0A00),
    "hi": range(0x0900, 0x0980),
    "ta": range(0x0B80, 0x0C00),
}
# What stays in Latin letters, because that is how it is read.
LATIN = {"SMS", "PIN", "HR", "PF", "ESI", "PDF", "MB", "Threadline"}
# In the rooms also what is typed into a field just so, or is a thing's own name.
LATIN_OF_STAFF = LATIN | {
    *("S", "A", "OS", "ID", "API", "CSV", "QR", "UTF", "TOML", "kB", "BD", "https"),
    *("a", "z", "d", "mo", "sat", "sun", "wed", "thu", "fri", "Asia", "Dhaka"),
    *("twilio", "estimated", "standardwebhooks", "com", "webhook", "id"),
    *("age", "JSON", "heads", "json", "threadline", "statistics", "publish"),
}


_OF_ROOMS = ("app/console/", "app/actions/export_scope")


@cache
def of_rooms() -> frozenset[str]:
    """Return the sentences that stand in the rooms and nowhere else."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    files: dict[str, set[str]] = {}
    for name, _, message, _, _ in extract_from_dir(
        ROOT, methods, options, {"N_": None, "_": None}
    ):
        files.setdefault(str(message), set()).add(name)
    return frozenset(
        message
        for message, names in files.items()
        if all(str(name).startswith(_OF_ROOMS) for name in names)
    )


@pytest.mark.parametrize("language", SCRIPTS)
def test_no_letter_of_another_script_has_slipped_in(language):
    for message, words in sentences(catalogue(language)).items():
        plain = re.sub(r"\{\w+\}", "", words)
        known = LATIN_OF_STAFF if message in of_rooms() else LATIN
        assert set(re.findall(r"[A-Za-z]+", plain)) <= known
        foreign = [
            char
            for char in plain
            if ord(char) > 0x7F
            and ord(char) not in SCRIPTS[language]
            and char not in "।"
        ]
        assert foreign == []


def test_hindi_bends_a_case_before_a_postposition():
    wrong = re.compile(r"मामला \{number\} (में|को|की|के|का|पर|से)\b")
    assert [s for s in sentences(catalogue("hi")).values() if wrong.search(s)] == []
