"""Sites with complaints and sites without: of closed years, where none is found."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.statistics.axes import BY_BRAND, Place
from app.statistics.cohorts import Year, measured
from app.statistics.model import (
    OF_COMMITTEES,
    SMALLEST_UNIT,
    WHOLE,
    Cell,
    Dimension,
    Told,
)
from app.statistics.told_axes import TableTold
from app.statistics.told_whole import CellKey, Earlier, Marks

SILENT_QUARTERS = 2  # closed ones without a complaint that its committee knows of
_COMPLAINTS = measured("complaints")
_TABLES = frozenset({*OF_COMMITTEES, Dimension.COUNTRY, BY_BRAND})


@dataclass(frozen=True, slots=True)
class Apart:
    """Which sites the tables of a year tell apart, and what they say of them."""

    sets: Sequence[frozenset[str]] = ()  # told as one number each
    small: frozenset[str] = frozenset()  # called few here
    called_small: frozenset[str] = frozenset()  # here, or to everybody


def apart(table: TableTold, first: Sequence[Mapping[CellKey, Cell]]) -> Apart | None:
    """Return how a table of places cuts the sites; None where it is not of now."""
    if "complaints" not in table.fresh:
        return None
    told = table.told
    sets = [
        frozenset(key[2] for key in keys if key[0] == "site")
        for row, keys in table.keys.items()
        if row in told.complaints and row[0] in _TABLES
    ]
    small = frozenset(value for by, value in told.fewer if by == Dimension.SITE)
    named = {
        cell.value
        for cells in first
        for cell in cells.values()
        if cell.period == told.year
        and (cell.by, cell.figure, cell.told)
        == (Dimension.SITE, "complaints", Told.FEWER)
    }
    return Apart(sets, small, small | named)


def active_cells(
    year: Year, k: int, earlier: Earlier, how: Apart | None
) -> Iterator[Cell]:
    """Yield how many sites have complaints, where that says of none how many.

    Told of a closed year, once: it never moves, and says so where it should have.
    What is told of a quarter before its year is closed would tell too much of the
    sites that the year's tables leave.
    """
    for quarter in year.quarters:
        yield Cell(quarter, WHOLE, "", "active_sites", None, Told.WITHHELD)
    if year.is_closed:
        known = known_in(year, year.pieces)
        may = how is not None and is_loose(known, how, k)
        yield _once(year, year.name, "active_sites", len(known), earlier, may=may)


def silent_cells(
    year: Year,
    places: Mapping[str, Place],
    k: int,
    earlier: Earlier,
    how: Apart | None,
    closed: Iterable[str],
) -> Iterator[Cell]:
    """Yield how many sites are silent: of the newest year that is closed, once.

    The newest quarter says the same where it is the last of that year, else nothing.
    """
    newest = max(closed, default="")
    if newest in year.quarters and not year.is_closed:
        yield Cell(newest, WHOLE, "", "silent_sites", None, Told.WITHHELD)
    if not year.is_closed or year.name != newest_year(closed):
        return
    known = known_in(year, silent_quarters(year))
    may = how is not None and is_loose(known, how, k)
    number = len(silent_sites(year, places))
    periods = (year.name, newest) if newest in year.quarters else (year.name,)
    for period in periods:
        yield _once(year, period, "silent_sites", number, earlier, may=may)


def newest_year(closed: Iterable[str]) -> str:
    """Return the newest year that is closed; blank where none is."""
    return max((q[:4] for q in closed if q.endswith("-Q4")), default="")


def silent_quarters(year: Year) -> tuple[str, ...]:
    return year.quarters[-SILENT_QUARTERS:]


def silent_sites(year: Year, places: Mapping[str, Place]) -> list[str]:
    """Return the sites whose committees know of no complaint at a year's end.

    Sites of few workers, or of an unknown number, are no part of it.
    """
    known = known_in(year, silent_quarters(year))
    return sorted(
        code
        for code, place in places.items()
        if code not in known and (place.workers or 0) >= SMALLEST_UNIT
    )


def known_in(year: Year, pieces: Collection[str]) -> dict[str, int]:
    """Return how many complaints of these quarters each committee knows of."""
    found: dict[str, int] = {}
    for row in year.table(WHOLE):
        if row.is_factory and row.site and row.quarter in pieces:
            number = _COMPLAINTS.of(row.counts)
            if number:
                found[row.site] = found.get(row.site, 0) + number
    return found


def is_loose(known: Mapping[str, int], how: Apart, k: int) -> bool:
    """Tell whether each site can have many numbers though it is known who has none.

    Told sets cut the sites into blocks. Every site of a block has one complaint at
    least, or as many as the threshold where it is told that others have fewer; what
    is left beyond that, to everybody and to each of the sites, must not be few.
    """
    if not known:
        return False
    blocks: dict[tuple[bool, ...], set[str]] = {}
    for site in {*known, *(site for held in how.sets for site in held)}:
        where = tuple(site in held for held in how.sets)
        blocks.setdefault(where, set()).add(site)
    return all(_has_room(block, known, how, k) for block in blocks.values())


def _has_room(
    block: Collection[str], known: Mapping[str, int], how: Apart, k: int
) -> bool:
    everybody = frozenset(block)
    return all(
        known.keys().isdisjoint(view) or _is_wide(view, known, how, k)
        for view in (everybody, *(everybody - {own} for own in block))
    )


def _is_wide(
    view: Collection[str], known: Mapping[str, int], how: Apart, k: int
) -> bool:
    active = [site for site in view if site in known]
    everything = sum(known[site] for site in active)
    if len(view) == 1:  # its number is told, or can be reckoned as it is
        return everything >= k
    has_small = any(site in how.small for site in view)
    least = sum(
        k if has_small and site not in how.small and known[site] >= k else 1
        for site in active
    )
    most = (k - 1) * len(active)
    is_capped = all(site in how.called_small for site in active)
    return everything - least >= k and (not is_capped or most - everything >= k)


def _once(
    year: Year, period: str, figure: str, number: int, earlier: Earlier, *, may: bool
) -> Cell:
    was = earlier.told(period, WHOLE, "", figure)
    if was is not None:
        return earlier.standing(was, number)
    if not may:
        return Cell(period, WHOLE, "", figure, None, Told.WITHHELD)
    marks = Marks.of(year.table(WHOLE))
    return Cell(period, WHOLE, "", figure, number, Told.EXACT, None, marks.has_history)


_OF_SITES = frozenset({"active_sites", "silent_sites"})


def agreed(
    cells: Iterable[Cell],
    before: Mapping[CellKey, Cell],
    auditors: Mapping[CellKey, Cell],
) -> tuple[Cell, ...]:
    """Return the public cells; of sites nothing that auditors may not be told too.

    They see more tables, beside which the same number could say more. `before`: what
    the public was told until now, which nobody takes back.
    """
    found: list[Cell] = []
    for cell in cells:
        key = (cell.period, cell.by, cell.value, cell.figure)
        is_new = key not in before or before[key].number is None
        if cell.figure in _OF_SITES and cell.number is not None and is_new:
            also = auditors.get(key)
            if also is None or also.number != cell.number:
                cell = replace(cell, number=None, told=Told.WITHHELD)
        found.append(cell)
    return tuple(found)
