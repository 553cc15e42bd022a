"""Mandates: what auditors may take away, recorded here and ended here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.responses import Response

from app.actions.mandates import end_mandate, record_mandate
from app.console.admin.forms import Choice, Field, Wrong, cells_of, form_page
from app.console.frame import Door, Place, Visit
from app.domain.directory import Person
from app.domain.errors import BadInput, NotFound
from app.domain.mandates import Mandate
from app.domain.taxonomy import Role
from app.store import mandates
from app.store.mandates import ExportMade
from app.wording.line import N_, Line

PAGE = "/room/admin/mandates"
WHOLE = "*"

_RECORDED = N_("The mandate is recorded. It stands in the audit and in the ledger.")
_ENDED = N_("The mandate has ended. Nothing more can be taken away under it.")
_NO_DAY = N_("Write the day as year, month and day: 2026-12-31.")
_NOBODY = N_("Choose an auditor.")
_NO_SCOPE = N_("Write site codes or countries, or * for the whole programme.")
_FIELDS = (
    Field(
        "covers",
        N_("What it covers"),
        N_("Site codes and countries with ; between, or * for the whole programme"),
        is_needed=True,
    ),
    Field("since", N_("From"), kind="date", is_needed=True),
    Field(
        "until",
        N_("Until and with"),
        N_(
            "These days say when she may look and take away, not of which time: she may"
            " take every closed quarter there is."
        ),
        kind="date",
        is_needed=True,
    ),
    Field("purpose", N_("What it is for, as the contract says"), is_needed=True),
    Field(
        "recipient",
        N_("The auditor's public key"),
        N_("It begins with age1. Exports of rows are encrypted to it."),
        is_needed=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One mandate as the page lists it."""

    mandate: Mandate
    name: str  # of the auditor, while she is in the programme
    holds: bool
    exports: list[ExportMade]


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _record),
        Place("POST", f"{PAGE}/{{id}}/end", "admin", _end),
    )


async def _list(visit: Visit) -> Response:
    return await _page(visit, {})


async def _record(visit: Visit) -> Response:
    fields = _fields(visit)
    cells = cells_of(visit, fields)
    try:
        await _write(visit, cells)
    except BadInput as problem:
        return await _page(visit, cells, wrong=Wrong(others=(str(problem),)))
    return visit.see_other(PAGE, Line(_RECORDED))


async def _write(visit: Visit, cells: Mapping[str, str]) -> None:
    person = next((p for p in _auditors(visit) if str(p.id) == cells["auditor"]), None)
    if person is None:
        raise BadInput(_NOBODY)
    covers = [word for part in cells["covers"].split(";") if (word := part.strip())]
    if not covers:
        raise BadInput(_NO_SCOPE)
    named = [] if covers == [WHOLE] else covers
    await record_mandate(
        visit.store,
        person,
        sites=[word for word in named if word.isdigit()],
        countries=[word for word in named if not word.isdigit()],
        since=_day(cells["since"]),
        until=_day(cells["until"]),
        purpose=cells["purpose"],
        recipient=cells["recipient"],
        by=visit.person.id,
        through="page",
        at=visit.at,
        once=visit.said("once"),
    )


async def _end(visit: Visit) -> Response:
    try:
        mandate = UUID(visit.path["id"])
    except ValueError:
        raise NotFound("There is no such mandate.") from None
    await end_mandate(
        visit.store, mandate, by=visit.person.id, through="page", at=visit.at
    )
    return visit.see_other(PAGE, Line(_ENDED))


async def _page(
    visit: Visit, cells: Mapping[str, str], *, wrong: Wrong | None = None
) -> Response:
    async with visit.store.transaction() as tx:
        found = await mandates.all_of(tx)
        made = await mandates.exports_of(tx)
    return form_page(
        visit,
        "admin_mandates.html",
        _fields(visit),
        cells,
        wrong=wrong,
        path=PAGE,
        listed=[_listed(visit, one, made) for one in found],
    )


def _listed(visit: Visit, one: Mandate, made: list[ExportMade]) -> Listed:
    person = visit.directory.person(one.person_id) if one.person_id else None
    return Listed(
        mandate=one,
        name=person.name if person else one.auditor,
        holds=one.holds_on(visit.day),
        exports=[export for export in made if export.mandate_id == one.id][:5],
    )


def _fields(visit: Visit) -> tuple[Field, ...]:
    choices = tuple(Choice(str(p.id), name=p.name) for p in _auditors(visit))
    who = Field("auditor", N_("Auditor"), kind="choice", choices=choices)
    return (who, *_FIELDS)


def _auditors(visit: Visit) -> list[Person]:
    return visit.directory.serving(Role.AUDITOR, visit.day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(_NO_DAY) from None
