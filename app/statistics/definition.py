"""What a definition of a figure is, and the few kinds there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

VERSION = "2026-12"


class Unit(StrEnum):
    """What a figure's number is a number of."""

    COMPLAINTS = "complaints"
    CASES = "cases"
    CONTACTS = "contacts"
    PEOPLE = "people"
    SITES = "sites"
    REMEDIES = "remedies"
    HOURS = "hours"
    PERCENT = "percent"
    PER_100 = "per_100"
    PER_1000 = "per_1000_workers_and_year"
    MONEY = "money"  # in the currency that is the cell's value


class Way(StrEnum):
    """How a figure is reckoned."""

    SUM = "sum"  # of its measures
    RATE = "rate"  # of its measures by those of `of`
    MEDIAN = "median"  # of a stage's hours
    P90 = "p90"
    COUNT = "count"  # of what is no case: contacts, sites, remedies, indicators


class Spread(StrEnum):
    """Beside the whole programme, in which tables a figure is told."""

    WHOLE = "whole"  # in none
    HOURS = "hours"  # by country and severity
    ALL = "all"  # by every dimension
    OWN = "own"  # in one of its own, named in `by`


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure; `rule` is printed beside it, word for word."""

    id: str
    name: str
    rule: str
    unit: Unit
    way: Way = Way.SUM
    measures: tuple[str, ...] = ()  # those of `measures.MEASURES` that are added up
    of: tuple[str, ...] = ()  # what a rate is a rate of, open complaints included
    stage: str = ""  # of percentiles: a `Stage`, or `brand`
    clock: str = ""  # of percentiles: `clock` hours or `working` hours
    spread: Spread = Spread.WHOLE
    by: str = ""  # the table of its own
    version: str = VERSION


COHORT = "of the complaints received in the period"
RECEIVED = "Complaints received in the period"
ALL = ("complaints",)


def summed(
    id: str,
    name: str,
    rule: str,
    *measures: str,
    unit: Unit = Unit.COMPLAINTS,
    spread: Spread = Spread.WHOLE,
) -> Definition:
    return Definition(id, name, rule, unit, measures=measures or (id,), spread=spread)


def rated(
    id: str,
    name: str,
    rule: str,
    measures: tuple[str, ...],
    of: tuple[str, ...] = ALL,
    *,
    unit: Unit = Unit.PERCENT,
    spread: Spread = Spread.WHOLE,
) -> Definition:
    return Definition(
        id, name, rule, unit, way=Way.RATE, measures=measures, of=of, spread=spread
    )


def percentiles(
    stage: str,
    name: str,
    ends: tuple[str, str],
    clocks: Iterable[str],
    spread: Spread,
) -> Iterator[Definition]:
    worded = {
        "clock": ("hours", "Hours by the clock, day and night"),
        "working": ("working", "Hours worked at the site, pauses left out"),
    }
    since, until = ends
    for clock in clocks:
        suffix, hours = worded[clock]
        kind = "" if clock == "clock" else ", working time"
        for way, title, share in (
            (Way.MEDIAN, "median", "half"),
            (Way.P90, "90th percentile", "nine in ten"),
        ):
            yield Definition(
                id=f"{stage}_{suffix}_{way}",
                name=f"{name}: {title}{kind}",
                rule=f"{hours}, from {since} until {until}, rounded up: at least"
                f" {share} {COHORT} that came so far took no longer; those that did"
                " not come so far have no such time yet.",
                unit=Unit.HOURS,
                way=way,
                stage=stage,
                clock=clock,
                spread=spread,
            )
