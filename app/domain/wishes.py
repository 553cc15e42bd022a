"""When and how a person wants to be told, as they chose it."""

import re
from dataclasses import dataclass
from datetime import time

from app.domain.errors import BadInput
from app.domain.hours import DAY
from app.domain.quiet import Windows, parse_quiet, written

_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose; as it stands: everything at once, one way."""

    daily_at: time | None = None  # on their own clock
    quiet: Windows = ()
    by_text: bool = False  # a text message beside the mail, where it is urgent

    @property
    def can_wait(self) -> bool:
        return self.daily_at is not None or bool(self.quiet)


AT_ONCE = Wishes()


def parse_wishes(daily_at: str, quiet: str, *, by_text: bool) -> Wishes:
    """Read what somebody chose: `18:30` and `21:00-07:00`; blank is neither.

    An hour within the quiet hours would be none: it is refused.
    """
    daily = _parse_hour(daily_at.strip()) if daily_at.strip() else None
    windows = parse_quiet(quiet)
    if daily is not None and _is_within(daily, windows):
        raise BadInput("the daily hour lies in the quiet hours: choose one outside")
    return Wishes(daily, windows, by_text)


def spelt(wishes: Wishes) -> tuple[str, str]:
    """Return the two texts that `parse_wishes` reads as these."""
    daily = f"{wishes.daily_at:%H:%M}" if wishes.daily_at is not None else ""
    return daily, written(wishes.quiet)


def _parse_hour(text: str) -> time:
    found = _HOUR.fullmatch(text)
    if found is None:
        raise BadInput(f"{text!r} is no hour of the day: write 08:00 or 18:30")
    return time(int(found[1]), int(found[2]))


def _is_within(hour: time, windows: Windows) -> bool:
    minute = hour.hour * 60 + hour.minute
    return any(w.start <= m < w.end for w in windows for m in (minute, minute + DAY))
