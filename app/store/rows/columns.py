"""Column shapes that the tables share."""

from typing import Any

from sqlalchemy import ARRAY, DateTime, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def text(**kw: Any) -> Any:
    return Field(sa_type=Text, **kw)


def instant(**kw: Any) -> Any:
    """A moment, always aware, always stored as UTC."""
    return Field(sa_type=DateTime(timezone=True), **kw)


def sealed(**kw: Any) -> Any:
    """Ciphertext, or a keyed hash: never readable from the database alone."""
    return Field(sa_type=LargeBinary, **kw)


def texts(**kw: Any) -> Any:
    return Field(sa_type=ARRAY(Text), **kw)


def json(**kw: Any) -> Any:
    return Field(sa_type=JSONB, **kw)
