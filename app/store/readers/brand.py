"""What brands' rooms read: rows of cases that they were told of, not yet cut.

Every function takes the transaction of a reader (`Store.as_person`), in which
Postgres leaves out what is not hers; what a brand may read of the rest is cut
by `app.domain.brand_view`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.brand_view import (
    Depth,
    Happened,
    Seat,
    ToldRung,
    rungs_since,
    seats_since,
)
from app.domain.case import CaseFile, Deadline, Recipient
from app.domain.remedies import Remedy
from app.store.brand_room import open_word, remedy_from, seat_from
from app.store.engine import Store, Transaction
from app.store.mapping import case_from, deadline_from
from app.store.sealing import CannotOpen, DataKey

MOST = 500  # cases in a brand's list, the newest first

_COLUMNS = (
    "id, number, data_key, site, country, category, severity, state, route, language,"
    " channel, hotline, policy_version, opened_at, closed_at, detail, joined_to"
)
_RUNG = "case_id, at, clock, round, reason, step, recipients, answered_at, answered_by"


@dataclass(frozen=True, slots=True)
class Shared:
    """One case that brands were told of, with all that decides what they read."""

    file: CaseFile
    refs: Mapping[Depth, str]  # what brands call it where it has no number for them
    seats: tuple[Seat, ...]
    rungs: tuple[ToldRung, ...]  # since it is veiled, where it is
    all_rungs: tuple[ToldRung, ...]
    key: DataKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody wrote to the brands of a case."""

    at: datetime
    brand: str  # blank: the partner or the secretariat wrote it
    by: UUID
    text: str


async def shared_cases(
    store: Store, tx: Transaction, brands: Sequence[str]
) -> list[Shared]:
    """Return the cases that any of these brands was told of, the newest first."""
    rows = await tx.connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM cases JOIN (
          SELECT case_id, min(told_at) AS told_at FROM brand_case
          WHERE brand = ANY($1) GROUP BY case_id
          ORDER BY 2 DESC LIMIT $2
        ) told ON told.case_id = cases.id
        WHERE data_key IS NOT NULL ORDER BY told_at DESC, id
        """,
        list(brands),
        MOST,
    )
    return await _shared(store, tx, rows)


async def shared_case(
    store: Store, tx: Transaction, handle: str, brands: Sequence[str]
) -> Shared | None:
    """Return the case of a number, or of what brands call it; None: not theirs.

    The caller asks whether the number is one that this reader may use.
    """
    if len(handle) == 8 and handle.isascii() and handle.isdigit():
        return await numbered_case(store, tx, handle)
    case_id = await find_ref(store, tx, handle, brands)
    if case_id is None:
        return None
    rows = await tx.connection.fetch(
        f"SELECT {_COLUMNS} FROM cases WHERE id = $1 AND data_key IS NOT NULL", case_id
    )
    return next(iter(await _shared(store, tx, rows)), None)


async def find_ref(
    store: Store, tx: Transaction, ref: str, brands: Sequence[str]
) -> UUID | None:
    """Return which of these brands' cases is called so."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT case_id FROM brand_case WHERE brand = ANY($1)", list(brands)
    )
    found = (r["case_id"] for r in rows if ref in refs(store, r["case_id"]).values())
    return next(found, None)


def refs(store: Store, case_id: UUID) -> dict[Depth, str]:
    return {depth: store.keyring.brand_ref(case_id, depth) for depth in Depth}


async def numbered_case(store: Store, tx: Transaction, number: str) -> Shared | None:
    rows = await tx.connection.fetch(
        f"SELECT {_COLUMNS} FROM cases WHERE number = $1 AND data_key IS NOT NULL",
        number,
    )
    return next(iter(await _shared(store, tx, rows)), None)


async def _shared(store: Store, tx: Transaction, rows: Sequence[Any]) -> list[Shared]:
    ids = [row["id"] for row in rows]
    clocks: dict[UUID, list[Deadline]] = {}
    for row in await tx.connection.fetch(
        "SELECT * FROM deadline WHERE case_id = ANY($1)", ids
    ):
        clocks.setdefault(row["case_id"], []).append(deadline_from(row))
    seats: dict[UUID, list[Seat]] = {}
    for row in await tx.connection.fetch(
        "SELECT case_id, brand, told_at, promised_at, leads_since FROM brand_case"
        " WHERE case_id = ANY($1) ORDER BY told_at, brand",
        ids,
    ):
        seats.setdefault(row["case_id"], []).append(seat_from(row))
    rungs: dict[UUID, list[ToldRung]] = {}
    for row in await tx.connection.fetch(
        f"SELECT {_RUNG} FROM escalation WHERE rung = 'brand' AND case_id = ANY($1)"
        " ORDER BY at, step",
        ids,
    ):
        rungs.setdefault(row["case_id"], []).append(_rung(row))
    keys = {row["id"]: _key(store, row) for row in rows}
    found = []
    for row in rows:
        case_id, key = row["id"], keys[row["id"]]
        if key is None:
            continue
        case, told = case_from(row, clocks.get(case_id, ())), rungs.get(case_id, [])
        found.append(
            Shared(
                case,
                refs(store, case_id),
                seats_since(case, seats.get(case_id, ()), told),
                rungs_since(case, told),
                tuple(told),
                key,
            )
        )
    return found


async def events_of(tx: Transaction, case_id: UUID) -> tuple[Happened, ...]:
    """Return what happened by kind and time; nothing of it is opened."""
    rows = await tx.connection.fetch(
        "SELECT at, kind FROM ledger_event WHERE case_id = $1 ORDER BY seq", case_id
    )
    return tuple(Happened(row["at"], row["kind"]) for row in rows)


async def words_of(
    tx: Transaction, case_id: UUID, key: DataKey, *, since: datetime | None = None
) -> tuple[Word, ...]:
    """Return what was written to the brands of a case, the oldest first."""
    rows = await tx.connection.fetch(
        "SELECT id, at, brand, person_id, body FROM brand_word WHERE case_id = $1"
        " AND ($2::timestamptz IS NULL OR at >= $2) ORDER BY at, id",
        case_id,
        since,
    )
    return tuple(
        Word(row["at"], row["brand"], row["person_id"], open_word(row, key))
        for row in rows
    )


async def remedies_of(
    tx: Transaction, case_id: UUID, key: DataKey
) -> tuple[Remedy, ...]:
    """Return the remedy plan of a case with all its words, in order of dates."""
    rows = await tx.connection.fetch(
        "SELECT * FROM remedy WHERE case_id = $1 ORDER BY due_on, at, id", case_id
    )
    return tuple(remedy_from(row, key) for row in rows)


async def case_remedies(
    store: Store, tx: Transaction, number: str
) -> tuple[Remedy, ...]:
    """Return the plan of a case that the reader sees; none where she does not."""
    row = await tx.connection.fetchrow(
        "SELECT id, data_key FROM cases WHERE number = $1 AND data_key IS NOT NULL",
        number,
    )
    key = _key(store, row) if row is not None else None
    return await remedies_of(tx, row["id"], key) if key is not None else ()


async def rungs_of(tx: Transaction, case_id: UUID) -> tuple[ToldRung, ...]:
    """Return the rungs on which brands were told of one case."""
    rows = await tx.connection.fetch(
        f"SELECT {_RUNG} FROM escalation WHERE rung = 'brand' AND case_id = $1"
        " ORDER BY at, step",
        case_id,
    )
    return tuple(map(_rung, rows))


async def brand_rungs(tx: Transaction) -> tuple[ToldRung, ...]:
    """Return every rung on which brands were told, for how long they take.

    In a reader's transaction those of her cases; in the store's own all.
    """
    rows = await tx.connection.fetch(
        f"SELECT {_RUNG} FROM escalation WHERE rung = 'brand' ORDER BY at"
    )
    return tuple(_rung(row) for row in rows)


def _rung(row: Any) -> ToldRung:
    return ToldRung(
        at=row["at"],
        clock=row["clock"],
        round=row["round"],
        reason=row["reason"],
        step=row["step"],
        recipients=tuple(
            Recipient(to["kind"], to["key"]) for to in json.loads(row["recipients"])
        ),
        answered_at=row["answered_at"],
        answered_by=row["answered_by"] or "",
    )


def _key(store: Store, row: Any) -> DataKey | None:
    try:
        return store.keyring.unwrap(row["data_key"], row["id"])
    except CannotOpen:
        return None
