"""What went wrong in other systems' clocks, held against ours.

Each docstring names the public thread. "Update time" there is the time for
the next answer; here every step of a case has a clock of its own.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision, Pause
from app.domain.clocks import AFTER
from app.domain.commands import Actor, Command
from app.domain.decide import decide
from app.domain.policy import parse_policy
from app.domain.promises import expected_due
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Severity, State
from tests.builders import (
    DAYS,
    HOURS,
    POLICY,
    PROGRAMME,
    TIRUPPUR,
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
    programme,
)

NOTE = "A reason."
DHAKA = PROGRAMME.calendars["482170"].zone
LONG_AFTER = TUESDAY + 400 * DAYS
PAUSE = verbs.Pause(id_of("partner-bd-2"), note=NOTE)


def swept(case: CaseFile, at: datetime) -> Decision:
    return strike(case, PROGRAMME, False, at)


def clocks_told(decision: Decision) -> set[str]:
    """Return the clocks of which anybody is reminded, or told as missed."""
    return {str(o.params["clock"]) for o in decision.owed if "clock" in o.params} | {
        step.clock for step in decision.escalations
    }


def paused(case: CaseFile, *, at: datetime) -> CaseFile:
    return after(case, (PAUSE, by("partner-bd")), at=at)


def running(case: CaseFile) -> dict[str, datetime]:
    return {
        str(c.name): c.due_at
        for c in case.deadlines
        if c.is_running and c.name not in AFTER
    }


# --- Zammad -----------------------------------------------------------------


def test_zammad_3140_no_clock_fires_after_its_step_was_taken() -> None:
    """zammad/zammad #3140: the time for an answer ran out after the answer.

    Whoever looks late, after the due time and with both reminders behind it,
    finds nothing of a step that was taken in time.
    """
    case = after(
        opened(),
        (verbs.Acknowledge(), by("gaz-com-w1")),
        (verbs.Start(), by("gaz-com-w1")),
    )
    late = due(case, Clock.FIRST_ACTION) + 2 * DAYS
    assert late < due(case, Clock.RESOLVE)
    decision = swept(case, late)
    assert clocks_told(decision) <= {"resolve"}
    assert clock_of(decision.case, Clock.FIRST_ACTION).state == "met"
    assert clock_of(decision.case, Clock.ACKNOWLEDGE).state == "met"


def test_zammad_3140_a_worker_who_does_not_answer_escalates_nothing() -> None:
    """zammad/zammad #3140: a ticket climbed because its customer was slow."""
    case = opened(category=Category.FORC)
    case = after(case, (verbs.Resolve(), by("partner-bd")))
    decision = swept(case, LONG_AFTER)
    assert decision.case.state == State.CLOSED_DECLARED
    assert decision.escalations == ()
    assert "clock.missed" not in kinds(decision)


QUICK_TO_RESOLVE = parse_policy(
    """
    version = "2026-01-01"
    [[category]]
    code = "WAGE"
    severity = "S3"
    route = "committee"
    acknowledge = "2wd"
    first_action = "5wd"
    resolve = "24h"
    """,
    base=POLICY,
)


def test_zammad_5177_a_shorter_clock_does_not_overrule_the_first_one() -> None:
    """zammad/zammad #5177: a shorter update time displaced first response.

    A policy that resolves faster than it acts is odd, but each of its clocks
    stands at its own time, is struck by itself and marks no other one.
    """
    directory = programme(policy=QUICK_TO_RESOLVE)
    case, usual = opened(directory=directory), opened()
    for name in (Clock.ACKNOWLEDGE, Clock.FIRST_ACTION):
        assert due(case, name) == due(usual, name)
    assert due(case, Clock.RESOLVE) == TUESDAY + 24 * HOURS
    decision = strike(case, directory, False, TUESDAY + 24 * HOURS)
    assert {step.clock for step in decision.escalations} == {"resolve"}
    assert clock_of(decision.case, Clock.FIRST_ACTION).is_running
    later = strike(decision.case, directory, False, due(case, Clock.FIRST_ACTION))
    assert "first_action" in {step.clock for step in later.escalations}


def test_zammad_4353_a_promise_that_was_lifted_sends_nothing_more() -> None:
    """zammad/zammad #4353: tickets of a disabled SLA stayed escalated.

    A partner takes a case down from S1: what ran by the hour runs by the
    working day from then on, and the hours that were are no longer struck.
    """
    case = opened(severity_raised=True)
    hourly = due(case, Clock.ACKNOWLEDGE)
    lowered = act(case, verbs.SetSeverity(Severity.S3, note=NOTE), "partner-bd")
    assert lowered.refusal is None
    assert "clock.moved" in kinds(lowered)
    decision = swept(lowered.case, hourly)
    assert due(lowered.case, Clock.ACKNOWLEDGE) > hourly
    assert "clock.missed" not in kinds(decision)
    assert decision.escalations == ()


def test_zammad_4353_what_was_missed_before_it_was_lifted_is_told_once() -> None:
    """zammad/zammad #4353: of an escalated ticket mails went on and on."""
    case = opened(severity_raised=True)
    struck = swept(case, due(case, Clock.ACKNOWLEDGE))
    assert "acknowledge" in {step.clock for step in struck.escalations}
    at = due(case, Clock.ACKNOWLEDGE) + HOURS
    lower = verbs.SetSeverity(Severity.S3, note=NOTE)
    lowered = after(struck.case, (lower, by("partner-bd")), at=at)
    assert clock_of(lowered, Clock.ACKNOWLEDGE).state == "missed"  # it was
    for hours in range(1, 48):
        assert "acknowledge" not in clocks_told(swept(lowered, at + hours * HOURS))


def test_zammad_4353_a_new_policy_leaves_a_case_under_its_own() -> None:
    """zammad/zammad #4353: a change of the rules reached into open tickets.

    A case keeps the version of the policy under which it was opened.
    """
    case = opened()
    later = replace(
        PROGRAMME, policies=(POLICY, replace(QUICK_TO_RESOLVE, version="2026-09-02"))
    )
    decision = strike(case, later, False, TUESDAY + 25 * HOURS)
    assert decision.case.deadline(Clock.RESOLVE) == case.deadline(Clock.RESOLVE)
    assert "clock.missed" not in kinds(decision)


@pytest.mark.parametrize(
    ("end", "name"),
    [
        pytest.param(verbs.Refer(note=NOTE), "partner-bd", id="referred"),
        pytest.param(verbs.Unfounded(note=NOTE), "partner-bd", id="unfounded"),
        pytest.param(verbs.Withdraw(note=NOTE), "partner-bd", id="withdrawn"),
        pytest.param(verbs.SaySolved(True), None, id="confirmed-by-the-worker"),
    ],
)
@pytest.mark.parametrize(
    "since_opening",
    [
        pytest.param(HOURS, id="before-any-clock-was-due"),
        pytest.param(10 * DAYS, id="after-some-were-due-and-nobody-had-looked"),
    ],
)
def test_zammad_904_a_closed_case_never_climbs(
    since_opening: timedelta, end: Command, name: str | None
) -> None:
    """zammad/zammad #904: merged and closed tickets stood among the escalated."""
    at = TUESDAY + since_opening
    case = opened(category=Category.TERM)
    if name is None:
        declared = verbs.Resolve()
        signers = [by("gaz-com-w1"), by("gaz-com-m1")]
        case = after(case, *((declared, who) for who in signers), at=at)
    else:
        case = after(case, (verbs.TakeOver(), by(name)), at=at)
    closed = act(case, end, name, at=at)
    assert closed.refusal is None, closed.refusal
    assert closed.case.state.is_closed
    assert running(closed.case) == {}
    waiting = {c.name for c in closed.case.deadlines if c.next_at is not None}
    assert waiting <= AFTER
    decision = swept(closed.case, LONG_AFTER)
    assert (decision.owed, decision.escalations) == ((), ())


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(verbs.Say(), id="by-text"),
        pytest.param(verbs.Speak(), id="by-voice"),
        pytest.param(verbs.AskCallback(), id="by-asking-for-a-call"),
        pytest.param(verbs.ChooseTopic(Category.WAGE), id="by-a-key-on-the-phone"),
    ],
)
def test_zammad_1322_whichever_way_the_worker_answers_the_clocks_run_on(
    word: Command,
) -> None:
    """zammad/zammad #1322: an answer by the web form did not wake the ticket.

    It stayed pending and never escalated. A pause waits for the worker; her
    word ends it, by whichever channel it comes, and what is then missed climbs.
    """
    begun = TUESDAY + HOURS
    waiting = paused(opened(), at=begun)
    heard = after(waiting, (word, WORKER), at=begun + 5 * HOURS)
    assert heard.pauses[-1].until == begun + 5 * HOURS
    assert due(heard, Clock.RESOLVE) == due(opened(), Clock.RESOLVE) + 5 * HOURS
    decision = swept(heard, due(heard, Clock.RESOLVE))
    assert "resolve" in {step.clock for step in decision.escalations}


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param((), id="nothing"),
        pytest.param(
            ((verbs.Acknowledge(), by("gaz-com-w1")),), id="a-step-that-was-taken"
        ),
        pytest.param(
            ((verbs.SetSite(TIRUPPUR, note=NOTE), by("partner-bd")),),
            id="a-move-to-another-site",
        ),
    ],
)
def test_zammad_every_due_time_can_be_had_from_the_history_again(
    meanwhile: tuple[tuple[Command, Actor], ...],
) -> None:
    """zammad/zammad, lib/escalation.rb: pauses are breaks out of the history.

    So whoever knows what happened reckons each due time again; also one whose
    step was taken, or whose case moved, while the clocks stood still.
    """
    case = paused(opened(), at=TUESDAY + HOURS)
    case = after(case, *meanwhile, at=TUESDAY + 5 * HOURS)
    case = after(case, (verbs.Say(), WORKER), at=TUESDAY + 29 * HOURS)
    for clock in case.deadlines:
        calendar = PROGRAMME.calendar_named(clock.calendar)
        assert calendar is not None
        assert expected_due(clock, case.pauses, calendar) == clock.due_at, clock.name


# --- Frappe Helpdesk --------------------------------------------------------


def test_frappe_1554_while_paused_the_clock_does_not_tick() -> None:
    """frappe/helpdesk #1554: shown as paused, the SLA went on in the background."""
    case = opened(category=Category.MATC)
    waiting = paused(case, at=TUESDAY + HOURS)
    decision = swept(waiting, due(case, Clock.ACKNOWLEDGE))
    assert clocks_told(decision) == set()
    assert "clock.missed" not in kinds(decision)


@pytest.mark.parametrize("lasted", [HOURS, 30 * HOURS, 6 * DAYS])
def test_frappe_1675_the_time_to_resolve_moves_by_the_pause(lasted: timedelta) -> None:
    """frappe/helpdesk #1675: the time to resolve stayed where it had been."""
    case = opened(category=Category.MATC)
    begun = TUESDAY + HOURS
    waiting = paused(case, at=begun)
    resumed = act(waiting, verbs.Resume(), "partner-bd", at=begun + lasted).case
    assert due(resumed, Clock.RESOLVE) == due(case, Clock.RESOLVE) + lasted


# --- DIGIT ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "actor"),
    [
        pytest.param(verbs.Note(note=NOTE), by("gaz-com-w1"), id="a-note"),
        pytest.param(
            verbs.SetCategory(Category.SOCS), by("gaz-com-m1"), id="another-category"
        ),
        pytest.param(
            verbs.Exclude(id_of("gaz-com-m2"), note=NOTE), by("partner-bd"),
            id="a-member-kept-out",
        ),
        pytest.param(verbs.TakeOver(note=NOTE), by("partner-bd"), id="taken-over"),
        pytest.param(verbs.Tell(note=NOTE), by("gaz-com-w1"), id="told-to-the-worker"),
        pytest.param(verbs.Attempt(note=NOTE), by("partner-bd"), id="a-call-not-taken"),
        pytest.param(verbs.Say(), WORKER, id="the-worker-writes"),
        pytest.param(verbs.AllowTexts(True), WORKER, id="the-worker-allows-texts"),
        pytest.param(verbs.ChooseSite("482170"), WORKER, id="the-site-named-again"),
    ],
)  # fmt: skip
def test_digit_no_edit_restarts_a_clock(edit: Command, actor: Actor) -> None:
    """egovernments/Citizen-Complaint-Resolution-System, EscalationScheduler.java.

    The time that went by was taken from `lastModifiedTime`, so that any edit
    began it anew, and a complaint touched every day never climbed.
    """
    case = after(opened(), (edit, actor), at=TUESDAY + 3 * HOURS)
    for day in (1, 2):  # once more each day, as far as that is possible
        at = TUESDAY + (day * 24 + 3) * HOURS
        case = decide(case, edit, actor, PROGRAMME, at).case
    assert running(case).keys() == running(opened()).keys()
    for name, due_at in running(opened()).items():
        assert running(case)[name] <= due_at
    opened_at = {clock.opened_at for clock in case.deadlines}
    assert opened_at == {TUESDAY}
    missed = swept(case, due(opened(), Clock.ACKNOWLEDGE))
    assert "acknowledge" in {step.clock for step in missed.escalations}


def test_digit_nor_does_a_pause_that_was_taken_back() -> None:
    """The same: an edit that leaves nothing behind leaves the clocks as well."""
    case = opened(category=Category.MATC)
    at = TUESDAY + HOURS
    back = after(paused(case, at=at), (verbs.Resume(), by("partner-bd")), at=at)
    assert running(back) == running(case)
    assert back.pauses == (Pause(at, at, "waits_for_worker", id_of("partner-bd")),)
