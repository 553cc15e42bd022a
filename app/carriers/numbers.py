"""Phone numbers as carriers write them."""

import re

from app.domain.phones import E164, phone_from, prefix_of

_PLAIN = re.compile(r"[\s().-]+")
_WITHOUT_PLUS = re.compile(r"[1-9][0-9]{10,14}")
_AT_HOME = re.compile(r"0([1-9][0-9]{7,10})")
ABROAD = "abroad"  # the home of who writes every number with its country, and no plus
_LONG = re.compile(r"[1-9][0-9]{8,14}")  # longer than any short code
# As mobiles of India are written at home, and whole numbers of other countries.
_MANIFOLD = re.compile(r"0?[6-9][0-9]{9}")


def number_from(raw: str, home: str) -> str:
    """Return a number as E.164 where that is certain; else as it came.

    `home` is the country whose national numbers may come, BD or IN, or `abroad`
    where none do; without it a mobile number of Bangladesh is known by its form.
    Short codes and names stay.
    """
    trimmed = raw.strip()
    plain = _PLAIN.sub("", trimmed)
    if re.fullmatch(r"00[1-9][0-9]{7,13}", plain):
        plain = "+" + plain[2:]
    if plain.startswith("+"):
        return plain if E164.fullmatch(plain) else trimmed
    if not (plain.isascii() and plain.isdigit()):
        return trimmed
    if home == ABROAD:
        return "+" + plain if _LONG.fullmatch(plain) else plain
    return _national(plain, home) or _international(plain) or plain


def _national(plain: str, home: str) -> str | None:
    if not home:
        return None if _MANIFOLD.fullmatch(plain) else phone_from(plain, home)
    mobile = phone_from(plain, home)
    if mobile and mobile.startswith(prefix_of(home)):
        return mobile
    other = _AT_HOME.fullmatch(plain)
    return prefix_of(home) + other[1] if other else None


def _international(plain: str) -> str | None:
    return "+" + plain if _WITHOUT_PLUS.fullmatch(plain) else None


def without_plus(number: str) -> str:
    return number.removeprefix("+")


def at_home(number: str) -> str:
    """Return a number as its own country writes it, with 0 before it."""
    for country in ("BD", "IN"):
        if number.startswith(prefix_of(country)):
            return "0" + number.removeprefix(prefix_of(country))
    return number
