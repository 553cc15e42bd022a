"""Sixty deadlines on real calendars, reckoned by hand and explained.

golden/calendars.toml are the calendars, golden/deadlines.csv the deadlines;
both say where their dates are from. A row that fails is not to be corrected
after the engine: reckon it again by hand, from what its last column says.
"""

import csv
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.deadlines import Span, due
from app.domain.durations import parse_term
from app.domain.hours import parse_hours, parse_weekdays, parse_windows

GOLDEN = Path(__file__).parent / "golden"
INSTANTS = ("due_at", "remind_50_at", "remind_80_at")


def _holiday(scope: str, row: dict[str, Any]) -> HolidayRow:
    hours = parse_windows(row["hours"]) if "hours" in row else None
    return HolidayRow(scope, row["day"], row.get("until"), row["name"], hours)


def _calendar(name: str, written: dict[str, Any]) -> SiteCalendar:
    zone = ZoneInfo(written["zone"])
    if "hours" not in written:
        return SiteCalendar.every_day(zone)
    return build_calendar(
        zone,
        parse_hours(written["hours"]),
        parse_weekdays(written["rest"]),
        [_holiday(name, row) for row in written.get("holidays", ())],
        (name,),
    )


CALENDARS = {
    name: _calendar(name, written)
    for name, written in tomllib.loads(
        (GOLDEN / "calendars.toml").read_text("utf-8")
    ).items()
}
with (GOLDEN / "deadlines.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


def pauses_of(text: str) -> list[Span]:
    return [
        (datetime.fromisoformat(since), datetime.fromisoformat(until))
        for since, until in (span.split("/") for span in text.split(";") if span)
    ]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_the_engine_agrees_with_the_hand(row: dict[str, str]) -> None:
    calendar = CALENDARS[row["calendar"]]
    found = due(
        datetime.fromisoformat(row["opened_at"]),
        parse_term(row["promise"]),
        calendar,
        pauses=pauses_of(row["pauses"]),
    )
    local = {
        name: getattr(found, name).astimezone(calendar.zone).isoformat()
        for name in INSTANTS
    }
    by_hand = {name: datetime.fromisoformat(row[name]).isoformat() for name in INSTANTS}
    assert local == by_hand, row["why"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_every_time_is_one_that_the_clock_on_the_wall_shows(
    row: dict[str, str],
) -> None:
    zone = CALENDARS[row["calendar"]].zone
    for name in ("opened_at", *INSTANTS):
        written = datetime.fromisoformat(row[name])
        there = written.astimezone(UTC).astimezone(zone)
        assert written.isoformat() == there.isoformat(), name


def test_the_table_holds_sixty_rows_of_every_kind() -> None:
    units = {row["promise"].lstrip("0123456789") for row in ROWS}
    assert units == {"s", "m", "h", "d", "wd", "wh", "mo", "y"}
    assert len(ROWS) == len({row["id"] for row in ROWS}) == 60
    assert {row["calendar"] for row in ROWS} == set(CALENDARS)
    assert sum(bool(row["pauses"]) for row in ROWS) >= 6
    assert all(row["why"].endswith(".") for row in ROWS)


@pytest.mark.parametrize(
    ("calendar", "closed"),
    [
        pytest.param("dhaka", (date(2026, 3, 19), date(2026, 3, 27)), id="eid-ul-fitr"),
        pytest.param("dhaka", (date(2026, 5, 25), date(2026, 5, 31)), id="eid-ul-azha"),
        pytest.param("tiruppur", (date(2026, 1, 14), date(2026, 1, 18)), id="pongal"),
        pytest.param(
            "tiruppur", (date(2026, 11, 6), date(2026, 11, 11)), id="deepavali"
        ),
    ],
)
def test_the_festivals_close_the_factory(
    calendar: str, closed: tuple[date, date]
) -> None:
    first, last = (day.toordinal() for day in closed)
    works = [
        CALENDARS[calendar].is_working(date.fromordinal(n))
        for n in range(first - 1, last + 2)
    ]
    assert works == [True, *[False] * (last - first + 1), True]
