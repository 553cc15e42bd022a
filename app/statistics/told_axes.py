"""The cells of the tables of one year: of each axis, anew or as they stood."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.statistics.axes import (
    ALL,
    BY_SENSITIVE,
    Axis,
    Keys,
    Place,
    all_sensitive,
    place_axis,
    sensitive_keys,
    simple_axis,
    small_units,
    with_brands,
)
from app.statistics.cohorts import Slot, Year
from app.statistics.model import WHOLE, Cell, Dimension, Told
from app.statistics.revision import States
from app.statistics.telling import LEVELS, STAGES, AxisTold, Row, Seeds, tell_axis
from app.statistics.told_whole import CellKey, Earlier, Marks

SENSITIVE_FIGURE = "sensitive_complaints"
# Those that do not depend on the place; what is told of the first bears on places.
SIMPLE = (
    *(Dimension.CATEGORY, Dimension.SEVERITY, Dimension.CHANNEL),
    *(Dimension.LANGUAGE, Dimension.FILER),
)
_NO_SUMS = frozenset({BY_SENSITIVE, WHOLE})


@dataclass(frozen=True, slots=True)
class TableTold:
    """The cells of an axis, with the rows whose stages are told anew."""

    cells: list[Cell]
    told: AxisTold
    fresh: frozenset[str]  # the families that speak anew
    keys: Mapping[Row, Keys] = field(default_factory=dict)


def table_cells(
    year: Year,
    k: int,
    whole: Mapping[str, frozenset[str]],
    places: Mapping[str, Place],
    first: Sequence[Mapping[CellKey, Cell]],
    earlier: Earlier,
    *,
    more: Sequence[tuple[str, frozenset[str]]] = (),
) -> list[TableTold]:
    """Return what is told of every axis of a closed year.

    `more`: brands with their sites, each told as one unit after all else.
    """
    found: list[TableTold] = []
    apart_in: frozenset[str] = frozenset()
    closed = [state for state in earlier.states if state.is_closed]
    for by in SIMPLE:
        axis = simple_axis(year, by)
        states = [simple_axis(state, by) for state in closed]
        apart = sensitive_keys(axis) if by is Dimension.CATEGORY else frozenset()
        table = _table(year, axis, states, k, whole, first, earlier, apart, None)
        if by is Dimension.CATEGORY:
            apart_in = table.told.is_apart
        found.append(table)
    axis = with_brands(place_axis(year, places), more)
    states = [with_brands(place_axis(state, places), more) for state in closed]
    found.append(
        _table(
            *(year, axis, states, k, whole, first, earlier),
            *(all_sensitive(axis), apart_in),
        )
    )
    found[-1].cells.extend(
        _untold(year.name, by, value, "complaints") for by, value in small_units(places)
    )
    return found


def _table(
    year: Year,
    axis: Axis,
    states: Sequence[Axis],
    k: int,
    whole: Mapping[str, frozenset[str]],
    first: Sequence[Mapping[CellKey, Cell]],
    earlier: Earlier,
    apart: Keys,
    must: frozenset[str] | None,
) -> TableTold:
    seeds = _seeds(year, axis, first, earlier)
    told = tell_axis(year, axis, k, whole, seeds, apart=apart, must=must)
    keys = {(one.by, one.value): one.keys for one in axis.candidates}
    writing = _Writing(year, axis, States(axis, states), k, told, earlier, keys)
    return writing.work()


def _key(period: str, row: Row, figure: str) -> CellKey:
    """Return where a number of a row stands: sensitive ones beside the countries."""
    by, value = row
    if by == BY_SENSITIVE:
        return period, Dimension.COUNTRY.value, value, SENSITIVE_FIGURE
    if by == WHOLE:
        return period, WHOLE, "", value
    return period, f"{by}", value, figure


def _has(cells: Mapping[CellKey, Cell], key: CellKey) -> bool:
    cell = cells.get(key)
    return cell is not None and cell.told in {Told.EXACT, Told.UNRECORDED}


def _seeds(
    year: Year, axis: Axis, first: Sequence[Mapping[CellKey, Cell]], earlier: Earlier
) -> Seeds:
    rows = [(one.by, one.value) for one in axis.candidates]
    ranked: dict[Row, int] = {}
    outcomes: set[Row] = set()
    quarters: set[Row] = set()
    stages: dict[str, set[Row]] = {}
    level = ""
    for rank, cells in enumerate((*first, earlier.cells)):
        for row in rows:
            if not _has(cells, _key(year.name, row, "complaints")):
                continue
            ranked.setdefault(row, rank)
            if row[0] in _NO_SUMS:
                continue
            if _has(cells, _key(year.name, row, "resolved")):
                outcomes.add(row)
                is_fine = _has(cells, _key(year.name, row, "confirmed"))
                level = level or ("declared" if is_fine else "resolved")
            for stage in STAGES:
                if _has(cells, _key(year.name, row, f"{stage}_late")):
                    stages.setdefault(stage, set()).add(row)
            if any(_has(cells, _key(q, row, "complaints")) for q in year.quarters):
                quarters.add(row)
    return Seeds(
        ranked,
        frozenset(outcomes),
        level,
        {stage: frozenset(held) for stage, held in stages.items()},
        frozenset(quarters),
    )


@dataclass(slots=True)
class _Writing:
    """One axis being written: each family anew where that is safe, else as it was."""

    year: Year
    axis: Axis
    states: States
    k: int
    told: AxisTold
    earlier: Earlier
    keys: Mapping[Row, Keys]
    marked: dict[tuple[str, Keys], Marks] = field(default_factory=dict)

    def work(self) -> TableTold:
        name, told = self.year.name, self.told
        before = self._before(name, "complaints")
        fresh: set[str] = set()
        if not self._may(before, told.complaints.keys(), [(None, ALL)]):
            return TableTold(self._standing(), told, frozenset(), self.keys)
        fresh.add("complaints")
        cells = list(self._complaints())
        parts = LEVELS.get(told.level, ())
        outcomes = [(None, part) for part in parts]
        had = self._before(name, "resolved")
        is_same_level = not had or bool(self._before(name, "confirmed")) == (
            told.level == "declared"
        )
        if is_same_level and self._may(had, told.outcomes.keys(), outcomes):
            fresh.add("outcomes")
            cells += self._outcomes()
        else:
            cells += self._as_told({name}, _OUTCOME_FIGURES)
        cells += self._quarters("outcomes" in fresh, fresh)
        for stage, of_stage in STAGES.items():
            rows = told.stages.get(stage, {})
            figures = frozenset(part.name for part in of_stage if part.name)
            staged: list[Slot] = [(None, part) for part in of_stage]
            if self._may(self._before(name, f"{stage}_late"), rows.keys(), staged):
                fresh.add(stage)
                cells += self._numbers(name, stage, rows)
            else:
                cells += self._as_told({name}, figures)
        return TableTold(cells, told, frozenset(fresh), self.keys)

    def _rows(self) -> list[Row]:
        return [(one.by, one.value) for one in self.axis.candidates]

    def _before(self, period: str, figure: str) -> frozenset[Row]:
        """Return the rows of which this was told."""
        return frozenset(
            row
            for row in self._all_rows()
            if self.earlier.told(*_key(period, row, figure))
            and (figure == "complaints" or row[0] not in _NO_SUMS)
        )

    def _all_rows(self) -> set[Row]:
        """Return every row there is or was, of these tables."""
        every = (self.states.now, *self.states.before)
        return {(one.by, one.value) for axis in every for one in axis.candidates}

    def _may(
        self, before: frozenset[Row], now: Iterable[Row], slots: Sequence[Slot]
    ) -> bool:
        """Tell whether a family may speak anew, or for the first time."""
        if not before <= frozenset(now):
            return False
        return not slots or self.states.may_tell(before, slots, self.k)

    def _marks(self, period: str, keys: Keys) -> Marks:
        if (period, keys) not in self.marked:
            held = self.axis.rows
            rows = (row for key in keys for row in held.get(key, ()))
            here = (row for row in rows if period in (row.quarter, self.year.name))
            self.marked[period, keys] = Marks.of(here)
        return self.marked[period, keys]

    def _complaints(self) -> Iterator[Cell]:
        name = self.year.name
        for one in self.axis.candidates:
            row = (one.by, one.value)
            marks = self._marks(name, one.keys)
            key = _key(name, row, "complaints")
            number = self.told.complaints.get(row)
            yield Cell(*key, number, self.told.word(row), None, marks.has_history)

    def _outcomes(self) -> Iterator[Cell]:
        yield from self._numbers(self.year.name, "declared", self.told.outcomes)
        for row, numbers in self.told.outcomes.items():
            if row[0] not in _NO_SUMS and "resolved" not in numbers:
                resolved = numbers["confirmed"] + numbers["declared"]
                yield self._exact(self.year.name, row, "resolved", resolved)
        for row in self.told.complaints.keys() - self.told.outcomes.keys():
            if row[0] not in _NO_SUMS:
                for figure in ("resolved", "not_resolved"):
                    yield _untold(*_key(self.year.name, row, figure))

    def _numbers(
        self, period: str, node: str, rows: Mapping[Row, Mapping[str, int]]
    ) -> Iterator[Cell]:
        for row, numbers in rows.items():
            if row[0] in _NO_SUMS:
                continue
            marks = self._marks(period, self.keys[row])
            for figure, number in numbers.items():
                is_of_node = node != "declared" or figure in {"confirmed", "declared"}
                if is_of_node and marks.hides(node):
                    yield Cell(
                        *_key(period, row, figure), None, Told.UNRECORDED, None, True
                    )
                else:
                    yield self._exact(period, row, figure, number)

    def _exact(self, period: str, row: Row, figure: str, number: int) -> Cell:
        marks = self._marks(period, self.keys[row])
        return Cell(
            *_key(period, row, figure), number, Told.EXACT, None, marks.has_history
        )

    def _quarters(self, is_fresh: bool, fresh: set[str]) -> Iterator[Cell]:
        """Yield the quarters of rows; none anew beside outcomes that are not."""
        parts = LEVELS.get(self.told.level, (ALL,))
        slots: list[Slot] = [(p, part) for p in self.year.pieces for part in parts]
        had = frozenset(
            row for q in self.year.quarters for row in self._before(q, "complaints")
        )
        if not is_fresh or not self._may(had, self.told.quarters.keys(), slots):
            yield from self._as_told(
                set(self.year.quarters), _OUTCOME_FIGURES | {"complaints"}
            )
            return
        fresh.add("quarters")
        for row, by_quarter in self.told.quarters.items():
            for quarter, numbers in by_quarter.items():
                sums = dict(numbers)
                if "confirmed" in sums:
                    sums["resolved"] = sums["confirmed"] + sums["declared"]
                if "resolved" in sums:
                    sums["complaints"] = sums["resolved"] + sums["not_resolved"]
                if row[0] in _NO_SUMS:
                    yield self._exact(quarter, row, "complaints", sums["complaints"])
                else:
                    yield from self._numbers(quarter, "declared", {row: sums})
        for row in self.told.complaints.keys() - self.told.quarters.keys():
            if row[0] != WHOLE:
                for quarter in self.year.quarters:
                    yield _untold(*_key(quarter, row, "complaints"))

    def _as_told(self, periods: set[str], figures: frozenset[str]) -> list[Cell]:
        """Return what the release before says of these, dated."""
        tables = {_key("", row, "complaints")[1] for row in self._all_rows()} - {WHOLE}
        return [
            self.earlier.standing(cell)
            for cell in self.earlier.cells.values()
            if cell.period in periods and cell.by in tables and cell.figure in figures
        ]

    def _standing(self) -> list[Cell]:
        """Return all that the release before says of this axis and year."""
        periods = {self.year.name, *self.year.quarters}
        rows = {_key("", row, "complaints")[1:] for row in self._all_rows()}
        tables = {by for by, _, _ in rows} - {WHOLE}
        return [
            self.earlier.standing(cell)
            for cell in self.earlier.cells.values()
            if cell.period in periods
            and (cell.by in tables or (cell.by, cell.value, cell.figure) in rows)
            and cell.figure in _TABLE_FIGURES
        ]


def _untold(
    period: str, by: str, value: str, figure: str, told: Told = Told.WITHHELD
) -> Cell:
    return Cell(period, by, value, figure, None, told)


_OUTCOME_FIGURES = frozenset({"resolved", "not_resolved", "confirmed", "declared"})
_TABLE_FIGURES = frozenset(
    {
        *("complaints", "bypassed", SENSITIVE_FIGURE, *_OUTCOME_FIGURES),
        *(part.name for parts in STAGES.values() for part in parts if part.name),
    }
)
