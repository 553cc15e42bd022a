"""A right that passes: who is warned, when, and in how few words."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.commands import Command
from app.domain.laws import Limit
from app.domain.statutory import limits
from app.domain.taxonomy import Category, State
from tests.builders import DAYS, GAZIPUR, HOURS, TUESDAY, act, kinds, told
from tests.domain.lawful import (
    A_CHILD,
    BANGLADESH,
    DISMISSED,
    HARASSED,
    INDIA,
    LAWFUL,
    done,
    events,
    law,
    noon,
    started,
    struck,
    swept,
    told_of,
)


def test_she_is_warned_once_at_half_and_once_at_most_of_the_time() -> None:
    case = replace(started(**DISMISSED), may_text=True)
    seen: list[tuple[date, int, set[str]]] = []
    while True:
        looks = [c.next_at for c in case.clocks if c.next_at is not None]
        at = min(looks)
        if at > noon(date(2026, 9, 19)):
            break
        decision = struck(case, at)
        for facts in events([decision], "law.warned"):
            if facts["law"] == "BD-GRIEVANCE":
                day = LAWFUL.local_day(at, GAZIPUR, "BD")
                seen.append((day, facts["percent"], told(decision, "worker_news")))
        again = struck(decision.case, at)
        assert not events([again], "law.warned")
        assert "worker_news" not in {owed.template for owed in again.owed}
        case = decision.case
    # From the end of 18 August: 15 days, and 24.
    assert seen == [
        (date(2026, 9, 2), 50, {"worker"}),
        (date(2026, 9, 11), 80, {"worker"}),
    ]


def test_a_warning_owes_the_neutral_sentence_and_no_content() -> None:
    case = replace(started(**DISMISSED), may_text=True)
    _, decisions = swept(case, noon(date(2026, 9, 12)))
    news = [o for d in decisions for o in d.owed if o.recipient.kind == "worker"]
    assert {owed.template for owed in news} == {"worker_news"}
    assert all(owed.params == {} for owed in news)


def test_who_said_no_to_texts_and_calls_is_sent_nothing() -> None:
    case = replace(started(**DISMISSED), may_text=False)
    _, decisions = swept(case, noon(date(2026, 9, 12)))
    assert [f["is_told"] for f in events(decisions, "law.warned")] == [False, False]
    assert not [o for d in decisions for o in d.owed if o.recipient.kind == "worker"]


def test_two_laws_that_warn_at_once_are_one_text() -> None:
    case = replace(started(**DISMISSED), may_text=True)
    both = ("BD-GRIEVANCE", "BD-WAGE-CLAIM")
    at = TUESDAY + HOURS
    for name in both:
        case = case.with_deadline(replace(law(case, name), next_at=at))
    half = replace(law(case, "BD-WAGE-CLAIM"), remind_50_at=at)
    decision = struck(case.with_deadline(half), at)
    assert len(events([decision], "law.warned")) == 2
    assert [o.template for o in decision.owed].count("worker_news") == 1


@pytest.mark.parametrize(
    ("state", "runs"),
    [
        pytest.param(verbs.Unfounded(note="No."), True, id="closed-by-us-runs-on"),
        pytest.param(verbs.Withdraw(note="Her word."), True, id="withdrawn-as-well"),
    ],
)
def test_her_right_runs_on_when_the_case_is_over(state: Command, runs: bool) -> None:
    case = replace(started(**DISMISSED), may_text=True)
    closed = done(case, state, TUESDAY + HOURS).case
    assert law(closed, "BD-GRIEVANCE").is_running == runs
    _, decisions = swept(closed, noon(date(2026, 9, 19)))
    assert [
        f["percent"]
        for f in events(decisions, "law.warned")
        if f["law"] == "BD-GRIEVANCE"
    ] == [50, 80]
    assert {f["law"] for f in events(decisions, "law.missed")} == {"BD-GRIEVANCE"}


def solved(case: CaseFile, at: datetime) -> CaseFile:
    """Return the case declared solved, and confirmed by the worker."""
    case = replace(case, state=State.RESOLVED)
    decision = act(case, verbs.SaySolved(True), None, at=at, directory=LAWFUL)
    assert decision.case.state is State.CLOSED_CONFIRMED
    return decision.case


def test_her_yes_ends_it_and_her_no_afterwards_runs_it_again() -> None:
    closed = solved(started(**DISMISSED), TUESDAY + HOURS)
    assert not law(closed, "BD-GRIEVANCE").is_running
    assert swept(closed, noon(date(2026, 9, 19)))[1] == []
    no = act(closed, verbs.SaySolved(False), None, at=TUESDAY + DAYS, directory=LAWFUL)
    assert law(no.case, "BD-GRIEVANCE").is_running
    assert "law.resumed" in kinds(no)


@pytest.mark.parametrize(
    ("given", "language", "day", "found"),
    [
        pytest.param(
            DISMISSED,
            "bn",
            date(2026, 9, 1),
            (),
            id="before-half-of-the-time-nothing",
        ),
        pytest.param(
            DISMISSED,
            "bn",
            date(2026, 9, 4),
            (Limit("labour", "16357", date(2026, 9, 17)),),
            id="the-labour-office-and-its-number",
        ),
        pytest.param(
            DISMISSED, "bn", date(2026, 9, 18), (), id="after-the-last-day-nothing"
        ),
        pytest.param(
            HARASSED,
            "ta",
            date(2026, 9, 20),
            (Limit("women", "181", date(2026, 11, 2)),),
            id="the-helpline-for-women",
        ),
        pytest.param(
            {"category": Category.TERM, **INDIA},
            "ta",
            date(2026, 12, 20),
            (Limit("legal_aid", "15100", date(2027, 6, 3)),),
            id="the-next-kind-where-the-first-is-not-imported",
        ),
        pytest.param(
            A_CHILD,
            "ta",
            date(2026, 12, 20),
            (Limit("child", "1098", date(2027, 6, 3)),),
            id="a-child-has-its-own-line",
        ),
        pytest.param(
            {"category": Category.GBVH, **BANGLADESH},
            "bn",
            date(2026, 9, 10),
            (Limit("", "", date(2026, 9, 22)),),
            id="no-number-imported-none-named",
        ),
    ],
)
def test_what_the_worker_hears_after_the_pin(
    given: dict[str, Any], language: str, day: date, found: tuple[Limit, ...]
) -> None:
    case = started(language=language, **given)
    assert limits(case, LAWFUL, noon(day)) == found


def test_beside_one_number_stands_one_date_the_next() -> None:
    case = told_of(DISMISSED, [("wage_due", date(2026, 1, 31))])
    (limit,) = limits(case, LAWFUL, noon(date(2026, 9, 5)))
    assert limit == Limit("labour", "16357", date(2026, 9, 17))
