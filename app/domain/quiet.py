"""Quiet hours: when what is not a matter of danger waits for the morning."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.errors import BadInput
from app.domain.hours import DAY, WEEKDAYS, Hours, Window, parse_windows
from app.domain.reach import next_allowed

Windows = tuple[Window, ...]


def parse_quiet(text: str) -> Windows:
    """Read quiet hours such as 21:00-07:00; blank is none at all.

    A day must keep some time in which people may be told.
    """
    windows = parse_windows(text) if text.strip() else ()
    if windows and not any(_awake(windows).by_weekday):
        raise BadInput(f"{text!r} leaves no time of the day: nobody would be told")
    return windows


def written(windows: Windows) -> str:
    """Return the text that `parse_quiet` reads as these windows."""
    return ";".join(map(str, windows))


def after_quiet(at: datetime, zone: ZoneInfo, windows: Windows) -> datetime:
    """Return `at`, or the end of the quiet hours that it lies in."""
    if not windows:
        return at
    awake, now = _awake(windows), at.astimezone(zone)
    minute = now.hour * 60 + now.minute
    if any(w.start <= minute < w.end for w in awake.by_weekday[now.weekday()]):
        return at  # Nearly always so; what follows looks a week ahead.
    return next_allowed(at, zone, awake, None)


@lru_cache(maxsize=64)
def _awake(windows: Windows) -> Hours:
    """Return the rest of a day, which is every day's."""
    parts = [
        Window(max(w.start - shift, 0), min(w.end - shift, DAY))
        for w in windows
        for shift in (0, DAY)  # what runs past midnight is the next day's morning
    ]
    awake, free_from = [], 0
    for part in sorted((p for p in parts if p.start < p.end), key=lambda p: p.start):
        if free_from < part.start:
            awake.append(Window(free_from, part.start))
        free_from = max(free_from, part.end)
    if free_from < DAY:
        awake.append(Window(free_from, DAY))
    return Hours((tuple(awake),) * len(WEEKDAYS))
