"""Import complaints that were logged before Threadline; once, however often."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID, uuid5

from app.actions.import_directory import known_now
from app.directory_files.history import STRUCK, Logged, read_history
from app.domain.taxonomy import Category
from app.statistics.model import CaseFacts, Outcome, Stage, StageTime
from app.statistics.remedies import CountedRemedy
from app.store.engine import Store, Transaction
from app.store.figures.facts import put, put_remedies, remove, row_of, take
from app.store.history import keep_file, rows_of, was_imported
from app.store.programme_ledger import record

_NAMESPACE = UUID("6f1d0f5e-6b1b-5c0b-9a55-1d1e8f8f2f11")
_BATCH = 5000
_DAY = 24
_SYSTEM = "system"
_OUTCOMES: Mapping[bool | None, Outcome] = {
    True: Outcome.CONFIRMED,
    False: Outcome.DECLARED,
    None: Outcome.DECLARED,
}


@dataclass(frozen=True, slots=True)
class ImportedHistory:
    """What a file of old complaints did, or would do."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    struck: int = 0  # rows that were a mistake, and count no more

    def __add__(self, more: "ImportedHistory") -> "ImportedHistory":
        return ImportedHistory(
            self.added + more.added,
            self.changed + more.changed,
            self.unchanged + more.unchanged,
            self.struck + more.struck,
        )

    @property
    def is_change(self) -> bool:
        return bool(self.added or self.changed or self.struck)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A row as it is counted from now on; no `facts`: it was struck out."""

    id: UUID
    facts: CaseFacts | None
    remedy: CountedRemedy | None


async def import_history(
    store: Store,
    content: bytes,
    *,
    name: str,
    at: datetime,
    source: str = "",
    through: str = "service",
    by: UUID | None = None,
    is_dry_run: bool = False,
) -> ImportedHistory:
    """Count the rows of a file, whole or not at all; raise `ImportRefused` else.

    A row is known again by its source and ref: the same file changes nothing,
    a row that says something else now is counted so, and one that is missing
    from the file stays counted until a row with the outcome `struck` takes it out.
    """
    digest = hashlib.sha256(content).digest()
    async with store.transaction() as tx:
        known = await known_now(tx.connection, at, SystemRandom())
    rows = [_counted(one) for one in read_history(content, known, source=source)]
    async with store.transaction() as tx:
        await take(tx)
        done = ImportedHistory()
        for batch in _batches(rows):
            done += await _count(tx, batch, is_dry_run=is_dry_run)
        if is_dry_run or (not done.is_change and await was_imported(tx, digest)):
            return done
        who = str(by) if by is not None else through
        await keep_file(tx, digest, name=name, rows=len(rows), by=who, at=at)
        facts = {
            "sha256": digest.hex(),
            "name": name,
            "rows": len(rows),
            "added": done.added,
            "changed": done.changed,
            "struck": done.struck,
            "through": through,
        }
        actor = str(by) if by is not None else _SYSTEM
        await record(store, tx, "history.imported", facts, actor, at)
    return done


def facts_of(logged: Logged) -> CaseFacts:
    """Return a row as the statistics know it; what nobody recorded is blank."""
    is_bare = logged.outcome == "resolved"
    return CaseFacts(
        id=id_of(logged.source, logged.ref),
        received_on=logged.when.day,
        site=logged.site or None,
        country=logged.country,
        category=logged.category,
        severity=logged.severity,
        route=logged.route,
        channel=logged.channel,
        language=logged.language,
        filer=logged.filer,
        outcome=_OUTCOMES[logged.confirmed] if is_bare else Outcome(logged.outcome),
        is_info=logged.category == Category.INFO,
        is_history=True,
        is_of_year=logged.when.is_of_year,
        is_unrecorded=is_bare and logged.confirmed is None,
        stages=_stages(logged),
        rungs=frozenset({logged.rung} - {""}),
        brand_asked=logged.rung == "brand",
        affected=logged.affected,
    )


def id_of(source: str, ref: str) -> UUID:
    """Return the id by which a row is known again, whichever file it comes in."""
    return uuid5(_NAMESPACE, f"{source}\n{ref}")


def _stages(logged: Logged) -> Mapping[Stage, StageTime]:
    """Return how long it took, where both days are known; nothing was promised.

    Days are told as hours, the day that began as a whole one.
    """
    if logged.resolved_on is None or not logged.when.is_exact:
        return {}
    days = max((logged.resolved_on - logged.when.day).days, 1)
    return {Stage.RESOLVE: StageTime(hours=days * _DAY)}


def _counted(logged: Logged) -> _Counted:
    facts = facts_of(logged) if logged.outcome != STRUCK else None
    if facts is None:
        return _Counted(id_of(logged.source, logged.ref), None, None)
    remedy = logged.remedy
    return _Counted(
        facts.id,
        facts,
        CountedRemedy(
            id=uuid5(facts.id, "remedy"),
            case_id=facts.id,
            quarter=facts.quarter,
            site=facts.site,
            country=facts.country,
            kind=remedy.kind.value,
            beneficiaries=remedy.beneficiaries,
            amount=remedy.amount,
            currency=remedy.currency,
            is_done=True,
            is_history=True,
        )
        if remedy is not None
        else None,
    )


async def _count(
    tx: Transaction, rows: Sequence[_Counted], *, is_dry_run: bool
) -> ImportedHistory:
    before = await rows_of(tx, [row.id for row in rows])
    fresh = [row for row in rows if row.facts is not None and row.id not in before]
    other = [
        row
        for row in rows
        if row.facts is not None
        and row.id in before
        and not _is_as_before(row, *before[row.id])
    ]
    gone = [row.id for row in rows if row.facts is None and row.id in before]
    if not is_dry_run:
        await _keep(tx, [*fresh, *other])
        if gone:
            await remove(tx, gone)
    changed = len(fresh) + len(other) + len(gone)
    return ImportedHistory(len(fresh), len(other), len(rows) - changed, len(gone))


async def _keep(tx: Transaction, rows: Sequence[_Counted]) -> None:
    await put(tx, [row.facts for row in rows if row.facts is not None])
    await put_remedies(
        tx,
        [row.remedy for row in rows if row.remedy is not None],
        cases=[row.id for row in rows],
    )


def _is_as_before(
    row: _Counted, case: Mapping[str, Any], remedy: Mapping[str, Any]
) -> bool:
    assert row.facts is not None
    is_same = all(case[name] == value for name, value in row_of(row.facts).items())
    if row.remedy is None or not remedy:
        return is_same and row.remedy is None and not remedy
    return is_same and all(
        value == getattr(row.remedy, name) for name, value in remedy.items()
    )


def _batches(rows: Sequence[_Counted]) -> Iterable[Sequence[_Counted]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
