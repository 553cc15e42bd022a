"""Import one file of the programme, whole or not at all."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random, SystemRandom
from typing import Any
from uuid import UUID

from app.actions.audit import audit_changes
from app.actions.partners_added import refuse_at_once, tell_of_added
from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.directory_files.brands import SECRET_BYTES, SECRET_PREFIX
from app.directory_files.kinds import Kind, read_file
from app.directory_files.people import lacking_roles
from app.directory_files.problems import ImportRefused, Problem
from app.directory_files.record import Imported, Known, Record
from app.domain.directory import Brand
from app.store.directory import keep_calendars, load_directory, load_holidays
from app.store.engine import Store, Transaction
from app.store.imports import (
    Saved,
    bump_directory_version,
    count_serving,
    lock_imports,
    save_records,
)


async def import_directory(
    store: Store,
    kind: Kind,
    content: bytes,
    *,
    at: datetime,
    random: Random | None = None,
    by: UUID | None = None,
    through: str = "service",
    carriers: Mapping[str, Carrier] | None = None,
) -> Imported:
    """Read the file, write what differs, and say what became of each row.

    Run again with the same file it changes nothing. Raises `ImportRefused`
    with every problem by row and column; then nothing of the file is kept.
    What was written stands in the audit, as done `by` whom `through` what.
    `carriers` are those that numbers may have; None: those that are shipped.
    """
    async with store.transaction() as tx:
        imported, saved = await import_in(
            store,
            tx,
            kind,
            content,
            at=at,
            random=random,
            by=by,
            in_rooms=through == "page",
            carriers=carriers,
        )
        await audit_changes(tx, kind, saved.changes, by=by, through=through, at=at)
    return imported


async def import_in(
    store: Store,
    tx: Transaction,
    kind: Kind,
    content: bytes,
    *,
    at: datetime,
    random: Random | None = None,
    by: UUID | None = None,
    in_rooms: bool = False,
    carriers: Mapping[str, Carrier] | None = None,
) -> tuple[Imported, Saved]:
    """Import within a transaction that somebody else keeps, or takes back.

    `in_rooms`: a page does it, so that who becomes a partner begins a day later.
    """
    chance = random or SystemRandom()
    await lock_imports(tx.connection)
    known = await known_now(tx.connection, at, chance, carriers)
    records = read_file(kind, content, known)
    secrets = {}
    if kind is Kind.BRANDS:
        secrets = _new_secrets(records, known.directory.brands, chance)
        records = [_with_secret(record, secrets) for record in records]
    saved = await save_records(
        tx.connection, kind, records, keyring=store.keyring, at=at
    )
    if kind is Kind.PEOPLE:
        await _refuse_if_nobody_holds(tx.connection, known)
        if in_rooms:
            refuse_at_once(saved.changes, known.today)
        await tell_of_added(
            tx, known.directory, saved.changes, by=by, today=known.today, at=at
        )
    if saved.is_change:
        if kind in (Kind.SITES, Kind.HOLIDAYS):
            await keep_calendars(tx.connection, at=at)
        await bump_directory_version(tx.connection)
    imported = Imported(
        added=saved.added,
        changed=saved.changed,
        unchanged=saved.unchanged,
        rows=tuple((record.row, record.key) for record in records),
        secrets=secrets,
    )
    return imported, saved


async def known_now(
    connection: Any,
    at: datetime,
    chance: Random,
    carriers: Mapping[str, Carrier] | None = None,
) -> Known:
    """Return what a reader may ask, as this transaction sees it."""
    directory = await load_directory(connection)
    return Known(
        directory=directory,
        holidays=await load_holidays(connection),
        today=directory.local_day(at, None, directory.default_country),
        random=chance,
        carriers=on_shelf() if carriers is None else carriers,
    )


def _new_secrets(
    records: list[Record], brands: Mapping[str, Brand], chance: Random
) -> dict[str, str]:
    """Make a secret for each brand that is called at a URL and has none."""
    lacking = [
        record.key
        for record in records
        if record.values["webhook_url"]
        and not record.values["webhook_secret"]
        and not (record.key in brands and brands[record.key].webhook_secret_sealed)
    ]
    return {slug: _secret(chance) for slug in lacking}


def _secret(chance: Random) -> str:
    raw = chance.randbytes(SECRET_BYTES.start)
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def _with_secret(record: Record, secrets: Mapping[str, str]) -> Record:
    if record.key not in secrets:
        return record
    return replace(
        record, values={**record.values, "webhook_secret": secrets[record.key]}
    )


async def _refuse_if_nobody_holds(connection: Any, known: Known) -> None:
    """A case must end in somebody's hands: a partner's, at last the admin's."""
    lacking = lacking_roles(await count_serving(connection, known.today))
    if lacking:
        raise ImportRefused(
            *(
                Problem(1, "role", f"nobody serves as {role} today: add one")
                for role in lacking
            )
        )
