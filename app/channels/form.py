"""A provider's form as it was sent: every field, in order, blanks included.

The library parsers drop blank fields or merge repeated ones, and the
signature is over all of them.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote_to_bytes
from uuid import UUID

UUID_FORM = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


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


def read_query(query: bytes) -> Mapping[str, str]:
    """Read what we put into an address ourselves; a name given twice says nothing."""
    given = parse_qs(query.decode("latin-1"))
    return {name: values[0] for name, values in given.items() if len(values) == 1}


def owed_id_in(query: Mapping[str, str]) -> UUID | None:
    """Return the debt that an address names by `m`, if it is one."""
    named = query.get("m", "")
    return UUID(named) if re.fullmatch(UUID_FORM, named) else None


def is_uuid(written: str) -> bool:
    """Tell whether an id is one as Somleng gives them, and Twilio does not."""
    return re.fullmatch(UUID_FORM, written) is not None
