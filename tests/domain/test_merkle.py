"""The tree over the ends of chains, and the head that is signed."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from app.domain.heads import (
    HOUR,
    MOST_AT_ONCE,
    Head,
    digest,
    full_hour,
    head_file,
    head_text,
    hours_owed,
)
from app.domain.merkle import (
    NARROWEST,
    NOTHING,
    Tip,
    Tree,
    blind,
    blinded,
    climbed,
    extended,
    width_for,
)

SECRET = bytes(range(32))
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)

hashes = st.binary(min_size=32, max_size=32)
tips = st.builds(Tip, st.integers(1, 2**40), hashes)


def reckoned_plainly(secret: bytes, width: int, taken: dict[int, Tip]) -> bytes:
    """The root as the format says it, by recursion."""

    def of(low: int, high: int) -> bytes:
        if high - low > 1:
            half = (low + high) // 2
            both = of(low, half) + of(half, high)
            return hashlib.sha256(b"node\0" + both).digest()
        hidden = hmac.new(secret, low.to_bytes(4, "big"), hashlib.sha256).digest()
        if low not in taken:
            return hashlib.sha256(b"empty\0" + hidden).digest()
        n, tip = taken[low]
        return hashlib.sha256(b"chain\0" + hidden + n.to_bytes(8, "big") + tip).digest()

    return of(0, width)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.integers(0, NARROWEST - 1), tips, max_size=40), hashes)
def test_a_tree_is_as_the_format_says(taken: dict[int, Tip], secret: bytes) -> None:
    tree = Tree(secret, NARROWEST, taken)
    assert tree.root == reckoned_plainly(secret, NARROWEST, taken)
    for position in (*taken, 0, NARROWEST - 1):
        leaf = blinded(taken.get(position, NOTHING), blind(secret, position))
        path = tree.path(position)
        assert len(path) == 10
        assert climbed(leaf, position, path) == tree.root
        assert climbed(leaf, position ^ 1, path) != tree.root


@settings(max_examples=25, deadline=None)
@given(tips, st.integers(0, NARROWEST - 1), st.data())
def test_no_other_end_of_a_chain_climbs_to_the_root(
    tip: Tip, position: int, data: st.DataObject
) -> None:
    tree = Tree(SECRET, NARROWEST, {position: tip})
    other = data.draw(tips.filter(lambda each: each != tip))
    for wrong in (other, Tip(tip.n + 1, tip.hash), NOTHING):
        leaf = blinded(wrong, blind(SECRET, position))
        assert climbed(leaf, position, tree.path(position)) != tree.root


@given(st.lists(hashes, max_size=30), st.integers(0, 30))
def test_a_chain_that_is_extended_twice_is_the_same(
    leaves: list[bytes], cut: int
) -> None:
    once = extended(NOTHING, leaves)
    assert extended(extended(NOTHING, leaves[:cut]), leaves[cut:]) == once
    end = b""
    for n, leaf in enumerate(leaves, start=1):
        end = hashlib.sha256(end + n.to_bytes(8, "big") + leaf).digest()
    assert once == (len(leaves), end)


def test_a_root_tells_nothing_of_what_is_below_it() -> None:
    """The same chains under another secret have another root, and so has nothing."""
    taken = {7: Tip(3, bytes(32))}
    roots = {
        Tree(bytes([secret]) * 32, NARROWEST, below).root
        for secret in range(3)
        for below in ({}, taken)
    }
    assert len(roots) == 6


@pytest.mark.parametrize(
    ("chains", "width"),
    [
        pytest.param(0, 1024, id="nothing-yet"),
        pytest.param(512, 1024, id="half-is-taken"),
        pytest.param(513, 2048, id="more-than-half"),
        pytest.param(5000, 16384, id="a-large-programme"),
    ],
)
def test_the_width_grows_by_powers_of_two(chains: int, width: int) -> None:
    assert width_for(chains) == width


@pytest.mark.parametrize(
    ("last", "at", "owed"),
    [
        pytest.param(None, NOON, [NOON], id="the-first-is-of-this-hour"),
        pytest.param(NOON, NOON + timedelta(minutes=59), [], id="one-an-hour"),
        pytest.param(NOON, NOON + HOUR, [NOON + HOUR], id="the-next"),
        pytest.param(NOON, NOON - HOUR, [], id="a-clock-that-went-back"),
        pytest.param(
            NOON,
            NOON + timedelta(hours=3, minutes=20),
            [NOON + n * HOUR for n in (1, 2, 3)],
            id="missed-hours-are-made-up",
        ),
    ],
)
def test_hours_owed(last: datetime | None, at: datetime, owed: list[datetime]) -> None:
    assert list(hours_owed(last, at)) == owed


def test_a_very_long_outage_is_made_up_in_parts() -> None:
    late = NOON + 2 * MOST_AT_ONCE * HOUR
    first = list(hours_owed(NOON, late))
    assert len(first) == MOST_AT_ONCE
    assert next(iter(hours_owed(first[-1], late))) == first[-1] + HOUR


def test_a_head_as_it_is_written() -> None:
    head = Head(12, full_hour(NOON + timedelta(minutes=7)), "ABCDEFGH", "", "ab" * 32)
    written = (
        '{"format":"threadline-head-1","hour":"2026-12-01T12:00:00Z",'
        '"key":"ABCDEFGH","number":12,"previous":"","root":"' + "ab" * 32 + '"}'
    )
    assert head.body == written.encode()
    assert digest(head.body) == hashlib.sha256(written.encode()).hexdigest()
    file = head_file(head.body, b"\1" * 64, "dG9rZW4=")
    assert head_text(file) == (
        '{"format":"threadline-head-1","hour":"2026-12-01T12:00:00Z",'
        '"key":"ABCDEFGH","number":12,"previous":"","root":"'
        + "ab" * 32
        + '","signature":"'
        + "01" * 64
        + '","timestamp":"dG9rZW4="}'
    )
