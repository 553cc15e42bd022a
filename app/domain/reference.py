"""Numbers that people write down: site codes, case numbers and PINs.

Site codes and case numbers end in a Damm check digit (H. M. Damm, "Total
anti-symmetrische Quasigruppen", 2004): every single wrong digit and every
swap of neighbours is caught. A PIN never passes the check, so that it cannot
be taken for a site code.
"""

from collections.abc import Callable, Container
from itertools import pairwise
from typing import Protocol

SITE_CODE_DIGITS = 6

# Damm's totally anti-symmetric quasigroup of order 10, row by interim digit.
_QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_DIGITS = frozenset("0123456789")


class Chance(Protocol):
    """Where random numbers come from: `random.SystemRandom` outside tests."""

    def randrange(self, start: int, stop: int, /) -> int: ...


def damm(digits: str) -> str:
    """Return the check digit that belongs after `digits` (ASCII digits only)."""
    interim = 0
    for digit in digits:
        interim = int(_QUASIGROUP[interim][int(digit)])
    return str(interim)


def is_valid(digits: str) -> bool:
    """Tell whether `digits` are ASCII digits that end in their check digit."""
    return bool(digits) and _DIGITS.issuperset(digits) and damm(digits) == "0"


def with_check(digits: str) -> str:
    return digits + damm(digits)


def new_case_number(random: Chance) -> str:
    """Return a fresh handle of 8 digits; it never starts with 0.

    Whether it is taken is the database's to say.
    """
    return with_check(str(random.randrange(1_000_000, 10_000_000)))


def new_pin(random: Chance) -> str:
    """Return a secret of 6 digits that is no site code and no first guess."""
    return _drawn(
        lambda: f"{random.randrange(0, 1_000_000):06d}",
        lambda pin: not is_valid(pin) and not _is_pattern(pin),
    )


def new_site_code(random: Chance, taken: Container[str]) -> str:
    """Return a code that may be issued and is not in `taken`.

    None starts with 0: a spreadsheet would drop it.
    """
    return _drawn(
        lambda: with_check(str(random.randrange(10_000, 100_000))),
        lambda code: is_issuable_code(code) and code not in taken,
    )


def _drawn(draw: Callable[[], str], is_fit: Callable[[str], bool]) -> str:
    while not is_fit(drawn := draw()):
        pass
    return drawn


def is_issuable_code(code: str) -> bool:
    return why_not_issuable(code) is None


def why_not_issuable(code: str) -> str | None:
    """Say why `code` may not be a site's code; None where it may.

    A code that could be an amount or a date would be found in texts that
    mean an amount or a date.
    """
    if len(code) != SITE_CODE_DIGITS or not _DIGITS.issuperset(code):
        return "a site code is six digits"
    if not is_valid(code):
        return f"the last digit should be {damm(code[:-1])}: one digit is wrong"
    if _is_pattern(code):
        return "codes of one digit repeated are never issued"
    if code.endswith("00"):
        return "codes that look like a round amount are never issued"
    if _looks_like_a_date(code):
        return "codes that look like a date are never issued"
    return None


def _is_pattern(digits: str) -> bool:
    """All the same, or each digit one more or one less than the one before."""
    steps = {int(b) - int(a) for a, b in pairwise(digits)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


def _looks_like_a_date(code: str) -> bool:
    """DDMMYY, MMDDYY or YYMMDD, whatever the year."""
    first, second, third = (int(code[at : at + 2]) for at in (0, 2, 4))
    return (
        _is_day_and_month(first, second)
        or _is_day_and_month(second, first)
        or _is_day_and_month(third, second)
    )


def _is_day_and_month(day: int, month: int) -> bool:
    return 1 <= day <= 31 and 1 <= month <= 12
