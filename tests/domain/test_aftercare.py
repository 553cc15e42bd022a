"""After a case has ended: the checks at thirty and ninety days."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.domain import commands as verbs
from app.domain.aftercare import UNSEEN_AT_FACTORY, open_question
from app.domain.case import CaseFile, Decision
from app.domain.clocks import AFTER
from app.domain.commands import Command
from app.domain.opening import Seed, open_case
from app.domain.strike import strike
from app.domain.taxonomy import (
    Category,
    Clock,
    Conflict,
    Reprisal,
    Route,
    Severity,
    State,
)
from tests.builders import (
    DAYS,
    GAZIPUR,
    HOURS,
    PROGRAMME,
    TUESDAY,
    WORKER,
    act,
    after,
    by,
    clock_of,
    due,
    id_of,
    kinds,
    opened,
    told,
)

NOTE = "Nothing was found."
END = TUESDAY + HOURS


def ended(
    command: Command | None = None,
    *,
    category: Category = Category.TERM,
    **changes: Any,
) -> CaseFile:
    """Return a case that a partner has ended, or its worker."""
    case = replace(opened(category=category), **changes)
    if command is None:
        declared = [(verbs.Resolve(), by(n)) for n in ("gaz-com-w1", "gaz-com-m1")]
        return after(case, *declared, (verbs.SaySolved(True), WORKER))
    if case.route.is_factory_side:
        case = after(case, (verbs.TakeOver(), by("partner-bd")))
    return after(case, (command, by("partner-bd")))


def lived(case: CaseFile, until: datetime) -> tuple[CaseFile, list[Decision]]:
    """Sweep whenever something is due."""
    decisions: list[Decision] = []
    while True:
        looks = [c.next_at for c in case.clocks if c.next_at and c.next_at <= until]
        if not looks:
            return case, decisions
        decisions.append(strike(case, PROGRAMME, False, min(looks)))
        case = decisions[-1].case


def happened(decisions: list[Decision]) -> list[str]:
    return [kind for each in decisions for kind in kinds(each)]


@pytest.mark.parametrize(
    ("case", "is_checked"),
    [
        pytest.param(ended(), True, id="confirmed-by-the-worker"),
        pytest.param(ended(verbs.Unfounded(note=NOTE)), True, id="unfounded"),
        pytest.param(ended(verbs.Refer(note=NOTE)), True, id="referred"),
        pytest.param(ended(verbs.Withdraw(note=NOTE)), False, id="withdrawn"),
        pytest.param(
            ended(verbs.Unfounded(note=NOTE), category=Category.INFO),
            False,
            id="a-question-was-no-complaint",
        ),
        pytest.param(opened(), False, id="still-open"),
    ],
)
def test_which_end_is_followed_by_two_checks(case: CaseFile, is_checked: bool) -> None:
    running = {c.name: c.due_at - c.opened_at for c in case.deadlines if c.is_running}
    checks = {name: wait for name, wait in running.items() if name in AFTER}
    wanted = {Clock.CHECK_30: 30 * DAYS, Clock.CHECK_90: 90 * DAYS}
    assert checks == (wanted if is_checked else {})


def test_silence_closes_it_as_declared_and_is_followed_by_checks_as_well() -> None:
    case = after(
        opened(), *[(verbs.Resolve(), by(n)) for n in ("gaz-com-w1", "gaz-com-m1")]
    )
    case, _ = lived(case, END + 14 * DAYS)
    assert case.state is State.CLOSED_DECLARED
    assert due(case, Clock.CHECK_30) == END + 44 * DAYS


@pytest.mark.parametrize(
    ("allowed", "hears"),
    [
        pytest.param({"may_text": True}, {"worker"}, id="texts-allowed"),
        pytest.param({"may_call": True}, {"worker"}, id="calls-allowed"),
        pytest.param({"may_text": False}, set(), id="neither-so-it-waits-for-her"),
        pytest.param({}, set(), id="never-asked-so-it-waits-for-her"),
    ],
)
def test_a_check_says_only_that_there_is_news(
    allowed: dict[str, Any], hears: set[str]
) -> None:
    case = ended(**allowed)
    decision = strike(case, PROGRAMME, False, END + 30 * DAYS)
    assert told(decision, "worker_news") == told(decision) == hears
    assert kinds(decision) == ["reprisal.asked"]
    assert open_question(decision.case) is not None
    assert decision.case.state is case.state


def test_each_is_asked_once_and_waits_fourteen_days() -> None:
    case, decisions = lived(ended(may_text=True), END + 400 * DAYS)
    assert happened(decisions) == ["reprisal.asked", "reprisal.unanswered"] * 2
    assert sum(len(each.owed) for each in decisions) == 2
    assert not any(c.is_running for c in case.deadlines)
    assert not any(c.missed_at for c in case.deadlines if c.name in AFTER)
    assert all(not each.escalations for each in decisions)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(Reprisal.YES, "reprisal.reported", id="yes"),
        pytest.param(Reprisal.NO, "reprisal.checked", id="no"),
        pytest.param(Reprisal.UNSAID, "reprisal.checked", id="would-rather-not-say"),
    ],
)
def test_her_answer_is_kept_and_the_case_stays_closed(
    answer: Reprisal, kind: str
) -> None:
    case = strike(ended(), PROGRAMME, False, END + 30 * DAYS).case
    at = END + 31 * DAYS
    decision = act(case, verbs.AnswerReprisal(answer, id_of("new")), None, at=at)
    assert kinds(decision) == [kind]
    assert decision.owed == ()
    assert decision.case.state is case.state
    assert open_question(decision.case) is None
    again = act(decision.case, verbs.AnswerReprisal(answer), None, at=at)
    assert again.refusal is not None
    _, later = lived(decision.case, END + 400 * DAYS)
    assert happened(later) == ["reprisal.asked", "reprisal.unanswered"]


def test_nobody_answers_what_was_not_asked() -> None:
    decision = act(ended(), verbs.AnswerReprisal(Reprisal.YES), None, at=END + DAYS)
    assert decision.refusal is not None
    assert decision.events[0].facts["why"] == "not_asked"


def test_while_it_is_open_again_nobody_asks() -> None:
    """After the second end only what was not asked before is."""
    case, _ = lived(ended(), END + 30 * DAYS)
    again = act(case, verbs.SaySolved(False), None, at=END + 30 * DAYS + HOURS)
    assert again.refusal is None
    assert not any(c.is_running for c in again.case.deadlines if c.name in AFTER)
    at = END + 40 * DAYS
    case = after(
        again.case,
        (verbs.TakeOver(), by("partner-bd")),
        (verbs.Unfounded(note=NOTE), by("partner-bd")),
        at=at,
    )
    running = [c.name for c in case.deadlines if c.is_running]
    assert running == [Clock.CHECK_90]
    assert due(case, Clock.CHECK_90) == at + 90 * DAYS


def test_her_yes_to_a_declared_end_moves_no_check() -> None:
    case = after(
        opened(), *[(verbs.Resolve(), by(n)) for n in ("gaz-com-w1", "gaz-com-m1")]
    )
    case, _ = lived(case, END + 14 * DAYS)
    yes = act(case, verbs.SaySolved(True), None, at=END + 20 * DAYS)
    assert yes.case.state is State.CLOSED_CONFIRMED
    assert clock_of(yes.case, Clock.CHECK_30) == clock_of(case, Clock.CHECK_30)


@given(st.lists(st.integers(1, 200), max_size=12))
def test_however_the_sweep_sleeps_each_check_is_asked_at_most_once(
    days: list[int],
) -> None:
    case, decisions = ended(may_text=True), []
    for day in sorted(days):
        decisions.append(strike(case, PROGRAMME, False, END + day * DAYS))
        case = decisions[-1].case
        waiting = [c for c in case.deadlines if c.name == Clock.CHECK_ANSWER]
        assert sum(c.is_running for c in waiting) <= 1
    asked = [
        event.facts["check"]
        for each in decisions
        for event in each.events
        if event.kind == "reprisal.asked"
    ]
    passed = max(days, default=0)
    assert asked == [
        name
        for name, after_ in (("check_30", 30), ("check_90", 90))
        if after_ <= passed
    ]
    assert set(happened(decisions)) <= UNSEEN_AT_FACTORY


def test_a_reprisal_is_grave_and_nobody_at_the_factory_hears_of_it() -> None:
    """Even where a policy would trust a committee with such a case."""
    seed = Seed(
        id=id_of("reprisal"),
        number="10000015",
        site=GAZIPUR,
        country="BD",
        category=Category.RETA,
        category_was_guessed=False,
        severity_raised=True,
        conflict=Conflict.UNKNOWN,
        language="bn",
        channel="sms",
        hotline="",
        came_of=id_of("case"),
    )
    decision = open_case(seed, PROGRAMME, TUESDAY + timedelta(days=31))
    assert decision.case.severity is Severity.S1
    assert decision.case.route is Route.PARTNER
    assert decision.case.came_of == id_of("case")
    assert decision.events[0].facts["came_of"] == str(id_of("case"))
    assert not {name for name in told(decision) if name.startswith("gaz-")}
