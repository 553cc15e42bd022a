"""The sums behind a calendar: right at their seams, small, and no part of it."""

import pickle
import tracemalloc
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.deadlines import due, worked_between
from app.domain.durations import Duration
from app.domain.hours import parse_hours, parse_windows
from tests.domain.test_deadlines import DHAKA, FRIDAY_REST, local, shown

HONOLULU = ZoneInfo("Pacific/Honolulu")
FIVE_WINDOWS = parse_hours(
    "06:00-08:00;08:30-10:30;11:00-13:00;14:00-16:00;16:30-18:00"
)
HOLIDAYS = [
    HolidayRow(
        "BD",
        date(2026, 1, 4) + timedelta(days=6 * number),
        None,
        f"holiday {number}",
        parse_windows("09:00-12:00") if number % 5 == 0 else None,
    )
    for number in range(60)
]


def five_windows() -> SiteCalendar:
    return build_calendar(DHAKA, FIVE_WINDOWS, FRIDAY_REST, HOLIDAYS, ("BD",))


def daily(hours: str, zone: ZoneInfo = DHAKA) -> SiteCalendar:
    return build_calendar(zone, parse_hours(hours), frozenset(), (), ("BD",))


@pytest.mark.parametrize(
    ("hours", "zone", "end"),
    [
        pytest.param("09:00-13:00;14:00-18:00", DHAKA, "18:00", id="a-day"),
        pytest.param(
            "06:00-08:00;20:00-24:00;01:00-03:00", DHAKA, "00:00", id="to-midnight"
        ),
        # A block of UTC days is cut at six in the morning of Dhaka.
        pytest.param("04:00-12:00", DHAKA, "12:00", id="a-window-across-the-seam"),
        pytest.param(
            "06:00-14:00", DHAKA, "14:00", id="a-window-that-starts-on-the-seam"
        ),
        pytest.param(
            "22:00-06:00", DHAKA, "06:00", id="a-window-that-ends-on-the-seam"
        ),
        pytest.param("23:00-07:00", DHAKA, "07:00", id="a-night-shift-across-the-seam"),
        # Started two local dates before the block's first, and still at work in it.
        pytest.param("22:00-15:00", HONOLULU, "15:00", id="a-long-shift-far-west"),
    ],
)
def test_working_hours_end_with_their_day_wherever_a_block_ends(
    hours: str, zone: ZoneInfo, end: str
) -> None:
    calendar = daily(hours, zone)
    for number in range(200):
        windows = calendar.windows(date(2026, 1, 1) + timedelta(days=number))
        opens, closes = windows[0][0], windows[-1][1]
        worked = sum((end - start for start, end in windows), timedelta())
        wanted = Duration(worked // timedelta(hours=1), "wh")
        assert worked_between(opens, closes, calendar) == worked
        assert due(opens, wanted, calendar).due_at == closes
        assert shown(closes, calendar).endswith(end)


def test_what_was_forgotten_is_summed_again() -> None:
    calendar = daily("09:00-10:00")
    opened_at = local("2026-01-01 00:00", calendar)
    far = Duration(20_000, "wh")  # a working hour a day: more blocks than are kept
    first = due(opened_at, far, calendar).due_at
    assert shown(first, calendar) == "2080-10-03 10:00"
    assert due(opened_at, Duration(1, "wh"), calendar).due_at < first
    assert due(opened_at, far, calendar).due_at == first


def test_the_order_of_questions_does_not_matter() -> None:
    calendar, other = five_windows(), five_windows()
    openings = [
        datetime(2026, 1, 1, 7, tzinfo=UTC) + timedelta(days=3 * n) for n in range(120)
    ]
    wanted = Duration(9, "wh")
    forwards = [due(at, wanted, calendar) for at in openings]
    backwards = [due(at, wanted, other) for at in reversed(openings)]
    assert forwards == backwards[::-1]


def test_two_hundred_calendars_take_less_than_twenty_megabytes() -> None:
    calendars = [five_windows() for _ in range(10)]
    tracemalloc.start()
    try:
        for calendar in calendars:
            for number in range(24):
                at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=15 * number)
                due(at, Duration(2, "wd"), calendar)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 20e6 * len(calendars) / 200


def test_sums_are_no_part_of_a_calendar() -> None:
    calendar, fresh = five_windows(), five_windows()
    written = pickle.dumps(fresh)
    found = due(datetime(2026, 1, 1, tzinfo=UTC), Duration(20, "wd"), calendar)
    assert calendar == fresh
    assert hash(calendar) == hash(fresh)
    assert repr(calendar) == repr(fresh)
    assert pickle.dumps(calendar) == written
    for twin in (pickle.loads(written), copy(calendar), replace(calendar)):
        assert twin == calendar
        assert twin.timeline is not calendar.timeline
        again = due(datetime(2026, 1, 1, tzinfo=UTC), Duration(20, "wd"), twin)
        assert again == found


def test_a_calendars_id_is_its_name_and_not_what_it_is() -> None:
    named = replace(five_windows(), id="482170/3")
    assert named == five_windows()
    assert hash(named) == hash(five_windows())
    assert pickle.loads(pickle.dumps(named)).id == copy(named).id == "482170/3"
    assert SiteCalendar.every_day(DHAKA).id == "zone:Asia/Dhaka"
