"""What the database knows about itself."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.store.rows.columns import instant, sealed, text


class Programme(SQLModel, table=True):
    """One row, written when the database is made: real, or marked demo."""

    __tablename__ = "programme"

    id: int = Field(primary_key=True, default=1)
    is_demo: bool
    created_at: datetime = instant()
    key_check: bytes = sealed()  # sealed under the first key: the wrong keys show


class DirectoryVersion(SQLModel, table=True):
    """One row; each import adds one, so that every process reloads."""

    __tablename__ = "directory_version"

    id: int = Field(primary_key=True, default=1)
    version: int


class Counter(SQLModel, table=True):
    """Contacts that became no case, by day and kind: greeting, test, keyword."""

    __tablename__ = "counter"

    day: str = text(primary_key=True)
    name: str = text(primary_key=True)
    count: int = Field(default=0)
