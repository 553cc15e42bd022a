"""What nobody wrote down is told as that, and never as a number of our own.

Decided from cells that are told alone, so that it gives nothing away.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from app.statistics.model import WHOLE, Cell, Dimension, Told

# Of complaints from before Threadline a nought of these is our own guess: there was
# no line that counts contacts, and no route to go past.
_NOUGHTS = frozenset({"contacts", "test_calls", "bypassed", "bypassed_share"})
# And so is every number of these: what was joined or only asked stands in no list,
# and sites and workers are those of today's directory.
_GUESSED = frozenset({"cases", "parts", "info", "sites", "silent_sites"})
_AFFECTED = "people_affected"  # one for each, unless the list says more
_PER_WORKERS = "complaints_per_1000"
_SENSITIVE = "sensitive_complaints"


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What is not known of a release's periods."""

    whole: Mapping[str, float]  # complaints where all are from before Threadline
    uncategorised: frozenset[str]  # periods in which no complaint has a category
    empty: frozenset[str]  # quarters in which some may have come, and no other did


def recorded(
    cells: Iterable[Cell],
    *,
    beside: Iterable[Cell],
    before: Collection[str] = frozenset(),
) -> tuple[Cell, ...]:
    """Return the cells as they may be said.

    `beside`: the cells of the whole programme that are told to the same reader;
    `before`: the quarters in which there was no line to complain to, nor a
    list of those who had: of them nothing is told.
    Of a quarter that has no complaint, in a year that has some of which nobody
    recorded the quarter, nothing is told.
    """
    gaps = _gaps(beside)
    never = {*gaps.empty, *before}
    return tuple(_said(cell, gaps) for cell in cells if cell.period not in never)


def _said(cell: Cell, gaps: _Gaps) -> Cell:
    complaints = gaps.whole.get(cell.period)
    is_guess = complaints is not None and _is_guess(cell, complaints)
    is_blank = cell.figure == _SENSITIVE and cell.period in gaps.uncategorised
    if is_guess or (is_blank and not cell.number):
        return replace(
            cell, number=None, told=Told.UNRECORDED, as_of=None, has_history=True
        )
    return cell


def _is_guess(cell: Cell, complaints: float) -> bool:
    """Tell whether nobody knows this of complaints that are all old."""
    if cell.figure == _PER_WORKERS:
        return True
    if cell.by != WHOLE:
        return False
    if cell.figure == _AFFECTED:
        return cell.number is None or cell.number <= complaints
    is_nought = cell.figure in _NOUGHTS and not cell.number
    return is_nought or cell.figure in _GUESSED


def _gaps(cells: Iterable[Cell]) -> _Gaps:
    told = {
        (cell.period, cell.by, cell.value, cell.figure): cell.number
        for cell in cells
        if cell.number is not None
    }
    complaints = {
        period: number
        for (period, by, _, figure), number in told.items()
        if by == WHOLE and figure == "complaints"
    }
    loose = frozenset(
        period
        for period, number in complaints.items()
        if _is_year(period) and _in_quarters(period, complaints) < number
    )
    return _Gaps(
        whole={
            period: number
            for period, number in complaints.items()
            if 0 < number == told.get((period, WHOLE, "", "history"))
        },
        uncategorised=frozenset(
            period
            for period, number in complaints.items()
            if 0 < number == told.get((period, Dimension.CATEGORY, "", "complaints"))
        ),
        empty=frozenset(
            period
            for period, number in complaints.items()
            if not _is_year(period) and period[:4] in loose and number == 0
        ),
    )


def _is_year(period: str) -> bool:
    return len(period) == len("2019")


def _in_quarters(year: str, complaints: Mapping[str, float]) -> float:
    """Return what is told of its quarters; infinite where one of them is not told."""
    names = [f"{year}-Q{number}" for number in range(1, 5)]
    if not all(name in complaints for name in names):
        return float("inf")
    return sum(complaints[name] for name in names)
