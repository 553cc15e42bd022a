"""Which days a site works and when: weekly rest, hours and holidays.

Every instant handed out is in UTC. Python reckons two datetimes of the same
zone by their wall clocks, which is an hour wrong across a change of summer
time; local time is for reading, and comes last.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from app.domain.errors import BadInput
from app.domain.hours import DAY, Hours, Window
from app.domain.timeline import YEAR, Spans, Timeline, micros

__all__ = [
    "EVERY_DAY",
    "YEAR",
    "Closure",
    "HolidayRow",
    "Hours",
    "SiteCalendar",
    "build_calendar",
    "instant",
]

Windows = tuple[tuple[datetime, datetime], ...]

WEEKLY_REST = "weekly rest"
EVERY_DAY = "zone:"  # so the id of a calendar begins that closes no day

_MINUTE = 60_000_000  # microseconds


class Closure(StrEnum):
    """Why a date is not worked."""

    REST = "rest"
    HOLIDAY = "holiday"
    NO_HOURS = "no_hours"


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A date, or a range up to and with `until`, that is not as usual."""

    scope: str  # site code, region, country or *
    day: date
    until: date | None
    name: str
    hours: tuple[Window, ...] | None  # None: closed

    def covers(self, day: date) -> bool:
        return self.day <= day <= (self.until or self.day)

    @property
    def is_range(self) -> bool:
        return self.until is not None and self.until != self.day


@dataclass(frozen=True, slots=True)
class SiteCalendar:
    """A site's working time; of `exceptions` the first that covers a day wins.

    `id` names this version of it, such as 482170/3; two calendars that work
    the same hours are equal whatever they are called.
    """

    zone: ZoneInfo
    hours: Hours
    weekly_rest: frozenset[int] = frozenset()  # Monday is 0
    exceptions: tuple[HolidayRow, ...] = ()
    id: str = field(default="", compare=False)
    timeline: Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "timeline", Timeline(self._spans_between))

    def __reduce__(self) -> tuple[object, ...]:
        """Leave out the sums, which are made again when asked for."""
        written = (self.zone, self.hours, self.weekly_rest, self.exceptions, self.id)
        return SiteCalendar, written

    @classmethod
    def every_day(cls, zone: ZoneInfo) -> "SiteCalendar":
        """Return the calendar of a case without a site: no day is closed."""
        return _every_day(zone)

    def windows(self, day: date) -> Windows:
        """Return the working windows that start on `day`, in UTC.

        A window that a change of summer time swallows whole is not there.
        """
        return self._reckon(day, self.exceptions)

    def is_working(self, day: date) -> bool:
        return bool(self.windows(day))

    def closure(self, day: date) -> tuple[Closure, str] | None:
        """Return why `day` is not worked, with a holiday's name; None if it is."""
        if self.is_working(day):
            return None
        row = _first(self.exceptions, day)
        if row is not None and not (row.is_range and self._rests(day)):
            return Closure.HOLIDAY, row.name
        return (Closure.REST if self._rests(day) else Closure.NO_HOURS), ""

    def why_closed(self, day: date) -> str | None:
        """Return why `day` is not worked, in words, or None where it is."""
        match self.closure(day):
            case None:
                return None
            case Closure.HOLIDAY, name:
                return name or "holiday"
            case Closure.REST, _:
                return WEEKLY_REST
            case _:
                return "no working hours"

    def has_working_time_within_a_year(self, from_day: date) -> bool:
        # The last day of all has no midnight after it.
        reckonable = min(YEAR, (date.max - from_day).days - 1)
        return any(
            self.is_working(from_day + timedelta(days=n)) for n in range(reckonable)
        )

    def _spans_between(self, first: date, last: date) -> Iterator[Spans]:
        """Give the windows that start on each date up to and with `last`."""
        rows = [
            row
            for row in self.exceptions
            if row.day <= last and first <= (row.until or row.day)
        ]
        midnights = [
            datetime.combine(first, time()) + timedelta(days=number)
            for number in range((last - first).days + 3)
        ]
        offsets = [self.zone.utcoffset(midnight) for midnight in midnights]
        for number, midnight in enumerate(midnights[:-2]):
            day, offset = midnight.date(), offsets[number]
            # A window may reach to the end of the next date, no further.
            if offset is not None and offsets[number + 1 : number + 3] == [offset] * 2:
                start = micros((midnight - offset).replace(tzinfo=UTC))
                yield [
                    (start + window.start * _MINUTE, start + window.end * _MINUTE)
                    for window in self._windows_on(day, rows)
                ]
            else:
                yield [(micros(s), micros(e)) for s, e in self._reckon(day, rows)]

    def _reckon(self, day: date, rows: Sequence[HolidayRow]) -> Windows:
        midnight = datetime.combine(day, time())
        spans = (
            (
                instant(midnight + timedelta(minutes=window.start), self.zone),
                instant(midnight + timedelta(minutes=window.end), self.zone),
            )
            for window in self._windows_on(day, rows)
        )
        return tuple((start, end) for start, end in spans if start < end)

    def _rests(self, day: date) -> bool:
        """A weekday that has no hours of its own is a rest day as well."""
        weekday = day.weekday()
        return weekday in self.weekly_rest or not self.hours.by_weekday[weekday]

    def _windows_on(self, day: date, rows: Sequence[HolidayRow]) -> tuple[Window, ...]:
        row = _first(rows, day)
        if row is None:
            return () if self._rests(day) else self.hours.by_weekday[day.weekday()]
        if row.hours is None or (row.is_range and self._rests(day)):
            return ()
        # A single date with hours is worked even where it is a rest day.
        return row.hours


def _first(rows: Sequence[HolidayRow], day: date) -> HolidayRow | None:
    return next((row for row in rows if row.covers(day)), None)


@cache
def _every_day(zone: ZoneInfo) -> SiteCalendar:
    return SiteCalendar(
        zone=zone, hours=Hours(((Window(0, DAY),),) * 7), id=EVERY_DAY + zone.key
    )


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a naive local time.

    A time that happens twice, when clocks go back, is its first happening; a
    time that never happens, when they go forward, is as much later as they
    jump: 02:30 becomes 03:30.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def build_calendar(
    zone: ZoneInfo,
    hours: Hours,
    weekly_rest: frozenset[int],
    holidays: Iterable[HolidayRow],
    scopes: Sequence[str],
) -> SiteCalendar:
    """Return the calendar of one site out of all the programme's holidays.

    `scopes` names the site from the most to the least specific: its code,
    region, country, `*`. The most specific row wins; within one scope a
    single date beats a range and a shorter range a longer one.
    """
    rank = {scope: number for number, scope in reversed([*enumerate(scopes)]) if scope}
    rows = [row for row in holidays if row.scope in rank]
    for row in rows:
        if row.until is not None and row.until < row.day:
            raise BadInput(
                f"the holiday of {row.day} ends before it starts, on {row.until}:"
                " exchange the dates, or leave `until` blank"
            )
    rows.sort(key=lambda row: (rank[row.scope], (row.until or row.day) - row.day))
    return SiteCalendar(
        zone=zone, hours=hours, weekly_rest=weekly_rest, exceptions=tuple(rows)
    )
