"""Which days a site works and when: weekly rest, hours and holidays.

Every instant handed out is in UTC. Python reckons two datetimes of the same
zone by their wall clocks, which is an hour wrong across a change of summer
time; local time is for reading, and comes last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from app.domain.errors import BadInput
from app.domain.hours import DAY, Hours, Window

__all__ = ["HolidayRow", "Hours", "SiteCalendar", "build_calendar", "instant"]

Windows = tuple[tuple[datetime, datetime], ...]

WEEKLY_REST = "weekly rest"
YEAR = 366  # days


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
    """A site's working time; of `exceptions` the first that covers a day wins."""

    zone: ZoneInfo
    hours: Hours
    weekly_rest: frozenset[int] = frozenset()  # Monday is 0
    exceptions: tuple[HolidayRow, ...] = ()
    # Every case opened today asks for the same few days.
    _reckoned: dict[date, Windows] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def every_day(cls, zone: ZoneInfo) -> "SiteCalendar":
        """Return the calendar of a case without a site: no day is closed."""
        return _every_day(zone)

    def windows(self, day: date) -> Windows:
        """Return the working windows that start on `day`, in UTC.

        A window that a change of summer time swallows whole is not there.
        """
        if day not in self._reckoned:
            self._reckoned[day] = self._reckon(day)
        return self._reckoned[day]

    def _reckon(self, day: date) -> Windows:
        midnight = datetime.combine(day, time())
        spans = (
            (
                instant(midnight + timedelta(minutes=window.start), self.zone),
                instant(midnight + timedelta(minutes=window.end), self.zone),
            )
            for window in self._windows_on(day)
        )
        return tuple((start, end) for start, end in spans if start < end)

    def is_working(self, day: date) -> bool:
        return bool(self.windows(day))

    def why_closed(self, day: date) -> str | None:
        """Return why `day` is not worked, or None where it is."""
        if self.is_working(day):
            return None
        row = self._exception(day)
        if row is not None and not (row.is_range and self._rests(day)):
            return row.name or "holiday"
        return WEEKLY_REST if self._rests(day) else "no working hours"

    def has_working_time_within_a_year(self, from_day: date) -> bool:
        # The last day of all has no midnight after it.
        reckonable = min(YEAR, (date.max - from_day).days - 1)
        return any(
            self.is_working(from_day + timedelta(days=n)) for n in range(reckonable)
        )

    def _exception(self, day: date) -> HolidayRow | None:
        return next((row for row in self.exceptions if row.covers(day)), None)

    def _rests(self, day: date) -> bool:
        """A weekday that has no hours of its own is a rest day as well."""
        weekday = day.weekday()
        return weekday in self.weekly_rest or not self.hours.by_weekday[weekday]

    def _windows_on(self, day: date) -> tuple[Window, ...]:
        row = self._exception(day)
        if row is None:
            return () if self._rests(day) else self.hours.by_weekday[day.weekday()]
        if row.hours is None or (row.is_range and self._rests(day)):
            return ()
        # A single date with hours is worked even where it is a rest day.
        return row.hours


@cache
def _every_day(zone: ZoneInfo) -> SiteCalendar:
    return SiteCalendar(zone=zone, hours=Hours(((Window(0, DAY),),) * 7))


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
