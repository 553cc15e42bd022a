"""Cases, their clocks, their ledger and what was said."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Text,
    Uuid,
    text as sql,
)
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text


class Case(SQLModel, table=True):
    """One grievance. `detail` holds what only the rules read, never a word said."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "ix_cases_phone_tag",
            "phone_tag",
            postgresql_where=sql("phone_tag IS NOT NULL"),
        ),
        # How many cases of one kind a site has had of late.
        Index("ix_cases_site", "site", "category", "opened_at"),
        # What is open, the nearest date first: at one site, and everywhere.
        Index(
            "ix_cases_open_site",
            "site",
            "next_due_at",
            "id",
            postgresql_where=sql("closed_at IS NULL"),
        ),
        Index(
            "ix_cases_open_due",
            "next_due_at",
            "id",
            postgresql_where=sql("closed_at IS NULL"),
        ),
        # What was closed, the last first.
        Index(
            "ix_cases_closed",
            "closed_at",
            "id",
            postgresql_where=sql("closed_at IS NOT NULL"),
        ),
        Index(
            "ix_cases_desk",
            "next_due_at",
            "id",
            postgresql_where=sql("is_for_desk"),
        ),
        Index(
            "ix_cases_joined_to",
            "joined_to",
            postgresql_where=sql("joined_to IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    number: str = text(unique=True)
    pin_hash: bytes = sealed()
    data_key: bytes | None = sealed(nullable=True)  # wrapped; None: forgotten
    phone_tag: bytes | None = sealed(nullable=True)
    phone_sealed: bytes | None = sealed(nullable=True)
    contact_tag: bytes | None = sealed(nullable=True)  # of one that was only named
    site: str | None = text(nullable=True)
    country: str = text()
    category: str = text()
    severity: str = text()
    state: str = text()
    route: str = text()
    language: str = text()
    channel: str = text()
    hotline: str = text()
    policy_version: str = text()
    opened_at: datetime = instant()
    closed_at: datetime | None = instant(nullable=True)
    detail: dict[str, Any] = json()
    next_due_at: datetime | None = instant(nullable=True)  # of the running promises
    # Something of it waits for the partner: derived, for the list of what to read.
    is_for_desk: bool = Field(
        default=False, sa_column_kwargs={"server_default": "false"}
    )
    joined_to: UUID | None = Field(
        default=None, nullable=True
    )  # the case it is part of


class Deadline(SQLModel, table=True):
    __tablename__ = "deadline"
    __table_args__ = (
        # The sweep reads only this: rows that will yet come to something.
        Index(
            "ix_deadline_next_at",
            "next_at",
            postgresql_where=sql("next_at IS NOT NULL"),
        ),
    )

    case_id: UUID = Field(primary_key=True)
    name: str = text(primary_key=True)
    round: int = Field(primary_key=True)
    opened_at: datetime = instant()
    due_at: datetime = instant()
    remind_50_at: datetime | None = instant(nullable=True)
    remind_80_at: datetime | None = instant(nullable=True)
    next_at: datetime | None = instant(nullable=True)
    met_at: datetime | None = instant(nullable=True)
    missed_at: datetime | None = instant(nullable=True)
    # On what the due time rests; blank for clocks from before this was kept.
    promise: str = text(sa_column_kwargs={"server_default": ""})
    calendar: str = text(sa_column_kwargs={"server_default": ""})
    paused: int = Field(sa_column_kwargs={"server_default": "0"})


class LedgerEvent(SQLModel, table=True):
    """A link of the hash chain. No foreign key: it outlives a forgotten case."""

    __tablename__ = "ledger_event"
    __table_args__ = (Index("ix_ledger_event_case", "case_id", "seq"),)

    seq: int = Field(primary_key=True, sa_type=BigInteger)
    case_id: UUID
    at: datetime = instant()
    kind: str = text()
    leaf: bytes = sealed()  # commits to the salted facts
    hash: bytes = sealed()  # sha256(previous hash, seq, leaf)
    sealed: bytes = sealed()  # facts and salts under the case's key


class LedgerOffer(SQLModel, table=True):
    """Events on their way into the chain; empty outside of a transaction.

    A deferred trigger folds them in while the transaction commits, so that
    the lock on the head is never held while a client has the word.
    """

    __tablename__ = "ledger_offer"

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), primary_key=True)
    )
    case_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    ats: list[datetime] = Field(sa_type=ARRAY(DateTime(timezone=True)))
    kinds: list[str] = Field(sa_type=ARRAY(Text))
    leaves: list[bytes] = Field(sa_type=ARRAY(LargeBinary))
    sealeds: list[bytes] = Field(sa_type=ARRAY(LargeBinary))


class LedgerHead(SQLModel, table=True):
    """One row: how long the chain is and where it ends."""

    __tablename__ = "ledger_head"

    id: int = Field(primary_key=True, default=1)
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = sealed()


class Message(SQLModel, table=True):
    """What was said to or by the worker, sealed under the case's key."""

    __tablename__ = "message"

    case_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)  # grows with time
    at: datetime = instant()
    direction: str = text()  # in, out
    channel: str = text()
    body: bytes = sealed()
    by: UUID | None = Field(default=None, nullable=True)  # who wrote to the worker
    # Of a transcript the voice, of a release the last message that it looked at.
    about: UUID | None = Field(default=None, nullable=True)


class Escalation(SQLModel, table=True):
    """A rung climbed; the key makes each of them happen once."""

    __tablename__ = "escalation"
    __table_args__ = (Index("ix_escalation_site", "site", "clock", "at"),)

    case_id: UUID = Field(primary_key=True)
    clock: str = text(primary_key=True)
    round: int = Field(primary_key=True)
    rung: str = text(primary_key=True)
    reason: str = text(primary_key=True)
    at: datetime = instant()
    site: str | None = text(nullable=True)
    route: str = text()
    recipients: list[Any] = json()  # [{"kind": …, "key": …}]
    # Which rung of its ladder: the same people may stand on more than one.
    step: int = Field(primary_key=True, sa_column_kwargs={"server_default": "0"})
    answered_at: datetime | None = instant(nullable=True)
    answered_by: str | None = text(nullable=True)
