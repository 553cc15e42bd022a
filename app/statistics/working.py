"""How much was worked between two instants, closed time left out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.calendar import SiteCalendar
from app.domain.deadlines import worked_between
from app.domain.spans import Span, merged

_HOUR = timedelta(hours=1)


def whole_hours(length: timedelta) -> int:
    """Return the hours, a started one as a whole one."""
    return -(-length // _HOUR)


def elapsed_hours(start: datetime, end: datetime) -> int:
    return whole_hours(max(end - start, timedelta()))


def worked_hours(
    start: datetime, end: datetime, calendar: SiteCalendar, closed: Iterable[Span] = ()
) -> int:
    """Return the whole hours worked from `start` to `end`, less the closed time."""
    worked = worked_between(start, end, calendar)
    for since, until in merged(closed):
        worked -= worked_between(max(since, start), min(until, end), calendar)
    return whole_hours(worked)
