"""A due time in the words of one language: line by line, and day by day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.case import LAW, RUNG
from app.domain.clocks import AFTER
from app.domain.deadlines import Day, DayKind, Explanation, Span
from app.domain.durations import Duration
from app.domain.promises import PROMISED_AGAIN
from app.domain.taxonomy import Clock
from app.wording import reckoning as words
from app.wording.catalog import Catalog
from app.wording.line import Line

BY_THE_WALL = ("d", "mo", "y")  # the units that a calendar's dates make up
# What a case comes to more than once without being opened again.
COUNTED = AFTER | {Clock.REVIEW, Clock.CONFIRMATION, Clock.WITHDRAWAL}
NONE, SECOND = timedelta(), timedelta(seconds=1)
LAST_MICROSECOND = 999_999  # of a day: a term of the law counts from its very end


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a date, or several in a row that are alike."""

    dates: str
    what: str
    counted: str
    so_far: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says what the engine found in one language, at one site's local time."""

    catalog: Catalog
    language: str
    zone: ZoneInfo

    def says(self, message: str, **params: Any) -> str:
        line = Line(message, params)
        return self.catalog.render(line, self.language, self.zone)

    def day(self, day: date) -> str:
        return self.says(words.DATED, day=day, year=day.year)

    def instant(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return self.says(words.TIMED, day=self.day(local.date()), time=_clock(local))

    def span(self, span: Span) -> str:
        first, last = (self.instant(at) for at in span)
        return self.says(words.DATES, first=first, last=last)

    def promise(self, promise: Duration) -> str:
        return self._number(words.PROMISES[promise.unit], promise.amount)

    def clock(self, name: str, round: int = 0, *, title: str = "") -> str:
        """Say what must be done by then; a name that is nowhere stays as it is.

        `title`: what the law calls its term. `round` counts reopenings, or
        reviews and the like, or the steps of a ladder, as the name has it.
        """
        if name.startswith(LAW):
            said = self.says(words.LAW, name=title or name.removeprefix(LAW))
        elif name.startswith(RUNG):
            said = self.says(words.RUNG, n=round + 1)
        else:
            said = self.says(words.CLOCKS[name]) if name in words.CLOCKS else name
        if round and name in PROMISED_AGAIN:
            return self.says(words.AGAIN, clock=said, round=round)
        if round and name in COUNTED:
            return self.says(words.NUMBERED, clock=said, n=round + 1)
        return said

    def length(self, length: timedelta, *, in_days: bool = False) -> str:
        """Say how long in hours, minutes and seconds, and in days where asked."""
        seconds = int(length.total_seconds())
        sizes = {"h": 3600, "min": 60, "s": 1}
        parts = []
        for name, size in ({"d": 86400} | sizes if in_days else sizes).items():
            count, seconds = divmod(seconds, size)
            if count:
                parts.append(self._number(words.LENGTHS[name], count))
        return " ".join(parts) or self._number(words.LENGTHS["min"], 0)

    def _number(self, one_or_more: tuple[str, str], count: int) -> str:
        one, more = one_or_more
        return self.says(one) if count == 1 else self.says(more, n=count)

    def what(self, day: Day, promise: Duration) -> str:
        """Say what a date is to the promise."""
        match day.kind:
            case DayKind.OPENING:
                is_never = promise.unit == "wd" or day.time < SECOND
                return self.says(words.START_UNCOUNTED if is_never else words.START)
            case DayKind.HOLIDAY if day.reason:
                return self.says(words.HOLIDAY_NAMED, name=day.reason)
            case DayKind.PARTLY_PAUSED:
                paused = _spans(day.paused, self.zone)
                return self.says(words.PARTLY_PAUSED, spans=paused)
            case DayKind.COUNTED:
                is_day = bool(day.working_days)
                return self.says(words.WORKING_DAY if is_day else words.COUNTED)
        return self.says(_PLAIN[day.kind])

    def counted(self, day: Day, promise: Duration) -> str:
        """Say which hours of a date count; of a working day's opening none do."""
        if promise.unit == "wd" and not day.working_days:
            return ""
        return _spans(day.counted, self.zone)

    def so_far(self, day: Day, whole: Explanation) -> str:
        if whole.promise.unit == "wd":
            if not day.working_days:
                return ""
            done, amount = str(day.working_days_so_far), str(whole.promise.amount)
            return self.says(words.SO_FAR, part=done, whole=amount)
        if day.time < SECOND:
            return ""
        return self.length(day.time_so_far, in_days=whole.promise.unit in BY_THE_WALL)

    def rows(self, whole: Explanation, *, every_day: bool) -> Iterator[Row]:
        """Give the table's lines; dates alike share one, unless `every_day`."""
        promise = whole.promise

        def alike(numbered: tuple[int, Day]) -> tuple[Any, ...]:
            number, day = numbered
            what = self.what(day, promise)
            is_alone = every_day or day.kind is DayKind.OPENING or day.working_days
            # Working hours are added up date by date.
            is_alone = is_alone or bool(promise.unit == "wh" and day.time)
            return what, self.counted(day, promise), number if is_alone else -1

        for (what, counted, _), group in groupby(enumerate(whole.days), alike):
            days = [day for _, day in group]
            yield Row(self._dates(days), what, counted, self.so_far(days[-1], whole))

    def _dates(self, days: Sequence[Day]) -> str:
        """Say dates; their year, where it is but one, stands above the table."""
        first, last = days[0].date, days[-1].date
        if first == last:
            return self.catalog.day(first, self.language)
        if first.year != last.year:
            ends = self.day(first), self.day(last)
        else:
            ends = (
                self.catalog.day(first, self.language),
                self.catalog.day(last, self.language),
            )
        return self.says(words.DATES, first=ends[0], last=ends[1])


_PLAIN = {
    DayKind.PAUSED: words.PAUSED,
    DayKind.REST: words.REST,
    DayKind.HOLIDAY: words.HOLIDAY,
    DayKind.NO_HOURS: words.NO_HOURS,
}


def _clock(local: datetime) -> str:
    """Write a time of day; a day's very end, where it is meant, is 24:00."""
    if local.microsecond == LAST_MICROSECOND:
        local += timedelta(microseconds=1)
        if f"{local:%H%M%S}" == "000000":
            return "24:00"
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _spans(spans: Iterable[Span], zone: ZoneInfo) -> str:
    long = [span for span in spans if span[1] - span[0] >= SECOND]
    return ", ".join(_hours(span, zone) for span in long)


def _hours(span: Span, zone: ZoneInfo) -> str:
    """Write local hours; an end at midnight is 24:00, as calendars have it."""
    start, end = (at.astimezone(zone) for at in span)
    is_midnight = end.date() > start.date() and f"{end:%H%M%S}" == "000000"
    return f"{_clock(start)}-{'24:00' if is_midnight else _clock(end)}"
