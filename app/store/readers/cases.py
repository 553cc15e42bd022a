"""Cases as lists and as one story; never a word that was said."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.case import Milestone
from app.domain.errors import NotFound
from app.store.engine import Store, Transaction
from app.store.ledger import open_facts
from app.store.mapping import milestone_from
from app.store.sealing import DataKey

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list."""

    id: UUID
    number: str
    site: str | None
    country: str
    category: str
    severity: str
    state: str
    route: str
    language: str
    channel: str
    opened_at: datetime
    next_due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class ClockLine:
    name: str
    round: int
    opened_at: datetime
    promise: str
    due_at: datetime
    state: str
    met_at: datetime | None
    missed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EscalationLine:
    at: datetime
    clock: str
    rung: str
    reason: str
    to: tuple[tuple[str, str], ...]  # kind and key


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event: who did what by which door; never a note, never a word."""

    seq: int
    at: datetime
    kind: str
    by: str  # worker, system, a person's id; blank where the case is forgotten
    through: str


@dataclass(frozen=True, slots=True)
class CaseStory:
    """One case with its clocks, what happened, and who was told."""

    line: CaseLine
    clocks: tuple[ClockLine, ...]
    events: tuple[EventLine, ...]
    messages: tuple[tuple[datetime, str, str], ...]  # at, direction, channel
    escalations: tuple[EscalationLine, ...]
    suggested_sites: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    is_forgotten: bool


_LINE = """
SELECT c.id, c.number, c.site, c.country, c.category, c.severity, c.state, c.route,
  c.language, c.channel, c.opened_at, d.next_due_at, coalesce(d.overdue, false)
  AS overdue
FROM cases c
LEFT JOIN LATERAL (
  SELECT min(due_at) FILTER (WHERE missed_at IS NULL AND due_at > $1) AS next_due_at,
    bool_or(due_at <= $1) AS overdue
  FROM deadline WHERE case_id = c.id AND met_at IS NULL
    AND name IN ('acknowledge', 'first_action', 'resolve', 'plan', 'review')
) d ON c.closed_at IS NULL
"""


async def list_cases(
    tx: Transaction,
    *,
    at: datetime,
    site: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> AsyncIterator[CaseLine]:
    """Yield cases, the newest first; `after` is the number that a page ended with.

    A case is overdue while a promised date has passed and the promise is not
    kept; `next_due_at` is the next promised date that is still to come.
    """
    conditions, arguments = [], [at]
    for column, value in (("c.site", site), ("c.state", state)):
        if value is not None:
            arguments.append(value)  # type: ignore[arg-type]
            conditions.append(f"{column} = ${len(arguments)}")
    if after is not None:
        last_id = await tx.connection.fetchval(
            "SELECT id FROM cases WHERE number = $1", after
        )
        if last_id is None:
            raise NotFound(f"--after {after}: no case has that number.")
        arguments.append(last_id)
        conditions.append(f"c.id < ${len(arguments)}")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    last = f"LIMIT {int(limit)}" if limit is not None else ""
    statement = f"{_LINE} {where} ORDER BY c.id DESC {last}"
    async for row in tx.connection.cursor(statement, *arguments, prefetch=_PAGE):
        yield _line(row)


async def case_story(
    store: Store, tx: Transaction, number: str, *, at: datetime
) -> CaseStory:
    """Return one case's story; `NotFound` where there is no such number."""
    fetch = tx.connection.fetch
    row = await tx.connection.fetchrow(f"{_LINE} WHERE c.number = $2", at, number)
    if row is None:
        raise NotFound(f"There is no case {number[:4]}-{number[4:]}. Check the digits.")
    case_id = row["id"]
    extra = await tx.connection.fetchrow(
        "SELECT detail, data_key FROM cases WHERE id = $1",
        case_id,
    )
    clocks = await fetch(
        "SELECT name, round, opened_at, promise, due_at, met_at, missed_at"
        " FROM deadline"
        " WHERE case_id = $1 ORDER BY due_at, name",
        case_id,
    )
    events = await fetch(
        "SELECT seq, at, kind, sealed FROM ledger_event"
        " WHERE case_id = $1 ORDER BY seq",
        case_id,
    )
    messages = await fetch(
        "SELECT at, direction, channel FROM message WHERE case_id = $1"
        " UNION ALL SELECT sent_at, 'out', 'sms' FROM outbox WHERE case_id = $1"
        " AND recipient_kind = 'worker' AND sent_at IS NOT NULL ORDER BY 1",
        case_id,
    )
    climbed = await fetch(
        "SELECT at, clock, rung, reason, recipients FROM escalation"
        " WHERE case_id = $1 ORDER BY at, rung",
        case_id,
    )
    wrapped, detail = extra["data_key"], json.loads(extra["detail"])
    key = store.keyring.unwrap(wrapped, case_id) if wrapped else None
    return CaseStory(
        line=_line(row),
        clocks=tuple(_clock(clock) for clock in clocks),
        events=tuple(_event(event, case_id, key) for event in events),
        messages=tuple((m["at"], m["direction"], m["channel"]) for m in messages),
        escalations=tuple(
            EscalationLine(
                e["at"],
                e["clock"],
                e["rung"],
                e["reason"],
                tuple((r["kind"], r["key"]) for r in json.loads(e["recipients"])),
            )
            for e in climbed
        ),
        suggested_sites=tuple(detail.get("suggested_sites", ())),
        milestones=tuple(map(milestone_from, detail.get("milestones", ()))),
        is_forgotten=key is None,
    )


def _line(row: Any) -> CaseLine:
    return CaseLine(**{name: row[name] for name in CaseLine.__dataclass_fields__})


def _event(row: Any, case_id: UUID, key: DataKey | None) -> EventLine:
    facts = {}
    if key is not None:
        facts = {f.name: f.value for f in open_facts(row["sealed"], case_id, key)}
    return EventLine(
        row["seq"],
        row["at"],
        row["kind"],
        json.loads(facts.get("actor", '""')),
        json.loads(facts.get("through", '""')),
    )


def _clock(row: Any) -> ClockLine:
    state = "running"
    if row["met_at"] is not None:
        state = "met" if row["missed_at"] is None else "met_late"
    elif row["missed_at"] is not None:
        state = "missed"
    return ClockLine(
        row["name"],
        row["round"],
        row["opened_at"],
        row["promise"],
        row["due_at"],
        state,
        row["met_at"],
        row["missed_at"],
    )
