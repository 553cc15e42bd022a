"""What is kept of a year beside its sums, so that a later release can compare."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.statistics.axes import Place
from app.statistics.cohorts import Merged, Summed, Year, years
from app.statistics.suppression import Counted

# What was counted, the kind of remedy, and the currency; blank: of any.
RemedyKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A closed year's places, the sites of each brand, and its remedies by site."""

    places: Mapping[str, Place] = field(default_factory=dict)
    brands: Mapping[str, frozenset[str]] = field(default_factory=dict)
    remedies: Mapping[RemedyKey, Counted] = field(default_factory=dict)


def places_then(kept: Sequence[Kept], now: Mapping[str, Place]) -> dict[str, Place]:
    """Return the places as they were when the year was first told.

    A region, kind or tier has the same sites in every release of a year: two that
    differ by one site would tell how many complaints are hers. A site that came
    into the directory later stands for itself alone.
    """
    held = next((one.places for one in kept if one.places), None)
    if held is None:
        return dict(now)
    late = {
        code: replace(place, region="", kind="", tier="")
        for code, place in now.items()
        if code not in held
    }
    return {**held, **late}


def brands_then(
    kept: Sequence[Kept], now: Iterable[tuple[str, frozenset[str]]]
) -> list[tuple[str, frozenset[str]]]:
    """Return the brands of now, each with its sites when it was first told."""
    held: dict[str, frozenset[str]] = {}
    for one in kept:
        for slug, sites in one.brands.items():
            held.setdefault(slug, sites)
    return [(slug, held.get(slug, sites)) for slug, sites in now]


def as_json(kept: Kept) -> dict[str, Any]:
    return {
        "places": [
            [p.code, p.country, p.region, p.kind, p.tier, p.workers]
            for _, p in sorted(kept.places.items())
        ],
        "brands": {slug: sorted(kept.brands[slug]) for slug in sorted(kept.brands)},
        "remedies": [
            [*key, *one.n, {site: own[0] for site, own in sorted(one.by_site.items())}]
            for key, one in sorted(kept.remedies.items())
        ],
    }


def from_json(plain: Mapping[str, Any]) -> Kept:
    return Kept(
        places={row[0]: Place(*row) for row in plain["places"]},
        brands={slug: frozenset(sites) for slug, sites in plain["brands"].items()},
        remedies={
            (figure, kind, currency): Counted((n,), {s: (o,) for s, o in own.items()})
            for figure, kind, currency, n, own in plain["remedies"]
        },
    )


def packed(year: Year, kept: Kept | None) -> bytes:
    """Return a year's sums as they are kept for the releases after this one."""
    rows = [
        [row.quarter, row.by, row.value, row.site, row.is_factory, list(row.counts)]
        for by in sorted(year.rows)
        for row in year.rows[by]
    ]
    plain: dict[str, Any] = {"quarters": list(year.quarters), "rows": rows}
    if kept is not None:
        plain["beside"] = as_json(kept)
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())


def unpacked(content: bytes) -> tuple[list[Year], Kept | None]:
    plain = json.loads(zlib.decompress(content))
    rows: list[Summed] = [
        Merged(quarter, by, value, site, is_factory, tuple(counts))
        for quarter, by, value, site, is_factory, counts in plain["rows"]
    ]
    kept = from_json(plain["beside"]) if "beside" in plain else None
    return years(rows, frozenset(plain["quarters"])), kept
