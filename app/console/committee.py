"""The committee of a place: who sits on it, and what it lacks."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from app.console import words
from app.console.frame import Door, Place, Visit
from app.domain.directory import Directory, Person, Site
from app.domain.errors import NotFound
from app.domain.taxonomy import COMMITTEE_ROUTES, Role, Route
from app.domain.validity import Lack, is_fit, lacks
from app.wording.line import Line


@dataclass(frozen=True, slots=True)
class Body:
    """One body of a place as it is today."""

    route: Route
    members: tuple[Person, ...]
    alternates: tuple[Person, ...]
    lacks: tuple[tuple[Line, str, bool], ...]  # says, source, is enforced
    is_fit: bool


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", "/room/committee", "committee", _committee),)


async def _committee(visit: Visit) -> Response:
    sites = _sites(visit)
    wanted = visit.asked("site")
    if wanted and wanted not in {site.code for site in sites}:
        raise NotFound("There is no such place.")
    shown = next((s for s in sites if s.code == wanted), None)
    if shown is None and len(sites) == 1:
        shown = sites[0]
    day = visit.day
    return visit.page(
        "committee.html",
        site=shown,
        bodies=_bodies(visit, shown, day) if shown else [],
        sites=[(s, _unfit(s, visit.directory, day)) for s in sites],
        names=words.ROUTES,
    )


def _sites(visit: Visit) -> list[Site]:
    """Return a member's own places; for a partner all in her care."""
    person, directory = visit.person, visit.directory
    if person.role is Role.PARTNER:
        found = [
            site
            for site in directory.sites.values()
            if person in directory.partners_for(site.code, site.country, visit.day)
        ]
    else:
        found = [directory.sites[c] for c in person.org if c in directory.sites]
    return sorted(found, key=lambda site: site.name)


def _bodies(visit: Visit, site: Site, day: date) -> list[Body]:
    """Return a member's own body; partner and head see each one that is there."""
    role, directory = visit.person.role, visit.directory
    is_member = role.value in {route.value for route in COMMITTEE_ROUTES}
    routes = [Route(role.value)] if is_member else _ORDER
    found = [body_of(route, site, directory, day) for route in routes]
    return [b for b in found if is_member or b.members or b.route is Route.COMMITTEE]


_ORDER = [Route.COMMITTEE, Route.INTERNAL_COMMITTEE, Route.SAFETY_COMMITTEE]


def body_of(route: Route, site: Site, directory: Directory, day: date) -> Body:
    members = directory.members(route, site.code, day)
    return Body(
        route,
        tuple(sorted(members, key=lambda p: (not p.chairs, str(p.side), p.name))),
        tuple(directory.alternates(route, site.code, day)),
        tuple(_said(lack) for lack in lacks(route, site.code, directory, day)),
        is_fit(route, site.code, members, directory, day),
    )


def _unfit(site: Site, directory: Directory, day: date) -> list[Route]:
    """Return the bodies of a place that get no cases; the committee must be there."""
    found = []
    for route in _ORDER:
        members = directory.members(route, site.code, day)
        is_there = bool(members) or route is Route.COMMITTEE
        if is_there and not is_fit(route, site.code, members, directory, day):
            found.append(route)
    return found


def _said(lack: Lack) -> tuple[Line, str, bool]:
    return words.lack_says(lack, lack.day), lack.source, lack.is_enforced
