"""When a promise falls due on a calendar, and when it is time to remind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.domain.calendar import YEAR, SiteCalendar, instant
from app.domain.durations import Duration
from app.domain.errors import BadInput

Span = tuple[datetime, datetime]

ONE_DAY = timedelta(days=1)
LONGEST_PAUSE = timedelta(days=7)  # calendar days, all pauses of a case together
REMINDERS = (50, 80)  # per cent


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
