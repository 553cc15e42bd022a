"""What follows when the facts of a case change: clocks, body, notices."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from app.domain import bodies, notices
from app.domain.case import CaseFile
from app.domain.directory import Person
from app.domain.draft import Draft
from app.domain.escalation import alert
from app.domain.promises import recompute
from app.domain.routing import route
from app.domain.talking import ask_reading
from app.domain.taxonomy import Route

Telling = Callable[[Draft, list[Person]], None]


@dataclass(frozen=True, slots=True)
class Holding:
    """Which body holds a case, and of which people it consists."""

    route: Route
    site: str | None
    people: frozenset[UUID]


def holding(draft: Draft) -> Holding:
    people = bodies.body(draft.case, draft.directory, draft.day)
    case = draft.case
    return Holding(case.route, case.site, frozenset(person.id for person in people))


def as_new(draft: Draft, people: list[Person]) -> None:
    notices.tell_new(draft, people, f"handover:{draft.case.handovers}")


def as_handed(reason: str) -> Telling:
    """Say why the case came.

    danger, conflict, partner, committee, fallback, reopened (by the worker's word) or
    reopened_by_partner (by staff).
    """

    def tell(draft: Draft, people: list[Person]) -> None:
        notices.hand(draft, people, reason)

    return tell


def reckon(draft: Draft, before: CaseFile, *, may_be_later: bool = False) -> None:
    """Compute anew the due times not yet met; record those that moved.

    The earlier of old and new stands, unless a partner lowers a sensitivity.
    """
    draft.case = recompute(
        draft.case,
        draft.entry,
        draft.calendar,
        at=draft.at,
        may_be_later=may_be_later,
        calendar_of=draft.calendar_of,
    )
    record_moved(draft, before)


def record_moved(draft: Draft, before: CaseFile) -> int:
    """Record each due time that is not as it was; return how many."""
    moved = 0
    old = {(clock.name, clock.round): clock.due_at for clock in before.deadlines}
    for clock in draft.case.deadlines:
        was = old.get((clock.name, clock.round))
        if was != clock.due_at:
            draft.record(
                "clock.moved",
                clock=clock.name,
                round=clock.round,
                was=was.isoformat() if was else None,
                due_at=clock.due_at.isoformat(),
            )
            moved += 1
    return moved


def rehome(
    draft: Draft, before: Holding, tell: Telling, *, always_tell: bool = False
) -> None:
    """Give the case to the body that it now belongs to, and tell that body.

    Whoever held it before hears nothing more of it. `always_tell`: also where
    the body stays, because what it must know has changed.
    """
    routing = route(draft.case, draft.directory, draft.day)
    draft.change(route=routing.route)
    draw(draft)
    now = holding(draft)
    is_moved = (now.route, now.site) != (before.route, before.site)
    if is_moved:
        # A signature, or somebody's taking it, counts only for the body it was on.
        draft.change(signatures=(), taken_by=None)
    if now.route != before.route:
        draft.record(
            "case.rerouted",
            was=before.route.value,
            route=now.route.value,
            why=routing.why,
        )
    people = bodies.body(draft.case, draft.directory, draft.day)
    if not always_tell and now.route == before.route:
        people = [person for person in people if person.id not in before.people]
    may_tell = always_tell or (is_moved and not draft.case.state.is_closed)
    if may_tell and people:
        draft.change(handovers=draft.case.handovers + 1)
        tell(draft, people)
        if is_moved and draft.case.channel != "voice":
            ask_reading(draft, f"handover:{draft.case.handovers}")
    alert(draft)


def draw(draft: Draft) -> list[Person]:
    """Seat the alternates whom the recusals of the case call for; return who came.

    Whoever is not called for any more stands down, and her signature with her.
    """
    case = draft.case
    seated = bodies.drawn_for(case.route, case, draft.directory, draft.day)
    ids = frozenset(person.id for person in seated)
    if ids == case.drawn:
        return []
    gone = case.drawn - ids
    draft.change(
        drawn=ids,
        signatures=tuple(s for s in case.signatures if s.person not in gone),
        taken_by=None if case.taken_by in gone else case.taken_by,
    )
    came = [person for person in seated if person.id not in case.drawn]
    for person in came:
        side = person.side.value if person.side else None
        draft.record("alternate.drawn", person=str(person.id), side=side)
    for left in sorted(gone, key=str):
        draft.record("alternate.stood_down", person=str(left))
    return came


def fall_back(draft: Draft) -> None:
    """Give the case to the next body down if the present one does not stand.

    A committee that later stands again does not get it back by itself: only a
    partner hands back.
    """
    case = draft.case
    if bodies.stands(case.route, case, draft.directory, draft.day):
        came = draw(draft)
        if came:
            occasion = f"drawn:{draft.at.astimezone(UTC).isoformat()}"
            notices.tell_new(draft, came, occasion)
        return
    before = holding(draft)
    draft.change(is_withheld=case.is_withheld or _leaves_factory(draft))
    rehome(draft, before, as_handed("fallback"))


def _leaves_factory(draft: Draft) -> bool:
    case = draft.case
    now = bodies.first_standing(case.route, case, draft.directory, draft.day)
    return case.route.is_factory_side and not now.is_factory_side
