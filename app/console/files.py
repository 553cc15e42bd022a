"""Photos, papers and voices that came along: for the case's partner alone."""

from starlette.responses import Response

from app.actions.open_file_page import open_file_page
from app.console.frame import Door, Place, Visit
from app.console.listen import asked_range, id_in, in_ranges

# Shown in the browser as they are; whatever else there is, is handed out to open.
_SHOWN = ("image/jpeg", "image/png", "image/webp", "audio/wav", "audio/mpeg")
_ENDINGS = {"application/pdf": "pdf"}


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", "/room/cases/{number}/files/{id}", "files", _open),)


async def _open(visit: Visit) -> Response:
    assert visit.sitting is not None
    first, _ = asked_range(visit.request)
    found = await open_file_page(
        visit.store,
        visit.path["number"],
        id_in(visit),
        by=visit.person,
        day=visit.day,
        session_id=visit.sitting.id,
        is_start=first == 0,
        at=visit.at,
    )
    ending = _ENDINGS.get(found.media_type, "bin")
    is_shown = found.media_type in _SHOWN
    return in_ranges(
        visit.request,
        found.content,
        found.media_type if is_shown else "application/octet-stream",
        disposition="inline" if is_shown else f'attachment; filename="file.{ending}"',
    )
