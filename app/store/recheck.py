"""The nightly look at every clock: its pages, its progress and what it found."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.case import Deadline
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.domain.policy import Policy
from app.domain.replay import Difference, Fault, Happened, differences, replay
from app.store.engine import Store, Transaction
from app.store.ledger import open_facts
from app.store.mapping import CASE_COLUMNS, case_from, deadline_from
from app.store.sealing import CannotOpen, DataKey

PAGE = 100  # cases in one short transaction
LEASE = timedelta(minutes=5)  # a worker silent for so long is taken for dead


@dataclass(frozen=True, slots=True)
class Found:
    """One clock that differs, with its case."""

    case_id: UUID
    number: str
    difference: Difference
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """What one look at some cases came to; `last` is where the next one starts."""

    ids: tuple[UUID, ...] = ()
    clocks: int = 0
    without_basis: int = 0
    unopened: int = 0  # cases whose ledger could not be opened
    found: tuple[Found, ...] = ()

    @property
    def last(self) -> UUID | None:
        return self.ids[-1] if self.ids else None


@dataclass(frozen=True, slots=True)
class Run:
    """How far one night's recomputation is."""

    night: date
    after: UUID | None
    cases: int = 0
    clocks: int = 0
    without_basis: int = 0
    unopened: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    lease_until: datetime | None = None

    def past(self, page: Page) -> "Run":
        return replace(
            self,
            after=page.last or self.after,
            cases=self.cases + len(page.ids),
            clocks=self.clocks + page.clocks,
            without_basis=self.without_basis + page.without_basis,
            unopened=self.unopened + page.unopened,
        )


@dataclass(slots=True)
class _Opened:
    """The rows of one page, by case."""

    clocks: dict[UUID, list[Deadline]] = field(default_factory=dict)
    events: dict[UUID, list[Any]] = field(default_factory=dict)


async def case_count(tx: Transaction) -> int:
    count: int = await tx.connection.fetchval("SELECT count(*) FROM cases")
    return count


async def look_at_page(
    store: Store, directory: Directory, *, after: UUID | None, at: datetime
) -> Page:
    """Hold the clocks that run, of the next cases, against their basis and ledger."""
    return await _look(
        store,
        directory,
        f"SELECT {CASE_COLUMNS} FROM cases"
        " WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
        (after, PAGE),
        at,
    )


async def look_at_case(
    store: Store, directory: Directory, number: str, *, at: datetime
) -> Page:
    """The same for one case; `NotFound` where there is none of that number."""
    statement = f"SELECT {CASE_COLUMNS} FROM cases WHERE number = $1"
    page = await _look(store, directory, statement, (number,), at)
    if not page.ids:
        raise NotFound(f"There is no case {number[:4]}-{number[4:]}. Check the digits.")
    return page


async def _look(
    store: Store,
    directory: Directory,
    statement: str,
    arguments: Sequence[Any],
    at: datetime,
) -> Page:
    """Read some cases at one moment: nothing that changes meanwhile can differ."""
    async with (
        store.connection() as link,
        link.connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        rows = await link.connection.fetch(statement, *arguments)
        opened = await _read(link.connection, [r["id"] for r in rows if r["data_key"]])
    clocks = [clock for held in opened.clocks.values() for clock in held]
    found: list[Found] = []
    unopened = 0
    for row in rows:
        running = opened.clocks.get(row["id"], [])
        if not running:
            continue
        happened = _opened(store, row, opened.events.get(row["id"], ()))
        unopened += happened is None
        found += [
            Found(row["id"], row["number"], difference, at)
            for difference in _differences(row, running, happened, directory, at)
        ]
    return Page(
        ids=tuple(row["id"] for row in rows),
        clocks=len(clocks),
        without_basis=sum(not clock.promise for clock in clocks),
        unopened=unopened,
        found=tuple(found),
    )


async def _read(connection: Any, ids: Sequence[UUID]) -> _Opened:
    opened = _Opened()
    for row in await connection.fetch(
        "SELECT * FROM deadline WHERE case_id = ANY($1)"
        " AND met_at IS NULL AND missed_at IS NULL ORDER BY name, round",
        ids,
    ):
        opened.clocks.setdefault(row["case_id"], []).append(deadline_from(row))
    for row in await connection.fetch(
        "SELECT case_id, at, kind, sealed FROM ledger_event"
        " WHERE case_id = ANY($1) ORDER BY seq",
        list(opened.clocks),
    ):
        opened.events.setdefault(row["case_id"], []).append(row)
    return opened


def _opened(store: Store, row: Any, events: Iterable[Any]) -> list[Happened] | None:
    """Return a case's events with their facts; None where they do not open."""
    try:
        key = store.keyring.unwrap(row["data_key"], row["id"])
        return [
            Happened(event["at"], event["kind"], facts_in(event, row["id"], key))
            for event in events
        ]
    except (CannotOpen, ValueError):
        return None


def facts_in(event: Any, case_id: UUID, key: DataKey) -> dict[str, Any]:
    """Return an event's facts as the rules gave them, by name."""
    opened = open_facts(event["sealed"], case_id, key)
    return {fact.name: json.loads(fact.value) for fact in opened}


def _differences(
    row: Any,
    running: Sequence[Deadline],
    happened: Sequence[Happened] | None,
    directory: Directory,
    at: datetime,
) -> list[Difference]:
    named = directory.calendar_named

    def policy_named(version: str) -> Policy | None:
        return next((p for p in directory.policies if p.version == version), None)

    told = None if happened is None else replay(happened, named, policy_named)
    pauses = case_from(row, ()).pauses
    return differences(running, pauses, told, named, at=at)


async def write_findings(tx: Transaction, page: Page) -> None:
    """Let the findings of these cases be what was found now."""
    await tx.connection.execute(
        "DELETE FROM recheck_finding WHERE case_id = ANY($1)", list(page.ids)
    )
    await tx.connection.executemany(
        "INSERT INTO recheck_finding"
        " (case_id, clock, round, fault, held, reckoned, found_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        [
            (f.case_id, d.clock, d.round, d.fault, d.held, d.reckoned, f.found_at)
            for f in page.found
            for d in (f.difference,)
        ],
    )


async def findings(tx: Transaction, *, limit: int) -> list[Found]:
    """Return what differs by the last look at each case, the oldest case first."""
    rows = await tx.connection.fetch(
        "SELECT f.*, c.number FROM recheck_finding f JOIN cases c ON c.id = f.case_id"
        " ORDER BY f.case_id, f.clock, f.round, f.fault LIMIT $1",
        limit,
    )
    return [
        Found(
            row["case_id"],
            row["number"],
            Difference(
                row["clock"],
                row["round"],
                Fault(row["fault"]),
                row["held"],
                row["reckoned"],
            ),
            row["found_at"],
        )
        for row in rows
    ]


async def finding_count(tx: Transaction) -> int:
    count: int = await tx.connection.fetchval("SELECT count(*) FROM recheck_finding")
    return count


async def last_run(connection: Any) -> Run | None:
    row = await connection.fetchrow("SELECT * FROM recheck ORDER BY night DESC LIMIT 1")
    return None if row is None else _run(row)


async def founded_at(tx: Transaction) -> datetime | None:
    """Return when the database was made; None where it does not know."""
    made: datetime | None = await tx.connection.fetchval(
        "SELECT created_at FROM programme"
    )
    return made


async def claim(tx: Transaction, night: date, at: datetime) -> Run | None:
    """Take the night's work in hand; None where another has it, or has done it.

    What a dead worker left is taken up where it was.
    """
    row = await tx.connection.fetchrow(
        "INSERT INTO recheck AS r"
        " (night, started_at, lease_until, cases, clocks, without_basis, unopened)"
        " VALUES ($1, $2, $3, 0, 0, 0, 0) ON CONFLICT (night) DO UPDATE"
        " SET lease_until = excluded.lease_until"
        " WHERE r.finished_at IS NULL AND r.lease_until <= $2 RETURNING *",
        night,
        at,
        at + LEASE,
    )
    return None if row is None else _run(row)


async def keep_run(
    tx: Transaction, before: Run, now: Run, *, at: datetime, is_over: bool
) -> bool:
    """Note how far the night's work is; False where somebody else went on."""
    done = await tx.connection.fetchval(
        "UPDATE recheck SET after = $3, cases = $4, clocks = $5, without_basis = $6,"
        " unopened = $7, lease_until = $8, finished_at = $9"
        " WHERE night = $1 AND after IS NOT DISTINCT FROM $2 AND finished_at IS NULL"
        " RETURNING true",
        before.night,
        before.after,
        now.after,
        now.cases,
        now.clocks,
        now.without_basis,
        now.unopened,
        at + LEASE,
        at if is_over else None,
    )
    return bool(done)


def _run(row: Any) -> Run:
    return Run(**{name: row[name] for name in Run.__dataclass_fields__})
