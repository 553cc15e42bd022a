"""No number of few complaints can be reckoned from everything that is told."""

import os
from dataclasses import replace

import pytest

from app.domain.taxonomy import Category
from app.statistics import suppression
from app.statistics.model import CaseFacts, Cell, Stage
from app.statistics.release import build, by_key
from tests.statistics.attack import Attack
from tests.statistics.attack_stages import StageAttack
from tests.statistics.growing import (
    K_OF_AUDITORS,
    MOMENTS,
    K,
    Published,
    growing,
)
from tests.statistics.histories import Ground, ground, sites_of, some_cases
from tests.statistics.solving import Guess
from tests.statistics.summing import exact

IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"
HISTORIES = range(200 if IS_WHOLE else 2)
FEW = range(40 if IS_WHOLE else 1)
CASES = 500
YEARS = ("2025", "2026")


def attack(
    history: list[CaseFacts], on: Ground, told: list[Cell], *, crossings: int = 60
) -> list[Guess]:
    """Return every number of few that can be found, year by year."""
    found: list[Guess] = []
    for year in YEARS:
        attacker = Attack.on([history], sites_of(on), year, K, is_joint=True)
        untold = attacker.hear([told])
        found += attacker.found([*untold, *attacker.small(crossings)])
    return found


def attack_all(
    releases: list[Published], on: Ground, *, k: int = K, is_steady: bool = False
) -> list[Guess]:
    """Return what whoever keeps every release finds of numbers and of changes."""
    found: list[Guess] = []
    histories = [one.history for one in releases]
    told = [
        one.public
        if k == K
        else (*one.auditor, *(cell for cell in one.public if cell.number is not None))
        for one in releases
    ]
    for year in YEARS:
        attacker = Attack.on(histories, sites_of(on), year, k)
        if is_steady:
            attacker.knows_that_cases_only_end()
        untold = attacker.hear(told, [one.at for one in releases])
        asked = [*untold, *attacker.small(60), *attacker.moved(100)]
        found += attacker.found(asked)
    return found


def place(seed: int) -> Ground:
    return ground((3, 5, 8)[seed % 3], days=700)


@pytest.mark.parametrize("seed", HISTORIES)
def test_the_public_finds_nobody(seed: int) -> None:
    """Not where place and category are crossed either."""
    on = place(seed)
    history = some_cases(seed, CASES, on)
    assert attack(history, on, list(build(exact(history, on.sites), K))) == []


@pytest.mark.parametrize("seed", FEW)
def test_no_factory_finds_those_that_went_round_it(seed: int) -> None:
    on = place(seed)
    releases = list(growing(seed, CASES, on, moments=MOMENTS[-2:]))
    histories = [one.history for one in releases]
    for site in on.sites[:2]:
        for year in YEARS:
            attacker = Attack.on(histories, sites_of(on), year, K, insider=site.code)
            untold = attacker.hear(
                [one.public for one in releases], [one.at for one in releases]
            )
            asked = [*untold, *attacker.small(60), *attacker.moved(60)]
            assert attacker.found(asked) == []


@pytest.mark.parametrize("seed", [0, 2, *FEW[3:]])
@pytest.mark.parametrize("is_steady", [False, True])
def test_nobody_is_found_by_whoever_keeps_every_release(
    seed: int, is_steady: bool
) -> None:
    """The public and an auditor with both releases, of three ends of quarters.

    Who knows that cases of a steady history can only end finds nobody either.
    """
    on = place(seed)
    made = growing(
        *(seed, CASES, on),
        moments=MOMENTS[-3:],
        is_steady=is_steady,
        has_auditors=True,
    )
    releases = list(made)
    for k in (K, K_OF_AUDITORS):
        assert attack_all(releases, on, k=k, is_steady=is_steady) == []


@pytest.mark.parametrize("seed", FEW)
def test_no_brand_finds_anybody(seed: int) -> None:
    on = place(seed)
    history = some_cases(seed, CASES, on)
    own = frozenset(site.code for site in on.sites[:2])
    public = build(exact(history, on.sites), K)
    told = build(
        exact(history, on.sites), K, first=[by_key(public)], brands=[("brand", own)]
    )
    mine = [cell for cell in told if cell.by == "brand"]
    for year in YEARS:
        attacker = Attack.on([history], sites_of(on), year, K)
        untold = attacker.hear([public])
        for cell in mine:
            attacker.hear_brand(cell, own)
        assert attacker.found([*untold, *attacker.small(60)]) == []


@pytest.mark.parametrize("seed", FEW)
@pytest.mark.parametrize("stage", list(Stage))
def test_nobody_is_found_between_outcomes_and_promises(seed: int, stage: str) -> None:
    """Severity, quarter, outcome and stage are told two by two, in a ring."""
    on = place(seed)
    history = some_cases(seed, CASES, on)
    told = build(exact(history, on.sites), K)
    for year in YEARS:
        attacker = StageAttack.of_stage([history], year, K, stage)
        untold = attacker.hear([told])
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
    assert attack(history, on, with_rule) == []

    def tell(self: suppression.Blocks[str], keys: frozenset[str]) -> bool:
        return self.is_open and suppression.is_tellable(self.of(keys), K)

    monkeypatch.setattr(suppression.Blocks, "tell", tell)
    without = list(build(exact(history, on.sites), K))
    assert attack(history, on, without)


def test_who_keeps_releases_finds_people_where_numbers_move_by_few() -> None:
    """The attack on several releases is one: each told anew, as it is, is too much."""
    on = ground(3, days=700)
    releases = [
        replace(one, public=build(exact(one.history, on.sites, last), K))
        for one, last in zip(
            growing(1, CASES, on, moments=MOMENTS[-2:]), MOMENTS[-2:], strict=True
        )
    ]
    assert attack_all(releases, on)
