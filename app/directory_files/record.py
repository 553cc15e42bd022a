"""What a reader makes of a row, and what came of a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.directory_files.problems import ImportRefused, Problem
from app.directory_files.row import Row
from app.domain.calendar import HolidayRow
from app.domain.directory import Directory
from app.domain.reference import Chance


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader may ask: the programme before this import, and the day.

    `carriers` are those of which there is a file, the operator's own among them.
    """

    directory: Directory
    holidays: tuple[HolidayRow, ...]
    today: date
    random: Chance
    carriers: Mapping[str, Carrier] = field(default_factory=on_shelf)


@dataclass(frozen=True, slots=True)
class Record:
    """One row, read: values by the column of the table they go to."""

    row: int
    key: str  # shown again to whoever imports: code, slug, e-mail…
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `rows` gives back the key of each row, in order.

    `passed_by` counts rows that do not say anything yet.
    `secrets` holds webhook secrets made just now, by slug: they are shown
    this once and never again.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rows: tuple[tuple[int, str], ...] = ()
    passed_by: int = 0
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rows": [{"row": row, "key": key} for row, key in self.rows],
        }
        if self.passed_by:
            shape["passed_by"] = self.passed_by
        return {**shape, "secrets": dict(self.secrets)} if self.secrets else shape


def refuse_problems(rows: Iterable[Row], also: Iterable[Problem] = ()) -> None:
    problems = [*also, *(problem for row in rows for problem in row.problems)]
    if problems:
        raise ImportRefused(*problems)


def refuse_repeats(keys: Iterable[tuple[Row, object]], column: str) -> None:
    """Note a key that an earlier row has already; blank keys do not count."""
    first: dict[object, int] = {}
    for row, key in keys:
        if key and first.setdefault(key, row.number) != row.number:
            advice = f"row {first[key]} is about the same: keep one of the two"
            row.wrong(column, advice)
