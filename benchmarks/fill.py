"""A database with a million cases, made from a few real ones.

A few cases are opened through the store. Their rows are then multiplied by
set-based SQL, each copy with its own ids, numbers and times, so that every
width, count and index entry is what the service itself writes. The copies
cannot be opened (their ciphertexts name other rows): nothing here reads them.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

import asyncpg

from app.actions.take_turn import HeardText, Render, take_turn
from app.demo.places import BANGLADESH_LINE
from app.domain.reference import with_check
from app.simulator.phone import new_message_sid
from app.store.engine import Store
from benchmarks.forms import texts

SEEDS = 48
APART = timedelta(seconds=20)  # a million cases in some 230 days

_BATCH = 20_000
_SPREAD = 7_368_787  # shares no factor with the nine million case numbers

# Ordered in time as version 7 is: the copy's number stands where the time does.
_ID = "(lpad(to_hex(n), 12, '0') || substr(md5(n::text), 1, 20))::uuid"
_AT = "($1::timestamptz + n * $2::interval)"
_LATER = "t.{0} - t.opened_at + " + _AT

# What a copy has of its own; every other column is its seed's.
_OWN: dict[str, dict[str, str]] = {
    "cases": {
        "id": _ID,
        "number": "($3::text[])[n - {start} + 1]",
        "phone_tag": "sha256(int8send(n))",
        "opened_at": _AT,
    },
    "deadline": {
        "case_id": _ID,
        "opened_at": _AT,
        "due_at": _LATER.format("due_at"),
        "remind_50_at": _LATER.format("remind_50_at"),
        "remind_80_at": _LATER.format("remind_80_at"),
        "next_at": _LATER.format("next_at"),
    },
    "ledger_event": {
        "seq": "(SELECT seq FROM ledger_head) + row_number() OVER (ORDER BY n, t.seq)",
        "case_id": _ID,
        "at": _AT,
        "leaf": "sha256(int8send(n) || t.leaf)",
        "hash": "sha256(int8send(n) || t.hash)",
    },
    "message": {"id": "gen_random_uuid()", "case_id": _ID, "at": _AT},
    "claim": {"provider_id": "'SM' || md5(n::text)", "at": _AT, "case_id": _ID},
}
_HEAD = "UPDATE ledger_head SET seq = (SELECT max(seq) FROM ledger_event)"


@dataclass(frozen=True, slots=True)
class Field:
    """Where copies come from: the seeds, and the time of the first copy."""

    seeds: Sequence[Any]
    first_at: datetime


async def open_one(store: Store, render: Render, at: datetime) -> None:
    """Hear one text that opens a case."""
    sender, body = next(_texts)
    await take_turn(
        store,
        HeardText(sender, BANGLADESH_LINE, body, "sms"),
        provider_id=new_message_sid(),
        render=render,
        at=at,
    )


_texts: Iterator[tuple[str, str]] = texts()


async def sow(store: Store, render: Render, first_at: datetime) -> Field:
    """Open the cases that the others are copied from."""
    for _ in range(SEEDS):
        await open_one(store, render, first_at)
    rows = await store.pool.fetch("SELECT id FROM cases")
    return Field([row["id"] for row in rows], first_at)


async def fill(
    database_url: str,
    field: Field,
    *,
    since: int,
    until: int,
    of_cases: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Add the copies numbered `since` to `until`, and count them again.

    `of_cases`: what columns of a copied case are beside its own number and time.
    """
    own_of = {**_OWN, "cases": {**_OWN["cases"], **of_cases}}
    connection = await asyncpg.connect(database_url)
    try:
        await _hurry(connection)
        columns = {table: await _columns(connection, table) for table in _OWN}
        for table in _OWN:
            await _keep_seeds(connection, table, field.seeds)
        rows = await connection.fetch("SELECT number FROM cases")
        numbers = _numbers({row["number"] for row in rows})
        for start in range(since, until, _BATCH):
            size = min(_BATCH, until - start)
            numbered = list(islice(numbers, size))
            await _add(connection, columns, own_of, field, start, numbered)
        await connection.execute("ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _hurry(connection: Any) -> None:
    await connection.execute("SET synchronous_commit = off")
    # Copies of cases that are there need not be looked up one by one.
    with suppress(asyncpg.InsufficientPrivilegeError):
        await connection.execute("SET session_replication_role = replica")


async def _columns(connection: Any, table: str) -> list[str]:
    rows = await connection.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = $1 AND table_schema = 'public'",
        table,
    )
    return [row["column_name"] for row in rows]


async def _keep_seeds(connection: Any, table: str, seeds: Sequence[Any]) -> None:
    of_case = "id" if table == "cases" else "case_id"
    await connection.execute(f"CREATE TEMP TABLE seed_{table} (LIKE {table}, k int)")
    await connection.execute(
        f"INSERT INTO seed_{table} SELECT t.*, s.k - 1 FROM {table} t"
        f" JOIN unnest($1::uuid[]) WITH ORDINALITY s(id, k) ON s.id = t.{of_case}",
        seeds,
    )


async def _add(
    connection: Any,
    columns: dict[str, list[str]],
    own_of: Mapping[str, dict[str, str]],
    field: Field,
    start: int,
    numbers: list[str],
) -> None:
    last = start + len(numbers) - 1
    async with connection.transaction():
        for table, own in own_of.items():
            taken = [own.get(c, f"t.{c}").format(start=start) for c in columns[table]]
            statement = (
                f"INSERT INTO {table} ({', '.join(columns[table])})"
                f" SELECT {', '.join(taken)} FROM generate_series({start}, {last}) n"
                f" JOIN seed_{table} t ON t.k = n % {len(field.seeds)}"
            )
            more = [numbers] if "$3" in statement else []
            await connection.execute(statement, field.first_at, APART, *more)
        await connection.execute(_HEAD)


def _numbers(taken: Container[str]) -> Iterator[str]:
    """Yield case numbers with their check digits that nobody has, in no order."""
    for n in range(9_000_000):
        number = with_check(str(1_000_000 + n * _SPREAD % 9_000_000))
        if number not in taken:
            yield number
