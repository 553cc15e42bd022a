"""Cases that climb, each by one trigger, and who was told what and when by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision, Owed
from app.domain.directory import Directory
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Conflict, State
from tests.builders import (
    DAYS,
    HOURS,
    PARTNERS,
    PROGRAMME,
    TUESDAY,
    act,
    after,
    by,
    named,
    opened,
    programme,
)

DHAKA = ZoneInfo("Asia/Dhaka")
ALONE = programme(without=[*PARTNERS])

# A case on each kind of route, about wages: nothing in it is veiled.
ROUTES: dict[str, tuple[dict[str, Any], Directory]] = {
    "committee": ({}, PROGRAMME),
    "partner": ({"conflict": Conflict.YES}, PROGRAMME),
    "secretariat": ({"conflict": Conflict.YES}, ALONE),
}


def case_on(route: str) -> tuple[CaseFile, Directory]:
    given, directory = ROUTES[route]
    case = opened(directory=directory, **given)
    assert case.route == route
    return case, directory


def only(case: CaseFile, name: str) -> CaseFile:
    """Return the case with all its other clocks met, so that one is left."""
    met = [
        clock
        if clock.name == name
        else replace(clock, met_at=clock.opened_at, next_at=None)
        for clock in case.deadlines
    ]
    return replace(case, deadlines=tuple(met), rungs=())


def miss(
    case: CaseFile,
    name: Clock,
    directory: Directory = PROGRAMME,
    *,
    again: bool = False,
) -> Decision:
    clock = case.deadline(name)
    assert clock is not None
    return strike(only(case, name), directory, again, clock.due_at)


def solved(case: CaseFile, directory: Directory) -> CaseFile:
    signers = {
        "committee": ("gaz-com-w1", "gaz-com-m1"),
        "partner": ("partner-bd",),
        "secretariat": ("admin",),
    }[case.route]
    acts = [(verbs.Resolve(note="paid"), by(name)) for name in signers]
    return after(case, *acts, directory=directory)


def denied(route: str) -> Decision:
    case, directory = case_on(route)
    case = solved(case, directory)
    no = verbs.SaySolved(False)
    return act(case, no, None, directory=directory, at=TUESDAY + DAYS)


def denied_twice(route: str) -> Decision:
    _, directory = ROUTES[route]
    case = denied(route).case
    case = solved(case, directory)
    no = verbs.SaySolved(False)
    return act(case, no, None, directory=directory, at=TUESDAY + 2 * DAYS)


def contested(route: str) -> Decision:
    """What was withdrawn is opened again: nobody had declared it solved."""
    case, directory = case_on(route)
    case = replace(case, state=State.CLOSED_WITHDRAWN, closed_at=TUESDAY)
    no = verbs.SaySolved(False)
    return act(case, no, None, directory=directory, at=TUESDAY + DAYS)


def clustered(route: str) -> Decision:
    case, directory = case_on(route)
    return strike(case, directory, False, TUESDAY + HOURS, clustered=5)


def alerted(route: str) -> Decision:
    """Danger: what the committee holds leaves it, so there is no such case."""
    case, directory = case_on(route)
    return act(case, verbs.RaiseDanger(), None, directory=directory)


def reviewed(route: str) -> Decision:
    given, directory = ROUTES[route]
    case = opened(directory=directory, **given | {"category": Category.FORC})
    review = replace(
        case.deadlines[0], name=Clock.REVIEW, due_at=TUESDAY + 9 * DAYS, round=2
    )
    case = replace(
        case, state=State.IN_REMEDIATION, deadlines=(review,), rungs=(), statutory=()
    )
    return strike(case, directory, False, review.due_at)


TRIGGERS: dict[str, Callable[[str], Decision]] = {
    "acknowledge": lambda route: missed(route, Clock.ACKNOWLEDGE),
    "first_action": lambda route: missed(route, Clock.FIRST_ACTION),
    "again": lambda route: missed(route, Clock.FIRST_ACTION, again=True),
    "resolve": lambda route: missed(route, Clock.RESOLVE),
    "not_solved": denied,
    "reopened_twice": denied_twice,
    "contested": contested,
    "cluster": clustered,
    "s1": alerted,
    "review": reviewed,
}


def missed(route: str, clock: Clock, *, again: bool = False) -> Decision:
    case, directory = case_on(route)
    return miss(case, clock, directory, again=again)


def time_of(owed: Owed) -> str:
    """Return when it may go out, in Dhaka; blank where it is at once."""
    when = owed.not_before
    return when.astimezone(DHAKA).strftime(" from %a %H:%M") if when else ""


def heard(decision: Decision) -> dict[str, set[str]]:
    """Return who is owed what because the case climbed: template and time."""
    found: dict[str, set[str]] = {}
    for owed in decision.owed:
        if owed.template not in ("case_handed", "worker_news", "reminder"):
            key = owed.template + time_of(owed)
            found.setdefault(key, set()).update(named([owed.recipient]))
    return found


def timers(case: CaseFile) -> list[tuple[str, int, str, str]]:
    """Return the rungs that wait: which, from when, and how long."""
    return [
        (t.name.removeprefix("rung:"), t.round, _local(t.opened_at), _local(t.due_at))
        for t in sorted(case.rungs, key=lambda t: (t.name, t.round))
        if t.is_running
    ]


def _local(at: datetime) -> str:
    return at.astimezone(DHAKA).strftime("%a %d %H:%M")


def silence(case: CaseFile, directory: Directory = PROGRAMME) -> list[Decision]:
    """Let time pass until nobody's answer is waited for any more."""
    decisions = []
    while running := [t for t in case.rungs if t.is_running]:
        at = min(t.due_at for t in running)
        quiet = replace(
            case,
            deadlines=tuple(replace(c, next_at=None) for c in case.deadlines),
        )
        decisions.append(strike(quiet, directory, False, at + timedelta(seconds=1)))
        case = decisions[-1].case
        assert len(decisions) < 50
    return decisions
