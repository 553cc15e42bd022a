"""What cases add up to is what anybody would count by hand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from app.statistics.definitions import FIGURES, Definition, Spread, Way
from app.statistics.measures import (
    MEASURES,
    NOT_RESOLVED,
    OUTCOMES,
    PARTITIONS,
    RESOLVED_OUTCOMES,
    contribution,
    is_factory,
    nearest_rank,
    rate,
    taken,
    values_of,
)
from app.statistics.model import OF_COMMITTEES, CaseFacts, Dimension
from app.store.rows.figures import MEASURES as COLUMNS
from tests.statistics.brute_force import figures, percentile, periods, share
from tests.statistics.histories import a_case, cases, ground, sites_of
from tests.statistics.worlds import World

ON = ground()
SITES = sites_of(ON)
Sums = Counter[str]
# What is summed over cases, in whichever table; test_brute_force compares all else.
SUMMED = [
    one
    for one in FIGURES.values()
    if one.way is not Way.COUNT and one.spread is not Spread.OWN
]


def summed(history: Iterable[CaseFacts]) -> Sums:
    found: Sums = Counter()
    for facts in history:
        found.update(dict(zip(MEASURES, contribution(facts), strict=True)))
    return found


def by_contribution(
    history: list[CaseFacts], sums: Sums, one: Definition
) -> float | None:
    """Reckon a figure as a release does: of sums and of counted hours."""
    if one.stage:
        times = (taken(facts, one.stage, one.clock) for facts in history)
        hours = Counter(time for time in times if time is not None)
        return nearest_rank(hours, 50 if one.way is Way.MEDIAN else 90)
    part = sum(sums[name] for name in one.measures)
    if one.way is Way.SUM:
        return part
    return rate(part, sum(sums[name] for name in one.of))


def tables(history: list[CaseFacts]) -> dict[tuple[str, str, str], list[CaseFacts]]:
    found: dict[tuple[str, str, str], list[CaseFacts]] = {}
    for facts in history:
        values = values_of(facts, SITES.get(facts.site or ""))
        pairs = [("", ""), *((str(by), value) for by, value in values.items())]
        for period in {facts.quarter, facts.quarter[:4]}:
            for by, value in pairs:
                found.setdefault((period, by, value), []).append(facts)
    return found


@settings(deadline=None, max_examples=40)
@given(cases(ON))
def test_every_figure_is_what_brute_force_counts(history: list[CaseFacts]) -> None:
    summed_up = {one.id for one in SUMMED}
    plain = {
        key: number
        for key, number in figures(World(history, ON.sites)).items()
        if key[3] in summed_up
    }
    assert plain == {
        (*table, one.id): by_contribution(own, sums, one)
        for table, own in tables(history).items()
        for sums in (summed(own),)
        for one in SUMMED
    }


@given(cases(ON))
def test_parts_are_never_more_than_their_whole(history: list[CaseFacts]) -> None:
    sums = summed(history)
    for whole, parts in PARTITIONS.values():
        assert sum(sums[part] for part in parts) <= sums[whole]
    assert sums["complaints"] == sum(sums[name] for name in OUTCOMES)
    assert sums["complaints"] == sums["cases"] + sums["parts"]
    assert set(OUTCOMES) == {*RESOLVED_OUTCOMES, *NOT_RESOLVED}


@given(cases(ON))
def test_what_a_committee_does_not_know_is_in_no_table_of_places(
    history: list[CaseFacts],
) -> None:
    for facts in history:
        values = values_of(facts, SITES.get(facts.site or ""))
        assert bool(OF_COMMITTEES & values.keys()) is is_factory(facts)
        assert values.keys() - OF_COMMITTEES == set(Dimension) - OF_COMMITTEES
        if facts.is_sensitive or facts.site is None:
            assert not is_factory(facts)


def test_a_site_that_the_directory_does_not_know_is_itself_alone() -> None:
    facts = replace(
        a_case(Random(1), ON), site="~mill", route="committee", category="WAGE"
    )
    places = values_of(facts, None).keys() & OF_COMMITTEES
    assert places == {Dimension.SITE}


def test_a_part_is_a_complaint_with_an_end_and_no_case_of_its_own() -> None:
    alone = replace(a_case(Random(3), ON), is_part=False, is_info=False, affected=3)
    part = replace(alone, is_part=True)
    of_alone, of_part = (
        {n: v for n, v in zip(MEASURES, contribution(facts), strict=True) if v}
        for facts in (alone, part)
    )
    assert of_part.pop("parts") == of_alone.pop("cases") == 1
    assert of_part == of_alone


def test_a_question_is_no_complaint() -> None:
    facts = replace(a_case(Random(3), ON), is_part=False, is_info=True)
    added = {n: v for n, v in zip(MEASURES, contribution(facts), strict=True) if v}
    assert added == {"info": 1}


def test_the_columns_are_the_measures() -> None:
    assert COLUMNS == MEASURES


def test_a_year_is_its_quarters_and_what_has_no_more_than_a_year() -> None:
    facts = a_case(Random(1), ON)
    assert periods(facts) == [facts.quarter[:4], facts.quarter]
    of_year = replace(facts, is_of_year=True)
    assert periods(of_year) == [of_year.quarter] == [facts.quarter[:4]]


@given(st.lists(st.integers(0, 400), max_size=60), st.sampled_from([50, 90]))
def test_nearest_rank_is_in_the_sorted_list(values: list[int], percent: int) -> None:
    assert nearest_rank(Counter(values), percent) == percentile(values, percent)


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([1, 2, 3], 2, 3),
        ([1, 2, 3, 4], 2, 4),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 12)), 6, 10),
    ],
)
def test_percentiles(values: list[int], median: int | None, p90: int | None) -> None:
    counts = Counter(values)
    assert (nearest_rank(counts, 50), nearest_rank(counts, 90)) == (median, p90)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rates_are_exact(part: int, more: int) -> None:
    assert rate(part, part + more) == share(part, part + more)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, None),
        (0, 3, 0.0),
        (1, 3, 33.3),
        (2, 3, 66.7),
        (1, 16, 6.3),
        (83, 83, 100.0),
    ],
)
def test_rate(part: int, whole: int, told: float | None) -> None:
    assert rate(part, whole) == told


def test_no_hours_are_of_a_question() -> None:
    dice = Random(5)
    for facts in (a_case(dice, ON) for _ in range(300)):
        hidden = replace(facts, is_info=True)
        assert taken(hidden, "resolve", "clock") is None
        assert taken(hidden, "brand", "clock") is None


def test_histories_are_the_same_for_the_same_seed() -> None:
    one, other = ([a_case(Random(4), ON) for _ in range(3)] for _ in range(2))
    assert one == other
    assert all(a == b for a, b in pairwise(one))
