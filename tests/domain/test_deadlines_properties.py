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
from app.domain.deadlines import due, explain
from app.domain.durations import Duration, Unit
from app.domain.hours import Hours, Window, parse_hours, parse_windows
from app.domain.promises import open_clocks, recompute
from app.domain.spans import wall
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
UNITS: tuple[Unit, ...] = ("s", "m", "h", "d", "wd", "wh", "mo", "y")

unhurried = settings(deadline=None, max_examples=150)

days = st.integers(0, 700).map(lambda n: START + timedelta(days=n))
instants = st.integers(0, 700 * 86400).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)

precise_instants = st.builds(
    lambda at, micro: at + timedelta(microseconds=micro),
    instants,
    st.integers(0, 999_999),
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
    unit = draw(st.sampled_from(UNITS))
    most = {"mo": 6, "y": 1}.get(unit, 40)
    return Duration(draw(st.integers(1, most)), unit)


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
    found = explain(opened_at, Duration(amount, "wd"), calendar, pauses=paused)
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
    if duration.unit not in ("wd", "wh"):
        # An hour more or less where clocks change within the week.
        assert moved - usual <= timedelta(days=7, hours=1)


@unhurried
@given(calendars, precise_instants, durations(), pauses())
def test_an_explanation_adds_up_to_the_due_time(
    calendar: SiteCalendar,
    opened_at: datetime,
    duration: Duration,
    paused: list[tuple[datetime, datetime]],
) -> None:
    told = explain(opened_at, duration, calendar, pauses=paused)
    found = due(opened_at, duration, calendar, pauses=paused)
    assert (told.due_at, told.remind_50_at) == (found.due_at, found.remind_50_at)
    time, working_days = timedelta(), 0
    for number, day in enumerate(told.days):
        assert day.date == told.days[0].date + timedelta(days=number)
        time, working_days = time + day.time, working_days + day.working_days
        assert (day.time_so_far, day.working_days_so_far) == (time, working_days)
    assert told.days[0].date == opened_at.astimezone(calendar.zone).date()
    if duration.unit == "wd":
        assert working_days == duration.amount
    elif duration.unit == "wh":
        assert time == timedelta(hours=duration.amount)
    elif duration.unit in ("mo", "y"):
        assert (time % timedelta(days=1), working_days) == (timedelta(), 0)
    else:
        assert time == duration.elapsed
    counted = [span for day in told.days for span in day.counted]
    assert all(one[1] <= other[0] for one, other in pairwise(counted))
    assert all(opened_at <= start < end <= told.due_at for start, end in counted)
    apart = [span for day in told.days for span in day.paused]
    assert not any(
        start < until and since < end
        for start, end in counted
        for since, until in (*apart, *told.pauses)
    )


@unhurried
@given(calendars, instants, st.integers(0, 90 * 86400), durations(), pauses())
def test_what_is_opened_later_falls_due_no_earlier(
    calendar: SiteCalendar,
    opened_at: datetime,
    seconds: int,
    duration: Duration,
    paused: list[tuple[datetime, datetime]],
) -> None:
    later = opened_at + timedelta(seconds=seconds)
    # Of two openings in the hour that the clock shows twice the later one may
    # show the earlier time, and it is the clock that days go by.
    is_fair = duration.unit not in ("d", "mo", "y") or wall(
        opened_at, calendar
    ) <= wall(later, calendar)
    first, second = (
        due(at, duration, calendar, pauses=paused) for at in (opened_at, later)
    )
    assert first.due_at <= second.due_at or not is_fair


@unhurried
@given(calendars, instants, durations(), pauses(), st.integers(1, 3))
def test_a_longer_promise_falls_due_later(
    calendar: SiteCalendar,
    opened_at: datetime,
    duration: Duration,
    paused: list[tuple[datetime, datetime]],
    more: int,
) -> None:
    longer = replace(duration, amount=duration.amount + more)
    short, long = (
        due(opened_at, each, calendar, pauses=paused) for each in (duration, longer)
    )
    assert short.due_at < long.due_at
    assert short.remind_50_at <= long.remind_50_at


@unhurried
@given(calendars, instants, durations(), pauses(), st.data())
def test_a_pause_in_two_halves_is_the_same_pause(
    calendar: SiteCalendar,
    opened_at: datetime,
    duration: Duration,
    paused: list[tuple[datetime, datetime]],
    data: st.DataObject,
) -> None:
    halves = []
    for start, end in paused:
        middle = start + (end - start) * data.draw(st.integers(0, 16)) / 16
        halves += [(middle, end), (start, middle)]
    whole = due(opened_at, duration, calendar, pauses=paused)
    assert due(opened_at, duration, calendar, pauses=halves) == whole


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
