"""The auditor's room: mandates, changes, coverage, samples, heads and exports."""

from app.console.auditor import compare, coverage, exports, heads, overview, sample
from app.console.frame import Door, Place

_PARTS = (overview, compare, coverage, sample, heads, exports)


def places(door: Door) -> tuple[Place, ...]:
    return tuple(place for part in _PARTS for place in part.places(door))
