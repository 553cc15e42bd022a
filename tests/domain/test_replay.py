"""Every due time follows from the ledger's events, and every slip of one shows."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.calendar import SiteCalendar
from app.domain.case import CaseFile, Deadline, Decision
from app.domain.commands import Pause, Resolve, Resume, SaySolved
from app.domain.ledger import clocks_set
from app.domain.opening import open_case
from app.domain.policy import Policy
from app.domain.replay import (
    UNSWEPT_AFTER,
    Fault,
    Happened,
    Replay,
    differences,
    pauses_of,
    replay,
)
from app.domain.taxonomy import Clock
from tests.builders import (
    DAYS,
    HOURS,
    POLICY,
    PROGRAMME,
    TUESDAY,
    act,
    clock_of,
    id_of,
    seed,
)

CALENDAR = replace(PROGRAMME.calendars["482170"], id="482170/1")
DIRECTORY = replace(PROGRAMME, calendars={**PROGRAMME.calendars, "482170": CALENDAR})


def named(id: str) -> SiteCalendar | None:
    return CALENDAR if id == CALENDAR.id else None


def policy_named(version: str) -> Policy | None:
    return POLICY if version == POLICY.version else None


def told(before: CaseFile | None, decision: Decision, at: datetime) -> list[Happened]:
    """Return a decision's events as the ledger gives them back."""
    facts = [{**event.facts, "actor": event.actor} for event in decision.events]
    moved = clocks_set(before, decision.case)
    if moved:
        facts[-1]["set"] = moved
    return [
        Happened(at, event.kind, json.loads(json.dumps(each, default=str)))
        for event, each in zip(decision.events, facts, strict=True)
    ]


def lived() -> tuple[CaseFile, list[Happened]]:
    """Return a case that was opened, paused, resumed, solved and opened again."""
    decision = open_case(seed(), DIRECTORY, TUESDAY)
    case, events = decision.case, told(None, decision, TUESDAY)
    second = id_of("partner-bd-2")
    for command, name, at in (
        (Pause(note="she is at home", second=second), "partner-bd", TUESDAY + HOURS),
        (Resume(), "partner-bd", TUESDAY + 2 * DAYS),
        (Pause(note="again", second=second), "partner-bd", TUESDAY + 3 * DAYS),
        (Resolve(), "gaz-com-w1", TUESDAY + 4 * DAYS),
        (Resolve(), "gaz-com-m1", TUESDAY + 4 * DAYS + HOURS),
        (SaySolved(is_solved=False), None, TUESDAY + 5 * DAYS),
        (Pause(note="once more", second=second), "partner-bd", TUESDAY + 5 * DAYS),
    ):
        decision = act(case, command, name, at=at, directory=DIRECTORY)
        assert decision.refusal is None, (command, decision.refusal)
        events += told(case, decision, at)
        case = decision.case
    return case, events


AT = TUESDAY + 5 * DAYS + HOURS
CASE, EVENTS = lived()


def faults(
    clocks: Sequence[Deadline],
    *,
    case: CaseFile = CASE,
    ledger: Replay | None = None,
    at: datetime = AT,
) -> set[tuple[str, Fault]]:
    ledger = ledger or replay(EVENTS, named, policy_named)
    running = [clock for clock in clocks if clock.is_running]
    found = differences(running, case.pauses, ledger, named, at=at)
    return {(difference.clock, difference.fault) for difference in found}


def test_the_pauses_of_a_case_follow_from_its_events() -> None:
    assert pauses_of(EVENTS) == CASE.pauses
    assert len(CASE.pauses) == 3


def test_every_clock_ever_set_follows_from_the_ledger_alone() -> None:
    ledger = replay(EVENTS, named, policy_named)
    assert ledger.differences == ()
    assert {
        (k.name, k.round): (k.due_at, k.promise, k.paused)
        for k in ledger.clocks.values()
    } == {(c.name, c.round): (c.due_at, c.promise, c.paused) for c in CASE.clocks}


def test_a_case_that_lived_as_it_should_differs_in_nothing() -> None:
    assert faults(CASE.clocks) == set()


RESOLVE = clock_of(CASE, Clock.RESOLVE)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(
            {"due_at": RESOLVE.due_at + HOUR},
            {Fault.PROMISE, Fault.LEDGER},
            id="a-due-time-an-hour-later",
        ),
        pytest.param(
            {"promise": "20d"}, {Fault.PROMISE, Fault.LEDGER}, id="another-promise"
        ),
        pytest.param(
            {"promise": ""},
            {Fault.LEDGER},
            id="a-promise-wiped-out",
        ),
        pytest.param(
            {"calendar": "482170/9"},
            {Fault.CALENDAR, Fault.LEDGER},
            id="a-version-that-never-was",
        ),
        pytest.param(
            {"paused": 0}, {Fault.PROMISE, Fault.LEDGER}, id="its-pauses-not-counted"
        ),
        pytest.param(
            {"round": 7}, {Fault.UNKNOWN}, id="a-clock-that-nobody-ever-started"
        ),
        pytest.param({"next_at": None}, {Fault.STUCK}, id="nobody-will-ever-look"),
        pytest.param(
            {"next_at": RESOLVE.due_at},
            {Fault.ASLEEP},
            id="the-reminders-are-slept-through",
        ),
    ],
)
def test_a_clock_that_is_not_as_it_was_set(
    changed: dict[str, object], expected: set[Fault]
) -> None:
    assert faults([replace(RESOLVE, **changed)]) == {  # type: ignore[arg-type]
        ("resolve", fault) for fault in expected
    }


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param(HOUR / 60, set(), id="a-minute-late-is-no-finding"),
        pytest.param(UNSWEPT_AFTER, {Fault.UNSWEPT}, id="ten-minutes-late-is"),
    ],
)
def test_a_due_time_that_nobody_struck(late: timedelta, expected: set[Fault]) -> None:
    clock = replace(RESOLVE, next_at=RESOLVE.due_at)
    at = RESOLVE.due_at + late
    assert faults([clock], at=at) == {("resolve", fault) for fault in expected}


def test_a_due_time_just_moved_into_the_past_is_not_late_yet() -> None:
    """Danger reckons anew from the opening; the sweep comes within seconds."""
    now = CASE.opened_at + HOUR
    moved = replace(RESOLVE, due_at=CASE.opened_at, next_at=CASE.opened_at)
    fact = {**EVENTS[-1].facts["set"][-1], "due_at": CASE.opened_at.isoformat()}
    event = Happened(now, "case.raised", {"set": [fact]})
    ledger = replay([*EVENTS, event], named)
    late = ("resolve", Fault.UNSWEPT)
    assert late not in faults([moved], ledger=ledger, at=now)
    assert late in faults([moved], ledger=ledger, at=now + UNSWEPT_AFTER)


def test_pauses_that_the_ledger_does_not_tell_of() -> None:
    longer = replace(CASE.pauses[0], until=AT)
    changed = replace(CASE, pauses=(longer, *CASE.pauses[1:]))
    assert faults([], case=changed) == {("", Fault.PAUSES)}


def test_a_ledger_that_set_what_its_own_basis_does_not_give() -> None:
    """Whoever writes both the row and the ledger still contradicts the engine."""
    events = [
        replace(
            event,
            facts={
                **event.facts,
                "set": [
                    {**fact, "due_at": (RESOLVE.due_at + DAYS).isoformat()}
                    for fact in event.facts["set"]
                ],
            },
        )
        if event is EVENTS[-1]
        else event
        for event in EVENTS
    ]
    found = replay(events, named).differences
    assert {d.fault for d in found} == {Fault.REPLAYED}
    assert {d.clock for d in found} == {"first_action", "resolve"}


def test_an_opening_that_promised_otherwise_than_its_policy() -> None:
    opening = [event for event in EVENTS if event.at == TUESDAY]
    slower = [
        replace(
            event,
            facts={
                **event.facts,
                "set": [{**f, "promise": "30d"} for f in event.facts["set"]],
            },
        )
        if "set" in event.facts
        else event
        for event in opening
    ]
    found = replay(slower, named, policy_named).differences
    assert {d.clock for d in found if d.fault is Fault.POLICY} == {
        "acknowledge",
        "first_action",
        "resolve",
    }
    assert replay(opening, named, policy_named).differences == ()


def test_a_clock_from_before_the_basis_was_kept_is_let_be() -> None:
    old = replace(RESOLVE, round=5, promise="", calendar="", paused=0)
    assert faults([old]) == set()
