"""Texts as registries hold them: found again by what they say, and only so."""

import re
import unicodedata
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from app.conversation import lines
from app.domain.taxonomy import LANGUAGES
from app.outbox.by_text import sentences
from app.outbox.messages import AT_THE_DOOR, TEMPLATES, word
from app.outbox.owed import Channel
from app.wording.line import Line
from app.wording.phrasings import phrasing_of, phrasings
from app.wording.registered import (
    Registered,
    Sentence,
    Slot,
    Texts,
    id_of,
    place,
    texts_of,
)
from tests.conversation.test_transcripts import CATALOG, TRANSCRIPTS, heard_in
from tests.exported import must_be_exported, texts

DHAKA = ZoneInfo("Asia/Dhaka")
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


class Plain:
    """Two languages that differ in one word."""

    languages = ("en", "bn")

    def render(self, line: Line, language: str) -> str:
        said = line.message.format_map(line.params)
        return said if language == "en" else said.replace("News", "Khobor")

    def day(self, day: date, language: str) -> str:
        return f"{day:%d %b}"


def two(*given: tuple[str, str, Slot | None]) -> Texts:
    """Return texts of one variable, {x}, each given as name, words and slot."""
    made = [
        Sentence(
            name,
            (Line(words, {"x": place("x")}) if slot else Line(words),),
            {"x": slot} if slot else {},
        )
        for name, words, slot in given
    ]
    return texts_of(Plain(), made)


DIGITS = Slot(("123456",), "numeric", "[0-9]")
ANY = Slot(("a whole day",))


def matched(found: Texts, said: str, language: str | None = None) -> str | None:
    text = found.match(said, language)
    return text.text_id.rpartition("-")[0] if text else None


NEWS = two(
    ("news", "News: {x}", ANY),
    ("pin", "News: PIN {x}", DIGITS),
    ("stop", "News: stop", None),
    ("ok", "OK", None),
)


@pytest.mark.parametrize(
    ("said", "language", "found"),
    [
        pytest.param("News: rain", "en", "news-en", id="a value stands in it"),
        pytest.param("News: PIN 12", "en", "pin-en", id="more fixed words win"),
        pytest.param("News: PIN x", "en", "news-en", id="a PIN is digits"),
        pytest.param("News: stop", "en", "stop-en", id="all of it fixed wins"),
        pytest.param("News: ", "en", None, id="a value is never blank"),
        pytest.param("News: a whole day!", "en", None, id="a value has its longest"),
        pytest.param("News: a\nb", "en", None, id="a value is one line"),
        pytest.param("news: rain", "en", None, id="letter by letter"),
        pytest.param("News: stop ", "en", "news-en", id="a blank is a letter too"),
        pytest.param("Khobor: rain", "bn", "news-bn", id="the other language"),
        pytest.param("Khobor: rain", None, "news-bn", id="no language is said"),
        pytest.param("Khobor: rain", "en", "news-bn", id="its words beat the language"),
        pytest.param("OK", "bn", "ok-bn", id="alike in both: the language decides"),
        pytest.param("OK", None, "ok-en", id="alike in both, and none is said"),
    ],
)
def test_the_most_fixed_words_win(said: str, language: str | None, found: str) -> None:
    assert matched(NEWS, said, language) == found


def test_a_text_is_found_however_its_letters_were_put_together() -> None:
    said = "উপজেলা: যোগাযোগ"
    found = two(("x", f"{said} {{x}}", ANY))
    assert matched(found, unicodedata.normalize("NFD", f"{said} যোগ"), "en") == "x-en"


def test_an_id_is_the_name_the_language_and_the_words() -> None:
    (text, _) = two(("news", "News by {x}.", ANY))
    assert text.text_id == id_of("news", "en", "News by {x}.")
    assert re.fullmatch(r"news-en-[0-9a-f]{8}", text.text_id)
    (other, _) = two(("news", "News until {x}.", ANY))
    assert other.text_id != text.text_id


def test_variables_are_written_as_each_registry_wants() -> None:
    (text, _) = two(("pin", "PIN {x} is yours.", DIGITS))
    assert text.plain == "PIN {x} is yours."
    assert text.for_dlt == "PIN {#numeric#} is yours."
    assert text.for_dlt_before == "PIN {#var#} is yours."
    assert text.numbered == "PIN {{1}} is yours."
    assert (text.example, text.parts, text.why_not) == ("PIN 123456 is yours.", 1, "")


@pytest.mark.parametrize(
    ("words", "slot", "why", "doubts"),
    [
        pytest.param("PIN {x} is yours.", DIGITS, "", (), id="nothing"),
        pytest.param(
            "News by {x} for you.",
            Slot(("x" * 31,)),
            "{x} may have 31 characters",
            (),
            id="longer than a variable",
        ),
        pytest.param(
            "By {x} ok",
            Slot(("x" * 30,)),
            "",
            ("fixed words are less than 30 % of it",),
            id="few words of our own",
        ),
        pytest.param(
            "For you: {x} says it.",
            Slot(("abc",), endless="people write it"),
            "people write it",
            (),
            id="no end to it",
        ),
        pytest.param(
            "Your PIN is {x}.", DIGITS, "", ("it ends with a variable",), id="its end"
        ),
        pytest.param(
            "News by {x} for you.",
            Slot(("Mon, 3/9",)),
            "",
            ("x: ask whether {#alphanumeric#} lets 'Mon, 3/9' through",),
            id="a comma",
        ),
    ],
)
def test_what_a_registry_would_not_take(
    words: str, slot: Slot, why: str, doubts: tuple[str, ...]
) -> None:
    (text, _) = two(("x", words, slot))
    assert (text.why_not, text.doubts) == (why, doubts)


# ------------------------------------------------------------ what is really said


def worded(value: Any, language: str) -> str:
    match value:
        case Line():
            said = CATALOG.render(value, language)
        case datetime():
            said = f"{CATALOG.day(value, language)}, {value:%H:%M}"
        case date():
            said = CATALOG.day(value, language)
        case _:
            said = str(value)
    return unicodedata.normalize("NFC", said)


@cache
def values_of(text: Registered) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(
            worded(value, text.language)
            for value in text.sentence.slots[each.name].values
        )
        for each in text.variables
    )


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_every_text_with_any_values_is_found_again(data: st.DataObject) -> None:
    """Another one is found only where it has more of the words fixed."""
    text = texts().by_id[data.draw(st.sampled_from(sorted(texts().by_id)))]
    chosen = iter(
        [
            re.sub("[0-9]", lambda _: str(data.draw(st.integers(0, 9))), value)
            if re.search(r"[0-9]", value) and each.tag in ("numeric", "cbn")
            else value
            for each, values in zip(text.variables, values_of(text), strict=True)
            for value in [data.draw(st.sampled_from(values))]
        ]
    )
    said = text.with_variables(lambda _, __: next(chosen))
    found = texts().match(said, text.language)
    assert found is not None, said
    assert found is text or found.fixed_length > text.fixed_length, found.text_id


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_a_persons_words_are_of_no_text_that_can_be_registered(words: str) -> None:
    said = CATALOG.render(lines.MESSAGE.using(words=words), "en")
    text = texts().match(said, "en")
    is_prepared = phrasing_of(words, "en") is not None
    assert text is None or text.why_not or is_prepared


@EVERY_LANGUAGE
def test_prepared_words_are_a_text_of_their_own(language: str) -> None:
    for each in phrasings().values():
        said = each.text(language)
        text = texts().match(CATALOG.render(lines.MESSAGE.using(words=said), language))
        assert text is not None
        assert (text.why_not, text.variables) == ("", ())
        assert text.text_id.startswith(f"message-{each.id}-{language}-")
        assert phrasing_of(said, language) == each


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in TRANSCRIPTS])
def test_all_that_a_talk_says_is_exported(path: Any) -> None:
    count = 0
    for language, answer in heard_in(path.read_text("utf-8")):
        must_be_exported(answer, language)
        count += 1
    assert count


@EVERY_LANGUAGE
@pytest.mark.parametrize("template", sorted({*TEMPLATES, *AT_THE_DOOR}))
@pytest.mark.parametrize("has_pin", [False, True])
def test_all_that_is_owed_by_text_is_exported(
    template: str, language: str, has_pin: bool
) -> None:
    params = {
        "has_pin": has_pin,
        "until": "2026-12-04T20:00:00+00:00",
        "link": "https://hotline.example/join/abc",
        "code": "482170",
        "name": "A",
        "where": ["IN"],
        "by_name": "B",
        "what": "invited",
        "first": 12,
        "last": 13,
        "heads": "12 aa\n13 bb",
    }
    said = [
        CATALOG.render(line, language, DHAKA)
        for line in word(template, params, Channel.SMS).lines
    ]
    must_be_exported("\n\n".join(said), language)


def test_every_text_has_its_own_id() -> None:
    assert len(texts().by_id) == len(texts()) > 500


def test_a_line_that_nobody_described_fails() -> None:
    unknown = Sentence("x", (Line("At {x}.", {"x": place("x")}),))
    with pytest.raises(KeyError):
        texts_of(Plain(), [unknown])


def test_what_cannot_be_registered_says_why() -> None:
    told = {t.sentence.name for t in texts() if t.why_not and t.language == "en"}
    assert told == {
        *("message", "message-cut", "room-invite"),
        *("partner-added-added", "partner-added-invited"),
        *(f"staff-list-{n}" for n in (1, 2, 3, 4, 5, "more")),
    }


def test_a_worker_is_told_nothing_by_three_variables_but_her_number() -> None:
    """More than two variables want a reason: her number, PIN and date have one."""
    many = {
        t.sentence.name
        for t in texts()
        if len(t.variables) > 2 and t.sentence.reader == "worker" and not t.why_not
    }
    assert many == {"ack", "ack-112", "ack-999"}


def test_the_sentences_come_in_the_same_order_each_time() -> None:
    assert [s.name for s in sentences()] == [s.name for s in sentences()]
