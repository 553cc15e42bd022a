"""Who a person is to a case, and what a refusal to them says."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from app.domain.bodies import is_read_first, partners, people_on
from app.domain.case import CLIMBED, SECRETARIAT_ALERTED, SILENT, CaseFile
from app.domain.directory import Directory, Person
from app.domain.errors import Refused
from app.domain.taxonomy import Role, Route


class Hat(StrEnum):
    """What somebody is to one case; a person may wear more than one."""

    HOLDER = "holder"  # sits on the body that holds the case
    PARTNER = "partner"  # the case is in this partner's care, whoever holds it
    SECRETARIAT = "secretariat"  # the case fell or climbed to the secretariat
    WORKER = "worker"
    CLOCK = "clock"  # time alone
    TOLD = "told"  # stands on a rung that waits for an answer
    BRAND = "brand"  # of a brand that was told of the case


class Refusal(Refused):
    """An act is not allowed; `why` is its code in the ledger."""

    def __init__(self, why: str, says: str) -> None:
        super().__init__(says)
        self.why = why


def no_such_case(number: str) -> str:
    """What a person reads who has nothing to do with the case.

    The same words as for a number that no case has: a refusal must not tell
    that there is one.
    """
    return f"There is no case {number}."


def hats(
    person: Person, case: CaseFile, directory: Directory, day: date
) -> frozenset[Hat]:
    """Return what the person is to the case on `day`; nothing to most people.

    A factory's head, a brand and an auditor never act on a case, but that they
    may answer what they were told of; and nobody acts who is recused from the
    case or whose term is over.
    """
    if person.id in case.excluded:
        return frozenset()
    match person.role:
        case Role.PARTNER:
            return _partner_hats(person, case, directory, day)
        case Role.ADMIN:
            return _secretariat_hats(case) | _reader_hats(case, directory, day)
        case _:
            seated = people_on(case.route, case, directory, day)
            sits = case.route.is_factory_side and _is_among(person, seated)
            # An alternate has nothing to do with it until she has been drawn.
            sits = sits and (not person.is_alternate or person.id in case.drawn)
            return frozenset({Hat.HOLDER} if sits else ())


def _is_among(person: Person, people: list[Person]) -> bool:
    return any(other.id == person.id for other in people)


def _partner_hats(
    person: Person, case: CaseFile, directory: Directory, day: date
) -> frozenset[Hat]:
    if not _is_among(person, directory.partners_for(case.site, case.country, day)):
        return frozenset()
    if case.route.is_factory_side:
        return frozenset({Hat.PARTNER})
    return frozenset({Hat.PARTNER, Hat.HOLDER})


def _secretariat_hats(case: CaseFile) -> frozenset[Hat]:
    """A case that climbed is theirs to see to, but a committee's never to work."""
    has_climbed = CLIMBED in case.alerted or _partner_failed(case)
    is_outside = not case.route.is_factory_side
    if case.route == Route.SECRETARIAT or (has_climbed and is_outside):
        return frozenset({Hat.HOLDER, Hat.SECRETARIAT})
    if has_climbed or case.alerted & {SECRETARIAT_ALERTED, SILENT}:
        return frozenset({Hat.SECRETARIAT})
    return frozenset()


def _reader_hats(case: CaseFile, directory: Directory, day: date) -> frozenset[Hat]:
    """Words that no partner is left to read are the secretariat's to read first."""
    is_left = (
        case.route.is_factory_side
        and is_read_first(case, directory, day)
        and not partners(case, directory, day)
    )
    return frozenset({Hat.SECRETARIAT} if is_left else ())


def _partner_failed(case: CaseFile) -> bool:
    """A partner let a date pass, or the worker said no to a partner's word."""
    is_missed = any(clock.missed_at is not None for clock in case.deadlines)
    return case.route == Route.PARTNER and (is_missed or case.not_solved > 0)


def brand_hats(
    person: Person, case: CaseFile, told: Collection[str], day: date
) -> frozenset[Hat]:
    """Return what somebody of a brand is to a case of which `told` were told.

    That a brand was told stands in a row of its own and not in the case, so
    whoever asks brings it. It lets nobody act on the case as it is worked.
    """
    is_told = person.role is Role.BRAND and not set(person.org).isdisjoint(told)
    is_out = person.id in case.excluded or not person.serves_on(day)
    return frozenset({Hat.BRAND} if is_told and not is_out else ())
