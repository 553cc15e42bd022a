"""Her yes is thanked for as an end only where the case does end by it."""

from dataclasses import replace
from typing import Any, cast

import pytest

from app.actions.turn import HeardText, Work
from app.conversation import lines
from app.conversation.session import SetSolved
from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.laws import Happening
from app.domain.taxonomy import State
from app.store.cases import Held
from tests.builders import HOURS, TUESDAY
from tests.domain.lawful import HARASSED, LAWFUL, done, happened, started

NOTHING = cast(Any, None)


def said_to(case: CaseFile, *, is_solved: bool) -> Work:
    """Carry out her answer; nothing is written, so nothing to write to is given."""
    work = Work(
        store=NOTHING,
        directory=LAWFUL,
        heard=HeardText(None, "+15550100", "", "sms"),
        reading=NOTHING,
        number=NOTHING,
        phone_tag=None,
        provider_id="SM1",
        at=TUESDAY + 3 * HOURS,
        free_number="",
        pin="",
        is_first=True,
        held=Held(case, NOTHING, None),
    )
    answer = lines.SOLVED_THANKS if is_solved else lines.NOT_SOLVED_NOTED
    work.said = (answer,)
    work.do((SetSolved(is_solved),))
    return work


def resolved(*, is_held: bool) -> CaseFile:
    case = done(started(**HARASSED), verbs.Resolve(), TUESDAY + HOURS).case
    word = happened(Happening.CHILD_SEXUAL_OFFENCE)
    return done(case, word, TUESDAY + 2 * HOURS).case if is_held else case


@pytest.mark.parametrize(
    ("is_held", "is_solved", "line", "state"),
    [
        pytest.param(
            False, True, lines.SOLVED_THANKS, State.CLOSED_CONFIRMED, id="it-ends"
        ),
        pytest.param(True, True, lines.NOTED, State.RESOLVED, id="the-law-holds-it"),
        pytest.param(
            True, False, lines.NOT_SOLVED_NOTED, State.REOPENED, id="her-no-counts"
        ),
    ],
)
def test_what_she_hears_is_true(
    is_held: bool, is_solved: bool, line: object, state: State
) -> None:
    work = said_to(resolved(is_held=is_held), is_solved=is_solved)
    assert work.file is not None
    assert work.file.state is state
    assert work.said == (line,)
    assert work.is_held_open == (is_held and is_solved)


def test_a_yes_to_what_was_confirmed_already_is_thanked_for_as_ever() -> None:
    case = replace(
        resolved(is_held=False), state=State.CLOSED_CONFIRMED, closed_at=TUESDAY
    )
    assert said_to(case, is_solved=True).said == (lines.SOLVED_THANKS,)
