"""Which quarters are over, and therefore told of."""

from collections.abc import Iterable
from datetime import date

_MONTHS = 3


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + _MONTHS - 1) // _MONTHS}"


def closed_quarters(named: Iterable[str], today: date) -> frozenset[str]:
    """Return every quarter before today's, from the first that is named on.

    `named`: quarters or years in which anything is counted.
    """
    first = min((f"{one}-Q1"[:7] for one in named), default=quarter_of(today))
    return frozenset(
        quarter
        for year in range(int(first[:4]), today.year + 1)
        for number in range(1, 5)
        if first <= (quarter := f"{year}-Q{number}") < quarter_of(today)
    )
