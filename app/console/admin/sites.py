"""Sites: the list, one of them with its week and its calendars, and its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from app.actions.edit_programme import save_row
from app.console.admin import committees
from app.console.admin.forms import (
    LANGUAGES_HINT,
    Field,
    cells_of,
    form_page,
    named,
    paged,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.console.mark import mark
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.domain.calendar import SiteCalendar
from app.domain.calendar_text import version_of
from app.domain.directory import Directory, Site
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import SiteKind
from app.posters.of_site import number_of
from app.store.readers import programme
from app.wording.line import N_, Line

PAGE = "/room/admin/sites"
NEW = "new"

KINDS: Mapping[str, str] = {
    SiteKind.GARMENT: N_("Garment factory"),
    SiteKind.SPINNING_MILL: N_("Spinning mill"),
    SiteKind.WEAVING: N_("Weaving mill"),
    SiteKind.DYEING: N_("Dyeing mill"),
    SiteKind.HOME_BASED: N_("Home workers"),
    SiteKind.OTHER: N_("Other"),
}
FIELDS = (
    Field(
        "code",
        N_("Code"),
        N_("Six digits. Leave it blank for a new site: one is drawn for it."),
    ),
    Field("name", N_("Name"), is_needed=True),
    Field("local_name", N_("Name in its own script")),
    Field(
        "aliases",
        N_("Other names"),
        N_("What workers call it, with ; between. Only used to suggest the site."),
    ),
    Field("country", N_("Country"), N_("Two letters, such as BD"), is_needed=True),
    Field("region", N_("Region")),
    Field("kind", N_("Kind"), kind="choice", choices=named(KINDS)),
    Field("tier", N_("Tier"), kind="number", is_needed=True),
    Field("os_id", N_("Open Supply Hub ID")),
    Field("timezone", N_("Time zone"), N_("Such as Asia/Dhaka"), is_needed=True),
    Field("languages", N_("Languages"), LANGUAGES_HINT),
    Field("workers", N_("Workers"), kind="number"),
    Field("weekly_rest", N_("Weekly rest"), N_("Such as fri, or sat;sun")),
    Field(
        "hours",
        N_("Working hours"),
        N_(
            "Several windows a day: 09:00-13:00;14:00-18:00. Or by weekday:"
            " sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00."
            " A window that ends before it starts goes on into the next day."
        ),
        is_needed=True,
    ),
    Field("hotline", N_("Its own hotline number"), N_("Blank: that of its country")),
)
_SAVED = N_("The site {code} is saved.")
_AHEAD = timedelta(days=366)
_MOST_VERSIONS = 12


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _save),
        Place("GET", f"{PAGE}/{NEW}", "admin", _new),
        Place("GET", f"{PAGE}/{{code}}", "admin", _one),
        Place("GET", f"{PAGE}/{{code}}/edit", "admin", _edit),
        Place("GET", f"{PAGE}/{{code}}/calendar/{{number}}", "admin", _calendar),
    )


def site_of(visit: Visit) -> Site:
    """Return the site that the address names."""
    site = visit.directory.sites.get(visit.path["code"])
    if site is None:
        raise NotFound("There is no such site.")
    return site


async def _list(visit: Visit) -> Response:
    wanted = visit.asked("q")[:80]
    found = [s for s in visit.directory.sites.values() if _is_called(s, wanted)]
    query = f"q={wanted}" if wanted.isalnum() else ""
    shown, pages = paged(visit, found, query=query)
    return visit.page(
        "admin_sites.html", shown=shown, pages=pages, wanted=wanted, kinds=KINDS
    )


def _is_called(site: Site, wanted: str) -> bool:
    names = (site.code, site.name, site.local_name, site.region, *site.aliases)
    return any(wanted.casefold() in name.casefold() for name in names)


@dataclass(frozen=True, slots=True)
class Weekday:
    """One day of a site's week; no windows: it is not worked."""

    name: str
    windows: tuple[str, ...]
    is_rest: bool


def week_of(visit: Visit, calendar: SiteCalendar) -> list[Weekday]:
    """Return the week as a table has it, Monday first."""
    catalog = visit.door.look.catalog
    return [
        Weekday(
            catalog.weekday_name(number, visit.language),
            () if number in calendar.weekly_rest else tuple(map(str, windows)),
            number in calendar.weekly_rest,
        )
        for number, windows in enumerate(calendar.hours.by_weekday)
    ]


async def _one(visit: Visit) -> Response:
    site, directory = site_of(visit), visit.directory
    calendar = directory.calendars[site.code]
    ahead = [
        row
        for row in calendar.exceptions
        if visit.day <= (row.until or row.day) and row.day <= visit.day + _AHEAD
    ]
    return visit.page(
        "admin_site.html",
        site=site,
        kinds=KINDS,
        week=week_of(visit, calendar),
        ahead=sorted(ahead, key=lambda row: row.day)[:40],
        versions=_versions(directory, site),
        number=_number(directory, site),
        buys=directory.bought_from(site.code, visit.day),
        standings=committees.of_site(directory, site, visit.day),
    )


async def _calendar(visit: Visit) -> Response:
    """Show one version of a site's calendar: what old dates were reckoned on."""
    site = site_of(visit)
    named = f"{site.code}/{visit.path['number']}"
    text = visit.directory.past_calendars.get(named)
    calendar = visit.directory.calendar_named(named)
    if text is None or calendar is None:
        raise NotFound("There is no such version.")
    found = sorted(calendar.exceptions, key=lambda row: row.day)
    shown, pages = paged(visit, found, size=100)
    return visit.page(
        "admin_calendar.html",
        site=site,
        id=named,
        since=text.since,
        calendar=calendar,
        week=week_of(visit, calendar),
        days=shown,
        pages=pages,
    )


def _number(directory: Directory, site: Site) -> str:
    try:
        return number_of(directory, site).number
    except Refused:
        return ""


def _versions(directory: Directory, site: Site) -> list[tuple[int, datetime]]:
    """Return number and beginning of each version of its calendar, newest first."""
    found = [
        (version_of(named)[1], text.since)
        for named, text in directory.past_calendars.items()
        if version_of(named)[0] == site.code
    ]
    return sorted(found, reverse=True)[:_MOST_VERSIONS]


async def _new(visit: Visit) -> Response:
    return form_page(visit, "admin_site_form.html", FIELDS, {"tier": "1"}, site=None)


async def _edit(visit: Visit) -> Response:
    site = site_of(visit)
    async with visit.store.transaction() as tx:
        cells = await programme.cells(tx, Kind.SITES, site.code)
    return form_page(visit, "admin_site_form.html", FIELDS, cells or {}, site=site)


async def _save(visit: Visit) -> Response:
    cells = cells_of(visit, FIELDS)
    try:
        done = await save_row(
            visit.store,
            Kind.SITES,
            cells,
            by=visit.person,
            at=visit.at,
            is_new=cells["code"] not in visit.directory.sites,
            once=mark(visit, "site"),
        )
    except ImportRefused as refusal:
        return form_page(
            visit,
            "admin_site_form.html",
            FIELDS,
            cells,
            wrong=wrong_of(refusal, FIELDS),
            site=visit.directory.sites.get(cells["code"]),
        )
    code = done.rows[0][1]
    return visit.see_other(f"{PAGE}/{code}", Line(_SAVED, {"code": code}))
