"""The web form: talks by pages, and what workers sent along."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text


class Page(SQLModel, table=True):
    """One talk by pages, under a keyed hash of its token; gone by its date.

    `session` holds where the talk stands and no word that was said.
    """

    __tablename__ = "page"
    __table_args__ = (
        Index("ix_page_case", "case_id"),
        Index("ix_page_expires_at", "expires_at"),
    )

    tag: bytes = sealed(primary_key=True)
    case_id: UUID | None = Field(nullable=True)
    session: dict[str, Any] = json()
    pin_sealed: bytes | None = sealed(nullable=True)  # under the case's key
    heard_at: datetime = instant()
    expires_at: datetime = instant()


class Attachment(SQLModel, table=True):
    """A photo, voice or paper, written anew without what it told of its maker.

    `tag` is a keyed hash of the file as it came: sent twice, it is kept once.
    """

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("case_id", "tag"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID
    tag: bytes = sealed()
    at: datetime = instant()
    kind: str = text()  # photo, voice, paper
    media_type: str = text()
    size: int
    content: bytes | None = sealed(nullable=True)  # under the case's key
