"""What counted for a due time on each date, so that anybody can add it up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.calendar import Closure, SiteCalendar, instant
from app.domain.durations import Duration, later_by
from app.domain.spans import Span, length, merged, pushed, wall, walls, without

ONE_DAY = timedelta(days=1)
_NONE = timedelta()


class DayKind(StrEnum):
    """What a date was to a promise."""

    OPENING = "opening"  # the date of the opening; never a working day's
    COUNTED = "counted"
    PARTLY_PAUSED = "partly_paused"  # counted, without what was paused
    PAUSED = "paused"
    REST = "rest"
    HOLIDAY = "holiday"
    NO_HOURS = "no_hours"  # neither rest nor holiday, and no working hours


_CLOSED = {
    Closure.REST: DayKind.REST,
    Closure.HOLIDAY: DayKind.HOLIDAY,
    Closure.NO_HOURS: DayKind.NO_HOURS,
}


@dataclass(frozen=True, slots=True)
class Day:
    """One local date: what counted on it, and what had counted by its end.

    `time` is real time for s, m and h, working time for wd and wh, and time
    by the local clock for d, mo and y. A promise in working days is made up
    by `working_days`; any other by `time`. A window belongs to the date it
    starts on, though it end on the next.
    """

    date: date
    kind: DayKind
    reason: str  # the holiday's name, where it has one
    counted: tuple[Span, ...]  # in UTC
    paused: tuple[Span, ...]  # what would have counted, in UTC
    time: timedelta
    time_so_far: timedelta
    working_days: int  # 1 or 0; always 0 where the promise is in another unit
    working_days_so_far: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A local date that did not count, and why."""

    date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due time with its reminders in UTC, and the dates that led to it."""

    opened_at: datetime
    promise: Duration
    calendar: str  # the calendar's id
    zone: ZoneInfo
    pauses: tuple[Span, ...]  # as they count: merged, and seven days at most
    due_at: datetime
    remind_50_at: datetime
    remind_80_at: datetime
    days: tuple[Day, ...]

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The dates that did not count: paused ones, and closed working days."""
        if self.promise.unit == "wd":
            return tuple(
                Skipped(day.date, _in_words(day))
                for day in self.days
                if not day.working_days
            )
        return tuple(Skipped(day.date, "pause") for day in self.days if day.paused)


def _in_words(day: Day) -> str:
    match day.kind:
        case DayKind.OPENING:
            return "opening day"
        case DayKind.HOLIDAY:
            return day.reason or "holiday"
        case DayKind.REST:
            return "weekly rest"
        case DayKind.NO_HOURS:
            return "no working hours"
        case _:
            return "pause"


def days_until(
    due_at: datetime,
    opened_at: datetime,
    promise: Duration,
    calendar: SiteCalendar,
    closed: Sequence[Span],
) -> tuple[Day, ...]:
    """Return each local date from the opening to the one that completes it."""
    if promise.unit in ("wd", "wh"):
        return tuple(_by_windows(due_at, opened_at, promise, calendar, closed))
    if promise.unit in ("s", "m", "h"):
        zone = calendar.zone
        return tuple(
            _by_dates(
                opened_at.astimezone(UTC),
                due_at,
                closed,
                first=opened_at.astimezone(zone).date(),
                starts=lambda day: instant(datetime.combine(day, time()), zone),
            )
        )
    return tuple(_by_the_wall(opened_at, promise, calendar, closed))


def _by_dates(
    start: datetime,
    end: datetime,
    closed: Sequence[Span],
    *,
    first: date,
    starts: Callable[[date], datetime],
) -> Iterator[Day]:
    """Give the dates of an unbroken time; a date lasts until the next `starts`."""
    day, so_far = first, _NONE
    while True:
        tomorrow = starts(day + ONE_DAY)
        span = (max(start, starts(day)), min(end, tomorrow))
        spans = [span] if span[0] < span[1] else []
        counted = without(spans, closed)
        so_far += length(counted)
        kind = DayKind.OPENING if day == first else _paused(spans, counted)
        yield _day(day, kind, spans, counted, so_far=so_far)
        if tomorrow >= end:
            return
        day += ONE_DAY


def _by_the_wall(
    opened_at: datetime,
    promise: Duration,
    calendar: SiteCalendar,
    closed: Sequence[Span],
) -> Iterator[Day]:
    """Give the dates of a time by the local clock, which is told back in UTC."""
    start = wall(opened_at, calendar)
    shown = walls(closed, calendar)
    end = pushed(start, later_by(start, promise), shown)

    def in_utc(spans: Iterable[Span]) -> tuple[Span, ...]:
        told = (
            (
                # The opening itself may be the second of two such times.
                opened_at.astimezone(UTC) if since == start else instant(since, zone),
                instant(until, zone),
            )
            for since, until in spans
        )
        return tuple((since, until) for since, until in told if since < until)

    zone = calendar.zone
    days = _by_dates(
        start,
        end,
        shown,
        first=start.date(),
        starts=lambda day: datetime.combine(day, time()),
    )
    for day in days:
        yield replace(day, counted=in_utc(day.counted), paused=in_utc(day.paused))


def _by_windows(
    due_at: datetime,
    opened_at: datetime,
    promise: Duration,
    calendar: SiteCalendar,
    closed: Sequence[Span],
) -> Iterator[Day]:
    """Give the dates of a promise in working days or working hours."""
    day = first = opened_at.astimezone(calendar.zone).date()
    last = due_at.astimezone(calendar.zone).date()
    so_far, days_so_far, reached = _NONE, 0, opened_at.astimezone(UTC)
    in_days = promise.unit == "wd"
    # The night shift of the eve may still be at work when the case opens.
    eve = calendar.windows(day - ONE_DAY)
    while day <= last:
        own = calendar.windows(day)
        spans = [
            (max(since, reached), min(until, due_at))
            for since, until in merged([*own, *eve])
            if reached < until and since < due_at
        ]
        reached = max([reached, *(until for _, until in spans)])
        counted = without(spans, closed)
        so_far += length(counted)
        is_working = bool(without(own, closed))
        is_counted = in_days and is_working and day > first
        days_so_far += is_counted
        kind, reason = _paused(spans, counted), ""
        if not own:
            kind, reason = _why_closed(day, calendar)
        elif not is_working:
            kind = DayKind.PAUSED
        yield _day(
            day,
            DayKind.OPENING if day == first else kind,
            spans,
            counted,
            reason=reason,
            so_far=so_far,
            working_days=int(is_counted),
            working_days_so_far=days_so_far,
        )
        if promise.amount == days_so_far or (not in_days and reached >= due_at):
            return
        day, eve = day + ONE_DAY, ()


def _why_closed(day: date, calendar: SiteCalendar) -> tuple[DayKind, str]:
    closure = calendar.closure(day)
    if closure is None:
        raise ValueError("this day is worked")
    return _CLOSED[closure[0]], closure[1]


def _paused(spans: Sequence[Span], counted: Sequence[Span]) -> DayKind:
    if length(counted) == length(spans):
        return DayKind.COUNTED
    return DayKind.PARTLY_PAUSED if counted else DayKind.PAUSED


def _day(
    day: date,
    kind: DayKind,
    spans: Sequence[Span],
    counted: Sequence[Span],
    *,
    so_far: timedelta,
    reason: str = "",
    working_days: int = 0,
    working_days_so_far: int = 0,
) -> Day:
    return Day(
        date=day,
        kind=kind,
        reason=reason,
        counted=tuple(counted),
        paused=tuple(without(spans, counted)),
        time=length(counted),
        time_so_far=so_far,
        working_days=working_days,
        working_days_so_far=working_days_so_far,
    )
