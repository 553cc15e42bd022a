"""Holding the figures against what they are made of; what differs is mended."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.statistics.measures import MEASURES
from app.statistics.model import CaseFacts
from app.statistics.remedies import CountedRemedy
from app.store.engine import Transaction
from app.store.figures.cells import (
    ALL,
    CELL_KEY,
    HOURS_KEY,
    add_cells,
    add_hours,
    cells_of,
    hours_of,
)
from app.store.figures.facts import row_of, take
from app.store.ids import new_id

CASE, CELLS, HOURS, REMEDY, UNOPENED = "case", "cells", "hours", "remedy", "unopened"
_MOST = 1000  # differences of one quarter that are named; the rest is mended too
_QUARTER = f"{ALL} WHERE c.quarter = $1"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that was held otherwise than it is reckoned."""

    what: str
    key: str  # what tells it from the others of its kind
    held: str
    reckoned: str


async def quarters(tx: Transaction) -> list[str]:
    """Return every quarter of which something is, or was, counted."""
    rows = await tx.connection.fetch(
        "SELECT quarter FROM stat_cell UNION SELECT quarter FROM stat_hours"
        " UNION SELECT quarter FROM stat_case ORDER BY quarter"
    )
    return [row["quarter"] for row in rows]


async def recount(tx: Transaction, quarter: str) -> None:
    """Sum the cases of a quarter anew; nobody counts meanwhile."""
    await take(tx)
    await _at_leisure(tx)
    for table, statement in (
        ("stat_cell", add_cells(cells_of(_QUARTER))),
        ("stat_hours", add_hours(hours_of(_QUARTER))),
    ):
        await tx.connection.execute(f"DELETE FROM {table} WHERE quarter = $1", quarter)
        await tx.connection.execute(statement, quarter)


async def compare_quarter(tx: Transaction, quarter: str) -> list[Difference]:
    """Sum the cases of a quarter anew; return what differed, which is mended.

    Others count meanwhile: each statement sees cases and sums of one moment. Only
    where something differs is it looked at again, and mended, with nobody else at it.
    """
    await _at_leisure(tx)
    if not await _found(tx, quarter):
        return []
    await take(tx)
    found = await _found(tx, quarter)
    if found:
        await recount(tx, quarter)
    return found


async def _found(tx: Transaction, quarter: str) -> list[Difference]:
    return [
        *await _differing(tx, CELLS, "stat_cell", CELL_KEY, MEASURES, quarter),
        *await _differing(tx, HOURS, "stat_hours", HOURS_KEY, ("n",), quarter),
    ]


async def _at_leisure(tx: Transaction) -> None:
    """Take the time and the room that sums need."""
    for setting in (
        "statement_timeout = 0",
        "enable_seqscan = on",
        "plan_cache_mode = force_custom_plan",
        "work_mem = '64MB'",
    ):
        await tx.connection.execute(f"SET LOCAL {setting}")


async def _differing(
    tx: Transaction,
    what: str,
    table: str,
    key: Sequence[str],
    sums: Sequence[str],
    quarter: str,
) -> list[Difference]:
    query = (cells_of if table == "stat_cell" else hours_of)(_QUARTER)
    keys, named = ", ".join(key), ", ".join((*key, *sums))
    rows = await tx.connection.fetch(
        f"""
        SELECT {keys}, to_jsonb(h) AS held, to_jsonb(f) AS reckoned
        FROM (SELECT {named} FROM {table} WHERE quarter = $1) h
        FULL JOIN (SELECT {named} FROM ({query}) q) f USING ({keys})
        WHERE h IS DISTINCT FROM f LIMIT {_MOST}
        """,
        quarter,
    )
    return [
        _difference(what, [row[name] for name in key], row["held"], row["reckoned"])
        for row in rows
    ]


def _difference(
    what: str, key: Iterable[Any], held: str | None, reckoned: str | None
) -> Difference:
    before, after = (json.loads(one) if one else {} for one in (held, reckoned))
    names = [
        name for name in {**before, **after} if before.get(name) != after.get(name)
    ]
    return Difference(
        what, "|".join(map(str, key)), _told(before, names), _told(after, names)
    )


def _told(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return (
        ", ".join(f"{name} {row[name]}" for name in names if name in row) or "nothing"
    )


async def held_cases(
    tx: Transaction, ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return these cases as they are counted now."""
    rows = await tx.connection.fetch(
        "SELECT id, to_jsonb(c) AS held FROM stat_case c WHERE id = ANY($1)", list(ids)
    )
    return {row["id"]: json.loads(row["held"]) for row in rows}


def compare_case(
    id: UUID, held: Mapping[str, Any] | None, folded: CaseFacts | None
) -> Difference | None:
    """Return in what a case is counted otherwise than its events say."""
    row = {} if folded is None else json.loads(json.dumps(row_of(folded), default=str))
    before = {name: value for name, value in (held or {}).items() if name != "seq"}
    row.pop("seq", None)
    if before == row:
        return None
    return _difference(CASE, [id], json.dumps(before), json.dumps(row))


async def suspects(tx: Transaction) -> list[UUID]:
    """Return what is counted as a case and is none; it goes over all of them."""
    await _at_leisure(tx)
    rows = await tx.connection.fetch(
        "SELECT id FROM stat_case s WHERE NOT is_history"
        " AND NOT EXISTS (SELECT FROM cases c WHERE c.id = s.id)"
    )
    return [row["id"] for row in rows]


async def strangers(tx: Transaction, among: Sequence[UUID]) -> list[UUID]:
    """Return which of these are counted as a case now and are none."""
    rows = await tx.connection.fetch(
        "SELECT id FROM stat_case s WHERE id = ANY($1) AND NOT is_history"
        " AND NOT EXISTS (SELECT FROM cases c WHERE c.id = s.id)",
        list(among),
    )
    return [row["id"] for row in rows]


async def note(tx: Transaction, found: Iterable[Difference], at: datetime) -> None:
    """Keep what was found otherwise, for whoever runs the service."""
    await tx.connection.executemany(
        "INSERT INTO stat_difference (id, at, what, key, held, reckoned)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [(new_id(at), at, d.what, d.key, d.held, d.reckoned) for d in found],
    )


async def note_unopened(
    tx: Transaction, ids: Sequence[UUID], unopened: Sequence[UUID], at: datetime
) -> None:
    """Let those of these cases whose events do not open be known as such."""
    if not ids:
        return
    await tx.connection.execute(
        "DELETE FROM stat_difference WHERE what = $1 AND key = ANY($2)",
        UNOPENED,
        [str(one) for one in ids],
    )
    await note(tx, [Difference(UNOPENED, str(one), "", "") for one in unopened], at)


async def noted(tx: Transaction, *, since: datetime) -> list[Difference]:
    """Return what differed since a moment, the newest first."""
    rows = await tx.connection.fetch(
        "SELECT what, key, held, reckoned FROM stat_difference"
        " WHERE at >= $1 AND what <> $2 ORDER BY at DESC, id LIMIT $3",
        since,
        UNOPENED,
        _MOST,
    )
    return [Difference(**row) for row in rows]


async def compare_remedies(
    tx: Transaction, folded: Sequence[CountedRemedy], ids: Sequence[UUID]
) -> list[Difference]:
    """Return in what remedies of these cases are counted otherwise than planned."""
    rows = await tx.connection.fetch(
        "SELECT * FROM stat_remedy WHERE case_id = ANY($1) ORDER BY id", list(ids)
    )
    held = {row["id"]: CountedRemedy(**row) for row in rows}
    reckoned = {remedy.id: remedy for remedy in folded}
    return [
        Difference(REMEDY, str(one), repr(held.get(one)), repr(reckoned.get(one)))
        for one in {**held, **reckoned}
        if held.get(one) != reckoned.get(one)
    ]
