"""Which brand speaks for all that were told of a case, and how it passes that on.

The buyer of the largest share leads, of those whom the case has reached, until
its own people hand the lead to another of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import notices, sourcing
from app.domain.brand_view import Seat, seats_in
from app.domain.case import CaseFile, Decision
from app.domain.commands import Actor
from app.domain.directory import Directory, Person
from app.domain.draft import Draft
from app.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Lead:
    """Who speaks for all brands of a case, and since when."""

    brand: str
    since: datetime
    is_handed: bool  # by the one that led before


def lead_of(case: CaseFile, seats: Sequence[Seat], directory: Directory) -> Lead | None:
    """Return who leads of the brands that were told; None where none was."""
    by_brand = {seat.brand: seat for seat in seats_in(case, seats, directory)}
    handed = by_brand.get(case.brand_lead or "")
    if handed is not None:
        return Lead(handed.brand, handed.leads_since or handed.told_at, True)
    day = sourcing.complaint_day(case, directory)
    ranked = [brand.slug for brand in sourcing.buyers(directory, case.site, day)]
    first = next(
        (slug for slug in [*ranked, *sorted(by_brand)] if slug in by_brand), None
    )
    return Lead(first, by_brand[first].told_at, False) if first else None


def hand_lead(
    case: CaseFile,
    to: str,
    seats: Sequence[Seat],
    *,
    by: Person,
    directory: Directory,
    at: datetime,
    through: str,
) -> Decision:
    """Hand the lead to another brand that was told, and tell that brand."""
    lead = lead_of(case, seats, directory)
    if lead is None or lead.brand not in by.org:
        raise Refused("Only the brand that leads can hand the lead to another.")
    told = {seat.brand for seat in seats_in(case, seats, directory)}
    if to == lead.brand or to not in told:
        raise Refused("Choose another brand that was told of this case.")
    brand = directory.brands.get(to)
    if brand is None:
        raise Refused("This brand is no longer in the programme.")
    draft = Draft(case, directory, at, Actor(by))
    if not directory.brand_people(to, draft.day):
        raise Refused("Nobody of that brand can come in here: it could not speak.")
    draft.change(brand_lead=to)
    draft.record("brand.lead_handed", was=lead.brand, to=to, through=through)
    was = directory.brands.get(lead.brand)
    draft.owe(
        "lead_handed",
        # A webhook is told of what happens to the case, not of who talks.
        [
            way
            for way in notices.to_brand(brand, case, directory, draft.day)
            if way.kind != "brand_webhook"
        ],
        {**notices.named(case), "brand": was.name if was else lead.brand},
        occasion=f"{to}:{at.isoformat()}",
    )
    return draft.decision()
