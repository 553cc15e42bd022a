"""What complaints are told apart by, laid out as sets that may be told or not.

What depends on the place is one axis: a country, its regions, the kinds and tiers
of its sites and the sites themselves are sets of the same complaints, and what is
told of the one is known of the others. Sensitive complaints, and those that no
committee handles, are apart in each country, since a factory knows which are not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.statistics.cohorts import (
    Part,
    Slot,
    Summed,
    Year,
    counted,
    is_of_year,
    measured,
    merged,
)
from app.statistics.model import SENSITIVE, SMALLEST_UNIT, Dimension
from app.statistics.suppression import Counted

Key = tuple[str, ...]
Keys = frozenset[Key]

BY_SENSITIVE = "sensitive"  # by country, of the sensitive categories alone
BY_BRAND = "brand"
_SITE, _KEPT, _OTHER, _SENSITIVE = "site", "kept", "other", "sensitive"
_BYPASSED, _NOT = "bypassed", "not"
ALL = Part("complaints", ("complaints",))
_KEPT_PART = measured("bypassed")
_NOTHING = Part("", ())
_NOT_KEPT = Part("", ("complaints",), ("bypassed",))


@dataclass(frozen=True, slots=True)
class Place:
    """A site as far as figures are told by it; blank, None: not known."""

    code: str
    country: str
    region: str
    kind: str
    tier: str
    workers: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value of a table, as the set of what is counted in it."""

    by: str
    value: str
    keys: Keys
    is_once: bool = False  # told of the complaints of the year, and no further


@dataclass(frozen=True, slots=True)
class Axis:
    """Sets over the same complaints, in the order in which they are tried."""

    name: str
    items: Callable[[Sequence[Slot]], Mapping[Key, Counted]]
    candidates: tuple[Candidate, ...]
    rows: Mapping[Key, Sequence[Summed]] = field(default_factory=dict)
    refuses: Callable[[Keys], bool] = field(default=lambda _: False)


def simple_axis(year: Year, by: Dimension) -> Axis:
    """Return the axis of what does not depend on the place."""
    rows: dict[Key, list[Summed]] = {}
    for row in year.table(by):
        rows.setdefault((row.value,), []).append(row)

    yearly = {key: merged(held) for key, held in rows.items()}

    def items(slots: Sequence[Slot]) -> Mapping[Key, Counted]:
        held = yearly if is_of_year(slots) else rows
        return {key: counted(these, slots, year.wide) for key, these in held.items()}

    values = sorted(key[0] for key in rows)
    return Axis(
        by,
        items,
        tuple(Candidate(by, value, frozenset({(value,)})) for value in values),
        rows,
    )


def sensitive_keys(axis: Axis) -> Keys:
    """Return the sensitive categories of the axis of categories."""
    return frozenset(
        key for one in axis.candidates for key in one.keys if key[0] in SENSITIVE
    )


def place_axis(year: Year, places: Mapping[str, Place]) -> Axis:
    """Return the axis of countries, regions, kinds, tiers and sites."""
    factory: dict[Key, list[Summed]] = {}
    outside: dict[str, list[Summed]] = {}
    for row in year.table(Dimension.COUNTRY):
        if row.is_factory:
            key = (_SITE, row.value, row.site or "")
            factory.setdefault(key, []).append(row)
        else:
            outside.setdefault(row.value, []).append(row)
    sensitive: dict[str, list[Summed]] = {}
    for row in year.table(BY_SENSITIVE):
        sensitive.setdefault(row.value, []).append(row)

    yearly = {key: merged(held) for key, held in factory.items()}

    def items(slots: Sequence[Slot]) -> Mapping[Key, Counted]:
        sites = yearly if is_of_year(slots) else factory
        found = {key: counted(held, slots, year.wide) for key, held in sites.items()}
        for country, held in outside.items():
            delicate = sensitive.get(country, ())
            for way, these in _ways(slots):
                of_all = counted(held, these, year.wide)
                of_these = counted(delicate, these, year.wide)
                found[_OTHER, country, way] = of_all - of_these
                found[_SENSITIVE, country, way] = of_these
        return found

    keys = frozenset(items(()))
    rows: dict[Key, Sequence[Summed]] = {**factory}
    for country, held in outside.items():
        rows[_OTHER, country, _BYPASSED] = held
        rows[_SENSITIVE, country, _BYPASSED] = sensitive.get(country, ())
    return Axis(
        "place",
        items,
        tuple(_places(keys, places)),
        rows,
        refuses=lambda part: _is_too_small(part, places),
    )


def _ways(slots: Sequence[Slot]) -> list[tuple[str, Sequence[Slot]]]:
    """Return how what no factory's committee may tell is cut, where it is at all.

    How many complaints are kept from committees is told of a year alone.
    """
    if tuple(slots) != ((None, ALL),):
        return [(_BYPASSED, slots), (_NOT, [(None, _NOTHING) for _ in slots])]
    return [(_BYPASSED, [(None, _KEPT_PART)]), (_NOT, [(None, _NOT_KEPT)])]


def all_sensitive(axis: Axis) -> Keys:
    return frozenset(key for key in axis.items(()) if key[0] == _SENSITIVE)


def _places(keys: Keys, places: Mapping[str, Place]) -> Iterable[Candidate]:
    kept = frozenset(key for key in keys if key[-1] == _BYPASSED and key[0] != _SITE)
    yield Candidate("", "bypassed", kept, is_once=True)
    countries = sorted({key[1] for key in keys} | {p.country for p in places.values()})
    for country in countries:
        yield Candidate(
            Dimension.COUNTRY, country, frozenset(k for k in keys if k[1] == country)
        )
    for country in countries:
        yield Candidate(
            BY_SENSITIVE,
            country,
            frozenset(k for k in keys if k[:2] == (_SENSITIVE, country)),
        )
    for by, value_of in _BY_PLACE.items():
        sets: dict[str, set[Key]] = {value_of(one): set() for one in places.values()}
        workers = dict.fromkeys(sets, 0)
        for place in places.values():
            workers[value_of(place)] += place.workers or 0
        for key in keys:
            if key[0] == _SITE and key[2] in places:
                sets[value_of(places[key[2]])].add(key)
        for value in sorted(sets):
            if value and workers[value] >= SMALLEST_UNIT:
                yield Candidate(by, value, frozenset(sets[value]))


_BY_PLACE: Mapping[Dimension, Callable[[Place], str]] = {
    Dimension.SITE: lambda place: place.code,
    Dimension.KIND: lambda place: place.kind,
    Dimension.TIER: lambda place: place.tier,
    Dimension.REGION: lambda place: place.region,
}


def small_units(places: Mapping[str, Place]) -> list[tuple[Dimension, str]]:
    """Return the values of places that are never told, being of too few workers."""
    found: list[tuple[Dimension, str]] = []
    for by, value_of in _BY_PLACE.items():
        workers: dict[str, int] = {}
        for place in places.values():
            value = value_of(place)
            workers[value] = workers.get(value, 0) + (place.workers or 0)
        found += [(by, v) for v in sorted(workers) if v and workers[v] < SMALLEST_UNIT]
    return found


def _is_too_small(part: Keys, places: Mapping[str, Place]) -> bool:
    """Tell whether these are sites alone, with too few workers together."""
    if any(key[0] != _SITE for key in part):
        return False
    held = (places.get(key[2]) for key in part)
    return sum((place.workers or 0) for place in held if place) < SMALLEST_UNIT


def with_brands(axis: Axis, brands: Iterable[tuple[str, frozenset[str]]]) -> Axis:
    """Return the axis with the sites of each brand as one unit more, tried last."""
    site_keys = [key for key in axis.items(()) if key[0] == _SITE]
    more = tuple(
        Candidate(BY_BRAND, slug, frozenset(k for k in site_keys if k[2] in sites))
        for slug, sites in brands
    )
    return replace(axis, candidates=(*axis.candidates, *more))
