"""sites.csv: factories, mills and home workers, each with its code."""

from collections.abc import Mapping
from typing import Any

from app.directory_files.open_days import Calendars
from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.table import Columns, read_rows
from app.domain.directory import Site
from app.domain.hours import parse_hours, parse_weekdays
from app.domain.reference import new_site_code, why_not_issuable
from app.domain.taxonomy import SiteKind

COLUMNS = Columns(
    needed=(
        "code",
        "name",
        "local_name",
        "country",
        "region",
        "kind",
        "tier",
        "os_id",
        "timezone",
        "languages",
        "workers",
        "weekly_rest",
        "hours",
        "hotline",
    ),
    optional=("aliases",),
)

# Where no code is given, the same name at the same place is the same site.
_Place = tuple[str, str, str]


def read_sites(content: bytes, known: Known) -> list[Record]:
    """Read sites; a blank code is the site's own of before, or a new one."""
    rows = read_rows(content, COLUMNS)
    values = {row.number: _read(row) for row in rows}
    codes = _codes(rows, values, known)
    refuse_repeats(((row, codes[row.number]) for row in rows), "code")
    refuse_problems(rows)
    for row in rows:
        values[row.number]["code"] = codes[row.number]
    _refuse_closed(rows, values, known)
    refuse_problems(rows)
    return [Record(r.number, codes[r.number], values[r.number]) for r in rows]


def _read(row: Row) -> dict[str, Any]:
    tier = row.whole("tier", at_least=1)
    if not row.text("tier"):
        row.wrong("tier", "write 1 for a first-tier supplier, 2 for its mill, …")
    aliases = {"aliases": row.words("aliases")} if "aliases" in row.cells else {}
    return {
        **aliases,
        "name": row.needed("name"),
        "local_name": row.text("local_name"),
        "country": row.country(),
        "region": row.text("region"),
        "kind": row.choice("kind", SiteKind),
        "tier": tier,
        "os_id": row.text("os_id"),
        "timezone": row.timezone(),
        "languages": row.languages(),
        "workers": row.whole("workers", at_least=0),
        "weekly_rest": row.parsed("weekly_rest", parse_weekdays).lower(),
        "hours": row.parsed("hours", parse_hours),
        "hotline": row.dialled("hotline"),
    }


def _codes(
    rows: list[Row], values: Mapping[int, dict[str, Any]], known: Known
) -> dict[int, str]:
    """Return each row's code: as given, as it was, or drawn anew."""
    sites = known.directory.sites
    given = {row.number: _given_code(row, sites) for row in rows if row.text("code")}
    taken = {*sites, *given.values()}
    blank = [row for row in rows if not row.text("code")]
    places = {row.number: _place(values[row.number]) for row in blank}
    refuse_repeats(((row, places[row.number]) for row in blank), "name")
    found = dict(given)
    for row in blank:
        before = [
            s.code for s in sites.values() if _site_place(s) == places[row.number]
        ]
        if len(before) > 1:
            row.wrong("code", f"more than one site is called so: {', '.join(before)}")
        code = before[0] if before else new_site_code(known.random, taken)
        taken.add(code)
        found[row.number] = code
    return found


def _given_code(row: Row, sites: Mapping[str, Site]) -> str:
    code = row.text("code")
    reason = None if code in sites else why_not_issuable(code)
    if reason:
        row.wrong("code", f"{reason}; leave it blank to have one assigned")
    return code


def _place(values: Mapping[str, Any]) -> _Place:
    name, country, region = (values[key] for key in ("name", "country", "region"))
    return (name.casefold(), country, region.casefold())


def _site_place(site: Site) -> _Place:
    return (site.name.casefold(), site.country, site.region.casefold())


def _refuse_closed(
    rows: list[Row], values: Mapping[int, dict[str, Any]], known: Known
) -> None:
    calendars = Calendars(known.holidays, known.today)
    for row in rows:
        site = values[row.number]
        closed = calendars.closed_from(
            site["timezone"],
            parse_hours(site["hours"]),
            parse_weekdays(site["weekly_rest"]),
            (site["code"], site["region"], site["country"], "*"),
        )
        if closed:
            row.wrong("hours", f"no working time in the year from {closed}: add some")
