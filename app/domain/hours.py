"""When a site works: windows of the day, for every weekday or for each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.errors import BadInput

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DAY = 24 * 60  # minutes

_TIME = r"([0-9]{1,2}):([0-9]{2})"
_WINDOW = re.compile(rf"{_TIME}\s*-\s*{_TIME}")


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes from midnight; an end after 1440 lies on the following date."""

    start: int
    end: int

    def __str__(self) -> str:
        end = self.end if self.end <= DAY else self.end - DAY
        return f"{_clock(self.start)}-{_clock(end)}"


@dataclass(frozen=True, slots=True)
class Hours:
    """The windows of each weekday, Monday first; none: not a working day."""

    by_weekday: tuple[tuple[Window, ...], ...]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(hour: str, minute: str, *, window: str, is_end: bool) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > DAY or (total == DAY and not is_end):
        raise BadInput(
            f"{window!r} holds a time that no clock shows: write times from"
            " 00:00 to 23:59; only an end may be 24:00"
        )
    return total


def _parse_window(text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise BadInput(
            f"{text!r} is not a window of working time: write its start and"
            " end, such as 09:00-13:00"
        )
    start = _minutes(found[1], found[2], window=text, is_end=False)
    end = _minutes(found[3], found[4], window=text, is_end=True)
    if start == end:
        raise BadInput(
            f"{text!r} starts and ends at the same time: for a whole day write"
            " 00:00-24:00"
        )
    # An end before the start is a night shift's, on the following date.
    return Window(start, end if end > start else end + DAY)


def _refuse_overlap(windows: Sequence[Window], tomorrow: Sequence[Window]) -> None:
    """Refuse a window that runs into the next one, also across midnight."""
    following = [Window(w.start + DAY, w.end + DAY) for w in tomorrow[:1]]
    for earlier, later in pairwise((*windows, *following)):
        if later.start < earlier.end:
            shown = later if later.start < DAY else tomorrow[0]
            raise BadInput(
                f"the windows {earlier} and {shown} overlap: let each end before"
                " the next one starts"
            )


def parse_windows(text: str) -> tuple[Window, ...]:
    """Read one day's windows, `09:00-13:00;14:00-18:00`, in their order.

    A window whose end is before its start ends on the following date;
    `24:00` ends a day. Overlapping windows are refused.
    """
    written = [part.strip() for part in re.split("[;,]", text) if part.strip()]
    if not written:
        raise BadInput("no window of working time: write one, such as 09:00-13:00")
    windows = sorted(map(_parse_window, written), key=lambda w: (w.start, w.end))
    _refuse_overlap(windows, ())
    return tuple(windows)


def _weekday(name: str) -> int:
    try:
        return WEEKDAYS.index(name.strip().lower())
    except ValueError:
        raise BadInput(
            f"{name!r} is not a weekday: write {', '.join(WEEKDAYS)}"
        ) from None


def _weekday_range(text: str) -> list[int]:
    """Read `thu` or `sat-wed`; a range goes round the end of the week."""
    first, dash, last = text.partition("-")
    start = _weekday(first)
    end = _weekday(last) if dash else start
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _by_weekday(groups: Iterable[str]) -> dict[int, tuple[Window, ...]]:
    found: dict[int, tuple[Window, ...]] = {}
    for group in groups:
        days, _, windows = group.partition(" ")
        if not days[0].isalpha() or not windows.strip():
            raise BadInput(
                f"{group!r} lacks its weekday or its windows: write"
                " sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00, with a comma"
                " between the windows of a day"
            )
        for weekday in [n for part in days.split(",") for n in _weekday_range(part)]:
            if weekday in found:
                raise BadInput(
                    f"{WEEKDAYS[weekday]} is given twice: put all its windows"
                    " behind one weekday, with a comma between them"
                )
            found[weekday] = parse_windows(windows)
    return found


def parse_hours(text: str) -> Hours:
    """Read a site's working hours in either of their two forms.

    One list for all working days, `09:00-13:00;14:00-18:00`, or one per
    weekday, `sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00`, where a
    weekday that is not named is not worked.
    """
    groups = [part.strip() for part in text.split(";") if part.strip()]
    if any(group[0].isalpha() for group in groups):
        named = _by_weekday(groups)
        hours = Hours(tuple(named.get(weekday, ()) for weekday in range(7)))
    else:
        hours = Hours((parse_windows(text),) * 7)
    for weekday, windows in enumerate(hours.by_weekday):
        _refuse_overlap(windows, hours.by_weekday[(weekday + 1) % 7])
    return hours


def parse_weekdays(text: str) -> frozenset[int]:
    """Read rest days, `fri` or `sun;sat`, Monday being 0; blank is none."""
    return frozenset(_weekday(part) for part in text.split(";") if part.strip())
