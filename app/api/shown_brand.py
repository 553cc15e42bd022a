"""From what a brand may read to what it is answered; the cut is made elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.api.wire_brand import (
    BrandCaseBody,
    BrandCaseLine,
    DayBody,
    PathBody,
    PlaceBody,
    RemedyBody,
    StepBody,
    ToldBody,
    TriedBody,
    WordBody,
)
from app.domain.brand_view import (
    Bundle,
    Day,
    Happened,
    Path,
    Place,
    Seat,
    Step,
    awaited,
    best_bundle,
    brands_of,
    seats_in,
)
from app.domain.coarse import hour_of
from app.domain.directory import Directory, Person
from app.domain.leading import lead_of
from app.domain.remedies import Remedy, for_brands
from app.domain.taxonomy import Role
from app.store.readers.brand import Shared, Word


@dataclass(frozen=True, slots=True)
class Cut:
    """A case that a person of a brand has come to, and what that brand reads."""

    shared: Shared
    brand: str
    bundle: Bundle

    @property
    def handle(self) -> str:
        return self.bundle.number or self.shared.refs[self.bundle.depth]


def cut(
    shared: Shared,
    person: Person,
    directory: Directory,
    at: datetime,
    events: Sequence[Happened] = (),
) -> Cut | None:
    """Return what a person's brand reads; None where that is nothing."""
    if person.id in shared.file.excluded:
        return None
    brands = [seat.brand for seat in shared.seats if seat.brand in person.org]
    found = best_bundle(
        shared.file, brands, directory, rungs=shared.rungs, events=events, at=at
    )
    return Cut(shared, *found) if found else None


def line(
    found: Cut, person: Person, directory: Directory, at: datetime
) -> BrandCaseLine:
    bundle, own = found.bundle, _own(found, person)
    timer = awaited(found.shared.file, person, directory, at)
    return BrandCaseLine(
        handle=found.handle,
        depth=bundle.depth,
        country=bundle.country,
        site=bundle.site.code if bundle.site else None,
        category=bundle.category,
        severity=bundle.severity,
        state=bundle.state,
        told_at=_hour(min(seat.told_at for seat in own)),
        has_promised=has_promised(found, person),
        answer_due_at=_hour(timer.due_at) if timer else None,
    )


def has_promised(found: Cut, person: Person) -> bool:
    return all(seat.promised_at is not None for seat in _own(found, person))


def _own(found: Cut, person: Person) -> list[Seat]:
    return [seat for seat in found.shared.seats if seat.brand in person.org]


def case(
    found: Cut, person: Person, directory: Directory, at: datetime
) -> BrandCaseBody:
    bundle, shared = found.bundle, found.shared
    seats = seats_in(shared.file, shared.seats, directory) if bundle.is_whole else ()
    lead = lead_of(shared.file, seats, directory) if bundle.is_whole else None
    return BrandCaseBody(
        **line(found, person, directory, at).model_dump(),
        number=bundle.number,
        ask=list(bundle.ask),
        missed=list(bundle.missed),
        place=_place(bundle.site),
        opened_on=_day(bundle.opened_on),
        count=bundle.count,
        days=bundle.days,
        paths=[_path(path) for path in bundle.paths],
        clocks=[_step(step) for step in bundle.clocks],
        tried=[TriedBody(on=_exact(day), what=what) for day, what in bundle.tried],
        told=[
            ToldBody(
                at=_hour(rung.at), reason=rung.reason, answered_at=rung.answered_at
            )
            for rung in shared.rungs
            if found.brand in brands_of(rung, directory)
        ],
        brands=[seat.brand for seat in seats],
        lead=lead.brand if lead else None,
    )


def _place(place: Place | None) -> PlaceBody | None:
    return _named(place) if place is not None else None


def _named(place: Place) -> PlaceBody:
    return PlaceBody(
        code=place.code, name=place.name, country=place.country, os_id=place.os_id
    )


def _day(day: Day | None) -> DayBody | None:
    return _exact(day) if day is not None else None


def _hour(at: datetime) -> datetime:
    """Return the hour that has begun: a rung's minute is that of her message."""
    return hour_of(at, UTC)


def _exact(day: Day) -> DayBody:
    return DayBody(day=day.day, is_month=day.is_month)


def _path(path: Path) -> PathBody:
    return PathBody(
        through=_place(path.through),
        site=_named(path.site),
        since=path.since,
        until=path.until,
    )


def _step(step: Step) -> StepBody:
    late = step.late_by
    return StepBody(
        name=step.name,
        round=step.round,
        due_on=_exact(step.due_on),
        met_on=_day(step.met_on),
        is_ended=step.is_ended,
        is_missed=step.is_missed,
        late_seconds=int(late.total_seconds()) if late is not None else None,
    )


def words(
    found: Cut, written: Sequence[Word], person: Person, directory: Directory
) -> list[WordBody]:
    """Return the thread; of a veiled case only the brand's own and the partner's."""
    if not found.bundle.has_thread:
        return []
    return [
        WordBody(at=word.at, by=_author(word, directory), text=word.text)
        for word in written
        if found.bundle.is_whole or not word.brand or word.brand in person.org
    ]


def _author(word: Word, directory: Directory) -> str:
    """A brand by its own name; of the others no person's."""
    if word.brand:
        return word.brand
    person = directory.person(word.by)
    is_admin = person is not None and person.role is Role.ADMIN
    return "secretariat" if is_admin else "partner"


def remedy(found: Remedy, directory: Directory, today: date) -> RemedyBody:
    read = for_brands(found, directory)
    return RemedyBody(
        id=read.id,
        kind=read.kind,
        root_cause=read.root_cause,
        owner=read.owner,
        due_on=read.due_on,
        state=read.state,
        is_late=read.is_late(today),
        action=read.action,
        evidence=read.evidence,
        beneficiaries=read.beneficiaries,
        amount=str(read.amount) if read.amount is not None else None,
        currency=read.currency,
        done_at=read.done_at,
        confirmed_at=read.confirmed_at,
    )
