"""Ids sort by time, and those of one moment as they were made."""

from datetime import timedelta

import pytest

from app.store.ids import new_id
from tests.store.conftest import NOON


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(timedelta(), id="of-one-moment"),
        pytest.param(timedelta(microseconds=300), id="of-moments-close-by"),
        pytest.param(timedelta(seconds=1), id="of-later-moments"),
    ],
)
def test_ids_sort_as_they_were_made(step: timedelta) -> None:
    # A moment of this test's own: another's ids of the same one are numbered too.
    start = NOON + timedelta(days=400) + step
    made = [new_id(start + n * step) for n in range(4000)]
    assert made == sorted(made)
    assert len(set(made)) == 4000


def test_an_id_is_a_version_7_of_its_millisecond() -> None:
    made = new_id(NOON)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOON.timestamp() * 1000)


def test_more_than_can_be_numbered_are_still_all_different() -> None:
    assert len({new_id(NOON) for _ in range(10_000)}) == 10_000
