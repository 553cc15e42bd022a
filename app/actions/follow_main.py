"""What becomes of the cases that are joined to one when that one changes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.domain.case import CaseFile
from app.domain.commands import Command, Join
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.domain.joining import concerns_parts, follow
from app.store.cases import hold, load, record
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.mapping import CASE_COLUMNS


async def named_by(store: Store, tx: Transaction, command: Command) -> CaseFile | None:
    """Return the other case that a command names, under its lock.

    None also where there is none of that number: the rules say so in the same
    words as of one that is not this person's.
    """
    if not isinstance(command, Join):
        return None
    try:
        return (await load(store, tx, command.into)).file
    except NotFound:
        return None


async def main_of(store: Store, tx: Transaction, case: CaseFile) -> CaseFile | None:
    """Return the case that this one is a part of, as it stands, without a lock."""
    rows = await tx.connection.fetch(
        f"SELECT {CASE_COLUMNS} FROM cases WHERE id = $1", case.joined_to
    )
    return next((held.file for held in await hold(store, tx, rows)), None)


async def count_parts(tx: Transaction, case_id: UUID) -> int:
    """Return how many cases that are not over are joined to this one."""
    count: int = await tx.connection.fetchval(
        "SELECT count(*) FROM cases WHERE joined_to = $1 AND closed_at IS NULL", case_id
    )
    return count


async def lock_parts(
    tx: Transaction, mains: Sequence[UUID]
) -> tuple[set[UUID], set[UUID]]:
    """Lock the parts of cases that are locked; never wait for one.

    Return which of the cases have parts, and of which one is in other hands. None
    is joined meanwhile: that needs the lock of its main case.
    """
    parts = await tx.connection.fetch(
        "SELECT id, joined_to FROM cases WHERE joined_to = ANY($1)", mains
    )
    if not parts:
        return set(), set()
    rows = await tx.connection.fetch(
        "SELECT id FROM cases WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED",
        [part["id"] for part in parts],
    )
    locked = {row["id"] for row in rows}
    busy = {part["joined_to"] for part in parts if part["id"] not in locked}
    return {part["joined_to"] for part in parts}, busy


async def follow_main(
    store: Store,
    tx: Transaction,
    before: CaseFile,
    after: CaseFile,
    directory: Directory,
    *,
    at: datetime,
) -> None:
    """Let the parts of a case come to what it came to, in its transaction.

    Each is locked after the main case, written as a decision of its own, and its
    worker is asked for herself.
    """
    if not concerns_parts(before, after):
        return
    rows = await tx.connection.fetch(
        f"SELECT {CASE_COLUMNS} FROM cases WHERE joined_to = $1 ORDER BY id FOR UPDATE",
        after.id,
    )
    changes = Changes()
    for held in await hold(store, tx, rows):
        decision = follow(held.file, before, after, directory, at)
        if decision is not None:
            record(changes, held, decision, at=at)
    await changes.flush(tx)
