"""Holidays and closures: by hand, or from a country's published table."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date

from starlette.responses import Response

from app.actions.country_holidays import (
    PublicDay,
    public_days,
    state_of_region,
    states_of,
)
from app.actions.edit_programme import remove_holiday, save_row, save_rows
from app.console.admin.forms import (
    Choice,
    Field,
    cells_of,
    form_page,
    paged,
    wrong_of,
)
from app.console.frame import Door, Place, Visit
from app.directory_files.holidays import EVERYWHERE, scopes_of
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.directory_files.scopes import place
from app.domain.calendar import HolidayRow
from app.domain.directory import Directory
from app.domain.errors import BadInput, NotFound
from app.domain.whole_number import whole_number
from app.store.readers import programme
from app.wording.line import N_, Line

PAGE = "/room/admin/calendars"
COUNTRIES = ("BD", "IN")  # whose tables are known
# Of fewer, the number would say of single sites whether somebody complained.
_FEWEST_SITES = 5
_LATE_MONTH = 11  # from November on one plans the next year

FIELDS = (
    Field(
        "scope",
        N_("Where"),
        N_("A site's code, a region, a country's two letters, or * for everywhere"),
        is_needed=True,
    ),
    Field("date", N_("First day"), kind="date", is_needed=True),
    Field("until", N_("Last day"), N_("Blank: that one day"), kind="date"),
    Field("name", N_("Name"), N_("Such as a festival, or stock taking")),
    Field(
        "hours",
        N_("Hours on these days"),
        N_("Such as 08:00-12:00. Blank: closed."),
    ),
)
_SAVED = N_("{name} is in the calendars from {day} on.")
_TAKEN = N_("Days added: {added}; changed: {changed}. The others were there already.")
_REMOVED = N_("The holiday is no longer in the calendars.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "admin", _list),
        Place("POST", PAGE, "admin", _save),
        Place("GET", f"{PAGE}/day", "admin", _day),
        Place("POST", f"{PAGE}/day/remove", "admin", _remove),
        Place("GET", f"{PAGE}/country", "admin", _country),
        Place("POST", f"{PAGE}/country", "admin", _take),
    )


async def _list(visit: Visit) -> Response:
    return await _list_page(visit, {"scope": visit.asked("scope")[:80]})


async def _list_page(
    visit: Visit, cells: Mapping[str, str], refusal: ImportRefused | None = None
) -> Response:
    async with visit.store.transaction() as tx:
        rows = await programme.holidays(tx)
    has_past = visit.asked("past") == "1"
    found = [r for r in rows if has_past or (r.until or r.day) >= visit.day]
    shown, pages = paged(
        visit,
        sorted(found, key=lambda r: (r.day, r.scope)),
        query="past=1" if has_past else "",
        size=40,
    )
    return form_page(
        visit,
        "admin_calendars.html",
        FIELDS,
        cells,
        wrong=wrong_of(refusal, FIELDS) if refusal else None,
        action=PAGE,
        shown=shown,
        pages=pages,
        has_past=has_past,
        country_codes=COUNTRIES,
    )


async def _save(visit: Visit) -> Response:
    cells = cells_of(visit, FIELDS)
    try:
        await save_row(
            visit.store,
            Kind.HOLIDAYS,
            cells,
            by=visit.person,
            at=visit.at,
            is_new=visit.said("is_new") == "yes",
        )
    except ImportRefused as refusal:
        return await _list_page(visit, cells, refusal)
    said = {"name": cells["name"] or cells["scope"], "day": cells["date"]}
    return visit.see_other(PAGE, Line(_SAVED, said))


# ------------------------------------------------------------- one of them


async def _day(visit: Visit) -> Response:
    row = await _row(visit, visit.asked("scope"), visit.asked("date"))
    async with visit.store.transaction() as tx:
        cells = await programme.cells(tx, Kind.HOLIDAYS, row.scope, row.day)
    return form_page(
        visit,
        "admin_holiday.html",
        FIELDS,
        cells or {},
        action=PAGE,
        row=row,
        touched=await _touched(visit, row.scope),
    )


async def _remove(visit: Visit) -> Response:
    row = await _row(visit, visit.said("scope"), visit.said("date"))
    await remove_holiday(visit.store, row.scope, row.day, by=visit.person, at=visit.at)
    return visit.see_other(PAGE, Line(_REMOVED, {}))


async def _row(visit: Visit, scope: str, day: str) -> HolidayRow:
    async with visit.store.transaction() as tx:
        rows = await programme.holidays(tx)
    for row in rows:
        if row.scope == scope and row.day.isoformat() == day:
            return row
    raise NotFound("There is no such holiday.")


@dataclass(frozen=True, slots=True)
class Touched:
    """How much a change of the holidays of one scope concerns."""

    sites: int
    open: int | None  # those with open cases; None: so few that it would tell


async def _touched(visit: Visit, scope: str) -> Touched:
    sites = sites_in(visit.directory, scope)
    async with visit.store.transaction() as tx:
        busy = await programme.sites_with_cases(tx)
    is_told = len(sites) >= _FEWEST_SITES
    return Touched(len(sites), len(busy.intersection(sites)) if is_told else None)


def sites_in(directory: Directory, scope: str) -> list[str]:
    """Return the codes of the sites at which a scope's holidays hold."""
    known_as = EVERYWHERE if scope == EVERYWHERE else place(scope, directory)
    return [s.code for s in directory.sites.values() if known_as in scopes_of(s)]


# -------------------------------------------------------- a country's table


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which table, and for where."""

    country: str
    scope: str
    state: str
    year: int


_ASKED = ("country", "scope", "state", "year")


def _asked(visit: Visit, said: Mapping[str, str]) -> _Asked:
    country = said.get("country", "")
    if country not in COUNTRIES:
        raise BadInput("Choose a country whose holidays are known: BD or IN.")
    scope = said.get("scope", "") or country
    if scope != country and scope not in regions(visit.directory, country):
        raise BadInput("Choose the country, or a region of it that has sites.")
    year = whole_number(said.get("year", ""), most=MAXYEAR) or first_year(visit.day)
    return _Asked(
        country=country,
        scope=scope,
        state=said.get("state", "") or state_of_region(country, scope),
        year=year,
    )


def first_year(today: date) -> int:
    """Return the year whose table is shown first: late in a year that is the next."""
    return today.year + (today.month >= _LATE_MONTH)


def regions(directory: Directory, country: str) -> list[str]:
    """Return the regions of a country in which there are sites."""
    sites = directory.sites.values()
    return sorted({s.region for s in sites if s.country == country and s.region})


def _table(visit: Visit, asked: _Asked) -> tuple[PublicDay, ...]:
    return public_days(asked.country, asked.year, state=asked.state, today=visit.day)


async def _country(visit: Visit) -> Response:
    asked = _asked(visit, {name: visit.asked(name) for name in _ASKED})
    return await _country_page(visit, asked)


async def _country_page(
    visit: Visit, asked: _Asked, refusal: ImportRefused | None = None
) -> Response:
    states = states_of(asked.country)
    async with visit.store.transaction() as tx:
        rows = await programme.holidays(tx)
    known = [r for r in rows if r.scope in (asked.scope, asked.country, EVERYWHERE)]
    days = _table(visit, asked)
    there = {d.day for d in days if any(row.covers(d.day) for row in known)}
    return visit.page(
        "admin_country.html",
        status=400 if refusal else 200,
        asked=asked,
        days=days,
        there=there,
        ticked=ticked_at_first(days, there, visit.day),
        where=[
            Choice(asked.country, name=""),
            *(Choice(r, name=r) for r in regions(visit.directory, asked.country)),
        ],
        states=states,
        years=range(visit.day.year, visit.day.year + 3),
        touched=await _touched(visit, asked.scope),
        problems=refusal.problems if refusal else (),
        action=f"{PAGE}/country",
    )


def ticked_at_first(
    days: Iterable[PublicDay], there: Collection[date], today: date
) -> frozenset[date]:
    """Return the days that everybody has off, that come and are not known yet."""
    return frozenset(
        d.day for d in days if d.is_public and d.day >= today and d.day not in there
    )


async def _take(visit: Visit) -> Response:
    """Import what was ticked; the names are the table's own, not the form's."""
    asked = _asked(visit, {name: visit.said(name, most=80) for name in _ASKED})
    ticked = set(visit.all_said("day"))
    wanted = [d for d in _table(visit, asked) if d.day.isoformat() in ticked]
    if not wanted:
        raise BadInput("No day was chosen: tick those that are not worked.")
    rows = [_cells(asked.scope, day.day, day.name) for day in wanted]
    try:
        done = await save_rows(
            visit.store, Kind.HOLIDAYS, rows, by=visit.person, at=visit.at
        )
    except ImportRefused as refusal:
        return await _country_page(visit, asked, refusal)
    said = {"added": done.added, "changed": done.changed}
    return visit.see_other(PAGE, Line(_TAKEN, said))


def _cells(scope: str, day: date, name: str) -> dict[str, str]:
    return {"scope": scope, "date": day.isoformat(), "name": name, "hours": ""}
