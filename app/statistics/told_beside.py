"""What is no count of complaints: contacts, remedies, indicators."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from app.statistics.cohorts import Year
from app.statistics.kept import Kept, RemedyKey
from app.statistics.model import WHOLE, Cell, Told
from app.statistics.revision import is_safe_move
from app.statistics.suppression import Counted, is_tellable, total
from app.statistics.told_whole import Earlier
from app.statistics.whole import tell_pieces

BY_CURRENCY, BY_TOPIC = "currency", "topic"
_TEST = "test"


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


def remedy_cells(
    remedies: Iterable[Remedied], year: Year, k: int, earlier: Earlier
) -> Iterator[Cell]:
    """Yield the remedies that are done, and whom they helped, of a closed year.

    Each kind stands alone: no sum of several is told from which to take away.
    Money is told where it helped enough people.
    """
    if not year.is_closed:
        return
    held = _done_in(remedies, year)
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
            key = (figure, kind, "")
            yield _or_as_before(cell, earlier, is_safe=_is_safe(key, count, earlier, k))
        for currency in sorted({one.currency for one in these if one.currency}):
            yield _money(these, year, kind, currency, k, earlier)


def _money(
    these: Sequence[Remedied],
    year: Year,
    kind: str,
    currency: str,
    k: int,
    earlier: Earlier,
) -> Cell:
    """Return an amount: told anew only where it helped so many more or fewer."""
    paid = [one for one in these if one.currency == currency]
    helped = _sum_of(paid, _NUMBERS[_HELPED])
    is_told = helped.n[0] > 0 and is_tellable(helped, k)
    cell = Cell(
        *(year.name, BY_CURRENCY, currency, f"amount_{kind}"),
        float(sum(one.amount for one in paid)) if is_told else None,
        Told.EXACT if is_told else Told.WITHHELD,
        None,
        any(one.is_history for one in paid),
    )
    key = (_HELPED, kind, currency)
    moved = all(abs(helped.n[0] - _then(one, key).n[0]) >= k for one in earlier.kept)
    return _or_as_before(
        cell, earlier, is_safe=moved and _is_safe(key, helped, earlier, k)
    )


_HELPED = "beneficiaries"
_NUMBERS: Mapping[str, Callable[[Remedied], int]] = {
    "remedy": lambda one: one.remedies,
    _HELPED: lambda one: one.beneficiaries,
}


def remedies_by_site(
    remedies: Iterable[Remedied], year: Year
) -> dict[RemedyKey, Counted]:
    """Return the remedies of a year as they are kept for the releases after."""
    held = _done_in(remedies, year)
    found: dict[RemedyKey, Counted] = {}
    for kind in {one.kind for one in held}:
        these = [one for one in held if one.kind == kind]
        for figure, number_of in _NUMBERS.items():
            found[figure, kind, ""] = _sum_of(these, number_of)
        for currency in {one.currency for one in these if one.currency}:
            paid = [one for one in these if one.currency == currency]
            found[_HELPED, kind, currency] = _sum_of(paid, _NUMBERS[_HELPED])
    return found


def _done_in(remedies: Iterable[Remedied], year: Year) -> list[Remedied]:
    return [one for one in remedies if one.is_done and one.quarter[:4] == year.name]


def _sum_of(held: Iterable[Remedied], number_of: Callable[[Remedied], int]) -> Counted:
    """Return a number of remedies, and what of it each site knows."""
    n = 0
    own: dict[str, tuple[int]] = {}
    for one in held:
        n += number_of(one)
        if one.site:
            own[one.site] = (own.get(one.site, (0,))[0] + number_of(one),)
    return Counted((n,), own)


def _then(kept: Kept, key: RemedyKey) -> Counted:
    return kept.remedies.get(key, Counted((0,)))


def _is_safe(key: RemedyKey, now: Counted, earlier: Earlier, k: int) -> bool:
    """Tell whether a number moved safely since each state that anybody was told of."""
    return all(is_safe_move(_then(one, key), now, k) for one in earlier.kept)


def _or_as_before(cell: Cell, earlier: Earlier, *, is_safe: bool) -> Cell:
    """Return the cell, or what was said before where it moved by too little.

    What was told and has no state to be held against goes on saying what it said.
    """
    was = earlier.told(cell.period, cell.by, cell.value, cell.figure)
    if was is not None and was.number == cell.number and was.as_of is None:
        return cell
    if is_safe and (was is None or earlier.kept) and cell.number is not None:
        return cell
    if was is not None:
        return earlier.standing(was)
    return (
        cell if cell.number is None else replace(cell, number=None, told=Told.WITHHELD)
    )


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
