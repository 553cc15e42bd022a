"""Whether a site has any working time: one without it could miss no date."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.domain.calendar import YEAR, HolidayRow, Hours, SiteCalendar, build_calendar


class Calendars:
    """Looks for a year without working time, from `today` on.

    Most sites of a region share hours and holidays, so what was found for one
    of them is kept for the others.
    """

    def __init__(self, holidays: Iterable[HolidayRow], today: date) -> None:
        self._today = today
        self._by_scope: dict[str, list[HolidayRow]] = {}
        for row in holidays:
            self._by_scope.setdefault(row.scope, []).append(row)
        self._found: dict[tuple[object, ...], date | None] = {}

    def closed_from(
        self,
        zone: str,
        hours: Hours,
        weekly_rest: frozenset[int],
        scopes: Sequence[str],
    ) -> date | None:
        """Return the first day from which a year has no working time."""
        holding = tuple(s for s in dict.fromkeys(scopes) if s in self._by_scope)
        asked = (zone, hours, weekly_rest, holding)
        if asked not in self._found:
            rows = [row for scope in holding for row in self._by_scope[scope]]
            calendar = build_calendar(ZoneInfo(zone), hours, weekly_rest, rows, scopes)
            last = max((row.until or row.day for row in rows), default=self._today)
            self._found[asked] = first_closed_year(calendar, self._today, last)
        return self._found[asked]


def first_closed_year(calendar: SiteCalendar, today: date, last: date) -> date | None:
    """Return the first day of a year without working time; `last` ends the holidays.

    From a working day it looks a year ahead and goes back to the latest day
    that is worked: a closed year cannot lie in what was leapt over.
    """
    worked = today - timedelta(days=1)  # Not looked at; only where to start.
    while worked <= last:
        ahead = (worked + timedelta(days=n) for n in range(YEAR, 0, -1))
        latest = next((day for day in ahead if calendar.is_working(day)), None)
        if latest is None:
            return worked + timedelta(days=1)
        worked = latest
    return None
