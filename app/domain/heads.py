"""A head: what outsiders hold of the whole ledger, one an hour, all of one form.

It says nothing: not how many sites there are, nor cases, nor whether anything
happened. But whoever has one can tell, once a chain is shown, whether it is
still the chain of that hour.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

FORMAT = "threadline-head-1"
HOUR = timedelta(hours=1)
MOST_AT_ONCE = 24 * 31  # heads made up after an outage; older ones follow next time


@dataclass(frozen=True, slots=True)
class Head:
    """One head as it is signed."""

    number: int  # 1, 2, 3...: one that is missing shows
    hour: datetime  # it covers what was committed before it was made, not after
    key: str  # the id of the key that signs it
    previous: str  # digest of the head before it; blank for the first
    root: str

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        return _canonical(
            {
                "format": FORMAT,
                "hour": written_hour(self.hour),
                "key": self.key,
                "number": self.number,
                "previous": self.previous,
                "root": self.root,
            }
        )


def digest(body: bytes) -> str:
    """Return what the next head keeps of this one."""
    return hashlib.sha256(body).hexdigest()


def head_file(
    body: bytes, signature: bytes, timestamp: str | None = None
) -> dict[str, Any]:
    """Return the fields of a head as it is sent; the time stamp is not signed."""
    fields: dict[str, Any] = {**json.loads(body), "signature": signature.hex()}
    if timestamp is not None:
        fields["timestamp"] = timestamp
    return fields


def head_text(fields: Mapping[str, Any]) -> str:
    """Return a head as a file, or the line of a mail, has it."""
    return _canonical(fields).decode()


def full_hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def written_hour(hour: datetime) -> str:
    return hour.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z")


def hours_owed(last: datetime | None, at: datetime) -> Iterator[datetime]:
    """Yield the hours that have no head yet, the oldest first.

    The first head is of the hour in which the programme begins to make them.
    """
    newest = full_hour(at)
    hour = newest if last is None else last + HOUR
    for _ in range(MOST_AT_ONCE):
        if hour > newest:
            return
        yield hour
        hour += HOUR


def _canonical(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(
        fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()
