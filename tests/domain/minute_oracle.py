"""A second opinion on every due time: it counts minutes on the clock on the wall.

It shares nothing with the engine but Python's conversion from UTC to local
time. Minutes are counted since 1970: those of UTC, and those that the wall
clock of a zone shows.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = date(1970, 1, 1)
DAY = 1440
WEEK_OF_PAUSE = 7 * DAY


@dataclass(frozen=True)
class Row:
    """A line of the holiday table; windows are minutes of the day, () is closed."""

    scope: str
    day: int  # days since 1970
    last: int
    windows: tuple[tuple[int, int], ...]

    def precedence(self, scopes: tuple[str, ...]) -> tuple[int, int]:
        return scopes.index(self.scope), self.last - self.day


@dataclass(frozen=True)
class Spec:
    """A site's hours as bare numbers."""

    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]  # Monday first
    rest: frozenset[int]
    rows: tuple[Row, ...]
    scopes: tuple[str, ...]

    def windows(self, day: int) -> tuple[tuple[int, int], ...]:
        weekday = (day + 3) % 7  # the first of January 1970 was a Thursday
        rests = weekday in self.rest or not self.week[weekday]
        rows = [row for row in self.rows if row.day <= day <= row.last]
        if rows:
            row = min(rows, key=lambda row: row.precedence(self.scopes))
            return () if row.day < row.last and rests else row.windows
        return () if rests else self.week[weekday]


def to_minute(at: datetime) -> int:
    return (at - EPOCH) // timedelta(minutes=1)


def to_instant(minute: int | Fraction) -> datetime:
    return EPOCH + timedelta(microseconds=int(minute * 60_000_000))


@cache
def _shown_on_utc_day(zone: str, day: int) -> "array[int]":
    """Return what the wall clock shows at each minute of a day of UTC."""
    local = ZoneInfo(zone)
    start = EPOCH + timedelta(days=day)
    readings: array[int] = array("i")
    for minute in range(DAY):
        shown = (start + timedelta(minutes=minute)).astimezone(local)
        days = shown.toordinal() - FIRST.toordinal()
        readings.append(days * DAY + shown.hour * 60 + shown.minute)
    return readings


def wall(zone: str, minute: int) -> int:
    return _shown_on_utc_day(zone, minute // DAY)[minute % DAY]


@cache
def _first_on_local_day(zone: str, day: int) -> "array[int]":
    """Return when the wall clock first shows each minute of a date; -1: never."""
    found = array("i", [-1] * DAY)
    for minute in range((day - 1) * DAY, (day + 2) * DAY):
        shown = wall(zone, minute)
        if shown // DAY == day and found[shown % DAY] < 0:
            found[shown % DAY] = minute
    return found


def first_shown(zone: str, shown: int) -> int:
    """Return when the clock first shows that; if never, so much later as it jumps."""

    def at(reading: int) -> int:
        return _first_on_local_day(zone, reading // DAY)[reading % DAY]

    if at(shown) >= 0:
        return at(shown)
    before, after = shown, shown
    while at(before) < 0:
        before -= 1
    while at(after) < 0:
        after += 1
    return at(shown + after - before - 1)


class Diary:
    """Says of one minute after another, from an opening on, whether it is worked."""

    def __init__(self, spec: Spec, opened: int) -> None:
        self.spec, self.opened = spec, opened
        self._marked_to = wall(spec.zone, opened) // DAY - 2
        self._worked: set[int] = set()

    def bounds(self, day: int) -> list[tuple[int, int]]:
        zone = self.spec.zone
        spans = [
            (first_shown(zone, day * DAY + start), first_shown(zone, day * DAY + end))
            for start, end in self.spec.windows(day)
        ]
        return [(start, end) for start, end in spans if start < end]

    def is_worked(self, minute: int) -> bool:
        while self._marked_to <= wall(self.spec.zone, minute) // DAY + 1:
            self._marked_to += 1
            for start, end in self.bounds(self._marked_to):
                self._worked.update(range(start, end))
        return minute in self._worked


def paused_minutes(zone: str, pauses: list[tuple[int, int]]) -> set[int]:
    """Return the minutes that pauses close: seven days of the wall clock in all."""
    marked = {minute for start, end in pauses for minute in range(start, end)}
    left, kept = WEEK_OF_PAUSE, set()
    for start, end in _runs(marked):
        length = wall(zone, end) - wall(zone, start)
        if length > left:
            end = first_shown(zone, wall(zone, start) + left)
        kept.update(range(start, end))
        left = max(left - max(length, 0), 0)
    return kept


def _runs(minutes: set[int]) -> Iterator[tuple[int, int]]:
    for start in sorted(minute for minute in minutes if minute - 1 not in minutes):
        end = start
        while end in minutes:
            end += 1
        yield start, end


def due_by_counting(
    spec: Spec, opened: int, amount: int, unit: str, pauses: list[tuple[int, int]]
) -> tuple[datetime, datetime, datetime]:
    """Return the due time and its reminders, all by counting minutes."""
    diary = Diary(spec, opened)
    paused = paused_minutes(spec.zone, pauses)
    by_work = unit in ("wd", "wh")
    length = {"m": amount, "h": amount * 60, "wh": amount * 60}.get(unit)
    until = None
    if unit == "wd":
        until = _end_of_working_days(diary, amount, paused)
    elif length is None:
        until = _end_by_the_wall(spec.zone, opened, amount, unit, paused)
    counted = []
    minute = opened
    while minute != until and len(counted) != length:
        if minute not in paused and (not by_work or diary.is_worked(minute)):
            counted.append(minute)
        minute += 1
    fifty, eighty = (
        _share(counted, Fraction(len(counted) * percent, 100)) for percent in (50, 80)
    )
    return to_instant(minute), fifty, eighty


def _share(counted: list[int], share: Fraction) -> datetime:
    """Return when so many minutes, and maybe a part of one, have been counted."""
    whole = int(share)
    if whole == share:
        return to_instant(counted[whole - 1] + 1)
    return to_instant(counted[whole] + share - whole)


def _end_of_working_days(diary: Diary, amount: int, paused: set[int]) -> int:
    day = wall(diary.spec.zone, diary.opened) // DAY
    while True:
        day += 1
        bounds = diary.bounds(day)
        worked = {minute for start, end in bounds for minute in range(start, end)}
        amount -= bool(worked - paused)
        if worked - paused and not amount:
            return max(end for _, end in bounds)


def _end_by_the_wall(
    zone: str, opened: int, amount: int, unit: str, paused: set[int]
) -> int:
    start = wall(zone, opened)
    left = _date_after(start // DAY, amount, unit) * DAY + start % DAY - start
    closed: set[int] = set()
    for since, until in _runs(paused):
        closed.update(range(wall(zone, since), wall(zone, until)))
    shown = start
    while left:
        left -= shown not in closed
        shown += 1
    return first_shown(zone, shown)


def _date_after(day: int, amount: int, unit: str) -> int:
    if unit == "d":
        return day + amount
    opened_on = FIRST + timedelta(days=day)
    found, months = opened_on, amount * 12 if unit == "y" else amount
    while months:
        found += timedelta(days=1)
        months -= found.day == 1
    while found.day < opened_on.day:
        tomorrow = found + timedelta(days=1)
        if tomorrow.month != found.month:
            break
        found = tomorrow
    return (found - FIRST).days
