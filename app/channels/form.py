"""A provider's form as it was sent: every field, in order, blanks included.

The library parsers drop blank fields or merge repeated ones, and the
signature is over all of them.
"""

from urllib.parse import unquote_to_bytes


def read_form(body: bytes) -> tuple[tuple[str, str], ...]:
    """Read a urlencoded body; what is not UTF-8 becomes U+FFFD, never an error."""
    return tuple(
        (_decoded(name), _decoded(value))
        for name, _, value in (pair.partition(b"=") for pair in body.split(b"&"))
        if name or value
    )


def _decoded(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = unquote_to_bytes(raw)
    return raw.decode("utf-8", "replace")
