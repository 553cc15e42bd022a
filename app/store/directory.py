"""The whole programme, read into one frozen value."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from app.data import load_committees, load_default, load_laws
from app.domain.calendar import HolidayRow, Hours, SiteCalendar, build_calendar
from app.domain.calendar_text import CalendarText, calendar_text, version_of
from app.domain.composition import Composition
from app.domain.directory import (
    Brand,
    Directory,
    Helpline,
    HotlineNumber,
    Person,
    Site,
    Sourcing,
)
from app.domain.errors import NotFound
from app.domain.hours import parse_hours, parse_weekdays, parse_windows
from app.domain.policy import Policy, parse_policy
from app.domain.taxonomy import Role, Route, Side, SiteKind
from app.store.sealing import Keyring

_Fields = Mapping[str, Any]

# A connection is asyncpg's, which ships no types.


async def load_directory(connection: Any) -> Directory:
    """Read the programme as it is now, with a calendar for every site.

    The version is read first: an import that commits meanwhile leaves the
    older version's number on what is read, so it is soon read again.
    """
    version = await connection.fetchval("SELECT version FROM directory_version")
    sites = [
        _site(row) for row in await connection.fetch("SELECT * FROM site ORDER BY code")
    ]
    holidays = await load_holidays(connection)
    brands = await connection.fetch("SELECT * FROM brand ORDER BY slug")
    sourcing = await connection.fetch(
        "SELECT * FROM sourcing ORDER BY brand, site, through, since"
    )
    people = await connection.fetch("SELECT * FROM person ORDER BY key")
    numbers = await connection.fetch("SELECT * FROM hotline_number ORDER BY number")
    # What was imported last is what holds: a country's newest number first.
    helplines = await connection.fetch(
        "SELECT * FROM helpline ORDER BY imported_at DESC, country, kind, number"
    )
    policies = await connection.fetch("SELECT toml FROM policy_version")
    rules = await connection.fetch("SELECT * FROM committee_rule ORDER BY scope, body")
    versions = await connection.fetch(
        "SELECT site, version, since, body FROM calendar_version ORDER BY version"
    )
    return Directory(
        version=version,
        sites={site.code: site for site in sites},
        brands={row["slug"]: _brand(row) for row in brands},
        sourcing=tuple(map(_sourcing, sourcing)),
        people=tuple(map(_person, people)),
        numbers={row["number"]: _number(row) for row in numbers},
        helplines=tuple(map(_helpline, helplines)),
        policies=_policies(row["toml"] for row in policies),
        calendars=_calendars(sites, holidays, versions),
        past_calendars={
            f"{row['site']}/{row['version']}": CalendarText(row["since"], row["body"])
            for row in versions
        },
        laws=load_laws(),
        committee_rules=tuple(map(_rule, rules)),
        committee_laws=load_committees(),
    )


async def load_holidays(connection: Any) -> tuple[HolidayRow, ...]:
    rows = await connection.fetch("SELECT * FROM holiday ORDER BY scope, day")
    return tuple(map(_holiday, rows))


def find_person(directory: Directory, key: str, *, keyring: Keyring) -> Person:
    """Return who is meant by an e-mail, or by a phone in E.164.

    A phone names first whoever has no e-mail, as it is their key, then
    whoever alone has it. The error does not repeat the key: it may be a phone.
    """
    wanted = key.strip()
    if not wanted.startswith("+"):
        email = wanted.lower()
        found = [p for p in directory.people if email and p.email.lower() == email]
    else:
        tag = keyring.phone_tag(wanted)
        having = [p for p in directory.people if p.phone_tag == tag]
        found = [p for p in having if not p.email] or having
    if len(found) != 1:
        raise NotFound("nobody is known by this address: see threadline import people")
    return found[0]


async def keep_calendars(connection: Any, *, at: datetime) -> int:
    """Write down each site's calendar where it is not as it was; return how many.

    In the transaction of the import that changed it, before the directory's
    version grows. A calendar that an import leaves as it was keeps its version.
    """
    directory = await load_directory(connection)
    changed = []
    for site, calendar in directory.calendars.items():
        text = calendar_text(calendar)
        last = directory.past_calendars.get(calendar.id)
        if last is None or last.text != text:
            number = version_of(calendar.id)[1] + (last is not None)
            changed.append((site, number, at, text))
    await connection.executemany(
        "INSERT INTO calendar_version (site, version, since, body)"
        " VALUES ($1, $2, $3, $4)",
        changed,
    )
    return len(changed)


def _calendars(
    sites: Iterable[Site], holidays: Iterable[HolidayRow], versions: Iterable[_Fields]
) -> dict[str, SiteCalendar]:
    """Return the calendar of each site under the number of its last version."""
    newest = {row["site"]: row["version"] for row in versions}
    by_scope: dict[str, list[HolidayRow]] = {}
    for holiday in holidays:
        by_scope.setdefault(holiday.scope, []).append(holiday)
    calendars = {}
    for site in sites:
        scopes = (site.code, site.region, site.country, "*")
        calendar = build_calendar(
            ZoneInfo(site.timezone),
            site.hours,
            site.weekly_rest,
            [row for scope in dict.fromkeys(scopes) for row in by_scope.get(scope, ())],
            scopes,
        )
        version = f"{site.code}/{newest.get(site.code, 1)}"
        calendars[site.code] = replace(calendar, id=version)
    return calendars


def _policies(texts: Iterable[str]) -> tuple[Policy, ...]:
    return tuple(sorted(map(_policy, texts), key=lambda policy: policy.version))


# Most sites keep the same hours, and a policy never changes once it is used.
@lru_cache(maxsize=1024)
def _hours(text: str) -> Hours:
    return parse_hours(text)


@lru_cache(maxsize=64)
def _policy(toml: str) -> Policy:
    # What was stored before there were ladders climbs as the shipped policy does.
    return parse_policy(toml, climb=load_default())


def _site(row: _Fields) -> Site:
    return Site(
        code=row["code"],
        name=row["name"],
        local_name=row["local_name"],
        country=row["country"],
        region=row["region"],
        kind=SiteKind(row["kind"]),
        tier=row["tier"],
        os_id=row["os_id"],
        timezone=row["timezone"],
        languages=tuple(row["languages"]),
        workers=row["workers"],
        weekly_rest=parse_weekdays(row["weekly_rest"]),
        hours=_hours(row["hours"]),
        hotline=row["hotline"],
        aliases=tuple(row["aliases"]),
    )


def _brand(row: _Fields) -> Brand:
    return Brand(
        slug=row["slug"],
        name=row["name"],
        email=row["email"],
        webhook_url=row["webhook_url"],
        webhook_secret_sealed=row["webhook_secret_sealed"],
        language=row["language"],
    )


def _sourcing(row: _Fields) -> Sourcing:
    return Sourcing(
        brand=row["brand"],
        site=row["site"],
        through=row["through"],
        since=row["since"],
        until=row["until"],
        share=None if row["share"] is None else float(row["share"]),
    )


def _person(row: _Fields) -> Person:
    return Person(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        org=tuple(row["org"]),
        side=Side(row["side"]) if row["side"] else None,
        phone_tag=row["phone_tag"],
        phone_sealed=row["phone_sealed"],
        languages=tuple(row["languages"]),
        since=row["since"],
        until=row["until"],
        sex=row["sex"],
        is_alternate=row["is_alternate"],
        is_external=row["is_external"],
        chairs=row["chairs"],
    )


def _rule(row: _Fields) -> Composition:
    return Composition(
        scope=row["scope"],
        body=Route(row["body"]),
        source=row["source"],
        fewest=row["fewest"],
        fewest_workers=row["fewest_workers"],
        women_percent=row["women_percent"],
        quorum=row["quorum"],
        parity=row["parity"],
    )


def _holiday(row: _Fields) -> HolidayRow:
    return HolidayRow(
        scope=row["scope"],
        day=row["day"],
        until=row["until"],
        name=row["name"],
        hours=parse_windows(row["hours"]) if row["hours"] else None,
    )


def _number(row: _Fields) -> HotlineNumber:
    return HotlineNumber(
        number=row["number"],
        country=row["country"],
        provider=row["provider"],
        languages=tuple(row["languages"]),
        sms=row["sms"],
        voice=row["voice"],
        allowed_hours=_hours(row["allowed_hours"]) if row["allowed_hours"] else None,
        sites=tuple(row["sites"]),
    )


def _helpline(row: _Fields) -> Helpline:
    return Helpline(
        country=row["country"],
        kind=row["kind"],
        number=row["number"],
        name=row["name"],
        language=row["language"],
        source=row["source"],
    )
