"""Phone numbers as carriers write them."""

import re

from app.domain.phones import E164, phone_from, prefix_of

_PLAIN = re.compile(r"[\s().-]+")
_WITHOUT_PLUS = re.compile(r"[1-9][0-9]{10,14}")
_AT_HOME = re.compile(r"0([1-9][0-9]{7,10})")


def number_from(raw: str, home: str) -> str:
    """Return a number as E.164 where that is certain; else as it came.

    `home` is the country whose national numbers may come, BD or IN; without it
    a mobile number of either is known by its form. Short codes and names stay.
    """
    trimmed = raw.strip()
    plain = _PLAIN.sub("", trimmed)
    if re.fullmatch(r"00[1-9][0-9]{7,13}", plain):
        plain = "+" + plain[2:]
    if plain.startswith("+"):
        return plain if E164.fullmatch(plain) else trimmed
    if not (plain.isascii() and plain.isdigit()):
        return trimmed
    return _national(plain, home) or _international(plain) or plain


def _national(plain: str, home: str) -> str | None:
    mobile = phone_from(plain, home)
    if not home:
        return mobile
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
