"""The nightly look at every clock: how far it is, what it found, how late we are."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, text


class Recheck(SQLModel, table=True):
    """One night's recomputation; a worker that dies leaves it to the next one."""

    __tablename__ = "recheck"

    night: date = Field(primary_key=True)
    started_at: datetime = instant()
    lease_until: datetime = instant()
    finished_at: datetime | None = instant(nullable=True)
    after: UUID | None  # the last case that was looked at
    cases: int = Field(default=0)
    clocks: int = Field(default=0)
    without_basis: int = Field(default=0)
    unopened: int = Field(default=0)


class RecheckFinding(SQLModel, table=True):
    """A clock that differs, until a later look at its case no longer finds it."""

    __tablename__ = "recheck_finding"

    case_id: UUID = Field(primary_key=True)
    clock: str = text(primary_key=True)
    round: int = Field(primary_key=True)
    fault: str = text(primary_key=True)
    held: datetime | None = instant(nullable=True)
    reckoned: datetime | None = instant(nullable=True)
    found_at: datetime = instant()


class Lateness(SQLModel, table=True):
    """How many clocks were struck how late on a day; written by the sweep."""

    __tablename__ = "lateness"

    day: date = Field(primary_key=True)
    most: int = Field(primary_key=True)  # seconds, as in `app.store.lateness.BOUNDS`
    count: int
    seconds: float  # of all of them together
    longest: float  # seconds
