"""Who hears that something was written to the brands of a case."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain import bodies, notices
from app.domain.brand_view import Seat, seats_in
from app.domain.case import CaseFile, Decision
from app.domain.commands import Actor
from app.domain.directory import Directory, Person
from app.domain.draft import Draft, to_people

LONGEST = 2000  # characters of one word


def write_to_brands(
    case: CaseFile,
    seats: Sequence[Seat],
    *,
    by: Person,
    brand: str,
    is_shared: bool,
    directory: Directory,
    at: datetime,
    **facts: str,
) -> Decision:
    """Record that somebody wrote; everybody who may read it hears so.

    `brand` is blank where the partner or the secretariat wrote. `is_shared`:
    other brands read it too. What brands are told names nothing: the case may
    have no number for them. Once in a clock hour is enough.
    """
    draft = Draft(case, directory, at, Actor(by))
    draft.record("brand.word_written", brand=brand, **facts)
    hour = at.astimezone(UTC).strftime("%Y-%m-%dT%H")
    partners = bodies.partners(case, directory, draft.day)
    others = to_people(p for p in partners if p.id != by.id)
    draft.owe("brand_wrote", others, notices.named(case), occasion=hour)
    told = [seat.brand for seat in seats_in(case, seats, directory)]
    for slug in told if is_shared else ():
        if slug == brand:
            continue
        other = directory.brands.get(slug)
        if other is not None:
            ways = notices.to_brand(other, case, directory, draft.day)
            # A webhook is told of what happens to the case, not of who talks.
            people = [way for way in ways if way.kind != "brand_webhook"]
            draft.owe("brand_wrote", people, {}, occasion=hour)
    return draft.decision()
