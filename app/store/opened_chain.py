"""One site's chain with its events opened, case by case, and what was told of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.ledger import Fact
from app.store.engine import Store, Transaction
from app.store.ledger import open_facts
from app.store.sealing import CannotOpen

_PAGE = 100  # cases whose events are in memory at a time
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Link:
    """One event of a case; `n` its place in the chain, None: it is not in it."""

    n: int | None
    seq: int
    at: datetime
    kind: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """All events of a case that has some in the chain; none: nobody opens it."""

    id: UUID
    first: int  # the place of its first event in the chain
    links: Sequence[Link] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Published:
    """A number that was published of the site, and up to which event it counts."""

    audience: str
    release: int
    period: str
    figure: str
    number: float | None
    told: str
    as_of: datetime | None
    last_seq: int
    has_history: bool


async def leaves(tx: Transaction, chain: int, length: int) -> AsyncIterator[bytes]:
    """Yield the leaves of a chain, the first `length` of them."""
    async for row in tx.connection.cursor(
        "SELECT e.leaf FROM ledger_link l JOIN ledger_event e ON e.seq = l.seq"
        " WHERE l.chain = $1 AND l.n <= $2 ORDER BY l.n",
        chain,
        length,
        prefetch=_BATCH,
    ):
        yield row["leaf"]


async def cases_in(
    store: Store, tx: Transaction, chain: int, length: int
) -> AsyncIterator[CaseLinks]:
    """Yield every case with an event in the chain, in order of their first ones."""
    page: dict[UUID, int] = {}
    async for row in tx.connection.cursor(
        "SELECT e.case_id, min(l.n) AS first FROM ledger_link l"
        " JOIN ledger_event e ON e.seq = l.seq WHERE l.chain = $1 AND l.n <= $2"
        " GROUP BY e.case_id ORDER BY first",
        chain,
        length,
        prefetch=_PAGE,
    ):
        page[row["case_id"]] = row["first"]
        if len(page) == _PAGE:
            for case in await _opened(store, tx, chain, length, page):
                yield case
            page = {}
    for case in await _opened(store, tx, chain, length, page):
        yield case


async def _opened(
    store: Store, tx: Transaction, chain: int, length: int, page: dict[UUID, int]
) -> list[CaseLinks]:
    keys = await tx.connection.fetch(
        "SELECT id, data_key FROM cases WHERE id = ANY($1) AND data_key IS NOT NULL",
        list(page),
    )
    rows = await tx.connection.fetch(
        "SELECT e.seq, e.case_id, e.at, e.kind, e.sealed, l.n FROM ledger_event e"
        " LEFT JOIN ledger_link l ON l.seq = e.seq AND l.chain = $2 AND l.n <= $3"
        " WHERE e.case_id = ANY($1) ORDER BY e.seq",
        [row["id"] for row in keys],
        chain,
        length,
    )
    sealed: dict[UUID, list[Any]] = {}
    for row in rows:
        sealed.setdefault(row["case_id"], []).append(row)
    found: dict[UUID, list[Link]] = {}
    for row in keys:
        try:
            key = store.keyring.unwrap(row["data_key"], row["id"])
            found[row["id"]] = [
                Link(
                    n=each["n"],
                    seq=each["seq"],
                    at=each["at"],
                    kind=each["kind"],
                    facts=open_facts(each["sealed"], row["id"], key),
                )
                for each in sealed.get(row["id"], ())
            ]
        except (CannotOpen, ValueError):
            continue
    return [
        CaseLinks(case_id, first, found.get(case_id, ()))
        for case_id, first in page.items()
    ]


async def counted_at(tx: Transaction, site: str, ids: Sequence[UUID]) -> list[str]:
    """Return the quarters in which some of these cases count for the site."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT quarter FROM stat_case"
        " WHERE id = ANY($1) AND site = $2 AND is_factory",
        list(ids),
        site,
    )
    return [row["quarter"] for row in rows]


async def published(tx: Transaction, site: str, last_seq: int) -> list[Published]:
    """Return what was published of a site by the releases up to an event.

    A number that a later release left standing counts up to the event of the
    release that reckoned it.
    """
    rows = await tx.connection.fetch(
        """
        SELECT c.audience, c.release, c.period, c.figure, c.number, c.told, c.as_of,
          coalesce(o.last_seq, r.last_seq) AS last_seq, c.has_history
        FROM published_cell c
        JOIN release r ON r.audience = c.audience AND r.number = c.release
        LEFT JOIN LATERAL (SELECT last_seq FROM release b
          WHERE b.audience = c.audience AND b.as_of = c.as_of
          ORDER BY b.number LIMIT 1) o ON true
        WHERE c.by = 'site' AND c.value = $1 AND r.last_seq <= $2
        AND c.audience IN ('public', 'auditor')
        ORDER BY c.audience, c.release, c.period, c.figure
        """,
        site,
        last_seq,
    )
    return [Published(**row) for row in rows]


async def policies(tx: Transaction) -> dict[str, str]:
    rows = await tx.connection.fetch(
        "SELECT version, toml FROM policy_version ORDER BY version"
    )
    return {row["version"]: row["toml"] for row in rows}
