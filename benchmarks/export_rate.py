"""How fast auditors' rows are taken away, and in how much memory."""

import asyncio
import resource
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

from app.actions.export_cases import export
from app.actions.settle_rows import settle_due
from app.domain.mandates import Mandate
from app.receipts.keys import SigningKey
from app.reports.age import new_identity
from app.store import mandates
from app.store.engine import Store
from app.store.ids import new_id

_PER_MIB = 1024  # ru_maxrss is in KiB


@dataclass(frozen=True, slots=True)
class Rate:
    """One export: how many rows, how long, how large, and what it took."""

    rows: int
    settle_seconds: float  # once for each quarter, by a worker as it is published
    seconds: float  # the export: rows, figures, workbook, signature
    bytes: int
    mib_before: float  # the most that the process had held before
    mib_after: float

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds


async def export_rate(store: Store, *, at: datetime) -> Rate:
    """Export every closed quarter that was published, of all there is.

    The auditor's release must be there, and an auditor in the directory.
    """
    mandate = await _mandate(store, at)
    folder = Path(tempfile.mkdtemp(prefix="threadline-benchmark-"))
    settling = perf_counter()
    await settle_due(store)
    begun, before = perf_counter(), _held()
    try:
        made = await export(
            store,
            mandate.id,
            since=None,
            until=None,
            to=folder / "export",
            key=SigningKey(bytes(32)),
            by=None,
            through="benchmark",
            at=at,
        )
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)
    seconds = perf_counter() - begun
    return Rate(made.rows, begun - settling, seconds, made.bytes, before, _held())


def _held() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _PER_MIB


async def _mandate(store: Store, at: datetime) -> Mandate:
    directory = await store.directory()
    person = next(p for p in directory.people if p.role == "auditor")
    mandate = Mandate(
        id=new_id(at),
        auditor=person.email,
        person_id=person.id,
        sites=(),
        countries=(),
        since=date.min,
        until=date.max,
        purpose="benchmark",
        recipient=new_identity()[1],
        recorded_by="benchmark",
        at=at,
    )
    async with store.transaction() as tx:
        await mandates.add(tx, mandate)
    return mandate
