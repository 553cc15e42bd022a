"""Who holds a case, and who stands above them: never anybody recused from it.

Where members of a committee are recused, alternates of their sides sit in for
them. Whoever is drawn stays, as long as she may; else the first by id is drawn,
so that everybody who reckons it again draws the same.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from app.domain.case import CaseFile
from app.domain.directory import Directory, Person
from app.domain.taxonomy import Route
from app.domain.validity import is_fit

FALLBACK: Mapping[Route, Route] = {
    Route.SAFETY_COMMITTEE: Route.COMMITTEE,
    Route.COMMITTEE: Route.PARTNER,
    Route.INTERNAL_COMMITTEE: Route.PARTNER,
    Route.PARTNER: Route.SECRETARIAT,
}


def not_excluded(case: CaseFile, people: list[Person]) -> list[Person]:
    return [person for person in people if person.id not in case.excluded]


def drawn_for(
    route: Route, case: CaseFile, directory: Directory, day: date
) -> list[Person]:
    """Return the alternates who sit in on that route: one for each recused member.

    A closed case draws nobody anew: there is nothing to be decided.
    """
    if not case.excluded or not route.is_factory_side:
        return []
    members = directory.members(route, case.site, day)
    wanted = Counter(person.side for person in members if person.id in case.excluded)
    free = not_excluded(case, directory.alternates(route, case.site, day))
    if case.state.is_closed:
        free = [person for person in free if person.id in case.drawn]
    chosen: list[Person] = []
    for person in sorted(free, key=lambda p: (p.id not in case.drawn, str(p.id))):
        if wanted[person.side] > 0:
            wanted[person.side] -= 1
            chosen.append(person)
    return chosen


def partners(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    found = directory.partners_for(case.site, case.country, day)
    return not_excluded(case, found)


def is_read_first(case: CaseFile, directory: Directory, day: date) -> bool:
    """Tell whether somebody outside the factory reads her words before a body of it.

    Once a partner served for the case it stays so, also where her term has ended;
    and that a partner is recused never means that there is none.
    """
    if case.reads_first:
        return True
    return bool(directory.partners_for(case.site, case.country, day))


def readers(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    """Return who reads it first: the partners; where none serves, the secretariat."""
    return partners(case, directory, day) or secretariat(case, directory, day)


def secretariat(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    return not_excluded(case, directory.secretariat(day))


def factory_heads(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    return not_excluded(case, directory.factory_heads(case.site, day))


def people_on(
    route: Route, case: CaseFile, directory: Directory, day: date
) -> list[Person]:
    """Return who would hold the case on that route today."""
    if route.is_factory_side:
        members = not_excluded(case, directory.members(route, case.site, day))
        return [*members, *drawn_for(route, case, directory, day)]
    if route == Route.PARTNER:
        return partners(case, directory, day)
    return secretariat(case, directory, day)


def body(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    """Return who holds the case today."""
    return people_on(case.route, case, directory, day)


def stands(route: Route, case: CaseFile, directory: Directory, day: date) -> bool:
    """Return whether the body is there, and what is left of it fit for the case."""
    people = people_on(route, case, directory, day)
    if not route.is_factory_side:
        return route == Route.SECRETARIAT or bool(people)
    return is_fit(route, case.site, people, directory, day)


def first_standing(
    route: Route, case: CaseFile, directory: Directory, day: date
) -> Route:
    """Return the route, or the next one down the fallback that stands."""
    while not stands(route, case, directory, day):
        route = FALLBACK[route]
    return route
