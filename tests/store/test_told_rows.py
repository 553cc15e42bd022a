"""The statement says what the rule says, and what it settled stays."""

from collections import Counter

import pytest

from app.domain.taxonomy import COMMITTEE_ROUTES
from app.statistics.model import CaseFacts
from app.statistics.rows import COLUMNS, PERIOD, Row, generalise, prepared
from app.store.engine import Store
from app.store.told_rows import Published, as_told, days_of, settle
from tests.store.told_rows import SITES, add_sites, complaints, count

PUBLISHED = Published(1, 5)
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3")


@pytest.fixture
async def placed(store: Store) -> Store:
    await add_sites(store)
    return store


def as_row(facts: CaseFacts) -> Row:
    site = facts.site
    told: dict[str, str | None] = {
        "country": facts.country,
        "region": f"{facts.country} north" if site else None,
        "kind": "garment" if site else None,
        "tier": "1" if site else None,
        "site": site,
        PERIOD: f"{facts.received_on:%Y-%m}",
        **{
            name: getattr(facts, name)
            for name in COLUMNS
            if name not in ("country", "region", "kind", "tier", "site", PERIOD)
        },
    }
    return prepared(
        Row(facts.id, facts.quarter, told),
        is_sensitive=facts.is_sensitive,
        is_factory=facts.route in COMMITTEE_ROUTES and site is not None,
        workers=SITES.get(site) if site else None,
    )


@pytest.mark.parametrize("seed", range(6))
async def test_the_statement_is_the_rule(placed: Store, seed: int) -> None:
    facts = complaints(seed, (7, 40, 90, 200, 300, 500)[seed])
    await count(placed, facts)
    async with placed.transaction() as tx:
        await settle(tx, PUBLISHED, QUARTERS)
        rows = [row for quarter in QUARTERS for row in await as_told(tx, quarter)]
    expected = {
        each.row.id: (each.level, each.row.key)
        for each in generalise((as_row(f) for f in facts if f.is_complaint), 5)
    }
    assert {
        row["id"]: (row["level"], tuple(row[c] for c in COLUMNS)) for row in rows
    } == expected
    sizes = Counter((r["quarter"], *(r[c] for c in COLUMNS)) for r in rows)
    assert not rows or min(sizes.values()) >= 5


async def test_what_is_settled_stays_and_latecomers_wait_for_company(
    placed: Store,
) -> None:
    facts = complaints(1, 200)
    early, late = facts[:150], facts[150:]
    await count(placed, early)
    async with placed.transaction() as tx:
        await settle(tx, PUBLISHED, QUARTERS)
        before = await as_told(tx, "2025-Q1")
    await count(placed, [f for f in late if f.quarter == "2025-Q1"][:4])
    async with placed.transaction() as tx:
        assert (await settle(tx, PUBLISHED, QUARTERS)).get("2025-Q1", 0) == 0
        assert await as_told(tx, "2025-Q1") == before
    await count(placed, late)
    async with placed.transaction() as tx:
        await settle(tx, PUBLISHED, QUARTERS)
        after = await as_told(tx, "2025-Q1")
    settled = {row["id"]: row for row in before}
    assert len(after) > len(before)
    assert [row for row in after if row["id"] in settled] == before
    new = [row for row in after if row["id"] not in settled]
    assert min(Counter(tuple(r[c] for c in COLUMNS) for r in new).values()) >= 5


async def test_rows_tell_no_value_that_the_tables_of_the_year_withhold(
    placed: Store,
) -> None:
    facts = complaints(2, 2500)
    await count(placed, facts)
    cells = [
        *((("category", "WAGE"), "exact"), (("category", "HOUR"), "withheld")),
        *((("language", "bn"), "exact"), (("language", "hi"), "fewer")),
    ]
    for (by, value), told in cells:
        await placed.pool.execute(
            "INSERT INTO published_cell VALUES"
            " ('auditor', 1, '2025', $1, $2, 'complaints', 9, $3, NULL, false)",
            by,
            value,
            told,
        )
    await placed.pool.execute(
        "INSERT INTO published_cell VALUES ('auditor', 1, '2025-Q1', 'country', 'BD',"
        " 'sensitive_complaints', 9, 'exact', NULL, false)"
    )
    async with placed.transaction() as tx:
        await settle(tx, PUBLISHED, QUARTERS)
        rows = [row for quarter in QUARTERS for row in await as_told(tx, quarter)]
    assert {row["category"] for row in rows} == {"WAGE", "SENSITIVE", None}
    assert {row["language"] for row in rows} == {"bn", None}
    sensitive = [row for row in rows if row["category"] == "SENSITIVE"]
    first = {row["country"] for row in sensitive if row["quarter"] == "2025-Q1"}
    assert first <= {"BD", None}


def test_the_days_of_a_period() -> None:
    assert [str(day) for day in days_of("2025-Q1")] == ["2025-01-01", "2025-03-31"]
    assert [str(day) for day in days_of("2025-Q4")] == ["2025-10-01", "2025-12-31"]
    assert [str(day) for day in days_of("2019")] == ["2019-01-01", "2019-12-31"]
