"""Where a page of a list ended, as something that only we can read.

A reader's cursor holds the id of a case, and with it the minute in which the
worker complained, which a factory must not learn.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import BadInput
from app.store.sealing import CannotOpen, Keyring


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads which list: nobody else's cursor goes on with it, nor another's."""

    person_id: UUID
    name: str

    @property
    def context(self) -> str:
        return f"list|{self.person_id}|{self.name}"


def sealed(keyring: Keyring, reading: Reading, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    hidden = keyring.seal(cursor.encode(), reading.context)
    return urlsafe_b64encode(hidden).decode().rstrip("=")


def opened(keyring: Keyring, reading: Reading, sent: str | None) -> str | None:
    """Return the reader's cursor; `BadInput` for what we never gave."""
    if sent is None:
        return None
    try:
        hidden = urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
        return keyring.open(hidden, reading.context).decode()
    except (CannotOpen, binascii.Error, ValueError):
        raise BadInput("after: there is no such page. Begin at the top.") from None
