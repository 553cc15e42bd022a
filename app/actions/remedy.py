"""The remedy plan of a case: planned, done and dropped by whoever may.

The body that holds the case, its partner, the secretariat and the brands that
read it whole write in one plan. That it helped is the worker's word alone.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.actions.brand_room import Room, enter, keep, need_promise
from app.domain.authority import Hat
from app.domain.case import Decision, Event
from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.domain.remedies import (
    Finished,
    Planned,
    Remedy,
    for_brands,
    may_drop,
    need_paid,
    need_planned,
)
from app.store.brand_room import keep_remedy, mark_done, mark_dropped, remedy_by_id
from app.store.engine import Store, Transaction
from app.store.ledger import digest
from app.store.once import done_before, was_done


async def plan_remedy(
    store: Store,
    handle: str,
    planned: Planned,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> UUID:
    """Add an action to the plan; return its id."""
    async with store.transaction() as tx:
        room = await _room(store, tx, handle, by, at)
        held = room.held
        before = await done_before(tx, held, once, at)
        if before is not None:
            return UUID(before["remedy"])
        new = await keep_remedy(tx, held.file.id, held.key, planned, by=by.id, at=at)
        facts = {
            "remedy": str(new),
            "kind": planned.kind.value,
            "root_cause": planned.root_cause.value,
            "owner": planned.owner.value,
            "due_on": planned.due_on.isoformat(),
            "action": digest(planned.action),
        }
        await _record(tx, room, "remedy.planned", facts, by, at, through, once)
    return new


async def finish_remedy(
    store: Store,
    handle: str,
    id: UUID,
    done: Finished,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> None:
    """Say that an action was done, and how one can see it."""
    async with store.transaction() as tx:
        room = await _room(store, tx, handle, by, at)
        if await was_done(tx, room.held, once, at):
            return
        remedy = await _remedy(tx, room, id)
        need_paid(remedy.kind, done)
        await mark_done(tx, remedy, room.held.key, done, by=by.id, at=at)
        facts = {
            "remedy": str(id),
            "kind": remedy.kind.value,
            "beneficiaries": done.beneficiaries,
            "amount": str(done.amount) if done.amount is not None else None,
            "currency": done.currency,
            "evidence": digest(done.evidence),
        }
        await _record(tx, room, "remedy.finished", facts, by, at, through, once)


async def drop_remedy(
    store: Store,
    handle: str,
    id: UUID,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> None:
    """Take an action out of the plan; it stays to be read as dropped."""
    async with store.transaction() as tx:
        room = await _room(store, tx, handle, by, at)
        if await was_done(tx, room.held, once, at):
            return
        remedy = await _remedy(tx, room, id)
        if not may_drop(by, room.directory.person(remedy.by)):
            raise Refused("Whoever planned it drops it, or the partner.")
        await mark_dropped(tx, id)
        await _record(
            tx, room, "remedy.dropped", {"remedy": str(id)}, by, at, through, once
        )


async def _room(
    store: Store, tx: Transaction, handle: str, by: Person, at: datetime
) -> Room:
    room = await enter(store, tx, handle, by=by, verb="remedy", at=at)
    need_promise(room)
    if room.bundle is not None and not room.bundle.is_whole:
        raise Refused("Brands plan nothing where they do not read the case.")
    return room


async def _remedy(tx: Transaction, room: Room, id: UUID) -> Remedy:
    remedy = await remedy_by_id(tx, room.held.file.id, room.held.key, id)
    if remedy is None:
        raise NotFound("There is no such action in this plan.")
    need_planned(remedy.state)
    if room.worn == {Hat.BRAND} and not for_brands(remedy, room.directory).action:
        raise Refused("The committee says when what it planned is done.")
    return remedy


async def _record(
    tx: Transaction,
    room: Room,
    kind: str,
    facts: Mapping[str, object],
    by: Person,
    at: datetime,
    through: str,
    once: str,
) -> None:
    event = Event(kind, {**facts, "through": through}, str(by.id))
    await keep(tx, room, Decision(room.held.file, events=(event,)), at, once=once)
