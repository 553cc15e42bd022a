"""Times told no finer than may be: the minute of a complaint is nobody's there.

What is due so many hours or dates after a complaint came is due at its minute,
and who was on a break in that minute a factory may know. Whoever does not see
the moment (`Field.MOMENT`) is told of full hours, always the one before.
"""

from datetime import date, datetime, timedelta, tzinfo

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


def hour_of(at: datetime, zone: tzinfo) -> datetime:
    """Return the full hour that has begun at `at`, by the clocks of the place."""
    begun = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return begun.astimezone(at.tzinfo)


def shown_due(
    due_at: datetime, promise: str, zone: tzinfo, *, sees_moment: bool
) -> datetime:
    """Return a due time as it may be shown, and reckoned with.

    A promise in working days ends when the work does, whenever it was made.
    """
    if sees_moment or promise.endswith("wd"):
        return due_at
    return hour_of(due_at, zone)


def told_due(due_at: datetime, zone: tzinfo, since: datetime) -> date | datetime:
    """Return a due time as a message owed at `since` tells it.

    Its day; where that is less than a day ahead, the full hour. What ends with
    a day is told as of that day, though the clock shows the next.
    """
    hour = hour_of(due_at, zone)
    if since < due_at < since + _DAY:
        return hour
    return (hour - _INSTANT).astimezone(zone).date()
