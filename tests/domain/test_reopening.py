"""A case that runs again: who is told why, and what no longer counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision
from app.domain.closing import may_still_reopen
from app.domain.commands import Command
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Route, Severity, State
from tests.builders import (
    COMMITTEE,
    DAYS,
    HEAD,
    HOURS,
    PARTNERS,
    PROGRAMME,
    SAFETY,
    SECRETARIAT,
    TUESDAY,
    WORKER,
    act,
    after,
    by,
    due,
    opened,
    programme,
    told,
)

NOTE = "A reason."
LATER = TUESDAY + DAYS
FORC: dict[str, Any] = {"category": Category.FORC}


def resolved(**given: Any) -> CaseFile:
    case = replace(opened(**given), may_text=True)
    signers = {
        Route.COMMITTEE: ("gaz-com-w1", "gaz-com-m1"),
        Route.SAFETY_COMMITTEE: ("gaz-safe-w1", "gaz-safe-m1"),
    }.get(case.route, ("partner-bd",))
    return after(case, *((verbs.Resolve(), by(name)) for name in signers))


def reasons(decision: Decision) -> set[str]:
    return {o.params["reason"] for o in decision.owed if o.template == "case_handed"}


# Danger while the worker's word is awaited.


@pytest.mark.parametrize(
    ("given", "command", "name", "body"),
    [
        pytest.param({}, verbs.RaiseDanger(), None, PARTNERS, id="her-words"),
        pytest.param(
            {}, verbs.SetSeverity(Severity.S1), "gaz-com-w1", PARTNERS, id="a-person"
        ),
        pytest.param(
            {"severity_raised": True},
            verbs.RaiseDanger(),
            None,
            PARTNERS,
            id="danger-a-second-time",
        ),
        pytest.param(
            {"category": Category.OSHS, "severity_raised": True},
            verbs.RaiseDanger(),
            None,
            SAFETY,
            id="where-a-committee-keeps-it",
        ),
    ],
)
def test_danger_in_a_case_declared_solved_runs_it_again(
    given: dict[str, Any], command: Command, name: str | None, body: set[str]
) -> None:
    decision = act(resolved(**given), command, name, at=LATER)
    case = decision.case
    assert (case.state, case.severity) == (State.REOPENED, Severity.S1)
    assert (case.round, case.not_solved) == (1, 0)
    assert told(decision, "case_handed") == body
    assert reasons(decision) == {"danger"}
    assert not told(decision) & (COMMITTEE | HEAD)
    assert ("worker" in told(decision)) == (name is not None)
    running = {clock.name for clock in case.deadlines if clock.is_running}
    assert running == {Clock.FIRST_ACTION, Clock.RESOLVE}
    within = 4 if case.category == Category.OSHS else 24
    assert due(case, Clock.FIRST_ACTION) == LATER + within * HOURS
    missed = strike(case, PROGRAMME, False, LATER + within * HOURS)
    expected = HEAD if case.route.is_factory_side else SECRETARIAT
    assert told(missed, "missed") == expected


# Attempts to reach the worker.


def tried() -> CaseFile:
    case = opened(conflict=Conflict.YES)
    for days in range(3):
        at = TUESDAY + days * DAYS
        case = after(case, (verbs.Attempt(), by("partner-bd")), at=at)
    return case


@pytest.mark.parametrize(
    "command",
    [
        verbs.Say(),
        verbs.AllowTexts(True),
        verbs.RaiseDanger(),
        verbs.AnswerConflict(Conflict.UNKNOWN),
        verbs.AskCallback(),
    ],
    ids=lambda command: type(command).__name__,
)
def test_any_word_of_hers_makes_old_attempts_void(command: Command) -> None:
    end, at = verbs.NoContact(note=NOTE), TUESDAY + 3 * DAYS
    assert act(tried(), end, "partner-bd", at=at).refusal is None
    case = after(tried(), (command, WORKER), at=at)
    refused = act(case, end, "partner-bd", at=at + HOURS)
    assert refused.events[0].facts["why"] == "too_few_attempts"


@pytest.mark.parametrize(
    ("command", "name"),
    [(verbs.SaySolved(False), None), (verbs.Reopen(), "partner-bd")],
    ids=["by-the-worker", "by-the-partner"],
)
def test_old_attempts_do_not_close_what_was_reopened(
    command: Command, name: str | None
) -> None:
    at = TUESDAY + 3 * DAYS
    case = act(tried(), verbs.NoContact(note=NOTE), "partner-bd", at=at).case
    case = act(case, command, name, at=at + HOURS).case
    assert case.state == State.REOPENED
    refused = act(case, verbs.NoContact(note=NOTE), "partner-bd", at=at + 2 * HOURS)
    assert refused.events[0].facts["why"] == "too_few_attempts"


# Who opens it again.


def test_a_partners_reopening_is_not_the_workers_and_she_is_told() -> None:
    decision = act(resolved(), verbs.Reopen(note=NOTE), "partner-bd", at=LATER)
    assert reasons(decision) == {"reopened_by_partner"}
    assert told(decision, "case_handed") == COMMITTEE
    assert told(decision, "worker_news") == {"worker"}
    assert decision.escalations == ()


def test_the_workers_own_reopening_says_so_and_texts_her_nothing() -> None:
    decision = act(resolved(), verbs.SaySolved(False), None, at=LATER)
    assert reasons(decision) == {"reopened"}
    assert told(decision, "worker_news") == set()


# Thirty days, by the local date that she was told.

DHAKA = ZoneInfo("Asia/Dhaka")
CLOSED = datetime(2026, 12, 2, 10, 40, tzinfo=DHAKA)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(datetime(2027, 1, 1, 10, 39), True, id="within-thirty-days"),
        pytest.param(datetime(2027, 1, 1, 18, 40), True, id="on-the-evening-told"),
        pytest.param(datetime(2027, 1, 1, 23, 59), True, id="to-its-last-minute"),
        pytest.param(datetime(2027, 1, 2, 0, 0), False, id="not-on-the-next-day"),
    ],
)
def test_a_closed_case_opens_to_the_end_of_the_day_told(
    at: datetime, expected: bool
) -> None:
    local = at.replace(tzinfo=DHAKA)
    assert may_still_reopen(CLOSED, local.astimezone(UTC), DHAKA) == expected
    closed = act(opened(at=CLOSED), verbs.Unfounded(note=NOTE), "partner-bd", at=CLOSED)
    decision = act(closed.case, verbs.SaySolved(False), None, at=local)
    assert (decision.refusal is None) == expected


def test_a_case_that_is_not_closed_has_no_last_day() -> None:
    assert may_still_reopen(None, CLOSED, DHAKA)


# What was ended without anybody's declaring it solved.


def withdrawn_by_text() -> CaseFile:
    case = after(opened(), (verbs.AskWithdraw(), WORKER))
    return strike(case, PROGRAMME, False, TUESDAY + timedelta(hours=73)).case


def ended(command: Command, **given: Any) -> CaseFile:
    return after(opened(**given), (command, by("partner-bd")), at=TUESDAY + HOURS)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(
            ended(verbs.Unfounded(note=NOTE)),
            PARTNERS | SECRETARIAT,
            id="unfounded-tells-who-closed-it-and-who-stands-above",
        ),
        pytest.param(
            ended(verbs.Refer(note=NOTE)), PARTNERS | SECRETARIAT, id="referred"
        ),
        pytest.param(
            ended(verbs.Withdraw(note=NOTE)),
            PARTNERS | SECRETARIAT,
            id="withdrawn-by-the-partner",
        ),
        pytest.param(
            withdrawn_by_text(), PARTNERS, id="withdrawn-by-text-tells-the-partner"
        ),
        pytest.param(
            ended(verbs.Unfounded(note=NOTE), **FORC),
            SECRETARIAT,
            id="the-partner-has-its-own-case-back-anyway",
        ),
    ],
)
def test_what_nobody_declared_solved_is_contested_outside_the_factory(
    case: CaseFile, expected: set[str]
) -> None:
    decision = act(case, verbs.SaySolved(False), None, at=TUESDAY + 4 * DAYS)
    assert decision.case.state == State.REOPENED
    assert decision.case.not_solved == 0
    assert told(decision, "not_solved") == expected
    assert not told(decision) & HEAD
    assert {step.reason for step in decision.escalations} == {"not_solved"}
    # A solution that she then denies is her first no, whatever was before.
    names = ("gaz-com-w1", "gaz-com-m1")
    if not decision.case.route.is_factory_side:
        names = ("partner-bd",)  # type: ignore[assignment]
    at = TUESDAY + 5 * DAYS
    again = after(decision.case, *((verbs.Resolve(), by(n)) for n in names), at=at)
    denied = act(again, verbs.SaySolved(False), None, at=at + HOURS)
    is_committee = denied.case.route.is_factory_side
    assert told(denied, "not_solved") == (HEAD if is_committee else SECRETARIAT)


def test_a_partners_solution_climbs_to_the_secretariat_wherever_the_case_is() -> None:
    """She answers the first question only when it was declared solved."""
    case = resolved(conflict=None)
    case = after(case, (verbs.AnswerConflict(Conflict.NO), WORKER))
    assert case.route == Route.COMMITTEE
    decision = act(case, verbs.SaySolved(False), None, at=LATER)
    assert told(decision, "not_solved") == SECRETARIAT


def test_the_secretariat_acts_on_what_it_was_told_of() -> None:
    case = ended(verbs.Unfounded(note=NOTE))
    note = verbs.Note(note=NOTE)
    assert act(case, note, "admin").refusal == "There is no case 10000007."
    case = act(case, verbs.SaySolved(False), None, at=LATER).case
    assert act(case, note, "admin", at=LATER).refusal is None
    assert act(case, verbs.Start(), "admin", at=LATER).refusal is not None


# A committee with too few of the workers' own.


@pytest.mark.parametrize(
    ("command", "name"),
    [
        pytest.param(verbs.Resolve(), "gaz-com-m1", id="signs-nothing"),
        pytest.param(verbs.Start(), "gaz-com-w2", id="starts-nothing"),
    ],
)
def test_a_committee_that_emptied_acts_no_more(command: Command, name: str) -> None:
    smaller = programme(without=["gaz-com-w1"])
    decision = act(opened(), command, name, directory=smaller)
    assert decision.refusal == "There is no case 10000007."


def test_what_she_writes_is_for_whoever_holds_it_now() -> None:
    smaller = programme(without=["gaz-com-w1"])
    decision = act(opened(), verbs.Say(), None, directory=smaller)
    assert decision.case.route == Route.PARTNER
    assert reasons(decision) == {"fallback"}
    assert told(decision) == PARTNERS
