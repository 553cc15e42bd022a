"""The rights at work: by keyword and by telephone, to whoever asks."""

import re
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from app.actions.call_words import Speaking
from app.actions.turn_words import Filling
from app.conversation import answers, lines, rights_lines, vocabulary
from app.conversation.calls import machine as calls, spoken, spoken_rights
from app.conversation.calls.rights import told
from app.conversation.calls.session import (
    At,
    AwaitKeys,
    CallFacts,
    CallSession,
    CallTurn,
    HangUp,
    Keys,
    Record,
    Slot,
)
from app.conversation.machine import advance
from app.conversation.reading import read
from app.conversation.rights_lines import COUNTRIES, SHORT, TOPICS
from app.conversation.session import (
    CaseView,
    CountContact,
    Facts,
    Open,
    Session,
    Step,
)
from app.domain.directory import HotlineNumber
from app.domain.taxonomy import LANGUAGES, Category, Conflict, State
from app.wording.catalog import Catalog
from app.wording.line import Line
from app.wording.prompt import Digits, Prompt
from app.wording.segments import Encoding, segments
from tests.builders import PROGRAMME, TUESDAY, opened

CATALOG = Catalog.load(Path(__file__).parents[2] / "locales")
CASE = CaseView(
    number="12345670",
    state=State.RECEIVED,
    has_site=False,
    conflict=None,
    category=Category.WAGE,
    may_text=None,
)
WORDS = {"bn": "অধিকার", "hi": "हक", "ta": "உரிமை", "en": "RIGHTS"}
TOLD = (*SHORT.values(), rights_lines.MENU, rights_lines.HELP, rights_lines.ELSEWHERE)
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_LINE = pytest.mark.parametrize("line", TOLD, ids=lambda line: line.message[:25])


def facts(case: CaseView | None = None, *, is_rested: bool = False) -> Facts:
    return Facts(("bn", "en"), frozenset({"482170"}), is_rested=is_rested, case=case)


# ------------------------------------------------------------------ the words


def chapters() -> dict[tuple[str, str], str]:
    """Return the short text of every topic and country of the English pages."""
    pages = files("app.data") / "rights" / "en"
    found = {}
    for page in pages.iterdir():
        told = tomllib.loads(page.read_text("utf-8"))
        for country in told["country"]:
            found[told["topic"], country["code"]] = country["short"]
    return found


def test_the_texts_are_those_of_the_pages() -> None:
    told = {
        key: line.message.removesuffix(rights_lines.DELETE)
        for key, line in SHORT.items()
    }
    assert told == chapters()
    assert list(SHORT) == [(t, c) for t in TOPICS for c in COUNTRIES]


@EVERY_LANGUAGE
@EVERY_LINE
def test_no_right_takes_more_than_two_parts(line: Line, language: str) -> None:
    said = CATALOG.render(line, language)
    assert segments(said).parts <= 2, segments(said)


@EVERY_LINE
def test_english_needs_no_costly_letters(line: Line) -> None:
    assert segments(CATALOG.render(line, "en")).encoding is Encoding.GSM7


@EVERY_LANGUAGE
@EVERY_LINE
def test_figures_are_plain(line: Line, language: str) -> None:
    said = CATALOG.render(line, language)
    assert re.findall(r"\d", said) == re.findall(r"[0-9]", said)
    assert not re.search(r"\d।", said)


@pytest.mark.parametrize("language", ["bn", "hi", "ta"])
@pytest.mark.parametrize("key", SHORT, ids="-".join)
def test_a_translation_keeps_every_figure(key: tuple[str, str], language: str) -> None:
    """A number that differs is another law, or another person's telephone."""
    line = SHORT[key]
    told = re.findall(r"\d+", CATALOG.render(line, language))
    assert sorted(told) == sorted(re.findall(r"\d+", line.message))


@EVERY_LANGUAGE
def test_the_menu_offers_every_topic_in_order(language: str) -> None:
    first, *choices = CATALOG.render(rights_lines.MENU, language).splitlines()
    assert [choice.split()[0] for choice in choices] == list("123456789")
    assert f"{WORDS[language]} 3" in first


@EVERY_LANGUAGE
def test_the_keyword_that_the_texts_name_is_understood(language: str) -> None:
    assert WORDS[language].lower() in vocabulary.KEYWORDS["rights"]
    assert WORDS[language] in CATALOG.render(rights_lines.HELP, language)


# ------------------------------------------------------------------- by text

ASKED = [
    ("RIGHTS", None),
    ("rights please", None),
    ("Rights 3", 3),
    ("RIGHTS3", 3),
    ("3 rights", 3),
    ("law", None),
    ("RIGHTS 0", None),
    ("RIGHTS 12", None),
    ("অধিকার", None),
    ("অধিকার ৩", 3),
    ("amar odhikar", None),
    ("odhikar 5", 5),
    ("हक", None),
    ("अधिकार ३", 3),
    ("adhikar 9", 9),
    ("haq 1", 1),
    ("உரிமை", None),
    ("உரிமை ௩", 3),
    ("urimai 7", 7),
]


@pytest.mark.parametrize(("text", "key"), ASKED, ids=[text for text, _ in ASKED])
def test_a_right_is_asked_for(text: str, key: int | None) -> None:
    turn = advance(Session("en"), read(text), facts())
    assert turn.said == (rights_lines.answer(key),)
    assert turn.acts == (CountContact("rights"),)


TOLD_OFF = [
    "they take our rights away",
    "no rights here",
    "RIGHTS 3 months no pay",
    "our rights 2 brothers were beaten",
    "what are my rights if he hits me",
    "law 3 lakh",
    "RIGHTS 482170",
    "আমাদের অধিকার কেড়ে নেয়",
    "अधिकार नहीं देते",
    "உரிமை தரல",
]


@pytest.mark.parametrize("text", TOLD_OFF)
def test_what_only_holds_the_word_is_told_to_us(text: str) -> None:
    turn = advance(Session("en"), read(text), facts())
    assert [act for act in turn.acts if isinstance(act, Open)]


def test_the_word_under_a_picture_is_told_to_us() -> None:
    turn = advance(Session("en"), read("rights", has_media=True), facts())
    assert [act for act in turn.acts if isinstance(act, Open)]


@pytest.mark.parametrize("key", range(1, 10))
def test_a_key_tells_the_topic_of_its_place(key: int) -> None:
    for country in COUNTRIES:
        said = rights_lines.in_country(rights_lines.answer(key), country)
        assert said == SHORT[TOPICS[key - 1], country]


def test_elsewhere_no_other_countrys_law_is_told() -> None:
    for key in range(1, 10):
        said = rights_lines.in_country(rights_lines.answer(key), "LK")
        assert said == rights_lines.ELSEWHERE
    assert rights_lines.in_country(rights_lines.MENU, "LK") == rights_lines.MENU
    assert rights_lines.in_country(lines.HELP, "LK") == lines.HELP


@given(
    step=st.none() | st.sampled_from(Step),
    put=st.lists(st.sampled_from(Step), max_size=4).map(tuple),
    is_rested=st.booleans(),
    is_locked=st.booleans(),
    has_case=st.booleans(),
    key=st.none() | st.integers(1, 9),
)
@settings(max_examples=200, deadline=None)
def test_whoever_asks_hears_the_same_and_a_question_waits_on(
    step: Step | None,
    put: tuple[Step, ...],
    is_rested: bool,
    is_locked: bool,
    has_case: bool,
    key: int | None,
) -> None:
    session = Session("en", step=step, put=put, is_locked=is_locked)
    here = facts(CASE if has_case else None, is_rested=is_rested)
    turn = advance(session, read(f"RIGHTS {key or ''}"), here)
    assert turn.said == (rights_lines.answer(key),)
    assert turn.acts == (CountContact("rights"),)
    waits = turn.session.step or turn.session.kept
    assert waits == (session.locked() if is_rested else session).step or step == waits


def test_an_answer_after_a_right_is_heard_as_the_answer() -> None:
    asked = Session("en", step=Step.CONFLICT, put=(Step.CONFLICT,), done=(Step.SITE,))
    told = advance(asked, read("RIGHTS 1"), facts(CASE))
    assert told.session == asked
    heard = advance(told.session, read("1"), facts(CASE))
    assert answers.conflict(read("1")) is Conflict.YES
    assert heard.session.step is not Step.CONFLICT


def test_with_the_pin_the_same_is_told() -> None:
    proved = replace(facts(CASE), proved=CASE)
    turn = advance(Session("en"), read("RIGHTS 3 441947"), proved)
    assert turn.said == (rights_lines.answer(3),)


# -------------------------------------------------------------- by telephone

VOICED = CallFacts(("bn", "en"), frozenset({"bn", "en"}))


def pressed(*keys: str, known: CallFacts = VOICED) -> list[CallTurn]:
    """Return the steps of a caller who is at the menu and presses these keys."""
    turns, session = [], CallSession(at=At.MENU, language="bn")
    for key in keys:
        turns.append(calls.advance(session, Keys(key), known))
        session = turns[-1].session
    return turns


@pytest.mark.parametrize(("key", "topic"), list(enumerate(TOPICS, 1)))
def test_a_caller_hears_the_right_of_a_key_and_hears_it_again(
    key: int, topic: str
) -> None:
    menu, told, again = pressed("5", str(key), "*")
    assert menu.said == (spoken_rights.MENU,)
    assert menu.acts == (CountContact("rights"),)
    assert told.said[0] == Slot(f"right_{topic}")
    assert told.said[-1] == spoken_rights.AFTER
    assert again.said == told.said
    assert (told.acts, again.acts) == ((), ())


@pytest.mark.parametrize("key", ["", "1"])
def test_after_a_right_a_caller_is_back_at_the_topics(key: str) -> None:
    assert pressed("5", "3", key)[-1].said == (spoken_rights.MENU,)


def test_zero_leads_back_to_the_menu() -> None:
    assert pressed("5", "0")[-1].said == (spoken.MENU,)
    assert pressed("5", "3", "0")[-1].said == (spoken.MENU,)
    assert pressed("5", "0", "1")[-1].then == Record()


def test_only_the_hash_ends_the_call() -> None:
    for keys in (["5", "#"], ["5", "2", "#"]):
        assert pressed(*keys)[-1].then == HangUp()


@given(st.lists(st.sampled_from(["", "#", *"*0123456789"]), max_size=20))
@settings(max_examples=300, deadline=None)
def test_no_silence_and_no_wrong_key_ends_the_call(keys: list[str]) -> None:
    for key, turn in zip(["5", *keys], pressed("5", *keys), strict=True):
        if turn.session.at not in (At.RIGHTS, At.RIGHT):
            assert turn.session.at is (At.OVER if key == "#" else At.MENU)
            return
        assert isinstance(turn.then, AwaitKeys)
        assert not [act for act in turn.acts if isinstance(act, Open)]
        assert CallSession.from_json(turn.session.to_json()) == turn.session


def test_whoever_says_nothing_is_led_to_the_menu_and_then_to_the_tone() -> None:
    steps = [turn.session.at for turn in pressed("5", "2", *[""] * 7)]
    rights, menu = [At.RIGHTS] * 3, [At.MENU] * 3
    assert steps == [At.RIGHTS, At.RIGHT, *rights, *menu, At.BEEP]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_right_is_spoken_by_the_law_of_the_number(topic: str) -> None:
    for country in COUNTRIES:
        first, *_ = told(topic, country)
        assert first == spoken_rights.RIGHTS[topic, country]
        assert first.id.removesuffix(f"_{country.lower()}") == f"right_{topic}"
    assert told(topic, "LK") == (spoken_rights.ELSEWHERE,)


@pytest.mark.parametrize("key", SHORT, ids="-".join)
def test_the_numbers_to_call_are_those_of_the_text(key: tuple[str, str]) -> None:
    """Three digits and more are a telephone; fewer are the law's figures."""
    called = [each.digits for each in told(*key) if isinstance(each, Digits)]
    assert called == re.findall(r"\d{3,}", SHORT[key].message)


def test_every_right_is_among_the_prompts() -> None:
    ids = [prompt.id for prompt in spoken.PROMPTS]
    assert len(ids) == len(set(ids))
    needed = {
        each.id
        for key in (*SHORT, ("wages", "LK"))
        for each in told(*key)
        if isinstance(each, Prompt)
    }
    assert needed <= set(ids)


FIGURES = {
    "1": "one",
    "2": "two",
    "6": "six",
    "7": "seven",
    "15": "fifteen",
    "16": "sixteen",
    "26": "twenty-six",
    "30": "thirty",
    "80": "eighty",
}


@pytest.mark.parametrize("key", SHORT, ids="-".join)
def test_the_voice_says_the_figures_of_the_text(key: tuple[str, str]) -> None:
    said = spoken_rights.RIGHTS[key].line.message
    assert not re.search(r"\d", said)
    for figure in re.findall(r"\b\d{1,2}(?=\D)", SHORT[key].message):
        assert FIGURES[figure] in said


# ------------------------------------------------------- whose country's law


def number_in(country: str) -> HotlineNumber:
    return HotlineNumber(
        number="+880170",
        country=country,
        provider="twilio",
        languages=("en",),
        sms=True,
        voice="answer",
        allowed_hours=None,
        sites=(),
    )


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_stranger_is_told_the_law_of_the_number(country: str) -> None:
    filling = Filling(None, number_in(country), PROGRAMME, "", TUESDAY)
    for key, topic in enumerate(TOPICS, 1):
        assert filling.fill(rights_lines.answer(key)) == SHORT[topic, country]


def test_whoever_has_a_case_is_told_the_law_of_the_case() -> None:
    file = opened(country="BD")
    filling = Filling(file, number_in("IN"), PROGRAMME, "", TUESDAY)
    assert filling.fill(rights_lines.answer(1)) == SHORT["wages", "BD"]
    assert filling.fill(rights_lines.MENU) == rights_lines.MENU


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_caller_is_told_the_law_of_the_number(country: str) -> None:
    speaking = Speaking(None, country, "bn", PROGRAMME, None, None, TUESDAY)
    for topic in TOPICS:
        said = speaking.fill((Slot(f"right_{topic}"), spoken_rights.AFTER))
        assert said == (*told(topic, country), spoken_rights.AFTER)
