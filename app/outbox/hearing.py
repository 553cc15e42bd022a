"""Who may hear of a case as it stands now, and how little a brand may hear.

A message is owed by what held at that time. Until it is sent the case may have
left the factory, become protected, or turned out to be nobody's business.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.directory import Person
from app.domain.taxonomy import PROTECTED, Category, Role, Route

# What says nothing but that there is something; sent of any case.
CONTENT_FREE = frozenset({"brand_alert", "brand_missed_protected", "brand_wrote"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case decides who may hear of it."""

    route: Route
    category: Category
    site: str | None
    country: str
    is_released_to_brand: bool

    @property
    def is_veiled(self) -> bool:
        """Tell whether brands may learn only that there is something."""
        return self.category in PROTECTED and not self.is_released_to_brand


def why_not(
    person: Person, standing: Standing | None, day: date, *, sold_from: str = ""
) -> str | None:
    """Return why a person is told nothing on `day`, as a word; None: may hear.

    `day` is today where the case is. A factory's people hear of a case only
    while a body of their own site holds it, its head as long as any does.
    `sold_from`: the site of which the head of a factory that it sells to is told,
    not which case; that too only while a body at that site holds it.
    """
    if not person.serves_on(day):
        return "term_over"
    if standing is None:
        return None
    holds = _supplies(person, standing, sold_from) or _holds(person, standing)
    if person.role.is_factory_side and not holds:
        return "moved"
    return why_no_brand(standing) if person.role is Role.BRAND else None


def _supplies(person: Person, standing: Standing, sold_from: str) -> bool:
    is_there = bool(sold_from) and standing.site == sold_from
    is_open = standing.route.is_factory_side and standing.category not in PROTECTED
    is_open = is_open and standing.category is not Category.CRIS
    return is_there and is_open and person.role is Role.FACTORY_HEAD


def _holds(person: Person, standing: Standing) -> bool:
    if not standing.route.is_factory_side or standing.site not in person.org:
        return False
    return person.role in (Role.FACTORY_HEAD, standing.route.value)


def why_no_brand(standing: Standing | None) -> str | None:
    """Return why no brand may hear of it at all; None: one may."""
    if standing is not None and standing.category is Category.CRIS:
        return "not_for_brands"
    return None


def why_not_its_chain(
    brands: Collection[str], buyers: Collection[str], *, is_corrected: bool
) -> str | None:
    """Return why a brand is not told of a case that was of another site; None: it is.

    `is_corrected`: the case had another site when the message came to be owed.
    `buyers` bought from its site of now on the day of the complaint.
    """
    return "moved" if is_corrected and not set(brands) & set(buyers) else None


def veil(
    template: str, params: Mapping[str, Any], country: str, partner: Sequence[str]
) -> tuple[str, Mapping[str, Any]]:
    """Return template and params in which a brand may hear of a protected case.

    Neither number, site nor date: an earlier message may have named them side
    by side. What is about no clock (the worker's no) says that it needs
    attention rather than that it is late.
    """
    clock = params.get("clock")
    if template not in CONTENT_FREE:
        template = "brand_missed_protected" if clock else "brand_alert"
        params = {**params, "country": country, "partner": list(partner)}
    kept = ("country", "partner", *(("clock",) if template != "brand_alert" else ()))
    return template, {name: params[name] for name in kept if name in params}
