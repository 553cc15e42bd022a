"""Exports under a mandate: asked for here, made and sent in one go."""

from datetime import date

from starlette.responses import Response, StreamingResponse

from app.actions.export_cases import stream
from app.console.auditor.mine import chosen, in_force, mandates
from app.console.frame import Door, Place, Visit
from app.domain.errors import BadInput
from app.receipts.keys import SigningKey
from app.statistics.model import Audience
from app.store.mandates import exports_of
from app.store.releases import periods
from app.wording.line import N_

PAGE = "/room/auditor/exports"
_NO_DAY = N_("Give the date as year-month-day, such as 2027-01-31.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "auditor", _list),
        Place("POST", PAGE, "auditor", _export),
    )


async def _list(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        mine = await in_force(tx, visit)
        taken = [
            made
            for each in await mandates(tx, visit)
            for made in await exports_of(tx, each.id)
        ]
        known = await periods(tx, Audience.AUDITOR)
    return visit.page(
        "auditor_exports.html",
        mandates=mine,
        taken=sorted(taken, key=lambda made: made.at, reverse=True),
        known=known,
    )


async def _export(visit: Visit) -> Response:
    """Make the export; what goes wrong is said before a byte is sent."""
    async with visit.store.transaction() as tx:
        mandate = await chosen(tx, visit, visit.said("mandate", most=40))
    name, chunks = await stream(
        visit.store,
        mandate.id,
        since=_day(visit, "from"),
        until=_day(visit, "to"),
        key=SigningKey(visit.door.parts.settings.signing_key),
        by=visit.person.id,
        through="page",
        at=visit.at,
    )
    return StreamingResponse(
        chunks,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _day(visit: Visit, name: str) -> date | None:
    asked = visit.said(name, most=20)
    if not asked:
        return None
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise BadInput(_NO_DAY) from None
