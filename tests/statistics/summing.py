"""The sums of a history as the store keeps them, made here without a database."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.directory import Site
from app.statistics.axes import Place
from app.statistics.measures import MEASURES, contribution, is_factory, taken
from app.statistics.model import CaseFacts, Stage
from app.statistics.release import Exact

BY = ("country", "category", "severity", "channel", "language", "filer")


@dataclass(frozen=True, slots=True)
class Sum:
    quarter: str
    by: str
    value: str
    site: str | None
    is_factory: bool
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    quarter: str
    by: str
    value: str
    stage: str
    unit: str
    counts: dict[int, int]


def sums(history: Iterable[CaseFacts]) -> list[Sum]:
    found: dict[tuple[str, str, str, str | None, bool], list[int]] = {}
    for facts in history:
        values = {"": "", **{by: getattr(facts, by) for by in BY}}
        if facts.is_sensitive:
            values["sensitive"] = facts.country
        for by, value in values.items():
            key = (facts.quarter, by, value, facts.site, is_factory(facts))
            held = found.setdefault(key, [0] * len(MEASURES))
            for place, number in enumerate(contribution(facts)):
                held[place] += number
    return [Sum(*key, tuple(counts)) for key, counts in found.items() if any(counts)]


def hours(history: Iterable[CaseFacts]) -> list[Hours]:
    found: dict[tuple[str, str, str, str, str], dict[int, int]] = {}
    for facts in history:
        for by in ("", "country", "severity"):
            value = getattr(facts, by) if by else ""
            for stage in (*Stage, "brand"):
                for unit in ("clock", "working"):
                    number = taken(facts, stage, unit)
                    if number is None or (stage == "brand" and unit == "working"):
                        continue
                    key = (facts.quarter, by, value, str(stage), unit)
                    held = found.setdefault(key, {})
                    held[number] = held.get(number, 0) + 1
    return [Hours(*key, counts) for key, counts in found.items()]


def place_of(site: Site) -> Place:
    return Place(
        site.code,
        site.country,
        site.region,
        site.kind.value,
        str(site.tier),
        site.workers,
    )


def closed_until(last: str) -> frozenset[str]:
    """Return the quarters of 2025 on, up to `last`."""
    every = [f"{year}-Q{n}" for year in (2025, 2026, 2027) for n in (1, 2, 3, 4)]
    return frozenset(quarter for quarter in every if quarter <= last)


def exact(
    history: Iterable[CaseFacts], sites: Iterable[Site], last: str = "2026-Q4"
) -> Exact:
    held = list(history)
    return Exact(
        sums=sums(held),
        closed=closed_until(last),
        places={site.code: place_of(site) for site in sites},
        hours=hours(held),
    )
