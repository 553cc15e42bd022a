"""Phone numbers as carriers write them."""

import re

E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# What carriers put where a number was withheld: ANONYMOUS, BLOCKED, RESTRICTED,
# UNKNOWN and UNAVAILABLE spelt on a keypad.
WITHHELD = frozenset({"266696687", "2562533", "7378742833", "8656696", "86282452253"})


def is_a_phone(raw: str) -> bool:
    """Tell whether `raw` is a number at which somebody could be called."""
    return bool(E164.fullmatch(raw)) and raw.removeprefix("+") not in WITHHELD


# How a mobile number is written at home, behind its leading 0 or nothing, and
# what stands before it abroad (ITU-T E.164; BTRC and TRAI numbering plans).
_AT_HOME = {
    "BD": ("+880", re.compile(r"0?(1[3-9][0-9]{8})")),
    "IN": ("+91", re.compile(r"0?([6-9][0-9]{9})")),
}


def prefix_of(country: str) -> str:
    """Return how a number begins there, such as +880; a plus sign elsewhere."""
    return _AT_HOME[country][0] if country in _AT_HOME else "+"


def phone_from(typed: str, country: str) -> str | None:
    """Return a phone as E.164, however a person wrote it; None where it is none.

    `typed` has ASCII digits. Without a country's prefix it is a mobile number
    of `country`, else of the one whose numbers look so: nobody can be texted
    on a landline.
    """
    plain = re.sub(r"[\s().\u2010-\u2015-]+", "", typed)
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    for prefix, at_home in _AT_HOME.values():
        # The prefix is often written without its plus sign.
        if plain.startswith(prefix[1:]) and at_home.fullmatch(plain[len(prefix) - 1 :]):
            plain = "+" + plain
    if plain.startswith("+"):
        return _checked(plain)
    for code in sorted(_AT_HOME, key=lambda each: each != country):
        prefix, at_home = _AT_HOME[code]
        found = at_home.fullmatch(plain)
        if found:
            return prefix + found[1]
    return None


def _checked(number: str) -> str | None:
    for prefix, at_home in _AT_HOME.values():
        if number.startswith(prefix):
            found = at_home.fullmatch(number.removeprefix(prefix))
            return prefix + found[1] if found else None
    return number if is_a_phone(number) else None
