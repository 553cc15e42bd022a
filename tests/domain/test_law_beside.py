"""The law's clocks and the service's run side by side and never touch."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings, strategies as st

from app.domain import commands as verbs
from app.domain.commands import Command
from app.domain.durations import parse_term
from app.domain.laws import Happening
from app.domain.statutory import time_left
from app.domain.strike import strike
from app.domain.taxonomy import Category
from tests.builders import HOURS, TIRUPPUR, TUESDAY, act, id_of, opened
from tests.domain.lawful import (
    DISMISSED,
    LAWFUL,
    LAWLESS,
    done,
    happened,
    noon,
    started,
)

WORDS = (
    verbs.Acknowledge(),
    verbs.Start(),
    verbs.Propose(),
    verbs.Note(note="Seen."),
    verbs.SetCategory(Category.TERM, note="Dismissed."),
    verbs.SetCategory(Category.WAGE, note="Pay."),
    verbs.Unfounded(note="Nothing."),
    verbs.Reopen(note="It was not over."),
    happened(Happening.INCIDENT, date(2026, 8, 20)),
    happened(Happening.GRIEVANCE_SENT),
    happened(Happening.DECISION),
    happened(Happening.EMPLOYMENT_ENDED, date(2026, 8, 15)),
)


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(WORDS), st.integers(1, 200)), min_size=1, max_size=8
    )
)
def test_the_law_never_moves_a_clock_of_the_service(
    steps: list[tuple[Command, int]],
) -> None:
    lawful = opened(directory=LAWFUL, **DISMISSED)
    lawless = opened(directory=LAWLESS, **DISMISSED)
    at = TUESDAY
    for command, hours in steps:
        at += hours * HOURS
        lawful = strike(lawful, LAWFUL, False, at).case
        lawless = strike(lawless, LAWLESS, False, at).case
        lawful = act(lawful, command, "partner-bd", at=at, directory=LAWFUL).case
        lawless = act(lawless, command, "partner-bd", at=at, directory=LAWLESS).case
        assert lawful.deadlines == lawless.deadlines
        assert lawful.state == lawless.state
    assert not lawless.statutory


def test_a_pause_never_moves_a_clock_of_the_law() -> None:
    case = started(**DISMISSED)
    pause = verbs.Pause(id_of("partner-bd-2"), note="She travels.")
    paused = done(case, pause, TUESDAY + HOURS).case
    assert paused.deadlines != case.deadlines
    assert paused.statutory == case.statutory


@pytest.mark.parametrize(
    ("at", "due", "term", "left"),
    [
        pytest.param(
            noon(date(2026, 9, 1)), noon(date(2026, 9, 4)), "72h", "72h", id="hours"
        ),
        pytest.param(
            noon(date(2026, 9, 30)),
            datetime(2026, 10, 7, 12, 30, tzinfo=UTC),
            "10wd",
            "5wd",
            id="working-days-without-rest-and-holiday",
        ),
        pytest.param(
            noon(date(2026, 9, 1)), noon(date(2026, 9, 30)), "3mo", "29d", id="days"
        ),
        pytest.param(
            noon(date(2026, 9, 9)), noon(date(2026, 9, 1)), "30d", "0d", id="none"
        ),
    ],
)
def test_what_is_left_of_a_term(
    at: datetime, due: datetime, term: str, left: str
) -> None:
    calendar = LAWFUL.calendar_for(TIRUPPUR, "IN")
    assert str(time_left(at, due, parse_term(term), calendar)) == left
