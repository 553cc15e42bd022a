"""A case's number as somebody types it: grouped, in the digits of any script."""

DIGITS = 8
# What stands between the halves, and what else may be put there in its place.
_BETWEEN = " -_.\u00a0\u2010\u2011\u2012\u2013\u2014\u2212"
_MOST = 3 * DIGITS


def case_number(typed: str) -> str:
    """Return the eight digits that were meant; what is no number stays as it is."""
    if len(typed) > _MOST:
        return typed
    digits = [c for c in typed if c not in _BETWEEN]
    if len(digits) != DIGITS or not all(c.isdecimal() for c in digits):
        return typed
    return "".join(str(int(c)) for c in digits)
