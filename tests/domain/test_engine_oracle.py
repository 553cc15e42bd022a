"""The engine against a count of minutes, for sites, openings and pauses at random."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings, strategies as st

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.deadlines import due, working_left
from app.domain.durations import Duration, Unit
from app.domain.hours import parse_hours, parse_windows
from tests.domain.minute_oracle import (
    DAY,
    FIRST,
    Diary,
    Row,
    Spec,
    due_by_counting,
    to_instant,
)

IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"
EXAMPLES = 10_000 if IS_WHOLE else 300

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SCOPES = ("482170", "Gazipur", "BD", "*")
ZONES = (
    "Asia/Dhaka",
    "Asia/Kolkata",
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Beirut",  # clocks change at midnight
)
LONGEST: dict[Unit, int] = {
    "m": 3000, "h": 120, "d": 30, "wd": 15, "wh": 90, "mo": 2, "y": 1
}  # fmt: skip

Windows = tuple[tuple[int, int], ...]

# Since 1970: two years with a leap day, both changes of clocks, and New Year.
YEAR_2027 = (date(2027, 1, 1) - FIRST).days
days = st.integers(YEAR_2027, YEAR_2027 + 730)
CHANGES = [
    (date(year, month, day) - FIRST).days
    for year, month, day in (
        (2027, 3, 14), (2027, 3, 28), (2027, 4, 4), (2027, 10, 3), (2027, 10, 31),
        (2027, 11, 7), (2028, 2, 29), (2028, 3, 26), (2028, 10, 29), (2028, 11, 5),
    )
]  # fmt: skip
# As many openings in the days before clocks change as in all the others.
opening_days = days | st.builds(
    int.__sub__, st.sampled_from(CHANGES), st.integers(0, 4)
)


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    """Up to five windows of a day; the last may be a night shift."""
    quarters = draw(st.lists(st.integers(12, 84), max_size=8, unique=True))
    marks = [quarter * 15 for quarter in sorted(quarters)]
    found = [*zip(marks[::2], marks[1::2], strict=False)]
    if draw(st.booleans()):
        found.append((22 * 60, DAY + 15 * draw(st.integers(-4, 8))))
    return tuple(found)


NO_BREAK: Windows = ((0, DAY),)
weeks = st.one_of(
    st.just((NO_BREAK,) * 7),
    windows().filter(bool).map(lambda day: (day,) * 7),
    st.tuples(*[windows()] * 7).filter(any),
)
HALF_DAY, RAMADAN, EVENING = (8 * 60, 12 * 60), (8 * 60, 870), (20 * 60, DAY + 120)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    day = draw(days)
    length = draw(st.sampled_from([0, 0, 0, 1, 6, 29]))
    hours = draw(st.sampled_from([(), (), (HALF_DAY,), (RAMADAN,), (EVENING,)]))
    return Row(draw(st.sampled_from(SCOPES)), day, day + length, hours)


specs = st.builds(
    Spec,
    zone=st.sampled_from(ZONES),
    week=weeks,
    rest=st.sets(st.integers(0, 6), max_size=2).map(frozenset),
    rows=st.lists(rows(), max_size=8).map(tuple),
    scopes=st.just(SCOPES),
).filter(lambda spec: any(spec.week[day] for day in {*range(7)} - spec.rest))


def clock(minute: int) -> str:
    minute -= DAY if minute > DAY else 0
    return f"{minute // 60:02}:{minute % 60:02}"


def written(windows: Iterable[tuple[int, int]]) -> str:
    return ",".join(f"{clock(start)}-{clock(end)}" for start, end in windows)


def calendar_of(spec: Spec) -> SiteCalendar:
    """Put the same site to the engine as the programme's files would."""
    week = ";".join(
        f"{name} {written(windows)}"
        for name, windows in zip(WEEKDAYS, spec.week, strict=True)
        if windows
    )
    holidays = [
        HolidayRow(
            row.scope,
            FIRST + timedelta(days=row.day),
            None if row.last == row.day else FIRST + timedelta(days=row.last),
            "holiday",
            parse_windows(written(row.windows)) if row.windows else None,
        )
        for row in spec.rows
    ]
    return build_calendar(
        ZoneInfo(spec.zone), parse_hours(week), spec.rest, holidays, SCOPES
    )


@dataclass(frozen=True)
class Case:
    """A promise, when it was made, and when it paused; in minutes since 1970."""

    opened: int
    amount: int
    unit: Unit
    pauses: tuple[tuple[int, int], ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    opened = draw(opening_days) * DAY + draw(st.integers(0, DAY - 1))
    unit = draw(st.sampled_from([*LONGEST]))
    starts = draw(st.lists(st.integers(-2 * DAY, 20 * DAY), max_size=3))
    pauses = tuple(
        (opened + start, opened + start + draw(st.integers(1, 8 * DAY)))
        for start in starts
    )
    return Case(opened, draw(st.integers(1, LONGEST[unit])), unit, pauses)


thorough = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

DINDIGUL = Spec(
    "Asia/Kolkata", (((22 * 60, 30 * 60),),) * 7, frozenset({6}), (), SCOPES
)
AMSTERDAM = Spec(
    "Europe/Amsterdam",
    (*(((60, 150), (180, 1020)),) * 5, (), ((60, 150),)),
    frozenset(),
    (),
    SCOPES,
)
SPRING_DAY = (date(2027, 3, 27) - FIRST).days
SPRING = SPRING_DAY * DAY
# Clocks go from 02:00 to 03:00, so that what starts second is over first.
SWALLOWED = Spec(
    "Europe/Amsterdam", (((90, 150), (180, 195)),) * 7, frozenset(), (), SCOPES
)
NIGHT_OF_THE_CHANGE = Spec(
    "Europe/Amsterdam", (((22 * 60, 30 * 60),),) * 7, frozenset(), (), SCOPES
)
# The night shift is still at work as the hours of a single date begin.
COLLIDING = Spec(
    "Asia/Kolkata",
    (((22 * 60, 30 * 60),),) * 7,
    frozenset(),
    (Row("BD", SPRING_DAY + 1, SPRING_DAY + 1, ((240, 540),)),),
    SCOPES,
)


@thorough
@example(DINDIGUL, Case(SPRING + 60, 3, "wd", ()))
@example(AMSTERDAM, Case(SPRING + 60, 30, "wh", ((SPRING + 1500, SPRING + 9000),)))
@example(SWALLOWED, Case(SPRING + 600, 1, "wd", ()))
@example(NIGHT_OF_THE_CHANGE, Case(SPRING - 600, 1, "wd", ()))
@example(COLLIDING, Case(SPRING + 600, 9, "wh", ()))
@given(specs, cases())
def test_the_engine_falls_due_as_the_minutes_are_counted(
    spec: Spec, case: Case
) -> None:
    pauses = [(to_instant(start), to_instant(end)) for start, end in case.pauses]
    wanted = Duration(case.amount, case.unit)
    found = due(to_instant(case.opened), wanted, calendar_of(spec), pauses=pauses)
    assert (found.due_at, found.remind_50_at, found.remind_80_at) == due_by_counting(
        spec, case.opened, case.amount, case.unit, list(case.pauses)
    )


@settings(thorough, max_examples=EXAMPLES // 4)
@given(specs, opening_days, st.integers(0, DAY - 1), st.integers(-4000, 9000))
def test_working_time_left_is_the_minutes_that_are_worked(
    spec: Spec, day: int, minute: int, ahead: int
) -> None:
    at = day * DAY + minute
    first, last = sorted((at, at + ahead))
    diary = Diary(spec, first)
    worked = sum(diary.is_worked(minute) for minute in range(first, last))
    left = working_left(to_instant(at), to_instant(at + ahead), calendar_of(spec))
    assert left == timedelta(minutes=worked if ahead >= 0 else -worked)
