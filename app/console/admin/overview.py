"""What of the programme needs the secretariat today."""

from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from app.actions.doctor import examine
from app.actions.finding import Finding
from app.console.admin.committees import Standing, lacking
from app.console.frame import Door, Place, Visit
from app.domain.directory import Directory, Person, Site
from app.domain.errors import Refused
from app.posters.of_site import number_of
from app.store.readers import programme

PAGE = "/room/admin"
_SOON = timedelta(days=60)
_MOST = 20


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "admin", _overview),)


@dataclass(frozen=True, slots=True)
class _Needs:
    """What wants doing, each list with all of its entries."""

    lacking: list[Standing]
    silent: list[Site]  # no hotline number serves them
    ending: list[Person]
    strangers: list[Person]  # who never came in


async def _overview(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        standings = await programme.standings(tx, visit.at)
    async with visit.reading() as tx:
        fallen = await programme.open_seen(tx)
    directory, day = visit.directory, visit.day
    serving = [p for p in directory.people if p.serves_on(day)]
    needs = _Needs(
        lacking=lacking(directory, day),
        silent=without_hotline(directory),
        ending=_ending(serving, day),
        strangers=[
            p for p in serving if standings.get(p.id, programme.NOBODY).last_in is None
        ],
    )
    return visit.page(
        "admin_overview.html",
        needs=needs,
        most=_MOST,
        findings=await findings(visit),
        fallen=fallen,
    )


async def findings(visit: Visit) -> list[Finding]:
    """Return what the doctor finds, the grave first."""
    parts = visit.door.parts
    book = None
    if parts.sounds is not None:
        async with visit.store.transaction() as tx:
            book = await parts.sounds.now(tx)
    return await examine(
        visit.store,
        parts.settings,
        at=visit.at,
        book=book,
        catalog=visit.door.look.catalog,
    )


def without_hotline(directory: Directory) -> list[Site]:
    """Return the sites whose workers no number serves."""
    found = []
    for site in directory.sites.values():
        try:
            number_of(directory, site)
        except Refused:
            found.append(site)
    return found


def _ending(serving: list[Person], day: date) -> list[Person]:
    """Return whose term ends soon, the next one first."""
    soon = [p for p in serving if p.until is not None and p.until <= day + _SOON]
    return sorted(soon, key=lambda p: (p.until or day, p.name))
