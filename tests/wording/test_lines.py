"""What workers are told: short enough, discreet enough, in every language."""

import re
import unicodedata
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from app.conversation import lines, vocabulary
from app.domain.taxonomy import LANGUAGES
from app.wording.catalog import Catalog
from app.wording.line import Line
from app.wording.segments import Encoding, segments

CATALOG = Catalog.load(Path(__file__).parents[2] / "locales")
LINES = {name: line for name, line in vars(lines).items() if isinstance(line, Line)}
# Seven years bring every day of every month together with every weekday.
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(7 * 366)]
MENU = "\n".join(
    f"{place} {CATALOG.language_name(code)}"
    for place, code in enumerate(CATALOG.languages, 1)
)


def said(name: str, language: str, day: date = DAYS[0]) -> str:
    line = LINES[name].using(
        number="1234-5678",
        pin="123456",
        date=day,
        emergency="999",
        menu=MENU,
        helpline="1800 4252 6500",
        hotline="1800 425 26500",
        words="",
    )
    return CATALOG.render(line, language)


@cache
def longest(name: str, language: str) -> str:
    """Return the line on the day that makes it longest: of one year, ACK of seven."""
    if "{date}" not in LINES[name].message:
        return said(name, language)
    return max(
        (said(name, language, day) for day in (DAYS if name == "ACK" else DAYS[:365])),
        key=lambda text: (segments(text).parts, len(text)),
    )


EVERY_LINE = pytest.mark.parametrize("name", LINES)
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@EVERY_LANGUAGE
@EVERY_LINE
def test_no_text_costs_more_than_two_parts_on_any_day(name, language):
    text = longest(name, language)
    assert segments(text).parts <= 2, segments(text)


@EVERY_LANGUAGE
@pytest.mark.parametrize("name", ["WORKER_NEWS", "STAFF_NOTICE", "NOTED", "STOPPED"])
def test_what_needs_few_words_costs_less(name, language):
    limit = 2 if (name, language) == ("STOPPED", "ta") else 1
    assert segments(longest(name, language)).parts <= limit


@EVERY_LINE
def test_english_needs_no_costly_letters(name):
    assert name == "ASK_LANGUAGE" or (
        segments(longest(name, "en")).encoding is Encoding.GSM7
    )


@pytest.mark.parametrize("name", [name for name in LINES if name.startswith("STATUS_")])
def test_where_it_stands_is_one_part_in_english(name):
    assert segments(longest(name, "en")).parts == 1


@EVERY_LANGUAGE
def test_the_acknowledgement_ends_with_the_emergency_number(language):
    text = said("ACK", language)
    assert text.removesuffix(".").endswith("999")
    assert "1234-5678" in text
    assert "123456" in text


@EVERY_LANGUAGE
def test_both_faces_of_a_phone_read_the_same_news(language):
    """The unprompted text holds nothing that differs from case to case."""
    assert not re.search(r"[{}\d]", CATALOG.render(lines.WORKER_NEWS, language))


@EVERY_LANGUAGE
@EVERY_LINE
def test_no_text_names_what_frightens(name, language):
    """Nobody who reads over a shoulder learns that somebody complained."""
    tell_tale = (
        *("complain", "grievance", "accus", "report", "police", "case", "http", "www"),
        *("অভিযোগ", "মামলা", "পুলিশ", "शिकायत", "मामला", "पुलिस"),
        *("புகார்", "வழக்கு", "போலீஸ்"),
    )
    text = said(name, language).lower()
    assert not [word for word in tell_tale if word in text]


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    "name", sorted(LINES.keys() - {"ASK_TOPIC", "ASK_TOPIC_AGAIN"})
)
def test_only_the_question_names_a_subject(name, language):
    subjects = ("harass", "wage", "pay ", "যৌন", "বেতন", "यौन", "तनख्वाह", "பாலியல்")
    text = said(name, language).lower()
    assert not [word for word in subjects if word in text]


@EVERY_LANGUAGE
@EVERY_LINE
def test_figures_are_plain(name, language):
    """Digits are 0 to 9, and no danda leans on one and looks like another."""
    text = said(name, language)
    assert re.findall(r"\d", text) == re.findall(r"[0-9]", text)
    assert not re.search(r"\d।", text)


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    ("name", "choices"),
    [
        pytest.param("ASK_CONFLICT", 3, id="conflict"),
        pytest.param("ASK_CONFLICT_AGAIN", 3, id="conflict again"),
        pytest.param("ASK_TOPIC", 7, id="topic"),
        pytest.param("ASK_TOPIC_AGAIN", 7, id="topic again"),
        pytest.param("ASK_LANGUAGE", 4, id="language"),
        pytest.param("ASK_MAY_TEXT", 2, id="may we text"),
        pytest.param("ASK_MAY_TEXT_AGAIN", 2, id="may we text, again"),
        pytest.param("ASK_SOLVED", 2, id="solved"),
    ],
)
def test_every_choice_is_offered_in_order(name, choices, language):
    found = re.findall(r"(?:^|  |\n|[?.।] )(\d) (?=[^\d\s])", said(name, language))
    assert found[-choices:] == [str(n) for n in range(1, choices + 1)]


# The words to be written back, as each language's texts name them.
KEYWORDS = {
    "status": {"bn": "খবর", "hi": "हाल", "ta": "நிலை", "en": "STATUS"},
    "new": {"bn": "নতুন", "hi": "नया", "ta": "புதிது", "en": "NEW"},
    "call_me": {"bn": "ফোন করুন", "hi": "फोन करें", "ta": "அழைக்கவும்", "en": "CALL ME"},
    "language": {"bn": "ভাষা", "hi": "भाषा", "ta": "மொழி", "en": "LANGUAGE"},
    "withdraw": {"bn": "তুলে নিন", "hi": "वापस", "ta": "வாபஸ்", "en": "WITHDRAW"},
    "stop": {"bn": "বন্ধ", "hi": "बंद", "ta": "நிறுத்து", "en": "STOP"},
    "undo": {"bn": "চালিয়ে যান", "hi": "जारी रखें", "ta": "தொடரவும்", "en": "UNDO"},
}
NAMED_IN = {
    **dict.fromkeys(KEYWORDS, ("HELP",)),
    "status": ("HELP", "MAY_TEXT_YES", "MAY_TEXT_NO", "WORKER_NEWS", "STATUS_LATE"),
    "new": ("HELP", "STATUS_CLOSED_FINAL"),
    "undo": ("WITHDRAW_NOTED",),
}


@EVERY_LANGUAGE
@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_keyword_that_a_text_names_is_understood(keyword, language):
    word = KEYWORDS[keyword][language]
    assert word.lower() in vocabulary.KEYWORDS[keyword]
    for name in NAMED_IN[keyword]:
        assert word in said(name, language), name


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("bn", "সমাধান হয়নি", id="Bengali"),
        pytest.param("hi", "हल नहीं हुआ", id="Hindi"),
        pytest.param("ta", "தீரவில்லை", id="Tamil"),
        pytest.param("en", "NOT SOLVED", id="English"),
    ],
)
def test_not_solved_is_understood_as_it_is_named(language, words):
    assert words in said("STATUS_CLOSED", language)
    assert any(known in words.lower() for known in vocabulary.NOT_SOLVED)


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        pytest.param("ACK", "bn", "কাউকে দেখাবেন না", id="Bengali keeps the PIN secret"),
        pytest.param(
            "HELP", "bn", "কথা তুলে নিতে", id="Bengali takes back what was said"
        ),
        pytest.param("WELCOME", "ta", "உங்கள் நம்பரை", id="Tamil says whose number"),
        pytest.param("WITHDRAW_NOTED", "ta", "தொடர்வோம்", id="Tamil says: we go on"),
        pytest.param("CALL_NOTED", "hi", "इस नंबर पर", id="Hindi calls a number"),
        pytest.param("STATUS_IN_REMEDIATION", "hi", "कदम-दर-कदम", id="Hindi: by steps"),
    ],
)
def test_a_native_readers_corrections_stand(name, language, words):
    assert unicodedata.normalize("NFC", words) in said(name, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("bn", "অন্য একজন", id="Bengali"),
        pytest.param("hi", "कोई और", id="Hindi"),
        pytest.param("ta", "வேறு ஒருவர்", id="Tamil"),
        pytest.param("en", "someone else", id="English"),
    ],
)
def test_nobody_is_promised_another_reader(language, words):
    """A reopened case may stay with those who had it."""
    assert words not in said("NOT_SOLVED_NOTED", language)


def test_bengali_hangs_by_on_the_date_and_nothing_between():
    dated = [name for name in LINES if "{date}" in LINES[name].message]
    assert [name for name in dated if "তারিখের" in said(name, "bn")] == []


@EVERY_LANGUAGE
@EVERY_LINE
def test_no_text_names_a_helpline_that_tells_the_subject(name, language):
    told = ("women", "child", "নারী", "মহিলা", "महिला", "பெண்")
    if name not in ("ASK_TOPIC", "ASK_TOPIC_AGAIN"):
        assert not [word for word in told if word in said(name, language).lower()]


@EVERY_LANGUAGE
@pytest.mark.parametrize("name", ["LIMIT_LABOUR", "LIMIT_LEGAL_AID", "LIMIT_OUTSIDE"])
def test_a_right_can_end_and_the_help_does_not(name, language):
    """ "Only until" was said of the number, which helps after that day too."""
    right = {"bn": "অধিকার", "hi": "हक", "ta": "உரிமை", "en": "rights"}[language]
    first, rest = re.split(r"(?<=[.।]) ", said(name, language), maxsplit=1)
    assert right in first
    assert not re.search(r"only until|পর্যন্ত| तक|வரை மட்டும்", rest)


def test_a_late_answer_names_no_date():
    assert "{" not in lines.STATUS_LATE.message
