"""How a person is told of what happens: at once or daily, and when not."""

from starlette.responses import Response

from app.actions.preferences import choose, wishes_of
from app.console.frame import Door, Place, Visit
from app.domain.errors import BadInput
from app.domain.quiet import written
from app.domain.taxonomy import Role
from app.domain.whereabouts import zone_of
from app.domain.wishes import Wishes, parse_wishes
from app.wording.line import N_, Line

PAGE = "/room/me/notices"

_KEPT = N_("Kept. This is how you are told from now on.")
_BAD_HOUR = N_("Write the hour as four digits, such as 08:00 or 18:30.")
_BAD_QUIET = N_("Write both ends of the quiet hours, such as 21:00 and 07:00.")
_NO_ROOM = N_("The daily hour lies within the quiet hours: choose one outside them.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "me-notices", _show),
        Place("POST", PAGE, "me-notices", _choose),
    )


async def _show(visit: Visit) -> Response:
    wishes = await wishes_of(visit.store, visit.person)
    return _page(visit, _said(wishes))


async def _choose(visit: Visit) -> Response:
    """Keep it; what cannot be read is said beside what was written."""
    written_down = {
        "how": visit.said("how", most=8),
        "daily_at": visit.said("daily_at", most=8),
        "quiet_from": visit.said("quiet_from", most=8),
        "quiet_to": visit.said("quiet_to", most=8),
        "by_text": visit.said("by_text", most=8),
    }
    wishes = _read(written_down)
    if isinstance(wishes, Line):
        return _page(visit, written_down, wrong=wishes)
    await choose(visit.store, visit.person, wishes, at=visit.at)
    return visit.see_other(PAGE, Line(_KEPT))


def _read(said: dict[str, str]) -> Wishes | Line:
    """Return what was chosen, or what is wrong with it."""
    daily = said["daily_at"] if said["how"] == "daily" else ""
    ends = [said["quiet_from"], said["quiet_to"]]
    if said["how"] == "daily" and not daily:
        return Line(_BAD_HOUR)
    if any(ends) and not all(ends):
        return Line(_BAD_QUIET)
    quiet = "-".join(ends) if all(ends) else ""
    by_text = said["by_text"] == "yes"
    try:
        parse_wishes(daily, "", by_text=by_text)
    except BadInput:
        return Line(_BAD_HOUR)
    try:
        parse_wishes("", quiet, by_text=by_text)
    except BadInput:
        return Line(_BAD_QUIET)
    try:
        return parse_wishes(daily, quiet, by_text=by_text)
    except BadInput:
        return Line(_NO_ROOM)


def _said(wishes: Wishes) -> dict[str, str]:
    """Return the form as it stands for these wishes."""
    first = written(wishes.quiet[:1]).partition("-")
    return {
        "how": "daily" if wishes.daily_at is not None else "once",
        "daily_at": f"{wishes.daily_at:%H:%M}" if wishes.daily_at else "",
        "quiet_from": first[0],
        "quiet_to": first[2],
        "by_text": "yes" if wishes.by_text else "",
    }


def _page(visit: Visit, said: dict[str, str], wrong: Line | None = None) -> Response:
    person = visit.person
    return visit.page(
        "me_notices.html",
        status=200 if wrong is None else 400,
        path=PAGE,
        said=said,
        wrong=wrong,
        place=zone_of(person, visit.directory).key.rpartition("/")[2].replace("_", " "),
        has_mail=bool(person.email),
        may_text=bool(person.email)
        and person.phone_tag is not None
        and person.role is not Role.BRAND,
    )
