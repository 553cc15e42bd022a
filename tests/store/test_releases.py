"""Releases: made once a quarter, whole, kept as they are, and in the ledger."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from app.actions import publish as publishing
from app.actions.publish import Thresholds, draw_due, publish, publish_due
from app.statistics.model import Audience, CaseFacts, Told
from app.store import releases
from app.store.engine import Store
from app.store.figures import facts
from app.store.ledger import PROGRAMME, open_facts
from app.store.programme_ledger import programme_key
from tests.store.counted import some_case

NEW_YEAR = datetime(2027, 1, 1, 6, 0, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, 6, 0, tzinfo=UTC)
PUBLIC, AUDITOR = Audience.PUBLIC.value, Audience.AUDITOR.value


async def fill(store: Store, count: int = 400, seed: int = 1) -> list[CaseFacts]:
    dice = random.Random(seed)
    cases = [some_case(dice) for _ in range(count)]
    async with store.transaction() as tx:
        await facts.put(tx, cases)
    return cases


async def release(store: Store, at: datetime = NEW_YEAR) -> publishing.Published:
    made = await publish(store, at=at, on=at.date(), thresholds=Thresholds())
    assert made is not None
    return made


async def told(store: Store, audience: str = PUBLIC) -> dict[tuple[str, ...], float]:
    async with store.transaction() as tx:
        cells = await releases.cells(tx, audience=audience)
    return {
        (c.period, c.by, c.value, c.figure): c.number
        for c in cells
        if c.number is not None
    }


async def test_a_release_is_whole_and_read_as_it_was_written(store: Store) -> None:
    cases = await fill(store)
    made = await release(store)
    async with store.transaction() as tx:
        head = await releases.latest(tx, PUBLIC)
        cells = await releases.cells(tx, audience=PUBLIC)
        of_2026 = await releases.cells(
            tx, audience=PUBLIC, periods=["2026"], by=[""], figures=["complaints"]
        )
        periods = await releases.periods(tx, PUBLIC)
    assert head in made.heads
    assert head is not None
    assert head.sha256 == releases.digest(cells)
    assert (head.number, head.threshold, head.as_of) == (1, 10, NEW_YEAR)
    number = sum(c.is_complaint and c.quarter[:4] == "2026" for c in cases)
    assert [(c.number, c.told) for c in of_2026] == [(number, Told.EXACT)]
    assert periods == ["2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1", "2026",
                       *(p for p in periods if p < "2026")]  # fmt: skip


async def test_the_ledger_keeps_the_digest_of_every_audience(store: Store) -> None:
    await fill(store)
    made = await release(store)
    async with store.transaction() as tx:
        key = await programme_key(store, tx)
        rows = await tx.connection.fetch(
            "SELECT sealed FROM ledger_event"
            " WHERE case_id = $1 AND kind = 'release.published'",
            PROGRAMME,
        )
        held = [
            {fact.name: fact.value for fact in open_facts(r["sealed"], PROGRAMME, key)}
            for r in rows
        ]
    assert len(held) == 1
    for head in made.heads:
        assert head.sha256.hex() in held[0]["sha256"]


async def test_a_quarter_is_published_once_however_many_workers_ask(
    store: Store,
) -> None:
    await fill(store)

    async def ask() -> int:
        done = await publish_due(
            store, at_clock=lambda: NEW_YEAR, thresholds=Thresholds()
        )
        return int(done is not None)

    async with store.transaction() as tx:
        await tx.connection.execute(
            "UPDATE stat_cursor SET seq = (SELECT coalesce(max(seq), 0)"
            " FROM ledger_event)"
        )
    first = await asyncio.gather(*(ask() for _ in range(4)))
    assert sum(first) == 1
    assert await ask() == 0
    async with store.transaction() as tx:
        numbers = {head.number for head in await releases.releases(tx)}
    assert numbers == {1}


async def test_nothing_is_published_where_nothing_was_received(store: Store) -> None:
    done = await publish_due(store, at_clock=lambda: NEW_YEAR, thresholds=Thresholds())
    assert done is None
    async with store.transaction() as tx:
        assert await releases.latest(tx, PUBLIC) is None
        assert await releases.cells(tx, audience=PUBLIC) == []


async def test_a_later_release_of_the_same_sums_says_the_same(store: Store) -> None:
    await fill(store)
    await release(store)
    before = {audience: await told(store, audience) for audience in (PUBLIC, AUDITOR)}
    await release(store, APRIL)
    for audience, numbers in before.items():
        again = await told(store, audience)
        assert {key: again.get(key) for key in numbers} == numbers


async def test_what_moved_by_few_goes_on_saying_what_it_said(store: Store) -> None:
    cases = await fill(store)
    await release(store)
    before = await told(store)
    moved = [c for c in cases if c.is_complaint and c.quarter == "2026-Q2"][:3]
    async with store.transaction() as tx:
        await facts.remove(tx, [case.id for case in moved])
    await release(store, APRIL)
    async with store.transaction() as tx:
        cells = await releases.cells(
            tx, audience=PUBLIC, periods=["2026-Q2"], by=[""], figures=["complaints"]
        )
    number = before["2026-Q2", "", "", "complaints"]
    assert [(c.number, c.as_of) for c in cells] == [(number, NEW_YEAR)]


async def test_what_moved_by_many_is_told_anew(store: Store) -> None:
    cases = await fill(store, 900)
    await release(store)
    before = await told(store)
    moved = [c for c in cases if c.is_complaint and c.quarter == "2026-Q2"]
    async with store.transaction() as tx:
        await facts.remove(tx, [case.id for case in moved])
    await release(store, APRIL)
    after = await told(store)
    key = ("2026-Q2", "", "", "complaints")
    assert (before[key], after[key]) == (len(moved), 0)
    assert after["2026", "", "", "complaints"] == (
        before["2026", "", "", "complaints"] - len(moved)
    )


async def test_the_sums_that_a_release_was_made_of_are_no_audiences(
    store: Store,
) -> None:
    await fill(store)
    await release(store)
    async with store.transaction() as tx:
        audiences = {head.audience for head in await releases.releases(tx)}
        assert releases.EXACT not in audiences
        assert await releases.states(tx)


async def test_a_drawing_that_fails_is_done_again_and_loses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    made = await release(store)

    def broken(*_: object) -> Sequence[object]:
        raise RuntimeError("no ink")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "files_of", broken)
        with pytest.raises(RuntimeError):
            await draw_due(store)
    monkeypatch.setattr(
        publishing, "files_of", lambda *_: [releases.Kept("a.svg", "en", "x/y", b"1")]
    )
    drawn = await draw_due(store)
    assert drawn == publishing.Drawn(made.number, 1)
    assert await draw_due(store) is None
    async with store.transaction() as tx:
        file = await releases.file(
            tx, audience=PUBLIC, name="a.svg", language="en", number=made.number
        )
    assert file == releases.Kept("a.svg", "en", "x/y", b"1")


async def test_no_release_is_made_of_a_quarter_that_runs(store: Store) -> None:
    await fill(store)
    done = await publish(
        store, at=NEW_YEAR, on=date(2026, 12, 31), thresholds=Thresholds()
    )
    assert done is not None
    periods = {key[0] for key in await told(store)}
    assert {"2026-Q3"} <= periods
    assert not {"2026", "2026-Q4"} & periods
