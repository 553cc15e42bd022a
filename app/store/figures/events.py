"""The events that are not counted yet, and all events of the cases they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.statistics.fold import Told
from app.store.engine import Store, Transaction
from app.store.recheck import facts_in
from app.store.sealing import CannotOpen

_EVENTS = 2000  # looked at in one go
PROGRAMME = UUID(int=0)  # whose events are of no case


@dataclass(frozen=True, slots=True)
class Touched:
    """The cases with events that are not counted yet, up to one event."""

    since: int
    until: int
    ids: tuple[UUID, ...]
    is_all: bool  # nothing more waits


@dataclass(frozen=True, slots=True)
class Opened:
    """The events of some cases; those that nobody opens any more are in neither."""

    events: Mapping[UUID, Sequence[Told]] = field(default_factory=dict)
    unopened: tuple[UUID, ...] = ()


async def touched(tx: Transaction, *, most: int) -> Touched:
    """Return at most so many cases with events that are not counted yet.

    The ledger numbers its events without a gap in the order of their commits,
    so that none can appear before one that was read. Those of a case that was
    folded up to them already are passed over.
    """
    since: int = await tx.connection.fetchval(
        "SELECT seq FROM stat_cursor WHERE id = 1"
    )
    rows = await tx.connection.fetch(
        "SELECT e.seq, e.case_id, c.seq AS folded FROM (SELECT seq, case_id"
        " FROM ledger_event WHERE seq > $1 ORDER BY seq LIMIT $2) e"
        " LEFT JOIN stat_case c ON c.id = e.case_id ORDER BY e.seq",
        since,
        _EVENTS,
    )
    ids: dict[UUID, None] = {}
    until = since
    for row in rows:
        one = row["case_id"]
        if one != PROGRAMME and (row["folded"] or 0) < row["seq"] and one not in ids:
            if len(ids) == most:
                return Touched(since, until, tuple(ids), is_all=False)
            ids[one] = None
        until = row["seq"]
    return Touched(since, until, tuple(ids), is_all=len(rows) < _EVENTS)


async def waiting(tx: Transaction) -> int:
    """Return how many events are not counted yet."""
    count: int = await tx.connection.fetchval(
        "SELECT h.seq - c.seq FROM ledger_head h, stat_cursor c"
        " WHERE h.id = 1 AND c.id = 1"
    )
    return count


async def move_on(tx: Transaction, until: int, at: datetime) -> None:
    """Note that everything is counted up to this event."""
    await tx.connection.execute(
        "UPDATE stat_cursor SET seq = $1, at = $2 WHERE id = 1", until, at
    )


async def open_events(
    store: Store, tx: Transaction, ids: Sequence[UUID], *, until: int | None = None
) -> Opened:
    """Open the events of these cases, up to one event where it is given."""
    keys = await tx.connection.fetch(
        "SELECT id, data_key FROM cases WHERE id = ANY($1) AND data_key IS NOT NULL",
        list(ids),
    )
    rows = await tx.connection.fetch(
        "SELECT seq, case_id, at, kind, sealed FROM ledger_event"
        " WHERE case_id = ANY($1) AND ($2::bigint IS NULL OR seq <= $2) ORDER BY seq",
        [row["id"] for row in keys],
        until,
    )
    events: dict[UUID, list[Told]] = {}
    unopened: list[UUID] = []
    sealed: dict[UUID, list[Any]] = {}
    for row in rows:
        sealed.setdefault(row["case_id"], []).append(row)
    for row in keys:
        try:
            key = store.keyring.unwrap(row["data_key"], row["id"])
            events[row["id"]] = [
                Told(e["seq"], e["at"], e["kind"], facts_in(e, row["id"], key))
                for e in sealed.get(row["id"], ())
            ]
        except (CannotOpen, ValueError):
            unopened.append(row["id"])
    return Opened(events, tuple(unopened))
