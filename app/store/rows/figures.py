"""The figures: cases as counted, their sums, and what was published of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text
from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, json, sealed, text

STAGES = ("acknowledge", "first_action", "resolve")

# What each case adds to the cells it is in; a later one comes by a migration.
MEASURES = (
    *("cases", "complaints", "info", "parts", "affected", "history", "unrecorded"),
    *("confirmed", "declared", "in_remediation", "referred", "withdrawn"),
    *("unfounded", "no_contact", "open"),
    *(f"{stage}_{kept}" for stage in STAGES for kept in ("in_time", "late", "running")),
    *("rung_committee", "rung_partner", "rung_head"),
    *("rung_first_tier", "rung_secretariat", "rung_brand"),
    *("brand_asked", "brand_answered", "reopened"),
    *("reprisal_yes", "reprisal_no", "reprisal_unsaid", "reprisal_unanswered"),
    *("reprisal_asked", "paused", "bypassed"),
)


def long(**kw: Any) -> Any:
    return Field(sa_type=BigInteger, **kw)


class StatCase(SQLModel, table=True):
    """One case as it is counted, without a word of it; kept when it is forgotten."""

    __tablename__ = "stat_case"
    __table_args__ = (
        Index("ix_stat_case_site", "site", "received_on"),
        Index("ix_stat_case_received", "received_on", "id"),
        Index("ix_stat_case_quarter", "quarter"),
    )

    id: UUID = Field(primary_key=True)
    seq: int = long()  # its last event that was folded
    received_on: date
    quarter: str = text()  # such as 2026-Q3; just the year where no more is known
    site: str | None = text(nullable=True)
    country: str = text()
    category: str = text()
    severity: str = text()
    route: str = text()
    channel: str = text()
    language: str = text()
    filer: str = text()
    outcome: str = text()
    is_factory: bool  # a committee handles it, and it is not sensitive
    is_sensitive: bool
    is_info: bool
    is_part: bool
    is_history: bool
    is_of_year: bool
    is_unrecorded: bool
    acknowledge_kept: str | None = text(nullable=True)
    acknowledge_hours: int | None
    acknowledge_working: int | None
    first_action_kept: str | None = text(nullable=True)
    first_action_hours: int | None
    first_action_working: int | None
    resolve_kept: str | None = text(nullable=True)
    resolve_hours: int | None
    resolve_working: int | None
    rung_committee: bool
    rung_partner: bool
    rung_head: bool
    rung_first_tier: bool
    rung_secretariat: bool
    rung_brand: bool
    brand_asked: bool
    brand_hours: int | None
    is_reopened: bool
    reprisal: str = text()
    paused_hours: int
    affected: int


# The sums of the cases above, by quarter and one thing more; a column a measure.
stat_cell = Table(
    "stat_cell",
    SQLModel.metadata,
    *(Column(name, Text, primary_key=True) for name in ("quarter", "by", "value")),
    Column("site", Text, primary_key=True),
    Column("is_factory", Boolean, primary_key=True),
    *(Column(measure, Integer, nullable=False) for measure in MEASURES),
)
Index(
    "ix_stat_cell_empty",
    stat_cell.c.quarter,
    postgresql_where="complaints = 0 AND info = 0",
)


class StatHours(SQLModel, table=True):
    """How many complaints took how many whole hours to a stage."""

    __tablename__ = "stat_hours"
    __table_args__ = (
        Index("ix_stat_hours_empty", "quarter", postgresql_where="n = 0"),
    )

    quarter: str = text(primary_key=True)
    by: str = text(primary_key=True)
    value: str = text(primary_key=True)
    stage: str = text(primary_key=True)
    unit: str = text(primary_key=True)  # clock or working
    hours: int = Field(primary_key=True)
    n: int


class StatRemedy(SQLModel, table=True):
    """One remedy as it is counted, in the quarter of its complaint."""

    __tablename__ = "stat_remedy"
    __table_args__ = (Index("ix_stat_remedy_case", "case_id"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID | None = Field(nullable=True)
    quarter: str = text()
    site: str | None = text(nullable=True)
    country: str = text()
    kind: str = text()
    beneficiaries: int | None
    amount: Decimal | None
    currency: str | None = text(nullable=True)
    is_done: bool
    is_history: bool


class StatCursor(SQLModel, table=True):
    """One row: up to which event of the ledger everything is counted."""

    __tablename__ = "stat_cursor"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = long()
    at: datetime | None = instant(nullable=True)


class StatNight(SQLModel, table=True):
    """One night's comparison; a worker that dies leaves it to the next one."""

    __tablename__ = "stat_night"

    night: date = Field(primary_key=True)
    started_at: datetime = instant()
    lease_until: datetime = instant()
    finished_at: datetime | None = instant(nullable=True)
    after: UUID | None  # the last case that was folded again
    cases: int
    differences: int


class StatDifference(SQLModel, table=True):
    """What a comparison found otherwise than it follows from the ledger; mended."""

    __tablename__ = "stat_difference"
    __table_args__ = (
        Index("ix_stat_difference_key", "what", "key"),
        Index("ix_stat_difference_at", "at"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = instant()
    what: str = text()  # case, cells, hours; unopened: as long as it stays so
    key: str = text()
    held: str = text()
    reckoned: str = text()


class Release(SQLModel, table=True):
    """What was published at one time for one audience; its cells stand beside it."""

    __tablename__ = "release"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    audience: str = text(primary_key=True)
    as_of: datetime = instant()
    last_seq: int = long()
    definitions: str = text()  # their version
    threshold: int
    sha256: bytes = sealed()
    detail: dict[str, Any] = json()
    created_at: datetime = instant()


class PublishedCell(SQLModel, table=True):
    """One number of a release, or the word that it is not told."""

    __tablename__ = "published_cell"

    audience: str = text(primary_key=True)
    release: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    period: str = text(primary_key=True)
    by: str = text(primary_key=True)
    value: str = text(primary_key=True)
    figure: str = text(primary_key=True)
    number: float | None = Field(sa_type=Double, nullable=True)
    told: str = text()
    as_of: datetime | None = instant(nullable=True)
    has_history: bool


class ReleaseFile(SQLModel, table=True):
    """A chart or a report of a release, as it was drawn when it was published."""

    __tablename__ = "release_file"

    release: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    audience: str = text(primary_key=True)
    name: str = text(primary_key=True)
    language: str = text(primary_key=True)
    kind: str = text()
    content: bytes = sealed()


class Indicator(SQLModel, table=True):
    """A number of the programme that partners enter, with where it is from."""

    __tablename__ = "indicator"
    __table_args__ = (Index("ix_indicator_period", "period_to", "kind"),)

    id: UUID = Field(primary_key=True)
    kind: str = text()
    site: str | None = text(nullable=True)
    period_from: date
    period_to: date
    value: int = long()
    unit: str = text()
    topic: str = text()
    evidence: str = text()
    entered_by: UUID | None = Field(nullable=True)
    at: datetime = instant()
    withdrawn_at: datetime | None = instant(nullable=True)
    is_history: bool


class HistoryFile(SQLModel, table=True):
    """A file of complaints from before Threadline that was imported."""

    __tablename__ = "history_file"

    sha256: bytes = sealed(primary_key=True)
    name: str = text()
    rows: int
    imported_at: datetime = instant()
    imported_by: str = text()
