"""Who answers how: a temperament for every desk, and what pace each one has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from types import MappingProxyType
from uuid import UUID

from app.domain.directory import Directory, Person
from app.domain.taxonomy import Role
from app.rehearsal.plan import Plan, Shares

SECRETARIAT = "secretariat"

# A tuple of two is a range to draw from.
Range = tuple[float, float]


class Temper(StrEnum):
    """How a desk answers."""

    WELL = "well"
    LATE = "late"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Pace:
    """When each step is taken, counted from when the case came.

    In working days, except for what is critical: in hours, day and night,
    for whoever answers well has a telephone that rings at night.
    """

    read: Range
    start: Range
    plan: Range
    solve: Range
    urgent: Range  # solved, where a life is in danger: OSHS and CRIS at S1
    sign: Range  # the other side, after the first signature
    answer: Range  # whoever stands above, to an escalation


WORKING: Mapping[Temper, Pace] = MappingProxyType(
    {
        Temper.WELL: Pace(
            read=(0.05, 0.7),
            start=(0.8, 1.9),
            plan=(2, 4),
            solve=(2.5, 6.5),
            urgent=(2.5, 6.5),
            sign=(0.02, 0.3),
            answer=(0.3, 1.5),
        ),
        Temper.LATE: Pace(
            read=(1, 4),
            start=(3.5, 9),
            plan=(8, 16),
            solve=(8, 26),
            urgent=(8, 26),
            sign=(0.5, 3),
            answer=(3, 9),
        ),
    }
)
CRITICAL: Mapping[Temper, Pace] = MappingProxyType(
    {
        Temper.WELL: Pace(
            read=(0.1, 0.8),
            start=(1, 3.5),
            plan=(48, 120),
            solve=(120, 300),
            urgent=(6, 22),
            sign=(0.1, 1),
            answer=(1, 6),
        ),
        Temper.LATE: Pace(
            read=(3, 30),
            start=(18, 72),
            plan=(160, 400),
            solve=(280, 900),
            urgent=(22, 80),
            sign=(2, 20),
            answer=(12, 90),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Tempers:
    """The temperament of every desk, fixed for the year."""

    sites: Mapping[str, Temper]
    partners: Mapping[str, Temper]  # by `org_of`, the secretariat's among them
    heads: Mapping[UUID, Temper]
    brands: Mapping[str, Temper]

    @classmethod
    def drawn(cls, directory: Directory, plan: Plan, seed: int) -> "Tempers":
        """Allot the shares exactly, as far as whole desks allow; who, is chance."""
        heads = {p.id for p in directory.people if p.role == Role.FACTORY_HEAD}
        orgs = {org_of(p) for p in directory.people if p.role == Role.PARTNER}

        def allot(what: str, desks: Iterable[str], shares: Shares) -> dict[str, Temper]:
            return _allotted(Random(f"{what} {seed}"), sorted(desks), shares)  # noqa: S311

        by_head = allot("heads", map(str, heads), plan.above)
        return cls(
            sites=allot("sites", directory.sites, plan.committees),
            partners=allot("partners", {*orgs, SECRETARIAT}, plan.partners),
            heads={head: by_head[str(head)] for head in heads},
            brands=allot("brands", directory.brands, plan.above),
        )


def org_of(person: Person) -> str:
    """Return what a partner is a partner for, as one word; blank: everything."""
    return ";".join(person.org) or "*"


def _allotted(chance: Random, desks: list[str], shares: Shares) -> dict[str, Temper]:
    """Allot by largest remainder, so that 13 desks of 60:30:10 are 8, 4 and 1."""
    weights = {
        Temper.WELL: shares.well,
        Temper.LATE: shares.late,
        Temper.NEVER: shares.never,
    }
    exact = {t: len(desks) * w / sum(weights.values()) for t, w in weights.items()}
    seats = {temper: int(share) for temper, share in exact.items()}
    by_remainder = sorted(exact, key=lambda t: seats[t] - exact[t])
    for temper in by_remainder[: len(desks) - sum(seats.values())]:
        seats[temper] += 1
    drawn = [temper for temper, n in seats.items() for _ in range(n)]
    chance.shuffle(drawn)
    return dict(zip(desks, drawn, strict=True))
