"""Which days a site works: rest, hours, holidays, summer time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar, instant
from app.domain.errors import BadInput
from app.domain.hours import Hours, parse_hours, parse_windows

DHAKA, BERLIN = ZoneInfo("Asia/Dhaka"), ZoneInfo("Europe/Berlin")
DAY_SHIFT = parse_hours("09:00-13:00;14:00-18:00")
FRIDAY_REST = frozenset({4})
SCOPES = ("482170", "Gazipur", "BD", "*")

THURSDAY, FRIDAY, SATURDAY = (date(2026, 9, day) for day in (3, 4, 5))


def holiday(
    scope: str, day: date, until: date | None = None, hours: str = "", name: str = "Eid"
) -> HolidayRow:
    return HolidayRow(scope, day, until, name, parse_windows(hours) if hours else None)


def site(
    *rows: HolidayRow,
    hours: Hours = DAY_SHIFT,
    rest: frozenset[int] = FRIDAY_REST,
    zone: ZoneInfo = DHAKA,
) -> SiteCalendar:
    return build_calendar(zone, hours, rest, rows, SCOPES)


WEEK = (THURSDAY, date(2026, 9, 8))
HALF = "09:00-13:00"


@pytest.mark.parametrize(
    ("calendar", "day", "why"),
    [
        pytest.param(site(), THURSDAY, None, id="an-ordinary-day-is-worked"),
        pytest.param(site(), FRIDAY, "weekly rest", id="friday-is-rest-in-bangladesh"),
        pytest.param(
            site(hours=parse_hours("sat-thu 09:00-17:00"), rest=frozenset()),
            FRIDAY,
            "weekly rest",
            id="a-weekday-without-hours-is-rest-too",
        ),
        pytest.param(
            site(holiday("BD", THURSDAY)), THURSDAY, "Eid", id="a-holiday-by-its-name"
        ),
        pytest.param(
            site(holiday("BD", THURSDAY, name="")),
            THURSDAY,
            "holiday",
            id="a-holiday-without-a-name",
        ),
        pytest.param(
            site(holiday("TN", THURSDAY)), THURSDAY, None, id="another-region's-holiday"
        ),
        pytest.param(
            site(holiday("BD", *WEEK)), SATURDAY, "Eid", id="a-closure-of-a-week"
        ),
        pytest.param(
            site(holiday("BD", *WEEK)),
            date(2026, 9, 8),
            "Eid",
            id="until-is-its-last-day",
        ),
        pytest.param(
            site(holiday("BD", *WEEK)),
            date(2026, 9, 9),
            None,
            id="the-day-after-until-is-worked",
        ),
        pytest.param(
            site(holiday("BD", *WEEK, hours=HALF)),
            FRIDAY,
            "weekly rest",
            id="in-a-range-with-hours-rest-days-stay-rest",
        ),
        pytest.param(
            site(holiday("BD", FRIDAY, hours=HALF)),
            FRIDAY,
            None,
            id="a-single-date-with-hours-is-worked-though-it-is-friday",
        ),
        pytest.param(
            site(holiday("BD", FRIDAY, FRIDAY, hours=HALF)),
            FRIDAY,
            None,
            id="a-range-of-one-day-is-a-single-date",
        ),
        pytest.param(
            site(holiday("BD", THURSDAY), holiday("482170", THURSDAY, hours=HALF)),
            THURSDAY,
            None,
            id="the-site-works-on-the-country's-holiday",
        ),
        pytest.param(
            site(holiday("482170", THURSDAY), holiday("*", THURSDAY, hours=HALF)),
            THURSDAY,
            "Eid",
            id="the-site's-closure-wins-over-everybody's-hours",
        ),
        pytest.param(
            site(
                holiday("*", THURSDAY, name="everywhere"),
                holiday("Gazipur", THURSDAY, name="region"),
                holiday("BD", THURSDAY, name="country"),
            ),
            THURSDAY,
            "region",
            id="region-before-country-before-everywhere",
        ),
        pytest.param(
            site(holiday("BD", *WEEK, hours=HALF), holiday("BD", SATURDAY)),
            SATURDAY,
            "Eid",
            id="within-one-scope-a-date-beats-a-range",
        ),
        pytest.param(
            site(hours=parse_hours("sun 02:00-03:00"), rest=frozenset(), zone=BERLIN),
            date(2026, 3, 29),
            "no working hours",
            id="summer-time-swallows-the-only-window",
        ),
    ],
)
def test_why_a_day_is_closed(
    calendar: SiteCalendar, day: date, why: str | None
) -> None:
    assert calendar.why_closed(day) == why
    assert calendar.is_working(day) is (why is None)


@pytest.mark.parametrize(
    ("calendar", "day", "windows"),
    [
        pytest.param(
            site(),
            THURSDAY,
            ["03 03:00", "03 07:00", "03 08:00", "03 12:00"],
            id="two-windows-in-dhaka",
        ),
        pytest.param(
            site(hours=parse_hours("22:00-06:00")),
            THURSDAY,
            ["03 16:00", "04 00:00"],
            id="the-night-before-rest-ends-on-the-rest-day",
        ),
        pytest.param(
            site(holiday("BD", *WEEK, hours="08:00-14:30")),
            SATURDAY,
            ["05 02:00", "05 08:30"],
            id="ramadan-hours-take-the-place-of-the-usual",
        ),
        pytest.param(
            SiteCalendar.every_day(DHAKA),
            FRIDAY,
            ["03 18:00", "04 18:00"],
            id="without-a-site-every-day-is-whole",
        ),
        pytest.param(
            SiteCalendar.every_day(BERLIN),
            date(2026, 3, 29),
            ["28 23:00", "29 22:00"],
            id="the-spring-day-has-23-hours",
        ),
        pytest.param(
            SiteCalendar.every_day(BERLIN),
            date(2026, 10, 25),
            ["24 22:00", "25 23:00"],
            id="the-autumn-day-has-25-hours",
        ),
    ],
)
def test_windows_in_utc(calendar: SiteCalendar, day: date, windows: list[str]) -> None:
    bounds = [bound for window in calendar.windows(day) for bound in window]
    assert [bound.strftime("%d %H:%M") for bound in bounds] == windows
    assert all(bound.tzinfo is UTC for bound in bounds)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        pytest.param(
            datetime(2026, 3, 29, 2, 30),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            id="a-time-that-never-happens-is-an-hour-later",
        ),
        pytest.param(
            datetime(2026, 10, 25, 2, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            id="a-time-that-happens-twice-is-the-first",
        ),
    ],
)
def test_local_times_round_a_change_of_clocks(local: datetime, utc: datetime) -> None:
    assert instant(local, BERLIN) == utc


@pytest.mark.parametrize(
    ("calendar", "has_time"),
    [
        pytest.param(site(), True, id="an-ordinary-site"),
        pytest.param(
            site(rest=frozenset(range(7))), False, id="seven-rest-days-a-week"
        ),
        pytest.param(
            site(holiday("BD", THURSDAY, date(2030, 1, 1))),
            False,
            id="closed-for-years",
        ),
        pytest.param(
            site(holiday("BD", THURSDAY, date(2027, 8, 31))),
            True,
            id="closed-for-less-than-a-year",
        ),
        pytest.param(
            site(
                holiday("482170", date(2027, 1, 1), hours=HALF),
                rest=frozenset(range(7)),
            ),
            True,
            id="one-worked-date-is-enough",
        ),
    ],
)
def test_working_time_within_a_year(calendar: SiteCalendar, has_time: bool) -> None:
    assert calendar.has_working_time_within_a_year(THURSDAY) is has_time


def test_the_last_day_of_all_is_no_crash() -> None:
    assert not site().has_working_time_within_a_year(date.max)


def test_a_holiday_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadInput, match="exchange the dates"):
        site(holiday("BD", SATURDAY, THURSDAY))


def test_a_blank_region_is_no_scope() -> None:
    calendar = build_calendar(
        DHAKA,
        DAY_SHIFT,
        FRIDAY_REST,
        [holiday("", THURSDAY)],
        ("482170", "", "BD", "*"),
    )
    assert calendar.is_working(THURSDAY)
