"""A child's case: seen in 72 hours, reviewed each month, never closed by time."""

from datetime import date
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.commands import Command
from app.domain.laws import Happening
from app.domain.taxonomy import Category, Clock, State
from tests.builders import DAYS, HOURS, TUESDAY, act, clock_of, told
from tests.domain.lawful import (
    A_CHILD,
    BANGLADESH,
    HARASSED,
    INDIA,
    LAWFUL,
    done,
    events,
    happened,
    last_day,
    law,
    noon,
    started,
    struck,
    swept,
    why,
)


def seen_to(given: dict[str, Any] = A_CHILD) -> CaseFile:
    """Return a case in which the child was looked at, and no offence seen."""
    case = started(**given)
    for what in (Happening.CHILD_ASSESSED, Happening.NO_SEXUAL_OFFENCE):
        if given["country"] == "IN" or what is Happening.CHILD_ASSESSED:
            case = done(case, happened(what), TUESDAY + HOURS).case
    return case


def in_remediation() -> CaseFile:
    return done(seen_to(), verbs.Remediate(None), TUESDAY + HOURS).case


def test_a_child_is_looked_at_within_72_hours_day_and_night() -> None:
    case = started(**A_CHILD)
    assert law(case, "CHILD-ASSESSMENT").due_at == TUESDAY + 72 * HOURS
    seen = done(case, happened(Happening.CHILD_ASSESSED), TUESDAY + 70 * HOURS)
    assert not events([seen], "law.met")[0]["is_late"]
    late = done(case, happened(Happening.CHILD_ASSESSED), TUESDAY + 73 * HOURS)
    assert events([late], "law.met")[0]["is_late"]


def test_a_child_has_a_review_every_month() -> None:
    case = in_remediation()
    assert last_day(case, clock_of(case, Clock.REVIEW)) == date(2026, 10, 1)
    at = noon(date(2026, 10, 1))
    for on, expected in (
        (date(2026, 11, 4), None),
        (date(2026, 11, 5), "review_date"),
        (None, None),
    ):
        assert why(case, verbs.Review(on), at=at) == expected


def test_a_bonded_worker_may_have_a_later_one_but_must_have_one() -> None:
    case = started(category=Category.FORC, **INDIA)
    assert why(case, verbs.Remediate(None)) == "no_next_review"
    assert why(case, verbs.Remediate(date(2027, 3, 1))) is None


def test_silence_keeps_a_childs_case_open_with_a_next_review() -> None:
    case = done(in_remediation(), verbs.Resolve(), TUESDAY + 2 * HOURS).case
    assert case.state is State.RESOLVED
    passed = clock_of(case, Clock.CONFIRMATION).due_at
    decision = struck(case, passed)
    assert decision.case.state is State.IN_REMEDIATION
    assert decision.case.closed_at is None
    assert clock_of(decision.case, Clock.REVIEW).due_at > passed + 27 * DAYS
    assert told(decision, "case_handed") == {"partner-tn"}


def test_nobody_reached_ends_no_childs_case() -> None:
    case = in_remediation()
    for n in range(4):
        case = done(case, verbs.Attempt(), TUESDAY + n * DAYS).case
    left = verbs.NoContact(note="Nobody answers.")
    assert why(case, left, at=TUESDAY + 5 * DAYS) == "child"


def test_a_text_alone_withdraws_no_childs_case() -> None:
    case = started(**A_CHILD)
    asked = act(case, verbs.AskWithdraw(), None, directory=LAWFUL)
    assert asked.notice is not None
    _, decisions = swept(asked.case, TUESDAY + 5 * DAYS)
    assert {d.case.state for d in decisions} == {State.RECEIVED}


def marked(given: dict[str, Any] = A_CHILD) -> CaseFile:
    case = started(**given)
    if given is A_CHILD:
        case = done(case, happened(Happening.CHILD_ASSESSED), TUESDAY + HOURS).case
    word = happened(Happening.CHILD_SEXUAL_OFFENCE)
    return done(case, word, TUESDAY + HOURS).case


ENDS = [
    pytest.param(verbs.Resolve(), id="resolve"),
    pytest.param(verbs.Refer(note="To others."), id="refer"),
    pytest.param(verbs.Unfounded(note="Nothing."), id="unfounded"),
    pytest.param(verbs.Withdraw(note="Her word."), id="withdraw"),
]


OTHER_COUNTRY: dict[str, Any] = {"category": Category.CHLD, **BANGLADESH}


@pytest.mark.parametrize("command", ENDS)
@pytest.mark.parametrize("given", [A_CHILD, OTHER_COUNTRY], ids=["IN", "BD"])
def test_no_childs_case_ends_before_the_child_was_looked_at(
    command: Command, given: dict[str, Any]
) -> None:
    assert why(started(**given), command) == "legal_duty"
    assert why(seen_to(given), command) is None


@pytest.mark.parametrize("command", ENDS)
def test_in_india_none_ends_before_somebody_asked_for_an_offence(
    command: Command,
) -> None:
    assessed = happened(Happening.CHILD_ASSESSED)
    case = done(started(**A_CHILD), assessed, TUESDAY + HOURS).case
    at = TUESDAY + 2 * HOURS
    decision = act(case, command, "partner-tn", at=at, directory=LAWFUL)
    assert decision.refusal is not None
    assert "no_sexual_offence" in decision.refusal
    asked = happened(Happening.NO_SEXUAL_OFFENCE)
    seen = done(case, asked, at).case
    assert why(seen, command) is None
    # A sign that comes later counts, whatever was written before.
    sign = done(seen, happened(Happening.CHILD_SEXUAL_OFFENCE), at).case
    assert why(sign, command) == "legal_duty"


def test_what_turns_out_to_be_no_childs_case_is_held_no_more() -> None:
    case = started(**A_CHILD)
    other = verbs.SetCategory(Category.WAGE, note="It was the child's school fee.")
    case = done(case, other, TUESDAY + HOURS).case
    assert why(case, verbs.Refer(note="To others.")) is None


@pytest.mark.parametrize("command", ENDS)
@pytest.mark.parametrize("given", [A_CHILD, HARASSED], ids=["child", "harassment"])
def test_an_offence_against_a_child_is_told_before_the_case_ends(
    command: Command, given: dict[str, Any]
) -> None:
    case = marked(given)
    decision = act(
        case, command, "partner-tn", at=TUESDAY + 2 * HOURS, directory=LAWFUL
    )
    assert decision.refusal is not None
    assert "authority_told" in decision.refusal
    assert decision.events[0].facts["why"] == "legal_duty"
    told_them = happened(Happening.AUTHORITY_TOLD)
    case = done(case, told_them, TUESDAY + 3 * HOURS).case
    assert why(case, command) is None


def test_counsels_reason_frees_the_case_and_must_be_given() -> None:
    case = marked()
    assert why(case, happened(Happening.COUNSEL_REASON)) == "no_reason"
    reason = happened(Happening.COUNSEL_REASON, note="Told by the school already.")
    case = done(case, reason, TUESDAY + 2 * HOURS).case
    assert why(case, verbs.Refer(note="To others.")) is None


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"category": Category.WAGE, **INDIA}, id="another-category"),
        pytest.param({"category": Category.CHLD, **BANGLADESH}, id="another-country"),
    ],
)
def test_the_mark_is_for_cases_that_the_act_is_about(given: dict[str, Any]) -> None:
    case = started(**given)
    assert why(case, happened(Happening.CHILD_SEXUAL_OFFENCE)) == "no_duty"
    assert why(case, happened(Happening.NO_SEXUAL_OFFENCE)) == "no_duty"


def test_time_alone_does_not_end_what_the_law_holds() -> None:
    case = done(started(**HARASSED), verbs.Resolve(), TUESDAY + HOURS).case
    word = happened(Happening.CHILD_SEXUAL_OFFENCE)
    case = done(case, word, TUESDAY + 2 * HOURS).case
    passed = clock_of(case, Clock.CONFIRMATION).due_at
    case, _ = swept(case, passed - HOURS)
    decision = struck(case, passed)
    assert decision.case.state is State.RESOLVED
    again = clock_of(decision.case, Clock.CONFIRMATION)
    assert (again.round, again.is_running) == (1, True)
