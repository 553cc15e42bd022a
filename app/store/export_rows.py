"""What auditors take away as rows, straight from Postgres as CSV, in any number.

A row is taken under a mandate where what it tells shows that the mandate covers
it: of one that withholds its site nothing says that it is of this site.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.errors import Busy
from app.domain.mandates import Mandate
from app.statistics.measures import RUNGS
from app.statistics.model import Stage
from app.statistics.rows import COLUMNS, LAST, SENSITIVE_WORD, WITHHELD
from app.store.engine import UNREACHABLE, Store, Transaction, lock_key

Sink = Callable[[bytes], Awaitable[None]]

_BLOCK = 64
_SHOWN = 12  # bytes of a pseudonym
_STAGES = tuple(stage.value for stage in Stage)
STAGES = len(_STAGES)
# A remedy says much of what a complaint was about: it goes with the category that
# was settled, whatever it is now.
_SAYS_WHAT = f"t.category IS NOT NULL AND t.category <> '{SENSITIVE_WORD}'"

# What the list that a complaint was imported from does not say.
_UNRECORDED = "WHEN c.is_history THEN 'not recorded'"
_HIGHEST = " ".join(
    f"WHEN c.{name} THEN '{rung}'" for name, rung in reversed([*RUNGS.items()])
)
# Every column of cases.csv, in order, and how it is read.
CASES: Mapping[str, str] = {
    **{
        ("received" if column == "period" else column): (
            f"coalesce(t.{column}, '{WITHHELD}')"
        )
        for column in COLUMNS
    },
    "status": "c.outcome",
    "confirmed": "CASE WHEN c.is_unrecorded THEN '' WHEN c.outcome = 'confirmed'"
    " THEN 'yes' ELSE 'no' END",
    **{
        f"{stage}{suffix}": f"c.{stage}_{column}"
        for stage in _STAGES
        for suffix, column in (
            ("", "kept"),
            ("_hours", "hours"),
            ("_working_hours", "working"),
        )
    },
    "escalated_to": f"CASE {_HIGHEST} {_UNRECORDED} ELSE 'nobody' END",
    "brand_answer_hours": "c.brand_hours",
    "remedies": f"CASE WHEN NOT ({_SAYS_WHAT}) THEN '{WITHHELD}'"
    " WHEN t.said IS NULL THEN r.kinds ELSE t.said->>'kinds' END",
    "beneficiaries": f"CASE WHEN NOT ({_SAYS_WHAT}) THEN NULL"
    " WHEN t.said IS NULL THEN r.beneficiaries"
    " ELSE (t.said->>'beneficiaries')::bigint END",
    "reopened": f"CASE WHEN c.is_reopened THEN 'yes' {_UNRECORDED} ELSE 'no' END",
    # A yes is a complaint of reprisal, of that site: what was said is told in figures.
    "reprisal": f"CASE WHEN c.reprisal <> '' THEN 'asked' {_UNRECORDED}"
    " ELSE 'not asked' END",
    "paused_hours": f"CASE {_UNRECORDED} ELSE c.paused_hours::text END",
    "joined": "CASE WHEN c.is_part THEN 'yes' ELSE 'no' END",
    "logged_before": "CASE WHEN c.is_history THEN 'yes' ELSE 'no' END",
}
SLA = ("id", "received", "stage", "promised", "kept", "hours", "working_hours")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of these quarters, of what the mandate covers."""

    quarters: Sequence[str]
    sites: Sequence[str]  # with no country either: of everywhere
    countries: Sequence[str]
    secret: bytes  # of the mandate: makes the pseudonyms of its rows

    @classmethod
    def under(cls, mandate: Mandate, quarters: Sequence[str], secret: bytes) -> "Asked":
        return cls(tuple(quarters), mandate.sites, mandate.countries, secret)


_COVERED = (
    "t.quarter = ANY($1::text[]) AND ($2::bool OR t.site = ANY($3::text[])"
    " OR t.country = ANY($4::text[]))"
)
# A row of what became sensitive since it was settled says what it said until then.
_TOLD = """
FROM told_row t JOIN stat_case live ON live.id = t.id
CROSS JOIN LATERAL (
  SELECT live.* WHERE t.said IS NULL
  UNION ALL SELECT before.* FROM jsonb_populate_record(NULL::stat_case, t.said) before
  WHERE t.said IS NOT NULL
) c
"""
_SOURCE = f"""
{_TOLD}
LEFT JOIN (
  SELECT case_id, string_agg(DISTINCT kind, ';' ORDER BY kind) AS kinds,
    sum(beneficiaries) AS beneficiaries
  FROM stat_remedy WHERE is_done GROUP BY case_id
) r ON r.case_id = c.id
WHERE {_COVERED}
"""
# HMAC-SHA256, out of what Postgres has: its keys are blocks that are xored before.
_PSEUDONYM = (
    f"substring(sha256($6::bytea || sha256($5::bytea || uuid_send(t.id))) FOR {_SHOWN})"
)
# In the order of pseudonyms, so that no place in a file tells when a row came.
_CASES = f"""
SELECT encode(pseudonym, 'hex') AS id, {", ".join(CASES)} FROM (
  SELECT {_PSEUDONYM} AS pseudonym, {", ".join(f"{v} AS {n}" for n, v in CASES.items())}
  {_SOURCE} ORDER BY 1
) ordered
"""
_COUNTED = ", ".join(f"c.{s}_kept, c.{s}_hours, c.{s}_working" for s in _STAGES)
_STAGED = ", ".join(f"('{s}', {s}_kept, {s}_hours, {s}_working)" for s in _STAGES)
_SLA = f"""
SELECT encode(pseudonym, 'hex') AS id, received, s.stage,
  CASE WHEN s.kept IS NULL THEN 'no' ELSE 'yes' END AS promised, s.kept, s.hours,
  s.working AS working_hours
FROM (
  SELECT {_PSEUDONYM} AS pseudonym, coalesce(t.period, '{WITHHELD}') AS received,
    {_COUNTED}
  {_TOLD} WHERE {_COVERED} ORDER BY 1
) ordered
CROSS JOIN LATERAL (VALUES {_STAGED}) AS s (stage, kept, hours, working)
"""


@asynccontextmanager
async def snapshot(store: Store) -> AsyncIterator[Transaction]:
    """Open a transaction that reads one moment of everything, for any time."""
    try:
        async with (
            store.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            tx = Transaction(connection)
            await at_length(tx)
            yield tx
    except UNREACHABLE as error:
        raise Busy(type(error).__name__) from error


@asynccontextmanager
async def alone(store: Store, mandate: UUID) -> AsyncIterator[bool]:
    """Tell whether nobody else makes an export under this mandate; keep it so."""
    lock = lock_key(b"export", mandate.bytes)
    try:
        connection = await store.pool.acquire()
    except UNREACHABLE as error:
        raise Busy(type(error).__name__) from error
    is_alone = False
    try:
        is_alone = await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock)
        yield is_alone
    finally:
        if is_alone and not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", lock)
        await store.pool.release(connection)


async def at_length(tx: Transaction, *, whole_tables: bool = True) -> None:
    """Let this transaction take its time, beyond the limits of the service."""
    await tx.connection.execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB';"
        f" SET LOCAL enable_seqscan = {'on' if whole_tables else 'off'};"
        " SET LOCAL plan_cache_mode = force_custom_plan"
    )


def pseudonym(secret: bytes, id: bytes) -> str:
    """Return what a complaint is called under a mandate; as Postgres reckons it."""
    return hmac.digest(secret, id, hashlib.sha256)[:_SHOWN].hex()


async def cases(tx: Transaction, asked: Asked, sink: Sink) -> None:
    """Pour cases.csv into `sink`."""
    await _pour(tx, _CASES, asked, sink)


async def sla(tx: Transaction, asked: Asked, sink: Sink) -> None:
    """Pour sla.csv into `sink`: a line for each complaint and stage."""
    await _pour(tx, _SLA, asked, sink)


async def _pour(tx: Transaction, query: str, asked: Asked, sink: Sink) -> None:
    await tx.connection.copy_from_query(
        query,
        *_covered(asked),
        *(bytes(byte ^ pad for byte in _block(asked.secret)) for pad in (0x36, 0x5C)),
        output=sink,
        format="csv",
        header=True,
    )


async def counted(tx: Transaction, asked: Asked) -> Mapping[str, int]:
    """Return how many rows there are (blank), and of how many each column is withheld.

    Those of the whole: who is left out of a mandate for some sites is not counted.
    """
    columns = ", ".join(
        f"count(*) FILTER (WHERE t.{column} IS NULL) AS {column}" for column in COLUMNS
    )
    row = await tx.connection.fetchrow(
        f"SELECT count(*) AS rows, count(*) FILTER (WHERE level = {LAST}) AS bare,"
        " count(*) FILTER (WHERE t.period = t.quarter) AS quarter_only,"
        f" {columns} FROM told_row t WHERE {_COVERED}",
        *_covered(asked),
    )
    return dict(row)


def _covered(asked: Asked) -> tuple[Any, ...]:
    is_all = not asked.sites and not asked.countries
    return list(asked.quarters), is_all, list(asked.sites), list(asked.countries)


def _block(secret: bytes) -> bytes:
    if len(secret) > _BLOCK:
        raise ValueError(f"a secret of pseudonyms has {_BLOCK} bytes at most")
    return secret.ljust(_BLOCK, b"\0")


@dataclass(frozen=True, slots=True)
class Entered:
    """An indicator, and who entered it."""

    site: str | None
    kind: str
    period_from: date
    period_to: date
    value: int
    unit: str
    topic: str
    evidence: str
    entered_by: UUID | None
    is_history: bool


async def indicators(tx: Transaction, since: date, until: date) -> list[Entered]:
    """Return the indicators that stand of periods which touch these days."""
    rows = await tx.connection.fetch(
        "SELECT site, kind, period_from, period_to, value, unit, topic, evidence,"
        " entered_by, is_history FROM indicator WHERE withdrawn_at IS NULL"
        " AND period_to >= $1 AND period_from <= $2"
        " ORDER BY period_from, period_to, kind, topic, site NULLS FIRST, id",
        since,
        until,
    )
    return [Entered(**row) for row in rows]


async def counted_to(tx: Transaction) -> int:
    """Return the last event of the ledger that the rows know of."""
    seq: int = await tx.connection.fetchval("SELECT seq FROM stat_cursor WHERE id = 1")
    return seq
