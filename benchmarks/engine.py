"""Due times a second of a core, beside a walk day by day and a walk minute by minute.

A site in Dhaka with five windows a day, a weekly rest and 60 holidays, twelve
of them half-days; openings at random over a year. Every due time comes with
its two reminders. The walks give the same three instants, which is checked.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.deadlines import REMINDERS, Due, due
from app.domain.durations import Duration, Unit
from app.domain.hours import Window, parse_hours, parse_windows
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.sizes import Sizes

RATE = 100_000  # due times a second, promised for a core
_MINUTE_WALKS = 200

_ZONE = ZoneInfo("Asia/Dhaka")
_HOURS = parse_hours("06:00-08:00;08:30-10:30;11:00-13:00;14:00-16:00;16:30-18:00")
_HALF_DAY = parse_windows("09:00-12:00")
_FRIDAY = 4
_NEW_YEAR = date(2026, 1, 1)
_LONGEST: dict[Unit, int] = {"wd": 15, "wh": 80, "h": 72, "d": 30}

Asked = Sequence[tuple[datetime, Duration]]
Reckon = Callable[[datetime, Duration], Due]


def measure(_on: Ground, sizes: Sizes) -> list[Figure]:
    """Time the engine on every unit, and all three on the same working hours."""
    chance = random.Random(2026)
    mixed = _asked(chance, [*_LONGEST], sizes.due_times)
    hours = _asked(chance, ["wh"], sizes.due_times // 10)
    calendar, holidays = _site()

    def ours(opened_at: datetime, duration: Duration) -> Due:
        return due(opened_at, duration, calendar)

    def by_days(opened_at: datetime, duration: Duration) -> Due:
        return _day_walk(opened_at, duration, holidays)

    def by_minutes(opened_at: datetime, duration: Duration) -> Due:
        return _minute_walk(opened_at, duration, holidays)

    few = hours[:_MINUTE_WALKS]
    _check(few, ours, by_days, by_minutes)
    _check(hours, ours, by_days)
    rates: list[list[float]] = [
        [_rate(ours, mixed), _rate(ours, hours), _rate(by_days, hours)]
        for _ in range(sizes.rounds)
    ]
    whole, fast, days = (median(column) for column in zip(*rates, strict=True))
    minutes = _rate(by_minutes, few)
    return [
        Figure(
            "due times a second of a core, with reminders, in wd, wh, h and d",
            f"{whole:,.0f}",
            f"{RATE:,}",
            ratio=whole / RATE,
            target=f"at least {RATE:,}",
            is_met=whole >= RATE,
        ),
        _beside("the walk day by day of Frappe Helpdesk", fast, days),
        _beside("a walk minute by minute", fast, minutes),
    ]


def _beside(name: str, ours: float, other: float) -> Figure:
    return Figure(
        "due times a second of a core, in wh",
        f"{ours:,.0f}",
        f"{other:,.0f} {name}",
        ours / other,
    )


def _site() -> tuple[SiteCalendar, dict[date, tuple[Window, ...]]]:
    rows = [
        HolidayRow(
            "BD",
            _NEW_YEAR + timedelta(days=6 * number),
            None,
            f"holiday {number}",
            None if number % 5 else _HALF_DAY,
        )
        for number in range(60)
    ]
    calendar = build_calendar(_ZONE, _HOURS, frozenset({_FRIDAY}), rows, ("BD",))
    return calendar, {row.day: row.hours or () for row in rows}


def _asked(chance: random.Random, units: Sequence[Unit], number: int) -> Asked:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    asked = []
    for _ in range(number):
        unit = chance.choice(units)
        opened_at = start + timedelta(seconds=chance.randrange(365 * 86400))
        # Whole minutes, which is all that the walk by minutes knows.
        opened_at = opened_at.replace(second=0)
        asked.append((opened_at, Duration(chance.randint(1, _LONGEST[unit]), unit)))
    return asked


def _rate(reckon: Reckon, asked: Asked) -> float:
    """Return how many a second of a core's own time, whoever else is at work."""
    started = time.process_time()
    for opened_at, duration in asked:
        reckon(opened_at, duration)
    return len(asked) / (time.process_time() - started)


def _check(asked: Asked, ours: Reckon, *others: Reckon) -> None:
    for opened_at, duration in asked:
        found = ours(opened_at, duration)
        for other in others:
            if other(opened_at, duration) != found:
                raise RuntimeError(f"{opened_at} {duration}: the walks differ")


def _windows(day: date, holidays: dict[date, tuple[Window, ...]]) -> Sequence[Window]:
    if day in holidays:
        return holidays[day]
    weekday = day.weekday()
    return () if weekday == _FRIDAY else _HOURS.by_weekday[weekday]


def _day_walk(
    opened_at: datetime, duration: Duration, holidays: dict[date, tuple[Window, ...]]
) -> Due:
    """Go from date to date and use up its windows, as `calc_time` does.

    Helpdesk knows one window a weekday; here there are five. It walks once
    for each instant asked of it, and reckons in local time.
    """
    local = opened_at.astimezone(_ZONE)
    since = local.hour * 60 + local.minute
    wanted = duration.amount * 60
    ends = [
        _walk_days(local.date(), since, wanted * percent / 100, holidays)
        for percent in (100, *REMINDERS)
    ]
    return Due(*ends)


def _walk_days(
    day: date, since: int, left: float, holidays: dict[date, tuple[Window, ...]]
) -> datetime:
    while True:
        for window in _windows(day, holidays):
            start = max(window.start, since)
            if start >= window.end:
                continue
            if left <= window.end - start:
                midnight = datetime(day.year, day.month, day.day, tzinfo=_ZONE)
                return (midnight + timedelta(minutes=start + left)).astimezone(UTC)
            left -= window.end - start
        day, since = day + timedelta(days=1), 0


def _minute_walk(
    opened_at: datetime, duration: Duration, holidays: dict[date, tuple[Window, ...]]
) -> Due:
    """Look at one minute after another and count those that are worked."""
    wanted = duration.amount * 60
    marks = [wanted * percent / 100 for percent in REMINDERS]
    found: list[datetime] = []
    at, counted = opened_at, 0
    while counted < wanted:
        local = at.astimezone(_ZONE)
        minute = local.hour * 60 + local.minute
        at += timedelta(minutes=1)
        for window in _windows(local.date(), holidays):
            if window.start <= minute < window.end:
                counted += 1
                if len(found) < len(marks) and counted >= marks[len(found)]:
                    over = timedelta(minutes=counted - marks[len(found)])
                    found.append(at - over)
    return Due(at, *found)
