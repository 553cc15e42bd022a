"""When promises fall due: working days, nights, holidays, pauses, clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.deadlines import due, explain
from app.domain.durations import parse_duration
from app.domain.errors import BadInput
from app.domain.hours import parse_hours, parse_windows

DHAKA, BERLIN = ZoneInfo("Asia/Dhaka"), ZoneInfo("Europe/Berlin")
FRIDAY_REST = frozenset({4})


def site(
    *holidays: tuple[str, str, str, str], hours: str = "09:00-13:00;14:00-18:00"
) -> SiteCalendar:
    """Build a factory in Dhaka; a holiday is first day, last day, hours, name."""
    rows = [
        HolidayRow(
            "BD",
            date.fromisoformat(first),
            date.fromisoformat(last) if last else None,
            name,
            parse_windows(windows) if windows else None,
        )
        for first, last, windows, name in holidays
    ]
    return build_calendar(DHAKA, parse_hours(hours), FRIDAY_REST, rows, ("BD",))


def local(text: str, calendar: SiteCalendar) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone).astimezone(UTC)


def shown(at: datetime, calendar: SiteCalendar) -> str:
    return at.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M")


FACTORY = site()
NIGHT_SHIFT = site(hours="22:00-06:00")
SHORT_THURSDAY = site(hours="sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00")
TO_MIDNIGHT = site(hours="16:00-24:00")
SATURDAY_EID = site(("2026-09-05", "", "", "Eid"))
RAMADAN = site(("2026-02-18", "2026-03-19", "08:00-14:30", "Ramadan"))
EID_WEEK = site(("2026-05-26", "2026-06-01", "", "Eid-ul-Azha"))
WORKED_FRIDAY = site(("2026-09-04", "", "09:00-17:00", "in exchange for the 12th"))
NO_SITE = SiteCalendar.every_day(DHAKA)
GERMAN = SiteCalendar.every_day(BERLIN)


# In September 2026 the 3rd is a Thursday.
@pytest.mark.parametrize(
    ("calendar", "opened", "duration", "expected", "skipped"),
    [
        pytest.param(
            FACTORY, "2026-09-05 10:00", "1wd", "2026-09-06 18:00",
            ["05 opening day"], id="the-opening-date-never-counts",
        ),
        pytest.param(
            FACTORY, "2026-09-03 00:01", "1wd", "2026-09-05 18:00",
            ["03 opening day", "04 weekly rest"], id="friday-does-not-count",
        ),
        pytest.param(
            FACTORY, "2026-09-03 23:55", "1wd", "2026-09-05 18:00",
            ["03 opening day", "04 weekly rest"], id="midnight-is-treated-like-noon",
        ),
        pytest.param(
            FACTORY, "2026-09-04 11:00", "1wd", "2026-09-05 18:00",
            ["04 opening day"], id="opened-on-the-rest-day",
        ),
        pytest.param(
            FACTORY, "2026-09-02 09:00", "5wd", "2026-09-08 18:00",
            ["02 opening day", "04 weekly rest"], id="five-working-days",
        ),
        pytest.param(
            SATURDAY_EID, "2026-09-03 10:00", "1wd", "2026-09-06 18:00",
            ["03 opening day", "04 weekly rest", "05 Eid"], id="a-holiday-moves-it-on",
        ),
        pytest.param(
            WORKED_FRIDAY, "2026-09-03 10:00", "1wd", "2026-09-04 17:00",
            ["03 opening day"], id="a-worked-friday-counts-with-its-own-hours",
        ),
        pytest.param(
            NIGHT_SHIFT, "2026-09-02 12:00", "1wd", "2026-09-04 06:00",
            ["02 opening day"], id="thursday-night-ends-on-friday-and-is-thursday's",
        ),
        pytest.param(
            NIGHT_SHIFT, "2026-09-03 02:00", "1wd", "2026-09-06 06:00",
            ["03 opening day", "04 weekly rest"], id="opened-on-the-eve's-night-shift",
        ),
        pytest.param(
            SHORT_THURSDAY, "2026-09-02 10:00", "1wd", "2026-09-03 13:00",
            ["02 opening day"], id="a-short-thursday-ends-at-one",
        ),
        pytest.param(
            TO_MIDNIGHT, "2026-09-05 10:00", "1wd", "2026-09-07 00:00",
            ["05 opening day"], id="a-day-may-end-at-24-00",
        ),
        pytest.param(
            RAMADAN, "2026-02-18 10:00", "2wd", "2026-02-21 14:30",
            ["18 opening day", "20 weekly rest"], id="ramadan-keeps-the-rest-day",
        ),
        pytest.param(
            RAMADAN, "2026-03-19 10:00", "1wd", "2026-03-21 18:00",
            ["19 opening day", "20 weekly rest"], id="after-ramadan-the-usual-hours",
        ),
        pytest.param(
            EID_WEEK, "2026-05-25 16:00", "1wd", "2026-06-02 18:00",
            [
                "25 opening day", "26 Eid-ul-Azha", "27 Eid-ul-Azha", "28 Eid-ul-Azha",
                "29 weekly rest", "30 Eid-ul-Azha", "31 Eid-ul-Azha", "01 Eid-ul-Azha",
            ],
            id="the-week-of-eid-does-not-count",
        ),
        pytest.param(
            FACTORY, "2028-02-28 10:00", "1wd", "2028-02-29 18:00",
            ["28 opening day"], id="a-leap-day-is-a-day-like-another",
        ),
        pytest.param(
            NO_SITE, "2026-09-03 10:00", "3wd", "2026-09-07 00:00",
            ["03 opening day"], id="without-a-site-every-day-counts",
        ),
        pytest.param(
            EID_WEEK, "2026-05-25 16:00", "14d", "2026-06-08 16:00",
            [], id="calendar-days-know-no-holiday",
        ),
        pytest.param(
            FACTORY, "2028-02-28 09:15", "1d", "2028-02-29 09:15",
            [], id="a-day-before-the-leap-day",
        ),
        pytest.param(
            FACTORY, "2028-02-29 09:15", "365d", "2029-02-28 09:15",
            [], id="365-days-after-the-leap-day",
        ),
        pytest.param(
            FACTORY, "2026-09-03 23:30", "4h", "2026-09-04 03:30",
            [], id="an-s1-clock-runs-through-the-night-and-the-rest-day",
        ),
        pytest.param(
            EID_WEEK, "2026-05-25 23:00", "24h", "2026-05-26 23:00",
            [], id="an-s1-clock-runs-through-eid",
        ),
        pytest.param(
            FACTORY, "2026-09-03 23:59", "120s", "2026-09-04 00:01",
            [], id="seconds",
        ),
        pytest.param(
            GERMAN, "2026-03-28 12:00", "24h", "2026-03-29 13:00",
            [], id="24-hours-are-real-hours-when-clocks-go-forward",
        ),
        pytest.param(
            GERMAN, "2026-03-28 12:00", "1d", "2026-03-29 12:00",
            [], id="a-day-ends-at-the-same-wall-clock-time",
        ),
        pytest.param(
            GERMAN, "2026-10-24 12:00", "24h", "2026-10-25 11:00",
            [], id="24-hours-are-real-hours-when-clocks-go-back",
        ),
        pytest.param(
            GERMAN, "2026-10-24 12:00", "1d", "2026-10-25 12:00",
            [], id="a-day-may-have-25-hours",
        ),
        pytest.param(
            GERMAN, "2026-03-28 02:30", "1d", "2026-03-29 03:30",
            [], id="a-due-time-that-never-happens-is-an-hour-later",
        ),
        pytest.param(
            GERMAN, "2026-03-28 12:00", "1wd", "2026-03-30 00:00",
            ["28 opening day"], id="the-working-day-of-23-hours-ends-at-midnight",
        ),
    ],
)  # fmt: skip
def test_due(
    calendar: SiteCalendar,
    opened: str,
    duration: str,
    expected: str,
    skipped: list[str],
) -> None:
    found = explain(local(opened, calendar), parse_duration(duration), calendar)
    assert shown(found.due_at, calendar) == expected
    assert [f"{s.date:%d} {s.reason}" for s in found.skipped] == skipped


@pytest.mark.parametrize(
    ("duration", "pauses", "expected", "skipped"),
    [
        pytest.param(
            "4h", [("03 11:00", "03 12:00")], "03 15:00", ["03 pause"],
            id="an-hour-of-pause-is-an-hour-later",
        ),
        pytest.param(
            "4h", [("03 14:00", "03 16:00")], "03 14:00", [],
            id="a-pause-that-starts-as-it-falls-due-moves-nothing",
        ),
        pytest.param(
            "1d", [("04 10:00", "04 12:00")], "04 10:00", [],
            id="nor-does-it-move-a-calendar-day",
        ),
        pytest.param(
            "4h", [("03 11:00", "03 12:00"), ("03 14:30", "03 15:30")], "03 16:00",
            ["03 pause"], id="a-second-pause-within-the-time-that-the-first-added",
        ),
        pytest.param(
            "4h", [("03 11:00", "03 12:30"), ("03 12:00", "03 13:00")], "03 16:00",
            ["03 pause"], id="time-in-two-pauses-is-closed-once",
        ),
        pytest.param(
            "4h", [("01 10:00", "02 10:00")], "03 14:00", [],
            id="a-pause-before-the-opening-moves-nothing",
        ),
        pytest.param(
            "14d", [("05 08:00", "07 08:00")], "19 10:00",
            ["05 pause", "06 pause", "07 pause"], id="days-move-by-the-pause",
        ),
        pytest.param(
            "14d", [("05 08:00", "15 08:00")], "24 10:00",
            [f"{day:02} pause" for day in range(5, 13)],
            id="a-pause-counts-for-seven-days-at-most",
        ),
        pytest.param(
            "14d", [("04 08:00", "09 08:00"), ("10 08:00", "15 08:00")], "24 10:00",
            [f"{day:02} pause" for day in range(4, 13)],
            id="all-pauses-together-count-for-seven-days",
        ),
        pytest.param(
            "1wd", [("05 09:00", "05 18:00")], "06 18:00",
            ["03 opening day", "04 weekly rest", "05 pause"],
            id="a-day-whose-working-time-is-paused-is-no-working-day",
        ),
        pytest.param(
            "1wd", [("05 09:00", "05 13:00"), ("05 14:00", "05 18:00")], "06 18:00",
            ["03 opening day", "04 weekly rest", "05 pause"],
            id="two-pauses-may-cover-a-day's-working-time-together",
        ),
        pytest.param(
            "1wd", [("03 08:00", "03 20:00")], "05 18:00",
            ["03 opening day", "04 weekly rest"],
            id="the-opening-date-counts-no-less-for-being-paused",
        ),
        pytest.param(
            "1wd", [("05 09:01", "05 18:00")], "05 18:00",
            ["03 opening day", "04 weekly rest"],
            id="a-minute-of-working-time-left-makes-it-count",
        ),
        pytest.param(
            "1wd", [("05 00:00", "20 00:00")], "12 18:00",
            [
                "03 opening day", "04 weekly rest",
                *(f"{day:02} pause" for day in range(5, 11)), "11 weekly rest",
            ],
            id="a-long-pause-stops-working-days-for-a-week-only",
        ),
    ],
)  # fmt: skip
def test_pauses_are_closed_time(
    duration: str, pauses: list[tuple[str, str]], expected: str, skipped: list[str]
) -> None:
    opened_at = local("2026-09-03 10:00", FACTORY)
    spans = [
        (local(f"2026-09-{start}", FACTORY), local(f"2026-09-{end}", FACTORY))
        for start, end in pauses
    ]
    found = explain(opened_at, parse_duration(duration), FACTORY, pauses=spans)
    assert shown(found.due_at, FACTORY) == f"2026-09-{expected}"
    assert [f"{s.date:%d} {s.reason}" for s in found.skipped] == skipped


@pytest.mark.parametrize(
    ("calendar", "opened", "duration", "pauses", "fifty", "eighty"),
    [
        pytest.param(
            FACTORY, "03 20:00", "10h", [], "04 01:00", "04 04:00",
            id="by-the-clock-night-and-rest-day-alike",
        ),
        pytest.param(
            FACTORY, "03 23:00", "1wd", [], "05 13:00", "05 16:24",
            id="by-working-time-never-at-night",
        ),
        pytest.param(
            FACTORY, "03 10:00", "1wd", [], "05 09:30", "05 15:00",
            id="the-rest-of-the-opening-day-is-working-time",
        ),
        pytest.param(
            NIGHT_SHIFT, "03 02:00", "1wd", [], "04 04:00", "06 02:00",
            id="the-night-shift-at-work-when-it-opened-is-working-time",
        ),
        pytest.param(
            FACTORY, "03 10:00", "4h", [("03 11:00", "03 12:00")],
            "03 13:00", "03 14:12", id="paused-time-does-not-go-by",
        ),
        pytest.param(
            FACTORY, "03 18:00", "1wd", [("05 09:00", "05 13:00")],
            "05 16:00", "05 17:12", id="paused-working-time-does-not-go-by",
        ),
    ],
)  # fmt: skip
def test_reminders_at_50_and_80_per_cent(
    calendar: SiteCalendar,
    opened: str,
    duration: str,
    pauses: list[tuple[str, str]],
    fifty: str,
    eighty: str,
) -> None:
    def september(text: str) -> datetime:
        return local(f"2026-09-{text}", calendar)

    spans = [(september(start), september(end)) for start, end in pauses]
    found = due(september(opened), parse_duration(duration), calendar, pauses=spans)
    assert (found.remind_50_at, found.remind_80_at) == (
        september(fifty),
        september(eighty),
    )


def test_a_change_of_clocks_does_not_shift_reminders() -> None:
    opened_at = local("2026-03-28 12:00", GERMAN)
    found = due(opened_at, parse_duration("1d"), GERMAN)  # 23 real hours
    assert shown(found.remind_50_at, GERMAN) == "2026-03-28 23:30"


CLOSED_FOR_GOOD = site(("2026-09-05", "2060-01-01", "", "closed"))


@pytest.mark.parametrize(
    ("calendar", "opened_at", "duration", "advice"),
    [
        pytest.param(
            CLOSED_FOR_GOOD,
            datetime(2026, 9, 3, tzinfo=UTC),
            "1wd",
            "no working time for a year",
            id="a-calendar-that-runs-out",
        ),
        pytest.param(
            FACTORY,
            datetime(9999, 12, 30, tzinfo=UTC),
            "14d",
            "beyond the year 9999",
            id="the-end-of-time",
        ),
        pytest.param(
            FACTORY,
            datetime(2026, 9, 3),
            "4h",
            "no offset",
            id="a-time-without-an-offset",
        ),
    ],
)
def test_what_cannot_be_reckoned_is_refused(
    calendar: SiteCalendar, opened_at: datetime, duration: str, advice: str
) -> None:
    with pytest.raises(BadInput, match=advice):
        due(opened_at, parse_duration(duration), calendar)


def test_what_lies_before_a_closure_is_still_reckoned() -> None:
    found = due(
        local("2026-09-02 10:00", FACTORY), parse_duration("1wd"), CLOSED_FOR_GOOD
    )
    assert shown(found.due_at, FACTORY) == "2026-09-03 18:00"


def test_rest_days_of_many_years_do_not_add_up_to_a_closure() -> None:
    opened_at = local("2026-09-03 10:00", FACTORY)
    found = explain(opened_at, parse_duration("3000wd"), FACTORY)
    # 3000 working days at six a week: 500 weeks, of which Friday is skipped.
    assert shown(found.due_at, FACTORY) == "2036-04-03 18:00"
    assert len(found.skipped) == 501
