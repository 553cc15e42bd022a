"""Loading cases under their lock, and gathering what a decision changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from app.domain.case import CaseFile, Decision, Event, Owed
from app.domain.errors import NotFound, Refused
from app.domain.ledger import canonical, clocks_set, standing
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.ledger import event_row
from app.store.mapping import (
    CASE_COLUMNS,
    case_from,
    deadline_from,
    deadline_row,
    deadlines_from_json,
    standing_row,
)
from app.store.sealing import CannotOpen, DataKey

log = structlog.get_logger()

_KEPT = timedelta(days=30)
# Her no, to what was declared solved or ended otherwise.
_DENIED = frozenset({"solution.denied", "closing.contested"})
_AHEAD = 4  # due clocks looked at for each case wanted: others hold some of them
_CLOCKS = ("deadlines", "statutory", "rungs")
_STANDING = tuple(f.name for f in fields(CaseFile) if f.name not in _CLOCKS)


@dataclass(frozen=True, slots=True)
class Held:
    """A case in this transaction's hands, with the key that opens it."""

    file: CaseFile
    key: DataKey
    phone_tag: bytes | None


async def load(
    store: Store, tx: Transaction, number: str, *, lock: bool = True
) -> Held:
    """Return the case of that number; `NotFound` also where it is forgotten."""
    rows = await tx.connection.fetch(
        f"SELECT {CASE_COLUMNS} FROM cases WHERE number = $1"
        + (" FOR UPDATE" if lock else ""),
        number,
    )
    held = await hold(store, tx, rows)
    if held:
        return held[0]
    if rows and rows[0]["data_key"] is not None:
        raise Refused("The key that seals this case is not among THREADLINE_KEYS.")
    raise NotFound(
        f"There is no case {number[:4]}-{number[4:]} that you may see."
        " Check the eight digits."
    )


async def load_by_id(store: Store, tx: Transaction, case_id: UUID) -> Held | None:
    """Return a case under its lock; None where it is forgotten or does not open."""
    rows = await tx.connection.fetch(
        f"SELECT {CASE_COLUMNS} FROM cases WHERE id = $1 FOR UPDATE", case_id
    )
    return next(iter(await hold(store, tx, rows)), None)


async def load_due(
    store: Store, tx: Transaction, at: datetime, limit: int
) -> tuple[list[Held], list[UUID]]:
    """Lock up to `limit` cases with something due, skipping those in work.

    Only cases are locked, and their clocks are read after that: a case with
    two clocks due is in one hand only. The second list names cases whose key
    does not open: they must not keep the others from being looked at.
    """
    rows = await tx.connection.fetch(
        f"""
        SELECT {CASE_COLUMNS} FROM cases JOIN (
          SELECT case_id, min(next_at) AS since FROM (
            SELECT case_id, next_at FROM deadline WHERE next_at <= $1
            ORDER BY next_at LIMIT $3
          ) due GROUP BY case_id
        ) due ON due.case_id = cases.id
        ORDER BY since LIMIT $2 FOR UPDATE OF cases SKIP LOCKED
        """,
        at,
        limit,
        limit * _AHEAD,
    )
    held = await hold(store, tx, rows)
    opened = {case.file.id for case in held}
    return held, [row["id"] for row in rows if row["id"] not in opened]


async def hold(store: Store, tx: Transaction, rows: Sequence[Any]) -> list[Held]:
    """Return the cases of locked rows with their clocks, read after the lock.

    A case that is forgotten, or whose key does not open, is left out.
    """
    keys = {row["id"]: _key(store, row) for row in rows}
    clocks: dict[UUID, list[Any]] = {row["id"]: [] for row in rows}
    if rows:
        for clock in await tx.connection.fetch(
            "SELECT * FROM deadline WHERE case_id = ANY($1)", list(clocks)
        ):
            clocks[clock["case_id"]].append(deadline_from(clock))
    return [
        Held(case_from(row, clocks[row["id"]]), key, row["phone_tag"])
        for row in rows
        if (key := keys[row["id"]]) is not None
    ]


def hold_known(store: Store, row: Any) -> Held | None:
    """Return a locked case that was read together with its clocks."""
    key = _key(store, row)
    if key is None:
        return None
    file = case_from(row, deadlines_from_json(row["clocks"]))
    return Held(file, key, row["phone_tag"])


def _key(store: Store, row: Any) -> DataKey | None:
    if row["data_key"] is None:
        return None
    try:
        return store.keyring.unwrap(row["data_key"], row["id"])
    except CannotOpen:
        log.error("case.sealed_otherwise", case_id=str(row["id"]))
        return None


def record(
    changes: Changes,
    held: Held,
    decision: Decision,
    *,
    at: datetime,
    messages: int = 0,
    new: bool = False,
    **more: Any,
) -> None:
    """Gather everything that a decision changed in one case.

    The last event commits to where the case now stands, to how many messages
    came with it and to what is owed because of it, so that a later edit of a
    row shows; to the clocks that it set; and to whatever else is given.
    """
    after = decision.case
    if decision.refusal is None and not new:
        _changed_rows(changes, held.file, after)
    moved = clocks_set(None if new else held.file, after)
    if moved and decision.refusal is None:
        more = {**more, "set": moved}
    _events(changes, held, decision, at=at, messages=messages, more=more)
    for owed in decision.owed:
        changes.add("owed", *owed_row(after.id, owed, at))
    for e in decision.escalations:
        recipients = [{"kind": r.kind, "key": r.key} for r in e.recipients]
        changes.add(
            "escalations",
            after.id,
            e.clock,
            e.round,
            e.rung,
            e.reason,
            at,
            after.site,
            after.route,
            canonical(recipients),
            e.step,
        )
    if any(event.kind == "solution.confirmed" for event in decision.events):
        # Her yes is a yes to what was done, and to nothing that is only planned.
        changes.add("remedies_confirmed", after.id, "done", at)
    elif any(event.kind in _DENIED for event in decision.events):
        changes.add("remedies_confirmed", after.id, "done", None)
    for a in decision.answered:
        changes.add("answers", after.id, a.clock, a.round, a.reason, a.step, at, a.by)


def _events(
    changes: Changes,
    held: Held,
    decision: Decision,
    *,
    at: datetime,
    messages: int,
    more: Mapping[str, Any],
) -> None:
    events = list(decision.events)
    if not events and (messages or decision.case != held.file):
        events.append(Event("case.touched"))
    if not events:
        return
    case_id = decision.case.id
    for event in events[:-1]:
        changes.events.append(event_row(case_id, at, event, held.key))
    stands = held.file if decision.refusal is not None else decision.case
    changes.events.append(
        event_row(
            case_id,
            at,
            events[-1],
            held.key,
            standing=standing(stands),
            messages=messages,
            owed=sorted(owed.key for owed in decision.owed),
            climbed=len(decision.escalations),
            **more,
        )
    )


def _changed_rows(changes: Changes, before: CaseFile, after: CaseFile) -> None:
    is_moved = before.promise_due_at != after.promise_due_at
    if is_moved or any(getattr(before, n) != getattr(after, n) for n in _STANDING):
        changes.add("cases", *standing_row(after))
    old = {(d.name, d.round): d for d in before.clocks}
    for deadline in after.clocks:
        if old.get((deadline.name, deadline.round)) != deadline:
            changes.add("deadlines", *deadline_row(after.id, deadline))


def owed_row(case_id: UUID | None, owed: Owed, at: datetime) -> tuple[Any, ...]:
    return (
        new_id(at),
        case_id,
        owed.key,
        owed.recipient.kind,
        owed.recipient.key,
        owed.template,
        canonical(owed.params),
        at,
        owed.not_before or at,
        owed.expires_at or at + _KEPT,
        0,
        "owed",
    )
