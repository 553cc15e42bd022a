"""What a file would do if it were imported: every problem, or every field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.actions.audit import fields_of
from app.actions.import_directory import import_in
from app.carriers.model import Carrier
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused, Problem
from app.store.engine import Store
from app.store.imports import Change

LARGEST_FILE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file and what it would do; `fields` as the audit has them."""

    row: int
    name: str
    is_new: bool
    fields: Mapping[str, list[Any] | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. With problems nothing of it can be imported."""

    problems: tuple[Problem, ...] = ()
    rows: tuple[Row, ...] = ()
    unchanged: int = 0

    @property
    def is_fit(self) -> bool:
        return not self.problems

    @property
    def added(self) -> int:
        return sum(row.is_new for row in self.rows)

    @property
    def changed(self) -> int:
        return len(self.rows) - self.added


class _NotKept(Exception):
    """Takes the transaction back: it was only to look."""


async def preview(
    store: Store,
    kind: Kind,
    content: bytes,
    *,
    at: datetime,
    carriers: Mapping[str, Carrier] | None = None,
) -> Preview:
    """Import the file, say what that did, and take it back.

    So it cannot say anything else than the import itself would do.
    """
    found = Preview()
    try:
        async with store.transaction() as tx:
            try:
                _, saved = await import_in(
                    store, tx, kind, content, at=at, in_rooms=True, carriers=carriers
                )
            except ImportRefused as refusal:
                found = Preview(problems=refusal.problems)
            else:
                rows = tuple(_row(kind, change) for change in saved.changes)
                found = Preview(rows=rows, unchanged=saved.unchanged)
            raise _NotKept
    except _NotKept:
        return found


def _row(kind: Kind, change: Change) -> Row:
    return Row(change.row, change.name, change.before is None, fields_of(kind, change))
