"""Bytes as letters that survive a screenshot, a printer and a keyboard.

The alphabet is Crockford's base 32: without I, L, O and U, so that what looks
alike is read alike.
"""

import unicodedata
from base64 import b32decode, b32encode

_RFC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648, as the standard library has it
_OURS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_OURS = str.maketrans(_RFC, _OURS)
_TO_RFC = str.maketrans(_OURS, _RFC)
_LOOKS_ALIKE = str.maketrans("OIL", "011")
# Blanks, line ends, dashes, and what is there but cannot be seen.
_BETWEEN = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
_ALSO_BETWEEN = frozenset("\t\n\v\f\r./\N{MINUS SIGN}")


def write(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").translate(_TO_OURS)


def read(letters: str) -> bytes | None:
    """Return the bytes that are written exactly so; None where there are none.

    The last letter has bits to spare: of the letters that would read the same,
    only the one that `write` gives is taken.
    """
    try:
        data = b32decode(letters.translate(_TO_RFC) + "=" * (-len(letters) % 8))
    except ValueError:
        return None
    return data if write(data) == letters else None


def fold(text: str) -> str:
    """Return the letters and digits of `text` as they are meant.

    In capitals, the digits of every script as 0 to 9, without what stands
    between them. A sign that is neither stays and spoils the reading.
    """
    return "".join(map(_folded, text))


def _folded(char: str) -> str:
    if char in _ALSO_BETWEEN or unicodedata.category(char) in _BETWEEN:
        return ""
    if char.isascii():
        return char.upper().translate(_LOOKS_ALIKE)
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
