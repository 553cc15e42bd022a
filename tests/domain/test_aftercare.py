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
from app.domain.joining import follow
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
REPRISAL = Seed(
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
    ("allowed", "hears", "is_asked"),
    [
        pytest.param({"may_text": True}, {"worker"}, True, id="texts-allowed"),
        pytest.param({"may_call": True}, {"worker"}, False, id="calls-alone"),
        pytest.param({"may_text": False}, set(), False, id="neither-so-it-waits"),
        pytest.param({}, set(), False, id="never-asked-so-it-waits-for-her"),
    ],
)
def test_a_check_says_only_that_there_is_news(
    allowed: dict[str, Any], hears: set[str], is_asked: bool
) -> None:
    case = ended(**allowed)
    decision = strike(case, PROGRAMME, False, END + 30 * DAYS)
    assert told(decision, "worker_news") == told(decision) == hears
    assert kinds(decision) == ["reprisal.asked"] * is_asked
    assert open_question(decision.case) is not None
    assert decision.case.state is case.state


@pytest.mark.parametrize("allowed", [{}, {"may_call": True}], ids=["none", "calls"])
def test_what_nobody_told_her_of_waits_until_she_comes(allowed: dict[str, Any]) -> None:
    """At day 50 and at day 300 as at day 31; only then do her fourteen days begin."""
    for days in (31, 50, 300):
        case, decisions = lived(ended(**allowed), END + days * DAYS)
        assert happened(decisions) == []
        at = END + days * DAYS
        assert open_question(case) is not None
        put = act(case, verbs.PutReprisal(), None, at=at)
        assert kinds(put) == ["reprisal.asked"]
        assert put.events[0].facts["check"] == (
            Clock.CHECK_90 if days > 90 else Clock.CHECK_30
        )
        again = act(put.case, verbs.PutReprisal(), None, at=at)
        assert again.refusal is not None
        case, decisions = lived(put.case, at + 13 * DAYS)
        assert open_question(case) is not None
        _, decisions = lived(case, at + 15 * DAYS)
        assert happened(decisions) == ["reprisal.unanswered"]


def test_who_was_never_asked_is_not_called_silent() -> None:
    case, decisions = lived(ended(), END + 400 * DAYS)
    assert happened(decisions) == []
    answered = act(case, verbs.AnswerReprisal(Reprisal.YES), None, at=END + 400 * DAYS)
    assert kinds(answered) == ["reprisal.reported"]
    assert answered.events[0].facts["check"] == Clock.CHECK_90


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
    assert happened(later) == []


def test_nobody_answers_what_was_not_asked() -> None:
    decision = act(ended(), verbs.AnswerReprisal(Reprisal.YES), None, at=END + DAYS)
    assert decision.refusal is not None
    assert decision.events[0].facts["why"] == "not_asked"


@pytest.mark.parametrize("has_answered", [True, False])
def test_while_it_is_open_again_nobody_asks(has_answered: bool) -> None:
    """After the second end what was not answered before is asked again."""
    case, _ = lived(ended(may_text=True), END + 30 * DAYS)
    if has_answered:
        case = after(
            case, (verbs.AnswerReprisal(Reprisal.NO), WORKER), at=END + 30 * DAYS
        )
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
    running = {c.name: c.due_at for c in case.deadlines if c.is_running}
    again_at = {} if has_answered else {Clock.CHECK_30: at + 30 * DAYS}
    assert running == {**again_at, Clock.CHECK_90: at + 90 * DAYS}
    _, later = lived(case, at + 200 * DAYS)
    assert happened(later).count("reprisal.asked") == len(running)


def test_a_part_that_ended_with_its_main_case_is_asked_as_well() -> None:
    case = ended(verbs.Unfounded(note=NOTE), joined_to=None)
    part = replace(opened(), joined_to=id_of("main"))
    main = replace(case, id=id_of("main"))
    followed = follow(part, replace(main, state=State.IN_REVIEW), main, PROGRAMME, END)
    assert followed is not None
    running = {c.name for c in followed.case.deadlines if c.is_running}
    assert running == {Clock.CHECK_30, Clock.CHECK_90}
    again = replace(main, state=State.REOPENED)
    followed = follow(followed.case, main, again, PROGRAMME, END + DAYS)
    assert followed is not None
    assert not any(c.is_running for c in followed.case.deadlines)


def test_whoever_must_not_know_of_the_first_hears_nothing_of_the_second() -> None:
    kept = frozenset({id_of("partner-bd-2")})
    seed = replace(REPRISAL, excluded=kept)
    decision = open_case(seed, PROGRAMME, TUESDAY + timedelta(days=31))
    assert decision.case.excluded == kept
    assert decision.case.drawn == frozenset()
    assert "partner-bd" in told(decision)
    assert "partner-bd-2" not in told(decision)


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
    decision = open_case(REPRISAL, PROGRAMME, TUESDAY + timedelta(days=31))
    assert decision.case.severity is Severity.S1
    assert decision.case.route is Route.PARTNER
    assert decision.case.came_of == id_of("case")
    assert decision.events[0].facts["came_of"] == str(id_of("case"))
    assert not {name for name in told(decision) if name.startswith("gaz-")}
