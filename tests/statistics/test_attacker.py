"""No number of few complaints can be reckoned from everything that is told."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.taxonomy import Category
from app.statistics import suppression
from app.statistics.model import CaseFacts, Cell, Stage
from app.statistics.release import build, by_key
from tests.statistics.attack import Attack, Guess, StageAttack
from tests.statistics.histories import Ground, ground, sites_of, some_cases
from tests.statistics.summing import exact

IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"
HISTORIES = range(300 if IS_WHOLE else 8)
FEW = range(100 if IS_WHOLE else 3)
K, K_OF_AUDITORS = 10, 5


def attack(
    history: list[CaseFacts],
    on: Ground,
    told: list[Cell],
    *,
    k: int = K,
    insider: str = "",
    crossings: int = 40,
) -> Iterator[Guess]:
    """Yield every number of few that can be found, year by year."""
    for year in ("2025", "2026"):
        attacker = Attack.on(history, sites_of(on), year, k, insider=insider)
        untold = attacker.hear(told)
        yield from attacker.found([*untold, *attacker.small(crossings)])


def size(seed: int) -> tuple[int, Ground]:
    return (60, 120, 500, 250)[seed % 4], ground((3, 5, 8)[seed % 3], days=700)


@pytest.mark.parametrize("seed", HISTORIES)
def test_the_public_finds_nobody(seed: int) -> None:
    count, on = size(seed)
    history = some_cases(seed, count, on)
    told = build(exact(history, on.sites), K)
    assert list(attack(history, on, list(told))) == []


@pytest.mark.parametrize("seed", FEW)
def test_no_factory_finds_those_that_went_round_it(seed: int) -> None:
    count, on = size(seed)
    history = some_cases(seed, count, on)
    told = list(build(exact(history, on.sites), K))
    for site in on.sites[:2]:
        found = attack(history, on, told, insider=site.code, crossings=20)
        assert list(found) == []


@pytest.mark.parametrize("seed", FEW)
def test_no_auditor_finds_anybody_with_both_releases(seed: int) -> None:
    count, on = size(seed)
    history = some_cases(seed, count, on)
    public = build(exact(history, on.sites), K)
    told = build(exact(history, on.sites), K_OF_AUDITORS, first=[by_key(public)])
    both = [cell for cell in public if cell.number is not None]
    found = attack(history, on, [*told, *both], k=K_OF_AUDITORS)
    assert list(found) == []


@pytest.mark.parametrize("seed", FEW)
def test_no_brand_finds_anybody(seed: int) -> None:
    count, on = size(seed)
    history = some_cases(seed, count, on)
    own = frozenset(site.code for site in on.sites[:2])
    public = build(exact(history, on.sites), K)
    told = build(
        exact(history, on.sites), K, first=[by_key(public)], brands=[("brand", own)]
    )
    mine = [cell for cell in told if cell.by == "brand"]
    for year in ("2025", "2026"):
        attacker = Attack.on(history, sites_of(on), year, K)
        untold = attacker.hear(public)
        for cell in mine:
            mask = attacker.of_brand(cell, own)
            if mask is not None and cell.number is not None:
                attacker.rows.append(mask)
                attacker.sums.append(float(cell.number))
        assert attacker.found([*untold, *attacker.small(20)]) == []


@pytest.mark.parametrize("seed", FEW)
@pytest.mark.parametrize("stage", list(Stage))
def test_nobody_is_found_between_outcomes_and_promises(seed: int, stage: str) -> None:
    """Severity, quarter, outcome and stage are told two by two, in a ring."""
    on = ground(5, days=700)
    history = some_cases(seed, (160, 300, 500)[seed % 3], on)
    told = build(exact(history, on.sites), K)
    for year in ("2025", "2026"):
        attacker = StageAttack.of_stage(history, year, K, stage)
        untold = attacker.hear(told)
        assert attacker.found([*untold, *attacker.small(60)]) == []


def test_without_the_rule_of_blocks_the_attacker_finds_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The attack is one: it succeeds where only the small cells are left out."""
    on = ground(3, days=360)
    history = [
        replace(one, category=Category.WAGE if n % 12 else Category.HOUR)
        for n, one in enumerate(some_cases(1, 90, on))
    ]
    with_rule = list(build(exact(history, on.sites), K))
    assert list(attack(history, on, with_rule)) == []

    def tell(self: suppression.Blocks[str], keys: frozenset[str]) -> bool:
        return self.is_open and suppression.is_tellable(self.of(keys), K)

    monkeypatch.setattr(suppression.Blocks, "tell", tell)
    without = list(build(exact(history, on.sites), K))
    assert list(attack(history, on, without))
