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


def country_of(number: str) -> str:
    """Return the country of a number in E.164, IN or BD; blank for any other."""
    found = [
        code for code, (prefix, _) in _AT_HOME.items() if number.startswith(prefix)
    ]
    return found[0] if found else ""


# How a country's code in E.164 is parted from the rest: these have one or two digits,
# all others three (ITU-T E.164, list of assigned codes).
_SHORT_CODES = re.compile(
    r"\+(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])"
)


def calling_code(number: str) -> str:
    """Return how every number of its country or network begins, such as +91.

    Satellites (+870, +881) and premium services (+979) have codes of their own.
    """
    short = _SHORT_CODES.match(number)
    return short[0] if short else number[:4]


def is_at_home(number: str, country: str, line: str) -> bool:
    """Tell whether a phone is one of those that a line serves.

    In India and Bangladesh `country` decides, wherever the line's number is;
    elsewhere the phone has the calling code of the line.
    """
    if country in _AT_HOME:
        return country_of(number) == country
    return line.startswith("+") and calling_code(number) == calling_code(line)


# Numbers that cost the caller nothing, with the prefix or as they are dialled at
# home: 1800 and, from abroad, 000800 in India; 0800 and 0803 in Bangladesh.
_TOLL_FREE = {
    "BD": re.compile(r"(?:\+880|0)80[03][0-9]{5,8}"),
    "IN": re.compile(r"(?:\+91)?(?:1800|000800)[0-9]{4,9}"),
}


def is_toll_free(number: str, country: str) -> bool:
    """Tell whether calling a number of India or Bangladesh costs nothing.

    `country` decides of a number that has no prefix; elsewhere nothing is known.
    """
    plan = _TOLL_FREE.get(country_of(number) or country)
    return plan is not None and plan.fullmatch(number) is not None


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


def shown_number(number: str) -> str:
    """Write a number as its country's own phones dial it, in groups.

    Bangladesh: 0 before it. India: mobile and toll-free numbers as they are,
    others with 0. Any other number keeps its + and its country's code.
    """
    home = number
    if re.fullmatch(r"\+880\d{8,10}", number):
        home = "0" + number.removeprefix("+880")
    elif re.fullmatch(r"\+91(1[68]\d{8,11}|[6-9]\d{9})", number):
        home = number.removeprefix("+91")
    elif re.fullmatch(r"\+91\d{10}", number):
        home = "0" + number.removeprefix("+91")
    return _grouped(home)


def _grouped(number: str) -> str:
    """Part the digits so that they can be kept in mind while they are typed."""
    sign, digits = number[: number.startswith("+")], number.lstrip("+")
    if len(digits) < 6:
        return number
    tail = [3, 3] if len(digits) in (6, 9, 11, 12) else [len(digits) // 2]
    if sign and len(digits) == 11:
        tail = [3, 3, 4]  # as North America writes it
    if digits.startswith("1800") and not sign:
        tail = [3, len(digits) - 7] if len(digits) > 8 else [len(digits) - 4]
    groups: list[str] = []
    for size in reversed(tail):
        groups.insert(0, digits[-size:])
        digits = digits[:-size]
    return sign + " ".join([digits, *groups] if digits else groups)
