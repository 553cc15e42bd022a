"""Working hours, and the calendar months and years of the law."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.calendar import SiteCalendar
from app.domain.deadlines import due, worked_between, working_left
from app.domain.durations import parse_term
from app.domain.errors import BadInput
from tests.domain.test_deadlines import (
    BERLIN,
    CLOSED_FOR_GOOD,
    EID_WEEK,
    FACTORY,
    GERMAN,
    NIGHT_SHIFT,
    NO_SITE,
    RAMADAN,
    SHORT_THURSDAY,
    WORKED_FRIDAY,
    local,
    shown,
    site,
)


# In September 2026 the 3rd is a Thursday.
@pytest.mark.parametrize(
    ("calendar", "opened", "term", "expected"),
    [
        pytest.param(
            FACTORY, "2026-09-02 10:00", "2wh", "2026-09-02 12:00",
            id="within-one-window",
        ),
        pytest.param(
            FACTORY, "2026-09-02 12:30", "2wh", "2026-09-02 15:30",
            id="the-dinner-hour-is-jumped-over",
        ),
        pytest.param(
            FACTORY, "2026-09-02 10:00", "3wh", "2026-09-02 13:00",
            id="due-at-the-end-of-a-window-and-not-as-the-next-one-starts",
        ),
        pytest.param(
            FACTORY, "2026-09-03 10:00", "7wh", "2026-09-03 18:00",
            id="due-as-the-day-ends-before-the-rest-day",
        ),
        pytest.param(
            FACTORY, "2026-09-03 10:00", "8wh", "2026-09-05 10:00",
            id="the-rest-day-is-jumped-over",
        ),
        pytest.param(
            FACTORY, "2026-09-04 03:00", "1wh", "2026-09-05 10:00",
            id="opened-on-the-rest-day",
        ),
        pytest.param(
            WORKED_FRIDAY, "2026-09-03 17:00", "2wh", "2026-09-04 10:00",
            id="a-worked-friday-has-its-own-hours",
        ),
        pytest.param(
            NIGHT_SHIFT, "2026-09-03 02:00", "5wh", "2026-09-03 23:00",
            id="the-night-shift-at-work-when-it-opens-counts",
        ),
        pytest.param(
            NIGHT_SHIFT, "2026-09-04 12:00", "1wh", "2026-09-05 23:00",
            id="the-night-of-the-rest-day-is-not-worked",
        ),
        pytest.param(
            SHORT_THURSDAY, "2026-09-03 12:00", "2wh", "2026-09-05 09:00",
            id="a-half-day-is-a-half-day",
        ),
        pytest.param(
            RAMADAN, "2026-02-18 10:00", "8wh", "2026-02-19 11:30",
            id="ramadan-days-are-shorter",
        ),
        pytest.param(
            EID_WEEK, "2026-05-25 16:00", "3wh", "2026-06-02 10:00",
            id="the-week-of-eid-is-jumped-over",
        ),
        pytest.param(
            FACTORY, "2028-02-28 17:00", "9wh", "2028-02-29 18:00",
            id="a-leap-day-is-worked-like-another",
        ),
        pytest.param(
            GERMAN, "2026-03-28 12:00", "24wh", "2026-03-29 13:00",
            id="without-a-site-a-working-hour-is-an-hour",
        ),
        pytest.param(
            FACTORY, "2026-09-03 10:00", "3mo", "2026-12-03 10:00",
            id="three-months-end-on-the-same-day",
        ),
        pytest.param(
            FACTORY, "2026-11-30 10:00", "3mo", "2027-02-28 10:00",
            id="a-day-that-the-month-lacks-is-its-last",
        ),
        pytest.param(
            FACTORY, "2027-11-30 10:00", "3mo", "2028-02-29 10:00",
            id="in-a-leap-year-the-29th",
        ),
        pytest.param(
            FACTORY, "2026-12-31 23:59", "2mo", "2027-02-28 23:59",
            id="across-new-year",
        ),
        pytest.param(
            FACTORY, "2028-02-29 09:15", "1y", "2029-02-28 09:15",
            id="a-year-after-the-leap-day",
        ),
        pytest.param(
            FACTORY, "2028-02-29 09:15", "4y", "2032-02-29 09:15",
            id="four-years-after-the-leap-day",
        ),
        pytest.param(
            GERMAN, "2026-03-01 12:00", "1mo", "2026-04-01 12:00",
            id="months-keep-the-wall-clock-when-clocks-go-forward",
        ),
        pytest.param(
            GERMAN, "2026-02-28 02:30", "1mo", "2026-03-28 02:30",
            id="the-day-before-clocks-go-forward",
        ),
        pytest.param(
            GERMAN, "2026-01-29 02:30", "2mo", "2026-03-29 03:30",
            id="a-time-that-never-happens-is-an-hour-later",
        ),
    ],
)  # fmt: skip
def test_due(calendar: SiteCalendar, opened: str, term: str, expected: str) -> None:
    found = due(local(opened, calendar), parse_term(term), calendar)
    assert shown(found.due_at, calendar) == expected


@pytest.mark.parametrize(
    ("term", "pauses", "expected"),
    [
        pytest.param(
            "4wh", [("03 11:00", "03 12:00")], "03 16:00",
            id="a-paused-hour-of-work-is-no-working-hour",
        ),
        pytest.param(
            "4wh", [("03 13:00", "03 14:00")], "03 15:00",
            id="a-pause-in-the-dinner-hour-changes-nothing",
        ),
        pytest.param(
            "3wh", [("03 13:00", "03 15:00")], "03 13:00",
            id="a-pause-that-starts-as-it-falls-due-moves-nothing",
        ),
        pytest.param(
            "8wh", [("03 18:00", "05 09:00")], "05 10:00",
            id="nor-does-a-pause-over-the-rest-day",
        ),
        pytest.param(
            "8wh", [("05 00:00", "30 00:00")], "12 10:00",
            id="a-long-pause-stops-working-hours-for-a-week-only",
        ),
        pytest.param(
            "1mo", [("05 08:00", "07 08:00")], "2026-10-05 10:00",
            id="months-move-by-the-pause",
        ),
    ],
)  # fmt: skip
def test_pauses_are_closed_time(
    term: str, pauses: list[tuple[str, str]], expected: str
) -> None:
    spans = [
        (local(f"2026-09-{start}", FACTORY), local(f"2026-09-{end}", FACTORY))
        for start, end in pauses
    ]
    found = due(
        local("2026-09-03 10:00", FACTORY), parse_term(term), FACTORY, pauses=spans
    )
    assert f"2026-09-{expected}".endswith(shown(found.due_at, FACTORY))


@pytest.mark.parametrize(
    ("calendar", "opened", "term", "fifty", "eighty"),
    [
        pytest.param(
            FACTORY, "03 10:00", "10wh", "03 16:00", "05 10:00",
            id="at-half-of-the-working-hours",
        ),
        pytest.param(
            FACTORY, "03 10:00", "6wh", "03 13:00", "03 15:48",
            id="a-reminder-at-the-end-of-a-window-is-not-put-off",
        ),
        pytest.param(
            NIGHT_SHIFT, "02 23:00", "10wh", "03 04:00", "03 23:00",
            id="of-a-night-shift",
        ),
    ],
)  # fmt: skip
def test_reminders_at_50_and_80_per_cent_of_the_working_time(
    calendar: SiteCalendar, opened: str, term: str, fifty: str, eighty: str
) -> None:
    found = due(local(f"2026-09-{opened}", calendar), parse_term(term), calendar)
    assert shown(found.remind_50_at, calendar) == f"2026-09-{fifty}"
    assert shown(found.remind_80_at, calendar) == f"2026-09-{eighty}"


def test_an_opening_within_a_second_keeps_its_microseconds() -> None:
    opened_at = datetime(2026, 9, 2, 4, 0, 0, 250_001, tzinfo=UTC)
    found = due(opened_at, parse_term("1wh"), FACTORY)
    assert found.due_at == opened_at + timedelta(hours=1)
    assert found.remind_50_at == opened_at + timedelta(minutes=30)


LAST_DAY = site(("2026-09-05", "2027-09-04", "", "closed"))
A_DAY_MORE = site(("2026-09-05", "2027-09-05", "", "closed"))
TWO_DAYS_MORE = site(("2026-09-05", "2027-09-06", "", "closed"))
OPENED_WHILE_CLOSED = site(
    ("2026-09-03", "2027-09-04", "", "closed"),
    ("2027-09-05", "", "23:00-24:00", "back at work"),
)


@pytest.mark.parametrize(
    ("calendar", "term"),
    [
        pytest.param(CLOSED_FOR_GOOD, "8wh", id="working-hours-of-a-closed-site"),
        pytest.param(CLOSED_FOR_GOOD, "1wd", id="working-days-of-a-closed-site"),
        pytest.param(TWO_DAYS_MORE, "8wh", id="hours-after-more-than-a-year"),
        pytest.param(A_DAY_MORE, "1wd", id="days-after-more-than-a-year"),
    ],
)
def test_a_year_without_working_time_is_refused(
    calendar: SiteCalendar, term: str
) -> None:
    opened_at = local("2026-09-03 10:00", calendar)
    with pytest.raises(BadInput, match="no working time for a year before 2027-09-05"):
        due(opened_at, parse_term(term), calendar)


def test_what_a_closed_site_still_works_is_reckoned() -> None:
    opened_at = local("2026-09-03 10:00", CLOSED_FOR_GOOD)
    found = due(opened_at, parse_term("7wh"), CLOSED_FOR_GOOD)
    assert shown(found.due_at, FACTORY) == "2026-09-03 18:00"


def test_a_closure_of_a_year_may_be_outlasted() -> None:
    opened_at = local("2026-09-03 10:00", LAST_DAY)
    for term, expected in (("8wh", "2027-09-05 10:00"), ("1wd", "2027-09-05 18:00")):
        found = due(opened_at, parse_term(term), LAST_DAY)
        assert shown(found.due_at, LAST_DAY) == expected


def test_nor_is_it_a_year_by_the_hour_if_it_is_none_by_the_day() -> None:
    opened_at = local("2026-09-03 00:01", OPENED_WHILE_CLOSED)
    found = due(opened_at, parse_term("1wd"), OPENED_WHILE_CLOSED)
    assert shown(found.due_at, FACTORY) == "2027-09-06 00:00"
    assert shown(found.remind_50_at, FACTORY) == "2027-09-05 23:30"


@pytest.mark.parametrize(
    ("calendar", "at", "due_at", "left"),
    [
        pytest.param(
            FACTORY, "02 12:00", "03 18:00", timedelta(hours=13),
            id="the-rest-of-today-and-tomorrow",
        ),
        pytest.param(
            FACTORY, "03 18:00", "05 09:00", timedelta(), id="nothing-over-a-rest-day"
        ),
        pytest.param(
            FACTORY, "05 11:00", "03 18:00", timedelta(hours=-2),
            id="overdue-by-what-was-worked-since",
        ),
        pytest.param(
            FACTORY, "04 11:00", "03 18:00", timedelta(),
            id="overdue-but-nothing-was-worked-yet",
        ),
        pytest.param(
            NIGHT_SHIFT, "03 05:00", "03 23:00", timedelta(hours=2), id="two-nights"
        ),
        pytest.param(
            NO_SITE, "03 05:00", "04 05:00", timedelta(hours=24), id="without-a-site"
        ),
    ],
)  # fmt: skip
def test_working_time_left(
    calendar: SiteCalendar, at: str, due_at: str, left: timedelta
) -> None:
    now, then = (local(f"2026-09-{text}", calendar) for text in (at, due_at))
    assert working_left(now, then, calendar) == left
    assert worked_between(now, then, calendar) == max(left, timedelta())


def test_working_time_over_years_is_summed() -> None:
    since, until = (
        local("2026-09-03 00:00", FACTORY),
        local("2036-04-04 00:00", FACTORY),
    )
    # 500 weeks of six days, and one more Thursday.
    assert worked_between(since, until, FACTORY) == timedelta(hours=8 * 3001)


def test_working_time_across_a_change_of_clocks() -> None:
    since = local("2026-03-28 12:00", GERMAN)
    until = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
    assert worked_between(since, until, GERMAN) == timedelta(hours=23)
