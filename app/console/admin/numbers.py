"""The hotline's numbers, and what each of them can do."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from app.actions.edit_programme import save_row
from app.carriers.model import Carrier
from app.console.admin.forms import (
    LANGUAGES_HINT,
    NO_YES,
    NOTHING,
    Choice,
    Field,
    cells_of,
    form_page,
    named,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.domain.directory import HotlineNumber
from app.domain.errors import NotFound
from app.store.readers import programme
from app.wording.line import N_, Line

PAGE = "/room/admin/numbers"

VOICES: Mapping[str, str] = {
    "answer": N_("It answers calls"),
    "missed_call": N_("It calls back whoever rings"),
    "studio": N_("It records prompts, for translators"),
    "none": N_("It takes no calls"),
}
FIELDS = (
    Field(
        "number",
        N_("Number"),
        N_("With + and the country's code, or a short code"),
        kind="tel",
        is_needed=True,
    ),
    Field("country", N_("Country"), N_("Two letters, such as BD"), is_needed=True),
    Field("provider", N_("Carrier"), kind="choice"),
    Field("languages", N_("Languages"), LANGUAGES_HINT, is_needed=True),
    Field("sms", N_("Takes text messages"), kind="choice", choices=NO_YES),
    Field("voice", N_("Calls"), kind="choice", choices=named(VOICES)),
    Field(
        "allowed_hours",
        N_("Hours in which it may call"),
        N_("Such as 09:00-20:00. Blank: at any hour."),
    ),
    Field(
        "sites",
        N_("Sites"),
        N_("Codes with ; between. Blank: every site of the country."),
    ),
)
_SAVED = N_("The number {number} is saved.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _save),
        Place("GET", f"{PAGE}/one", "admin", _one),
    )


async def _list(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        strange = await programme.unrecognised(tx, visit.day)
    return visit.page(
        "admin_numbers.html",
        numbers=list(visit.directory.numbers.values()),
        helplines=visit.directory.helplines[:60],
        strange=strange,
        voices=VOICES,
        hours_of=hours_of,
    )


def hours_of(number: HotlineNumber) -> str:
    """Return the windows in which it may call; blank: any, or not every day alike."""
    if number.allowed_hours is None:
        return ""
    days = set(number.allowed_hours.by_weekday)
    return "; ".join(map(str, days.pop())) if len(days) == 1 else ""


def carriers_offered(
    carriers: Mapping[str, Carrier], chosen: str
) -> tuple[Choice, ...]:
    """Return the carriers to choose from.

    What is written there now stays to be seen, even where no file knows it: a
    form must not turn it into another by itself.
    """
    titles = {name: carrier.title for name, carrier in carriers.items()}
    titles |= {} if chosen in titles or not chosen else {chosen: chosen}
    found = (Choice(name, name=titles[name]) for name in sorted(titles))
    return (NOTHING, *found)


async def _one(visit: Visit) -> Response:
    number = visit.asked("number")
    if not number:
        return _form(visit, {}, is_new=True)
    async with visit.store.transaction() as tx:
        cells = await programme.cells(tx, Kind.NUMBERS, number)
    if cells is None:
        raise NotFound("There is no such number.")
    return _form(visit, cells, is_new=False)


async def _save(visit: Visit) -> Response:
    cells = cells_of(visit, FIELDS)
    try:
        await save_row(
            visit.store,
            Kind.NUMBERS,
            cells,
            by=visit.person,
            at=visit.at,
            is_new=visit.said("is_new") == "yes",
            carriers=visit.carriers,
        )
    except ImportRefused as refusal:
        return _form(
            visit, cells, is_new=visit.said("is_new") == "yes", refusal=refusal
        )
    return visit.see_other(PAGE, Line(_SAVED, {"number": cells["number"]}))


def _form(
    visit: Visit,
    cells: Mapping[str, str],
    *,
    is_new: bool,
    refusal: ImportRefused | None = None,
) -> Response:
    offered = carriers_offered(visit.carriers, cells.get("provider", ""))
    fields = tuple(
        replace(f, choices=offered) if f.column == "provider" else f for f in FIELDS
    )
    if not is_new:
        fixed = replace(FIELDS[0], kind="fixed", hint="", is_needed=False)
        fields = (fixed, *fields[1:])
    return form_page(
        visit,
        "admin_number.html",
        fields,
        cells,
        wrong=wrong_of(refusal, fields) if refusal else None,
        action=PAGE,
        is_new=is_new,
    )
