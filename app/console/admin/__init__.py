"""The secretariat's room for the programme itself: who, where, when, and by what."""

from app.console.admin import (
    audit,
    brands,
    calendars,
    committees,
    imports,
    mandates,
    numbers,
    overview,
    people,
    policies,
    posters,
    programme,
    sites,
    sourcing,
)
from app.console.frame import Door, Place

# Patterns with a name in them stand after those that spell one out.
_PARTS = (
    *(overview, calendars, sourcing, committees, numbers, policies, imports, audit),
    *(mandates, programme, posters, people, brands, sites),
)


def places(door: Door) -> tuple[Place, ...]:
    return tuple(place for part in _PARTS for place in part.places(door))
