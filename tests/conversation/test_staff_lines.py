"""What members who work by text are answered: short enough in every language."""

import re
from datetime import date
from pathlib import Path

import pytest

from app.conversation.staff import lines, vocabulary
from app.domain.taxonomy import LANGUAGES, PROTECTED
from app.wording.catalog import Catalog
from app.wording.line import Line
from app.wording.segments import segments

CATALOG = Catalog.load(Path(__file__).parents[2] / "locales")
MOST_PARTS = 3
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
ANSWERS = {
    name: value if isinstance(value, Line) else Line(value, {"short": 5, "count": 99})
    for name, value in vars(lines).items()
    if name.isupper()
    and isinstance(value, Line | str)
    and name not in ("ITEM", "ITEM_LATE", "ITEM_OPEN", "TOGETHER", "NEXT")
}


def longest(said: dict[str, Line], language: str) -> Line:
    return max(said.values(), key=lambda line: len(CATALOG.render(line, language)))


@EVERY_LANGUAGE
@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_answer_is_short(name: str, language: str) -> None:
    said = CATALOG.render(ANSWERS[name], language)
    assert segments(said).parts <= MOST_PARTS


@EVERY_LANGUAGE
def test_a_whole_list_is_short(language: str) -> None:
    """Five cases of the longest names, on the longest dates, and more of them."""
    kind = longest({**lines.KINDS, "-": lines.CONFIDENTIAL}, language)
    step = longest({**lines.STEPS, "-": lines.NO_STEP}, language)
    items = [
        Line(
            lines.ITEM_LATE,
            {"short": short, "kind": kind, "step": step, "date": "30/12"},
        )
        for short in range(1, 6)
    ]
    more = Line(lines.MORE, {"count": 95})
    said = CATALOG.render(lines.together([*items, more]), language)
    assert len(said.splitlines()) == 6
    assert segments(said).parts <= MOST_PARTS


@EVERY_LANGUAGE
def test_an_act_and_what_comes_next_are_short(language: str) -> None:
    step = longest(lines.STEPS, language)
    day = max(
        (date_in(month) for month in range(1, 13)),
        key=lambda day: len(CATALOG.day(day, language)),
    )
    said = lines.together(
        [
            Line(lines.SIGNED, {"short": 5}),
            Line(lines.NEXT, {"step": step, "date": day}),
        ]
    )
    assert segments(CATALOG.render(said, language)).parts <= MOST_PARTS


def date_in(month: int) -> date:
    return date(2026, month, 23)


@EVERY_LANGUAGE
def test_the_help_names_words_that_are_understood(language: str) -> None:
    said = CATALOG.render(lines.HELP, language)
    spoken = language if said != lines.HELP.message else "en"
    for verb in sorted(vocabulary.WORDS.keys() - {vocabulary.HELP}):
        first = vocabulary.WORDS[verb][spoken][0]
        assert first in said.lower(), verb


@EVERY_LANGUAGE
def test_what_comes_first_names_a_word_for_the_list(language: str) -> None:
    said = CATALOG.render(lines.NOTICE, language)
    spoken = language if said != lines.NOTICE.message else "en"
    listed = vocabulary.WORDS[vocabulary.CASES][spoken]
    assert any(word in said.lower() for word in listed)
    assert segments(said).parts <= 2
    assert not re.search(r"[{}\d]", said)


def test_no_protected_kind_has_a_name() -> None:
    assert not {kind.value for kind in PROTECTED} & lines.KINDS.keys()


def test_lines_that_are_put_together_keep_their_order() -> None:
    three = [lines.WRONG_PIN, lines.NONE_OPEN, lines.WAIT]
    said = CATALOG.render(lines.together(three), "en")
    assert said.splitlines() == [line.message for line in three]
    assert lines.together([lines.WAIT]) == lines.WAIT
