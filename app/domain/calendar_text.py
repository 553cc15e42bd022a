"""A site's calendar written down: one text a version, kept for ever.

A calendar changes when a site's hours, rest days or holidays are imported.
What a clock was reckoned on is kept beside it as the version's id, so that
its due time can be explained and reckoned again years later.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendar import HolidayRow, SiteCalendar
from app.domain.hours import Hours, Window
from app.domain.whole_number import whole_number

_MOST_VERSIONS = 10**9


@dataclass(frozen=True, slots=True)
class CalendarText:
    """One version: since when it is known, and what it says."""

    since: datetime
    text: str


def version_of(id: str) -> tuple[str, int]:
    """Return the site, or zone, and the number of a version's id; 0 for none."""
    site, slash, number = id.rpartition("/")
    count = whole_number(number, most=_MOST_VERSIONS)
    if slash and count is not None and not id.startswith("zone:"):
        return site, count
    return id, 0


def calendar_text(calendar: SiteCalendar) -> str:
    """Return the calendar's one canonical text.

    Exceptions stand in the order in which they win, as the calendar has them.
    """
    raw = {
        "zone": calendar.zone.key,
        "hours": [_windows(windows) for windows in calendar.hours.by_weekday],
        "rest": sorted(calendar.weekly_rest),
        "days": [_day(row) for row in calendar.exceptions],
    }
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def parse_calendar(text: str) -> SiteCalendar:
    """Read what `calendar_text` wrote; the id is the caller's to set."""
    raw = json.loads(text)
    return SiteCalendar(
        zone=ZoneInfo(raw["zone"]),
        hours=Hours(tuple(_read_windows(day) for day in raw["hours"])),
        weekly_rest=frozenset(raw["rest"]),
        exceptions=tuple(map(_read_day, raw["days"])),
    )


def _windows(windows: tuple[Window, ...]) -> list[list[int]]:
    return [[window.start, window.end] for window in windows]


def _read_windows(raw: list[list[int]]) -> tuple[Window, ...]:
    return tuple(Window(start, end) for start, end in raw)


def _day(row: HolidayRow) -> dict[str, Any]:
    return {
        "scope": row.scope,
        "day": row.day.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "name": row.name,
        "hours": None if row.hours is None else _windows(row.hours),
    }


def _read_day(raw: dict[str, Any]) -> HolidayRow:
    return HolidayRow(
        scope=raw["scope"],
        day=date.fromisoformat(raw["day"]),
        until=date.fromisoformat(raw["until"]) if raw["until"] else None,
        name=raw["name"],
        hours=None if raw["hours"] is None else _read_windows(raw["hours"]),
    )
