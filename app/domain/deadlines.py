"""When each promise of a case falls due, and when it is time to remind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.domain.calendar import YEAR, SiteCalendar, instant
from app.domain.case import CaseFile, Deadline
from app.domain.durations import Duration
from app.domain.errors import BadInput
from app.domain.policy import Entry
from app.domain.taxonomy import Clock, Severity, State

Span = tuple[datetime, datetime]

ONE_DAY = timedelta(days=1)
LONGEST_PAUSE = timedelta(days=7)  # calendar days, all pauses of a case together
REMINDERS = (50, 80)  # per cent

# A reopened case makes these promises anew; it was acknowledged long ago.
PROMISED_AGAIN = frozenset({Clock.FIRST_ACTION, Clock.RESOLVE})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A local date that did not count, and why."""

    date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """A due time in UTC with its reminders and the dates it jumped over."""

    due_at: datetime
    remind_50_at: datetime
    remind_80_at: datetime
    skipped: tuple[Skipped, ...] = ()


def due(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    *,
    pauses: Sequence[Span] = (),
) -> Due:
    """Return when a promise made at `opened_at` falls due.

    s, m, h are real elapsed time; d ends at the same local time that many
    dates later; wd ends with the last window of that many working days
    later, the opening date never counting. A pause moves s, m, h and d by
    its length, and makes a day whose working time it wholly covers no
    working day. Raises `BadInput` where the calendar runs out.
    """
    if opened_at.utcoffset() is None:
        raise BadInput(
            "this time has no offset: write one, as in 2026-09-03T09:00+06:00"
        )
    try:
        return _due(opened_at.astimezone(UTC), duration, calendar, pauses)
    except OverflowError:
        raise BadInput(
            "the due time lies beyond the year 9999: give an earlier opening"
        ) from None


def _due(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    pauses: Sequence[Span],
) -> Due:
    closed = _capped(pauses, calendar)
    skipped: tuple[Skipped, ...]
    if duration.unit == "wd":
        due_at, skipped = _after_working_days(
            opened_at, duration.amount, calendar, closed
        )
        worked = _worked_between(opened_at, due_at, calendar)
    else:
        due_at = _after_elapsed(opened_at, duration, calendar, closed)
        skipped = _paused_dates(opened_at, due_at, calendar, closed)
        worked = [(opened_at, due_at)]
    counted = _without(worked, closed)
    fifty, eighty = (_reached(counted, percent) for percent in REMINDERS)
    return Due(due_at, fifty, eighty, skipped)


def _after_working_days(
    opened_at: datetime, days: int, calendar: SiteCalendar, closed: Sequence[Span]
) -> tuple[datetime, tuple[Skipped, ...]]:
    """Count working days on from the opening date, and say what was skipped."""
    day = opened_at.astimezone(calendar.zone).date()
    skipped = [Skipped(day, "opening day")]
    in_a_row = 0
    while True:
        day += ONE_DAY
        windows = calendar.windows(day)
        if windows and _without(windows, closed):
            days -= 1
            in_a_row = 0
            if days == 0:
                return max(end for _, end in windows), tuple(skipped)
            continue
        skipped.append(Skipped(day, calendar.why_closed(day) or "pause"))
        in_a_row += 1
        if in_a_row > YEAR:
            raise BadInput(
                f"the calendar has no working time for a year before {day}:"
                " correct the site's hours, weekly rest or holidays"
            )


def _after_elapsed(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    closed: Sequence[Span],
) -> datetime:
    if duration.unit != "d":
        return _pushed(opened_at, duration.elapsed, closed)
    # Calendar days are reckoned by the local wall clock, pauses included.
    zone = calendar.zone
    walls = [(_wall(start, calendar), _wall(end, calendar)) for start, end in closed]
    return instant(_pushed(_wall(opened_at, calendar), duration.elapsed, walls), zone)


def _wall(at: datetime, calendar: SiteCalendar) -> datetime:
    return at.astimezone(calendar.zone).replace(tzinfo=None, fold=0)


def _pushed(start: datetime, length: timedelta, closed: Sequence[Span]) -> datetime:
    """Return the end of `length` of time, none of which lies in `closed`."""
    end = start + length
    for since, until in closed:
        if since >= end:
            break
        end += max(until - max(since, start), timedelta())
    return end


def _capped(pauses: Sequence[Span], calendar: SiteCalendar) -> list[Span]:
    """Return the pauses merged, in order, cut off after seven calendar days."""
    left = LONGEST_PAUSE
    capped = []
    for since, until in _merged(pauses):
        start, end = _wall(since, calendar), _wall(until, calendar)
        if end - start <= left:
            capped.append((since, until))
        elif left:
            capped.append((since, instant(start + left, calendar.zone)))
        left = max(left - max(end - start, timedelta()), timedelta())
    return capped


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in UTC and in order, each moment in one of them only."""
    merged: list[Span] = []
    for start, end in sorted((s.astimezone(UTC), e.astimezone(UTC)) for s, e in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _without(spans: Sequence[Span], closed: Sequence[Span]) -> list[Span]:
    """Return what is left of the spans outside the closed time."""
    kept = list(spans)
    for since, until in closed:
        kept = [
            part
            for start, end in kept
            for part in ((start, min(end, since)), (max(start, until), end))
            if part[0] < part[1]
        ]
    return kept


def _dates(start: datetime, end: datetime, calendar: SiteCalendar) -> Iterator[date]:
    day = start.astimezone(calendar.zone).date()
    last = end.astimezone(calendar.zone).date()
    while day <= last:
        yield day
        day += ONE_DAY


def _worked_between(
    opened_at: datetime, due_at: datetime, calendar: SiteCalendar
) -> list[Span]:
    """Return the working time between two instants, that of opening included."""
    # The night shift of the eve may still be at work when the case opens.
    eve = opened_at - ONE_DAY
    return _merged(
        [
            (max(start, opened_at), min(end, due_at))
            for day in _dates(eve, due_at, calendar)
            for start, end in calendar.windows(day)
            if end > opened_at and start < due_at
        ]
    )


def _paused_dates(
    opened_at: datetime,
    due_at: datetime,
    calendar: SiteCalendar,
    closed: Sequence[Span],
) -> tuple[Skipped, ...]:
    paused = {
        day
        for since, until in closed
        if since < due_at and until > opened_at
        for day in _dates(max(since, opened_at), min(until, due_at), calendar)
    }
    return tuple(Skipped(day, "pause") for day in sorted(paused))


def _reached(spans: Sequence[Span], percent: int) -> datetime:
    """Return when that share of the spans' time has gone by."""
    wanted = sum((end - start for start, end in spans), timedelta()) * percent // 100
    for start, end in spans:
        if wanted <= end - start:
            return start + wanted
        wanted -= end - start
    raise ValueError("a due time needs some time before it")


def open_clocks(
    entry: Entry,
    opened_at: datetime,
    calendar: SiteCalendar,
    *,
    round: int = 0,
    pauses: Sequence[Span] = (),
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
    pauses: Sequence[Span],
    at: datetime,
) -> Deadline:
    when = due(opened_at, duration, calendar, pauses=pauses)
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
    )


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
) -> CaseFile:
    """Return the case with its running clocks computed anew under `entry`.

    Each from its own opening, as if the entry had held from the start; the
    earlier of old and new stands unless `may_be_later`. Clocks met or missed
    stay as they are, one that the entry lacks stays, one that the case never
    had is added.
    """
    pauses = _closed_time(case, entry, at)
    for name, duration in entry.clocks:
        old = case.deadline(name)
        if not _is_open_to_change(case, name, old):
            continue
        new = _started(
            name,
            duration,
            old.opened_at if old else _opening_of_round(case),
            calendar,
            round=old.round if old else case.round,
            pauses=pauses,
            at=at,
        )
        is_later = old is not None and new.due_at > old.due_at
        # Where nothing moves the old one stays, with what is still to strike.
        if old is None or new.due_at < old.due_at or (is_later and may_be_later):
            case = case.with_deadline(new)
    return case


def _closed_time(case: CaseFile, entry: Entry, at: datetime) -> list[Span]:
    """Return the case's pauses; one that still lasts is counted up to `at`."""
    if entry.severity is Severity.S1:
        return []
    return [(pause.since, pause.until or at) for pause in case.pauses]


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
