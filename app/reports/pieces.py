"""How tables are made of cells: each figure with its definition, nothing left blank."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.reports.book import Book, said
from app.reports.document import Bar, Chart, Column, Row, Said, Table
from app.reports.labels import Place
from app.reports.words import M_, Words
from app.statistics.model import WHOLE, Told

NUMBER = M_("Number")
WHAT = M_("What")
_UNTOLD_NOTE = M_(
    '"Not told" is kept back so that no smaller number can be worked out from it.'
)
_AS_OF_NOTE = M_(
    "Figures with a date still say what an earlier release said: a small change would "
    "tell of single persons."
)
_ALT = M_("Bar chart. {bars}.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every part of the page is written with."""

    book: Book
    words: Words
    places: Mapping[str, Place]

    @property
    def threshold(self) -> int:
        return self.book.issue.threshold

    def say(self, message: str, **params: object) -> str:
        return self.words.say(message, **params)

    def said(self, figure: str, by: str = WHOLE, value: str = "") -> Said:
        return said(self.book.cell(figure, by, value), self.words, self.threshold)

    def row(self, label: str, figures: Sequence[str], figure: str = "") -> Row:
        return Row(label, tuple(self.said(each) for each in figures), figure)

    def has(self, figures: Iterable[str], by: str = WHOLE) -> bool:
        return any(True for _ in self.book.cells_of(by, figures))


def figures_table(
    desk: Desk,
    name: str,
    title: str,
    lines: Sequence[tuple[str, str]],
    *,
    is_charted: bool = True,
    notes: Sequence[str] = (),
) -> Table | None:
    """Return one figure of the whole programme a line; None where there is none."""
    kept = [(label, figure) for label, figure in lines if desk.book.cell(figure)]
    if not kept:
        return None
    rows = tuple(desk.row(desk.say(label), (figure,), figure) for label, figure in kept)
    figures = [figure for _, figure in kept]
    return finished(
        desk,
        Table(
            name=name,
            title=title,
            head=desk.say(WHAT),
            columns=(Column(desk.say(NUMBER)),),
            rows=rows,
            notes=tuple(notes),
            cells=desk.book.cells_of(WHOLE, figures),
        ),
        bars=bars_of(rows, ("",)) if is_charted else (),
    )


def finished(
    desk: Desk, table: Table, *, bars: Sequence[Bar] = (), is_over_time: bool = False
) -> Table:
    """Return the table with the notes that it needs, and a chart where one tells."""
    chart = None
    if sum(bar.value is not None and bar.value > 0 for bar in bars) > 1:
        chart = Chart(
            name=table.name,
            title=table.title,
            alt=_described(desk, bars),
            bars=tuple(bars),
            is_over_time=is_over_time,
        )
    notes = [*table.notes]
    if any(cell.told is Told.WITHHELD for cell in table.cells):
        notes.append(desk.say(_UNTOLD_NOTE))
    if any(cell.as_of for cell in table.cells):
        notes.append(desk.say(_AS_OF_NOTE))
    return Table(
        name=table.name,
        title=table.title,
        head=table.head,
        columns=table.columns,
        rows=table.rows,
        notes=tuple(dict.fromkeys(notes)),
        chart=chart,
        cells=table.cells,
        is_folded=table.is_folded,
    )


def bars_of(rows: Sequence[Row], parts: Sequence[str]) -> tuple[Bar, ...]:
    """Return the first columns of a table as the parts of a bar for each row."""
    return tuple(
        Bar(row.label, part, each.number, each.text)
        for row in rows
        for part, each in zip(parts, row.said, strict=False)
    )


def largest_first(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Put the largest told number first, and what is not told last."""
    return tuple(sorted(rows, key=_by_size))


def _by_size(row: Row) -> tuple[bool, float, str]:
    number = row.said[0].number if row.said else None
    return (number is None, -(number or 0), row.label)


def _described(desk: Desk, bars: Sequence[Bar]) -> str:
    worded = [
        f"{bar.label}{', ' if bar.part else ''}{bar.part}: {bar.text}" for bar in bars
    ]
    return desk.say(_ALT, bars="; ".join(worded))


def tables(*made: Table | None) -> tuple[Table, ...]:
    """Return those tables that there is anything for."""
    return tuple(table for table in made if table)
