"""Opening a case in a room: what this person sees of it, and that she read it."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.case import Decision, Event
from app.domain.directory import Person
from app.domain.errors import NotFound
from app.domain.permissions import COMMITTEES
from app.domain.taxonomy import Role
from app.domain.whereabouts import day_of
from app.store.cases import load, record
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ledger import open_facts
from app.store.readers.rooms import CasePage, page_for
from app.store.sealing import DataKey

# Whoever looks again within the hour has read it once.
_AGAIN = timedelta(hours=1)
_READERS = COMMITTEES | {Role.PARTNER, Role.ADMIN}


async def open_case(
    store: Store, person: Person, number: str, at: datetime
) -> CasePage:
    """Return the case as this person sees it; `NotFound` where she sees none.

    Where there are words on the page, an event of the case says that she read
    them: one in an hour.
    """
    directory = await store.directory()
    day = day_of(person, directory, at)
    async with store.as_person(person.id, day=day) as tx:
        page = await page_for(store, tx, person, directory, number, at)
    if page is None:
        raise NotFound("There is no such case that you may see.")
    if page.said and person.role in _READERS:
        async with store.transaction() as tx:
            await _note_reading(store, tx, person, number, at)
    return page


async def _note_reading(
    store: Store, tx: Transaction, person: Person, number: str, at: datetime
) -> None:
    held = await load(store, tx, number)
    if await _has_read(tx, held.file.id, held.key, person, at):
        return
    facts = {"reason": "room", "through": "page"}
    event = Event("text.read", facts, str(person.id))
    changes = Changes()
    record(changes, held, Decision(held.file, events=(event,)), at=at)
    await changes.flush(tx)


async def _has_read(
    tx: Transaction, case_id: UUID, key: DataKey, person: Person, at: datetime
) -> bool:
    rows = await tx.connection.fetch(
        "SELECT sealed FROM ledger_event WHERE case_id = $1 AND kind = 'text.read'"
        " AND at > $2",
        case_id,
        at - _AGAIN,
    )
    return any(
        fact.name == "actor" and json.loads(fact.value) == str(person.id)
        for row in rows
        for fact in open_facts(row["sealed"], case_id, key)
    )
