"""People: who serves where and until when, who can sign in, and who is invited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.responses import Response

from app.actions.edit_programme import NO_PHONE, at_once, end_role, save_person
from app.actions.invite import invite
from app.console.admin.forms import (
    LANGUAGES_HINT,
    NO_YES,
    Choice,
    Field,
    cells_of,
    form_page,
    named,
    paged,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.console.mark import mark
from app.console.words import ROLES, SIDES
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.domain.directory import Person
from app.domain.errors import BadInput, NotFound
from app.domain.taxonomy import Role
from app.store.readers import programme
from app.store.readers.programme import NOBODY, Standing
from app.wording.line import N_, Line

PAGE = "/room/admin/people"
NEW = "new"

FIELDS = (
    Field(
        "email",
        N_("E-mail"),
        N_("It is who somebody is; without one the phone is."),
        kind="email",
    ),
    Field("name", N_("Name"), is_needed=True),
    Field("role", N_("Role"), kind="choice", choices=named(ROLES)),
    Field(
        "org",
        N_("Where"),
        N_(
            "Codes of sites, with ; between; of a brand its short name. A partner may"
            " have regions or countries, or nothing: then it is for any case."
        ),
    ),
    Field(
        "side",
        N_("Side"),
        N_("Of a committee's members only"),
        kind="choice",
        choices=named(SIDES, blank=True),
    ),
    Field("phone", N_("Phone"), kind="tel"),
    Field("languages", N_("Languages"), LANGUAGES_HINT),
    Field("from", N_("First day"), kind="date"),
    Field("to", N_("Last day"), N_("Blank: no end is known"), kind="date"),
    Field(
        "sex",
        N_("Woman or man"),
        N_("Only to tell whether a committee has enough women"),
        kind="choice",
        choices=(
            Choice("", N_("Not recorded")),
            Choice("f", N_("Woman")),
            Choice("m", N_("Man")),
        ),
    ),
    Field(
        "alternate",
        N_("Alternate"),
        N_("Sits only where a member of the same side is recused"),
        kind="choice",
        choices=NO_YES,
    ),
    Field("external", N_("From outside the site"), kind="choice", choices=NO_YES),
    Field("chair", N_("Chairs the committee"), kind="choice", choices=NO_YES),
)
_SAVED = N_("{name} is saved.")
_INVITED = N_("An invitation is on its way to {name}. It holds for 72 hours.")
_ENDED = N_("The role of {name} ends with {day}. After it every page refuses them.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _save),
        Place("GET", f"{PAGE}/{NEW}", "admin", _new),
        Place("GET", f"{PAGE}/{{id}}", "admin", _one),
        Place("POST", f"{PAGE}/{{id}}/invite", "admin", _invite),
        Place("POST", f"{PAGE}/{{id}}/end", "admin", _end),
    )


def person_of(visit: Visit, id: str) -> Person:
    """Return somebody of the programme, whether they serve or not."""
    try:
        person = visit.directory.person(UUID(id))
    except ValueError:
        person = None
    if person is None:
        raise NotFound("There is no such person.")
    return person


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in the list."""

    person: Person
    standing: Standing
    serves: bool


async def _list(visit: Visit) -> Response:
    wanted, role = visit.asked("q")[:80], visit.asked("role")
    only = visit.asked("only")
    async with visit.store.transaction() as tx:
        standings = await programme.standings(tx, visit.at)
    lines = [
        Listed(p, standings.get(p.id, NOBODY), p.serves_on(visit.day))
        for p in visit.directory.people
        if _is_meant(p, wanted, role)
    ]
    if only == "strangers":
        lines = [each for each in lines if each.serves and not each.standing.last_in]
    else:
        lines = [e for e in lines if e.serves is not (only == "past")]
    query = [f"role={role}"] * (role in ROLES) + [f"only={only}"] * only.isalpha()
    query += [f"q={wanted}"] * wanted.isalnum()
    shown, pages = paged(visit, lines, query="&".join(query))
    return visit.page(
        "admin_people.html",
        shown=shown,
        pages=pages,
        wanted=wanted,
        role=role,
        only=only,
        zone=visit.zone,
    )


def _is_meant(person: Person, wanted: str, role: str) -> bool:
    texts = (person.name, person.email, *person.org)
    return role in ("", person.role.value) and any(
        wanted.casefold() in text.casefold() for text in texts
    )


async def _new(visit: Visit) -> Response:
    cells = {"org": visit.asked("org")[:80], "role": visit.asked("role")}
    return await _form(visit, cells, None)


async def _one(visit: Visit) -> Response:
    person = person_of(visit, visit.path["id"])
    async with visit.store.transaction() as tx:
        cells = await programme.cells(tx, Kind.PEOPLE, person.id)
    return await _form(visit, cells or {}, person)


async def _save(visit: Visit) -> Response:
    cells = cells_of(visit, FIELDS)
    known = person_of(visit, visit.said("id")) if visit.said("id") else None
    cells = _with_offices(cells)
    try:
        await save_person(visit.store, cells, known, by=visit.person, at=visit.at)
    except ImportRefused as refusal:
        return await _form(visit, cells, known, refusal)
    return visit.see_other(PAGE, Line(_SAVED, {"name": cells["name"]}))


def _with_offices(cells: Mapping[str, str]) -> dict[str, str]:
    """Say nothing of offices for whoever sits on no committee."""
    sits = cells["role"] in (
        *(Role.COMMITTEE, Role.INTERNAL_COMMITTEE, Role.SAFETY_COMMITTEE),
    )
    offices = ("alternate", "external", "chair")
    return {**cells, **({} if sits else dict.fromkeys(offices, ""))}


async def _form(
    visit: Visit,
    cells: Mapping[str, str],
    person: Person | None,
    refusal: ImportRefused | None = None,
) -> Response:
    standing = NOBODY
    if person is not None:
        async with visit.store.transaction() as tx:
            standings = await programme.standings(tx, visit.at)
        standing = standings.get(person.id, NOBODY)
    fields = _fields_for(person)
    return form_page(
        visit,
        "admin_person.html",
        fields,
        cells,
        wrong=wrong_of(refusal, fields) if refusal else None,
        action=PAGE,
        about=person,
        standing=standing,
        serves=person is not None and person.serves_on(visit.day),
        today=visit.day.isoformat(),
        no_phone=NO_PHONE,
        zone=visit.zone,
    )


def _fields_for(person: Person | None) -> tuple[Field, ...]:
    """Return the fields; who somebody is stays, and a phone is never shown."""
    if person is None:
        return FIELDS
    changed: dict[str, Field] = {}
    if person.email:
        changed["phone"] = Field(
            "phone",
            N_("Phone"),
            N_("Not shown. Blank: it stays as it is. A dash: it is forgotten."),
            kind="tel-or-dash",
        )
        changed["email"] = Field(
            "email",
            N_("E-mail"),
            N_("It stays: for another address end this role and add the person anew."),
            kind="fixed",
        )
    # Without an e-mail the phone is who she is: it is not on the form.
    return tuple(
        changed.get(field.column, field)
        for field in FIELDS
        if person.email or field.column != "phone"
    )


async def _invite(visit: Visit) -> Response:
    person = person_of(visit, visit.path["id"])
    await invite(
        visit.store,
        person,
        by=visit.person,
        at=visit.at,
        once=mark(visit, "invite"),
    )
    visit.door.parts.ring()
    return visit.see_other(f"{PAGE}/{person.id}", Line(_INVITED, {"name": person.name}))


async def _end(visit: Visit) -> Response:
    person = person_of(visit, visit.path["id"])
    last = (
        at_once(person, visit.directory, visit.at)
        if visit.said("when") == "now"
        else _day(visit.said("day"))
    )
    await end_role(visit.store, person, last, by=visit.person, at=visit.at)
    said = {"name": person.name, "day": last.isoformat()}
    return visit.see_other(PAGE, Line(_ENDED, said))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("Write the last day, or choose that it ends now.") from None
