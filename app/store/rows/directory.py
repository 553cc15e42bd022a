"""The imported programme: sites, brands, who sits where, calendars, policy."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, sealed, text, texts


class Site(SQLModel, table=True):
    __tablename__ = "site"

    code: str = text(primary_key=True)
    name: str = text()
    local_name: str = text()
    country: str = text()
    region: str = text()
    kind: str = text()
    tier: int
    os_id: str = text()
    timezone: str = text()
    languages: list[str] = texts()
    workers: int | None
    weekly_rest: str = text()
    hours: str = text()
    hotline: str = text()
    aliases: list[str] = texts(sa_column_kwargs={"server_default": "{}"})


class CalendarVersion(SQLModel, table=True):
    """A site's calendar as it was from `since` until the next version."""

    __tablename__ = "calendar_version"

    site: str = text(primary_key=True)
    version: int = Field(primary_key=True)
    since: datetime = instant()
    body: str = text()  # what `calendar_text` writes


class Brand(SQLModel, table=True):
    __tablename__ = "brand"

    slug: str = text(primary_key=True)
    name: str = text()
    email: str = text()
    webhook_url: str = text()
    webhook_secret_sealed: bytes | None = sealed(nullable=True)
    language: str = text()


class Sourcing(SQLModel, table=True):
    __tablename__ = "sourcing"

    brand: str = text(primary_key=True, foreign_key="brand.slug")
    site: str = text(primary_key=True, foreign_key="site.code")
    through: str = text(primary_key=True)
    since: date = Field(primary_key=True)
    until: date | None
    share: Decimal | None


class Person(SQLModel, table=True):
    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    key: str = text(unique=True)  # e-mail in lower case, else the phone tag in hex
    email: str = text()
    name: str = text()
    role: str = text()
    org: list[str] = texts()
    side: str = text()
    phone_tag: bytes | None = sealed(nullable=True)
    phone_sealed: bytes | None = sealed(nullable=True)
    languages: list[str] = texts()
    since: date | None
    until: date | None
    sex: str = text(sa_column_kwargs={"server_default": ""})  # f, m; blank: not told
    is_alternate: bool = Field(sa_column_kwargs={"server_default": "false"})
    is_external: bool = Field(sa_column_kwargs={"server_default": "false"})
    chairs: bool = Field(sa_column_kwargs={"server_default": "false"})


class Holiday(SQLModel, table=True):
    __tablename__ = "holiday"

    scope: str = text(primary_key=True)
    day: date = Field(primary_key=True)
    until: date | None
    name: str = text()
    hours: str = text()


class HotlineNumber(SQLModel, table=True):
    __tablename__ = "hotline_number"

    number: str = text(primary_key=True)
    country: str = text()
    provider: str = text()
    languages: list[str] = texts()
    sms: bool
    voice: str = text()
    allowed_hours: str = text()
    sites: list[str] = texts()


class Helpline(SQLModel, table=True):
    __tablename__ = "helpline"

    country: str = text(primary_key=True)
    kind: str = text(primary_key=True)
    number: str = text(primary_key=True)
    language: str = text(primary_key=True)
    name: str = text()
    source: str = text()
    imported_at: datetime = instant()


class PolicyVersion(SQLModel, table=True):
    __tablename__ = "policy_version"

    version: str = text(primary_key=True)
    toml: str = text()
    is_demo: bool = Field(default=False)
    imported_at: datetime = instant()


class Unrecognised(SQLModel, table=True):
    """Dialled numbers that nobody imported, counted by day."""

    __tablename__ = "unrecognised_number"

    number: str = text(primary_key=True)
    day: date = Field(primary_key=True)
    count: int
