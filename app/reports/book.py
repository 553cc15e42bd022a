"""A release, opened at one period, and how each of its cells is said."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.reports.document import Said
from app.reports.words import M_, Words
from app.statistics.definitions import FIGURES, Unit
from app.statistics.model import WHOLE, Cell, Told

_UNTOLD: Mapping[Told, str] = {
    Told.WITHHELD: M_("not told"),
    Told.UNRECORDED: M_("not recorded"),
    Told.NONE: M_("nothing to measure"),
}
_ABSENT = M_("not published")
_FEWER = M_("fewer than {threshold}")
_AS_OF = M_("as of {day}")

Counted = tuple[str, str, str]  # what a table is by, a value of it, a figure


@dataclass(frozen=True, slots=True)
class Part:
    """The cells of one period: each by what it counts, and those of each table."""

    cells: Mapping[Counted, Cell]
    tables: Mapping[str, tuple[Cell, ...]]


_NOTHING = Part({}, {})


def parted(cells: Iterable[Cell]) -> dict[str, Part]:
    """Return the cells by their period, in the order in which they were given."""
    found: dict[str, dict[Counted, Cell]] = {}
    for cell in cells:
        of_period = found.setdefault(cell.period, {})
        of_period[cell.by, cell.value, cell.figure] = cell
    return {
        period: Part(each, _by_table(each.values())) for period, each in found.items()
    }


def _by_table(cells: Iterable[Cell]) -> dict[str, tuple[Cell, ...]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.by, []).append(cell)
    return {by: tuple(each) for by, each in found.items()}


@dataclass(frozen=True, slots=True)
class Issue:
    """A release as it was published for the public: its head and its cells."""

    number: int
    as_of: datetime
    definitions: str
    threshold: int
    sha256: str
    cells: tuple[Cell, ...]
    detail: Mapping[str, Any]
    # The same cells by their period: each page looks into many of them.
    parts: Mapping[str, Part] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", parted(self.cells))

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods that it tells of, the newest first, years after theirs.

        An empty quarter of a year with complaints from before Threadline is none of
        them: of some it may be known only that they were of the year.
        """
        of_history = self.years_of_history
        found = {
            period
            for period, part in self.parts.items()
            if WHOLE in part.tables
            and not (
                "-" in period
                and period[:4] in of_history
                and _is_nought(part.cells.get((WHOLE, "", "complaints")))
            )
        }
        return tuple(sorted(found, key=_ripeness, reverse=True))

    @property
    def years_of_history(self) -> frozenset[str]:
        """Return the years in which complaints from before Threadline are counted."""
        return frozenset(
            period
            for period, part in self.parts.items()
            if "-" not in period
            and any(cell.has_history for cell in part.tables.get(WHOLE, ()))
        )

    @property
    def years(self) -> tuple[str, ...]:
        return tuple(period for period in self.periods if "-" not in period)

    def is_over(self, period: str) -> bool:
        """Tell whether a period's year has ended, so that its tables are told."""
        year = period[:4]
        newest = max(self.detail.get("quarters", ()), default="")
        is_closed = f"{year}-Q4" <= newest
        return is_closed or Book(self, year).cell("complaints") is not None

    def first_to_show(self) -> str | None:
        """Return the newest period of which a number of complaints is told.

        Once its year is told, that. Where nothing is told, the newest one in which
        anything was received, else any.
        """
        told = [p for p in self.periods if Book(self, p).number("complaints")]
        if told:
            year = max(told, key=_ripeness)[:4]
            return year if year in told else max(told, key=_ripeness)
        opened = (Book(self, period) for period in (*self.years, *self.periods))
        lively = (book.period for book in opened if not book.is_empty)
        return next(lively, next(iter(self.periods), None))


def _is_nought(cell: Cell | None) -> bool:
    return cell is not None and cell.told is Told.EXACT and cell.number == 0


def _ripeness(period: str) -> tuple[int, str]:
    year, _, quarter = period.partition("-")
    return int(year), quarter


class Book:
    """The cells of one period, by what they count."""

    def __init__(self, issue: Issue, period: str) -> None:
        self.issue = issue
        self.period = period
        part = issue.parts.get(period, _NOTHING)
        self._cells, self._tables = part.cells, part.tables

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all was received, and that is told."""
        cell = self.cell("complaints")
        return cell is None or _is_nought(cell)

    @property
    def is_all_history(self) -> bool:
        """Tell whether every complaint is from before Threadline."""
        number = self.number("complaints")
        return bool(number) and self.number("history") == number

    @property
    def may_miss_some(self) -> bool:
        """Tell whether complaints of its year may be of no known quarter."""
        is_quarter = "-" in self.period
        return is_quarter and self.period[:4] in self.issue.years_of_history

    @property
    def has_only_years(self) -> bool:
        """Tell whether of some complaints of a year no more is known of when.

        Its quarters say so where each of them is told and they are fewer than the
        year; a quarter that nothing is said of has none.
        """
        year = self.number("complaints")
        if "-" in self.period or not self.has_history or year is None:
            return False
        quarters = [Book(self.issue, f"{self.period}-Q{n}") for n in range(1, 5)]
        found = [book for book in quarters if book.cell("complaints")]
        counted = [book.number("complaints") for book in found]
        return None not in counted and sum(n or 0 for n in counted) < year

    @property
    def has_history(self) -> bool:
        return any(cell.has_history for cell in self._cells.values())

    def cell(self, figure: str, by: str = WHOLE, value: str = "") -> Cell | None:
        return self._cells.get((by, value, figure))

    def by(self, by: str) -> tuple[Cell, ...]:
        return self._tables.get(by, ())

    def number(self, figure: str, by: str = WHOLE, value: str = "") -> float | None:
        """Return a number only where it is told."""
        cell = self.cell(figure, by, value)
        return cell.number if cell and cell.told is Told.EXACT else None

    def values(self, by: str) -> tuple[str, ...]:
        """Return what a table has rows of, in the order in which it was published."""
        return tuple(dict.fromkeys(cell.value for cell in self.by(by)))

    def cells_of(self, by: str, figures: Iterable[str]) -> tuple[Cell, ...]:
        wanted = set(figures)
        return tuple(cell for cell in self.by(by) if cell.figure in wanted)

    def told_as(self, told: Told) -> Iterator[Cell]:
        """Yield the cells of the whole programme that say so."""
        return (cell for cell in self.by(WHOLE) if cell.told is told)


def said(cell: Cell | None, words: Words, threshold: int) -> Said:
    """Say a cell: its number, or why there is none; never a zero in its place."""
    if cell is None:
        return Said(words.say(_ABSENT))
    figure = cell.figure if cell.figure in FIGURES else ""
    note = words.say(_AS_OF, day=words.day(cell.as_of)) if cell.as_of else ""
    if cell.told is Told.EXACT and cell.number is not None:
        return Said(_number(cell, words), cell.number, note, figure=figure)
    return Said(untold(cell, words, threshold), None, note, figure=figure)


def untold(cell: Cell, words: Words, threshold: int) -> str:
    """Say in two or three words why a cell has no number."""
    if cell.told is Told.FEWER:
        return words.say(_FEWER, threshold=threshold)
    return words.say(_UNTOLD.get(cell.told, _UNTOLD[Told.WITHHELD]))


def _number(cell: Cell, words: Words) -> str:
    assert cell.number is not None
    unit = FIGURES[cell.figure].unit if cell.figure in FIGURES else Unit.COMPLAINTS
    match unit:
        case Unit.HOURS:
            is_worked = FIGURES[cell.figure].clock == "working"
            times = words.working_hours if is_worked else words.hours
            return times(cell.number)
        case Unit.PERCENT:
            return words.percent(cell.number)
    return words.number(cell.number)
