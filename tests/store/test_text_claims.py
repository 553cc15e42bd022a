"""A text without an id is heard once, and the same words later once more."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.actions.expire import expire_old
from app.store.engine import Store
from app.store.text_claims import mark_answered, name_for
from tests.store.conftest import NOON

PHONE, OTHER, LINE = "+8801712345678", "+8801798765432", "+8809612345678"
WITHIN = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


async def name(
    store: Store,
    text: str,
    at: datetime = NOON,
    *,
    sender: str | None = PHONE,
    line: str = LINE,
    provider: str = "kannel",
    stamp: str = "",
) -> str:
    return await name_for(
        store,
        provider=provider,
        sender=sender,
        line=line,
        text=text,
        stamp=stamp,
        at=at,
        within=WITHIN,
    )


async def test_the_same_words_within_a_minute_are_the_same_text(store: Store) -> None:
    first = await name(store, "1")
    assert await name(store, "1", NOON + WITHIN - SECOND) == first


async def test_the_same_words_after_a_minute_are_another_text(store: Store) -> None:
    first = await name(store, "1")
    # Counted from the first, so that a phone that goes on and on is heard.
    await name(store, "1", NOON + WITHIN - SECOND)
    assert await name(store, "1", NOON + WITHIN) != first


async def test_the_same_words_after_others_are_another_text(store: Store) -> None:
    names = [await name(store, text) for text in ("1", "2", "1", "1")]
    assert len(set(names)) == 3
    assert names[2] == names[3]


async def answered(store: Store, text: str, at: datetime) -> None:
    await mark_answered(
        store, provider="kannel", sender=PHONE, line=LINE, text=text, at=at
    )


async def test_the_same_words_after_their_answer_are_another_text(store: Store) -> None:
    """She answers 1 to a question, reads the next one, and answers 1."""
    first = await name(store, "1")
    await answered(store, "1", NOON + 2 * SECOND)
    assert await name(store, "1", NOON + 11 * SECOND) == first
    # The carrier's repeat was answered too: that is no reason to wait longer.
    await answered(store, "1", NOON + 11 * SECOND)
    second = await name(store, "1", NOON + 12 * SECOND)
    assert second != first
    # It is a text of its own: of it no answer is known yet.
    assert await name(store, "1", NOON + 71 * SECOND) == second
    assert await name(store, "1", NOON + 72 * SECOND) not in (first, second)


async def test_the_answer_to_others_words_parts_nothing(store: Store) -> None:
    first = await name(store, "1")
    await answered(store, "2", NOON)
    assert await name(store, "1", NOON + WITHIN - SECOND) == first


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"sender": OTHER}, id="another-phone"),
        pytest.param({"line": "+8809612345679"}, id="another-line"),
        pytest.param({"provider": "jasmin"}, id="another-carrier"),
    ],
)
async def test_what_others_write_is_another_text_and_parts_nothing(
    store: Store, other: dict[str, Any]
) -> None:
    first = await name(store, "1")
    assert await name(store, "1", **other) != first
    assert await name(store, "1") == first


async def test_who_shows_no_number_is_never_taken_for_somebody_else(
    store: Store,
) -> None:
    assert await name(store, "1", sender=None) != await name(store, "1", sender=None)
    assert await store.pool.fetchval("SELECT count(*) FROM text_claim") == 0


@pytest.mark.parametrize("sender", [PHONE, None])
async def test_with_the_carriers_own_time_equal_texts_are_one_whenever_they_come(
    store: Store, sender: str | None
) -> None:
    first = await name(store, "1", sender=sender, stamp="12:00:01")
    await name(store, "2", sender=sender, stamp="12:00:02")
    later = NOON + timedelta(days=3)
    assert await name(store, "1", later, sender=sender, stamp="12:00:01") == first
    assert await name(store, "1", sender=sender, stamp="12:00:02") != first


async def test_eight_of_the_same_at_once_are_one_text(store: Store) -> None:
    for n in range(10):
        names = await asyncio.gather(*(name(store, f"{n}") for _ in range(8)))
        assert len(set(names)) == 1


async def test_no_phone_and_no_word_is_kept_and_nothing_for_long(store: Store) -> None:
    await name(store, "three months no pay")
    rows = await store.pool.fetch("SELECT t::text AS row FROM text_claim t")
    assert len(rows) == 2
    assert not any(PHONE[1:] in row["row"] or "pay" in row["row"] for row in rows)
    await expire_old(store, NOON + timedelta(hours=23))
    assert await store.pool.fetchval("SELECT count(*) FROM text_claim") == 2
    await expire_old(store, NOON + timedelta(hours=24))
    assert await store.pool.fetchval("SELECT count(*) FROM text_claim") == 0


# One text: who wrote which words, how long after the phone's last text, and after
# how many seconds each the carrier brings it again.
_TEXTS = st.lists(
    st.tuples(
        st.sampled_from([PHONE, OTHER]),
        st.sampled_from(["1", "2", "বেতন"]),
        st.integers(60, 200),
        st.lists(st.integers(0, 59), max_size=4),
    ),
    max_size=12,
)


def _told(texts: Sequence[tuple[str, str, int, list[int]]]) -> list[tuple[int, int]]:
    """Return at which second which text arrives, repeats among them, in order."""
    clock: dict[str, int] = {}
    arrivals = []
    for place, (phone, _, pause, repeats) in enumerate(texts):
        clock[phone] = clock.get(phone, 0) + pause
        arrivals += [(clock[phone] + after, place) for after in (0, *repeats)]
    return sorted(arrivals)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=_TEXTS)
async def test_each_text_has_one_name_however_its_repeats_fall_among_others(
    store: Store, texts: Sequence[tuple[str, str, int, list[int]]]
) -> None:
    await store.pool.execute("DELETE FROM text_claim")
    names: dict[int, set[str]] = {place: set() for place in range(len(texts))}
    for second, place in _told(texts):
        phone, words, *_ = texts[place]
        at = NOON + second * SECOND
        names[place].add(await name(store, words, at, sender=phone))
    assert [len(found) for found in names.values()] == [1] * len(texts)
    assert len(set().union(*names.values())) == len(texts)


# Texts in haste, each unlike the one before, and no repeat but right behind.
_HASTY = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.integers(1, 4)), max_size=12
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(runs=_HASTY)
async def test_texts_in_haste_are_each_heard_if_they_differ_from_the_one_before(
    store: Store, runs: Sequence[tuple[str, int]]
) -> None:
    await store.pool.execute("DELETE FROM text_claim")
    heard: list[str] = []
    told: list[str] = []
    for words, times in runs:
        told += [words] if not told or told[-1] != words else []
        for _ in range(times):
            given = await name(store, words)
            heard += [given] if given not in heard else []
    assert len(heard) == len(told)
