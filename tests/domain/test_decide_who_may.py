"""Who may do what on a case: consents and refusals side by side."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.commands import Command
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, Severity, State
from tests.builders import (
    BRANDS_TOLD,
    DINDIGUL,
    HEAD,
    HOURS,
    PROGRAMME,
    TIRUPPUR,
    TUESDAY,
    act,
    due,
    id_of,
    opened,
    told,
)

NOTE = "A reason."
WAGE: dict[str, Any] = {}
FORC: dict[str, Any] = {"category": Category.FORC}
YES: dict[str, Any] = {"conflict": Conflict.YES}
RAISED: dict[str, Any] = {"severity_raised": True}


@pytest.mark.parametrize(
    ("given", "name", "command", "why"),
    [
        pytest.param(
            WAGE, "gaz-com-w1", verbs.Acknowledge(), None, id="a-member-acknowledges"
        ),
        pytest.param(
            WAGE, "gaz-com-n1", verbs.Start(), None, id="a-neutral-member-starts"
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Start(),
            "role",
            id="the-partner-does-not-work-what-the-committee-holds",
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Resolve(),
            "role",
            id="the-partner-signs-no-committees-solution",
        ),
        pytest.param(
            FORC, "partner-bd", verbs.Start(), None, id="the-partner-works-its-own"
        ),
        pytest.param(
            FORC,
            "gaz-com-m1",
            verbs.Resolve(),
            "unrelated",
            id="the-factory-never-resolves-what-bypasses-it",
        ),
        pytest.param(
            FORC,
            "admin",
            verbs.Start(),
            "unrelated",
            id="the-secretariat-waits-until-the-partner-missed-a-date",
        ),
        pytest.param(
            FORC, "partner-tn", verbs.Note(note=NOTE), "unrelated", id="other-partner"
        ),
        pytest.param(
            WAGE, "gaz-ic-w1", verbs.Note(note=NOTE), "unrelated", id="other-committee"
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Unfounded(note=NOTE),
            None,
            id="a-partner-closes-as-unfounded",
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Unfounded(note=" "),
            "no_reason",
            id="not-without-a-reason",
        ),
        pytest.param(
            WAGE, "gaz-com-w1", verbs.Unfounded(note=NOTE), "role", id="no-member-does"
        ),
        pytest.param(
            WAGE, "gaz-com-w1", verbs.Refer(note=NOTE), "role", id="nor-refers"
        ),
        pytest.param(
            WAGE, "gaz-com-w1", verbs.Withdraw(note=NOTE), "role", id="nor-withdraws"
        ),
        pytest.param(
            WAGE, "gaz-com-w1", verbs.NoContact(note=NOTE), "role", id="nor-gives-up"
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.NoContact(note=NOTE),
            "too_few_attempts",
            id="a-partner-gives-up-only-after-three-attempts",
        ),
        pytest.param(
            FORC,
            "partner-bd",
            verbs.Remediate(date(2026, 10, 1)),
            None,
            id="a-partner-begins-remediation",
        ),
        pytest.param(
            FORC,
            "partner-bd",
            verbs.Remediate(date(2026, 9, 1)),
            "review_date",
            id="not-with-a-review-today",
        ),
        pytest.param(
            YES,
            "partner-bd",
            verbs.Remediate(date(2026, 10, 1)),
            "not_remediated",
            id="wages-never-stand-in-remediation",
        ),
        pytest.param(
            WAGE,
            "gaz-com-w1",
            verbs.Exclude(id_of("gaz-com-w1")),
            None,
            id="a-member-recuses-herself",
        ),
        pytest.param(
            WAGE,
            "gaz-com-m1",
            verbs.Exclude(id_of("gaz-com-w1")),
            "role",
            id="a-member-recuses-nobody-else",
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Exclude(id_of("gaz-head")),
            None,
            id="a-partner-recuses-anybody",
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Exclude(id_of("nobody")),
            "unknown_person",
            id="but-not-nobody",
        ),
        pytest.param(
            WAGE,
            "gaz-com-m1",
            verbs.SetSite(TIRUPPUR),
            "role",
            id="a-committee-does-not-send-a-case-elsewhere",
        ),
        pytest.param(
            WAGE,
            "gaz-com-m1",
            verbs.SetSeverity(Severity.S2),
            None,
            id="a-member-raises",
        ),
        pytest.param(
            WAGE,
            "gaz-com-m1",
            verbs.SetSeverity(Severity.S4, note=NOTE),
            "lowering",
            id="a-member-lowers-nothing",
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.SetSeverity(Severity.S4, note=NOTE),
            None,
            id="a-partner-lowers-with-a-reason",
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.SetSeverity(Severity.S4),
            "no_reason",
            id="a-partner-does-not-lower-without",
        ),
        pytest.param(
            WAGE,
            "gaz-com-m1",
            verbs.SetCategory(Category.INFO, note=NOTE),
            "lowering",
            id="a-member-makes-no-complaint-a-question",
        ),
        pytest.param(
            {"category": Category.DISC},
            "gaz-com-m1",
            verbs.SetCategory(Category.WAGE, note=NOTE),
            "lowering",
            id="a-member-takes-no-protection-away",
        ),
        pytest.param(
            FORC,
            "partner-bd",
            verbs.SetCategory(Category.WAGE, note=NOTE),
            None,
            id="a-partner-takes-a-bypass-away",
        ),
        pytest.param(YES, "partner-bd", verbs.Release(), None, id="a-partner-releases"),
        pytest.param(
            WAGE, "gaz-com-m1", verbs.Release(), "role", id="a-member-releases-nothing"
        ),
        pytest.param(
            WAGE,
            "partner-bd",
            verbs.Release(),
            "with_committee",
            id="nothing-to-release",
        ),
        pytest.param(
            FORC, "partner-bd", verbs.Release(), "policy", id="a-bypass-is-not-released"
        ),
        pytest.param(
            RAISED, "partner-bd", verbs.Release(), "raised", id="raised-is-handed-back"
        ),
        pytest.param(
            RAISED,
            "partner-bd",
            verbs.HandBack(note=NOTE),
            None,
            id="a-partner-hands-back",
        ),
        pytest.param(
            RAISED,
            "partner-bd",
            verbs.HandBack(),
            "no_reason",
            id="not-without-saying-why",
        ),
        pytest.param(
            {"site": DINDIGUL, "country": "IN"},
            "partner-tn",
            verbs.Release(),
            "no_committee",
            id="a-committee-of-one-worker-gets-nothing-back",
        ),
        pytest.param(
            WAGE, "partner-bd", verbs.TakeOver(), None, id="a-partner-takes-over"
        ),
        pytest.param(
            YES, "partner-bd", verbs.TakeOver(), "held", id="not-what-it-has-already"
        ),
        pytest.param(
            {"category": Category.CRIS},
            "partner-bd",
            verbs.ReleaseToBrand(note=NOTE),
            "not_veiled",
            id="a-life-in-danger-is-never-released-to-brands",
        ),
        pytest.param(
            {"category": Category.CHLD},
            "partner-bd",
            verbs.ReleaseToBrand(note=NOTE),
            None,
            id="a-protected-case-may-be",
        ),
        pytest.param(
            FORC, "partner-bd", verbs.Plan(), None, id="a-plan-where-one-is-owed"
        ),
        pytest.param(
            WAGE, "gaz-com-w1", verbs.Plan(), "no_plan", id="no-plan-where-none-is"
        ),
        pytest.param(
            WAGE, None, verbs.SaySolved(False), "state", id="nothing-was-declared-yet"
        ),
        pytest.param(
            WAGE, None, verbs.UndoWithdrawByWorker(), "not_asked", id="nothing-to-undo"
        ),
    ],
)
def test_who_may_do_what(
    given: dict[str, Any], name: str | None, command: Command, why: str | None
) -> None:
    case = opened(**given)
    decision = act(case, command, name)
    if why is None:
        assert decision.refusal is None
        return
    (event,) = decision.events
    assert event.kind == "act.refused"
    assert event.facts["why"] == why
    assert decision.refusal
    assert decision.case == case


def test_the_secretariat_may_act_once_the_partner_missed_a_date() -> None:
    case = opened(category=Category.FORC)
    late = TUESDAY + 5 * HOURS
    case = strike(case, PROGRAMME, False, late).case
    decision = act(case, verbs.Resolve(), "admin", at=late)
    assert decision.case.state == State.RESOLVED
    # The worker's no then climbs above the secretariat that declared it.
    decision = act(decision.case, verbs.SaySolved(False), None, at=late + HOURS)
    assert told(decision, "not_solved") == BRANDS_TOLD


@pytest.mark.parametrize(
    ("command", "met"),
    [
        pytest.param(verbs.Acknowledge(), {"acknowledge"}, id="reading-it"),
        pytest.param(
            verbs.Start(), {"acknowledge", "first_action"}, id="an-action-was-read-too"
        ),
        pytest.param(
            verbs.Propose(), {"acknowledge", "first_action"}, id="so-was-a-proposal"
        ),
    ],
)
def test_which_clocks_a_step_meets(command: Command, met: set[str]) -> None:
    case = act(opened(), command, "gaz-com-w1").case
    assert {c.name.value for c in case.deadlines if c.met_at} == met
    assert all(c.next_at is None for c in case.deadlines if c.met_at)


def test_a_clock_met_late_keeps_its_mark() -> None:
    case = opened()
    late = due(case, Clock.ACKNOWLEDGE) + HOURS
    case = strike(case, PROGRAMME, False, late).case
    case = act(case, verbs.Acknowledge(), "gaz-com-w1", at=late + HOURS).case
    clock = case.deadline(Clock.ACKNOWLEDGE)
    assert clock is not None
    assert (clock.state, clock.met_at) == ("missed", late + HOURS)


def test_a_clock_met_late_before_any_sweep_is_still_missed() -> None:
    case = opened()
    late = due(case, Clock.FIRST_ACTION) + HOURS
    case = act(case, verbs.Start(), "gaz-com-w1", at=late).case
    decision = strike(case, PROGRAMME, False, late + HOURS)
    clock = decision.case.deadline(Clock.FIRST_ACTION)
    assert clock is not None
    assert (clock.state, clock.met_at) == ("missed", late)
    assert told(decision, "missed") >= HEAD


@pytest.mark.parametrize("name", ["gaz-com-m1", "partner-bd"])
def test_who_is_recused_does_nothing_and_reads_that_there_is_no_case(name: str) -> None:
    case = replace(opened(), excluded=frozenset({id_of(name)}))
    decision = act(case, verbs.Note(note=NOTE), name)
    assert decision.refusal == "There is no case 10000007."
