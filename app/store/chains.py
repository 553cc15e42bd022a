"""The ledger's events, told apart into one chain for each site.

A leaf is appended to the chain of the site where its case stands now. A case
that comes to another site brings all of its earlier leaves along, and leaves
behind, in the chain where it was, what happened up to its going: each chain
can be read by itself.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.domain.merkle import NOTHING, Tip, extended, width_for
from app.store.alone import alone as held_alone
from app.store.engine import Store, Transaction, lock_key
from app.store.ledger import PROGRAMME

_BATCH = 5000
_ALONE = lock_key(b"heads", b"")

# Which chain each case with a new event belongs to; $1 the last event that is
# linked already, $2 the last one there is, $3 the case of the programme's events.
_PLACED = """
WITH fresh AS (
  SELECT DISTINCT case_id FROM ledger_event WHERE seq > $1 AND seq <= $2
), placed AS (
  SELECT f.case_id,
    CASE WHEN f.case_id = $3 THEN 'programme' WHEN c.site IS NULL THEN 'unplaced'
      ELSE 'site' END AS kind,
    c.site
  FROM fresh f LEFT JOIN cases c ON c.id = f.case_id
)
"""

_MISSING = f"""
{_PLACED}
SELECT DISTINCT p.kind, p.site FROM placed p
WHERE NOT EXISTS (SELECT FROM ledger_chain k WHERE k.kind = p.kind
  AND coalesce(k.site, '') = coalesce(p.site, ''))
ORDER BY p.kind, p.site
"""

_LINK = f"""
{_PLACED}, there AS (
  SELECT p.case_id, k.id AS chain FROM placed p JOIN ledger_chain k
  ON k.kind = p.kind AND coalesce(k.site, '') = coalesce(p.site, '')
), own AS (
  SELECT t.chain, e.seq FROM there t
  JOIN ledger_event e ON e.case_id = t.case_id AND e.seq <= $2
  WHERE (t.case_id <> $3 OR e.seq > $1) AND NOT EXISTS (
    SELECT FROM ledger_link l WHERE l.seq = e.seq AND l.chain = t.chain)
), gone AS (
  SELECT l.chain, e.seq FROM there t
  CROSS JOIN LATERAL (SELECT seq FROM ledger_event
    WHERE case_id = t.case_id AND seq <= $1
    ORDER BY case_id DESC, seq DESC LIMIT 1) before
  JOIN ledger_link l ON l.seq = before.seq
  JOIN ledger_event e ON e.case_id = t.case_id AND e.seq > $1 AND e.seq <= $2
  WHERE NOT EXISTS (
    SELECT FROM ledger_link h WHERE h.seq = before.seq AND h.chain = t.chain)
), more AS (
  SELECT chain, seq, row_number() OVER (PARTITION BY chain ORDER BY seq) AS n
  FROM (SELECT * FROM own UNION SELECT * FROM gone) added
), longest AS MATERIALIZED (
  SELECT k.id AS chain, coalesce(
    (SELECT max(n) FROM ledger_link l WHERE l.chain = k.id), 0) AS n
  FROM ledger_chain k
)
INSERT INTO ledger_link (chain, n, seq)
SELECT m.chain, longest.n + m.n, m.seq FROM more m JOIN longest USING (chain)
"""

# Where each chain stood at the newest head, and how long it is now.
_STANDING = """
SELECT k.id, k.position, coalesce(t.n, 0) AS n, coalesce(t.tip, '') AS tip,
  coalesce((SELECT max(n) FROM ledger_link l WHERE l.chain = k.id), 0) AS longest
FROM ledger_chain k LEFT JOIN LATERAL (
  SELECT n, tip FROM ledger_tip WHERE chain = k.id ORDER BY head DESC LIMIT 1
) t ON true
ORDER BY k.id
"""

_LEAVES = """
SELECT e.leaf FROM ledger_link l JOIN ledger_event e ON e.seq = l.seq
WHERE l.chain = $1 AND l.n > $2 ORDER BY l.n
"""


@asynccontextmanager
async def alone(store: Store) -> AsyncIterator[Transaction | None]:
    """Open the one transaction that may append; None where another worker has it.

    It sees one moment, taken after the lock: what it reads of the cases' places
    is of the same moment as the events.
    """
    async with held_alone(store, _ALONE) as link:
        if link is None:
            yield None
            return
        async with link.connection.transaction(isolation="repeatable_read"):
            # After a long outage there may be much to append.
            await link.connection.execute("SET LOCAL statement_timeout = 0")
            yield link


async def link_new(tx: Transaction) -> int:
    """Append every event that is in no chain yet; return the last one there is."""
    linked = await tx.connection.fetchval("SELECT max(seq) FROM ledger_link") or 0
    last: int = await tx.connection.fetchval("SELECT seq FROM ledger_head")
    if last > linked:
        bounds = (linked, last, PROGRAMME)
        missing = await tx.connection.fetch(_MISSING, *bounds)
        if missing:
            await _found(tx, missing)
        await tx.connection.execute(_LINK, *bounds)
    return last


async def _found(tx: Transaction, missing: list[Any]) -> None:
    """Begin chains, each at a place in the tree that is drawn by lot."""
    rows = await tx.connection.fetch("SELECT id, position FROM ledger_chain")
    taken = {row["position"] for row in rows}
    width = width_for(len(taken) + len(missing))
    for number, row in enumerate(missing, start=len(rows) + 1):
        position = secrets.randbelow(width)
        while position in taken:
            position = secrets.randbelow(width)
        taken.add(position)
        await tx.connection.execute(
            "INSERT INTO ledger_chain (id, kind, site, position)"
            " VALUES ($1, $2, $3, $4)",
            number,
            row["kind"],
            row["site"],
            position,
        )


async def grown(tx: Transaction, head: int) -> dict[int, Tip]:
    """Return where every chain ends now, by position; note it for this head.

    Only what was appended since the newest head is hashed.
    """
    tips: dict[int, Tip] = {}
    for row in await tx.connection.fetch(_STANDING):
        tip = Tip(row["n"], row["tip"])
        if row["longest"] > tip.n:
            tip = await _extended(tx, row["id"], tip)
            await tx.connection.execute(
                "INSERT INTO ledger_tip (chain, head, n, tip) VALUES ($1, $2, $3, $4)",
                row["id"],
                head,
                *tip,
            )
        tips[row["position"]] = tip
    return tips


async def _extended(tx: Transaction, chain: int, tip: Tip) -> Tip:
    cursor = await tx.connection.cursor(_LEAVES, chain, tip.n)
    while leaves := await cursor.fetch(_BATCH):
        tip = extended(tip, (leaf for (leaf,) in leaves))
    return tip


async def tips_by_head(tx: Transaction) -> AsyncIterator[tuple[int, int, Tip]]:
    """Yield every noted end of a chain: head, position and end, by head."""
    async for row in tx.connection.cursor(
        "SELECT t.head, k.position, t.n, t.tip FROM ledger_tip t"
        " JOIN ledger_chain k ON k.id = t.chain ORDER BY t.head, t.chain",
        prefetch=_BATCH,
    ):
        yield row["head"], row["position"], Tip(row["n"], row["tip"])


async def chain_of(tx: Transaction, site: str) -> tuple[int, int] | None:
    """Return the id and the position of a site's chain; None: it has none yet."""
    row = await tx.connection.fetchrow(
        "SELECT id, position FROM ledger_chain WHERE kind = 'site' AND site = $1", site
    )
    return (row["id"], row["position"]) if row else None


async def tip_at(tx: Transaction, chain: int, head: int) -> Tip:
    """Return where a chain ended at a head."""
    row = await tx.connection.fetchrow(
        "SELECT n, tip FROM ledger_tip WHERE chain = $1 AND head <= $2"
        " ORDER BY head DESC LIMIT 1",
        chain,
        head,
    )
    return Tip(row["n"], row["tip"]) if row else NOTHING
