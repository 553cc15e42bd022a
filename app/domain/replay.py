"""Every due time reckoned again, from nothing but what the ledger keeps.

The ledger says when a case paused and, whenever a clock was started or moved,
on what it has rested since. With the texts of the calendars' versions and the
policies that is all that anybody needs: no row of the case is asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.calendar import SiteCalendar
from app.domain.case import Deadline, Pause
from app.domain.policy import Policy
from app.domain.promises import expected_due, next_look
from app.domain.taxonomy import Category, Clock, Severity

# A due time may be past for so long before it counts as one nobody looked at.
UNSWEPT_AFTER = timedelta(minutes=10)

CalendarNamed = Callable[[str], SiteCalendar | None]
PolicyNamed = Callable[[str], Policy | None]
Key = tuple[str, int]  # a clock's name and round


class Fault(StrEnum):
    """In what way a clock differs from what it should be."""

    PROMISE = "promise"  # due otherwise than its own promise says
    CALENDAR = "calendar"  # the version of a calendar that it names is not known
    LEDGER = "ledger"  # otherwise than the ledger last set it
    UNKNOWN = "unknown"  # the ledger never set it
    PAUSES = "pauses"  # the case's pauses are not those of the ledger
    REPLAYED = "replayed"  # what the ledger set does not follow from its basis
    POLICY = "policy"  # it started on another promise than the policy's
    STUCK = "stuck"  # it runs, and nobody will ever look at it
    ASLEEP = "asleep"  # its next look comes later than it should
    UNSWEPT = "unswept"  # due for long, and neither met nor missed


@dataclass(frozen=True, slots=True)
class Happened:
    """One opened event of a case: its facts by name, read from their JSON."""

    at: datetime
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock as the ledger last set it; `pauses` of its case as they stood then."""

    name: str
    round: int
    opened_at: datetime
    promise: str
    calendar: str
    paused: int
    due_at: datetime
    set_at: datetime
    pauses: tuple[Pause, ...]

    def as_clock(self) -> Deadline:
        """Return it as it ran when it was set."""
        return Deadline(
            name=self.name,
            round=self.round,
            opened_at=self.opened_at,
            due_at=self.due_at,
            remind_50_at=None,
            remind_80_at=None,
            next_at=self.due_at,
            promise=self.promise,
            calendar=self.calendar,
            paused=self.paused,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One clock that is not as it should be; blank clock: the whole case.

    `held` is what stands there, `reckoned` what should; None where there is
    no such time.
    """

    clock: str
    round: int
    fault: Fault
    held: datetime | None = None
    reckoned: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """What the ledger of one case says of its clocks."""

    pauses: tuple[Pause, ...] = ()
    clocks: Mapping[Key, Kept] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()


def pauses_of(events: Iterable[Happened]) -> tuple[Pause, ...]:
    """Return a case's pauses, in order, as its events tell of them."""
    pauses: tuple[Pause, ...] = ()
    for event in events:
        pauses = _with_pauses(pauses, event)
    return pauses


def replay(
    events: Sequence[Happened],
    calendar_named: CalendarNamed,
    policy_named: PolicyNamed | None = None,
) -> Replay:
    """Follow one case's events, in order, and reckon every clock they set.

    Each as it was set last, with the pauses as they stood then; a clock that
    rests on no promise is taken as it stands. With `policy_named`, what the
    case was promised when it was opened is held against the policy too.
    """
    pauses: tuple[Pause, ...] = ()
    clocks: dict[Key, Kept] = {}
    for event in events:
        pauses = _with_pauses(pauses, event)
        for fact in event.facts.get("set", ()):
            kept = _kept(fact, event.at, pauses)
            clocks[kept.name, kept.round] = kept
    found = [_reckoned(kept, calendar_named) for kept in clocks.values()]
    if policy_named is not None:
        found += _unpromised(events, policy_named)
    return Replay(pauses, clocks, tuple(d for d in found if d is not None))


def differences(
    clocks: Iterable[Deadline],
    pauses: Sequence[Pause],
    told: Replay | None,
    calendar_named: CalendarNamed,
    *,
    at: datetime,
) -> list[Difference]:
    """Return what is not as it should be with the clocks of a case that run.

    `told`: what the ledger says of the case; None where it cannot be opened.
    """
    found: list[Difference | None] = []
    for clock in clocks:
        found += [
            _by_its_basis(clock, pauses, calendar_named),
            _by_the_look(clock, told, at),
            _by_the_ledger(clock, told) if told else None,
        ]
    if told is not None:
        found += told.differences
        if tuple(pauses) != told.pauses:
            found.append(Difference("", 0, Fault.PAUSES))
    return [difference for difference in found if difference is not None]


def _with_pauses(pauses: tuple[Pause, ...], event: Happened) -> tuple[Pause, ...]:
    if event.kind == "pause.begun":
        until = datetime.fromisoformat(event.facts["until"])
        by = UUID(event.facts["actor"])
        return (*pauses, Pause(event.at, until, "waits_for_worker", by))
    if event.kind == "pause.ended" and pauses:
        return (*pauses[:-1], replace(pauses[-1], until=event.at))
    return pauses


def _kept(fact: Mapping[str, Any], at: datetime, pauses: tuple[Pause, ...]) -> Kept:
    return Kept(
        name=fact["clock"],
        round=fact["round"],
        opened_at=datetime.fromisoformat(fact["opened_at"]),
        promise=fact["promise"],
        calendar=fact["calendar"],
        paused=fact["paused"],
        due_at=datetime.fromisoformat(fact["due_at"]),
        set_at=at,
        pauses=pauses,
    )


def _reckoned(kept: Kept, calendar_named: CalendarNamed) -> Difference | None:
    wrong = _by_its_basis(kept.as_clock(), kept.pauses, calendar_named)
    if wrong is not None and wrong.fault is Fault.PROMISE:
        return replace(wrong, fault=Fault.REPLAYED)
    return wrong


def _by_its_basis(
    clock: Deadline, pauses: Sequence[Pause], calendar_named: CalendarNamed
) -> Difference | None:
    if not clock.promise:
        return None
    calendar = calendar_named(clock.calendar)
    if calendar is None:
        return Difference(clock.name, clock.round, Fault.CALENDAR, clock.due_at)
    wanted = expected_due(clock, pauses, calendar)
    if wanted == clock.due_at:
        return None
    return Difference(clock.name, clock.round, Fault.PROMISE, clock.due_at, wanted)


def _by_the_ledger(clock: Deadline, told: Replay) -> Difference | None:
    kept = told.clocks.get((clock.name, clock.round))
    if kept is None:
        # Clocks from before the ledger kept what it set have no promise either.
        is_known = not clock.promise
        return None if is_known else _differs(clock, Fault.UNKNOWN, None)
    held = (clock.opened_at, clock.promise, clock.calendar, clock.paused, clock.due_at)
    wanted = (kept.opened_at, kept.promise, kept.calendar, kept.paused, kept.due_at)
    return None if held == wanted else _differs(clock, Fault.LEDGER, kept.due_at)


def _by_the_look(
    clock: Deadline, told: Replay | None, at: datetime
) -> Difference | None:
    """Hold the next look against what the clock's times say it should be.

    Words of danger can move a due time into the past: the sweep is late only
    from when it was moved.
    """
    if clock.name == Clock.CHECK_ANSWER and not clock.promise:
        return None  # a question that has not been put runs to no date
    kept = told.clocks.get((clock.name, clock.round)) if told else None
    since = max(clock.due_at, kept.set_at) if kept else clock.due_at
    if since + UNSWEPT_AFTER <= at:
        return _differs(clock, Fault.UNSWEPT, None)
    if clock.next_at is None:
        return _differs(clock, Fault.STUCK, None)
    wanted = next_look(clock, at)
    # One that is past its due time already may have been put off for a while.
    if clock.due_at <= at or wanted is None or clock.next_at <= max(wanted, at):
        return None
    return Difference(clock.name, clock.round, Fault.ASLEEP, clock.next_at, wanted)


def _differs(clock: Deadline, fault: Fault, reckoned: datetime | None) -> Difference:
    return Difference(clock.name, clock.round, fault, clock.due_at, reckoned)


def _unpromised(
    events: Sequence[Happened], policy_named: PolicyNamed
) -> list[Difference | None]:
    """Hold what the opening promised against the policy that it names."""
    start = next((n for n, e in enumerate(events) if e.kind == "case.opened"), None)
    if start is None:
        return []
    opened = events[start].facts
    # What one change set stands in its last event; before 0.3.0 nothing told of it.
    of_opening = [e for e in events[start:] if e.at == events[start].at]
    facts = next((e.facts["set"] for e in of_opening if "set" in e.facts), ())
    policy = policy_named(opened["policy"])
    if policy is None:
        return []
    entry = policy.entry(Category(opened["category"]), Severity(opened["severity"]))
    promised = {name.value: str(duration) for name, duration in entry.clocks}
    return [
        Difference(
            fact["clock"], 0, Fault.POLICY, datetime.fromisoformat(fact["due_at"])
        )
        for fact in facts
        if fact["clock"] in promised and fact["promise"] != promised[fact["clock"]]
    ]
