"""The exact sums as they stand, for the one place that makes releases of them.

Nothing here is suppressed: no page, export or interface may read it.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.statistics.measures import MEASURES
from app.store.engine import Transaction

# What is summed by a value of its own, beside the whole (blank).
SUMMED_BY = ("country", "category", "severity", "channel", "language", "filer")
SENSITIVE_BY = "sensitive"  # by country, of the sensitive categories alone
HOURS_BY = ("", "country", "severity")
BRAND = "brand"  # the stage of `Hours` that is the brands' first answer
_BATCH = 5000
_SUMS = f"""
SELECT quarter, by, value, nullif(site, '') AS site, is_factory, {", ".join(MEASURES)}
FROM stat_cell WHERE complaints > 0 OR info > 0
ORDER BY quarter, by, value, stat_cell.site, is_factory
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """The measures of the cases that share a quarter, a value and a site.

    `by` is blank for the whole, one of `SUMMED_BY`, or `SENSITIVE_BY`. Those by
    region, kind, tier and site follow from the whole ones and the directory.
    The cases of one cell are in as many rows as it has sites, twice where some
    of them are no factory's: add up.
    """

    quarter: str  # 2026-Q3; 2019 where no more than the year is known
    by: str
    value: str
    site: str | None
    is_factory: bool
    counts: tuple[int, ...]  # in the order of `MEASURES`

    def __getitem__(self, measure: str) -> int:
        return self.counts[_PLACE[measure]]


_PLACE: Mapping[str, int] = {name: place for place, name in enumerate(MEASURES)}


@dataclass(frozen=True, slots=True)
class Hours:
    """How many complaints took how many whole hours to a stage, e.g. {3: 1, 26: 2}.

    By the `clock` or `working` hours; the brands' answer by the clock alone.
    """

    quarter: str
    by: str  # one of `HOURS_BY`
    value: str
    stage: str  # a `Stage`, or `BRAND`
    unit: str
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Contacts:
    """How often the hotline was reached in a quarter, by how it went on.

    From the counter of contacts, which keeps a day and a kind and nobody.
    """

    quarter: str
    kind: str  # e.g. case, test, greeting
    count: int


@dataclass(frozen=True, slots=True)
class RemedySum:
    """The remedies of one kind, of complaints of one quarter, country and site."""

    quarter: str
    country: str
    site: str | None
    kind: str
    is_done: bool
    is_sensitive: bool
    is_history: bool
    currency: str | None
    remedies: int
    beneficiaries: int
    unsaid: int  # those of which nobody said how many it helped
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number of the programme that was entered and stands."""

    id: UUID
    kind: str
    site: str | None
    period_from: date
    period_to: date
    value: int
    unit: str
    topic: str
    evidence: str
    is_history: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """Up to which event everything is counted."""

    seq: int
    unopened: int  # cases whose events did not open


async def sums(tx: Transaction) -> AsyncIterator[Sum]:
    """Yield every sum there is, by quarter; a cursor within this transaction."""
    async for row in tx.connection.cursor(_SUMS, prefetch=_BATCH):
        quarter, by, value, site, is_factory, *counts = row
        yield Sum(quarter, by, value, site, is_factory, tuple(counts))


async def hours(tx: Transaction) -> list[Hours]:
    """Return the distribution of hours of every quarter, value and stage."""
    rows = await tx.connection.fetch(
        "SELECT quarter, by, value, stage, unit, array_agg(hours ORDER BY hours) AS h,"
        " array_agg(n ORDER BY hours) AS n FROM stat_hours WHERE n > 0"
        " GROUP BY quarter, by, value, stage, unit"
        " ORDER BY quarter, by, value, stage, unit"
    )
    return [
        Hours(
            row["quarter"],
            row["by"],
            row["value"],
            row["stage"],
            row["unit"],
            dict(zip(row["h"], row["n"], strict=True)),
        )
        for row in rows
    ]


async def contact_counts(tx: Transaction) -> list[Contacts]:
    """Return the contacts of each quarter, on the days of the line's own place."""
    rows = await tx.connection.fetch(
        "SELECT substr(day, 1, 5) || 'Q' || (substr(day, 6, 2)::int + 2) / 3"
        " AS quarter, substr(name, 9) AS kind, sum(count)::bigint AS count FROM counter"
        " WHERE name LIKE 'contact.%' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [Contacts(**row) for row in rows]


async def remedies(tx: Transaction) -> list[RemedySum]:
    """Return the remedies of complaints by kind; none of plans that were dropped."""
    rows = await tx.connection.fetch(
        "SELECT r.quarter, r.country, r.site, r.kind, r.is_done,"
        " coalesce(c.is_sensitive, false) AS is_sensitive, r.is_history, r.currency,"
        " count(*) AS remedies, coalesce(sum(r.beneficiaries), 0)::bigint"
        " AS beneficiaries, count(*) FILTER (WHERE r.beneficiaries IS NULL) AS unsaid,"
        " coalesce(sum(r.amount), 0) AS amount"
        " FROM stat_remedy r LEFT JOIN stat_case c ON c.id = r.case_id"
        " WHERE c.is_info IS NOT TRUE"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"
    )
    return [RemedySum(**row) for row in rows]


async def indicators(tx: Transaction) -> list[Indicator]:
    """Return the indicators that stand, the oldest period first."""
    rows = await tx.connection.fetch(
        "SELECT id, kind, site, period_from, period_to, value, unit, topic, evidence,"
        " is_history FROM indicator WHERE withdrawn_at IS NULL"
        " ORDER BY period_from, period_to, kind, topic, site NULLS FIRST, id"
    )
    return [Indicator(**row) for row in rows]


async def counted_to(tx: Transaction) -> Counted:
    """Return up to which event of the ledger the sums are counted."""
    row = await tx.connection.fetchrow(
        "SELECT seq, (SELECT count(*) FROM stat_difference WHERE what = 'unopened')"
        " AS unopened FROM stat_cursor WHERE id = 1"
    )
    return Counted(**row)
