"""Take away, under a mandate, the rows and figures that auditors may have.

Rows are of closed quarters alone, as far as they were settled to be told, and
leave only encrypted to the mandate's key; nothing plain of them touches a disk.
An export stands in the ledger before its files are in their place.
"""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from app.actions.export_scope import Scope, about, said_of, scope_of, withheld_of
from app.actions.settle_rows import settle_rows
from app.actions.zipped import zipped
from app.domain.directory import Directory
from app.domain.errors import BadInput, Refused
from app.domain.mandates import within
from app.receipts.keys import SigningKey
from app.receipts.manifest import File, file_of, write_manifest
from app.reports import export_tables as tables
from app.reports.age import Digest, Sealed
from app.reports.export_workbook import Book, write_workbook
from app.statistics import definitions
from app.statistics.model import SMALLEST_UNIT, Audience, Cell
from app.store import export_rows, mandates, programme_ledger, releases
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.mandates import ExportMade
from app.store.told_rows import unsettled

log = structlog.get_logger()

KIND = "rows"
Progress = Callable[[str, int, int], None]  # of which file, done, of how many

_TITLE = "Threadline: figures for auditors"
_ONE_AT_A_TIME = (
    "An export under this mandate is being made just now. Wait until it is there, and"
    " ask again if you need another one."
)
_THERE = "{path} is there already: name a folder that is not."


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was made: its manifest, and how much it is."""

    id: UUID
    manifest: Mapping[str, Any]
    sha256: str  # of the manifest
    rows: int
    bytes: int


async def export(
    store: Store,
    mandate_id: UUID,
    *,
    since: date | None,
    until: date | None,
    to: Path,
    key: SigningKey,
    by: UUID | None,
    through: str,
    at: datetime,
    on_progress: Progress = lambda _name, _done, _count: None,
) -> Exported:
    """Make an export in the folder `to`, which must not be there yet.

    It is made beside, written down in the ledger, and then put in its place.
    Under a mandate one is made at a time; raise `Refused` where another is.
    """
    scope = await scope_of(store, mandate_id, since=since, until=until, at=at)
    async with export_rows.alone(store, mandate_id) as is_alone:
        if not is_alone:
            raise Refused(_ONE_AT_A_TIME)
        beside = await asyncio.to_thread(_beside, to)
        try:
            made = await _make(store, scope, beside, key, at, on_progress)
            await _write_down(store, scope, made, by=by, through=through, at=at)
            await asyncio.to_thread(beside.rename, to)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    log.info("export.made", count=made.rows)
    return made


def _beside(to: Path) -> Path:
    """Make the folder in which an export is made before it is in its place."""
    if to.exists():
        raise BadInput(_THERE.format(path=to))
    to.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))


async def stream(
    store: Store,
    mandate_id: UUID,
    *,
    since: date | None,
    until: date | None,
    key: SigningKey,
    by: UUID | None,
    through: str,
    at: datetime,
) -> tuple[str, AsyncIterator[bytes]]:
    """Return the name of a zip of an export, and its bytes as they are asked for.

    Whatever refuses it does so here; not a byte leaves before it is in the ledger.
    """
    folder = Path(tempfile.mkdtemp(prefix="threadline-export-"))
    try:
        made = await export(
            store,
            mandate_id,
            since=since,
            until=until,
            to=folder / "export",
            key=key,
            by=by,
            through=through,
            at=at,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"threadline-export-{at:%Y-%m-%d}-{str(made.id)[-6:]}"
    return f"{name}.zip", _away(folder, name)


async def _away(folder: Path, name: str) -> AsyncIterator[bytes]:
    try:
        async for chunk in zipped(folder / "export", name):
            yield chunk
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _make(
    store: Store,
    scope: Scope,
    folder: Path,
    key: SigningKey,
    at: datetime,
    on_progress: Progress,
) -> Exported:
    async with export_rows.snapshot(store) as tx:
        late = await unsettled(tx, scope.quarters)
    await settle_rows(
        store,
        scope.release,
        late,
        on_progress=lambda done, count: on_progress("settling", done, count),
    )
    secret = store.keyring.export_secret(scope.mandate.id)
    asked = export_rows.Asked.under(scope.mandate, scope.quarters, secret)
    directory = await store.directory()
    async with export_rows.snapshot(store) as tx:
        counted = await export_rows.counted(tx, asked)
        rows = counted["rows"]
        files = {
            "cases.csv.age": await _sealed(
                tx,
                export_rows.cases,
                asked,
                scope,
                folder / "cases.csv.age",
                rows,
                on_progress,
            ),
            "sla.csv.age": await _sealed(
                tx,
                export_rows.sla,
                asked,
                scope,
                folder / "sla.csv.age",
                rows * export_rows.STAGES,
                on_progress,
            ),
        }
        cells = await _cells(tx, scope)
        files |= await _open_files(tx, scope, directory, cells, folder)
        said = {
            **said_of(scope, at),
            "last_seq": await export_rows.counted_to(tx),
            "withheld": withheld_of(counted),
            "waiting": bool(await unsettled(tx, scope.quarters)),
        }
    book = Book(_TITLE, about(said), scope.release.threshold)
    workbook = folder / "workbook.xlsx"
    await asyncio.to_thread(write_workbook, workbook, book, cells)
    files[workbook.name] = file_of(workbook)
    body = await asyncio.to_thread(write_manifest, folder, files, said, key)
    digest = file_of(folder / "manifest.json").sha256
    return Exported(
        new_id(at),
        json.loads(body),
        digest,
        rows,
        sum(file.bytes for file in files.values()),
    )


async def _sealed(
    tx: Transaction,
    pour: Callable[[Transaction, export_rows.Asked, export_rows.Sink], Any],
    asked: export_rows.Asked,
    scope: Scope,
    path: Path,
    rows: int,
    on_progress: Progress,
) -> File:
    """Pour rows into an encrypted file; none of them is ever plain on a disk."""
    sealed = Sealed(path, scope.mandate.recipient)
    lines = 0

    async def sink(data: bytes) -> None:
        nonlocal lines
        lines += data.count(b"\n")
        await asyncio.to_thread(sealed.write, data)
        on_progress(path.name, max(lines - 1, 0), rows)

    try:
        await pour(tx, asked, sink)
        digest: Digest = await asyncio.to_thread(sealed.close)
    except BaseException:
        await asyncio.to_thread(sealed.abandon)
        raise
    return File(
        digest.sha256,
        digest.size,
        max(lines - 1, 0),
        digest.plain_sha256,
        digest.plain_size,
    )


async def _cells(tx: Transaction, scope: Scope) -> list[Cell]:
    """Return the auditors' release: under a mandate all of it, as the rooms show it."""
    return await releases.cells(
        tx,
        audience=Audience.AUDITOR,
        number=scope.release.number,
        periods=scope.quarters,
    )


async def _open_files(
    tx: Transaction,
    scope: Scope,
    directory: Directory,
    cells: Sequence[Cell],
    folder: Path,
) -> dict[str, File]:
    """Write what needs no encryption: figures, indicators and definitions."""
    entered = await export_rows.indicators(tx, scope.since, scope.until)
    written: Mapping[str, tuple[bytes, int | None]] = {
        "figures.csv": (
            tables.table(tables.FIGURES, tables.figures(cells)),
            len(cells),
        ),
        **_indicators(scope, directory, entered),
        "definitions.json": (
            json.dumps(definitions.as_json(), ensure_ascii=False, indent=2).encode(),
            None,
        ),
    }
    files = {}
    for name, (content, rows) in written.items():
        (folder / name).write_bytes(content)
        files[name] = file_of(folder / name, rows)
    return files


def _indicators(
    scope: Scope, directory: Directory, entered: Sequence[export_rows.Entered]
) -> Mapping[str, tuple[bytes, int]]:
    covered = within(scope.mandate, directory)
    rows = []
    for one in entered:
        if one.site is None and not scope.mandate.is_of_programme:
            continue
        if one.site is not None and one.site not in covered:
            continue
        site = directory.sites.get(one.site) if one.site else None
        place = tables.place(
            one.site,
            value=one.value,
            workers=site.workers if site else None,
            k=scope.release.threshold,
            most=SMALLEST_UNIT,
        )
        person = directory.person(one.entered_by) if one.entered_by else None
        rows.append(
            (
                place,
                one.kind,
                one.topic,
                one.period_from,
                one.period_to,
                one.value,
                one.unit,
                one.evidence,
                person.role.value if person else "import",
                tables.yes(one.is_history),
            )
        )
    return {"indicators.csv": (tables.table(tables.INDICATORS, rows), len(rows))}


async def _write_down(
    store: Store,
    scope: Scope,
    made: Exported,
    *,
    by: UUID | None,
    through: str,
    at: datetime,
) -> None:
    facts = {
        "export": str(made.id),
        "kind": KIND,
        "mandate": str(scope.mandate.id),
        "rows": made.rows,
        "bytes": made.bytes,
        "sha256": made.sha256,
        "release": scope.release.number,
        "quarters": list(scope.quarters),
        "through": through,
    }
    async with store.transaction() as tx:
        await mandates.made(
            tx,
            ExportMade(
                id=made.id,
                mandate_id=scope.mandate.id,
                kind=KIND,
                at=at,
                rows=made.rows,
                bytes=made.bytes,
                sha256=bytes.fromhex(made.sha256),
                by=str(by) if by else through,
            ),
        )
        actor = str(by) if by else "system"
        await programme_ledger.record(store, tx, "export.made", facts, actor, at)
