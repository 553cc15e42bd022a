"""When a promise falls due on a calendar, and when it is time to remind.

One engine for every clock: what it needs of a calendar's working time it asks
the calendar's timeline, so that a due time costs a few look-ups. `explain`
says the same day by day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.calendar import SiteCalendar, instant
from app.domain.day_by_day import Day, DayKind, Explanation, Skipped, days_until
from app.domain.durations import SECONDS, Duration, later_by
from app.domain.errors import BadInput
from app.domain.spans import LONGEST_PAUSE, Span, capped, pushed, wall, walls, without
from app.domain.timeline import micros, moment

__all__ = [
    "LONGEST_PAUSE",
    "REMINDERS",
    "Day",
    "DayKind",
    "Due",
    "Explanation",
    "Skipped",
    "Span",
    "due",
    "explain",
    "worked_between",
    "working_left",
]

REMINDERS = (50, 80)  # per cent

_BEYOND = "the due time lies beyond the year 9999: give an earlier opening"
_NONE = timedelta()
_MICRO = timedelta(microseconds=1)
_HOUR = 3_600_000_000  # microseconds

# In whole microseconds, as the timeline reckons: how much of some kind of time
# lies between two instants, and when so much of it has gone by since one.
Between = Callable[[int, int], int]
After = Callable[[int, int], int]
Closed = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Due:
    """A due time in UTC with its reminders."""

    due_at: datetime
    remind_50_at: datetime
    remind_80_at: datetime


def due(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    *,
    pauses: Sequence[Span] = (),
) -> Due:
    """Return when a promise made at `opened_at` falls due.

    s, m, h are real elapsed time. d ends at the same local time that many
    dates later; mo and y on the same day of a later month, or on its last. wd
    ends with the last window of that many working days later, the opening
    date never counting. wh ends as the last of those working hours does. The
    reminders fall at 50 and 80 % of the time that counts: of working time for
    wd and wh. A pause counts for nothing, and makes a day whose working time
    it wholly covers no working day; pauses count for seven days in all.

    Raises `BadInput` for an opening without an offset, and where the calendar
    has no working time for a year.
    """
    if opened_at.utcoffset() is None:
        raise BadInput(
            "this time has no offset: write one, as in 2026-09-03T09:00+06:00"
        )
    try:
        spans = capped(pauses, calendar) if pauses else ()
        return _due(opened_at, duration, calendar, spans)
    except OverflowError:
        raise BadInput(_BEYOND) from None


def explain(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    *,
    pauses: Sequence[Span] = (),
) -> Explanation:
    """Return the same due time as `due`, and what counted for it day by day."""
    found = due(opened_at, duration, calendar, pauses=pauses)
    closed = tuple(capped(pauses, calendar))
    try:
        days = days_until(found.due_at, opened_at, duration, calendar, closed)
    except OverflowError:
        raise BadInput(_BEYOND) from None
    return Explanation(
        opened_at=opened_at,
        promise=duration,
        calendar=calendar.id,
        zone=calendar.zone,
        pauses=closed,
        due_at=found.due_at,
        remind_50_at=found.remind_50_at,
        remind_80_at=found.remind_80_at,
        days=days,
    )


def worked_between(start: datetime, end: datetime, calendar: SiteCalendar) -> timedelta:
    """Return how long was worked from `start` to `end`; nothing if that is earlier."""
    since, until = micros(start), micros(end)
    return calendar.timeline.worked(since, until) * _MICRO if since < until else _NONE


def working_left(at: datetime, due_at: datetime, calendar: SiteCalendar) -> timedelta:
    """Return the working time left at `at`; negative: that much worked since."""
    if at <= due_at:
        return worked_between(at, due_at, calendar)
    return -worked_between(due_at, at, calendar)


def _due(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    spans: Sequence[Span],
) -> Due:
    timeline, unit = calendar.timeline, duration.unit
    start = micros(opened_at)
    closed = [(micros(since), micros(until)) for since, until in spans]
    between: Between = timeline.worked
    after: After = timeline.after
    if unit == "wd":
        end = _end_of_working_days(opened_at, duration.amount, calendar, spans)
        total = _spent(start, end, closed, between)
    elif unit == "wh":
        total = duration.amount * _HOUR
        end = _reached(start, total, closed, between, after)
    elif unit in ("s", "m", "h"):
        total = duration.amount * SECONDS[unit] * 1_000_000
        between, after = _elapsed, _later
        end = _reached(start, total, closed, between, after)
    else:
        between, after = _elapsed, _later
        end = micros(_end_by_the_wall(opened_at, duration, calendar, spans))
        total = _spent(start, end, closed, between)
    return Due(
        moment(end),
        moment(_reached(start, total * 50 // 100, closed, between, after)),
        moment(_reached(start, total * 80 // 100, closed, between, after)),
    )


def _elapsed(start: int, end: int) -> int:
    return end - start


def _later(start: int, amount: int) -> int:
    return start + amount


def _spent(start: int, end: int, closed: Closed, between: Between) -> int:
    """Return how much of the time between two instants is not closed."""
    spent = between(start, end)
    for since, until in closed:
        since, until = max(since, start), min(until, end)
        if since < until:
            spent -= between(since, until)
    return spent


def _reached(
    start: int, amount: int, closed: Closed, between: Between, after: After
) -> int:
    """Return when `amount` of the time that is not closed has gone by."""
    for since, until in closed:
        if until <= start:
            continue
        if start < since:
            before = between(start, since)
            if amount <= before:
                break
            amount -= before
        start = until
    return after(start, amount)


def _end_of_working_days(
    opened_at: datetime, count: int, calendar: SiteCalendar, spans: Sequence[Span]
) -> int:
    opened_on = opened_at.astimezone(calendar.zone).toordinal()
    timeline = calendar.timeline
    day, end = timeline.end_of_working_day(opened_on, count)
    for lost in _days_lost(calendar, spans):
        if opened_on < lost <= day:
            day, end = timeline.end_of_working_day(day, 1)
    return end


def _days_lost(calendar: SiteCalendar, spans: Sequence[Span]) -> list[int]:
    """Return the dates, in order, whose working time is wholly closed."""
    lost = set()
    for since, until in spans:
        first = since.astimezone(calendar.zone).date()
        last = until.astimezone(calendar.zone).date()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            windows = calendar.windows(day)
            if windows and not without(windows, spans):
                lost.add(day.toordinal())
    return sorted(lost)


def _end_by_the_wall(
    opened_at: datetime,
    duration: Duration,
    calendar: SiteCalendar,
    spans: Sequence[Span],
) -> datetime:
    """Reckon days, months and years by the local clock, pauses included."""
    start = wall(opened_at, calendar)
    end = pushed(start, later_by(start, duration), walls(spans, calendar))
    return instant(end, calendar.zone)
