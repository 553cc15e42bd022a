"""Rates: reckoned from told numbers alone, and only from those of one release."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.statistics.axes import Place
from app.statistics.definitions import FIGURES, Definition, Unit, Way
from app.statistics.measures import rate
from app.statistics.model import SMALLEST_UNIT, WHOLE, Cell, Dimension, Told
from app.statistics.told_whole import CellKey

_PER: Mapping[Unit, int] = {Unit.PERCENT: 100, Unit.PER_100: 100}
_PER_WORKERS = "complaints_per_1000"
_QUARTERS = 4
# By which figures the measures of a rate are told.
_FIGURE_OF: Mapping[tuple[str, ...], str] = {
    **{f.measures: f.id for f in reversed(tuple(FIGURES.values())) if f.way is Way.SUM},
    ("brand_asked",): "escalated_brand",
}


def _told_by(measures: tuple[str, ...]) -> Sequence[str]:
    """Return the figures that add up to these measures."""
    if measures in _FIGURE_OF:
        return (_FIGURE_OF[measures],)
    return tuple(_FIGURE_OF[(measure,)] for measure in measures)


def rate_cells(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield the rates of every row of which the numbers are there."""
    rows: dict[tuple[str, str, str], dict[str, Cell]] = {}
    for cell in cells:
        key = (cell.period, cell.by, cell.value)
        rows.setdefault(key, {})[cell.figure] = cell
    for key, row in rows.items():
        for figure in FIGURES.values():
            if figure.way is not Way.RATE or figure.id == _PER_WORKERS:
                continue
            parts = [row.get(name) for name in _told_by(figure.measures)]
            wholes = [row.get(name) for name in _told_by(figure.of)]
            if None not in parts and None not in wholes:
                yield _rate(
                    key,
                    figure,
                    [cell for cell in parts if cell is not None],
                    [cell for cell in wholes if cell is not None],
                )


def _rate(
    key: tuple[str, str, str],
    figure: Definition,
    parts: Sequence[Cell],
    wholes: Sequence[Cell],
) -> Cell:
    used = [*parts, *wholes]
    has_history = any(cell.has_history for cell in used)
    whole = sum(int(cell.number or 0) for cell in wholes)
    part = sum(int(cell.number or 0) for cell in parts)
    number: float | None = None
    if any(cell.told is Told.UNRECORDED for cell in used):
        told = Told.UNRECORDED
    elif (
        any(cell.told is not Told.EXACT for cell in used)
        or len({cell.as_of for cell in used}) > 1
    ):
        told = Told.WITHHELD
    elif whole == 0:
        told = Told.NONE
    else:
        told, number = Told.EXACT, rate(part, whole, _PER[figure.unit])
    as_of = used[0].as_of if told is Told.EXACT else None
    return Cell(*key, figure.id, number, told, as_of, has_history)


def per_worker_cells(
    cells: Iterable[Cell],
    places: Mapping[str, Place],
    before: Mapping[CellKey, Cell],
    as_of: datetime | None,
) -> Iterator[Cell]:
    """Yield complaints per 1,000 workers and year, of the whole and by place.

    By region, kind and tier those that a committee knows, as all tables of these.
    `before`: what was told, as of `as_of`. It stands as long as its complaints do:
    the directory knows the workers of today alone.
    """
    units = _workers(places)
    for cell in cells:
        workers = units.get((cell.by, cell.value))
        if cell.figure != "complaints" or workers is None:
            continue
        key = (cell.period, cell.by, cell.value, _PER_WORKERS)
        now = _per_workers(key, cell, workers)
        was, complaints = before.get(key), before.get((*key[:3], "complaints"))
        stands = complaints is not None and complaints.number == cell.number
        if was is None or was.number in (None, now.number) or not stands:
            yield now
        else:
            yield replace(was, as_of=was.as_of or as_of)


@dataclass(slots=True)
class _Workers:
    """How many work at some sites, and whether that is known of each."""

    count: int = 0
    is_known: bool = True


def _workers(places: Mapping[str, Place]) -> Mapping[tuple[str, str], _Workers]:
    found: dict[tuple[str, str], _Workers] = {}
    for place in places.values():
        for unit in (
            (WHOLE, ""),
            (Dimension.COUNTRY.value, place.country),
            (Dimension.REGION.value, place.region),
            (Dimension.KIND.value, place.kind),
            (Dimension.TIER.value, place.tier),
        ):
            held = found.setdefault(unit, _Workers())
            held.count += place.workers or 0
            held.is_known &= place.workers is not None
    return found


def _per_workers(key: CellKey, cell: Cell, workers: _Workers) -> Cell:
    is_exact = cell.told is Told.EXACT and cell.number is not None
    if not is_exact or workers.count < SMALLEST_UNIT or not workers.is_known:
        told = Told.NONE if is_exact and not workers.is_known else Told.WITHHELD
        return Cell(*key, None, told, None, cell.has_history)
    times = 1000 * (_QUARTERS if "-" in cell.period else 1)
    number = rate(int(cell.number or 0), workers.count, times)
    return Cell(*key, number, Told.EXACT, cell.as_of, cell.has_history)
