"""When a phone may be rung or texted: the number's hours and the worker's word.

All windows are local wall time where the worker is; every instant handed out
is in UTC.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.calendar import instant
from app.domain.hours import DAY, WEEKDAYS, Hours, Window

# What a worker may choose by key; `any` is the whole of a waking day.
PARTS: Mapping[str, Window] = {
    "morning": Window(7 * 60, 12 * 60),
    "afternoon": Window(12 * 60, 17 * 60),
    "evening": Window(17 * 60, 21 * 60),
    "any": Window(7 * 60, 21 * 60),
}

# Where a number's hours are not imported: nobody is woken by a call.
DAYTIME = Hours(((Window(8 * 60, 21 * 60),),) * len(WEEKDAYS))
# A text waits in silence, so no number's hours hold it back.
ROUND_THE_CLOCK = Hours(((Window(0, DAY),),) * len(WEEKDAYS))

_Windows = tuple[Window, ...]


def callable_windows(allowed: Hours | None, part: str | None) -> Hours:
    """Return each weekday's windows in which a phone may be reached.

    They lie within the day: what runs past midnight is the next day's. Where
    the chosen part meets the allowed hours on no day of the week, the allowed
    hours win: of each day the window that is nearest to the part.
    """
    days = _by_day(allowed or DAYTIME)
    if not any(days):
        days = _by_day(DAYTIME)
    wanted = PARTS.get(part or "")
    if wanted is None:
        return Hours(days)
    met = tuple(_common(windows, wanted) for windows in days)
    if any(met):
        return Hours(met)
    return Hours(tuple(_nearest(windows, wanted) for windows in days))


def next_allowed(
    at: datetime, zone: ZoneInfo, allowed: Hours | None, part: str | None
) -> datetime:
    """Return `at` where a phone may be reached then, else the next such moment.

    `allowed`: the number's hours, None being 08:00 to 21:00 every day; `part`:
    a name in PARTS, None where the worker did not say.
    """
    for start, end in _spans(callable_windows(allowed, part), at, zone):
        if at < end:
            return max(at, start)
    return at  # No week is without a window, so this is never reached.


def _spans(
    hours: Hours, at: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Return the windows around `at` and of the week after, in their order."""
    first = datetime.combine(at.astimezone(zone).date(), time())
    # Two weeks: a clock change may swallow the only window of a week.
    for day in (first + timedelta(days=n) for n in range(15)):
        for window in hours.by_weekday[day.weekday()]:
            start = instant(day + timedelta(minutes=window.start), zone)
            end = instant(day + timedelta(minutes=window.end), zone)
            if start < end:
                yield start, end


def _by_day(hours: Hours) -> tuple[_Windows, ...]:
    """Cut at midnight: the tail of a night belongs to the day it falls on."""
    days: list[list[Window]] = [[] for _ in WEEKDAYS]
    for weekday, windows in enumerate(hours.by_weekday):
        for window in windows:
            days[weekday].append(Window(window.start, min(window.end, DAY)))
            if window.end > DAY:
                tail = Window(0, window.end - DAY)
                days[(weekday + 1) % len(WEEKDAYS)].append(tail)
    return tuple(tuple(sorted(day, key=lambda w: w.start)) for day in days)


def _common(windows: _Windows, wanted: Window) -> _Windows:
    return tuple(
        Window(max(w.start, wanted.start), min(w.end, wanted.end))
        for w in windows
        if max(w.start, wanted.start) < min(w.end, wanted.end)
    )


def _nearest(windows: _Windows, wanted: Window) -> _Windows:
    def distance(window: Window) -> int:
        return max(wanted.start - window.end, window.start - wanted.end)

    return (min(windows, key=distance),) if windows else ()
