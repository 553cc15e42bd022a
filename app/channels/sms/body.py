"""What a worker wrote, freed of what carriers do to it."""

import binascii
import re
from base64 import b64decode
from codecs import getincrementaldecoder

# Postgres text cannot hold NUL, and no handset types the other controls.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_SHORTEST_BASE64 = 60
_LETTERS_OR_ASCII = re.compile(
    "[\n\r\t -~"
    "\u0900-\u097f"  # Devanagari, with the danda that all our scripts share
    "\u0980-\u09ff"  # Bengali
    "\u0b80-\u0bff"  # Tamil
    "]"
)
_MOSTLY = 0.8
_UTF_8 = getincrementaldecoder("utf-8")


def clean_body(raw: str) -> str:
    """Return the text to keep: decoded where it came as base64, no controls.

    Nothing else is touched: spaces, joiners, direction marks and emoji are
    what the worker sent.
    """
    return without_controls(_out_of_base64(raw))


def without_controls(raw: str) -> str:
    """Return the text without what no handset types, its lines ended alike."""
    text = _CONTROLS.sub("", raw)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _out_of_base64(raw: str) -> str:
    """Undo the base64 in which Twilio now and then hands over a long text.

    Decoded only where the outcome is a text that somebody could have written,
    in ASCII or in a script of ours.
    """
    if len(raw) < _SHORTEST_BASE64 or len(raw) % 4 or not _BASE64.fullmatch(raw):
        return raw
    try:
        # The last letter may be cut in two where the text was cut.
        text = _UTF_8().decode(b64decode(raw, validate=True))
    except (binascii.Error, UnicodeDecodeError):
        return raw
    readable = len(_LETTERS_OR_ASCII.findall(text))
    is_text = not _CONTROLS.search(text) and readable >= _MOSTLY * len(text)
    return text if is_text else raw
