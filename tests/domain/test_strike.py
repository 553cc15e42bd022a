"""What time alone does: once, in order, without a burst, whenever it looks."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision, Owed
from app.domain.decide import decide
from app.domain.directory import Directory
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Route, State
from tests.builders import (
    COMMITTEE,
    DAYS,
    HOURS,
    PARTNERS,
    POLICY,
    PROGRAMME,
    TUESDAY,
    WORKER,
    after,
    by,
    clock_of,
    id_of,
    kinds,
    opened,
    programme,
    told,
)


def percents(decision: Decision) -> set[tuple[str, int]]:
    return {
        (owed.params["clock"], owed.params["percent"])
        for owed in decision.owed
        if owed.template == "reminder"
    }


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(0.4, set(), id="nothing-before-half-the-time"),
        pytest.param(0.5, {50}, id="half-the-time-reminds"),
        pytest.param(0.8, {80}, id="of-two-that-have-come-only-the-later"),
        pytest.param(1.0, set(), id="none-once-it-is-missed"),
    ],
)
def test_reminders_of_one_clock(when: float, expected: set[int]) -> None:
    case = opened(severity_raised=True)
    clock = clock_of(case, Clock.ACKNOWLEDGE)
    at = clock.opened_at + (clock.due_at - clock.opened_at) * when
    decision = strike(case, PROGRAMME, False, at)
    assert {p for name, p in percents(decision) if name == "acknowledge"} == expected
    if expected:
        assert told(decision, "reminder") == PARTNERS
        assert all(owed.expires_at == clock.due_at for owed in decision.owed)
    assert ("clock.missed" in kinds(decision)) == (when == 1.0)


def test_a_day_without_sweep_is_caught_up_in_order_and_without_a_burst() -> None:
    case = opened(severity_raised=True)
    decision = strike(case, PROGRAMME, False, TUESDAY + 25 * HOURS)
    missed = [e.facts["clock"] for e in decision.events if e.kind == "clock.missed"]
    assert missed == ["acknowledge", "first_action"]
    assert percents(decision) == set()
    assert decision.case.deadline(Clock.RESOLVE) == case.deadline(Clock.RESOLVE)


def test_a_miss_is_dated_by_its_due_time_not_by_the_sweep() -> None:
    case = opened()
    clock = clock_of(case, Clock.ACKNOWLEDGE)
    later = strike(case, PROGRAMME, False, clock.due_at + 2 * HOURS).case
    assert clock_of(later, Clock.ACKNOWLEDGE).missed_at == clock.due_at
    assert clock_of(later, Clock.ACKNOWLEDGE).next_at is None


@pytest.mark.parametrize(
    ("days", "state"),
    [
        pytest.param(13, State.RESOLVED, id="it-waits-for-her-word"),
        pytest.param(15, State.CLOSED_DECLARED, id="then-closes-as-declared-only"),
    ],
)
def test_a_solution_that_she_says_nothing_to(days: int, state: State) -> None:
    case = replace(opened(category=Category.FORC), may_text=True)
    case = after(case, (verbs.Resolve(), by("partner-bd")))
    decision = strike(case, PROGRAMME, False, TUESDAY + days * DAYS)
    assert decision.case.state == state
    assert decision.escalations == ()
    assert decision.case.state.is_closed == (told(decision) == {"worker"})


def test_a_committee_that_emptied_loses_the_case_when_time_comes_by() -> None:
    case = opened()
    smaller = programme(without=["gaz-com-w1"])
    decision = strike(case, smaller, False, TUESDAY + HOURS)
    assert decision.case.route == Route.PARTNER
    assert told(decision, "case_handed") == PARTNERS
    # Only a partner hands back, though the committee is whole again.
    assert strike(decision.case, PROGRAMME, False, TUESDAY + DAYS).case.route == (
        Route.PARTNER
    )


def test_a_second_round_missed_after_another_cases_is_a_second_miss() -> None:
    case = after(
        opened(),
        (verbs.Resolve(), by("gaz-com-w1")),
        (verbs.Resolve(), by("gaz-com-m1")),
        (verbs.SaySolved(False), WORKER),
    )
    first = clock_of(case, Clock.FIRST_ACTION)
    decision = strike(case, PROGRAMME, True, first.due_at)
    assert {e.reason for e in decision.escalations} == {"missed", "second_miss"}


def test_what_was_missed_unseen_before_it_was_solved_is_marked_and_stays_quiet() -> (
    None
):
    case = opened(category=Category.FORC)
    late = clock_of(case, Clock.FIRST_ACTION).due_at + HOURS
    case = after(case, (verbs.Resolve(), by("partner-bd")), at=late)
    assert clock_of(case, Clock.FIRST_ACTION).state == "missed"
    assert clock_of(case, Clock.RESOLVE).state == "met"
    assert strike(case, PROGRAMME, False, late + DAYS).owed == ()


SEEDS: list[dict[str, Any]] = [
    {},
    {"category": Category.FORC},
    {"category": Category.OSHS, "severity_raised": True},
    {"category": Category.CRIS},
    {"category": Category.DISC},
    {"site": None},
    {"conflict": Conflict.UNKNOWN},
]
STEPS = [
    [],
    [(verbs.AskWithdraw(), WORKER)],
    [(verbs.Acknowledge(), by("partner-bd")), (verbs.Acknowledge(), by("gaz-com-w1"))],
    [(verbs.Remediate(TUESDAY.date() + 9 * DAYS), by("partner-bd"))],
    [(verbs.Resolve(), by("gaz-com-w1")), (verbs.Resolve(), by("gaz-com-m1"))],
    [(verbs.Resolve(), by("partner-bd")), (verbs.SaySolved(False), WORKER)],
    [(verbs.Exclude(id_of("gaz-com-m1")), by("partner-bd"))],
]


def begun(seed: dict[str, Any], steps: list[Any]) -> CaseFile:
    case = opened(**seed)
    for command, actor in steps:
        case = decide(case, command, actor, PROGRAMME, TUESDAY + HOURS).case
    return case


def sweep(
    case: CaseFile, hours: list[int], directory: Directory = PROGRAMME
) -> tuple[CaseFile, list[Owed]]:
    owed: list[Owed] = []
    for hour in hours:
        decision = strike(case, directory, False, TUESDAY + hour * HOURS)
        case = decision.case
        owed += decision.owed
    return case, owed


cases = st.builds(begun, st.sampled_from(SEEDS), st.sampled_from(STEPS))
times = st.lists(st.integers(2, 24 * 70), min_size=1, max_size=12).map(sorted)


@given(cases, times)
def test_nothing_is_owed_twice_however_often_time_comes_by(
    case: CaseFile, hours: list[int]
) -> None:
    _, owed = sweep(case, [hour for hour in hours for _ in range(2)])
    keys = [each.key for each in owed]
    assert len(keys) == len(set(keys))


# A ladder of one rung each. Who is told late has as much time to answer as who
# is told in time, so that higher rungs are climbed the later for it.
PATIENT = programme(
    policy=replace(
        POLICY,
        ladders=tuple(
            replace(ladder, steps=(replace(ladder.steps[0], answer=None),))
            for ladder in POLICY.ladders
        ),
    )
)


@given(cases, times)
def test_a_sweep_that_slept_owes_all_but_stale_reminders(
    case: CaseFile, hours: list[int]
) -> None:
    """Looking often and looking once come to the same.

    Reminders apart, and the weekly call for a review: one call catches up.
    """
    case = replace(case, rungs=())
    often, owed_often = sweep(case, hours, PATIENT)
    once, owed_once = sweep(case, hours[-1:], PATIENT)
    assert lasting(owed_often) == lasting(owed_once)
    assert {o.key for o in owed_once} <= {o.key for o in owed_often}
    assert often.state == once.state
    assert marks(often) == marks(once)


def lasting(owed: list[Owed]) -> set[str]:
    passing = {"reminder", "review_missed"}
    return {each.key for each in owed if each.template not in passing}


def marks(case: CaseFile) -> set[tuple[Clock, int, datetime | None]]:
    return {
        (clock.name, clock.round, clock.missed_at)
        for clock in case.deadlines
        if (clock.name, clock.round > 0) != (Clock.REVIEW, True)
    }


@given(cases, times, st.sets(st.sampled_from(sorted(COMMITTEE | PARTNERS | {
    "gaz-head", "admin", "norda-buyer", "gaz-safe-m1"}))))  # fmt: skip
def test_who_is_recused_never_hears_of_it(
    case: CaseFile, hours: list[int], names: set[str]
) -> None:
    excluded = frozenset(map(id_of, names))
    _, owed = sweep(replace(case, excluded=excluded), hours)
    assert not {o.recipient.key for o in owed} & set(map(str, excluded))


@given(cases, times, st.sampled_from([s for s in State if s.is_closed]))
def test_a_closed_case_never_climbs(
    case: CaseFile, hours: list[int], state: State
) -> None:
    closed = replace(case, state=state, closed_at=TUESDAY)
    for hour in hours:
        decision = strike(closed, PROGRAMME, False, TUESDAY + hour * HOURS)
        assert decision.escalations == ()
        assert told(decision) <= {"worker"}
        closed = decision.case


def test_it_looks_again_when_there_is_something_to_see() -> None:
    case = opened(severity_raised=True)
    clock = clock_of(case, Clock.ACKNOWLEDGE)
    looks = []
    while clock.next_at is not None:
        looks.append(clock.next_at - TUESDAY)
        case = strike(case, PROGRAMME, False, clock.next_at).case
        clock = clock_of(case, Clock.ACKNOWLEDGE)
    assert looks == [timedelta(hours=h) for h in (2, 3.2, 4)]
