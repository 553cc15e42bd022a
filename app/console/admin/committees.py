"""Committees: who sits on each, until when, what it lacks, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from starlette.responses import Response

from app.actions.edit_programme import save_row
from app.console.admin.forms import (
    Choice,
    Field,
    cells_of,
    form_page,
    named,
    paged,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.console.words import ROUTES
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.domain.directory import Directory, Person, Site
from app.domain.errors import NotFound
from app.domain.taxonomy import COMMITTEE_ROUTES, Category, Role, Route
from app.domain.validity import Lack, lacks
from app.store.readers import programme
from app.wording.line import N_, Line

PAGE = "/room/admin/committees"

_BODIES = {route.value: ROUTES[route] for route in sorted(COMMITTEE_ROUTES)}
RULE_FIELDS = (
    Field(
        "scope",
        N_("Where"),
        N_("A site's code, a region, a country's two letters, or * for everywhere"),
        is_needed=True,
    ),
    Field("body", N_("Committee"), kind="choice", choices=named(_BODIES)),
    Field("fewest", N_("Members at least"), kind="number"),
    Field("fewest_workers", N_("For the workers at least"), kind="number"),
    Field("women_percent", N_("Women, of a hundred members"), kind="number"),
    Field("quorum", N_("Left for one case at least"), kind="number"),
    Field(
        "parity",
        N_("Both sides"),
        kind="choice",
        choices=(
            Choice("", N_("Nothing is asked")),
            Choice("equal", N_("As many for the workers as for the management")),
            Choice("workers_not_fewer", N_("Not fewer for the workers")),
        ),
    ),
    Field("source", N_("Where this is written"), is_needed=True),
)
_SAVED = N_("The rule for {scope} is saved. It holds from the next case on.")


@dataclass(frozen=True, slots=True)
class Standing:
    """One site's committee: who sits on it, and what it lacks."""

    site: Site
    body: Route
    members: list[Person]
    alternates: list[Person]
    lacks: tuple[Lack, ...]

    @property
    def is_enforced(self) -> bool:
        return any(lack.is_enforced for lack in self.lacks)


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("GET", f"{PAGE}/rules", "admin", _rules),
        Place("POST", f"{PAGE}/rules", "admin", _save_rule),
        Place("GET", f"{PAGE}/{{site}}", "admin", _one_site),
    )


def used(directory: Directory, day: date) -> list[Route]:
    """Return the committees to which the policy sends anything."""
    policy = directory.policy_on(day)
    found = {policy.entry(category).route for category in Category}
    return sorted(route for route in found if route.is_factory_side)


def standing(directory: Directory, site: Site, body: Route, day: date) -> Standing:
    return Standing(
        site=site,
        body=body,
        members=directory.members(body, site.code, day),
        alternates=directory.alternates(body, site.code, day),
        lacks=lacks(body, site.code, directory, day),
    )


def of_site(directory: Directory, site: Site, day: date) -> list[Standing]:
    """Return a site's committees: those that are used, and those that sit."""
    wanted = set(used(directory, day))
    wanted |= {b for b in COMMITTEE_ROUTES if directory.members(b, site.code, day)}
    return [standing(directory, site, body, day) for body in sorted(wanted)]


def lacking(directory: Directory, day: date) -> list[Standing]:
    """Return every committee that lacks something, those without cases first."""
    found = [
        each
        for site in directory.sites.values()
        for each in of_site(directory, site, day)
        if each.lacks
    ]
    return sorted(found, key=lambda each: (not each.is_enforced, each.site.code))


async def _list(visit: Visit) -> Response:
    found = lacking(visit.directory, visit.day)
    shown, pages = paged(visit, found, size=15)
    return visit.page(
        "admin_committees.html",
        shown=shown,
        pages=pages,
        sites=len(visit.directory.sites),
        rules=visit.directory.committee_rules,
    )


async def _one_site(visit: Visit) -> Response:
    site = visit.directory.sites.get(visit.path["site"])
    if site is None:
        raise NotFound("There is no such site.")
    day = visit.day
    return visit.page(
        "admin_committee.html",
        site=site,
        standings=of_site(visit.directory, site, day),
        past=_past(visit.directory, site, day),
    )


def _past(directory: Directory, site: Site, day: date) -> list[Person]:
    """Return who sat on one of the site's committees, the last to go first."""
    found = [
        person
        for body in COMMITTEE_ROUTES
        for person in directory.ever_seated(Role(body.value), site.code)
        if person.until is not None and person.until < day
    ]
    return sorted(found, key=lambda p: p.until or day, reverse=True)[:50]


async def _rules(visit: Visit) -> Response:
    scope, body = visit.asked("scope"), visit.asked("body")
    cells: dict[str, str] | None = None
    if scope:
        async with visit.store.transaction() as tx:
            cells = await programme.cells(tx, Kind.COMMITTEES, scope, body)
    if cells is None:
        return _rule_page(visit, {"scope": scope, "body": body}, is_new=True)
    return _rule_page(visit, cells, is_new=False)


async def _save_rule(visit: Visit) -> Response:
    cells = cells_of(visit, RULE_FIELDS)
    try:
        await save_row(
            visit.store,
            Kind.COMMITTEES,
            cells,
            by=visit.person,
            at=visit.at,
            is_new=visit.said("is_new") == "yes",
        )
    except ImportRefused as refusal:
        is_new = visit.said("is_new") == "yes"
        return _rule_page(visit, cells, is_new=is_new, refusal=refusal)
    return visit.see_other(PAGE, Line(_SAVED, {"scope": cells["scope"]}))


def _rule_page(
    visit: Visit,
    cells: Mapping[str, str],
    *,
    is_new: bool,
    refusal: ImportRefused | None = None,
) -> Response:
    fields: tuple[Field, ...] = RULE_FIELDS
    if not is_new:
        fixed = (replace(f, kind="fixed", hint="") for f in RULE_FIELDS[:2])
        fields = (*fixed, *RULE_FIELDS[2:])
    return form_page(
        visit,
        "admin_rule.html",
        fields,
        cells,
        wrong=wrong_of(refusal, fields) if refusal else None,
        is_new=is_new,
        action=f"{PAGE}/rules",
        laws=visit.directory.committee_laws,
    )
