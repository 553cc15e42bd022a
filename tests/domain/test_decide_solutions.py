"""A solution declared, signed, confirmed, denied; a case closed and reopened."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile
from app.domain.commands import Command
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, State
from tests.builders import (
    BRANDS_TOLD,
    COMMITTEE,
    DAYS,
    HEAD,
    HOURS,
    PROGRAMME,
    SECRETARIAT,
    TUESDAY,
    act,
    after,
    by,
    due,
    id_of,
    named,
    opened,
    told,
)

NOTE = "A reason."
WAGE: dict[str, Any] = {}
FORC: dict[str, Any] = {"category": Category.FORC}


@pytest.mark.parametrize(
    ("signers", "state", "notice"),
    [
        pytest.param(["gaz-com-w1"], State.RECEIVED, "management", id="the-workers"),
        pytest.param(["gaz-com-m1"], State.RECEIVED, "worker", id="the-management"),
        pytest.param(
            ["gaz-com-w1", "gaz-com-w2"],
            State.RECEIVED,
            "management",
            id="the-same-side-twice-is-one",
        ),
        pytest.param(
            ["gaz-com-m1", "gaz-com-m1"],
            State.RECEIVED,
            "worker",
            id="the-same-person-twice-is-one",
        ),
        pytest.param(
            ["gaz-com-m1", "gaz-com-w2"], State.RESOLVED, None, id="both-sides"
        ),
    ],
)
def test_a_committee_resolves_with_both_its_sides(
    signers: list[str], state: State, notice: str | None
) -> None:
    case, decision = opened(), None
    for name in signers:
        decision = act(case, verbs.Resolve(), name)
        assert decision.refusal is None
        case = decision.case
    assert decision is not None
    assert case.state == state
    assert (notice is None) == (decision.notice is None)
    assert notice is None or f"the {notice} side" in (decision.notice or "")
    resolve = case.deadline(Clock.RESOLVE)
    assert resolve is not None
    assert resolve.is_running == (state == State.RECEIVED)
    assert len(case.signatures) == (2 if state == State.RESOLVED else 1)


def test_a_neutral_member_signs_nothing() -> None:
    decision = act(opened(), verbs.Resolve(), "gaz-com-n1")
    assert decision.events[0].facts["why"] == "no_side"


def test_a_signature_of_somebody_recused_later_does_not_count() -> None:
    case = after(
        opened(),
        (verbs.Resolve(), by("gaz-com-m1")),
        (verbs.Exclude(id_of("gaz-com-m1")), by("partner-bd")),
    )
    decision = act(case, verbs.Resolve(), "gaz-com-w1")
    assert decision.case.state == State.RECEIVED


def test_a_partner_resolves_alone_and_the_worker_is_asked_for_fourteen_days() -> None:
    case = replace(opened(category=Category.FORC), may_text=True)
    at = TUESDAY + HOURS
    decision = act(case, verbs.Resolve(), "partner-bd", at=at)
    assert decision.case.state == State.RESOLVED
    assert due(decision.case, Clock.CONFIRMATION) == at + 14 * DAYS
    assert told(decision) == {"worker"}
    running = [c.name for c in decision.case.deadlines if c.is_running]
    assert running == [Clock.CONFIRMATION]


@pytest.mark.parametrize("answer", [None, False])
def test_without_a_yes_the_worker_is_never_texted(answer: bool | None) -> None:
    case = replace(opened(category=Category.FORC), may_text=answer)
    for command in (verbs.Acknowledge(), verbs.Resolve()):
        decision = act(case, command, "partner-bd")
        assert "worker" not in told(decision)
        case = decision.case


# The worker's word on a solution.


def resolved(**given: Any) -> CaseFile:
    case = opened(**given)
    signers = ("gaz-com-w1", "gaz-com-m1")
    if not case.route.is_factory_side:
        signers = ("partner-bd",)  # type: ignore[assignment]
    return after(case, *((verbs.Resolve(), by(name)) for name in signers))


def test_a_yes_closes_as_confirmed() -> None:
    decision = act(resolved(), verbs.SaySolved(True), None, at=TUESDAY + DAYS)
    assert decision.case.state == State.CLOSED_CONFIRMED
    assert decision.case.closed_at == TUESDAY + DAYS


def test_a_late_yes_confirms_what_was_closed_as_declared() -> None:
    at = TUESDAY + 15 * DAYS
    case = strike(resolved(), PROGRAMME, False, at).case
    assert case.state == State.CLOSED_DECLARED
    confirmed = act(case, verbs.SaySolved(True), None, at=at + DAYS).case
    assert (confirmed.state, confirmed.closed_at) == (State.CLOSED_CONFIRMED, at)


@pytest.mark.parametrize(
    ("given", "first", "second"),
    [
        pytest.param(WAGE, HEAD, BRANDS_TOLD, id="committee-then-head-then-brands"),
        pytest.param(FORC, SECRETARIAT, BRANDS_TOLD, id="partner-then-secretariat"),
        pytest.param(
            {"category": Category.CRIS},
            SECRETARIAT,
            SECRETARIAT,
            id="a-life-in-danger-never-reaches-a-brand",
        ),
        pytest.param(
            {"category": Category.FORC, "site": None},
            SECRETARIAT,
            SECRETARIAT,
            id="nor-does-a-case-without-a-site",
        ),
    ],
)
def test_a_no_climbs_one_rung_and_a_second_no_to_the_brands(
    given: dict[str, Any], first: set[str], second: set[str]
) -> None:
    case = resolved(**given)
    for at, expected in ((TUESDAY + DAYS, first), (TUESDAY + 3 * DAYS, second)):
        decision = act(case, verbs.SaySolved(False), None, at=at)
        assert told(decision, "not_solved") == expected
        assert decision.case.state == State.REOPENED
        (step,) = decision.escalations
        assert (step.reason, named(step.recipients)) == ("not_solved", expected)
        case = after(
            decision.case,
            *(
                (verbs.Resolve(), by(name))
                for name in (
                    ("gaz-com-w1", "gaz-com-m1")
                    if case.route.is_factory_side
                    else ("partner-bd",)
                )
            ),
            at=at + DAYS,
        )


def test_a_second_no_on_a_protected_case_is_veiled() -> None:
    case = replace(resolved(category=Category.CHLD), not_solved=1)
    decision = act(case, verbs.SaySolved(False), None)
    assert told(decision, "not_solved") == set()
    assert told(decision, "brand_alert") == BRANDS_TOLD


def test_reopening_promises_first_action_and_resolve_anew() -> None:
    at = TUESDAY + DAYS
    decision = act(resolved(), verbs.SaySolved(False), None, at=at)
    case = decision.case
    fresh = {clock.name: clock for clock in case.deadlines if clock.is_running}
    assert set(fresh) == {Clock.FIRST_ACTION, Clock.RESOLVE}
    for clock in fresh.values():
        assert (clock.round, clock.opened_at) == (1, at)
        assert clock.next_at == clock.remind_50_at
    assert told(decision, "case_handed") == COMMITTEE
    assert case.signatures == ()
    # The whole ladder again.
    late = due(case, Clock.FIRST_ACTION) + HOURS
    assert told(strike(case, PROGRAMME, False, late), "missed") >= HEAD


@pytest.mark.parametrize(
    ("days", "is_final"),
    [
        pytest.param(30, False, id="thirty-days-later-it-opens"),
        pytest.param(31, True, id="thirty-one-days-later-it-stays-closed"),
    ],
)
@pytest.mark.parametrize(
    ("command", "name"),
    [(verbs.SaySolved(False), None), (verbs.Reopen(), "partner-bd")],
)
def test_a_closed_case_opens_for_thirty_days(
    days: int, is_final: bool, command: Command, name: str | None
) -> None:
    closed = act(opened(), verbs.Unfounded(note=NOTE), "partner-bd", at=TUESDAY).case
    decision = act(closed, command, name, at=TUESDAY + days * DAYS)
    assert (decision.refusal is not None) == is_final
    assert decision.case.state == (
        State.CLOSED_UNFOUNDED if is_final else State.REOPENED
    )


def test_who_closes_tells_the_worker() -> None:
    case = replace(opened(), may_text=True)
    decision = act(case, verbs.Refer(note=NOTE), "partner-bd")
    assert told(decision, "worker_news") == {"worker"}
    assert decision.events[-1].facts == {"state": "closed_referred", "note": NOTE}


def test_no_contact_needs_attempts_on_three_local_days() -> None:
    case = opened()
    end = verbs.NoContact(note=NOTE)
    # Three attempts, but two of them on the same day in Dhaka.
    for at in (TUESDAY, TUESDAY + DAYS, TUESDAY + DAYS + HOURS):
        case = act(case, verbs.Attempt(), "partner-bd", at=at).case
    assert act(case, end, "partner-bd").refusal is not None
    case = act(case, verbs.Attempt(), "partner-bd", at=TUESDAY + 2 * DAYS).case
    assert act(case, end, "partner-bd").case.state == State.CLOSED_NO_CONTACT
