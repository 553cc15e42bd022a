"""What was published: the only figures that pages, exports and charts may read."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.statistics.model import Cell, Told
from app.store.engine import Transaction, lock_key

_CELL = ("period", "by", "value", "figure", "number", "told", "as_of", "has_history")
_NAMED = ", ".join(_CELL)
# The audience of what nobody reads: the sums that each release was made of.
EXACT = "exact"
# The audience of the marks that say: all of a release is drawn.
DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Header:
    """A release without its cells: what the method box says of it."""

    number: int
    audience: str  # an `Audience`, or `brand:SLUG`
    as_of: datetime
    last_seq: int  # the last event of the ledger that is counted in it
    definitions: str
    threshold: int
    sha256: bytes  # over `canonical` of its cells
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A chart or a report that was drawn of a release."""

    name: str
    language: str
    kind: str  # a media type
    content: bytes


def for_brand(slug: str) -> str:
    """Return the audience that is one brand."""
    return f"brand:{slug}"


def rows_of(cells: Iterable[Cell]) -> list[list[Any]]:
    """Return the cells in the order and the form in which a digest is made of them."""
    return [
        [
            cell.period,
            cell.by,
            cell.value,
            cell.figure,
            _plain(cell.number),
            cell.told.value,
            cell.as_of.isoformat() if cell.as_of else None,
            cell.has_history,
        ]
        for cell in sorted(cells, key=lambda c: (c.period, c.by, c.value, c.figure))
    ]


def canonical(cells: Iterable[Cell]) -> bytes:
    """Return the cells as the bytes whose digest a release and the ledger keep."""
    rows = rows_of(cells)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(number: float | None) -> float | int | None:
    """Return a whole number as one, however it was held."""
    return number if number is None or number % 1 else int(number)


def digest(cells: Iterable[Cell]) -> bytes:
    return hashlib.sha256(canonical(cells)).digest()


async def latest(tx: Transaction, audience: str) -> Header | None:
    """Return the newest release for an audience; None before the first."""
    row = await tx.connection.fetchrow(
        "SELECT * FROM release WHERE audience = $1 ORDER BY number DESC LIMIT 1",
        audience,
    )
    return None if row is None else _header(row)


async def release(tx: Transaction, number: int, audience: str) -> Header | None:
    row = await tx.connection.fetchrow(
        "SELECT * FROM release WHERE number = $1 AND audience = $2", number, audience
    )
    return None if row is None else _header(row)


async def releases(tx: Transaction, *, audience: str | None = None) -> list[Header]:
    """Return every release, the newest first; of one audience, or of all."""
    rows = await tx.connection.fetch(
        "SELECT * FROM release WHERE $1::text IS NULL OR audience = $1"
        " ORDER BY number DESC, audience",
        audience,
    )
    return [_header(row) for row in rows]


async def cells(
    tx: Transaction,
    *,
    audience: str,
    number: int | None = None,
    periods: Sequence[str] | None = None,
    by: Sequence[str] | None = None,
    values: Sequence[str] | None = None,
    figures: Sequence[str] | None = None,
) -> list[Cell]:
    """Return the cells of a release, the newest where no `number` is given.

    Each release is whole: it holds every closed period, also those that still
    say what an earlier release said. An argument that is None leaves all in.
    """
    given = {"period": periods, "by": by, "value": values, "figure": figures}
    asked = {name: found for name, found in given.items() if found is not None}
    # What is not asked must not stand there: the key's index would not be used.
    where = "".join(f" AND {name} = ANY(${n})" for n, name in enumerate(asked, start=3))
    rows = await tx.connection.fetch(
        f"SELECT {_NAMED} FROM published_cell WHERE audience = $1"
        " AND release = coalesce($2,"
        " (SELECT max(number) FROM release WHERE audience = $1))"
        f"{where} ORDER BY period, by, value, figure",
        audience,
        number,
        *asked.values(),
    )
    return [_cell(row) for row in rows]


async def differing(
    tx: Transaction, *, audience: str, earlier: int, later: int, periods: Sequence[str]
) -> tuple[list[Cell], list[Cell]]:
    """Return those cells of two releases that do not say alike, in these periods.

    First how the earlier one has them, then the later one; a cell may be in one only.
    """
    own = f"SELECT {_NAMED} FROM published_cell WHERE audience = $1 AND release ="
    # Only an exact cell says its number: see `app.statistics.compare`.
    rows = await tx.connection.fetch(
        f"""
        SELECT b.period IS NOT NULL AS is_before, a.period IS NOT NULL AS is_after,
          {", ".join(f"b.{name} AS b_{name}, a.{name} AS a_{name}" for name in _CELL)}
        FROM ({own} $2 AND period = ANY($4)) b
        FULL JOIN ({own} $3 AND period = ANY($4)) a USING (period, by, value, figure)
        WHERE b.told IS DISTINCT FROM a.told
          OR (b.told = $5 AND b.number IS DISTINCT FROM a.number)
        """,
        audience,
        earlier,
        later,
        list(periods),
        Told.EXACT.value,
    )
    before = [_cell(_side(row, "b")) for row in rows if row["is_before"]]
    after = [_cell(_side(row, "a")) for row in rows if row["is_after"]]
    return before, after


def _side(row: Any, side: str) -> dict[str, Any]:
    return {name: row[f"{side}_{name}"] for name in _CELL}


async def periods_of(tx: Transaction, number: int, audience: str) -> list[str]:
    """Return every period of which a release has any cell."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT period FROM published_cell"
        " WHERE audience = $1 AND release = $2 ORDER BY period",
        audience,
        number,
    )
    return [row["period"] for row in rows]


async def periods(tx: Transaction, audience: str) -> list[str]:
    """Return the periods of the newest release, the newest first."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT period FROM published_cell WHERE audience = $1"
        " AND by = '' AND value = '' AND figure = 'complaints'"
        " AND release = (SELECT max(number) FROM release WHERE audience = $1)"
        " ORDER BY period DESC",
        audience,
    )
    return [row["period"] for row in rows]


async def file(
    tx: Transaction, *, audience: str, name: str, language: str, number: int
) -> Kept | None:
    row = await tx.connection.fetchrow(
        "SELECT name, language, kind, content FROM release_file"
        " WHERE release = $1 AND audience = $2 AND name = $3 AND language = $4",
        number,
        audience,
        name,
        language,
    )
    return None if row is None else Kept(**row)


async def take(tx: Transaction) -> None:
    """Be the one who publishes until this transaction ends."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock($1)", lock_key(b"figures", b"publish")
    )


async def next_number(tx: Transaction) -> int:
    number: int = await tx.connection.fetchval(
        "SELECT coalesce(max(number), 0) + 1 FROM release"
    )
    return number


async def write(
    tx: Transaction, header: Header, told: Sequence[Cell], *, at: datetime
) -> None:
    """Keep a release with all its cells; nothing that was published is touched."""
    await tx.connection.execute(
        "INSERT INTO release (number, audience, as_of, last_seq, definitions,"
        " threshold, sha256, detail, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)",
        header.number,
        header.audience,
        header.as_of,
        header.last_seq,
        header.definitions,
        header.threshold,
        header.sha256,
        json.dumps(dict(header.detail), ensure_ascii=False),
        at,
    )
    await tx.connection.copy_records_to_table(
        "published_cell",
        columns=("audience", "release", *_CELL),
        records=[
            (
                header.audience,
                header.number,
                cell.period,
                cell.by,
                cell.value,
                cell.figure,
                cell.number,
                cell.told.value,
                cell.as_of,
                cell.has_history,
            )
            for cell in told
        ],
    )


async def keep_files(
    tx: Transaction, *, number: int, audience: str, files: Iterable[Kept]
) -> None:
    await tx.connection.executemany(
        "INSERT INTO release_file (release, audience, name, language, kind, content)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        [
            (number, audience, one.name, one.language, one.kind, one.content)
            for one in files
        ],
    )


async def has_file(
    tx: Transaction, *, audience: str, name: str, language: str, number: int
) -> bool:
    found: bool = await tx.connection.fetchval(
        "SELECT EXISTS (SELECT FROM release_file"
        " WHERE release = $1 AND audience = $2 AND name = $3 AND language = $4)",
        number,
        audience,
        name,
        language,
    )
    return found


async def file_names(
    tx: Transaction, number: int, audience: str
) -> set[tuple[str, str]]:
    """Return what was drawn of a release so far: names, each with its language."""
    rows = await tx.connection.fetch(
        "SELECT name, language FROM release_file WHERE release = $1 AND audience = $2",
        number,
        audience,
    )
    return {(row["name"], row["language"]) for row in rows}


async def mark_drawn(tx: Transaction, number: int, audience: str) -> None:
    """Note that everything is drawn that is to be drawn of a release."""
    mark = Kept(audience, "", "text/plain", b"")
    await keep_files(tx, number=number, audience=DRAWN, files=[mark])


async def is_drawn(tx: Transaction, number: int, audience: str) -> bool:
    """Tell whether everything is drawn that is to be drawn of a release."""
    return await has_file(tx, audience=DRAWN, name=audience, language="", number=number)


async def brands_told(tx: Transaction) -> list[str]:
    """Return the audiences that are brands."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT audience FROM release WHERE starts_with(audience, 'brand:')"
        " ORDER BY audience"
    )
    return [row["audience"] for row in rows]


async def keep_state(tx: Transaction, number: int, year: str, state: bytes) -> None:
    """Keep the sums of a year as they were; read by the next release and nobody."""
    kept = Kept(year, "", "application/zlib", state)
    await keep_files(tx, number=number, audience=EXACT, files=[kept])


async def states(tx: Transaction) -> list[tuple[str, bytes]]:
    """Return the years with their sums as they were kept, the oldest first."""
    rows = await tx.connection.fetch(
        "SELECT name, content FROM release_file WHERE audience = $1"
        " ORDER BY release, name",
        EXACT,
    )
    return [(row["name"], bytes(row["content"])) for row in rows]


def _header(row: Any) -> Header:
    return Header(
        number=row["number"],
        audience=row["audience"],
        as_of=row["as_of"],
        last_seq=row["last_seq"],
        definitions=row["definitions"],
        threshold=row["threshold"],
        sha256=bytes(row["sha256"]),
        detail=json.loads(row["detail"]),
    )


def _cell(row: Any) -> Cell:
    return Cell(
        row["period"],
        row["by"],
        row["value"],
        row["figure"],
        row["number"],
        Told(row["told"]),
        row["as_of"],
        row["has_history"],
    )
