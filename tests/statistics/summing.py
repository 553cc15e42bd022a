"""The sums of a history as the store keeps them, made here without a database."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.directory import Site
from app.statistics.axes import Place
from app.statistics.measures import MEASURES, contribution, is_factory, taken
from app.statistics.model import CaseFacts, Stage
from app.statistics.release import Exact
from app.store.figures.reading import Contacts, RemedySum
from tests.statistics.worlds import Beside, Counter, Remedied, World

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


def contacts(counters: Iterable[Counter]) -> list[Contacts]:
    found: dict[tuple[str, str], int] = {}
    for one in counters:
        if one.name.startswith("contact."):
            quarter = f"{one.day.year}-Q{(one.day.month + 2) // 3}"
            key = (quarter, one.name.removeprefix("contact."))
            found[key] = found.get(key, 0) + one.count
    return [Contacts(*key, count) for key, count in found.items()]


def remedies(planned: Iterable[Remedied]) -> list[RemedySum]:
    """Return the remedies by kind; those of questions are not among them."""
    held: dict[tuple[Any, ...], list[Remedied]] = {}
    for one in planned:
        case = one.case
        if not case.is_info:
            key = (
                *(case.quarter, case.country, case.site, one.kind, one.is_done),
                *(case.is_sensitive, case.is_history, one.currency),
            )
            held.setdefault(key, []).append(one)
    return [
        RemedySum(
            *key,
            remedies=len(these),
            beneficiaries=sum(one.beneficiaries or 0 for one in these),
            unsaid=sum(one.beneficiaries is None for one in these),
            amount=sum((one.amount or Decimal(0) for one in these), Decimal(0)),
        )
        for key, these in held.items()
    ]


def exact(
    history: Iterable[CaseFacts],
    sites: Iterable[Site],
    last: str = "2026-Q4",
    beside: Beside | None = None,
) -> Exact:
    held = list(history)
    more = beside or Beside()
    return Exact(
        sums=sums(held),
        closed=closed_until(last),
        places={site.code: place_of(site) for site in sites},
        hours=hours(held),
        contacts=contacts(more.counters),
        remedies=remedies(more.remedies),
        indicators=more.indicators,
    )


def exact_of(world: World) -> Exact:
    return exact(world.history, world.sites, world.last, world.beside)
