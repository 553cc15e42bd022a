"""The mandates of whoever visits: what they let her look at, and until when."""

from uuid import UUID

from starlette.responses import Response

from app.console.frame import Visit
from app.domain.errors import NotFound, Refused
from app.domain.mandates import Mandate
from app.store.engine import Transaction
from app.store.mandates import all_of
from app.wording.line import N_

NONE_HOLDS = N_(
    "No mandate of yours is in force today. Ask the programme's secretariat to"
    " record one: it says which sites, until when and for what."
)


async def mandates(tx: Transaction, visit: Visit) -> list[Mandate]:
    """Return hers, the newest first, in force or not."""
    return [each for each in await all_of(tx) if is_hers(each, visit)]


def is_hers(mandate: Mandate, visit: Visit) -> bool:
    return mandate.person_id == visit.person.id


async def in_force(tx: Transaction, visit: Visit) -> list[Mandate]:
    return [each for each in await mandates(tx, visit) if each.holds_on(visit.day)]


def without(visit: Visit, heading: str) -> Response:
    """Return the page that says how one gets a mandate, in its place among the others.

    To look is no act that is refused: she learns there what is missing.
    """
    return visit.page("auditor_without.html", heading=heading, why=NONE_HOLDS)


async def chosen(tx: Transaction, visit: Visit, asked: str) -> Mandate:
    """Return the mandate that was asked for, or her only one.

    Raise `Refused` where none is in force, `NotFound` for what is not hers.
    """
    found = await in_force(tx, visit)
    if not found:
        raise Refused(NONE_HOLDS)
    if not asked:
        return found[0]
    mandate = next((each for each in found if each.id == _uuid(asked)), None)
    if mandate is None:
        raise NotFound("There is no such mandate.")
    return mandate


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
