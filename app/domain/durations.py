"""How long a promise may take, as the policy writes it: 30m, 4h, 14d, 2wd."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from app.domain.errors import BadInput

Unit = Literal["s", "m", "h", "d", "wd"]

SECONDS: Final[dict[Unit, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400, "wd": 86400}

LONGEST = timedelta(days=3660)  # ten years; longer is a slip of the pen

_WRITTEN = re.compile(r"([0-9]{1,12})(s|m|h|d|wd)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of one unit.

    s, m and h are real elapsed time, day and night; d are calendar days at
    the same local time; wd are the site's working days.
    """

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def elapsed(self) -> timedelta:
        """The bare length; a rule about d or wd needs the calendar as well."""
        return timedelta(seconds=self.amount * SECONDS[self.unit])


def parse_duration(text: str) -> Duration:
    """Read `90s`, `30m`, `4h`, `14d` or `2wd`; at least 1, at most ten years."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise BadInput(
            f"{text!r} is not a duration: write a whole number and a unit,"
            " such as 90s, 30m, 4h, 14d (calendar days) or 2wd (working days)"
        )
    unit = next(known for known in SECONDS if known == found[2])
    amount = int(found[1])
    if amount == 0:
        raise BadInput(f"{text!r} leaves no time at all: write at least 1{unit}")
    if amount * SECONDS[unit] > LONGEST.total_seconds():
        raise BadInput(f"{text!r} is longer than ten years: write a shorter time")
    return Duration(amount, unit)
