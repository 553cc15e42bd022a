"""The alphabets in which carriers hand texts over."""

from collections.abc import Callable, Mapping

from app.domain.errors import BadInput
from app.wording.segments import Encoding, segments

# GSM 03.38 by code; the escape at 27 stands for the table behind it.
_GSM7 = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 27
_ESCAPED = {
    10: "\f",
    20: "^",
    40: "{",
    41: "}",
    47: "\\",
    60: "[",
    61: "~",
    62: "]",
    64: "|",
    101: "€",
}
_HEX = "-hex"


def is_gsm7(text: str) -> bool:
    """Tell whether every letter is in the alphabet of GSM 03.38."""
    return segments(text).encoding is Encoding.GSM7


def ucs2_hex(text: str) -> str:
    """Return a text as the hex of UTF-16, the higher byte first."""
    return text.encode("utf-16-be", "replace").hex().upper()


def as_bytes(value: str) -> bytes:
    """Return what stood on the wire, where a form's bytes were no UTF-8."""
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


def clean(value: str) -> str:
    """Return text that can be kept and sent on: no halves of a letter."""
    return as_bytes(value).decode("utf-8", "replace")


def decoded(value: str, alphabet: str, place: str) -> str:
    """Return the words; `BadInput` names the place where hex is none."""
    raw = as_bytes(value)
    if alphabet.endswith(_HEX):
        try:
            raw = bytes.fromhex(clean(value))
        except ValueError:
            raise BadInput(f"{place} is not hexadecimal") from None
    return _ALPHABETS[alphabet.removesuffix(_HEX)](raw)


def _from_gsm7(raw: bytes) -> str:
    if any(code >= len(_GSM7) for code in raw):
        return _from_some_other(raw)
    letters: list[str] = []
    is_escaped = False
    for code in raw:
        if is_escaped:
            # A phone shows the plain letter where it knows no escaped one.
            letters.append(_ESCAPED.get(code) or _letter(code))
        elif code != _ESCAPE:
            letters.append(_letter(code))
        is_escaped = code == _ESCAPE and not is_escaped
    return "".join(letters)


def _letter(code: int) -> str:
    return _GSM7[code] if code != _ESCAPE else "\ufffd"


def _from_some_other(raw: bytes) -> str:
    """Read what calls itself GSM-7 and has eight bits: gateways pass such on."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _by(codec: str) -> Callable[[bytes], str]:
    return lambda raw: raw.decode(codec, "replace")


_ALPHABETS: Mapping[str, Callable[[bytes], str]] = {
    "utf-8": _by("utf-8"),
    "ucs2": _by("utf-16-be"),
    "latin-1": _by("latin-1"),
    "windows-1252": _by("windows-1252"),
    "gsm7": _from_gsm7,
}
DECODINGS = frozenset(_ALPHABETS) | {name + _HEX for name in _ALPHABETS}
