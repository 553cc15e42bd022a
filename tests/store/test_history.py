"""Old complaints in the figures: counted once, changed with their row, struck out."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from app.actions.import_history import ImportedHistory, id_of, import_history
from app.directory_files.problems import ImportRefused
from app.store.engine import Store
from app.store.figures.cells import ALL, cells_of, hours_of
from app.store.ledger import verify
from tests.builders import GAZIPUR
from tests.directory.test_history import table
from tests.store.conftest import NOON

ROW = {"received": "2025-05-14", "site": GAZIPUR, "category": "WAGE"}


async def bring(store: Store, *rows: Mapping[str, str], **how: Any) -> ImportedHistory:
    content = table(*({**ROW, **row} for row in rows))
    return await import_history(store, content, name="old.csv", at=NOON, **how)


async def sums(store: Store) -> list[tuple[Any, ...]]:
    """Return every cell that there is; they must be those that the cases come to."""
    kept = []
    for table_, query in (("stat_cell", cells_of(ALL)), ("stat_hours", hours_of(ALL))):
        rows = await store.pool.fetch(f"SELECT * FROM {table_}")
        again = await store.pool.fetch(query)
        names = list(again[0].keys()) if again else []
        found = sorted(tuple(row[n] for n in names) for row in rows)
        assert found == sorted(tuple(row) for row in again)
        kept += found
    return kept


async def whole(store: Store, quarter: str) -> Mapping[str, Any]:
    row = await store.pool.fetchrow(
        "SELECT sum(complaints) AS complaints, sum(confirmed) AS confirmed,"
        " sum(declared) AS declared, sum(unrecorded) AS unrecorded,"
        " sum(history) AS history, sum(rung_head) AS head, sum(affected) AS affected"
        " FROM stat_cell WHERE by = '' AND quarter = $1",
        quarter,
    )
    return {name: value or 0 for name, value in row.items()}


async def test_each_row_counts_as_what_was_recorded_of_it(store: Store) -> None:
    done = await bring(
        store,
        {"ref": "1", "confirmed": "yes"},
        {"ref": "2", "confirmed": "no", "affected": "7"},
        {"ref": "3"},
        {"ref": "4", "outcome": "open", "escalated_to": "head"},
        {"ref": "5", "received": "2025"},
    )
    assert done == ImportedHistory(added=5)
    assert await whole(store, "2025-Q2") == {
        "complaints": 4,
        "confirmed": 1,
        "declared": 2,
        "unrecorded": 1,
        "history": 4,
        "head": 1,
        "affected": 10,
    }
    assert (await whole(store, "2025"))["complaints"] == 1
    await sums(store)


async def test_the_same_file_again_changes_nothing_and_is_told_once(
    store: Store,
) -> None:
    rows = [{"ref": str(n), "resolved_on": "2025-05-20"} for n in range(12)]
    await bring(store, *rows)
    before = await sums(store)
    assert await bring(store, *rows) == ImportedHistory(unchanged=12)
    assert await sums(store) == before
    told = "SELECT count(*) FROM ledger_event WHERE kind = 'history.imported'"
    assert await store.pool.fetchval(told) == 1
    file = await store.pool.fetchrow("SELECT * FROM history_file")
    content = table(*({**ROW, **row} for row in rows))
    assert file["sha256"] == hashlib.sha256(content).digest()
    assert (file["name"], file["rows"], file["imported_by"]) == (
        "old.csv",
        12,
        "service",
    )
    assert (await verify(store)).problems == []


async def test_a_row_that_says_something_else_now_is_counted_so(store: Store) -> None:
    await bring(store, {"ref": "1", "outcome": "open"}, {"ref": "2"})
    done = await bring(store, {"ref": "1", "confirmed": "yes"}, {"ref": "2"})
    assert done == ImportedHistory(changed=1, unchanged=1)
    counted = await whole(store, "2025-Q2")
    assert (counted["confirmed"], counted["declared"]) == (1, 1)
    await sums(store)


async def test_a_row_that_is_gone_from_the_file_stays_until_it_is_struck(
    store: Store,
) -> None:
    fixed = {"remedy_kind": "repair", "beneficiaries": "90"}
    await bring(store, {"ref": "1", **fixed}, {"ref": "2", "resolved_on": "2025-06-01"})
    assert await bring(store, {"ref": "2", "resolved_on": "2025-06-01"}) == (
        ImportedHistory(unchanged=1)
    )
    assert (await whole(store, "2025-Q2"))["complaints"] == 2
    struck = [{"ref": str(n), "outcome": "struck"} for n in (1, 2, 3)]
    assert await bring(store, *struck) == ImportedHistory(unchanged=1, struck=2)
    assert await sums(store) == []
    assert await store.pool.fetchval("SELECT count(*) FROM stat_case") == 0
    assert await store.pool.fetchval("SELECT count(*) FROM stat_remedy") == 0


async def test_two_lists_that_number_alike_are_told_apart_by_their_names(
    store: Store,
) -> None:
    await bring(store, {"ref": "1"}, source="Tiruppur")
    done = await bring(store, {"ref": "1"}, source="Dindigul")
    assert done == ImportedHistory(added=1)
    assert id_of("Tiruppur", "1") != id_of("Dindigul", "1")


async def test_a_dry_run_says_the_same_and_does_nothing(store: Store) -> None:
    await bring(store, {"ref": "1"}, {"ref": "2"})
    before = await sums(store)
    rows = [
        {"ref": "1", "outcome": "struck"},
        {"ref": "2", "outcome": "open"},
        {"ref": "3"},
    ]
    would = await bring(store, *rows, is_dry_run=True)
    assert await sums(store) == before
    assert await bring(store, *rows) == would == ImportedHistory(1, 1, 0, 1)


async def test_of_a_file_with_one_wrong_row_nothing_is_counted(store: Store) -> None:
    with pytest.raises(ImportRefused):
        await bring(store, {"ref": "1"}, {"ref": "2", "outcome": "?"})
    assert await sums(store) == []
    assert await store.pool.fetchval("SELECT count(*) FROM history_file") == 0


async def test_what_was_put_right_is_counted_in_its_complaints_cohort(
    store: Store,
) -> None:
    paid = {
        "remedy_kind": "back_pay",
        "beneficiaries": "41",
        "amount": "98400.5",
        "currency": "BDT",
    }
    await bring(store, {"ref": "1", **paid})
    row = dict(await store.pool.fetchrow("SELECT * FROM stat_remedy"))
    row.pop("id")
    assert row == {
        "case_id": id_of("", "1"),
        "quarter": "2025-Q2",
        "site": GAZIPUR,
        "country": "BD",
        "kind": "back_pay",
        "beneficiaries": 41,
        "amount": Decimal("98400.5"),
        "currency": "BDT",
        "is_done": True,
        "is_history": True,
    }
    assert await bring(store, {"ref": "1", **paid}) == ImportedHistory(unchanged=1)
    done = await bring(store, {"ref": "1", **paid, "beneficiaries": "42"})
    assert done == ImportedHistory(changed=1)
    assert await bring(store, {"ref": "1"}) == ImportedHistory(changed=1)
    assert await store.pool.fetchval("SELECT count(*) FROM stat_remedy") == 0


async def test_days_to_a_solution_are_known_where_both_days_are(store: Store) -> None:
    await bring(
        store,
        {"ref": "1", "resolved_on": "2025-05-14"},
        {"ref": "2", "resolved_on": "2025-05-21"},
        {"ref": "3", "received": "2025-05", "resolved_on": "2025-05-21"},
        {"ref": "4"},
    )
    rows = await store.pool.fetch(
        "SELECT stage, unit, hours, n FROM stat_hours WHERE by = '' ORDER BY hours"
    )
    assert [tuple(row) for row in rows] == [
        ("resolve", "clock", 24, 1),
        ("resolve", "clock", 7 * 24, 1),
    ]


@pytest.mark.parametrize("seed", [7, 19])
async def test_any_imports_in_a_row_come_to_what_the_last_ones_say(
    store: Store, seed: int
) -> None:
    """Rows come, change and are struck out; the sums are those of what stands."""
    chance = Random(seed)
    stands: dict[str, Mapping[str, str]] = {}
    for _ in range(12):
        rows = {}
        for ref in chance.sample("abcdefghij", chance.randrange(1, 7)):
            rows[ref] = {
                "ref": ref,
                "received": chance.choice(["2025-05-14", "2025-Q3", "2025", "2025-01"]),
                "outcome": chance.choice(["resolved", "open", "confirmed", "struck"]),
                "affected": chance.choice(["", "3"]),
                "category": chance.choice(["", "GBVH", "WAGE", "INFO"]),
            }
        await bring(store, *rows.values())
        stands |= rows
        await sums(store)
    left = {ref for ref, row in stands.items() if row["outcome"] != "struck"}
    ids = await store.pool.fetch("SELECT id FROM stat_case")
    assert {row["id"] for row in ids} == {id_of("", ref) for ref in left}
    cases = "SELECT coalesce(sum(cases + info), 0) FROM stat_cell WHERE by = ''"
    assert await store.pool.fetchval(cases) == len(left)
