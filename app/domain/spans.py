"""Closed time: a case's pauses, merged, capped, and taken out of other spans."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from app.domain.calendar import SiteCalendar, instant

Span = tuple[datetime, datetime]

LONGEST_PAUSE = timedelta(days=7)  # calendar days, all pauses of a case together


def wall(at: datetime, calendar: SiteCalendar) -> datetime:
    """Return what the calendar's clock shows at an instant, naive."""
    return at.astimezone(calendar.zone).replace(tzinfo=None, fold=0)


def capped(pauses: Sequence[Span], calendar: SiteCalendar) -> list[Span]:
    """Return the pauses merged, in order, cut off after seven calendar days."""
    left = LONGEST_PAUSE
    kept = []
    for since, until in merged(pauses):
        start, end = wall(since, calendar), wall(until, calendar)
        if end - start <= left:
            kept.append((since, until))
        elif left:
            kept.append((since, instant(start + left, calendar.zone)))
        left = max(left - max(end - start, timedelta()), timedelta())
    return kept


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in UTC and in order, each moment in one of them only."""
    return _joined((s.astimezone(UTC), e.astimezone(UTC)) for s, e in spans)


def walls(spans: Iterable[Span], calendar: SiteCalendar) -> list[Span]:
    """Return what the calendar's clock shows meanwhile, naive, and merged too.

    Where clocks go back it shows the same hour twice.
    """
    return _joined((wall(s, calendar), wall(e, calendar)) for s, e in spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def pushed(start: datetime, end: datetime, closed: Iterable[Span]) -> datetime:
    """Return where `end` comes to lie if no time from `start` on may be closed."""
    for since, until in closed:
        if since >= end:
            break
        end += max(until - max(since, start), timedelta())
    return end


def without(spans: Iterable[Span], closed: Iterable[Span]) -> list[Span]:
    """Return what is left of the spans outside the closed time."""
    kept = list(spans)
    for since, until in closed:
        kept = [
            part
            for start, end in kept
            for part in ((start, min(end, since)), (max(start, until), end))
            if part[0] < part[1]
        ]
    return kept


def length(spans: Iterable[Span]) -> timedelta:
    """Return how long the spans last together; they must not overlap."""
    return sum((end - start for start, end in spans), timedelta())
