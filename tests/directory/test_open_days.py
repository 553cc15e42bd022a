"""A year without working time is found wherever it begins."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from app.directory_files.open_days import first_closed_year
from app.domain.calendar import YEAR, HolidayRow, SiteCalendar, build_calendar
from app.domain.hours import parse_hours, parse_weekdays, parse_windows

TODAY = date(2026, 12, 1)
DHAKA = ZoneInfo("Asia/Dhaka")


def _calendar(rest: str, *holidays: HolidayRow) -> SiteCalendar:
    hours, days = parse_hours("08:00-17:00"), parse_weekdays(rest)
    return build_calendar(DHAKA, hours, days, holidays, ("BD", "*"))


def _closed(first: date, last: date) -> HolidayRow:
    return HolidayRow("BD", first, last, "closed", None)


ALL_WEEK = "mon;tue;wed;thu;fri;sat;sun"
WORKED_ONCE = HolidayRow(
    "BD", date(2027, 6, 1), None, "worked", parse_windows("08:00-12:00")
)


@pytest.mark.parametrize(
    ("rest", "holidays", "closed_from"),
    [
        pytest.param("fri", (), None, id="a-common-week"),
        pytest.param(ALL_WEEK, (), TODAY, id="seven-rest-days"),
        pytest.param(
            ALL_WEEK, (WORKED_ONCE,), date(2027, 6, 2), id="one-day-of-work-in-a-life"
        ),
        pytest.param(
            "fri",
            (_closed(TODAY, TODAY + timedelta(days=YEAR - 2)),),
            None,
            id="a-day-short-of-a-year",
        ),
        pytest.param(
            "fri",
            (_closed(TODAY, TODAY + timedelta(days=YEAR - 1)),),
            TODAY,
            id="a-whole-year-from-today",
        ),
        pytest.param(
            "fri",
            (_closed(date(2029, 3, 3), date(2030, 6, 1)),),
            date(2029, 3, 2),  # A Friday, so it rests as well.
            id="a-year-long-after-today",
        ),
        pytest.param(
            "fri", (_closed(date(2020, 1, 1), date(2022, 1, 1)),), None, id="long-past"
        ),
    ],
)
def test_first_closed_year(
    rest: str, holidays: tuple[HolidayRow, ...], closed_from: date | None
) -> None:
    calendar = _calendar(rest, *holidays)
    last = max((row.until or row.day for row in holidays), default=TODAY)
    assert first_closed_year(calendar, TODAY, last) == closed_from


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(150, 500)), min_size=1, max_size=4
    )
)
def test_leaping_finds_what_looking_at_every_day_finds(
    spans: list[tuple[int, int]],
) -> None:
    holidays = [
        _closed(TODAY + timedelta(days=start), TODAY + timedelta(days=start + length))
        for start, length in spans
    ]
    calendar = _calendar("fri", *holidays)
    last = max(row.until or row.day for row in holidays)
    days = (last - TODAY).days + 1
    worked = [
        calendar.is_working(TODAY + timedelta(days=n)) for n in range(days + YEAR)
    ]
    plain = [n for n in range(days) if not any(worked[n : n + YEAR])]
    found = first_closed_year(calendar, TODAY, last)
    assert found == (TODAY + timedelta(days=plain[0]) if plain else None)
