"""The figures of an export as a workbook, with charts that its reader can change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from app.statistics.definitions import FIGURES, Definition
from app.statistics.model import Cell, Stage, Told

# No colour says that more complaints are bad news, and none needs eyes for red.
COLOURS = ("#1b5e7d", "#7fb3c8", "#b9b9b9", "#e0c36a")
_SPLIT = ("confirmed", "declared", "not_resolved")
_ON_TIME = tuple(f"{stage}_on_time_share" for stage in Stage)
_WIDE, _HIGH = 760, 340
_ROOM = 19  # rows that a chart covers
_NAME, _CELL = 44, 14


@dataclass(frozen=True, slots=True)
class Book:
    """What stands in the workbook beside its figures."""

    title: str
    about: Sequence[tuple[str, str]]
    threshold: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of one sheet: names down, periods or figures across."""

    corner: str
    across: Sequence[str]
    down: Sequence[tuple[str, Sequence[Cell | None]]]


def write_workbook(path: Path, book: Book, cells: Sequence[Cell]) -> None:
    """Write the workbook: one sheet for the whole, one for each table, definitions."""
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as made:
        sheets = _Sheets(made, book.threshold)
        sheets.about(book)
        for name, periods in _periods(cells).items():
            sheets.whole(name, _whole(cells, periods))
        for by in sorted({cell.by for cell in cells} - {""}):
            sheets.by(by, _by(cells, by))
        sheets.definitions(sorted({cell.figure for cell in cells}))


class _Sheets:
    """The sheets of one workbook, written in order."""

    def __init__(self, made: Any, threshold: int) -> None:
        self._made = made
        self._threshold = threshold
        self._bold = made.add_format({"bold": True})
        self._wrap = made.add_format({"text_wrap": True, "valign": "top"})
        self._quiet = made.add_format({"font_color": "#666666", "italic": True})

    def about(self, book: Book) -> None:
        sheet = self._sheet("About", _NAME, 90)
        sheet.write_string(0, 0, book.title, self._bold)
        for at, (name, value) in enumerate(book.about, 2):
            sheet.write_string(at, 0, name, self._bold)
            sheet.write_string(at, 1, value, self._wrap)

    def whole(self, name: str, grid: Grid) -> None:
        """Write the whole programme: how complaints ended, and what was on time."""
        sheet = self._sheet(name, _NAME, _CELL)
        below = self._grid(sheet, grid) + 2
        places = {figure: at for at, (figure, _) in enumerate(grid.down, 1)}
        for title, kind, wanted in (
            ("Complaints by how they stand today", "column", _SPLIT),
            ("On time, percent", "line", _ON_TIME),
        ):
            shown = [figure for figure in wanted if figure in places]
            if shown and self._is_drawn(grid, shown):
                chart = self._chart(title, kind, is_stacked=kind == "column")
                for n, figure in enumerate(shown):
                    row = places[figure]
                    self._series(chart, sheet, n, row, len(grid.across), _named(figure))
                sheet.insert_chart(below, 0, chart)
                below += _ROOM

    def by(self, by: str, grid: Grid) -> None:
        """Write one table: periods and values down, figures across."""
        sheet = self._sheet(f"By {by}"[:31], 28, _CELL)
        below = self._grid(sheet, grid, across=_named) + 2
        newest = [row for row in grid.down if row[0].startswith(_newest(grid))]
        if "complaints" not in grid.across or not newest:
            return
        column = grid.across.index("complaints") + 1
        first = len(grid.down) - len(newest) + 1
        if not any(_number(row[1][column - 1]) is not None for row in newest):
            return
        chart = self._chart(f"Complaints, {_newest(grid)}", "bar")
        chart.add_series(
            {
                "name": _named("complaints"),
                "categories": [sheet.name, first, 0, len(grid.down), 0],
                "values": [sheet.name, first, column, len(grid.down), column],
                "fill": {"color": COLOURS[0]},
            }
        )
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"none": True})
        sheet.insert_chart(below, 0, chart)

    def definitions(self, used: Sequence[str]) -> None:
        sheet = self._sheet("Definitions", _NAME, 14)
        sheet.set_column(3, 3, 110)
        for at, name in enumerate(("Figure", "Version", "Unit", "Rule")):
            sheet.write_string(0, at, name, self._bold)
        found = [FIGURES[figure] for figure in used if figure in FIGURES]
        for row, one in enumerate(found, 1):
            for at, text in enumerate(_defined(one)):
                sheet.write_string(row, at, text, self._wrap)

    def _sheet(self, name: str, first: int, others: int) -> Any:
        sheet = self._made.add_worksheet(name)
        sheet.set_column(0, 0, first)
        sheet.set_column(1, 60, others)
        sheet.freeze_panes(1, 1)
        return sheet

    def _grid(self, sheet: Any, grid: Grid, *, across: Any = str) -> int:
        """Write a table; return the row below it."""
        sheet.write_string(0, 0, grid.corner, self._bold)
        for at, name in enumerate(grid.across, 1):
            sheet.write_string(0, at, across(name), self._bold)
        for row, (name, cells) in enumerate(grid.down, 1):
            sheet.write_string(row, 0, _named(name))
            for at, cell in enumerate(cells, 1):
                self._cell(sheet, row, at, cell)
        return len(grid.down) + 1

    def _cell(self, sheet: Any, row: int, at: int, cell: Cell | None) -> None:
        number = _number(cell)
        if number is not None:
            sheet.write_number(row, at, number)
        elif cell is not None:
            words = untold(cell.told, self._threshold)
            sheet.write_string(row, at, words, self._quiet)

    def _chart(self, title: str, kind: str, *, is_stacked: bool = False) -> Any:
        chart = self._made.add_chart(
            {"type": kind, **({"subtype": "stacked"} if is_stacked else {})}
        )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_size({"width": _WIDE, "height": _HIGH})
        chart.set_legend({"position": "bottom"})
        # What is not told is left out, and never drawn as nought.
        chart.show_blanks_as("gap")
        return chart

    def _series(
        self, chart: Any, sheet: Any, n: int, row: int, columns: int, name: str
    ) -> None:
        colour = COLOURS[n % len(COLOURS)]
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.name, 0, 1, 0, columns],
                "values": [sheet.name, row, 1, row, columns],
                "fill": {"color": colour},
                "line": {"color": colour},
            }
        )

    def _is_drawn(self, grid: Grid, shown: Sequence[str]) -> bool:
        return any(
            _number(cell) is not None
            for figure, cells in grid.down
            if figure in shown
            for cell in cells
        )


def untold(told: Told, threshold: int) -> str:
    """Return the words that stand where a number is not told."""
    return {
        Told.FEWER: f"fewer than {threshold}",
        Told.WITHHELD: "withheld",
        Told.UNRECORDED: "not recorded",
    }.get(told, "nothing to reckon from")


def _periods(cells: Sequence[Cell]) -> Mapping[str, list[str]]:
    """Return the periods of the sheets for the whole programme."""
    found = sorted({cell.period for cell in cells if not cell.by})
    sheets = {
        "Quarters": [period for period in found if "Q" in period],
        "Years": [period for period in found if "Q" not in period],
    }
    return {name: periods for name, periods in sheets.items() if periods}


def _whole(cells: Sequence[Cell], periods: Sequence[str]) -> Grid:
    known = {(c.figure, c.period): c for c in cells if not c.by}
    figures = [
        figure for figure in FIGURES if any((figure, p) in known for p in periods)
    ]
    return Grid(
        "Figure",
        periods,
        [(figure, [known.get((figure, p)) for p in periods]) for figure in figures],
    )


def _by(cells: Sequence[Cell], by: str) -> Grid:
    known = {(c.period, c.value, c.figure): c for c in cells if c.by == by}
    wanted = {figure for _, _, figure in known}
    figures = [figure for figure in FIGURES if figure in wanted]
    rows = sorted({(period, value) for period, value, _ in known})
    return Grid(
        f"Period and {by}",
        figures,
        [
            (
                f"{period} {value or 'not recorded'}",
                [known.get((period, value, figure)) for figure in figures],
            )
            for period, value in rows
        ],
    )


def _newest(grid: Grid) -> str:
    return max((name.partition(" ")[0] for name, _ in grid.down), default="")


def _number(cell: Cell | None) -> float | None:
    return cell.number if cell is not None and cell.told is Told.EXACT else None


def _named(figure: str) -> str:
    return FIGURES[figure].name if figure in FIGURES else figure


def _defined(one: Definition) -> tuple[str, str, str, str]:
    return one.name, one.version, str(one.unit), one.rule
