"""holidays.csv: the days on which a place does not work as usual."""

from app.directory_files.open_days import Calendars
from app.directory_files.problems import shown
from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.scopes import place
from app.directory_files.table import Columns, read_rows
from app.domain.calendar import HolidayRow
from app.domain.directory import Site
from app.domain.hours import parse_windows

COLUMNS = Columns(needed=("scope", "date", "name", "hours"), optional=("until",))

EVERYWHERE = "*"


def read_holidays(content: bytes, known: Known) -> list[Record]:
    """Read holidays; refuse those that leave a site without working time."""
    rows = read_rows(content, COLUMNS)
    records = [_record(row, known) for row in rows]
    refuse_repeats(zip(rows, (r.key for r in records), strict=True), "date")
    refuse_problems(rows)
    _refuse_closed(rows, records, known)
    refuse_problems(rows)
    return records


def _record(row: Row, known: Known) -> Record:
    row.needed("date")
    day, until = row.period("date", "until")
    hours = row.text("hours")
    values = {
        "scope": _scope(row, known),
        "day": day,
        "until": None if until == day else until,
        "name": row.text("name"),
        "hours": row.parsed("hours", parse_windows) if hours else "",
    }
    key = f"{values['scope']} {day}" if day else ""
    return Record(row.number, key, values)


def _scope(row: Row, known: Known) -> str:
    word = row.needed("scope")
    if word in ("", EVERYWHERE):
        return word
    found = place(word, known.directory)
    if found is None:
        advice = "write a site's code, a region that has sites, a country, or *"
        row.wrong("scope", f"{shown(word)} is not known: {advice}")
    return found or ""


def _refuse_closed(rows: list[Row], records: list[Record], known: Known) -> None:
    new = [_holiday(record) for record in records]
    replaced = {(row.scope, row.day) for row in new}
    kept = [h for h in known.holidays if (h.scope, h.day) not in replaced]
    calendars = Calendars([*kept, *new], known.today)
    for site in known.directory.sites.values():
        scopes = scopes_of(site)
        holding = [n for n, holiday in enumerate(new) if holiday.scope in scopes]
        closed = calendars.closed_from(
            site.timezone, site.hours, site.weekly_rest, scopes
        )
        if holding and closed:
            blamed = next((n for n in holding if new[n].covers(closed)), holding[0])
            advice = f"site {site.code} would have no working time in the year from"
            rows[blamed].wrong("date", f"{advice} {closed}: shorten this, or add hours")


def _holiday(record: Record) -> HolidayRow:
    values = record.values
    return HolidayRow(
        scope=values["scope"],
        day=values["day"],
        until=values["until"],
        name=values["name"],
        hours=parse_windows(values["hours"]) if values["hours"] else None,
    )


def scopes_of(site: Site) -> tuple[str, ...]:
    """Return the scopes whose holidays hold at a site, most specific first."""
    return (site.code, site.region, site.country, EVERYWHERE)
