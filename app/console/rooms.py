"""Every place of the rooms, in one list: what the web process serves."""

from starlette.routing import BaseRoute

from app.console import (
    admin,
    auditor,
    brand,
    case_page,
    cases,
    committee,
    figures,
    files,
    hooks,
    indicators,
    listen,
    me,
    notices,
    partner,
    sign_in,
    today,
    tokens,
)
from app.console.frame import Door, Place, routes

# Each offers `places(door)`; the order matters only where patterns overlap.
_ROOMS = (
    *(admin, sign_in, me, notices, tokens, hooks, brand),
    *(partner, listen, files, today, cases, case_page, committee, indicators),
    *(auditor, figures),
)


def places(door: Door) -> tuple[Place, ...]:
    return tuple(place for room in _ROOMS for place in room.places(door))


def console_routes(door: Door) -> list[BaseRoute]:
    return routes(door, places(door))
