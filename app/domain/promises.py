"""The promises of a case: their clocks started, moved and reckoned again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.calendar import SiteCalendar
from app.domain.case import CaseFile, Deadline, Pause
from app.domain.deadlines import Span, due
from app.domain.durations import Duration, parse_term
from app.domain.policy import Entry
from app.domain.taxonomy import Clock, Severity, State

# A reopened case makes these promises anew; it was acknowledged long ago.
PROMISED_AGAIN = frozenset({Clock.FIRST_ACTION, Clock.RESOLVE})


def open_clocks(
    entry: Entry,
    opened_at: datetime,
    calendar: SiteCalendar,
    *,
    round: int = 0,
    pauses: Sequence[Pause] = (),
    at: datetime | None = None,
) -> tuple[Deadline, ...]:
    """Return the entry's clocks, started at `opened_at`.

    The first look is the first reminder or due time not before `at` (the
    opening, where it is not given). A later round is a reopening: it
    promises first action and resolve anew, and nothing else. S1 clocks
    never stop for a pause.
    """
    return tuple(
        _started(
            name,
            duration,
            opened_at,
            calendar,
            round=round,
            pauses=() if entry.severity is Severity.S1 else pauses,
            at=at or opened_at,
        )
        for name, duration in entry.clocks
        if round == 0 or name in PROMISED_AGAIN
    )


def _started(
    name: Clock,
    duration: Duration,
    opened_at: datetime,
    calendar: SiteCalendar,
    *,
    round: int,
    pauses: Sequence[Pause],
    at: datetime,
) -> Deadline:
    when = due(opened_at, duration, calendar, pauses=spans(pauses))
    looks = (when.remind_50_at, when.remind_80_at, when.due_at)
    return Deadline(
        name=name,
        round=round,
        opened_at=opened_at,
        due_at=when.due_at,
        remind_50_at=when.remind_50_at,
        remind_80_at=when.remind_80_at,
        # A due time that is past already must still be found and struck.
        next_at=next((look for look in looks if look >= at), when.due_at),
        promise=str(duration),
        calendar=calendar.id,
        paused=len(pauses),
    )


def spans(pauses: Sequence[Pause]) -> list[Span]:
    return [(pause.since, pause.until) for pause in pauses if pause.until is not None]


def expected_due(
    clock: Deadline, pauses: Sequence[Pause], calendar: SiteCalendar
) -> datetime | None:
    """Return when the clock is due by its own basis; None where it has none.

    `pauses`: all of the case, in order; `calendar`: the one that it names.
    """
    if not clock.promise:
        return None
    promise = parse_term(clock.promise)
    counted = spans(pauses[: clock.paused])
    return due(clock.opened_at, promise, calendar, pauses=counted).due_at


def repaused(
    clock: Deadline, pauses: Sequence[Pause], calendar: SiteCalendar, *, at: datetime
) -> Deadline:
    """Return the clock with all these pauses of its case left out of it."""
    promise = parse_term(clock.promise)
    when = due(clock.opened_at, promise, calendar, pauses=spans(pauses))
    moved = replace(
        clock,
        due_at=when.due_at,
        remind_50_at=when.remind_50_at,
        remind_80_at=when.remind_80_at,
        paused=len(pauses),
    )
    return replace(moved, next_at=next_look(moved, at))


def next_look(deadline: Deadline, at: datetime) -> datetime | None:
    """Return when to look again, all that was due by `at` having been struck.

    A due time that is past stays the next look until the clock is met or
    missed; after that there is none.
    """
    if not deadline.is_running:
        return None
    reminders = (deadline.remind_50_at, deadline.remind_80_at)
    coming = [look for look in reminders if look is not None and look > at]
    return min([*coming, deadline.due_at])


def recompute(
    case: CaseFile,
    entry: Entry,
    calendar: SiteCalendar,
    *,
    at: datetime,
    may_be_later: bool = False,
    calendar_of: Callable[[Deadline], SiteCalendar] | None = None,
    is_anew: bool = False,
) -> CaseFile:
    """Return the case with its running clocks computed anew under `entry`.

    Each from its own opening, as if the entry had held from the start; the
    earlier of old and new stands unless `may_be_later`. Clocks met or missed
    stay as they are, one that the entry lacks stays, one that the case never
    had is added. A clock that has started stays on the calendar that
    `calendar_of` names for it, so that an import moves nothing. `is_anew`:
    every running clock rests on this entry and calendar from now on, also
    where its due time stays.
    """
    pauses = () if entry.severity is Severity.S1 else case.pauses
    for name, duration in entry.clocks:
        old = case.deadline(name)
        if not _is_open_to_change(case, name, old):
            continue
        new = _started(
            name,
            duration,
            old.opened_at if old else _opening_of_round(case),
            calendar_of(old) if old and calendar_of else calendar,
            round=old.round if old else case.round,
            pauses=pauses,
            at=at,
        )
        is_later = old is not None and new.due_at > old.due_at
        # Where nothing moves the old one stays, with what is still to strike.
        moves = old is None or new.due_at < old.due_at or (is_later and may_be_later)
        if moves:
            case = case.with_deadline(new)
        elif is_anew and old is not None:
            case = case.with_deadline(replace(new, next_at=old.next_at))
    return case


def _is_open_to_change(case: CaseFile, name: Clock, old: Deadline | None) -> bool:
    if old is not None:
        return old.is_running
    if name is Clock.ACKNOWLEDGE:
        return case.state is State.RECEIVED  # else somebody has read it already
    return not case.state.is_closed and case.state is not State.RESOLVED


def _opening_of_round(case: CaseFile) -> datetime:
    current = [
        d.opened_at
        for d in case.deadlines
        if d.round == case.round and d.name in PROMISED_AGAIN
    ]
    return min(current, default=case.opened_at) if case.round else case.opened_at
