"""How many SMS parts a text takes, counted as Twilio counts them.

GSM 03.38 septets where every character is in its alphabet, UCS-2 units
otherwise. One part holds 160 septets or 70 units; a part of several loses six
octets to the header that joins them: 153 or 67. No part ends inside an escape
pair or a grapheme, so 134 units of Bengali may need three parts.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a letter: two septets

ZWNJ, ZWJ = "\u200c", "\u200d"
REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
SKIN_TONES = range(0x1F3FB, 0x1F400)
TAGS = range(0xE0020, 0xE0080)


class Encoding(StrEnum):
    """What the parts are written in."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Segments:
    """The cost of a text: septets or UTF-16 units, and the parts they fill."""

    encoding: Encoding
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Count the parts of `text` as it stands; an empty message is one part.

    Normalise first: NFC takes some Bengali letters apart and adds units.
    """
    if all(char in GSM7_BASIC or char in GSM7_EXTENDED for char in text):
        costs = [1 + (char in GSM7_EXTENDED) for char in text]
        return _packed(Encoding.GSM7, costs, single=160, joined=153)
    costs = [_utf16_units(cluster) for cluster in graphemes(text)]
    return _packed(Encoding.UCS2, costs, single=70, joined=67)


def fits(text: str, parts: int) -> bool:
    """Whether `text` can be sent in at most so many parts."""
    return segments(text).parts <= parts


def graphemes(text: str) -> Iterator[str]:
    """Yield what a reader sees as one sign: a letter with all its marks.

    The extended clusters of UAX #29 before Unicode 15.1, as Twilio's counter
    has them: a virama ends a cluster. A carriage return and its line feed stay
    two signs, since that is how they are packed.
    """
    start = 0
    flags = list(accumulate(text, _flags_before, initial=0))
    for at in range(1, len(text)):
        if not _is_joined(text[at - 1], text[at], flags[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _flags_before(run: int, char: str) -> int:
    """Count regional indicators in a row: they pair off into flags."""
    return run + 1 if ord(char) in REGIONAL_INDICATORS else 0


def _is_joined(before: str, char: str, flags: int) -> bool:
    code = ord(char)
    if char in (ZWNJ, ZWJ) or unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return ord(before) >= 0x20
    if code in SKIN_TONES or code in TAGS:
        return True
    if before == ZWJ:
        # Only pictures are glued by a joiner; letters stay letters.
        return unicodedata.category(char) == "So"
    return code in REGIONAL_INDICATORS and flags % 2 == 1


def _utf16_units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _packed(
    encoding: Encoding, costs: list[int], *, single: int, joined: int
) -> Segments:
    units = sum(costs)
    if units <= single:
        return Segments(encoding, units, 1)
    parts, room = 1, joined
    for cost in costs:
        if cost > room:
            # A cluster longer than a whole part is cut like any other bytes.
            parts += -(-cost // joined)
            room = joined * -(-cost // joined)
        room -= cost
    return Segments(encoding, units, parts)
