"""Phone numbers as carriers write them."""

import re

E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# What carriers put where a number was withheld: ANONYMOUS, BLOCKED, RESTRICTED,
# UNKNOWN and UNAVAILABLE spelt on a keypad.
WITHHELD = frozenset({"266696687", "2562533", "7378742833", "8656696", "86282452253"})


def is_a_phone(raw: str) -> bool:
    """Tell whether `raw` is a number at which somebody could be called."""
    return bool(E164.fullmatch(raw)) and raw.removeprefix("+") not in WITHHELD
