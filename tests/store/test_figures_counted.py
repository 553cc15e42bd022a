"""The figures follow the ledger: whoever counts, however often, and whoever dies."""

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.actions import count as counting
from app.actions.brand_room import promise
from app.actions.compare_figures import compare_all, compare_tonight
from app.actions.count import catch_up, count_some, fold_one
from app.actions.figure_findings import figure_findings
from app.actions.forget import forget
from app.actions.remedy import drop_remedy, finish_remedy, plan_remedy
from app.domain.commands import Pause, Resolve, Resume, SetCategory
from app.domain.errors import Busy
from app.domain.remedies import Finished, Owner, Planned, RootCause
from app.domain.taxonomy import Category
from app.statistics.fold import Told
from app.statistics.model import CaseFacts, Outcome
from app.store.engine import Store
from app.store.figures import compare, events, facts, nights
from app.store.figures.compare import held_cases
from app.store.figures.facts import row_of
from app.store.figures.reading import contact_counts, counted_to, remedies
from app.store.ledger import open_facts
from tests.store.test_figures import brute_cells, brute_hours, held_cells, held_hours
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import DHAKA, Telling

NIGHT = datetime(2026, 12, 10, 3, 0, tzinfo=DHAKA)
SAID = "482170 three months no overtime pay"


async def live(talk: Telling) -> str:
    """Let a case pause, be solved and come back; return its number."""
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    second = await talk.person("partner-bd-2")
    for command, by in (
        (Pause(note="she is at home", second=second), "partner-bd"),
        (Resume(), "partner-bd"),
        (Resolve(note="paid"), "gaz-com-w1"),
        (Resolve(note="paid"), "gaz-com-m1"),
    ):
        await talk.run(hours=20)
        await talk.act(ticket.number, command, by)
    await talk.text(f"not solved {ticket.pin}", line=ENGLISH_LINE)
    await talk.run(hours=20)
    return ticket.number


async def some(talk: Telling, count: int) -> None:
    for n in range(count):
        await talk.text(SAID, line=ENGLISH_LINE, phone=f"+8801712{n:06}")


async def from_ledger(store: Store) -> list[CaseFacts]:
    """Fold every case there is, by nothing that the figures keep."""
    directory = await store.directory()
    found = []
    for row in await store.pool.fetch("SELECT id, data_key FROM cases ORDER BY id"):
        key = store.keyring.unwrap(row["data_key"], row["id"])
        told = [
            Told(
                event["seq"],
                event["at"],
                event["kind"],
                {
                    fact.name: json.loads(fact.value)
                    for fact in open_facts(event["sealed"], row["id"], key)
                },
            )
            for event in await store.pool.fetch(
                "SELECT * FROM ledger_event WHERE case_id = $1 ORDER BY seq", row["id"]
            )
        ]
        case = fold_one(row["id"], told, directory)
        assert case is not None
        found.append(case)
    return found


async def rows(store: Store) -> dict[UUID, dict[str, Any]]:
    async with store.transaction() as tx:
        ids = [r["id"] for r in await store.pool.fetch("SELECT id FROM stat_case")]
        return await held_cases(tx, ids)


async def assert_counted(store: Store) -> Sequence[CaseFacts]:
    """Hold all that is kept against the ledger, folded and added up here."""
    cases = await from_ledger(store)
    expected = {c.id: json.loads(json.dumps(row_of(c), default=str)) for c in cases}
    assert await rows(store) == expected
    assert await held_cells(store) == brute_cells(cases)
    assert await held_hours(store) == brute_hours(cases)
    return cases


async def count_all(talk: Telling) -> None:
    done = await catch_up(talk.store, at_clock=lambda: talk.at)
    assert done.is_all


async def test_a_life_is_counted_as_it_is_lived(store: Store, talk: Telling) -> None:
    number = await live(talk)
    await count_all(talk)
    (case,) = await assert_counted(store)
    assert (case.outcome, case.is_reopened) == (Outcome.OPEN, True)
    for command, by in (
        (Resolve(note="paid"), "gaz-com-w1"),
        (Resolve(note="paid"), "gaz-com-m1"),
    ):
        await talk.act(number, command, by)
        await count_all(talk)
        await assert_counted(store)
    await talk.run(days=40)
    await count_all(talk)
    (case,) = await assert_counted(store)
    assert case.outcome is Outcome.DECLARED


async def test_nothing_new_costs_nothing_and_changes_nothing(
    store: Store, talk: Telling
) -> None:
    await some(talk, 3)
    await count_all(talk)
    before = await rows(store)
    batch = await count_some(store, at=talk.at)
    assert batch is not None
    assert (batch.cases, batch.changed, batch.is_all) == (0, 0, True)
    assert await rows(store) == before
    async with store.transaction() as tx:
        assert (await counted_to(tx)).seq == await store.pool.fetchval(
            "SELECT seq FROM ledger_head"
        )
        assert await events.waiting(tx) == 0


async def test_a_worker_that_dies_between_two_batches_loses_nothing(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(talk, 9)
    await live(talk)
    monkeypatch.setattr(counting, "BATCH", 2)
    put, calls = facts.put_remedies, 0

    async def dies(*given: Any, **named: Any) -> None:
        nonlocal calls
        calls += 1
        await put(*given, **named)
        if calls % 2 == 0:
            raise ConnectionResetError  # in the midst of its transaction

    monkeypatch.setattr(facts, "put_remedies", dies)
    deaths = 0
    while True:
        try:
            await count_all(talk)
            break
        except Busy:
            deaths += 1
            cursor = await store.pool.fetchval("SELECT seq FROM stat_cursor")
            counted = await store.pool.fetchval("SELECT count(*) FROM stat_case")
            assert counted <= cursor
    assert deaths >= 4
    await assert_counted(store)


async def test_several_workers_count_everything_once(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "BATCH", 2)
    await some(talk, 12)

    async def work() -> None:
        for _ in range(200):
            if (await catch_up(store, at_clock=lambda: talk.at)).is_all:
                return
            await asyncio.sleep(0.01)

    await asyncio.gather(*(work() for _ in range(4)))
    assert len(await assert_counted(store)) == 12


async def test_whoever_finds_another_at_it_goes_away(
    store: Store, talk: Telling
) -> None:
    await some(talk, 2)
    async with store.transaction() as tx:
        await facts.take(tx)
        assert await count_some(store, at=talk.at) is None
        assert not (await catch_up(store, at_clock=lambda: talk.at)).is_all
        # And nobody who complains ever waits for it.
        await talk.text(SAID, line=ENGLISH_LINE, phone="+8801712999999")
    await count_all(talk)
    assert len(await assert_counted(store)) == 3


async def test_what_was_forgotten_stays_counted(store: Store, talk: Telling) -> None:
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    await talk.act(ticket.number, Resolve(note="paid"), "gaz-com-w1")
    await talk.act(ticket.number, Resolve(note="paid"), "gaz-com-m1")
    await talk.run(days=15)
    await count_all(talk)
    before = await rows(store)
    admin = next(p for p in (await store.directory()).people if p.name == "admin")
    await forget(store, ticket.number, by=admin, at=talk.at, through="test")
    await count_all(talk)
    assert await rows(store) == before
    done = await compare_all(store, at_clock=lambda: talk.at)
    assert (done.cases, done.found) == (0, [])


async def test_a_case_that_does_not_open_is_told_and_holds_nobody_up(
    store: Store, talk: Telling
) -> None:
    await some(talk, 3)
    await store.pool.execute(
        "UPDATE cases SET data_key = (SELECT data_key FROM cases ORDER BY id LIMIT 1)"
        " WHERE id = (SELECT id FROM cases ORDER BY id DESC LIMIT 1)"
    )
    await count_all(talk)
    assert len(await rows(store)) == 2
    async with store.transaction() as tx:
        assert (await counted_to(tx)).unopened == 1
        said = [f.what for f in await figure_findings(tx, talk.at)]
    assert any("1 cases could not be opened" in what for what in said)


async def test_remedies_are_counted_in_the_quarter_of_their_complaint(
    store: Store, talk: Telling
) -> None:
    number = (await talk.open(SAID, "2", "no", line=ENGLISH_LINE)).number
    await talk.run(days=20)
    buyer = next(p for p in (await store.directory()).people if p.name == "norda-buyer")
    await promise(store, number, by=buyer, at=talk.at)
    day = talk.at.date() + timedelta(days=30)
    plan = Planned(RootCause.PRICE, Owner.BRAND, day, "Pay more.")
    made = [
        await plan_remedy(store, number, plan, by=buyer, at=talk.at) for _ in range(3)
    ]
    await drop_remedy(store, number, made[0], by=buyer, at=talk.at)
    done = Finished("They were paid.", 40)
    await finish_remedy(store, number, made[1], done, by=buyer, at=talk.at)
    await count_all(talk)
    async with store.transaction() as tx:
        told = await remedies(tx)
    assert [(r.quarter, r.is_done, r.remedies, r.beneficiaries) for r in told] == [
        ("2026-Q4", False, 1, 0),
        ("2026-Q4", True, 1, 40),
    ]
    done_again = await compare_all(store, at_clock=lambda: talk.at)
    assert done_again.found == []
    await store.pool.execute("UPDATE stat_remedy SET beneficiaries = 4000")
    found = (await compare_all(store, at_clock=lambda: talk.at)).found
    assert {one.what for one in found} == {"remedy"}
    async with store.transaction() as tx:
        assert await remedies(tx) == told


async def test_what_was_done_for_a_question_is_no_remedy_of_a_complaint(
    store: Store, talk: Telling
) -> None:
    number = (await talk.open(SAID, "2", "no", line=ENGLISH_LINE)).number
    await talk.run(days=20)
    buyer = next(p for p in (await store.directory()).people if p.name == "norda-buyer")
    await promise(store, number, by=buyer, at=talk.at)
    day = talk.at.date() + timedelta(days=30)
    plan = Planned(RootCause.PRICE, Owner.BRAND, day, "Pay more.")
    made = await plan_remedy(store, number, plan, by=buyer, at=talk.at)
    done = Finished("They were paid.", 40)
    await finish_remedy(store, number, made, done, by=buyer, at=talk.at)
    await count_all(talk)
    async with store.transaction() as tx:
        assert [r.remedies for r in await remedies(tx)] == [1]
    asked = SetCategory(Category.INFO, note="She only asked.")
    await talk.act(number, asked, "partner-bd")
    await count_all(talk)
    async with store.transaction() as tx:
        assert await remedies(tx) == []
    assert (await compare_all(store, at_clock=lambda: talk.at)).found == []


async def test_contacts_are_counted_by_quarter(store: Store, talk: Telling) -> None:
    await store.pool.execute(
        "INSERT INTO counter (day, name, count) VALUES"
        " ('2026-09-30', 'contact.test', 2), ('2026-10-01', 'contact.test', 3),"
        " ('2026-12-31', 'contact.test', 4), ('2026-12-31', 'other.thing', 9)"
    )
    async with store.transaction() as tx:
        told = [(c.quarter, c.kind, c.count) for c in await contact_counts(tx)]
    assert told == [("2026-Q3", "test", 2), ("2026-Q4", "test", 7)]


# Each night.

EDITS = [
    pytest.param(
        "UPDATE stat_case SET outcome = 'confirmed'", "case", id="a-better-outcome"
    ),
    pytest.param("DELETE FROM stat_case", "case", id="cases-that-were-taken-away"),
    pytest.param(
        "INSERT INTO stat_case SELECT (jsonb_populate_record(c,"
        " jsonb_build_object('id', gen_random_uuid()))).* FROM stat_case c",
        "case",
        id="cases-that-never-were",
    ),
    pytest.param(
        "UPDATE stat_cell SET open = open - 1, confirmed = confirmed + 1 WHERE by = ''",
        "cells",
        id="a-better-sum",
    ),
]


@pytest.mark.parametrize(("statement", "what"), EDITS)
async def test_a_figure_that_was_edited_is_named_and_mended(
    store: Store, talk: Telling, statement: str, what: str
) -> None:
    await some(talk, 3)
    await live(talk)
    await count_all(talk)
    assert (await compare_all(store, at_clock=lambda: talk.at)).found == []
    await store.pool.execute(statement)
    done = await compare_all(store, at_clock=lambda: talk.at)
    assert what in {one.what for one in done.found}
    await assert_counted(store)
    assert (await compare_all(store, at_clock=lambda: talk.at)).found == []
    async with store.transaction() as tx:
        findings = await figure_findings(tx, talk.at)
    assert any(f.what.startswith(f"A figure ({what}") for f in findings if f.is_grave)


async def test_what_waits_to_be_counted_is_no_difference(
    store: Store, talk: Telling
) -> None:
    number = await live(talk)
    await count_all(talk)
    await talk.act(number, Resolve(note="paid"), "gaz-com-w1")
    assert (await compare_all(store, at_clock=lambda: talk.at)).found == []
    await count_all(talk)
    await assert_counted(store)


async def test_each_night_folds_another_share_and_all_in_the_end(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(talk, 12)
    await talk.run_until(NIGHT)
    await count_all(talk)
    monkeypatch.setattr(nights, "PAGE", 2)
    folded = 0
    for night in range(nights.SHARES):
        talk.at = NIGHT + timedelta(days=night)
        runs = await asyncio.gather(
            *(compare_tonight(store, at_clock=lambda: talk.at) for _ in range(2))
        )
        (done,) = [run for run in runs if run is not None]
        assert done.found == []
        folded += done.cases
        assert await compare_tonight(store, at_clock=lambda: talk.at) is None
    assert folded == 12
    last = await store.pool.fetchval("SELECT max(night) FROM stat_night")
    assert last == date(2026, 12, 10) + timedelta(days=nights.SHARES - 1)


async def test_a_night_that_was_broken_off_is_gone_on_with(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(talk, 8)
    await talk.run_until(NIGHT)
    await count_all(talk)
    monkeypatch.setattr(nights, "PAGE", 2)
    monkeypatch.setattr(nights, "share_of", lambda _night: None)
    looks = iter([False, True])
    assert (
        await compare_tonight(
            store, at_clock=lambda: NIGHT, is_stopped=lambda: next(looks)
        )
        is None
    )
    later = NIGHT + timedelta(minutes=10)
    done = await compare_tonight(store, at_clock=lambda: later)
    assert done is not None
    assert done.cases == 6
    row = await store.pool.fetchrow("SELECT cases, finished_at FROM stat_night")
    assert tuple(row) == (8, later)


async def test_whoever_compares_keeps_nobody_from_counting(
    store: Store, talk: Telling
) -> None:
    """What is right is looked at while another holds the figures."""
    await some(talk, 3)
    await count_all(talk)
    async with store.transaction() as counting_now, store.transaction() as tx:
        await facts.take(counting_now)
        await tx.connection.execute("SET LOCAL lock_timeout = '500ms'")
        assert await compare.suspects(tx) == []
        # It goes over everything: no limit of a page's statement holds for it.
        assert await tx.connection.fetchval("SHOW statement_timeout") == "0"
        assert await compare.compare_quarter(tx, "2026-Q4") == []


async def test_who_became_a_case_meanwhile_is_no_stranger(
    store: Store, talk: Telling
) -> None:
    await some(talk, 2)
    await count_all(talk)
    ids = [*await rows(store)]
    async with store.transaction() as tx:
        assert await compare.strangers(tx, ids) == []
        await tx.connection.execute(
            "INSERT INTO stat_case SELECT (jsonb_populate_record(c,"
            " jsonb_build_object('id', gen_random_uuid()))).* FROM stat_case c"
        )
        suspects = await compare.suspects(tx)
        assert len(suspects) == 2
        assert await compare.strangers(tx, [*ids, *suspects[:1]]) == suspects[:1]


async def test_the_directory_is_read_after_the_events_that_name_its_sites(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(talk, 1)
    order: list[str] = []
    touched, directory_now = events.touched, Store.directory_now
    opened = events.open_events

    async def looked(*given: Any, **named: Any) -> Any:
        order.append("events")
        return await touched(*given, **named)

    async def read(*given: Any, **named: Any) -> Any:
        order.append("directory")
        return await directory_now(*given, **named)

    async def seen(*given: Any, **named: Any) -> Any:
        order.append("opened")
        return await opened(*given, **named)

    monkeypatch.setattr(events, "touched", looked)
    monkeypatch.setattr(events, "open_events", seen)
    monkeypatch.setattr(Store, "directory_now", read)
    await count_some(store, at=talk.at)
    assert order == ["events", "opened", "directory"]
    order.clear()
    await compare_all(store, at_clock=lambda: talk.at)
    assert order == ["opened", "directory"]
