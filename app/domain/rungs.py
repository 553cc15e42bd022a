"""Who stands on a rung of a case's ladder today, and who stands in for them.

People are those of today, none of them recused; the supply chain is that of
the day on which the complaint was made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from uuid import UUID

from app.domain import bodies, notices, sourcing
from app.domain.case import Recipient
from app.domain.directory import Brand, Directory, Person
from app.domain.draft import Draft, to_people
from app.domain.ladder import Rung, Step, group_of
from app.domain.occasions import Occasion
from app.domain.taxonomy import PROTECTED, Category, Conflict, Route

# Where nobody stands on a rung, who stands in. A supplier has no stand-in.
STAND_IN: Mapping[Rung, Rung] = MappingProxyType(
    {
        Rung.FACTORY_HEAD: Rung.PARTNER,
        Rung.COMMITTEE: Rung.PARTNER,
        Rung.PARTNER: Rung.SECRETARIAT,
        Rung.BRAND: Rung.SECRETARIAT,
    }
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung on which somebody stands, and who."""

    rung: Rung
    recipients: tuple[Recipient, ...]
    wanted: Rung  # on which nobody stood, where it is another


def on_ladder(draft: Draft, occasion: Occasion) -> Occasion:
    """Return the occasion with the ladder on which it is climbed.

    It is the one that the climb began on, else that of the case's route today.
    """
    return replace(occasion, group=occasion.group or group_of(draft.case.route))


def ladder(draft: Draft, occasion: Occasion) -> tuple[Step, ...]:
    """Return the rungs of the ladder on which an occasion is climbed."""
    route = Route(on_ladder(draft, occasion).group)
    return draft.policy.steps(route, occasion.trigger, occasion.clock)


def reach_all(draft: Draft, step: Step) -> list[Reached]:
    """Return who stands on each rung of a step, or in for it; not where nobody does.

    A factory's rungs are left out once the case has left it: the ladder that it
    was on may have some, and nobody there learns what became of it.
    """
    is_inside = draft.case.route.is_factory_side
    wanted = [rung for rung in step.tell if is_inside or not rung.is_factory_side]
    found = [reach(draft, rung) for rung in wanted]
    return [reached for reached in found if reached.recipients]


def reach(draft: Draft, wanted: Rung) -> Reached:
    """Return who stands on a rung today, else who stands in for them."""
    rung = wanted
    found = _standing_on(draft, rung)
    while not found and rung in STAND_IN:
        rung = STAND_IN[rung]
        found = _standing_on(draft, rung)
    return Reached(rung, found, wanted)


def _standing_on(draft: Draft, rung: Rung) -> tuple[Recipient, ...]:
    if rung is Rung.BRAND:
        return tuple(to for _, way in ways_to_brands(draft) for to in way)
    return to_people(people_on(draft, rung))


def people_on(draft: Draft, rung: Rung) -> list[Person]:
    """Return the people who stand on a rung; for brands all of theirs."""
    case, directory, day = draft.case, draft.directory, draft.day
    match rung:
        case Rung.COMMITTEE:
            return bodies.body(case, directory, day)
        case Rung.PARTNER:
            return bodies.partners(case, directory, day)
        case Rung.FACTORY_HEAD:
            return bodies.factory_heads(case, directory, day) if _is_open(draft) else []
        case Rung.FIRST_TIER:
            return _supplied(draft) if _is_open(draft) else []
        case Rung.SECRETARIAT:
            return bodies.secretariat(case, directory, day)
        case Rung.BRAND:
            of_each = [directory.brand_people(b.slug, day) for b in brands(draft)]
            people = [person for each in of_each for person in each]
            return bodies.not_excluded(case, people)


def _is_open(draft: Draft) -> bool:
    """Whether the factory knows of the case and nobody in power is meant by it.

    What a committee has only because a partner released it, with the worker's
    "don't know" or silence, stays with the committee.
    """
    case = draft.case
    return case.route.is_factory_side and case.conflict == Conflict.NO


def _supplied(draft: Draft) -> list[Person]:
    """Return the heads of the first-tier sites that this site sells to."""
    case, directory = draft.case, draft.directory
    if case.category in PROTECTED or case.category == Category.CRIS:
        return []
    day = sourcing.complaint_day(case, directory)
    heads = [
        head
        for site in sourcing.first_tier(directory, case.site, day)
        for head in directory.factory_heads(site, draft.day)
    ]
    return bodies.not_excluded(case, heads)


def brands(draft: Draft) -> list[Brand]:
    """Return the brands that may hear of the case, the lead first.

    It leads to which the lead was handed, else who buys the largest share.
    """
    case, directory = draft.case, draft.directory
    if not notices.may_reach_brands(case):
        return []
    day = sourcing.complaint_day(case, directory)
    found = sourcing.buyers(directory, case.site, day)
    return sorted(found, key=lambda brand: brand.slug != case.brand_lead)


def ways_to_brands(draft: Draft) -> list[tuple[Brand, tuple[Recipient, ...]]]:
    """Return each brand with every way to it."""
    case, directory, day = draft.case, draft.directory, draft.day
    return [(b, notices.to_brand(b, case, directory, day)) for b in brands(draft)]


def only_once(
    found: Sequence[Reached], directory: Directory, heard: set[str]
) -> list[Reached]:
    """Return those who have not heard of it yet, by address; mark them as told.

    One who stands on two rungs, and two who read one mailbox, hear it once.
    """
    fresh = []
    for reached in found:
        untold = []
        for to in reached.recipients:
            address = address_of(to, directory)
            if address not in heard:
                heard.add(address)
                untold.append(to)
        if untold:
            fresh.append(replace(reached, recipients=tuple(untold)))
    return fresh


def addresses(recipients: Iterable[Recipient], directory: Directory) -> set[str]:
    return {address_of(to, directory) for to in recipients}


def address_of(to: Recipient, directory: Directory) -> str:
    """Return what tells one reader from another: a mailbox, a phone, a hook."""
    if to.kind == "person":
        person = directory.person(UUID(to.key))
        if person is None:
            return to.key
        phone = person.phone_tag.hex() if person.phone_tag else to.key
        return person.email.casefold() or phone
    brand = directory.brands.get(to.key)
    if brand is None:
        return f"{to.kind} {to.key}"
    return brand.webhook_url if to.kind == "brand_webhook" else brand.email.casefold()
