"""How many cases of one kind a site has had of late, and whether it was told."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.store.engine import Transaction, lock_key


class Kind(NamedTuple):
    """One kind of case at one site, opened after a time."""

    site: str
    category: str
    since: datetime


async def count_untold(
    tx: Transaction, kinds: Iterable[tuple[Kind, int]]
) -> dict[Kind, int]:
    """Return those of which there are as many as named, and nobody was told since.

    They are locked before the last look: of two sweeps that come upon the same
    cluster at the same moment, one tells of it.
    """
    least = dict(kinds)
    found = await _count(tx, least)
    if not found:
        return {}
    keys = {lock_key(b"cluster", f"{k.site}:{k.category}".encode()) for k in found}
    await tx.connection.fetch(
        "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k", sorted(keys)
    )
    return await _count(tx, {kind: least[kind] for kind in found})


async def _count(tx: Transaction, least: dict[Kind, int]) -> dict[Kind, int]:
    if not least:
        return {}
    rows = await tx.connection.fetch(
        """
        SELECT site, category, since, (
          SELECT count(*) FROM cases c WHERE c.site = w.site
          AND c.category = w.category AND c.opened_at > w.since
        ) AS cases
        FROM unnest($1::text[], $2::text[], $3::timestamptz[])
          AS w(site, category, since)
        WHERE NOT EXISTS (
          SELECT FROM escalation e WHERE e.site = w.site AND e.clock = w.category
          AND e.reason = 'cluster' AND e.at > w.since
        )
        """,
        [kind.site for kind in least],
        [kind.category for kind in least],
        [kind.since for kind in least],
    )
    counted = {Kind(r["site"], r["category"], r["since"]): r["cases"] for r in rows}
    return {kind: cases for kind, cases in counted.items() if cases >= least[kind]}
