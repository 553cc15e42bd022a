"""The tables that go beside the rows of an export: figures, indicators, definitions."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app.statistics.model import Cell, Told
from app.statistics.rows import WITHHELD

FIGURES = (
    *("period", "by", "value", "figure", "number", "told", "as_of"),
    "logged_before",
)
INDICATORS = (
    *("site", "indicator", "topic", "from", "to", "value", "unit", "evidence"),
    *("entered_by", "logged_before"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV; a text that a spreadsheet would take for a formula is not."""
    out = io.StringIO(newline="")
    written = csv.writer(out, lineterminator="\n")
    written.writerow(header)
    written.writerows([_harmless(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def figures(cells: Iterable[Cell]) -> list[tuple[Any, ...]]:
    """Return published cells as rows of figures.csv; a number only where it is told."""
    return [
        (
            cell.period,
            cell.by or "whole",
            cell.value,
            cell.figure,
            plain(cell.number) if cell.told is Told.EXACT else "",
            cell.told.value,
            cell.as_of.isoformat() if cell.as_of else "",
            yes(cell.has_history),
        )
        for cell in cells
    ]


def plain(number: float | None) -> int | float | str:
    """Return a number as it is written: whole ones without a fraction."""
    if number is None:
        return ""
    return int(number) if number == int(number) else number


def yes(truth: bool) -> str:
    return "yes" if truth else "no"


def place(
    site: str | None, *, value: int, workers: int | None, k: int, most: int
) -> str:
    """Return the site of an indicator, or that it is withheld: too few people."""
    if site is None:
        return ""
    is_small = workers is None or workers < most
    return WITHHELD if is_small or 0 < value < k else site
