"""What nobody wrote down is told as that, and never as a nought.

Decided from cells that are told alone, so that it gives nothing away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.statistics.model import WHOLE, Cell, Dimension, Told

# Of complaints from before Threadline a nought of these is our own guess: there was
# no line that counts contacts, no directory of sites, and no route to go past.
_GUESSED = frozenset({"contacts", "test_calls", "sites", "bypassed", "bypassed_share"})
_SENSITIVE = "sensitive_complaints"


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What is not known of a release's periods."""

    whole: frozenset[str]  # periods with complaints from before Threadline alone
    uncategorised: frozenset[str]  # periods in which no complaint has a category
    empty: frozenset[str]  # quarters in which some may have come, and no other did


def recorded(cells: Iterable[Cell], *, beside: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells as they may be said.

    `beside`: the cells of the whole programme that are told to the same reader.
    Of a quarter that has no complaint, in a year that has some of which nobody
    recorded the quarter, nothing is told.
    """
    gaps = _gaps(beside)
    return tuple(_said(cell, gaps) for cell in cells if cell.period not in gaps.empty)


def _said(cell: Cell, gaps: _Gaps) -> Cell:
    if cell.number:
        return cell
    is_guess = cell.by == WHOLE and cell.figure in _GUESSED
    if (is_guess and cell.period in gaps.whole) or (
        cell.figure == _SENSITIVE and cell.period in gaps.uncategorised
    ):
        return replace(
            cell, number=None, told=Told.UNRECORDED, as_of=None, has_history=True
        )
    return cell


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
        whole=frozenset(
            period
            for period, number in complaints.items()
            if 0 < number == told.get((period, WHOLE, "", "history"))
        ),
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
