"""Medians and percentiles: told of enough complaints, and as they stood with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.statistics.cohorts import Year
from app.statistics.definitions import FIGURES, Definition, Spread, Way
from app.statistics.measures import nearest_rank
from app.statistics.model import WHOLE, Cell, Told
from app.statistics.suppression import Counted
from app.statistics.told_whole import Earlier

_PERCENT: Mapping[Way, int] = {Way.MEDIAN: 50, Way.P90: 90}
_TIMES: Mapping[Way, int] = {Way.MEDIAN: 1, Way.P90: 5}  # the threshold


class Distributed(Protocol):
    """How many complaints took how many whole hours to a stage."""

    @property
    def quarter(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def counts(self) -> Mapping[int, int]: ...


@dataclass(frozen=True, slots=True)
class OfRow:
    """A row whose percentiles are asked for: its complaints, and what stands."""

    period: str
    by: str
    value: str
    complaints: Counted
    is_told: bool  # its complaints are
    kept: frozenset[str] = frozenset()  # stages of which it says what it said
    is_history: bool = False
    has_history: bool = False


def hours_by_row(
    hours: Iterable[Distributed], year: Year
) -> dict[tuple[str, str, str], list[Distributed]]:
    """Return the distributions of the year by period, table and value."""
    found: dict[tuple[str, str, str], list[Distributed]] = {}
    for one in hours:
        if one.quarter in year.pieces:
            if one.quarter != year.name:
                found.setdefault((one.quarter, one.by, one.value), []).append(one)
            if year.is_closed:
                found.setdefault((year.name, one.by, one.value), []).append(one)
    return found


def hour_cells(
    row: OfRow, hours: Sequence[Distributed], k: int, earlier: Earlier
) -> Iterator[Cell]:
    """Yield the percentiles of one row."""
    for figure in FIGURES.values():
        is_here = row.by == WHOLE or figure.spread is Spread.HOURS
        if figure.way in _PERCENT and is_here:
            now = _cell(row, figure, hours, k)
            before = earlier.told(row.period, row.by, row.value, figure.id)
            is_kept = figure.stage in row.kept or now.told is Told.WITHHELD
            if before is not None and is_kept and before.told is Told.EXACT:
                yield earlier.standing(before, now.number)
            else:
                yield now


def _cell(row: OfRow, figure: Definition, hours: Sequence[Distributed], k: int) -> Cell:
    counts: dict[int, int] = {}
    for one in hours:
        if one.stage == figure.stage and one.unit == figure.clock:
            for taken, number in one.counts.items():
                counts[taken] = counts.get(taken, 0) + number
    n = sum(counts.values())
    told = Told.WITHHELD
    percentile: int | None = None
    if row.is_told and n == 0:
        nothing = row.complaints.n[0] == 0
        told = Told.NONE if nothing else Told.WITHHELD
        told = Told.UNRECORDED if row.is_history else told
    elif row.is_told and _is_enough(n, row.complaints, k * _TIMES[figure.way], k):
        told = Told.EXACT
        percentile = nearest_rank(counts, _PERCENT[figure.way])
    key = (row.period, row.by, row.value, figure.id)
    return Cell(*key, percentile, told, None, row.has_history)


def _is_enough(n: int, complaints: Counted, least: int, k: int) -> bool:
    """Tell whether so many are enough, also beside what one site knows of them."""
    return n >= least and all(
        known[0] == complaints.n[0] or n - known[0] >= k
        for known in complaints.by_site.values()
    )
