"""Which desk has a case, who stands above it, and how each of them answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain import bodies, notices
from app.domain.answering import running, waiting_for
from app.domain.case import CaseFile, Escalation, Recipient
from app.domain.commands import Actor, Answer
from app.domain.directory import Directory, Person
from app.domain.draft import Draft
from app.domain.taxonomy import Role, Route
from app.rehearsal.deeds import NOTE, Act
from app.rehearsal.people import SECRETARIAT, Temper, Tempers, org_of

COMMITTEES, HEADS, WORKERS = "committees", "factory heads", "workers"

_GROUPS = {
    Role.COMMITTEE: COMMITTEES,
    Role.INTERNAL_COMMITTEE: COMMITTEES,
    Role.SAFETY_COMMITTEE: COMMITTEES,
    Role.FACTORY_HEAD: HEADS,
    Role.ADMIN: SECRETARIAT,
}
_BEST_FIRST = tuple(Temper)


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk as a load is counted for it, with its temperament."""

    name: str
    temper: Temper


@dataclass(frozen=True, slots=True)
class Desks:
    """The programme's desks in one year."""

    directory: Directory
    tempers: Tempers

    def holder(self, case: CaseFile, at: datetime) -> Desk:
        """Return who has the case; the secretariat, where nobody else stands."""
        if case.route.is_factory_side:
            return Desk(COMMITTEES, self.tempers.sites[case.site or ""])
        partner = self._partner(case, at) if case.route == Route.PARTNER else None
        return self._of_partner(partner) if partner else self._secretariat

    def partner(self, case: CaseFile, at: datetime) -> Temper:
        """Return how the case's partner answers, whoever has the case."""
        partner = self._partner(case, at)
        return self._of_partner(partner).temper if partner else Temper.NEVER

    def above(self, case: CaseFile, step: Escalation, at: datetime) -> Desk | None:
        """Return which of those who were told of an escalation answers best.

        None: nobody does. The body itself was only reminded.
        """
        day = self.directory.local_day(at, case.site, case.country)
        body = {str(p.id) for p in bodies.body(case, self.directory, day)}
        found = [self.of(to) for to in step.recipients if to.key not in body]
        answering = [d for d in found if d is not None and d.temper != Temper.NEVER]
        return min(
            answering, key=lambda desk: _BEST_FIRST.index(desk.temper), default=None
        )

    def answer(self, case: CaseFile, by: Desk, at: datetime) -> Act | None:
        """Return the act by which a desk says that it acts on an escalation.

        A partner writes down what a brand has answered that has nobody here, or
        that was told no number. None: nothing waits for that desk's answer.
        """
        day = self.directory.local_day(at, case.site, case.country)
        kind, _, name = by.name.partition(" ")
        people: list[Person] = []
        if kind == "brand" and not notices.is_veiled(case):
            people = self.directory.brand_people(name, day)
        elif by.name == HEADS:
            people = bodies.factory_heads(case, self.directory, day)
        elif by.name == SECRETARIAT:
            people = bodies.secretariat(case, self.directory, day)
        is_relayed = kind == "brand" and not people
        if kind == "partner" or is_relayed:
            people = bodies.partners(case, self.directory, day)
        if not people:
            return None
        draft = Draft(case, self.directory, at, Actor(people[0]))
        waiting = running(draft) if is_relayed else waiting_for(draft)
        return (Answer(note=NOTE), draft.by) if waiting else None

    def of(self, to: Recipient) -> Desk | None:
        """Return the desk of a recipient; None for one that answers nothing."""
        if to.kind in ("brand", "brand_webhook"):
            return self._brand(to.key)
        person = self._person(to)
        match person.role if person else None:
            case Role.PARTNER if person:
                return self._of_partner(person)
            case Role.FACTORY_HEAD if person:
                return Desk(HEADS, self.tempers.heads[person.id])
            case Role.BRAND if person and person.org:
                return self._brand(person.org[0])
            case Role.ADMIN:
                return self._secretariat
            case _:
                return None

    def name_of(self, to: Recipient) -> str:
        """Return whose desk a message lands on, as `Load.desk` names it."""
        desk = self.of(to)
        if desk is not None:
            return desk.name
        person = self._person(to)
        return _GROUPS.get(person.role, person.role.value) if person else WORKERS

    @property
    def known(self) -> list[Desk]:
        """Every desk that has a temperament of its own outside the factories."""
        partners = [org for org in self.tempers.partners if org != SECRETARIAT]
        return [
            *(self._brand(slug) for slug in self.tempers.brands),
            *(Desk(f"partner {org}", self.tempers.partners[org]) for org in partners),
            self._secretariat,
        ]

    def _partner(self, case: CaseFile, at: datetime) -> Person | None:
        day = self.directory.local_day(at, case.site, case.country)
        return next(iter(bodies.partners(case, self.directory, day)), None)

    def _person(self, to: Recipient) -> Person | None:
        return self.directory.person(UUID(to.key)) if to.kind == "person" else None

    def _of_partner(self, partner: Person) -> Desk:
        org = org_of(partner)
        return Desk(f"partner {org}", self.tempers.partners[org])

    def _brand(self, slug: str) -> Desk:
        # Somebody may serve a brand that is imported no more.
        return Desk(f"brand {slug}", self.tempers.brands.get(slug, Temper.NEVER))

    @property
    def _secretariat(self) -> Desk:
        return Desk(SECRETARIAT, self.tempers.partners[SECRETARIAT])
