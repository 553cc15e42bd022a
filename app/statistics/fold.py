"""A case as the statistics count it, from the events of its ledger and no row.

The rules in words are those of infra/definitions.md §1; a second program, the
verifier of exports, is written from them, and both must come to the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.directory import ZONES
from app.domain.ladder import Rung
from app.domain.replay import CalendarNamed, Happened, pauses_of
from app.domain.spans import Span, length, merged
from app.domain.taxonomy import Category, State
from app.statistics.measures import WAITING
from app.statistics.model import CaseFacts, Kept, Outcome, Stage, StageTime
from app.statistics.working import elapsed_hours, whole_hours, worked_hours

CountryOf = Callable[[str], str | None]  # of a site's code
Clock = tuple[str, int]  # a clock's name and round

_OUTCOMES: Mapping[str, Outcome] = {
    State.RESOLVED: Outcome.DECLARED,
    State.CLOSED_DECLARED: Outcome.DECLARED,
    State.CLOSED_CONFIRMED: Outcome.CONFIRMED,
    State.IN_REMEDIATION: Outcome.IN_REMEDIATION,
    State.CLOSED_REFERRED: Outcome.REFERRED,
    State.CLOSED_WITHDRAWN: Outcome.WITHDRAWN,
    State.CLOSED_UNFOUNDED: Outcome.UNFOUNDED,
    State.CLOSED_NO_CONTACT: Outcome.NO_CONTACT,
}
_STATES: Mapping[str, str] = {
    "case.opened": State.RECEIVED,
    "case.reopened": State.REOPENED,
    "remediation.ended": State.IN_REVIEW,
    "case.resolved": State.RESOLVED,
    "remediation.begun": State.IN_REMEDIATION,
    "child.kept": State.IN_REMEDIATION,
}
# Whose fact `state` says it.
_STATED = frozenset({"case.closed", "main.followed"})


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a case, its facts read from their JSON."""

    seq: int
    at: datetime
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Promise:
    due_at: datetime
    calendar: str


@dataclass(slots=True)
class _Life:
    """What the events so far have told."""

    received_at: datetime
    site: str | None = None
    country: str = ""
    category: str = ""
    severity: str = ""
    route: str = ""
    channel: str = ""
    language: str = ""
    filer: str = "worker"
    state: str = State.RECEIVED
    is_part: bool = False
    is_reopened: bool = False
    affected: int = 1
    promises: dict[Clock, _Promise] = field(default_factory=dict)
    met: dict[Clock, datetime] = field(default_factory=dict)  # first of each
    missed: set[Clock] = field(default_factory=set)
    declared_at: datetime | None = None
    rungs: set[str] = field(default_factory=set)
    answer: str = ""  # to the question about reprisals
    is_waiting: bool = False
    is_unanswered: bool = False


def fold(
    id: UUID,
    events: Sequence[Told],
    calendar_named: CalendarNamed,
    country_of: CountryOf,
) -> CaseFacts | None:
    """Return a case as it counts after all these events, which must be all it has.

    In order of `seq`. None where it was never opened.
    """
    start = next((n for n, e in enumerate(events) if e.kind == "case.opened"), None)
    if start is None:
        return None
    life = _Life(received_at=events[start].at)
    for event in events:
        _hear(life, event, country_of)
    pauses = _pauses(events)
    outcome = _OUTCOMES.get(life.state, Outcome.OPEN)
    zone = _zone(events, events[start].facts["country"], calendar_named)
    return CaseFacts(
        id=id,
        received_on=life.received_at.astimezone(zone).date(),
        site=life.site,
        country=life.country,
        category=life.category,
        severity=life.severity,
        route=life.route,
        channel=life.channel,
        language=life.language,
        filer=life.filer,
        outcome=outcome,
        is_info=life.category == Category.INFO,
        is_part=life.is_part,
        stages=_stages(life, outcome, pauses, calendar_named),
        rungs=frozenset(life.rungs),
        brand_asked=Rung.BRAND in life.rungs,
        brand_hours=_brand_hours(events),
        is_reopened=life.is_reopened,
        reprisal=_reprisal(life),
        paused_hours=whole_hours(length(merged(pauses))),
        affected=life.affected,
        seq=events[-1].seq,
    )


def _hear(life: _Life, event: Told, country_of: CountryOf) -> None:
    facts = event.facts
    for name in _PLAIN.get(event.kind, ()):
        setattr(life, name, facts[name])
    if event.kind in _STATES:
        life.state = _STATES[event.kind]
    elif event.kind in _STATED:
        life.state = facts["state"]
    if event.kind in ("case.resolved", "main.followed") and (
        life.state == State.RESOLVED
    ):
        life.declared_at = event.at
    life.is_reopened = life.is_reopened or (
        event.kind in ("case.reopened", "main.followed")
        and life.state == State.REOPENED
    )
    match event.kind:
        case "site.set":
            named = facts.get("country") or country_of(facts["site"])
            life.country = named or life.country
        case "filed.for_another":
            life.filer = facts["by"]
        case "case.joined":
            life.is_part = True
            for clock in facts.get("stopped", ()):
                _take_back(life, clock)
        case "case.unjoined":
            life.is_part = False
        case "clock.met":
            life.met.setdefault((facts["clock"], facts["round"]), event.at)
        case "clock.missed":
            life.missed.add((facts["clock"], facts["round"]))
        case "case.escalated" if facts["to"]:
            life.rungs.add(facts["rung"])
        case "remedy.finished":
            life.affected = max(life.affected, facts.get("beneficiaries") or 1)
        case _:
            _hear_of_reprisals(life, event)
    for entry in facts.get("set", ()):
        due_at = datetime.fromisoformat(entry["due_at"])
        promise = _Promise(due_at, entry["calendar"])
        life.promises[entry["clock"], entry["round"]] = promise


# Facts that are taken as they stand.
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "case.opened": (
        *("site", "country", "category", "severity", "route", "channel", "language"),
    ),
    "site.set": ("site",),
    "country.chosen": ("country",),
    "category.set": ("category", "severity"),
    "severity.set": ("severity",),
    "case.rerouted": ("route",),
    "language.set": ("language",),
}


def _take_back(life: _Life, clock: str) -> None:
    """Its promise moved to the main case: it counts as never made."""
    rounds = [turn for name, turn in life.promises if name == clock]
    if rounds:
        del life.promises[clock, max(rounds)]


def _hear_of_reprisals(life: _Life, event: Told) -> None:
    match event.kind:
        case "reprisal.asked":
            life.is_waiting = True
        case "reprisal.unanswered":
            life.is_waiting, life.is_unanswered = False, True
        case "reprisal.reported":
            life.answer = "yes"
        case "reprisal.checked" if life.answer != "yes":
            life.answer = event.facts["answer"]


def _reprisal(life: _Life) -> str:
    if life.answer:
        return life.answer
    if life.is_waiting:
        return WAITING
    return "unanswered" if life.is_unanswered else ""


def _pauses(events: Iterable[Told]) -> list[Span]:
    told = (Happened(event.at, event.kind, event.facts) for event in events)
    return [(p.since, p.until) for p in pauses_of(told) if p.until is not None]


def _zone(
    events: Iterable[Told], country: str, calendar_named: CalendarNamed
) -> ZoneInfo:
    """Return the zone of the place as it was known at first."""
    named = (
        entry["calendar"]
        for event in events
        for entry in event.facts.get("set", ())
        if entry["calendar"]
    )
    calendar = calendar_named(next(named, ""))
    return calendar.zone if calendar else ZoneInfo(ZONES.get(country, ZONES["IN"]))


def _stages(
    life: _Life,
    outcome: Outcome,
    pauses: Sequence[Span],
    calendar_named: CalendarNamed,
) -> dict[Stage, StageTime]:
    if life.is_part:
        return {}
    stages = {}
    for stage in Stage:
        rounds = [turn for name, turn in life.promises if name == stage]
        if not rounds:
            continue
        judged = (stage.value, _judged(stage, rounds))
        promise = life.promises[judged]
        end = _reached(life, stage, outcome)
        calendar = calendar_named(promise.calendar) if promise.calendar else None
        stages[stage] = StageTime(
            kept=_kept(promise, life.met.get(judged), is_missed=judged in life.missed),
            hours=elapsed_hours(life.received_at, end) if end else None,
            working=(
                worked_hours(life.received_at, end, calendar, pauses)
                if end and calendar
                else None
            ),
        )
    return stages


def _judged(stage: Stage, rounds: Sequence[int]) -> int:
    """A reopened case is late by its last promise to resolve, else by its first."""
    return max(rounds) if stage is Stage.RESOLVE else min(rounds)


def _kept(promise: _Promise, met_at: datetime | None, *, is_missed: bool) -> Kept:
    if met_at is not None:
        return Kept.IN_TIME if met_at < promise.due_at else Kept.LATE
    return Kept.LATE if is_missed else Kept.RUNNING


def _reached(life: _Life, stage: Stage, outcome: Outcome) -> datetime | None:
    if stage is Stage.RESOLVE:
        is_resolved = outcome in (Outcome.CONFIRMED, Outcome.DECLARED)
        return life.declared_at if is_resolved else None
    return min(
        (at for (name, _), at in life.met.items() if name == stage), default=None
    )


def _brand_hours(events: Iterable[Told]) -> int | None:
    """Return how long brands let wait from when one was told to when one answered."""
    told_at: datetime | None = None
    asked: set[tuple[str, int, int]] = set()
    for event in events:
        facts = event.facts
        if event.kind == "case.escalated":
            if facts["rung"] == Rung.BRAND and facts["to"]:
                told_at = told_at or event.at
                asked.add((facts["clock"], facts["round"], facts["step"]))
        elif told_at is not None and _is_answer(event, asked):
            return elapsed_hours(told_at, event.at)
    return None


def _is_answer(event: Told, asked: set[tuple[str, int, int]]) -> bool:
    if event.kind == "brand.promised":
        return True
    if event.kind != "rung.answered":
        return False
    facts = event.facts
    return facts.get("late") is True or _rung(facts["rung"], facts["step"]) in asked


def _rung(name: str, step: int) -> tuple[str, int, int]:
    """Return the clock and round that a rung's timer is named after, with its step."""
    parts = name.split(":")[2:]
    if not parts[-1].isdigit():
        parts.pop()
    return ":".join(parts[:-1]), int(parts[-1]), step
