"""What holds for every calendar, opening and promise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st

from app.data import load_default
from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.case import CaseFile
from app.domain.deadlines import due
from app.domain.durations import Duration, Unit
from app.domain.hours import Hours, Window, parse_hours, parse_windows
from app.domain.promises import open_clocks, recompute
from app.domain.taxonomy import Category, Route, Severity, State

ZONES = ("Asia/Dhaka", "Asia/Kolkata", "Europe/Berlin", "America/New_York")
HOURS = (
    "09:00-13:00;14:00-18:00",
    "22:00-06:00",
    "06:00-14:00;14:00-22:00;22:00-06:00",
    "sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00",
    "01:30-02:30;03:00-24:00",
)
SCOPES = ("482170", "Gazipur", "BD", "*")
START = date(2026, 1, 1)

unhurried = settings(deadline=None, max_examples=150)

days = st.integers(0, 700).map(lambda n: START + timedelta(days=n))
instants = st.integers(0, 700 * 86400).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)


@st.composite
def holidays(draw: st.DrawFn) -> HolidayRow:
    day = draw(days)
    hours = draw(st.sampled_from([None, "10:00-12:00", "20:00-02:00"]))
    length = draw(st.none() | st.integers(1, 20))
    return HolidayRow(
        draw(st.sampled_from(SCOPES)),
        day,
        None if length is None else day + timedelta(days=length),
        "holiday",
        None if hours is None else parse_windows(hours),
    )


@st.composite
def sites(draw: st.DrawFn) -> tuple[SiteCalendar, list[HolidayRow]]:
    rows = draw(st.lists(holidays(), max_size=8))
    zone, hours = draw(st.sampled_from(ZONES)), draw(st.sampled_from(HOURS))
    rest = frozenset(draw(st.sets(st.integers(0, 6), max_size=2)))
    return (
        build_calendar(ZoneInfo(zone), parse_hours(hours), rest, rows, SCOPES),
        rows,
    )


calendars = sites().map(lambda made: made[0])


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    units: tuple[Unit, ...] = ("s", "m", "h", "d", "wd")
    return Duration(draw(st.integers(1, 40)), draw(st.sampled_from(units)))


@st.composite
def pauses(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    starts = draw(st.lists(instants, max_size=4))
    return [(at, at + timedelta(hours=draw(st.integers(0, 240)))) for at in starts]


@unhurried
@given(calendars, instants, durations(), pauses())
def test_opening_reminders_and_due_time_come_in_order(
    calendar: SiteCalendar,
    opened_at: datetime,
    duration: Duration,
    paused: list[tuple[datetime, datetime]],
) -> None:
    found = due(opened_at, duration, calendar, pauses=paused)
    assert opened_at < found.remind_50_at < found.remind_80_at < found.due_at


@unhurried
@given(calendars, instants, st.integers(1, 40), pauses())
def test_working_days_fall_due_at_the_end_of_a_days_last_window(
    calendar: SiteCalendar,
    opened_at: datetime,
    amount: int,
    paused: list[tuple[datetime, datetime]],
) -> None:
    found = due(opened_at, Duration(amount, "wd"), calendar, pauses=paused)
    day = found.due_at.astimezone(calendar.zone).date()
    ends = [
        max(end for _, end in calendar.windows(around))
        for around in (day - timedelta(days=1), day)
        if calendar.is_working(around)
    ]
    assert found.due_at in ends


@unhurried
@given(calendars, instants, st.integers(1, 40), pauses())
def test_every_date_between_either_counts_or_is_named_with_its_reason(
    calendar: SiteCalendar,
    opened_at: datetime,
    amount: int,
    paused: list[tuple[datetime, datetime]],
) -> None:
    found = due(opened_at, Duration(amount, "wd"), calendar, pauses=paused)
    named = [skip.date for skip in found.skipped]
    assert named[0] == opened_at.astimezone(calendar.zone).date()
    assert all(earlier < later for earlier, later in pairwise(named))
    last = named[0]
    while amount:
        last += timedelta(days=1)
        amount -= last not in named
    assert max(end for _, end in calendar.windows(last)) == found.due_at
    for skip in found.skipped[1:]:
        assert calendar.is_working(skip.date) is (skip.reason == "pause")


@unhurried
@given(sites(), instants, st.integers(1, 40), holidays())
def test_another_holiday_never_makes_working_days_fall_due_earlier(
    made: tuple[SiteCalendar, list[HolidayRow]],
    opened_at: datetime,
    amount: int,
    another: HolidayRow,
) -> None:
    calendar, rows = made
    closed = [*rows, replace(another, hours=None)]
    stricter = build_calendar(
        calendar.zone, calendar.hours, calendar.weekly_rest, closed, SCOPES
    )
    wanted = Duration(amount, "wd")
    assert (
        due(opened_at, wanted, calendar).due_at
        <= due(opened_at, wanted, stricter).due_at
    )


@unhurried
@given(calendars, instants, durations(), pauses())
def test_pauses_move_a_due_time_later_by_a_week_at_most(
    calendar: SiteCalendar,
    opened_at: datetime,
    duration: Duration,
    paused: list[tuple[datetime, datetime]],
) -> None:
    usual = due(opened_at, duration, calendar).due_at
    moved = due(opened_at, duration, calendar, pauses=paused).due_at
    assert moved >= usual
    if duration.unit != "wd":
        # An hour more or less where clocks change within the week.
        assert moved - usual <= timedelta(days=7, hours=1)


@unhurried
@given(calendars, calendars, instants, st.data(), st.booleans())
def test_computing_anew_twice_changes_nothing_more(
    calendar: SiteCalendar,
    other: SiteCalendar,
    opened_at: datetime,
    data: st.DataObject,
    may_be_later: bool,
) -> None:
    policy = load_default()
    first, second = (
        policy.entry(
            data.draw(st.sampled_from(Category)), data.draw(st.sampled_from(Severity))
        )
        for _ in range(2)
    )
    at = opened_at + timedelta(hours=data.draw(st.integers(0, 900)))
    case = CaseFile(
        id=UUID(int=1),
        number="00000000",
        site=None,
        country="BD",
        category=first.category,
        severity=first.severity,
        state=State.RECEIVED,
        route=Route.PARTNER,
        conflict=None,
        language="bn",
        channel="sms",
        hotline="",
        opened_at=opened_at,
        policy_version=policy.version,
        deadlines=open_clocks(first, opened_at, calendar),
    )
    once = recompute(case, second, other, at=at, may_be_later=may_be_later)
    assert recompute(once, second, other, at=at, may_be_later=may_be_later) == once
    for before in case.deadlines:
        after = once.deadline(before.name)
        assert after is not None
        assert may_be_later or after.due_at <= before.due_at


@unhurried
@given(
    st.lists(
        st.lists(st.integers(0, 1439), max_size=6, unique=True).map(sorted),
        min_size=7,
        max_size=7,
    )
)
def test_hours_that_are_written_are_read_again(marks: list[list[int]]) -> None:
    week = tuple(
        tuple(Window(*pair) for pair in zip(day[::2], day[1::2], strict=False))
        for day in marks
    )
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    written = ";".join(
        f"{name} {','.join(map(str, windows))}"
        for name, windows in zip(names, week, strict=True)
        if windows
    )
    if written:
        assert parse_hours(written) == Hours(week)
