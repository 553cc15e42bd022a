"""From what was read to what is answered, field by field as far as it is seen."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from app.api.wire import (
    OFFERED,
    AttemptBody,
    CaseBody,
    CaseLine,
    ClimbedBody,
    ClockBody,
    EventBody,
    PersonBody,
    SiteBody,
    Who,
)
from app.domain.directory import Directory, Person, Site
from app.domain.permissions import Field
from app.domain.taxonomy import Role
from app.store.hook_log import Attempt
from app.store.readers import room_case
from app.store.readers.rooms import CasePage, CaseRow, ClockView, RungView


def as_json(body: BaseModel, *, status: int = 200) -> Response:
    return JSONResponse(body.model_dump(mode="json"), status)


def line(row: CaseRow) -> CaseLine:
    return CaseLine(
        number=row.number,
        state=row.state,
        category=row.category,
        severity=row.severity,
        route=row.route,
        country=row.country,
        site=row.site,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        next_due_at=row.due_at,
        is_overdue=row.is_late,
    )


def case(
    page: CasePage, reader: Person, directory: Directory, at: datetime
) -> CaseBody:
    near = page.nearest
    rungs, recused = page.rungs, page.recused
    return CaseBody(
        number=page.number,
        state=page.state,
        category=page.category,
        severity=page.severity,
        route=page.route,
        country=page.country,
        site=page.site,
        opened_on=page.opened_on,
        closed_on=page.closed_on,
        next_due_at=near.due_at if near else None,
        is_overdue=near is not None and near.late_by is not None,
        opened_at=page.opened_at,
        language=page.language,
        channel=page.channel,
        may_be_told=page.may_be_told,
        taken_by=_who(page.taken_by) if page.taken_by else None,
        recused=None if recused is None else [_who(each) for each in recused],
        recused_count=page.recused_count,
        clocks=[_clock(clock) for clock in page.clocks],
        climbed=None if rungs is None else [_climbed(rung) for rung in rungs],
        joined_to=page.joined_to,
        parts=page.parts,
        people=_people(page, reader, directory, at),
        verbs=[verb for verb in page.steps.all if verb in OFFERED],
    )


def _who(who: room_case.Who) -> Who:
    return Who(kind=who.kind, name=who.name)


def _clock(clock: ClockView) -> ClockBody:
    return ClockBody.model_validate(
        {
            "name": clock.name,
            "round": clock.round,
            "promise": str(clock.promise) if clock.promise else None,
            "due_at": clock.due_at,
            "state": clock.state,
            "met_on": clock.met_on,
            "is_met_late": clock.is_met_late,
        }
    )


def _climbed(rung: RungView) -> ClimbedBody:
    return ClimbedBody(
        on=rung.on,
        clock=rung.clock,
        rung=rung.rung,
        reason=rung.reason,
        answered_on=rung.answered_on,
    )


def _people(
    page: CasePage, reader: Person, directory: Directory, at: datetime
) -> list[PersonBody]:
    """Return who may be named in an act: at a factory the body's own members.

    Only to who sees who is on it; a name only to whom it is known.
    """
    if Field.PEOPLE not in page.sees:
        return []
    day = directory.local_day(at, page.site, page.country)
    near = [*directory.members(page.route, page.site, day)]
    if page.is_outside:
        near += directory.partners_for(page.site, page.country, day)
        near += directory.secretariat(day)
    knows_all = reader.role is Role.PARTNER
    return [
        PersonBody(
            id=person.id,
            name=person.name if knows_all or person.role is reader.role else None,
            role=person.role,
        )
        for person in {person.id: person for person in near}.values()
    ]


def events(page: CasePage) -> list[EventBody]:
    return [
        EventBody(on=event.on, at=event.at, kind=event.kind, by=_who(event.by))
        for event in page.events or ()
    ]


def attempt(found: Attempt) -> AttemptBody:
    return AttemptBody(
        id=found.id,
        webhook_id=found.webhook_id,
        brand=found.brand,
        at=found.at,
        type=found.type,
        status=found.status,
        milliseconds=found.milliseconds,
        state=found.state,
        next_at=found.next_at,
    )


def sites(person: Person, directory: Directory, day: date) -> list[SiteBody]:
    """Return the sites in a person's care, or that her brands buy from today."""
    if person.role is Role.BRAND:
        codes = _bought_by(person.org, directory, day)
        near = [s for s in directory.sites.values() if s.code in codes]
    else:
        near = [s for s in directory.sites.values() if _is_within(s, person.org)]
    return [_site(site) for site in sorted(near, key=lambda site: site.code)]


def _bought_by(
    brands: Sequence[str], directory: Directory, day: date
) -> frozenset[str]:
    rows = [r for r in directory.sourcing if r.brand in brands and r.holds_on(day)]
    return frozenset(code for row in rows for code in (row.site, row.through) if code)


def _is_within(site: Site, org: Sequence[str]) -> bool:
    return not org or bool({site.code, site.region, site.country} & set(org))


def _site(site: Site) -> SiteBody:
    return SiteBody(
        code=site.code,
        name=site.name,
        country=site.country,
        region=site.region,
        kind=site.kind.value,
        tier=site.tier,
        os_id=site.os_id,
        timezone=site.timezone,
        workers=site.workers,
    )
