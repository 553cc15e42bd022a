"""Whoever guesses is slowed, and nobody can tell afterwards who it was."""

import gc
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.edge.throttle import (
    KEY_SECONDS,
    LOOK_SECONDS,
    MOST_WRONG,
    NOWHERE,
    WINDOW_SECONDS,
    Paced,
    Throttle,
    network_of,
)


def from_client(host: str) -> str:
    return network_of({"type": "http", "client": (host, 4711)})


@pytest.mark.parametrize(
    ("host", "network"),
    [
        pytest.param("192.0.2.77", "192.0.2.0/24", id="ipv4"),
        pytest.param("2001:db8:5:6:7::8", "2001:db8:5::/48", id="ipv6"),
        pytest.param("::ffff:192.0.2.9", "192.0.2.0/24", id="ipv4-in-ipv6"),
        pytest.param("fe80::1%eth0", "fe80::/48", id="with-an-interface"),
        pytest.param("", NOWHERE, id="a-unix-socket"),
        pytest.param("testclient", NOWHERE, id="a-name"),
    ],
)
def test_network_of(host: str, network: str) -> None:
    assert from_client(host) == network


@pytest.mark.parametrize("scope", [{}, {"client": None}])
def test_a_request_without_an_address_comes_from_nowhere(scope: dict[str, Any]) -> None:
    assert network_of(scope) == NOWHERE


@given(st.ip_addresses(v=4), st.integers(0, 255))
def test_neighbours_in_an_ipv4_network_are_one(address: Any, last: int) -> None:
    neighbour = address.packed[:3] + bytes([last])
    same = ".".join(map(str, neighbour))
    assert from_client(str(address)) == from_client(same)
    other = ".".join(map(str, [*neighbour[:2], neighbour[2] ^ 1, last]))
    assert from_client(str(address)) != from_client(other)


def test_thirty_wrong_tries_an_hour_and_no_more() -> None:
    throttle = Throttle()
    for second in range(MOST_WRONG):
        assert throttle.may_try("a", second)
        throttle.note_wrong("a", second)
    assert not throttle.may_try("a", MOST_WRONG)
    assert throttle.may_try("b", MOST_WRONG)
    assert not throttle.may_try("a", WINDOW_SECONDS - 1)
    assert throttle.may_try("a", WINDOW_SECONDS)
    throttle.note_wrong("a", WINDOW_SECONDS)
    assert not throttle.may_try("a", WINDOW_SECONDS + 0.5)


def test_right_tries_cost_nothing() -> None:
    throttle = Throttle(most_wrong=1)
    assert all(throttle.may_try("a", second) for second in range(1_000))
    assert len(throttle) == 0


tries = st.lists(
    st.tuples(st.sampled_from("abc"), st.floats(0, 1_500), st.booleans()), max_size=60
)


@given(tries, st.integers(1, 4))
def test_it_is_the_count_of_wrong_tries_in_the_last_hour(
    tried: list[tuple[str, float, bool]], most: int
) -> None:
    """Held against a list of all that was ever wrong."""
    throttle = Throttle(most_wrong=most)
    wrong: dict[str, list[float]] = defaultdict(list)
    now = 0.0
    for network, later, is_wrong in tried:
        now = min(now + later, KEY_SECONDS - 1)
        lately = [at for at in wrong[network] if now - at < WINDOW_SECONDS]
        may = len(lately) < most
        assert throttle.may_try(network, now) is may
        if may and is_wrong:
            throttle.note_wrong(network, now)
            wrong[network].append(now)


@given(st.lists(st.integers(0, 40), max_size=120), st.integers(1, 8))
def test_it_remembers_so_many_networks_and_those_that_were_wrong_last(
    order: list[int], room: int
) -> None:
    throttle = Throttle(most_wrong=1, most_networks=room)
    last: dict[int, int] = {}
    for second, network in enumerate(order):
        throttle.note_wrong(str(network), second)
        last[network] = second
        assert len(throttle) <= room
    kept = sorted(last, key=lambda network: last[network])[-room:]
    refused = {n for n in last if not throttle.may_try(str(n), len(order))}
    assert refused == set(kept)


def test_after_a_day_all_is_forgotten_with_the_key() -> None:
    throttle = Throttle(most_wrong=1)
    throttle.note_wrong("a", 0)
    throttle.note_wrong("a", KEY_SECONDS - 1)
    assert not throttle.may_try("a", KEY_SECONDS - 0.5)
    before = held(throttle)
    assert throttle.may_try("a", KEY_SECONDS)
    throttle.note_wrong("a", KEY_SECONDS)
    tags = {x for x in before if isinstance(x, bytes)}
    assert not tags & {x for x in held(throttle) if isinstance(x, bytes)}


def held(root: object) -> list[Any]:
    """Return everything that can be reached from `root`, but for its class."""
    found: dict[int, Any] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in found and not isinstance(one, type):
            found[id(one)] = one
            waiting += gc.get_referents(one)
    return list(found.values())


@given(st.ip_addresses())
def test_no_address_can_be_found_in_it(address: Any) -> None:
    throttle = Throttle()
    network = from_client(str(address))
    throttle.note_wrong(network, 0)
    assert len(throttle) == 1
    kept = held(throttle)
    assert [x for x in kept if isinstance(x, str)] == []
    assert sorted(len(x) for x in kept if isinstance(x, bytes)) == [16, 32]
    assert network not in repr(throttle)


def test_two_processes_keep_a_network_under_different_names() -> None:
    """A hash that could be made again would be the address itself."""
    one, other = Throttle(), Throttle()
    one.note_wrong("192.0.2.0/24", 0)
    other.note_wrong("192.0.2.0/24", 0)
    names = [{x for x in held(t) if isinstance(x, bytes)} for t in (one, other)]
    assert not names[0] & names[1]


def test_over_the_limit_one_try_is_looked_at_every_few_seconds() -> None:
    throttle = Throttle()
    for _ in range(MOST_WRONG):
        assert throttle.may_look("a", 0.0)
        throttle.note_wrong("a", 0.0)
    assert not throttle.may_look("a", LOOK_SECONDS - 0.1)
    assert throttle.may_look("a", LOOK_SECONDS)
    throttle.note_wrong("a", LOOK_SECONDS)
    assert not throttle.may_look("a", LOOK_SECONDS + 0.1)
    throttle.take_back("a", LOOK_SECONDS)  # it was right
    assert throttle.may_look("a", LOOK_SECONDS + 0.1)


def test_a_network_waits_at_one_account_and_not_at_another() -> None:
    paced, at = Paced(most=2), datetime(2026, 12, 1, tzinfo=UTC)
    for _ in range(5):
        assert paced.may_try(b"a|x", at)
        paced.note_wrong(b"a|x", at)
    assert not paced.may_try(b"a|x", at)
    assert paced.may_try(b"a|y", at)
    assert paced.may_try(b"a|x", at + timedelta(seconds=1))
    paced.forget(b"a|x")
    assert paced.may_try(b"a|x", at)
    for key in (b"1", b"2", b"3"):
        for _ in range(5):
            paced.note_wrong(key, at)
    assert [paced.may_try(k, at) for k in (b"1", b"2", b"3")] == [True, False, False]
