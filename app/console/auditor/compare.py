"""What the figures say otherwise than they did: two releases side by side."""

from collections.abc import Sequence

from starlette.responses import Response

from app.console.figures import Naming, audience_of
from app.console.frame import Door, Place, Visit
from app.domain.errors import NotFound
from app.domain.whole_number import whole_number
from app.statistics.compare import changes, only
from app.store.releases import Header, differing, periods_of, releases

PAGE = "/room/auditor/compare"
_MOST = 400  # changes on one page
_LARGEST = 10**6


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "auditor", _compare),)


async def _compare(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        audience = await audience_of(tx, visit)
        known = await releases(tx, audience=audience)
        if len(known) < 2:
            return visit.page(
                "auditor_compare.html",
                releases=known,
                earlier=None,
                later=None,
                found=[],
                more=0,
                naming=None,
                only=None,
            )
        later = _asked(visit, "to", known) or known[0]
        earlier = _asked(visit, "from", known) or known[1]
        if earlier.number > later.number:
            earlier, later = later, earlier
        old, new = [
            await periods_of(tx, header.number, audience) for header in (earlier, later)
        ]
        both = sorted({*old} & {*new})
        before, after = await differing(
            tx,
            audience=audience,
            earlier=earlier.number,
            later=later.number,
            periods=both,
        )
    found = changes(before, after, both)
    return visit.page(
        "auditor_compare.html",
        releases=known,
        earlier=earlier,
        later=later,
        found=found[:_MOST],
        more=max(0, len(found) - _MOST),
        only=only(old, new),
        naming=Naming(visit),
    )


def _asked(visit: Visit, name: str, known: Sequence[Header]) -> Header | None:
    """Return the release that was asked for; None where none was."""
    if not visit.asked(name):
        return None
    number = whole_number(visit.asked(name), most=_LARGEST)
    found = next((each for each in known if each.number == number), None)
    if found is None:
        raise NotFound("There is no such release.")
    return found
