"""Who changed what of the programme: all of it, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.responses import Response

from app.console.frame import Door, Place, Visit
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.store.audit import Event, events
from app.wording.line import N_

PAGE = "/room/admin/audit"
_SIZE = 40

NOUNS: Mapping[str, str] = {
    "site": N_("Sites"),
    "brand": N_("Brands"),
    "sourcing": N_("Sourcing"),
    "person": N_("People"),
    "holiday": N_("Holidays"),
    "number": N_("Hotline numbers"),
    "helpline": N_("Helplines"),
    "committee_rule": N_("Rules for committees"),
    "policy": N_("Policies"),
    "mandate": N_("Mandates"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the page tells it."""

    event: Event
    who: str  # blank: nobody of the programme
    about: str
    fields: Mapping[str, Any]  # old and new; None: only that it changed


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "admin", _list),)


async def _list(visit: Visit) -> Response:
    kind = visit.asked("kind") if visit.asked("kind") in NOUNS else ""
    key = visit.asked("key")[:120]
    async with visit.store.transaction() as tx:
        found = await events(
            tx, kind=kind, key=key, before=_before(visit), limit=_SIZE + 1
        )
    shown = [_told(event, visit.directory) for event in found[:_SIZE]]
    return visit.page(
        "admin_audit.html",
        shown=shown,
        nouns=NOUNS,
        kind=kind,
        key=key,
        after=shown[-1].event.id if len(found) > _SIZE else None,
        zone=visit.zone,
    )


def _before(visit: Visit) -> UUID | None:
    asked = visit.asked("before")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise NotFound("There is no such page.") from None


def _told(event: Event, directory: Directory) -> Told:
    by = directory.person(event.person_id) if event.person_id else None
    key = str(event.detail.get("key", ""))
    return Told(
        event=event,
        who=by.name if by else "",
        about=_name(event.kind, key, directory),
        fields=event.detail.get("fields", {}),
    )


def _name(kind: str, key: str, directory: Directory) -> str:
    """Return what it was about: of a person the name, while there is one."""
    if kind.startswith("person."):
        person = (
            directory.person(UUID(key)) if len(key) == len(str(UUID(int=0))) else None
        )
        return person.name if person else key
    if kind.startswith("site.") and key in directory.sites:
        return f"{directory.sites[key].name} ({key})"
    return key
