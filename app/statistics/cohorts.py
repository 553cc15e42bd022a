"""The exact sums of one year's cohorts, laid out for the rule that tells them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Protocol

from app.statistics.measures import MEASURES
from app.statistics.suppression import Counted

_PLACE: Mapping[str, int] = {name: place for place, name in enumerate(MEASURES)}


class Summed(Protocol):
    """The measures of the cases that share a quarter, a value and a site."""

    @property
    def quarter(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def site(self) -> str | None: ...
    @property
    def is_factory(self) -> bool: ...
    @property
    def counts(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """A number that is told: some measures added up, others taken away."""

    name: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    def of(self, counts: Sequence[int]) -> int:
        return _reckoned(counts, _places(self.plus), _places(self.minus))


def measured(name: str, *plus: str) -> Part:
    return Part(name, plus or (name,))


# A number and the quarter of which it is; None: of the whole year.
Slot = tuple[str | None, Part]


@dataclass(frozen=True, slots=True)
class Year:
    """The rows of one year, by table; `quarters` are those that are told of."""

    name: str
    is_closed: bool
    quarters: tuple[str, ...]
    rows: Mapping[str, Sequence[Summed]] = field(default_factory=dict)
    wide: frozenset[str] = frozenset()

    def table(self, by: str) -> Sequence[Summed]:
        return self.rows.get(by, ())

    @property
    def pieces(self) -> tuple[str, ...]:
        """The quarters, and what is known to be of the year and of no quarter."""
        return (*self.quarters, self.name) if self.is_closed else self.quarters


def years(sums: Iterable[Summed], closed_quarters: frozenset[str]) -> list[Year]:
    """Return each year that has a closed quarter, or is closed, the oldest first.

    A year is closed with its last quarter; rows of a quarter that runs are left out.
    """
    rows: dict[str, dict[str, list[Summed]]] = {}
    for row in sums:
        year = row.quarter[:4]
        is_over = row.quarter in closed_quarters or (
            row.quarter == year and f"{year}-Q4" in closed_quarters
        )
        if is_over:
            rows.setdefault(year, {}).setdefault(row.by, []).append(row)
    named = {quarter[:4] for quarter in closed_quarters}
    return [
        Year(
            name=name,
            is_closed=f"{name}-Q4" in closed_quarters,
            quarters=tuple(sorted(q for q in closed_quarters if q[:4] == name)),
            rows=rows.get(name, {}),
            wide=_wide(rows.get(name, {}).get("", ())),
        )
        for name in sorted(named)
        if name in rows
    ]


def before_the_line(
    sums: Iterable[Summed], closed: Iterable[str], reached: Iterable[str] = ()
) -> frozenset[str]:
    """Return the closed quarters of which nothing is known, and no nought either.

    They have no complaint, and are older than the first in which anybody came to the
    line itself: nobody could complain here then. `reached`: quarters with contacts.
    """
    rows = [row for row in sums if row.by == ""]
    own = Part("own", ("complaints", "info"), ("history",))
    came = {row.quarter for row in rows if own.of(row.counts) > 0}
    began = min(came.union(reached), default=None)
    known = {row.quarter for row in rows}
    return frozenset(
        quarter
        for quarter in closed
        if quarter not in known and (began is None or quarter < began)
    )


def _wide(rows: Iterable[Summed]) -> frozenset[str]:
    """Return the sites whose bodies know of more than a factory's committee does.

    Such as an internal committee that handles a complaint of harassment.
    """
    known = Part("known", ("complaints",), ("bypassed",))
    return frozenset(
        row.site
        for row in rows
        if row.site is not None and not row.is_factory and known.of(row.counts) > 0
    )


def counted(
    rows: Iterable[Summed], slots: Sequence[Slot], wide: frozenset[str] = frozenset()
) -> Counted:
    """Return the numbers of `slots`, and what of them each site may know.

    Where more of a site is known there than its committee handles, what all of
    the site may know is held beside it: each must be safe.
    """
    width = len(slots)
    takers = _takers(tuple(slots))
    always = takers.get(None)
    n = [0] * width
    own: dict[str, list[int]] = {}
    for row in rows:
        for taker in (always, takers.get(row.quarter)):
            if taker is None:
                continue
            places, take = taker
            numbers = take(row.counts)
            if not any(numbers):
                continue
            for place, number in zip(places, numbers, strict=True):
                n[place] += number
            for site in _knowing(row, wide):
                held = own.setdefault(site, [0] * width)
                for place, number in zip(places, numbers, strict=True):
                    held[place] += number
    return Counted(tuple(n), {site: tuple(known) for site, known in own.items()})


_Taker = tuple[tuple[int, ...], Callable[[Sequence[int]], tuple[int, ...]]]


_Columns = tuple[tuple[int, ...], tuple[int, ...]]


@cache
def _takers(slots: tuple[Slot, ...]) -> Mapping[str | None, _Taker]:
    """Return for each quarter which places its rows fill, and with which numbers."""
    found: dict[str | None, list[tuple[int, _Columns]]] = {}
    for place, (quarter, part) in enumerate(slots):
        columns = (_places(part.plus), _places(part.minus))
        found.setdefault(quarter, []).append((place, columns))
    return {
        quarter: (tuple(place for place, _ in held), _taker([c for _, c in held]))
        for quarter, held in found.items()
    }


def _taker(parts: Sequence[_Columns]) -> Callable[[Sequence[int]], tuple[int, ...]]:
    if len(parts) > 1 and all(len(plus) == 1 and not minus for plus, minus in parts):
        return itemgetter(*(plus[0] for plus, _ in parts))
    return lambda counts: tuple([_reckoned(counts, *part) for part in parts])


@cache
def _places(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(_PLACE[name] for name in names)


def _reckoned(
    counts: Sequence[int], plus: tuple[int, ...], minus: tuple[int, ...]
) -> int:
    number = 0
    for place in plus:
        number += counts[place]
    for place in minus:
        number -= counts[place]
    return number


@dataclass(frozen=True, slots=True)
class Merged:
    """A row of sums made of others, or read again."""

    quarter: str
    by: str
    value: str
    site: str | None
    is_factory: bool
    counts: tuple[int, ...]


def merged(rows: Iterable[Summed]) -> list[Summed]:
    """Return the rows with those of all quarters in one, for what is of the year."""
    found: dict[tuple[str, str, str | None, bool], list[Sequence[int]]] = {}
    for row in rows:
        key = (row.by, row.value, row.site, row.is_factory)
        found.setdefault(key, []).append(row.counts)
    return [
        Merged("", *key, tuple(map(sum, zip(*counts, strict=True))))
        for key, counts in found.items()
    ]


def is_of_year(slots: Sequence[Slot]) -> bool:
    return all(quarter is None for quarter, _ in slots)


def _knowing(row: Summed, wide: frozenset[str]) -> tuple[str, ...]:
    if row.site is None:
        return ()
    everything = (f"{row.site}+",) if row.site in wide else ()
    return (row.site, *everything) if row.is_factory else everything
