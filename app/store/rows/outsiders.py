"""The ledger for outsiders: its chains, its heads, and who took what away."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text as sql
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text, texts


class ProgrammeKey(SQLModel, table=True):
    """One row: the key of the events that belong to no case, wrapped."""

    __tablename__ = "programme_key"

    id: int = Field(primary_key=True, default=1)
    data_key: bytes = sealed()


class LedgerChain(SQLModel, table=True):
    """One chain for each site; one for what has no site yet, one of the programme."""

    __tablename__ = "ledger_chain"
    __table_args__ = (
        UniqueConstraint("position", name="uq_ledger_chain_position"),
        Index("uq_ledger_chain_of", "kind", sql("coalesce(site, '')"), unique=True),
    )

    id: int = Field(primary_key=True)
    kind: str = text()  # site, unplaced, programme
    site: str | None = text(nullable=True)
    position: int  # drawn by lot: a path to the root tells no order of joining


class LedgerLink(SQLModel, table=True):
    """The n-th leaf of a chain is the leaf of event `seq`."""

    __tablename__ = "ledger_link"
    __table_args__ = (UniqueConstraint("seq", "chain", name="uq_ledger_link_seq"),)

    chain: int = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)


class LedgerTip(SQLModel, table=True):
    """Where a chain ended at a head; a chain that had not grown has no row."""

    __tablename__ = "ledger_tip"

    chain: int = Field(primary_key=True)
    head: int = Field(primary_key=True, sa_type=BigInteger)
    n: int = Field(sa_type=BigInteger)
    tip: bytes = sealed()


class LedgerRoot(SQLModel, table=True):
    """A signed head, one an hour, as it went out."""

    __tablename__ = "ledger_root"
    __table_args__ = (UniqueConstraint("hour", name="uq_ledger_root_hour"),)

    number: int = Field(primary_key=True, sa_type=BigInteger)
    hour: datetime = instant()
    last_seq: int = Field(sa_type=BigInteger)
    width: int
    secret: bytes = sealed()  # what blinds its chains, under the programme's keys
    body: bytes = sealed()  # what is signed, byte for byte
    signature: bytes = sealed()
    made_at: datetime = instant()


class LedgerStamp(SQLModel, table=True):
    """What a time stamping authority said of a head (RFC 3161)."""

    __tablename__ = "ledger_stamp"

    head: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = instant()
    token: bytes = sealed()


class LedgerWitness(SQLModel, table=True):
    """To whom a head is sent, and what was owed with it."""

    __tablename__ = "ledger_witness"

    head: int = Field(primary_key=True, sa_type=BigInteger)
    recipient_kind: str = text(primary_key=True)
    recipient_key: str = text(primary_key=True)
    owed_id: UUID
    at: datetime = instant()


class Mandate(SQLModel, table=True):
    """What an auditor may take away, and the key that it is encrypted to."""

    __tablename__ = "mandate"

    id: UUID = Field(primary_key=True)
    auditor: str = text()
    person_id: UUID | None = Field(nullable=True)
    sites: list[str] = texts()
    countries: list[str] = texts()  # both empty: the whole programme
    since: date
    until: date
    purpose: str = text()
    recipient: str = text()  # an age public key
    recorded_by: str = text()
    at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class ExportMade(SQLModel, table=True):
    """A file that was made for somebody outside."""

    __tablename__ = "export_made"
    __table_args__ = (Index("ix_export_made_at", "at"),)

    id: UUID = Field(primary_key=True)
    mandate_id: UUID | None = Field(nullable=True)
    kind: str = text()
    at: datetime = instant()
    sha256: bytes = sealed()
    rows: int = Field(sa_type=BigInteger)
    bytes: int = Field(sa_type=BigInteger)
    by: str = text()


class ToldRow(SQLModel, table=True):
    """What of a complaint its row tells auditors; null: withheld, for good."""

    __tablename__ = "told_row"
    __table_args__ = (Index("ix_told_row_quarter", "quarter"),)

    id: UUID = Field(primary_key=True)
    quarter: str = text()
    level: int
    release: int  # the one whose figures it was made to agree with
    country: str | None = text(nullable=True)
    region: str | None = text(nullable=True)
    kind: str | None = text(nullable=True)
    tier: str | None = text(nullable=True)
    site: str | None = text(nullable=True)
    period: str | None = text(nullable=True)
    category: str | None = text(nullable=True)
    severity: str | None = text(nullable=True)
    route: str | None = text(nullable=True)
    channel: str | None = text(nullable=True)
    language: str | None = text(nullable=True)
    filer: str | None = text(nullable=True)
    # How it was counted last before it became sensitive; null: as it is counted now.
    said: dict[str, Any] | None = json(nullable=True)
