"""What may be told of a table: told blocks, and what is left, are never few."""

from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from app.statistics.suppression import Blocks, Counted, is_tellable, may_say_fewer

K = 10


def one(n: int, **own: int) -> Counted:
    return Counted((n,), {site: (known,) for site, known in own.items()})


def tell(
    numbers: dict[str, Counted], *, refused: frozenset[str] = frozenset()
) -> list[str]:
    blocks: Blocks[str] = Blocks(
        numbers, K, width=1, refuses=lambda part: bool(part) and part <= refused
    )
    order = sorted(numbers, key=lambda key: (-numbers[key].n[0], key))
    return sorted(key for key in order if blocks.tell(frozenset({key})))


@pytest.mark.parametrize(
    ("counted", "may"),
    [
        pytest.param(one(0), True, id="nought-is-told"),
        pytest.param(one(9), False, id="nine-is-not"),
        pytest.param(one(10), True, id="ten-is"),
        pytest.param(one(19, a=10), False, id="a-factory-takes-its-own-away"),
        pytest.param(one(20, a=10), True, id="and-may-find-ten"),
        pytest.param(one(12, a=12), True, id="or-nobody-else"),
        pytest.param(Counted((20, 3)), False, id="every-number-counts"),
    ],
)
def test_a_count_is_tellable(counted: Counted, may: bool) -> None:
    assert is_tellable(counted, K) is may


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        pytest.param({"a": 40, "b": 30}, ["a", "b"], id="all-large-all-told"),
        pytest.param({"a": 40, "b": 3}, [], id="one-small-hides-its-only-neighbour"),
        pytest.param(
            {"a": 40, "b": 12, "c": 3}, ["a"], id="the-smallest-neighbour-is-hidden-too"
        ),
        pytest.param(
            {"a": 40, "b": 6, "c": 5}, ["a"], id="two-small-ones-hide-each-other"
        ),
        pytest.param({"a": 40, "b": 0}, ["a", "b"], id="nought-hides-nothing"),
        pytest.param({"a": 4, "b": 3}, [], id="nothing-of-a-small-whole"),
    ],
)
def test_complementary_suppression(numbers: dict[str, int], told: list[str]) -> None:
    assert tell({key: one(n) for key, n in numbers.items()}) == told


def test_a_set_that_is_refused_is_never_what_is_left() -> None:
    numbers = {"a": one(40), "b": one(30), "small": one(20)}
    refused = frozenset({"small"})
    assert tell(numbers, refused=refused) == ["a"]


COUNTS = st.dictionaries(
    st.sampled_from("abcdefg"),
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
)


@settings(deadline=None)
@given(COUNTS)
def test_whatever_is_added_and_taken_away_comes_to_blocks_that_are_not_few(
    numbers: dict[str, tuple[int, int, int]],
) -> None:
    items = {key: one(a + b + c, x=a, y=b) for key, (a, b, c) in numbers.items()}
    blocks: Blocks[str] = Blocks(items, K, width=1)
    told = [
        key
        for key in sorted(items, key=lambda key: -items[key].n[0])
        if blocks.tell(frozenset({key}))
    ]
    if not blocks.is_open:
        assert told == []
        return
    # All sums and differences of told sets are unions of blocks.
    for chosen in product((False, True), repeat=min(len(told), 5)):
        inside = {key for key, is_in in zip(told, chosen, strict=False) if is_in}
        for keys in (inside, set(items) - inside):
            n, x, y = (sum(numbers[key][place] for key in keys) for place in (0, 1, 2))
            everything = n + x + y
            assert everything == 0 or everything >= K
            for own in (n, x):
                assert everything - own == 0 or everything - own >= K


@pytest.mark.parametrize(
    ("members", "may"),
    [
        pytest.param([9, 9], False, id="two-of-nine-are-pinned-by-their-sum"),
        pytest.param([9, 8], False, id="nor-may-two-values-be-left"),
        pytest.param([6, 6], True, id="two-of-six-may-be-many"),
        pytest.param([1] * 10, False, id="ten-of-ten-are-one-each"),
        pytest.param([10, 0], False, id="a-great-one-leaves-nothing-for-a-small"),
        pytest.param([15, 3], True, id="a-great-one-may-leave-several"),
    ],
)
def test_calling_small_what_is_small(members: list[int], may: bool) -> None:
    assert may_say_fewer([one(n) for n in members], K) is may


@settings(deadline=None)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=3))
def test_what_is_called_small_has_three_possible_values(members: list[int]) -> None:
    if sum(members) < K or not may_say_fewer([one(n) for n in members], K):
        return
    floor = 0 if 0 in members else 1
    ranges = [range(floor, K) if n < K else range(K, sum(members) + 1) for n in members]
    possible = [tried for tried in product(*ranges) if sum(tried) == sum(members)]
    for place in range(len(members)):
        assert len({tried[place] for tried in possible}) >= 3
