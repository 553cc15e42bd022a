"""The telephone: calls under way, recordings, prompts, and calls that we owe."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text as sql
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text


class Call(SQLModel, table=True):
    """One call, under a keyed hash of the carrier's id; gone by its date.

    `session` holds where the talk stands and no word that was said. The
    number is sealed, for a case that is opened when only a recording tells.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_phone_tag", "phone_tag", "heard_at"),
        Index("ix_call_expires_at", "expires_at"),
    )

    tag: bytes = sealed(primary_key=True)
    phone_tag: bytes | None = sealed(nullable=True)
    phone_sealed: bytes | None = sealed(nullable=True)  # under the programme's key
    dialled: str = text()
    direction: str = text()  # in, out
    owed_id: UUID | None = Field(nullable=True)  # the outbox row that rang
    case_id: UUID | None = Field(nullable=True)
    session: dict[str, Any] = json()
    pin_sealed: bytes | None = sealed(nullable=True)  # under the case's key
    started_at: datetime = instant()
    heard_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    expires_at: datetime = instant()


class Recording(SQLModel, table=True):
    """What a caller spoke: fetched, sealed, then deleted at the carrier.

    `state`: owed (to be fetched), kept, lost (the carrier never had it), gone
    (nobody wants it: its case was forgotten, or a speaker read it again).
    `sid_sealed` goes when the carrier's copy is gone. `prompt` is set where it
    is not a worker's: language/id of a prompt that a speaker recorded, told/id of
    a message to the worker that a person read aloud.
    """

    __tablename__ = "recording"
    __table_args__ = (
        Index("ix_recording_case", "case_id"),
        Index("ix_recording_call", "call_tag"),
        Index(
            "ix_recording_next_at",
            "next_at",
            postgresql_where=sql("next_at IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    tag: bytes = sealed(unique=True)  # keyed hash of the carrier's id
    call_tag: bytes = sealed()
    case_id: UUID | None = Field(nullable=True)
    prompt: str | None = text(nullable=True)  # language/id
    at: datetime = instant()
    seconds: int
    sid_sealed: bytes | None = sealed(nullable=True)  # under the programme's key
    audio: bytes | None = sealed(nullable=True)  # a WAV under the case's key
    size: int | None
    state: str = text()
    next_at: datetime | None = instant(nullable=True)  # fetch, then delete there
    lease_until: datetime | None = instant(nullable=True)
    attempt: int = Field(default=0)
    last_error: str | None = text(nullable=True)
    kept_at: datetime | None = instant(nullable=True)
    deleted_at: datetime | None = instant(nullable=True)


class RingBack(SQLModel, table=True):
    """A missed call that is to be returned, once a burst of rings."""

    __tablename__ = "ring_back"

    phone_tag: bytes = sealed(primary_key=True)
    phone_sealed: bytes = sealed()  # under the programme's key
    hotline: str = text()
    asked_at: datetime = instant()
    owed_id: UUID
    done_at: datetime | None = instant(nullable=True)


class Prompt(SQLModel, table=True):
    """A prompt that a person has spoken; it wins over any machine's voice."""

    __tablename__ = "prompt"

    language: str = text(primary_key=True)
    id: str = text(primary_key=True)
    text_hash: str = text()  # of the words that were read
    hash: str = text(unique=True)  # of the sound file; names its address
    audio: bytes = sealed()  # a WAV of 8 kHz; no secret
    seconds: float
    voice: str = text()
    at: datetime = instant()


class Studio(SQLModel, table=True):
    """Who may record prompts by phone, in which language, until when."""

    __tablename__ = "studio"

    code_hash: bytes = sealed(primary_key=True)
    language: str = text()
    voice: str = text()
    expires_at: datetime = instant()
