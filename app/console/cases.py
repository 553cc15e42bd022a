"""The list of cases, narrowed as one likes, the nearest date first."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from app.console import words
from app.console.case_acts import FORMS
from app.console.frame import Door, Place, Visit
from app.domain.taxonomy import Category, Role, Severity, State
from app.edge import cursor
from app.store.readers.rooms import Filters, list_for
from app.wording.line import N_

ON_A_PAGE = 20
_MOST_SITES = 300

_OPEN, _CLOSED, _ALL = N_("Open"), N_("Ended"), N_("Open and ended")
# What needs no word and may well be done from a list.
AT_ONCE = frozenset({"acknowledge", "take"})
STEP_NAMES: Mapping[str, str] = {verb: form.name for verb, form in FORMS.items()}
STEP_SAYS: Mapping[str, str] = {verb: form.says for verb, form in FORMS.items()}
STATES = (
    ("open", _OPEN),
    ("closed", _CLOSED),
    ("all", _ALL),
    *words.STATES.items(),
)


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", "/room/cases", "cases", _list),)


async def _list(visit: Visit) -> Response:
    filters, keyring = filters_of(visit), visit.store.keyring
    reading = cursor.Reading(visit.person.id, "cases")
    async with visit.reading() as tx:
        listing = await list_for(
            tx,
            visit.person,
            visit.directory,
            visit.at,
            filters=filters,
            after=cursor.opened(keyring, reading, visit.asked("after")[:600] or None),
            limit=ON_A_PAGE,
        )
    return visit.page(
        "cases.html",
        filters=filters,
        listing=listing,
        further=cursor.sealed(keyring, reading, listing.next),
        is_narrowed=filters != Filters() or not listing.lines,
        states=STATES,
        sites=_sites(visit),
        query=urlencode(_asked(filters)),
        **in_lists(),
    )


def in_lists() -> dict[str, Any]:
    """Return what `_line.html` needs beside the row."""
    return {"at_once": AT_ONCE, "step_names": STEP_NAMES, "step_says": STEP_SAYS}


def filters_of(visit: Visit) -> Filters:
    """Return what the address asks for; what it cannot mean is left out."""
    state = visit.asked("state")
    known = {"open", "closed", "all", *State}
    # Eight digits in any script, grouped or not.
    number = "".join(str(int(c)) for c in visit.asked("number") if c.isdecimal())
    site = visit.asked("site")
    return Filters(
        state=state if state in known else "open",
        category=_one_of(Category, visit.asked("category")),
        severity=_one_of(Severity, visit.asked("severity")),
        site=site if site in visit.directory.sites else "",
        is_late=visit.asked("late") == "yes",
        number=number[:8],
    )


def _one_of(kind: type[Category] | type[Severity], value: str) -> str:
    return value if value in set(kind) else ""


def _asked(filters: Filters) -> dict[str, str]:
    asked = {
        "state": filters.state,
        "category": filters.category,
        "severity": filters.severity,
        "site": filters.site,
        "late": "yes" if filters.is_late else "",
        "number": filters.number,
    }
    return {name: value for name, value in asked.items() if value}


def _sites(visit: Visit) -> list[tuple[str, str]]:
    """Return the places among which somebody may choose: her own."""
    person, directory = visit.person, visit.directory
    if person.role.is_factory_side:
        found = [directory.sites[c] for c in person.org if c in directory.sites]
    elif person.role is Role.PARTNER:
        found = [
            site
            for site in directory.sites.values()
            if person in directory.partners_for(site.code, site.country, visit.day)
        ]
    else:
        found = list(directory.sites.values())
    return sorted(((s.code, s.name) for s in found), key=lambda pair: pair[1])[
        :_MOST_SITES
    ]
