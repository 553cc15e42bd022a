"""Who holds a case, and who stands above them: never anybody recused from it."""

from collections.abc import Mapping
from datetime import date

from app.domain.case import CaseFile
from app.domain.directory import Directory, Person
from app.domain.taxonomy import Route, Side

# A committee with fewer worker-side members left than this is none.
FEWEST_WORKERS = 2

FALLBACK: Mapping[Route, Route] = {
    Route.SAFETY_COMMITTEE: Route.COMMITTEE,
    Route.COMMITTEE: Route.PARTNER,
    Route.INTERNAL_COMMITTEE: Route.PARTNER,
    Route.PARTNER: Route.SECRETARIAT,
}


def not_excluded(case: CaseFile, people: list[Person]) -> list[Person]:
    return [person for person in people if person.id not in case.excluded]


def partners(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    found = directory.partners_for(case.site, case.country, day)
    return not_excluded(case, found)


def secretariat(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    return not_excluded(case, directory.secretariat(day))


def factory_heads(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    return not_excluded(case, directory.factory_heads(case.site, day))


def people_on(
    route: Route, case: CaseFile, directory: Directory, day: date
) -> list[Person]:
    """Return who would hold the case on that route today."""
    if route.is_factory_side:
        return not_excluded(case, directory.members(route, case.site, day))
    if route == Route.PARTNER:
        return partners(case, directory, day)
    return secretariat(case, directory, day)


def body(case: CaseFile, directory: Directory, day: date) -> list[Person]:
    """Return who holds the case today."""
    return people_on(case.route, case, directory, day)


def stands(route: Route, case: CaseFile, directory: Directory, day: date) -> bool:
    """Return whether the body is there, with two of the workers' own left."""
    people = people_on(route, case, directory, day)
    if not route.is_factory_side:
        return route == Route.SECRETARIAT or bool(people)
    return sum(person.side == Side.WORKER for person in people) >= FEWEST_WORKERS


def first_standing(
    route: Route, case: CaseFile, directory: Directory, day: date
) -> Route:
    """Return the route, or the next one down the fallback that stands."""
    while not stands(route, case, directory, day):
        route = FALLBACK[route]
    return route
