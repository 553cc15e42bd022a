"""The parts of a results page: the same for the browser, the paper and the files.

Everything here is worded already, in one language; nothing is worked out again by
what draws it.
"""

from dataclasses import dataclass

from app.statistics.model import Cell


@dataclass(frozen=True, slots=True)
class Said:
    """One figure in words; `number` only where it is told."""

    text: str
    number: float | None = None
    note: str = ""  # since when it says so
    is_words: bool = False  # it is no figure, but says something
    figure: str = ""  # the definition that it follows
    parts: tuple["Said", ...] = ()  # several figures in one place, each with its own

    @property
    def is_told(self) -> bool:
        return self.is_words or self.number is not None


@dataclass(frozen=True, slots=True)
class Column:
    """What a column counts; `figure` is the definition it follows."""

    label: str
    figure: str = ""
    is_long: bool = False  # sentences, which on a small screen stand under their row


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    label: str
    said: tuple[Said, ...]
    figure: str = ""  # where each row has a definition of its own


@dataclass(frozen=True, slots=True)
class Bar:
    """One mark of a chart: a length, or words where the length is not told."""

    label: str
    part: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table; its name is part of its address."""

    name: str
    title: str
    alt: str
    bars: tuple[Bar, ...]
    is_over_time: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Figures beside one another, the chart of them, and their file."""

    name: str
    title: str
    head: str  # of the first column
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    cells: tuple[Cell, ...] = ()  # what its file holds
    is_folded: bool = False  # shown to those who open it

    def is_of_words(self, index: int) -> bool:
        """Tell whether a column is of words; one of figures stays one, told or not."""
        return all(row.said[index].is_words for row in self.rows)

    @property
    def is_stacked(self) -> bool:
        """Tell whether on a small screen its rows are of more than one line."""
        return any(column.is_long for column in self.columns)

    def own_figure(self, row: "Row", index: int) -> str:
        """Return the definition of a number that neither row nor column links to."""
        figure = row.said[index].figure
        return "" if figure in (row.figure, self.columns[index].figure) else figure

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the definitions that its numbers follow."""
        found = [column.figure for column in self.columns]
        for row in self.rows:
            found.append(row.figure)
            for each in row.said:
                found += [each.figure, *(part.figure for part in each.parts)]
        return tuple(dict.fromkeys(figure for figure in found if figure))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    id: str
    title: str
    said: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the method: what it is about, and what it says."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """The results of one period in one language."""

    language: str
    period: str
    period_name: str
    title: str
    headline: tuple[str, ...]
    sections: tuple[Section, ...]
    method: tuple[Fact, ...]
    headline_figures: tuple[str, ...] = ()  # the definitions that it follows

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for part in self.sections for table in part.tables)

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the definitions of all that it says, in order."""
        found = list(self.headline_figures)
        for table in self.tables:
            found += table.figures
        return tuple(dict.fromkeys(found))

    @property
    def charts(self) -> tuple[Chart, ...]:
        return tuple(table.chart for table in self.tables if table.chart)
