"""The sums that are kept: as if everything were counted anew, whatever happened."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.statistics.measures import MEASURES, contribution, is_factory, taken
from app.statistics.model import CaseFacts, Stage
from app.store.engine import Store
from app.store.figures import compare, facts
from app.store.figures.reading import BRAND, SUMMED_BY, hours, sums
from app.store.rows.figures import stat_cell
from tests.store.conftest import IS_WHOLE
from tests.store.counted import some_case

Cells = dict[tuple[Any, ...], tuple[int, ...]]
HISTORIES = range(200 if IS_WHOLE else 8)


def brute_cells(cases: Iterable[CaseFacts]) -> Cells:
    """Count as one would on paper: each case, in each cell that it is in."""
    cells: Cells = {}
    for case in cases:
        values = [("", ""), *((by, getattr(case, by)) for by in SUMMED_BY)]
        if case.is_sensitive:
            values.append(("sensitive", case.country))
        for by, value in values:
            key = (case.quarter, by, value, case.site, is_factory(case))
            added = zip(
                cells.get(key, [0] * len(MEASURES)), contribution(case), strict=True
            )
            cells[key] = tuple(a + b for a, b in added)
    return {key: counts for key, counts in cells.items() if any(counts)}


def brute_hours(cases: Iterable[CaseFacts]) -> dict[tuple[str, ...], dict[int, int]]:
    found: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
    for case in cases:
        for stage, unit in _TAKEN:
            value = taken(case, stage, unit)
            if value is None:
                continue
            for by, named in (
                ("", ""),
                ("country", case.country),
                ("severity", case.severity),
            ):
                found[case.quarter, by, named, stage, unit][value] += 1
    return {key: dict(counts) for key, counts in found.items()}


_TAKEN = [
    *((stage.value, unit) for stage in Stage for unit in ("clock", "working")),
    (BRAND, "clock"),
]


async def held_cells(store: Store) -> Cells:
    async with store.transaction() as tx:
        return {
            (one.quarter, one.by, one.value, one.site, one.is_factory): one.counts
            async for one in sums(tx)
        }


async def held_hours(store: Store) -> Mapping[tuple[str, ...], Mapping[int, int]]:
    async with store.transaction() as tx:
        return {
            (one.quarter, one.by, one.value, one.stage, one.unit): one.counts
            for one in await hours(tx)
        }


def a_life(chance: random.Random, count: int) -> list[CaseFacts]:
    """Return cases as they are told one after the other, some several times."""
    told = [some_case(chance) for _ in range(count)]
    for before in list(told):
        for _ in range(chance.randrange(3)):
            told.append(replace(some_case(chance), id=before.id))
    chance.shuffle(told)
    return told


def latest(told: Iterable[CaseFacts]) -> Sequence[CaseFacts]:
    return list({case.id: case for case in told}.values())


def test_the_columns_are_the_measures() -> None:
    assert tuple(stat_cell.columns.keys())[5:] == MEASURES


@pytest.mark.parametrize("seed", HISTORIES)
async def test_what_is_added_up_bit_by_bit_is_what_one_counts_on_paper(
    store: Store, seed: int
) -> None:
    chance = random.Random(seed)
    told = a_life(chance, 120)
    waiting = list(told)
    while waiting:
        size = chance.randint(1, 60)
        batch, waiting = waiting[:size], waiting[size:]
        async with store.transaction() as tx:
            await facts.put(tx, batch)
    assert await held_cells(store) == brute_cells(latest(told))
    assert await held_hours(store) == brute_hours(latest(told))
    async with store.transaction() as tx:
        for quarter in await compare.quarters(tx):
            assert await compare.compare_quarter(tx, quarter) == []
            await compare.recount(tx, quarter)
    assert await held_cells(store) == brute_cells(latest(told))
    assert await held_hours(store) == brute_hours(latest(told))


async def test_what_is_counted_no_more_leaves_nothing_behind(store: Store) -> None:
    told = a_life(random.Random(99), 60)
    ids = [case.id for case in latest(told)]
    async with store.transaction() as tx:
        await facts.put(tx, told)
        assert await facts.remove(tx, ids[:20]) == 20
    left = [case for case in latest(told) if case.id in ids[20:]]
    assert await held_cells(store) == brute_cells(left)
    async with store.transaction() as tx:
        assert await facts.remove(tx, ids) == len(left)
    for table in ("stat_case", "stat_cell", "stat_hours"):
        assert await store.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_what_was_told_before_changes_nothing(store: Store) -> None:
    told = latest(a_life(random.Random(5), 40))
    async with store.transaction() as tx:
        assert await facts.put(tx, told) == len(told)
        assert (
            await facts.put(tx, [replace(case, seq=case.seq + 9) for case in told]) == 0
        )
        changed = replace(told[0], affected=told[0].affected + 1)
        assert await facts.put(tx, [*told, changed]) == 1


EDITS = [
    pytest.param(
        "UPDATE stat_cell SET complaints = complaints + 1 WHERE by = ''"
        " AND complaints > 0",
        compare.CELLS,
        id="a-sum-that-grew",
    ),
    pytest.param("DELETE FROM stat_cell", compare.CELLS, id="sums-that-are-gone"),
    pytest.param(
        "UPDATE stat_hours SET n = n + 1 WHERE by = ''",
        compare.HOURS,
        id="hours-that-nobody-took",
    ),
    pytest.param(
        "INSERT INTO stat_hours VALUES ('2031-Q1', '', '', 'brand', 'clock', 7, 1)",
        compare.HOURS,
        id="a-quarter-that-never-was",
    ),
]


@pytest.mark.parametrize(("statement", "what"), EDITS)
async def test_a_sum_that_was_edited_is_named_and_mended(
    store: Store, statement: str, what: str
) -> None:
    told = latest(a_life(random.Random(3), 30))
    async with store.transaction() as tx:
        await facts.put(tx, told)
    await store.pool.execute(statement)
    async with store.transaction() as tx:
        found = [
            difference
            for quarter in await compare.quarters(tx)
            for difference in await compare.compare_quarter(tx, quarter)
        ]
    assert {difference.what for difference in found} == {what}
    assert all(difference.held != difference.reckoned for difference in found)
    assert await held_cells(store) == brute_cells(told)
    assert await held_hours(store) == brute_hours(told)


async def test_a_transaction_that_is_broken_off_leaves_all_as_it_was(
    store: Store,
) -> None:
    told = latest(a_life(random.Random(8), 30))
    async with store.transaction() as tx:
        await facts.put(tx, told[:10])

    async def breaks_off() -> None:
        async with store.transaction() as tx:
            await facts.put(tx, told)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breaks_off()
    assert await held_cells(store) == brute_cells(told[:10])
