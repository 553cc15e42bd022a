"""Identifiers that grow with time, so that indexes grow at their end."""

import os
from datetime import datetime
from uuid import UUID


def new_id(at: datetime) -> UUID:
    """Return a version 7 UUID (RFC 9562) for a row made at `at`."""
    milliseconds = int(at.timestamp() * 1000)
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (7 << 76)
    return UUID(int=(value & ~(3 << 62)) | (2 << 62))
