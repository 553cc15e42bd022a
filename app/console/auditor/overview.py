"""The first page of the auditor's room: her mandates, and where everything is."""

from starlette.responses import Response

from app.console.auditor.mine import mandates
from app.console.frame import Door, Place, Visit
from app.statistics.model import Audience
from app.store.mandates import exports_of
from app.store.releases import latest

PAGE = "/room/auditor"


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "auditor", _overview),)


async def _overview(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        hers = await mandates(tx, visit)
        release = await latest(tx, Audience.AUDITOR)
        taken = [
            made for each in hers for made in await exports_of(tx, each.id, limit=20)
        ]
    return visit.page(
        "auditor_overview.html",
        mandates=[(each, each.why_not(visit.day)) for each in hers],
        release=release,
        taken=sorted(taken, key=lambda made: made.at, reverse=True)[:20],
        directory=visit.directory,
    )
