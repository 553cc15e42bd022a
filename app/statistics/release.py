"""From exact sums to the cells of a release: pure, and the same for the same sums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.statistics.axes import ALL, BY_BRAND, Place
from app.statistics.cohorts import Summed, Year, counted, years
from app.statistics.definitions import FIGURES, Way
from app.statistics.kept import Kept, brands_then, places_then
from app.statistics.model import WHOLE, Cell, Dimension, Told
from app.statistics.rates import per_worker_cells, rate_cells
from app.statistics.told_axes import TableTold, table_cells
from app.statistics.told_beside import (
    Contacted,
    Indicated,
    Remedied,
    contact_cells,
    indicator_cells,
    remedy_cells,
)
from app.statistics.told_hours import Distributed, OfRow, hour_cells, hours_by_row
from app.statistics.told_sites import Apart, active_cells, apart, silent_cells
from app.statistics.told_whole import (
    CellKey,
    Earlier,
    Marks,
    WholeTold,
    whole_cells,
)

# The node that stands or falls with the percentiles of a stage.
_NODE_OF = {
    "acknowledge": ("acknowledge",),
    "first_action": ("first_action",),
    "resolve": ("resolve", "resolved"),
    "brand": ("answered",),
}


@dataclass(frozen=True, slots=True)
class Exact:
    """Everything as it is counted now; `closed` are the quarters that are over."""

    sums: Sequence[Summed]
    closed: frozenset[str]
    places: Mapping[str, Place] = field(default_factory=dict)
    hours: Sequence[Distributed] = ()
    contacts: Sequence[Contacted] = ()
    remedies: Sequence[Remedied] = ()
    indicators: Sequence[Indicated] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """What one audience was told until now.

    `states`: the sums of each year as they were whenever anything was told of it;
    `kept`: what was kept beside those of a closed year.
    """

    cells: Mapping[CellKey, Cell] = field(default_factory=dict)
    as_of: datetime | None = None
    states: Mapping[str, Sequence[Year]] = field(default_factory=dict)
    kept: Mapping[str, Sequence[Kept]] = field(default_factory=dict)


def by_key(cells: Iterable[Cell]) -> dict[CellKey, Cell]:
    """Return cells by where they stand; of two at one place the first."""
    found: dict[CellKey, Cell] = {}
    for cell in cells:
        found.setdefault((cell.period, cell.by, cell.value, cell.figure), cell)
    return found


def build(
    exact: Exact,
    k: int,
    *,
    before: Before | None = None,
    first: Sequence[Mapping[CellKey, Cell]] = (),
    brands: Sequence[tuple[str, frozenset[str]]] = (),
) -> tuple[Cell, ...]:
    """Return every cell of a release, in order.

    `first`: what others are told at the same time and this audience sees as well;
    it is told first. `brands`: with their sites, each told as one unit.
    """
    told = before or Before()
    found: list[Cell] = []
    for year in years(exact.sums, exact.closed):
        kept = told.kept.get(year.name, ())
        earlier = Earlier(told.cells, told.as_of, told.states.get(year.name, ()), kept)
        units = brands_then(kept, brands)
        if _is_as_it_was(year, earlier, units):
            found += _again(exact, year, k, earlier)
        else:
            found += _year(exact, year, k, earlier, first, units)
    found += indicator_cells(exact.indicators)
    told_once = by_key(_not_under(cell, k) for cell in found)
    told_once = by_key([*told_once.values(), *rate_cells(told_once.values())])
    more = list(_per_workers(told_once.values(), exact.places, told))
    told_once = by_key([*told_once.values(), *more])
    for key, cell in told.cells.items():
        if key not in told_once and cell.figure in _ONCE:
            told_once[key] = cell
    return tuple(_without_hint(told_once[key]) for key in sorted(told_once))


def _without_hint(cell: Cell) -> Cell:
    """Return the cell; of what is not told not even that history is counted in it."""
    if cell.has_history and cell.told not in {Told.EXACT, Told.UNRECORDED}:
        return replace(cell, has_history=False)
    return cell


def _per_workers(
    cells: Iterable[Cell], places: Mapping[str, Place], told: Before
) -> Iterator[Cell]:
    """Yield complaints per 1,000 workers, of each year by its own places."""
    by_year: dict[str, list[Cell]] = {}
    for cell in cells:
        by_year.setdefault(cell.period[:4], []).append(cell)
    for name, held in by_year.items():
        then = places_then(told.kept.get(name, ()), places)
        yield from per_worker_cells(held, then, told.cells, told.as_of)


# Told of the newest quarter when it is, and of no earlier one again.
_ONCE = frozenset({"sites", "silent_sites"})


def _not_under(cell: Cell, k: int) -> Cell:
    """Return the cell, untold if it was told under a threshold that was lower."""
    figure = FIGURES.get(cell.figure)
    is_count = figure is not None and figure.way is Way.SUM
    if is_count and cell.number is not None and 0 < cell.number < k:
        return replace(cell, number=None, told=Told.WITHHELD, as_of=None)
    return cell


def _is_as_it_was(
    year: Year, earlier: Earlier, brands: Sequence[tuple[str, frozenset[str]]]
) -> bool:
    """Tell whether nothing moved since the release before: it is said again."""
    if not earlier.states or not any(
        cell.period == year.quarters[0] for cell in earlier.cells.values()
    ):
        return False
    known = {cell.value for cell in earlier.cells.values() if cell.by == BY_BRAND}
    last = earlier.states[-1]
    return (
        last.quarters == year.quarters
        and all(slug in known for slug, _ in brands)
        and _rows(last) == _rows(year)
    )


def _rows(year: Year) -> dict[tuple[object, ...], tuple[int, ...]]:
    return {
        (row.quarter, row.by, row.value, row.site, row.is_factory): tuple(row.counts)
        for rows in year.rows.values()
        for row in rows
    }


def _again(exact: Exact, year: Year, k: int, earlier: Earlier) -> Iterator[Cell]:
    periods = {year.name, *year.quarters}
    yield from _beside(exact, year, k, earlier)
    for cell in earlier.cells.values():
        figure = FIGURES.get(cell.figure)
        if cell.period in periods and figure and figure.way not in _ANEW:
            yield cell


def _beside(
    exact: Exact, year: Year, k: int, earlier: Earlier, how: Apart | None = None
) -> Iterator[Cell]:
    """Yield what is no count of complaints; `how` the tables tell sites apart."""
    yield from contact_cells(exact.contacts, year, k, earlier)
    for period in (max(exact.closed, default=""), year.name):
        if period in year.quarters or (year.is_closed and period == year.name):
            yield Cell(period, WHOLE, "", "sites", len(exact.places), Told.EXACT)
    yield from active_cells(year, k, earlier, how)
    yield from silent_cells(year, exact.places, k, earlier, how, exact.closed)
    yield from remedy_cells(exact.remedies, year, k, earlier)


# These are reckoned anew though nothing was counted otherwise.
_ANEW = frozenset({Way.COUNT, Way.RATE})


def _year(
    exact: Exact,
    year: Year,
    k: int,
    earlier: Earlier,
    first: Sequence[Mapping[CellKey, Cell]],
    brands: Sequence[tuple[str, frozenset[str]]],
) -> Iterator[Cell]:
    whole = whole_cells(year, k, first, earlier)
    yield from whole.cells
    hours = hours_by_row(exact.hours, year)
    for row in _whole_rows(year, whole):
        yield from hour_cells(row, hours.get((row.period, WHOLE, ""), ()), k, earlier)
    if not year.is_closed:
        yield from _beside(exact, year, k, earlier)
        return
    places = places_then(earlier.kept, exact.places)
    # What says what it said is no sum of rows that would be told as they are now.
    anew = {node: periods - whole.kept[node] for node, periods in whole.told.items()}
    tables = table_cells(year, k, anew, places, first, earlier, more=brands)
    yield from _beside(exact, year, k, earlier, apart(tables[-1], first))
    for table in tables:
        yield from table.cells
        for row in _table_rows(year, table):
            key = (row.period, row.by, row.value)
            yield from hour_cells(row, hours.get(key, ()), k, earlier)


def _whole_rows(year: Year, whole: WholeTold) -> Iterator[OfRow]:
    periods = (*year.quarters, year.name) if year.is_closed else year.quarters
    for period in periods:
        rows = [r for r in year.table(WHOLE) if period in (r.quarter, year.name)]
        marks = Marks.of(rows)
        yield OfRow(
            period,
            WHOLE,
            "",
            counted(rows, [(None, ALL)], year.wide),
            is_told=period in whole.told["complaints"],
            kept=frozenset(
                stage
                for stage, nodes in _NODE_OF.items()
                if any(period in whole.kept[node] for node in nodes)
            ),
            is_history=marks.is_history,
            has_history=marks.has_history,
        )


def _table_rows(year: Year, table: TableTold) -> Iterator[OfRow]:
    stages = ("acknowledge", "first_action", "resolve")
    for by, value in table.told.complaints:
        if by in {Dimension.COUNTRY, Dimension.SEVERITY}:
            rows = [row for row in year.table(by) if row.value == value]
            marks = Marks.of(rows)
            yield OfRow(
                year.name,
                str(by),
                value,
                counted(rows, [(None, ALL)], year.wide),
                is_told=True,
                kept=frozenset(stage for stage in stages if stage not in table.fresh),
                is_history=marks.is_history,
                has_history=marks.has_history,
            )
