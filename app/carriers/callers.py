"""From which of the hotline's numbers a worker is called, and which she can call."""

from collections.abc import Iterable

from app.carriers.abilities import (
    Can,
    Shelf,
    carrier_of,
    hears_rings,
    picks_up,
    places_calls,
)
from app.domain.directory import HotlineNumber
from app.domain.phones import E164

# A number's voice that has to do with workers: none and studio have not.
CALLING = frozenset({"answer", "missed_call"})


def caller_for(
    shelf: Shelf, own: HotlineNumber, numbers: Iterable[HotlineNumber], country: str
) -> HotlineNumber | None:
    """Return the number that calls a phone of `country`; None: no number can.

    It is `own`, which the worker knows, where its carrier places such calls, else
    the first that serves the same country: what a call says of help and of the
    law is its number's country's.
    """
    others = (number for number in numbers if number.country == country)
    return next((n for n in (own, *others) if may_call(shelf, n, country)), None)


def may_call(shelf: Shelf, number: HotlineNumber, country: str) -> bool:
    """Tell whether a call to phones of a country may go out from a number."""
    if number.voice not in CALLING or not E164.fullmatch(number.number):
        return False
    carrier = carrier_of(shelf, number.provider)
    if carrier is None:
        return False
    can = places_calls(carrier, number.number, number.country, country).can
    return can is not Can.NO


def reached_at(
    shelf: Shelf, own: HotlineNumber, numbers: Iterable[HotlineNumber]
) -> HotlineNumber | None:
    """Return the number that a worker can call or ring; None: there is none.

    It is `own` where it can be, else the first that serves the same country.
    """
    known = tuple(numbers)
    others = (number for number in known if number.country == own.country)
    return next((n for n in (own, *others) if _is_reached(shelf, n, known)), None)


def _is_reached(
    shelf: Shelf, number: HotlineNumber, numbers: Iterable[HotlineNumber]
) -> bool:
    """Tell whether a call there is answered, or returned."""
    carrier = carrier_of(shelf, number.provider)
    if number.voice == "answer":
        can = picks_up(carrier, number.number, number.country).can if carrier else None
        return can not in (None, Can.NO)
    if number.voice != "missed_call":
        return False
    # What a file of the operator's own says of rings was asked at the import.
    if carrier and hears_rings(carrier, number.number, number.country).can is Can.NO:
        return False
    return caller_for(shelf, number, numbers, number.country) is not None
