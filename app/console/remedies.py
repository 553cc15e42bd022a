"""The remedy plan as a part of several pages: the brands', and the case's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.responses import Response

from app.actions.remedy import drop_remedy, finish_remedy, plan_remedy
from app.console.frame import Door, Place, Visit
from app.console.mark import mark
from app.domain.errors import NotFound
from app.domain.remedies import (
    LONGEST,
    PAID,
    Kind,
    Owner,
    Remedy,
    RootCause,
    Standing,
    finished,
    may_drop,
    planned,
)
from app.wording.line import N_, Line

CAUSES = {
    RootCause.LEAD_TIMES: N_("How brands buy: lead times were too short"),
    RootCause.PRICE: N_("How brands buy: the price was too low"),
    RootCause.LATE_CHANGES: N_("How brands buy: the order was changed late"),
    RootCause.LATE_PAYMENT: N_("How brands buy: the order was paid late"),
    RootCause.WAGE_SYSTEM: N_("How wages are reckoned and paid"),
    RootCause.SUPERVISORS: N_("How supervisors behave"),
    RootCause.RECRUITMENT: N_("How workers are recruited"),
    RootCause.BUILDING: N_("The building or a machine"),
    RootCause.AWARENESS: N_("Somebody did not know the rules"),
    RootCause.OTHER: N_("Something else"),
}
KINDS = {
    Kind.ESI_REGISTRATION: N_("Registration for ESI"),
    Kind.PF_REGISTRATION: N_("Registration for the provident fund"),
    Kind.BACK_PAY: N_("Back pay"),
    Kind.REINSTATEMENT: N_("Work given back"),
    Kind.REPAIR: N_("Something repaired or built"),
    Kind.LEAVE: N_("Leave granted"),
    Kind.MATERNITY: N_("Maternity leave or pay"),
    Kind.APOLOGY: N_("An apology"),
    Kind.TRAINING: N_("Training"),
    Kind.POLICY_CHANGE: N_("A rule of the factory changed"),
    Kind.REFERRAL: N_("Help from elsewhere"),
    Kind.OTHER: N_("Something else is put right"),
}
OWNERS = {
    Owner.FACTORY: N_("The factory"),
    Owner.BRAND: N_("The brands"),
    Owner.PARTNER: N_("The partner"),
    Owner.PROGRAMME: N_("The programme"),
}
STANDINGS = {
    Standing.PLANNED: N_("Planned"),
    Standing.DONE: N_("Done"),
    Standing.DROPPED: N_("Dropped"),
}
_PLANNED = N_("The action stands in the plan.")
_FINISHED = N_("The action is marked as done.")
_DROPPED = N_("The action was dropped.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One action, and whether this reader may take it out of the plan."""

    remedy: Remedy
    is_late: bool
    may_drop: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What the macro `remedies` of `_remedies.html` needs beside the page."""

    entries: tuple[Entry, ...]
    base: str  # the address that its forms are sent to
    may_write: bool
    today: date
    causes: Sequence[tuple[str, str]] = tuple((c.value, s) for c, s in CAUSES.items())
    owners: Sequence[tuple[str, str]] = tuple((o.value, s) for o, s in OWNERS.items())
    kinds: Sequence[tuple[str, str]] = tuple((k.value, s) for k, s in KINDS.items())
    longest: int = LONGEST

    @staticmethod
    def cause(remedy: Remedy) -> str:
        return CAUSES[remedy.root_cause]

    @staticmethod
    def kind(remedy: Remedy) -> str:
        return KINDS[remedy.kind]

    @staticmethod
    def is_paid(remedy: Remedy) -> bool:
        """Tell whether it is asked how much money came to workers."""
        return remedy.kind in PAID

    @staticmethod
    def owner(remedy: Remedy) -> str:
        return OWNERS[remedy.owner]

    @staticmethod
    def standing(remedy: Remedy) -> str:
        return STANDINGS[remedy.state]


def plan(
    visit: Visit, remedies: Sequence[Remedy], *, base: str, may_write: bool, today: date
) -> Plan:
    """Return a plan for its macro; the remedies are cut to the reader already."""
    person, directory = visit.person, visit.directory
    entries = tuple(
        Entry(
            each,
            each.is_late(today),
            may_write
            and each.state is Standing.PLANNED
            and may_drop(person, directory.person(each.by)),
        )
        for each in remedies
    )
    return Plan(entries, base, may_write, today)


def places(_door: Door) -> tuple[Place, ...]:
    return places_under("/room/cases/{number}", "case-act", "number")


def places_under(path: str, name: str, handle: str) -> tuple[Place, ...]:
    """Return the places to which the forms of a plan are sent.

    `handle` is the part of the path that names the case.
    """

    async def add(visit: Visit) -> Response:
        day = visit.day
        form = planned(
            visit.said("root_cause", most=40),
            visit.said("owner", most=40),
            visit.said("due_on", most=10),
            visit.words("action", most=LONGEST),
            today=day,
            kind=visit.said("kind", most=40),
        )
        case = visit.path[handle]
        await plan_remedy(
            visit.store,
            case,
            form,
            by=visit.person,
            at=visit.at,
            once=mark(visit, "remedy"),
        )
        return _back(visit, path, handle, _PLANNED)

    async def done(visit: Visit) -> Response:
        form = finished(
            visit.words("evidence", most=LONGEST),
            visit.said("workers", most=9),
            visit.said("amount", most=20),
            visit.said("currency", most=5),
        )
        await finish_remedy(
            visit.store,
            visit.path[handle],
            _id(visit),
            form,
            by=visit.person,
            at=visit.at,
            once=mark(visit, "finish"),
        )
        return _back(visit, path, handle, _FINISHED)

    async def drop(visit: Visit) -> Response:
        await drop_remedy(
            visit.store,
            visit.path[handle],
            _id(visit),
            by=visit.person,
            at=visit.at,
            once=mark(visit, "drop"),
        )
        return _back(visit, path, handle, _DROPPED)

    base = f"{path}/remedies"
    return (
        Place("POST", base, name, add),
        Place("POST", f"{base}/{{id}}/done", name, done),
        Place("POST", f"{base}/{{id}}/drop", name, drop),
    )


def _back(visit: Visit, path: str, handle: str, said: str) -> Response:
    page = path.replace(f"{{{handle}}}", visit.path[handle])
    return visit.see_other(f"{page}#remedies", Line(said))


def _id(visit: Visit) -> UUID:
    try:
        return UUID(visit.path["id"])
    except ValueError:
        raise NotFound("There is no such action in this plan.") from None
