"""One case, one page: what was said and done, the clock, and what may be done now.

Every body that has to do with a case uses this page; what of it somebody sees
was cut by the reader (`app.store.readers.room_case`), not here.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.responses import Response

from app.actions.act_on_case import Acted, act_on_case
from app.actions.open_case import open_case
from app.console import story
from app.console.case_acts import (
    FORMS,
    HELD,
    SIGNED_ALREADY,
    SIGNED_MANAGEMENT,
    SIGNED_WORKER,
    TOLD,
    Form,
    Wrong,
    command_of,
)
from app.console.frame import Door, Place, Visit
from app.console.mark import mark
from app.console.newest import newest
from app.console.partner import partner_values
from app.console.remedies import plan
from app.console.words import ROLES, SIDES, time_left
from app.domain.bodies import people_on
from app.domain.directory import Person
from app.domain.errors import NotFound
from app.domain.permissions import Field, verbs
from app.domain.taxonomy import Role, Side, State
from app.domain.whole_number import whole_number
from app.store.readers.brand import case_remedies
from app.store.readers.rooms import CasePage, ClockView
from app.wording import reckoning
from app.wording.line import N_, Line
from app.wording.phrasings import phrasings

# So many lines of the history are shown before one asks for all of it.
_FIRST = 12
_MOST_EVENTS = 10**9
_TALK = ("tell", "ask")
_ELSEWHERE = (*_TALK, "release-told")  # they stand with what was said
_CHANGED = N_("Somebody else has acted meanwhile. Look at it, then decide once more.")


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody whom a form lets one choose: names are not known apart by themselves."""

    id: UUID
    name: str
    role: str
    side: str  # blank: of none
    place: str  # the site that she belongs to; blank: of none


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done, as a form."""

    verb: str
    form: Form
    people: tuple[Choice, ...] = ()  # whom one may choose
    is_open: bool = False
    typed: str = ""
    wrong: Line | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form that was not taken left behind."""

    verb: str = ""
    typed: str = ""
    wrong: Line | None = None
    changed: tuple[story.Told, ...] = ()


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", "/room/cases/{number}", "case", _show),
        Place("POST", "/room/cases/{number}/acts/{verb}", "case-act", _act),
    )


async def _show(visit: Visit) -> Response:
    page = await open_case(visit.store, visit.person, visit.path["number"], visit.at)
    return await show(visit, page, Shown())


async def show(
    visit: Visit, page: CasePage, left: Shown, *, status: int = 200
) -> Response:
    """Answer with the case's page; `left`: what a form brought that was not taken."""
    values: dict[str, Any] = {}
    if page.is_partner and page.file is not None:
        values = await partner_values(visit, page)
    history = [story.told(event) for event in page.events or ()][::-1]
    heard = (page.said or ())[::-1]
    talk = newest(visit, heard, "talk", at="talk", first=10, size=20)
    # What waits to be sent is never out of sight.
    held = [m for m in page.said or () if m.direction == "held" and not m.is_released]
    steps = _steps(visit, page, left)
    return visit.page(
        "case.html",
        status=status,
        page=page,
        can=frozenset(page.steps.all),
        first=next((s for s in steps if s.verb == page.steps.primary), None),
        steps=[s for s in steps if s.verb != page.steps.primary],
        left=left,
        clock_left=_left(page.nearest),
        left_of=_left,
        promise_of=_promise,
        closings=_CLOSINGS,
        called=story.called,
        climbed=story.climbed,
        story=newest(visit, history, "history", at="story", first=_FIRST, size=50),
        talk=talk,
        said=[*(m for m in held if m not in talk.items), *talk.items[::-1]],
        phrasings=list(phrasings().values()),
        speaks=page.language or "en",
        plan=await _plan(visit, page),
        zone=page.zone,
        **values,
    )


async def _plan(visit: Visit, page: CasePage) -> Any:
    """Return the remedy plan where the reader sees it; see `_remedies.html`."""
    if Field.REMEDIES not in page.sees:
        return None
    async with visit.reading() as tx:
        found = await case_remedies(visit.store, tx, page.number)
    return plan(
        visit,
        found,
        base=f"/room/cases/{page.number}/remedies",
        may_write="remedy" in verbs(visit.person.role, page.hats),
        today=visit.at.astimezone(page.zone).date(),
    )


# --------------------------------------------------------------------- steps


def _steps(visit: Visit, page: CasePage, left: Shown) -> list[Step]:
    found = [
        Step(
            verb,
            FORMS[verb],
            people=_people(visit, page, FORMS[verb].extra),
            is_open=verb == left.verb,
            typed=left.typed if verb == left.verb else "",
            wrong=left.wrong if verb == left.verb else None,
        )
        for verb in page.steps.all
        if verb in FORMS
        and verb not in _ELSEWHERE
        # A member steps away herself; who else sits is the partner's to say.
        and (verb != "exclude" or page.is_outside)
    ]
    # Where there is nobody to choose there is nothing to do.
    return [s for s in found if s.people or s.form.extra in ("", "day")]


def _people(visit: Visit, page: CasePage, extra: str) -> tuple[Choice, ...]:
    """Return whom the form lets one choose from: who holds the case comes first."""
    if extra == "second":
        found = [p for p in visit.directory.people if _may_be_second(visit, page, p)]
    elif extra == "person" and page.is_outside:
        found = [p for p in visit.directory.people if _sits_there(visit, page, p)]
    elif extra == "recused" and page.file is not None:
        kept = page.file.excluded
        found = [p for p in visit.directory.people if p.id in kept]
    else:
        return ()
    holds = _holders(visit, page)
    found.sort(key=lambda p: (p.role not in holds, p.role, p.name, str(p.id)))
    return tuple(_choice(visit, page, p) for p in found)


def _holders(visit: Visit, page: CasePage) -> frozenset[Role]:
    """Return the roles of the body that holds the case today."""
    if page.file is None:
        return frozenset()
    held = people_on(page.file.route, page.file, visit.directory, visit.day)
    return frozenset(p.role for p in held)


def _choice(visit: Visit, page: CasePage, person: Person) -> Choice:
    site = visit.directory.sites.get(page.site or "")
    is_there = site is not None and site.code in person.org
    return Choice(
        person.id,
        person.name,
        ROLES[person.role],
        SIDES[person.side] if person.side else "",
        site.name if site is not None and is_there else "",
    )


def _may_be_second(visit: Visit, page: CasePage, person: Person) -> bool:
    """Another partner of the case, or somebody of the secretariat."""
    if person.id == visit.person.id or not person.serves_on(visit.day):
        return False
    if person.role is Role.ADMIN:
        return True
    partners = visit.directory.partners_for(page.site, page.country, visit.day)
    return any(other.id == person.id for other in partners)


def _sits_there(visit: Visit, page: CasePage, person: Person) -> bool:
    case = page.file
    return (
        case is not None
        and person.role.is_factory_side
        and page.site in person.org
        and person.serves_on(visit.day)
        and person.id not in case.excluded
    )


async def _act(visit: Visit) -> Response:
    """Do one thing; whoever may not see the case learns nothing from trying."""
    number, verb = visit.path["number"], visit.path["verb"]
    page = await open_case(visit.store, visit.person, number, visit.at)
    form = FORMS.get(verb)
    if form is None or verb not in verbs(visit.person.role, page.hats):
        raise NotFound("There is no such step.")
    typed = visit.typed("note")
    try:
        command = command_of(visit, page, verb)
    except Wrong as wrong:
        return await show(visit, page, Shown(verb, typed, wrong.says), status=400)
    changed = _since(visit, page) if form.is_grave else ()
    if changed:
        left = Shown(verb, typed, Line(_CHANGED), changed)
        return await show(visit, page, left, status=409)
    acted = await act_on_case(
        visit.store,
        number,
        command,
        by=visit.person,
        at=visit.at,
        through="page",
        once=mark(visit, verb),
    )
    visit.door.parts.ring()
    return visit.see_other(
        _next_page(verb, number), Line(_done(verb, form, acted, visit.person))
    )


def _next_page(verb: str, number: str) -> str:
    """Return where to go: who has given a case away does not see it any more."""
    if verb in ("recuse", "hand-to-partner"):
        return "/room"
    return f"/room/cases/{number}{'#talk' if verb in _TALK else ''}"


def _since(visit: Visit, page: CasePage) -> tuple[story.Told, ...]:
    """Return what others did since the form was drawn."""
    seen = visit.said("seen", most=20)
    drawn = whole_number(seen, most=_MOST_EVENTS) or 0
    return tuple(
        story.told(event)
        for event in page.events or ()
        if drawn < event.seq <= page.seen
        and not event.by.is_reader
        and event.by.kind != "system"
    )


def _done(verb: str, form: Form, acted: Acted, person: Person) -> str:
    if verb in _TALK:
        return HELD if acted.notice else TOLD
    if verb == "resolve" and acted.case.state is not State.RESOLVED:
        if acted.notice and not acted.notice.startswith("Signed."):
            return SIGNED_ALREADY
        return SIGNED_MANAGEMENT if person.side is Side.WORKER else SIGNED_WORKER
    return form.done


# --------------------------------------------------------------- the clock


_CLOSINGS = {
    "rest": N_("weekly rest"),
    "holiday": N_("holiday"),
    "no_hours": N_("no working hours"),
    "paused": N_("paused, waiting for the worker"),
}


def _left(clock: ClockView | None) -> Line | None:
    """Return how much time a running clock has, in words."""
    if clock is None:
        return None
    if clock.late_by is not None:
        return time_left(clock.late_by * 0, late=clock.late_by)
    return (
        time_left(clock.left, to_hour=clock.to_hour) if clock.left is not None else None
    )


def _promise(clock: ClockView) -> Line | None:
    if clock.promise is None:
        return None
    one, more = reckoning.PROMISES[clock.promise.unit]
    amount = clock.promise.amount
    return Line(one) if amount == 1 else Line(more, {"n": amount})
