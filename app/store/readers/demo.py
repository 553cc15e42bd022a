"""What the demo page shows of one case: no word that anybody said.

A narrative opens only with an event in the ledger; the demo has no need of
one, for the browser remembers what was typed on its own phone.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One run of a clock."""

    name: str
    round: int
    opened_at: datetime
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One link of the case's history."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class ShownRung:
    """One rung climbed, and who was told: pairs of kind and key."""

    at: datetime
    clock: str
    rung: str
    recipients: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One owed message; `shown` is its wording once it went out."""

    id: UUID
    created_at: datetime
    sent_at: datetime | None
    recipient_kind: str
    recipient_key: str
    template: str
    state: str
    shown: str | None
    carrier: str | None  # through whom it went, if it is a text


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with all that stands beside it on the demo page."""

    number: str
    site: str | None
    country: str
    category: str
    severity: str
    state: str
    route: str
    opened_at: datetime
    clocks: tuple[ShownClock, ...]
    events: tuple[ShownEvent, ...]
    rungs: tuple[ShownRung, ...]
    messages: tuple[ShownMessage, ...]


@dataclass(frozen=True, slots=True)
class SiteTally:
    """How many cases one site has had, and how many are open."""

    site: str
    cases: int
    open: int


async def made_at(connection: Any) -> datetime:
    """Return when this database was made: a phone of an older one is void."""
    made: datetime = await connection.fetchval("SELECT created_at FROM programme")
    return made


async def tallies(connection: Any) -> tuple[SiteTally, ...]:
    rows = await connection.fetch(
        "SELECT site, count(*) AS cases, count(*) FILTER (WHERE closed_at IS NULL)"
        " AS open FROM cases WHERE site IS NOT NULL GROUP BY site"
    )
    return tuple(SiteTally(row["site"], row["cases"], row["open"]) for row in rows)


async def newest_case(connection: Any, phone_tag: bytes) -> ShownCase | None:
    """Return the newest case of a phone, None where it has none."""
    row = await connection.fetchrow(
        "SELECT id, number, site, country, category, severity, state, route,"
        " opened_at FROM cases WHERE phone_tag = $1 ORDER BY opened_at DESC LIMIT 1",
        phone_tag,
    )
    if row is None:
        return None
    case_id = row["id"]
    return ShownCase(
        number=row["number"],
        site=row["site"],
        country=row["country"],
        category=row["category"],
        severity=row["severity"],
        state=row["state"],
        route=row["route"],
        opened_at=row["opened_at"],
        clocks=await _clocks(connection, case_id),
        events=await _events(connection, case_id),
        rungs=await _rungs(connection, case_id),
        messages=await _messages(connection, case_id),
    )


async def _clocks(connection: Any, case_id: UUID) -> tuple[ShownClock, ...]:
    # The law's clocks and the rungs' timers are not what a visitor watches.
    rows = await connection.fetch(
        "SELECT name, round, opened_at, due_at, met_at, missed_at FROM deadline"
        " WHERE case_id = $1 AND name NOT LIKE '%:%' ORDER BY round, due_at",
        case_id,
    )
    return tuple(ShownClock(**dict(row)) for row in rows)


async def _events(connection: Any, case_id: UUID) -> tuple[ShownEvent, ...]:
    rows = await connection.fetch(
        "SELECT at, kind FROM ledger_event WHERE case_id = $1 ORDER BY seq", case_id
    )
    return tuple(ShownEvent(**dict(row)) for row in rows)


async def _rungs(connection: Any, case_id: UUID) -> tuple[ShownRung, ...]:
    rows = await connection.fetch(
        "SELECT at, clock, rung, recipients FROM escalation WHERE case_id = $1"
        " ORDER BY at",
        case_id,
    )
    return tuple(
        ShownRung(row["at"], row["clock"], row["rung"], _pairs(row["recipients"]))
        for row in rows
    )


async def _messages(connection: Any, case_id: UUID) -> tuple[ShownMessage, ...]:
    rows = await connection.fetch(
        "SELECT id, created_at, sent_at, recipient_kind, recipient_key, template,"
        " state, shown, carrier FROM outbox WHERE case_id = $1 AND recipient_kind"
        " <> 'reply' ORDER BY created_at, id",
        case_id,
    )
    return tuple(ShownMessage(**dict(row)) for row in rows)


def _pairs(recipients: str | list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    """asyncpg gives jsonb as text where no codec was set on the connection."""
    known = json.loads(recipients) if isinstance(recipients, str) else recipients
    return tuple((to["kind"], to["key"]) for to in known)
