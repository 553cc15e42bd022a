"""Carriers of texts: claims without an id, registered texts, media to be fetched."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text as sql
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, sealed, text


class TextClaim(SQLModel, table=True):
    """A text without an id, or a phone that sent one; both under keyed hashes.

    Of words: when they first came, at which place among the phone's texts they last
    did, and when they were answered. Of a phone: when it last sent one, and how many
    so far.
    """

    __tablename__ = "text_claim"
    __table_args__ = (Index("ix_text_claim_at", "at"),)

    tag: str = text(primary_key=True)
    at: datetime = instant()
    n: int
    answered_at: datetime | None = instant(nullable=True)


class CarrierText(SQLModel, table=True):
    """The id under which a sentence is registered for a carrier's routes."""

    __tablename__ = "carrier_text"

    carrier: str = text(primary_key=True)
    text_id: str = text(primary_key=True)
    template_id: str = text()
    imported_at: datetime = instant()


class Medium(SQLModel, table=True):
    """A voice note or picture at the carrier.

    `state`: owed (to be fetched), kept, refused (nothing that can be kept), lost
    (the carrier never had it), gone (its case was forgotten). Whatever has a date
    and is not owed is to be deleted at the carrier.
    """

    __tablename__ = "medium"
    __table_args__ = (
        Index("ix_medium_case", "case_id"),
        Index(
            "ix_medium_next_at", "next_at", postgresql_where=sql("next_at IS NOT NULL")
        ),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID | None = Field(nullable=True)
    at: datetime = instant()
    kind: str = text()
    url_sealed: bytes | None = sealed(nullable=True)
    media_type: str = text()
    state: str = text()
    next_at: datetime | None = instant(nullable=True)
    lease_until: datetime | None = instant(nullable=True)
    attempt: int
    last_error: str | None = text(nullable=True)
