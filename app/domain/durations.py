"""How long a promise may take: 30m, 4h, 14d, 2wd, 16wh; a law may say 3mo or 1y."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from app.domain.errors import BadInput

Unit = Literal["s", "m", "h", "d", "wd", "wh", "mo", "y"]

# The bare length of each, for comparing: eight working hours are a day, as a
# working day is; months have 30 days and years 365.
SECONDS: Final[dict[Unit, int]] = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "wd": 86400,
    "wh": 3 * 3600,
    "mo": 30 * 86400,
    "y": 365 * 86400,
}

LONGEST = timedelta(days=3660)  # ten years; longer is a slip of the pen

_PROMISE = re.compile(r"([0-9]{1,12})(s|m|h|d|wd|wh)")
_TERM = re.compile(r"([0-9]{1,12})(s|m|h|d|wd|wh|mo|y)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of one unit.

    s, m and h are real elapsed time, day and night; d are calendar days, mo
    months and y years at the same local time; wd are the site's working days
    and wh its working hours.
    """

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def elapsed(self) -> timedelta:
        """The bare length; only of s, m and h is it how long the time lasts."""
        return timedelta(seconds=self.amount * SECONDS[self.unit])


def parse_duration(text: str) -> Duration:
    """Read a promise, such as `30m` or `2wd`; at least 1, at most ten years."""
    return _read(
        text,
        _PROMISE,
        "such as 90s, 30m, 4h, 14d (calendar days), 2wd (working days) or 16wh"
        " (working hours)",
    )


def parse_term(text: str) -> Duration:
    """Read a term of the law: a promise, or calendar months or years."""
    return _read(
        text,
        _TERM,
        "such as 72h, 30d (calendar days), 7wd (working days), 3mo (calendar"
        " months) or 1y",
    )


def _read(text: str, written: re.Pattern[str], examples: str) -> Duration:
    found = written.fullmatch(text.strip())
    if found is None:
        raise BadInput(
            f"{text!r} is not a duration: write a whole number and a unit, {examples}"
        )
    unit = next(known for known in SECONDS if known == found[2])
    amount = int(found[1])
    if amount == 0:
        raise BadInput(f"{text!r} leaves no time at all: write at least 1{unit}")
    if amount * SECONDS[unit] > LONGEST.total_seconds():
        raise BadInput(f"{text!r} is longer than ten years: write a shorter time")
    return Duration(amount, unit)


def later_by(start: datetime, duration: Duration) -> datetime:
    """Return the same local time so many days, months or years later.

    A day that the month does not have is its last: a month after the 31st of
    January is the 28th, or the 29th, of February.
    """
    if duration.unit == "d":
        return start + timedelta(days=duration.amount)
    months = duration.amount * (12 if duration.unit == "y" else 1)
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > 9999:
        raise OverflowError("date value out of range")
    last = monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
