"""Change the programme from a form: as a file of one row would change it.

A form's cells are read by the reader of the same kind's file, so that a page and
a CSV can never disagree; what was done stands in the audit.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from random import SystemRandom
from uuid import UUID

from app.actions.audit import audit_changes
from app.actions.import_directory import import_directory, import_in, known_now
from app.carriers.model import Carrier
from app.directory_files.holidays import scopes_of
from app.directory_files.kinds import Kind
from app.directory_files.open_days import Calendars
from app.directory_files.problems import ImportRefused, Problem
from app.directory_files.record import Imported, Known
from app.domain.directory import Directory, Person
from app.domain.errors import NotFound, Refused
from app.domain.whereabouts import day_of
from app.store.audit import Audited, was_written, write
from app.store.directory import keep_calendars
from app.store.engine import Store
from app.store.imports import bump_directory_version, lock_imports
from app.store.readers.programme import cells

PAGE = "page"
# What a form says for a phone that is to be forgotten: blank leaves it.
NO_PHONE = "-"

Cells = Mapping[str, str]

_ROW = 2  # behind the header
_IS_THERE = "this is there already: open it and change it"
_CAME_TWICE = "This form came twice: it was saved the first time."
_ANOTHERS = "somebody else has this address"


async def save_rows(
    store: Store, kind: Kind, rows: Iterable[Cells], *, by: Person, at: datetime
) -> Imported:
    """Write rows as a file of theirs would; raises `ImportRefused` like one."""
    content = as_file(list(rows))
    return await import_directory(store, kind, content, at=at, by=by.id, through=PAGE)


async def save_row(
    store: Store,
    kind: Kind,
    row: Cells,
    *,
    by: Person,
    at: datetime,
    is_new: bool = False,
    about: UUID | None = None,
    once: str = "",
    carriers: Mapping[str, Carrier] | None = None,
) -> Imported:
    """Write one row of a form; its problems have row 2, as behind a header.

    `once` is the mark of the form, see `app.console.mark`: it is taken once.

    `is_new`: it was to add, so it must not write over what is there; `about`:
    the only person whom it may change. A file may do both, as it says so.
    """
    async with store.transaction() as tx:
        imported, saved = await import_in(
            store,
            tx,
            kind,
            as_file([row]),
            at=at,
            by=by.id,
            in_rooms=True,
            carriers=carriers,
        )
        if await was_written(tx, once, at=at):
            raise Refused(_CAME_TWICE)
        if is_new and not imported.added:
            raise ImportRefused(Problem(_ROW, "", _IS_THERE))
        if about and any(change.key != (about,) for change in saved.changes):
            raise ImportRefused(Problem(_ROW, "email", _ANOTHERS))
        await audit_changes(
            tx, kind, saved.changes, by=by.id, through=PAGE, at=at, once=once
        )
    return imported


async def save_person(
    store: Store, row: Cells, person: Person | None, *, by: Person, at: datetime
) -> Imported:
    """Write a person; of one who is known, a blank phone leaves hers as it is.

    Who somebody is, is their e-mail, or the phone where there is none: another
    one would be another person, so it stays.
    """
    wanted = dict(row)
    if person is not None:
        wanted["email"] = person.email or wanted.get("email", "")
        if not person.email or not wanted.get("phone"):
            wanted["phone"] = phone_of(store, person)
    if wanted.get("phone") == NO_PHONE:
        wanted["phone"] = ""
    return await save_row(
        store,
        Kind.PEOPLE,
        wanted,
        by=by,
        at=at,
        is_new=person is None,
        about=person.id if person else None,
    )


async def end_role(
    store: Store, person: Person, last_day: date, *, by: Person, at: datetime
) -> Imported:
    """Let a role end: after its last day she is out at the next request."""
    async with store.transaction() as tx:
        row = await cells(tx, Kind.PEOPLE, person.id)
    if row is None:
        raise NotFound("There is no such person.")
    ended = {**row, "to": last_day.isoformat()}
    if person.since is not None and last_day < person.since:
        # It began today and is to end at once; a term has one day at least.
        ended["from"] = ended["to"]
    return await save_person(store, ended, person, by=by, at=at)


def at_once(person: Person, directory: Directory, at: datetime) -> date:
    """Return the last day of a role that ends now: the day before hers."""
    return day_of(person, directory, at) - timedelta(days=1)


def phone_of(store: Store, person: Person) -> str:
    """Return a person's phone, to be written again as it was; never to be shown."""
    if person.phone_sealed is None:
        return ""
    return store.keyring.open(person.phone_sealed, f"person|phone|{person.id}").decode()


async def remove_holiday(
    store: Store, scope: str, day: date, *, by: Person, at: datetime
) -> None:
    """Take a holiday back, as one whose date the moon has moved.

    No file can: an import deletes nothing. Refused where the day was what left a
    site its only working time.
    """
    async with store.transaction() as tx:
        await lock_imports(tx.connection)
        known = await known_now(tx.connection, at, SystemRandom())
        found = [h for h in known.holidays if (h.scope, h.day) == (scope, day)]
        if not found:
            raise NotFound("There is no such holiday.")
        if found[0].hours is not None:
            _refuse_closed(known, scope, day)
        await tx.connection.execute(
            "DELETE FROM holiday WHERE scope = $1 AND day = $2", scope, day
        )
        await keep_calendars(tx.connection, at=at)
        await bump_directory_version(tx.connection)
        detail = {"key": f"{scope}/{day}", "fields": {"name": [found[0].name, ""]}}
        removed = Audited("holiday.removed", detail)
        await write(tx, [removed], by=by.id, through=PAGE, at=at)


def _refuse_closed(known: Known, scope: str, day: date) -> None:
    kept = [h for h in known.holidays if (h.scope, h.day) != (scope, day)]
    calendars = Calendars(kept, known.today)
    for site in known.directory.sites.values():
        scopes = scopes_of(site)
        if scope in scopes and calendars.closed_from(
            site.timezone, site.hours, site.weekly_rest, scopes
        ):
            raise Refused(f"Site {site.code} would have no working time within a year.")


def as_file(rows: list[Cells]) -> bytes:
    """Return rows as the CSV file that an import reads."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    written = csv.DictWriter(out, header, restval="")
    written.writeheader()
    written.writerows(rows)
    return out.getvalue().encode()
