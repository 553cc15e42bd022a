"""Releases: made once a quarter, whole, kept as they are, and in the ledger."""

import asyncio
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from app.actions import draw as drawing, publish as publishing
from app.actions.count import Caught
from app.actions.draw import draw_due
from app.actions.publish import Thresholds, publish, publish_due
from app.reports.render import ReleaseFile, report_name
from app.statistics.compare import changes
from app.statistics.model import Audience, CaseFacts, Cell, Told
from app.store import releases
from app.store.engine import Store
from app.store.figures import facts
from app.store.figures.compare import note_unopened
from app.store.ids import new_id
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
    async with store.transaction() as tx:
        # Beside some of no known quarter nobody knows that a quarter had none.
        await facts.remove(tx, [case.id for case in cases if case.is_of_year])
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


def inked(monkeypatch: pytest.MonkeyPatch, *, broken_at: int = -1) -> list[str]:
    """Draw two files of each of two periods; return what was drawn, as it is."""
    drawn: list[str] = []

    def pictures(
        _issue: object, period: str, language: str, _places: object
    ) -> Iterator[ReleaseFile]:
        for name in (f"{period}/a.svg", report_name(period)):
            if len(drawn) == broken_at:
                raise RuntimeError("no ink")
            drawn.append(f"{language} {name}")
            yield ReleaseFile(name, language, "x/y", b"1")

    monkeypatch.setattr(drawing, "LANGUAGES", ("en", "nl"))
    monkeypatch.setattr(drawing, "drawn_periods", lambda _: ("2026", "2026-Q4"))
    monkeypatch.setattr(drawing, "of_period", pictures)
    return drawn


async def test_a_drawing_that_fails_goes_on_where_it_was_and_loses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    made = await release(store)
    with monkeypatch.context() as patched:
        before = inked(patched, broken_at=5)  # in the midst of the third period
        with pytest.raises(RuntimeError):
            await draw_due(store)
    async with store.transaction() as tx:
        kept = await releases.file_names(tx, made.number, PUBLIC)
        assert not await releases.is_drawn(tx, made.number, PUBLIC)
    assert {f"{language} {name}" for name, language in kept} == {*before[:4]}
    after = inked(monkeypatch)
    assert await draw_due(store) == drawing.Drawn(made.number, 4)
    assert not {*after} & {*before[:4]}
    assert await draw_due(store) is None
    async with store.transaction() as tx:
        file = await releases.file(
            tx, audience=PUBLIC, name="2026/a.svg", language="nl", number=made.number
        )
    assert file == releases.Kept("2026/a.svg", "nl", "x/y", b"1")


async def test_drawing_stops_between_two_files_when_it_is_told_to(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    made = await release(store)
    drawn = inked(monkeypatch)
    done = await draw_due(store, is_stopped=lambda: len(drawn) >= 3)
    assert (done, len(drawn)) == (drawing.Drawn(made.number, 2, is_all=False), 3)
    done = await draw_due(store)
    assert done == drawing.Drawn(made.number, 6)


async def test_one_draws_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)
    await release(store)
    drawn = inked(monkeypatch)
    done = await asyncio.gather(*(draw_due(store) for _ in range(3)))
    assert sum(each is not None for each in done) == 1
    assert len(drawn) == len({*drawn}) == 8


async def test_who_counted_while_another_published_publishes_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store)

    async def overtaken(*_: object, **__: object) -> Caught:
        await release(store)
        return Caught()

    monkeypatch.setattr(publishing, "catch_up", overtaken)
    done = await publish_due(store, at_clock=lambda: NEW_YEAR, thresholds=Thresholds())
    assert done is None
    async with store.transaction() as tx:
        assert {head.number for head in await releases.releases(tx)} == {1}


async def test_a_worker_that_is_told_to_stop_publishes_nothing(store: Store) -> None:
    await fill(store)
    calls: list[int] = []

    def after(count: int) -> Callable[[], bool]:
        calls.clear()
        return lambda: calls.append(1) or len(calls) > count  # type: ignore[func-returns-value]

    for count in (0, 1, 2):  # before it counts, before and between the audiences
        done = await publish_due(
            store,
            at_clock=lambda: NEW_YEAR,
            thresholds=Thresholds(),
            is_stopped=after(count),
        )
        assert done is None
        assert len(calls) == count + 1
    async with store.transaction() as tx:
        assert await releases.releases(tx) == []


async def test_no_release_is_made_of_a_quarter_that_runs(store: Store) -> None:
    await fill(store)
    done = await publish(
        store, at=NEW_YEAR, on=date(2026, 12, 31), thresholds=Thresholds()
    )
    assert done is not None
    periods = {key[0] for key in await told(store)}
    assert {"2026-Q3"} <= periods
    assert not {"2026", "2026-Q4"} & periods


async def test_auditors_are_told_how_many_cases_did_not_open(store: Store) -> None:
    await fill(store)
    async with store.transaction() as tx:
        ids = [new_id(NEW_YEAR) for _ in range(3)]
        await note_unopened(tx, ids, ids[:2], NEW_YEAR)
    made = await release(store)
    said = {head.audience: head.detail.get("unopened") for head in made.heads}
    assert said[AUDITOR] == 2
    assert said[PUBLIC] is None


async def test_the_database_finds_what_two_releases_do_not_say_alike(
    store: Store,
) -> None:
    """As `changes` finds it of all the cells, a number behind a word never read."""
    dice = random.Random(7)
    keys = [
        (period, by, value, figure)
        for period in ("2025", "2026", "2026-Q1")
        for by, value in (("", ""), ("country", "BD"), ("country", "IN"))
        for figure in ("complaints", "resolved", "open")
    ]

    def cells(gone: str) -> list[Cell]:
        return [
            Cell(*key, dice.choice([10, 11, None]), dice.choice([*Told]))
            for key in keys
            if key[0] != gone and dice.random() < 0.9
        ]

    told = [cells("2025"), cells("2026-Q1")]
    async with store.transaction() as tx:
        for number, of_one in enumerate(told, start=1):
            head = releases.Header(number, PUBLIC, NEW_YEAR, 1, "v", 10, b"")
            await releases.write(tx, head, of_one, at=NEW_YEAR)
        periods = [await releases.periods_of(tx, n, PUBLIC) for n in (1, 2)]
        assert periods == [["2026", "2026-Q1"], ["2025", "2026"]]
        before, after = await releases.differing(
            tx, audience=PUBLIC, earlier=1, later=2, periods=["2026"]
        )
    found = changes(told[0], told[1])
    assert changes(before, after, ["2026"]) == found
    assert 0 < len(found) == len({(c.by, c.value, c.figure) for c in before + after})
