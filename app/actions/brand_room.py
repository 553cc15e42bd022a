"""What people of a brand do in their room, and what is written to them there.

A brand stands outside the case: none of this changes how it is worked. Each
act is one event of its ledger, in the transaction that keeps what was said.
"""

from dataclasses import dataclass
from datetime import datetime

from app.actions.act_on_case import Acted, act_on_case, marked
from app.domain.authority import Hat, brand_hats, hats
from app.domain.brand_talk import LONGEST, write_to_brands
from app.domain.brand_view import Bundle, Seat, best_bundle, seats_since, veil
from app.domain.case import Decision, Event
from app.domain.commands import Answer
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.leading import hand_lead
from app.domain.permissions import verbs
from app.domain.taxonomy import Role
from app.store.brand_room import keep_brand_word, keep_promise, seats_of, set_lead
from app.store.cases import Held, load, load_by_id, record
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ledger import digest
from app.store.once import was_done
from app.store.readers.brand import find_ref, rungs_of

NOT_HERE = "There is nothing of that number that you may see."
PROMISE_FIRST = "First promise that nobody of yours contacts the factory about it."


@dataclass(frozen=True, slots=True)
class Room:
    """A case in this transaction's hands, and who has come to it."""

    held: Held
    directory: Directory
    seats: tuple[Seat, ...]
    worn: frozenset[Hat]
    brands: tuple[str, ...]  # of the visitor, where it is a brand's room to her
    brand: str  # as which of them she acts; blank: none
    bundle: Bundle | None  # what that brand reads

    @property
    def has_promised(self) -> bool:
        """Tell whether every brand that she stands for here has promised."""
        own = [seat for seat in self.seats if seat.brand in self.brands]
        return bool(own) and all(seat.promised_at is not None for seat in own)


async def enter(
    store: Store, tx: Transaction, handle: str, *, by: Person, verb: str, at: datetime
) -> Room:
    """Lock a case for somebody who may do this to it, whatever it is called.

    For everybody else it does not exist: a brand that was not told of it, or
    that uses a number which it was never given.
    """
    directory = await store.directory_now(tx)
    held = await _held(store, tx, handle, by)
    case = held.file
    day = directory.local_day(at, case.site, case.country)
    seats = await seats_of(tx, case.id)
    told = {seat.brand for seat in seats}
    worn = hats(by, case, directory, day) | brand_hats(by, case, told, day)
    if not worn:
        raise NotFound(NOT_HERE)
    brands: tuple[str, ...] = ()
    brand, bundle = "", None
    if Hat.BRAND in worn:
        brands = tuple(seat.brand for seat in seats if seat.brand in by.org)
        rungs = await rungs_of(tx, case.id)
        seats = seats_since(case, seats, rungs)
        found = best_bundle(case, brands, directory, rungs=rungs, events=(), at=at)
        if found is None:
            raise NotFound(NOT_HERE)
        brand, bundle = found
        ref = store.keyring.brand_ref(case.id, bundle.depth)
        if handle != (bundle.number or ref):
            raise NotFound(NOT_HERE)
    if verb not in verbs(by.role, worn):
        raise Refused("This is not yours to do.")
    return Room(held, directory, seats, worn, brands, brand, bundle)


async def _held(store: Store, tx: Transaction, handle: str, by: Person) -> Held:
    if handle.isascii() and handle.isdigit() and len(handle) == 8:
        return await load(store, tx, handle)
    if by.role is not Role.BRAND:
        raise NotFound(NOT_HERE)
    case_id = await find_ref(store, tx, handle, by.org)
    held = await load_by_id(store, tx, case_id) if case_id is not None else None
    if held is None:
        raise NotFound(NOT_HERE)
    return held


def need_promise(room: Room) -> None:
    if Hat.BRAND in room.worn and not room.has_promised:
        raise Refused(PROMISE_FIRST)


async def promise(
    store: Store,
    handle: str,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> None:
    """Somebody promises for her brand not to contact the factory about it."""
    async with store.transaction() as tx:
        room = await enter(store, tx, handle, by=by, verb="promise", at=at)
        if await was_done(tx, room.held, once, at):
            return
        case = room.held.file
        new = await keep_promise(
            tx, case.id, room.brands, by=by.id, at=at, since=veil(case)
        )
        events = tuple(
            Event("brand.promised", {"brand": brand, "through": through}, str(by.id))
            for brand in new
        )
        await keep(tx, room, Decision(room.held.file, events=events), at, once=once)


async def say_to_brands(
    store: Store,
    handle: str,
    text: str,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> None:
    """Write to the brands of a case and to its partner, sealed under its key."""
    words = text.strip()
    if not words:
        raise BadInput("Write what you want to say.")
    need_short(words)
    async with store.transaction() as tx:
        room = await enter(store, tx, handle, by=by, verb="brand-word", at=at)
        need_promise(room)
        if await was_done(tx, room.held, once, at):
            return
        if room.bundle is not None and not room.bundle.has_thread:
            raise Refused("About this nothing can be written here. Ask the partner.")
        held = room.held
        word = await keep_brand_word(
            tx, held.file.id, held.key, words, brand=room.brand, by=by.id, at=at
        )
        decision = write_to_brands(
            held.file,
            room.seats,
            by=by,
            brand=room.brand,
            is_shared=room.bundle is None or room.bundle.is_whole,
            directory=room.directory,
            at=at,
            word=str(word),
            said=digest(words),
            through=through,
        )
        await keep(tx, room, decision, at, once=once)


async def pass_lead(
    store: Store,
    handle: str,
    to: str,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> None:
    """The brand that leads hands the lead to another that was told."""
    async with store.transaction() as tx:
        room = await enter(store, tx, handle, by=by, verb="hand-lead", at=at)
        need_promise(room)
        if await was_done(tx, room.held, once, at):
            return
        if room.bundle is None or not room.bundle.is_whole:
            raise Refused("Nobody leads where brands do not read the case.")
        decision = hand_lead(
            room.held.file,
            to,
            room.seats,
            by=by,
            directory=room.directory,
            at=at,
            through=through,
        )
        await set_lead(tx, room.held.file.id, to, at)
        await keep(tx, room, decision, at, once=once)


async def answer_for_brand(
    store: Store,
    handle: str,
    note: str,
    *,
    by: Person,
    at: datetime,
    through: str = "page",
    once: str = "",
) -> Acted:
    """Say that the brand acts on what it was told: the rung climbs no further."""
    words = note.strip()
    need_short(words)
    async with store.transaction() as tx:
        room = await enter(store, tx, handle, by=by, verb="promise", at=at)
        need_promise(room)
        number = room.held.file.number
    return await act_on_case(
        store, number, Answer(note=words), by=by, at=at, through=through, once=once
    )


def need_short(words: str) -> None:
    if len(words) > LONGEST:
        raise BadInput(f"Write at most {LONGEST} characters.")


async def keep(
    tx: Transaction, room: Room, decision: Decision, at: datetime, *, once: str = ""
) -> None:
    """Write it down; `once` is the mark of the form, as in `act_on_case`."""
    changes = Changes()
    record(changes, room.held, marked(decision, once=once), at=at)
    await changes.flush(tx)
