"""Identifiers that grow with time, so that indexes grow at their end."""

import os
from datetime import datetime
from uuid import UUID

_MOST = 0xFFF  # what 12 bits can number


class _Numbering:
    """Numbers what one process makes for one millisecond."""

    def __init__(self) -> None:
        self._millisecond = -1
        self._number = 0

    def next(self, millisecond: int) -> int:
        if millisecond != self._millisecond:
            self._millisecond, self._number = millisecond, 0
        elif self._number < _MOST:
            self._number += 1
        return self._number


_numbering = _Numbering()


def new_id(at: datetime) -> UUID:
    """Return a version 7 UUID (RFC 9562) for a row made at `at`.

    Of one moment, a process's ids sort as they were made (its method 1, 12
    bits), so that what falls due first also goes out first; 62 bits are chance.
    """
    milliseconds = int(at.timestamp() * 1000)
    number = _numbering.next(milliseconds)
    chance = int.from_bytes(os.urandom(8), "big") & ~(3 << 62) | (2 << 62)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (number << 64) | chance)
