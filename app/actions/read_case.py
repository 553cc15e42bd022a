"""Reading what was said: every reading, by every door, is a ledger event."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.authority import hats
from app.domain.bodies import is_read_first
from app.domain.case import CaseFile, Decision, Event
from app.domain.directory import Directory, Person
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import Role
from app.store.cases import load, record
from app.store.changes import Changes
from app.store.engine import Store
from app.store.ledger import open_facts

_READERS = frozenset(
    {
        Role.PARTNER,
        Role.ADMIN,
        Role.COMMITTEE,
        Role.INTERNAL_COMMITTEE,
        Role.SAFETY_COMMITTEE,
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a case, opened."""

    at: datetime
    direction: str
    channel: str
    text: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Read:
    """What the worker said, and the facts of what happened."""

    messages: tuple[Said, ...]
    facts: tuple[tuple[int, dict[str, Any]], ...]  # ledger number, facts


async def read_case(
    store: Store, number: str, *, by: Person, reason: str, at: datetime, through: str
) -> Read:
    """Open a case's words for somebody who may read them, and record it.

    Whoever holds the case or has it in care may; to everybody else the
    answer is the same as for a number that no case has. A reason is needed.
    A body of the factory reads what the partner let go, and what was told to
    the worker; her own words only where no partner ever served for the case.
    """
    if not reason.strip():
        raise Refused("Reading what a worker said needs a reason: add --reason TEXT.")
    async with store.transaction() as tx:
        directory = await store.directory_now(tx)
        held = await load(store, tx, number)
        file = held.file
        day = directory.local_day(at, file.site, file.country)
        if by.role not in _READERS or not hats(by, file, directory, day):
            raise NotFound(
                f"There is no case {number[:4]}-{number[4:]} that you may see."
            )
        event = Event("text.read", {"reason": reason, "through": through}, str(by.id))
        changes = Changes()
        record(changes, held, Decision(file, events=(event,)), at=at)
        await changes.flush(tx)
        rows = await tx.connection.fetch(
            "SELECT id, at, direction, channel, body FROM message WHERE case_id = $1"
            " AND ($2::text[] IS NULL OR direction = ANY ($2)) ORDER BY at, id",
            file.id,
            directions_for(by, file, directory, day),
        )
        events = await tx.connection.fetch(
            "SELECT seq, sealed FROM ledger_event WHERE case_id = $1 ORDER BY seq",
            file.id,
        )
    is_all = not by.role.is_factory_side
    return Read(
        tuple(
            Said(
                row["at"],
                row["direction"],
                row["channel"],
                held.key.open_text(row["body"], f"message|body|{row['id']}"),
                row["id"],
            )
            for row in rows
        ),
        tuple(
            (
                row["seq"],
                {
                    fact.name: json.loads(fact.value)
                    for fact in open_facts(row["sealed"], file.id, held.key)
                    if fact.name != "standing" and (is_all or fact.name != "note")
                },
            )
            for row in events
        ),
    )


def directions_for(
    person: Person, case: CaseFile, directory: Directory, day: date
) -> list[str] | None:
    """Return which messages somebody reads; None: all of them."""
    if not person.role.is_factory_side:
        return None
    shown = ["released", "told", "held"]
    return shown if is_read_first(case, directory, day) else [*shown, "in"]
