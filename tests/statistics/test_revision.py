"""Who keeps every release and subtracts them finds nobody who moved."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest

from app.statistics.cohorts import years
from app.statistics.model import CaseFacts, Cell, Told
from app.statistics.release import Before, build, by_key
from app.statistics.revision import is_safe_move
from app.statistics.suppression import Counted
from tests.statistics.growing import MOMENTS, K, growing
from tests.statistics.histories import ground, some_cases
from tests.statistics.summing import closed_until, exact

IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"
HISTORIES = range(120 if IS_WHOLE else 3)
_COUNTS = ("complaints", "resolved", "not_resolved", "confirmed", "declared", "open")


def releases(seed: int) -> Iterator[tuple[datetime, list[CaseFacts], list[Cell]]]:
    """Yield releases of a history that goes on: cases end, some are seen anew."""
    for one in growing(seed, 400, ground(5, days=700)):
        yield one.at, one.history, list(one.public)


def told(cells: Iterable[Cell]) -> dict[tuple[str, ...], float]:
    return {
        (cell.period, cell.by, cell.value, cell.figure): cell.number
        for cell in cells
        if cell.told is Told.EXACT
        and cell.number is not None
        and cell.figure in _COUNTS
    }


@pytest.mark.parametrize("seed", HISTORIES)
def test_no_quarter_or_value_moves_by_few_between_any_two_releases(seed: int) -> None:
    every = [told(cells) for _, _, cells in releases(seed)]
    compared = 0
    for later in range(len(every)):
        for earlier in every[:later]:
            for key in earlier.keys() & every[later].keys():
                moved = abs(earlier[key] - every[later][key])
                is_sum = "-" not in key[0] and key[1] == ""
                if not is_sum:  # a year is the sum of what its quarters say
                    compared += 1
                    assert moved == 0 or moved >= K, (key, moved)
    assert compared > 30


@pytest.mark.parametrize("seed", HISTORIES)
def test_a_year_is_what_its_quarters_say_and_a_rest_that_is_not_few(seed: int) -> None:
    rests: dict[tuple[str, str], set[float]] = {}
    for _, _, cells in releases(seed):
        numbers = told(cells)
        for year in ("2025", "2026"):
            for figure in ("complaints", "resolved"):
                whole = numbers.get((year, "", "", figure))
                if whole is None:
                    continue
                quarters = [
                    numbers.get((f"{year}-Q{n}", "", "", figure)) for n in range(1, 5)
                ]
                rest = whole - sum(n for n in quarters if n is not None)
                untold = tuple(n for n, one in enumerate(quarters) if one is None)
                assert rest == 0 or rest >= K
                rests.setdefault((f"{year}{untold}", figure), set()).add(rest)
    for held in rests.values():
        for one in held:
            assert all(one == other or abs(one - other) >= K for other in held)


@pytest.mark.parametrize("seed", HISTORIES)
def test_what_says_what_is_so_does_and_what_does_not_is_dated(seed: int) -> None:
    for _, history, cells in releases(seed):
        for cell in cells:
            is_count = cell.figure == "complaints" and cell.told is Told.EXACT
            if not is_count or cell.by not in ("", "category", "channel"):
                continue
            true = sum(
                one.is_complaint
                and cell.period in (one.quarter, one.quarter[:4])
                and (not cell.by or getattr(one, cell.by) == cell.value)
                for one in history
                if one.quarter in closed_until(MOMENTS[-1]) or one.is_of_year
            )
            if cell.as_of is None:
                assert cell.number == true, cell
            else:
                assert cell.number is not None


def test_the_same_sums_are_told_the_same_for_ever() -> None:
    on = ground(5, days=700)
    known = exact(some_cases(3, 300, on), on.sites)
    first = build(known, K)
    states = {year.name: (year,) for year in years(known.sums, known.closed)}
    at = datetime(2027, 1, 1, tzinfo=UTC)
    before = Before(by_key(first), at, states)
    assert build(known, K, before=before) == first
    # The same where a new brand asks that everything be reckoned again.
    with_brand = build(known, K, before=before, brands=[("new", frozenset())])
    assert tuple(cell for cell in with_brand if cell.by != "brand") == first


def test_a_threshold_that_was_raised_hides_what_a_lower_one_told() -> None:
    on = ground(5, days=700)
    known = exact(some_cases(3, 300, on), on.sites)
    first = build(known, K)
    states = {year.name: (year,) for year in years(known.sums, known.closed)}
    before = Before(by_key(first), datetime(2027, 1, 1, tzinfo=UTC), states)
    counts = told(build(known, 25, before=before))
    assert counts
    assert all(number == 0 or number >= 25 for number in counts.values())
    assert any(0 < number < 25 for number in told(first).values())


@pytest.mark.parametrize(
    ("before", "now", "is_safe"),
    [
        pytest.param((20, 4), (20, 4), True, id="nothing-moved"),
        pytest.param((20, 4), (30, 4), True, id="ten-came"),
        pytest.param((20, 4), (21, 4), False, id="one-came"),
        pytest.param((20, 4), (21, 5), False, id="one-came-though-it-was-ours"),
        pytest.param((20, 4), (35, 10), False, id="nine-others-came"),
        pytest.param((20, 4), (20, 5), False, id="one-for-one-of-ours"),
    ],
)
def test_a_move_is_safe(
    before: tuple[int, int], now: tuple[int, int], is_safe: bool
) -> None:
    held = [Counted((n,), {"a": (own,)}) for n, own in (before, now)]
    assert is_safe_move(held[0], held[1], K) is is_safe
