"""The rooms: who may come in, what they chose, and what was done there."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text, texts


class Account(SQLModel, table=True):
    """How a person shows who she is; nothing of it opens without the keys."""

    __tablename__ = "account"

    person_id: UUID = Field(primary_key=True)
    password_hash: str | None = text(nullable=True)  # argon2id
    password_at: datetime | None = instant(nullable=True)
    totp_sealed: bytes | None = sealed(nullable=True)  # under the programme's key
    totp_step: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    takes_codes: bool  # a one-time code by text is her second factor
    pin_hash: bytes | None = sealed(nullable=True)  # for working by text
    language: str | None = text(nullable=True)  # her own choice for the rooms
    tries: int  # wrong passwords since the last right one
    tried_at: datetime | None = instant(nullable=True)
    code_tries: int = Field(sa_column_kwargs={"server_default": "0"})
    coded_at: datetime | None = instant(nullable=True)
    pin_tries: int = Field(sa_column_kwargs={"server_default": "0"})
    pin_tried_at: datetime | None = instant(nullable=True)
    pin_wrong: int = Field(sa_column_kwargs={"server_default": "0"})  # in a day
    pin_since: datetime | None = instant(nullable=True)  # when that day began
    created_at: datetime = instant()


class Invitation(SQLModel, table=True):
    """A link with which a person makes, or makes anew, her way in."""

    __tablename__ = "invitation"

    tag: bytes = sealed(primary_key=True)  # keyed hash of the link's secret
    person_id: UUID
    invited_by: UUID | None = Field(nullable=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(nullable=True)


class RoomSession(SQLModel, table=True):
    """One browser that has signed in; `is_whole`: with both factors."""

    __tablename__ = "room_session"
    __table_args__ = (Index("ix_room_session_person", "person_id"),)

    tag: bytes = sealed(primary_key=True)  # hash of the cookie
    id: UUID = Field(unique=True)
    person_id: UUID
    is_whole: bool
    device: str = text()  # "Firefox, Android": no more is kept
    created_at: datetime = instant()
    seen_at: datetime = instant()
    expires_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    detail: dict[str, Any] = json()


class KnownDevice(SQLModel, table=True):
    """A browser with which a person came in: others' wrong tries do not slow it."""

    __tablename__ = "known_device"

    tag: bytes = sealed(primary_key=True)  # hash of the cookie
    person_id: UUID = Field(primary_key=True)
    seen_at: datetime = instant()
    tries: int  # wrong ones with this browser since the last right one
    tried_at: datetime | None = instant(nullable=True)


class SignIn(SQLModel, table=True):
    """What happened at a person's door, for her own eyes."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person", "person_id", "at"),)

    id: UUID = Field(primary_key=True)
    person_id: UUID
    at: datetime = instant()
    kind: str = text()
    device: str = text()


class OneTimeCode(SQLModel, table=True):
    """Six digits that went out by text, until they are used or too old."""

    __tablename__ = "one_time_code"

    person_id: UUID = Field(primary_key=True)
    code_hash: bytes = sealed()
    created_at: datetime = instant()
    expires_at: datetime = instant()
    tries: int


class ApiToken(SQLModel, table=True):
    """A machine's way in, as one person, for some verbs, until a date."""

    __tablename__ = "api_token"

    id: UUID = Field(primary_key=True)
    tag: bytes = sealed(unique=True)
    person_id: UUID
    name: str = text()
    scopes: list[str] = texts()
    role: str = text()  # its owner's when it was made: with another it ends
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)


class ApiAct(SQLModel, table=True):
    """An act that a machine asked for under a key of its own: it is done once."""

    __tablename__ = "api_act"

    token_id: UUID = Field(primary_key=True)
    key: str = text(primary_key=True)
    request: bytes = sealed()  # hash of what was asked
    at: datetime = instant()
    status: int | None = Field(default=None, nullable=True)  # None: not known yet
    answer: str | None = text(nullable=True)


class Preference(SQLModel, table=True):
    """When and how a person wants to be told; no row: everything at once."""

    __tablename__ = "preference"

    person_id: UUID = Field(primary_key=True)
    daily_at: str | None = text(nullable=True)  # HH:MM, local; None: at once
    quiet: str | None = text(nullable=True)  # HH:MM-HH:MM, local
    by_text: bool  # a text message too, where something is urgent


class StaffList(SQLModel, table=True):
    """Which case a short number meant in the last list sent to a person."""

    __tablename__ = "staff_list"

    person_id: UUID = Field(primary_key=True)
    short: int = Field(primary_key=True)
    case_id: UUID
    at: datetime = instant()


class AuditEvent(SQLModel, table=True):
    """What was done to the programme itself; nothing changes or deletes it."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_at", "at"),)

    id: UUID = Field(primary_key=True)
    at: datetime = instant()
    person_id: UUID | None = Field(nullable=True)
    kind: str = text()
    through: str = text()
    detail: dict[str, Any] = json()


class BrandCase(SQLModel, table=True):
    """A brand was told of a case: from then on its room shows it."""

    __tablename__ = "brand_case"
    __table_args__ = (Index("ix_brand_case_brand", "brand", "told_at"),)

    case_id: UUID = Field(primary_key=True)
    brand: str = text(primary_key=True)
    told_at: datetime = instant()
    promised_at: datetime | None = instant(nullable=True)  # not to contact the factory
    promised_by: UUID | None = Field(nullable=True)
    leads_since: datetime | None = instant(nullable=True)


class BrandWord(SQLModel, table=True):
    """What one brand wrote to the others of a case, sealed."""

    __tablename__ = "brand_word"
    __table_args__ = (Index("ix_brand_word_case", "case_id", "at"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID
    at: datetime = instant()
    brand: str = text()
    person_id: UUID
    body: bytes = sealed()


class Remedy(SQLModel, table=True):
    """One action of a remedy plan; what it is stands sealed in `body`."""

    __tablename__ = "remedy"
    __table_args__ = (Index("ix_remedy_case", "case_id", "at"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID
    at: datetime = instant()
    by: UUID
    root_cause: str = text()
    owner: str = text()
    due_on: date
    state: str = text()  # planned, done, dropped; done and confirmed: `confirmed_at`
    beneficiaries: int | None
    body: bytes = sealed()
    done_at: datetime | None = instant(nullable=True)
    confirmed_at: datetime | None = instant(nullable=True)
    kind: str = text(sa_column_kwargs={"server_default": "other"})
    amount: Decimal | None
    currency: str | None = text(nullable=True)


class HookAttempt(SQLModel, table=True):
    """One try at a brand's webhook, for the brand to see."""

    __tablename__ = "hook_attempt"
    __table_args__ = (Index("ix_hook_attempt_brand", "brand", "at"),)

    id: UUID = Field(primary_key=True)
    owed_id: UUID
    brand: str = text()
    at: datetime = instant()
    type: str = text()
    status: str = text()  # the far side's number, or what came in its stead
    milliseconds: int | None


class CommitteeRule(SQLModel, table=True):
    """What a committee must be there: scope is a site, region, country or *."""

    __tablename__ = "committee_rule"

    scope: str = text(primary_key=True)
    body: str = text(primary_key=True)  # committee, internal_committee, …
    fewest: int | None
    fewest_workers: int | None
    women_percent: int | None
    quorum: int | None
    parity: str = text()  # blank, equal, workers_not_fewer
    source: str = text()
