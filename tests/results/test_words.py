"""The catalogue of the results is whole, and true to the code it is made from."""

import re
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.domain.indicators import IndicatorKind, Topic
from app.domain.remedies import Kind
from app.domain.taxonomy import Category, Severity, SiteKind
from app.reports import labels
from app.reports.words import FOLDER, LANGUAGES, Unsayable, Words, words_in
from app.statistics.model import Dimension
from app.wording.catalog import placeholders

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
MARKS = {"M_": None, "say": None, "count": (1, 2)}
# What is written alike in two languages.
ALIKE = {"nl": {"Training", "Criterium", "{share} %"}, "hi": {"{share} %"}}
Key = str | tuple[str, str]


@cache
def marked() -> frozenset[Key]:
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, MARKS)
    return frozenset(
        message if isinstance(message, str) else tuple(message)
        for _, _, message, _, _ in found
    )


def test_the_template_holds_what_the_code_says_and_no_more() -> None:
    with (FOLDER / "results.pot").open("rb") as file:
        messages = read_po(file)
    held = {m.id if isinstance(m.id, str) else tuple(m.id) for m in messages if m.id}
    assert held == marked()
    assert len(held) > 250


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_says_everything(language: str) -> None:
    assert set(words_in(language).sentences) == marked()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_keeps_its_places(language: str) -> None:
    wrong = []
    for source, said in words_in(language).sentences.items():
        sources = (source, source) if isinstance(source, str) else source
        spoken = (said, said) if isinstance(said, str) else said
        wrong += [
            (there, here)
            for there, here in zip(sources, spoken, strict=True)
            if placeholders(there) != placeholders(here)
        ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_left_in_english(language: str) -> None:
    left = {
        source
        for source, said in words_in(language).sentences.items()
        if source == said and source not in ALIKE.get(language, {"{share} %"})
    }
    assert left == set()


@pytest.mark.parametrize("language", ["bn", "hi", "ta"])
def test_a_sentence_is_in_its_script(language: str) -> None:
    block = {"bn": "[\u0980-\u09ff]", "hi": "[\u0900-\u097f]", "ta": "[\u0b80-\u0bff]"}
    strange = [
        said
        for said in words_in(language).sentences.values()
        if isinstance(said, str)
        and said != "{share} %"
        and not re.search(block[language], said)
    ]
    assert set(strange) <= {"{table}, CSV", "SMS"}


def test_what_lacks_is_never_said_in_english() -> None:
    with pytest.raises(Unsayable):
        Words("nl", {}).say("Complaints")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_name(language: str) -> None:
    words = words_in(language)
    codes = [
        *((Dimension.CATEGORY, c) for c in Category if c != Category.INFO),
        *((Dimension.SEVERITY, c) for c in Severity),
        *((Dimension.KIND, c) for c in SiteKind),
        *(("remedy", c) for c in Kind),
        *(("indicator", c) for c in IndicatorKind),
        *(("indicator", f"workers_trained:{c}") for c in Topic),
        *((Dimension.CHANNEL, c) for c in ("voice", "sms", "web", "paper", "box")),
        *((Dimension.COUNTRY, c) for c in ("IN", "BD", "PK")),
        *((Dimension.LANGUAGE, c) for c in ("bn", "hi", "ta", "or")),
    ]
    unnamed = [code for by, code in codes if labels.label(by, code, words) == code]
    assert unnamed == []


@pytest.mark.parametrize(
    ("language", "number", "period", "quarter", "day"),
    [
        ("en", "12,000", "October to December 2026", "Q4 2026", "5 days"),
        ("nl", "12.000", "oktober tot en met december 2026", "K4 2026", "5 dagen"),
        ("bn", "১২,০০০", "অক্টোবর থেকে ডিসেম্বর ২০২৬", "ত্রৈ. ৪, ২০২৬", "৫ দিন"),
        ("hi", "12,000", "अक्तूबर से दिसंबर 2026", "ति. 4, 2026", "5 दिन"),
        ("ta", "12,000", "அக்டோபர் முதல் டிசம்பர் வரை 2026", "கா.4, 2026", "5 நாட்கள்"),
    ],
)
def test_figures_and_times_are_the_languages_own(
    language: str, number: str, period: str, quarter: str, day: str
) -> None:
    words = words_in(language)
    assert words.number(12000) == number
    assert words.period("2026-Q4").replace("अक्टूबर", "अक्तूबर") == period
    assert words.quarter("2026-Q4") == quarter
    assert words.hours(100) == day


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        pytest.param(1, "1 hour", id="one"),
        pytest.param(72, "72 hours", id="three-days-are-still-hours"),
        pytest.param(73, "4 days", id="a-begun-day-counts"),
        pytest.param(0, "less than 1 hour", id="none"),
    ],
)
def test_a_time_in_words(hours: int, said: str) -> None:
    assert words_in("en").hours(hours) == said


@pytest.mark.parametrize(
    ("language", "hour", "working", "day"),
    [
        ("en", "less than 1 hour", "less than 1 working hour", "less than 1 day"),
        ("nl", "minder dan 1 uur", "minder dan 1 werkuur", "minder dan 1 dag"),
        ("bn", "১ ঘণ্টার কম", "১ কর্মঘণ্টার কম", "১ দিনের কম"),
    ],
)
def test_no_time_is_said_to_be_nought(
    language: str, hour: str, working: str, day: str
) -> None:
    words = words_in(language)
    assert (words.hours(0), words.working_hours(0), words.days(0)) == tuple(
        normalize("NFC", said) for said in (hour, working, day)
    )
    assert words.working_hours(100) == words.count(
        "{n} working hour", "{n} working hours", 100
    )
