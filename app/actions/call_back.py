"""Calls by a person that workers asked for: a partner sees them and makes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from app.domain.authority import Hat, hats
from app.domain.case import Decision, Event
from app.domain.directory import Directory, Person
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import Role
from app.store.cases import Held, load, record
from app.store.changes import Changes
from app.store.engine import Store, Transaction

log = structlog.get_logger(__name__)

_HANDLE = 8  # hex digits of the wish's id: a name that says nothing

_OPEN = """
SELECT k.*, c.number FROM callback k LEFT JOIN cases c ON c.id = k.case_id
WHERE k.done_at IS NULL ORDER BY k.asked_at
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that somebody waits for; `part` is when it suits, if that was said."""

    handle: str
    number: str | None  # of the case
    language: str
    hotline: str
    asked_at: datetime
    part: str | None


async def wishes(store: Store, *, by: Person, at: datetime) -> tuple[Wish, ...]:
    """Return the calls that this person may make, the oldest wish first."""
    async with store.transaction() as tx:
        rows, _ = await _open(store, tx, by, at)
    return tuple(_wish(row) for row in rows)


async def number_to_call(
    store: Store, handle: str, *, by: Person, reason: str, at: datetime, through: str
) -> tuple[Wish, str]:
    """Return a wish with the phone to be called; who read it is recorded."""
    if not reason.strip():
        raise Refused("Seeing a worker's number needs a reason: add --reason TEXT.")
    facts = {"reason": reason, "through": through}
    async with store.transaction() as tx:
        row, held = await _one(store, tx, handle, by, at)
        await _note(tx, held, "callback.number_read", facts, by, at)
        context = f"callback|phone|{row['phone_tag'].hex()}"
        phone = store.keyring.open(row["phone_sealed"], context).decode()
    return _wish(row), phone


async def call_was_made(
    store: Store, handle: str, *, by: Person, note: str, at: datetime, through: str
) -> Wish:
    """Settle a wish: the worker was called."""
    facts = {"through": through, **({"note": note.strip()} if note.strip() else {})}
    async with store.transaction() as tx:
        row, held = await _one(store, tx, handle, by, at)
        await _note(tx, held, "callback.done", facts, by, at)
        await tx.connection.execute(
            "UPDATE callback SET done_at = $2 WHERE id = $1",
            row["id"],
            at,
        )
    return _wish(row)


async def _one(
    store: Store, tx: Transaction, handle: str, by: Person, at: datetime
) -> tuple[Any, Held | None]:
    rows, held = await _open(store, tx, by, at)
    row = next((r for r in rows if _handle(r) == handle.strip().lower()), None)
    if row is None:
        raise NotFound(
            f"Nobody that you may call waits under {handle}:"
            " `threadline callbacks list` shows who does."
        )
    return row, held.get(row["number"])


async def _open(
    store: Store, tx: Transaction, by: Person, at: datetime
) -> tuple[list[Any], dict[str, Held]]:
    """Return the open wishes that are this person's to pay, and their cases."""
    directory = await store.directory_now(tx)
    found, cases = [], {}
    for row in await tx.connection.fetch(_OPEN):
        if row["number"] is None:
            is_theirs = _serves(by, row["hotline"], directory, at)
        else:
            held = await load(store, tx, row["number"])
            cases[row["number"]] = held
            day = directory.local_day(at, held.file.site, held.file.country)
            worn = hats(by, held.file, directory, day)
            is_theirs = bool(worn & {Hat.PARTNER, Hat.SECRETARIAT})
        if is_theirs:
            found.append(row)
    return found, cases


def _serves(by: Person, hotline: str, directory: Directory, at: datetime) -> bool:
    """Tell whether a wish without a case is this person's: by its country."""
    if by.role is Role.ADMIN:
        return True
    country = directory.number(hotline).country
    day = directory.local_day(at, None, country)
    return any(p.id == by.id for p in directory.partners_for(None, country, day))


async def _note(
    tx: Transaction,
    held: Held | None,
    kind: str,
    facts: dict[str, str],
    by: Person,
    at: datetime,
) -> None:
    """Put it into the case's ledger; where there is none, into the log."""
    if held is None:
        log.info("callback.touched", name=kind, person_id=str(by.id))
        return
    changes = Changes()
    event = Event(kind, facts, str(by.id))
    record(changes, held, Decision(held.file, events=(event,)), at=at)
    await changes.flush(tx)


def _handle(row: Any) -> str:
    handle: str = row["id"].hex[-_HANDLE:]
    return handle


def _wish(row: Any) -> Wish:
    return Wish(
        _handle(row),
        row["number"],
        row["language"],
        row["hotline"],
        row["asked_at"],
        row["part"],
    )
