"""What is remembered of a phone: never its number, only a keyed hash."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text


class Claim(SQLModel, table=True):
    """A provider's message id, kept for a year so that a repeat opens nothing.

    Kept as a keyed hash: else the provider's own log would join it to a phone.

    The first answer is kept for 48 hours, sealed under the case's key (under
    the programme's where no case came of it), then destroyed.
    """

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_at", "at", postgresql_using="brin"),)

    provider_id: str = text(primary_key=True)  # its keyed hash
    at: datetime = instant()
    case_id: UUID | None = Field(nullable=True)
    answer: bytes | None = sealed(nullable=True)


class Conversation(SQLModel, table=True):
    """Where the talk with a phone stands; expires by its date."""

    __tablename__ = "conversation"

    phone_tag: bytes = sealed(primary_key=True)
    case_id: UUID | None = Field(nullable=True)
    session: dict[str, Any] = json()
    heard_at: datetime = instant()
    expires_at: datetime = instant()


class OptOut(SQLModel, table=True):
    """A phone that asked for no more texts (STOP, or the carrier's 21610)."""

    __tablename__ = "opt_out"

    phone_tag: bytes = sealed(primary_key=True)
    at: datetime = instant()
    reason: str = text()


class PinTry(SQLModel, table=True):
    """A wrong PIN against a case; tries are slowed per case and overall.

    `is_own`: from the case's own phone. Strangers' tries never make that one
    wait, so that nobody can lock a worker out of their own case.
    """

    __tablename__ = "pin_try"
    __table_args__ = (
        Index("ix_pin_try_case", "case_id", "at"),
        Index("ix_pin_try_at", "at"),
    )

    id: int | None = Field(primary_key=True, default=None, sa_type=BigInteger)
    case_id: UUID
    at: datetime = instant()
    is_own: bool
    phone_tag: bytes | None = sealed(nullable=True)  # None: withheld, or not noted


class Callback(SQLModel, table=True):
    """A call by a person that was asked for; a partner makes it.

    `part` is when it suits: morning, afternoon, evening, any; None: not said.
    """

    __tablename__ = "callback"
    __table_args__ = (
        UniqueConstraint(
            "phone_tag",
            "case_id",
            name="uq_callback_phone_case",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: UUID = Field(primary_key=True)
    phone_tag: bytes = sealed()
    phone_sealed: bytes = sealed()  # under the programme's key
    case_id: UUID | None = Field(nullable=True)
    language: str = text()
    hotline: str = text()
    asked_at: datetime = instant()
    part: str | None = text(nullable=True)
    done_at: datetime | None = instant(nullable=True)
