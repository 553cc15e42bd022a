"""What is no count of complaints: contacts, sites, remedies, indicators."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from app.statistics.axes import Place
from app.statistics.cohorts import Year, measured
from app.statistics.model import WHOLE, Cell, Told
from app.statistics.suppression import Counted, is_tellable, total
from app.statistics.told_whole import Earlier
from app.statistics.whole import tell_pieces

BY_CURRENCY, BY_TOPIC = "currency", "topic"
SILENT_QUARTERS = 2  # closed ones without a complaint that its committee knows of
_TEST = "test"
_COMPLAINTS = measured("complaints")


class Contacted(Protocol):
    """How often the hotline was reached in a quarter, by how it went on."""

    @property
    def quarter(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def count(self) -> int: ...


class Remedied(Protocol):
    """Remedies of one kind, of complaints of one quarter and site."""

    @property
    def quarter(self) -> str: ...
    @property
    def site(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def is_history(self) -> bool: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def remedies(self) -> int: ...
    @property
    def beneficiaries(self) -> int: ...
    @property
    def amount(self) -> Decimal: ...


class Indicated(Protocol):
    """A number that a partner entered of the programme's own work."""

    @property
    def kind(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def period_from(self) -> date: ...
    @property
    def period_to(self) -> date: ...
    @property
    def value(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def evidence(self) -> str: ...
    @property
    def is_history(self) -> bool: ...


def contact_cells(
    contacts: Iterable[Contacted], year: Year, k: int, earlier: Earlier
) -> Iterator[Cell]:
    """Yield contacts and test calls by quarter and year; they never change later."""
    held = [one for one in contacts if one.quarter in year.quarters]
    for figure, is_wanted in (("contacts", False), ("test_calls", True)):
        numbers = {
            quarter: Counted(
                (
                    sum(
                        one.count
                        for one in held
                        if one.quarter == quarter and (one.kind == _TEST) is is_wanted
                    ),
                )
            )
            for quarter in year.quarters
        }
        before = frozenset(
            q for q in year.quarters if earlier.told(q, WHOLE, "", figure)
        )
        told = tell_pieces(year, numbers, k, before)
        if year.is_closed:
            numbers[year.name] = total(numbers.values(), 1)
        for period, number in numbers.items():
            cell = Cell(
                *(period, WHOLE, "", figure),
                number.n[0] if period in told else None,
                _word(number, k, is_told=period in told),
            )
            was = earlier.told(period, WHOLE, "", figure)
            yield earlier.standing(was, cell.number) if was is not None else cell


def _word(number: Counted, k: int, *, is_told: bool) -> Told:
    if is_told:
        return Told.EXACT
    return Told.FEWER if number.n[0] < k else Told.WITHHELD


def site_cells(
    year: Year, places: Mapping[str, Place], k: int, newest: str | None
) -> Iterator[Cell]:
    """Yield how many sites have complaints, where that says of none how many.

    Whoever knows how many complaints are of how many sites knows each one where
    the two numbers are the same.
    """
    periods = (*year.quarters, year.name) if year.is_closed else year.quarters
    for period in periods:
        known = _known_in(year, (year.name if period == year.name else None, period))
        is_told = _is_loose(known, k)
        yield Cell(
            *(period, WHOLE, "", "active_sites"),
            len(known) if is_told else None,
            Told.EXACT if is_told else Told.WITHHELD,
        )
        if period == newest or period == year.name:
            yield Cell(period, WHOLE, "", "sites", len(places), Told.EXACT)


def _known_in(year: Year, periods: tuple[str | None, str]) -> dict[str, int]:
    """Return how many complaints each committee knows of in the period."""
    found: dict[str, int] = {}
    for row in year.table(WHOLE):
        is_here = periods[0] is not None or row.quarter == periods[1]
        if row.is_factory and row.site and is_here:
            number = _COMPLAINTS.of(row.counts)
            if number:
                found[row.site] = found.get(row.site, 0) + number
    return found


def _is_loose(known: Mapping[str, int], k: int) -> bool:
    everything, sites = sum(known.values()), len(known)
    return everything == 0 or all(
        everything - own - (sites - 1) >= k for own in known.values()
    )


def silent_sites(
    years: Sequence[Year], places: Mapping[str, Place], quarters: Sequence[str], k: int
) -> list[str] | None:
    """Return the sites whose committees know of no complaint of these quarters.

    None where naming them would tell how many complaints another site has.
    """
    known: dict[str, int] = {}
    for year in years:
        for quarter in quarters:
            for site, number in _known_in(year, (None, quarter)).items():
                known[site] = known.get(site, 0) + number
    if not _is_loose(known, k):
        return None
    return sorted(code for code in places if code not in known)


def silent_cells(
    years: Sequence[Year],
    places: Mapping[str, Place],
    closed: Iterable[str],
    k: int,
) -> Iterator[Cell]:
    """Yield how many sites are silent, of the newest quarter and the one before."""
    newest = sorted(closed)[-SILENT_QUARTERS:]
    if places and len(newest) == SILENT_QUARTERS:
        silent = silent_sites(years, places, newest, k)
        yield Cell(
            *(newest[-1], WHOLE, "", "silent_sites"),
            None if silent is None else len(silent),
            Told.WITHHELD if silent is None else Told.EXACT,
        )


def remedy_cells(
    remedies: Iterable[Remedied], year: Year, k: int, earlier: Earlier
) -> Iterator[Cell]:
    """Yield the remedies that are done, and whom they helped, of a closed year.

    Each kind stands alone: no sum of several is told from which to take away.
    Money is told where it helped enough people.
    """
    if not year.is_closed:
        return
    held = [one for one in remedies if one.is_done and one.quarter[:4] == year.name]
    for kind in sorted({one.kind for one in held}):
        these = [one for one in held if one.kind == kind]
        for figure, number_of in _NUMBERS.items():
            count = _sum_of(these, number_of)
            is_told = is_tellable(count, k)
            cell = Cell(
                *(year.name, WHOLE, "", f"{figure}_{kind}"),
                count.n[0] if is_told else None,
                _word(count, k, is_told=is_told),
                None,
                any(one.is_history for one in these),
            )
            yield _or_as_before(cell, earlier, k)
        for cell in _money(these, year, kind, k):
            yield _or_as_before(cell, earlier, k)


def _money(these: Sequence[Remedied], year: Year, kind: str, k: int) -> Iterator[Cell]:
    for currency in sorted({one.currency for one in these if one.currency}):
        paid = [one for one in these if one.currency == currency]
        helped = _sum_of(paid, _NUMBERS["beneficiaries"])
        is_told = helped.n[0] > 0 and is_tellable(helped, k)
        yield Cell(
            *(year.name, BY_CURRENCY, currency, f"amount_{kind}"),
            float(sum(one.amount for one in paid)) if is_told else None,
            Told.EXACT if is_told else Told.WITHHELD,
            None,
            any(one.is_history for one in paid),
        )


_NUMBERS: Mapping[str, Callable[[Remedied], int]] = {
    "remedy": lambda one: one.remedies,
    "beneficiaries": lambda one: one.beneficiaries,
}


def _sum_of(held: Iterable[Remedied], number_of: Callable[[Remedied], int]) -> Counted:
    """Return a number of remedies, and what of it each site knows."""
    n = 0
    own: dict[str, tuple[int]] = {}
    for one in held:
        n += number_of(one)
        if one.site:
            own[one.site] = (own.get(one.site, (0,))[0] + number_of(one),)
    return Counted((n,), own)


def _or_as_before(cell: Cell, earlier: Earlier, k: int) -> Cell:
    """Return the cell, or what was said before where it moved by too little."""
    was = earlier.told(cell.period, cell.by, cell.value, cell.figure)
    if was is None or was.number is None:
        return cell
    moved = None if cell.number is None else abs(cell.number - was.number)
    return cell if moved == 0 or (moved or 0) >= k else earlier.standing(was)


def indicator_cells(indicators: Iterable[Indicated]) -> Iterator[Cell]:
    """Yield what partners entered, in the year in which its period ends.

    Of a kind that was entered by topic alone no sum is told: one person may have
    been reached by several.
    """
    sums: dict[tuple[str, str, str], tuple[int, bool]] = {}
    for one in indicators:
        key = (str(one.period_to.year), one.topic, f"indicator_{one.kind}")
        held, is_history = sums.get(key, (0, False))
        sums[key] = (held + one.value, is_history or one.is_history)
    for (period, topic, figure), (number, is_history) in sorted(sums.items()):
        by = BY_TOPIC if topic else WHOLE
        yield Cell(period, by, topic, figure, number, Told.EXACT, None, is_history)


def indicator_detail(indicators: Iterable[Indicated]) -> list[dict[str, str]]:
    """Return of each indicator the time and the evidence, as a release keeps it."""
    return [
        {
            "period": str(one.period_to.year),
            "value": f"{one.kind}:{one.topic}" if one.topic else one.kind,
            "from": one.period_from.isoformat(),
            "to": one.period_to.isoformat(),
            "unit": one.unit,
            "evidence": one.evidence,
        }
        for one in indicators
    ]
