"""Three workers race over the same due cases: nothing twice, nothing missing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from app.actions.deliver import deliver_due
from app.actions.sweep_deadlines import sweep_due
from app.store.engine import Store
from app.store.ledger import verify
from app.store.sealing import Keyring
from tests.builders import COMMITTEE, HEAD, PARTNERS
from tests.chaos.processes import IS_WHOLE
from tests.stories.conftest import NIGHT
from tests.stories.programme import ENGLISH_LINE, import_programme
from tests.stories.telling import Mouth, Telling, catalog

CASES = 300 if IS_WHOLE else 90
WORKERS = 3


@pytest.fixture
async def workers(database_url: str, keyring: Keyring) -> AsyncIterator[list[Store]]:
    stores = [await Store.open(database_url, keyring) for _ in range(WORKERS)]
    yield stores
    for store in stores:
        await store.close()


async def cases_with_the_committee(store: Store) -> Telling:
    await import_programme(store)
    talk = Telling(store, NIGHT)
    for n in range(CASES):
        phone = f"+88017{n:08}"
        for words in ("482170 three months no pay", "2", "no"):
            await talk.text(words, phone=phone, line=ENGLISH_LINE)
    return talk


async def sweep_all(stores: list[Store], talk: Telling) -> Counter[int]:
    """Let every store sweep until it finds nothing; count who took how many."""

    async def one(store: Store) -> int:
        taken, idle = 0, 0
        while idle < 3:
            swept = await sweep_due(store, at=talk.at, limit=7)
            taken += swept.cases
            idle = 0 if swept.cases else idle + 1
            await asyncio.sleep(0.002 * idle)
        return taken

    return Counter(dict(enumerate(await asyncio.gather(*map(one, stores)))))


async def deliver_all(stores: list[Store], mouth: Mouth, at: Any) -> None:
    async def one(store: Store, at: Any) -> None:
        while await deliver_due(store, mouth, catalog(), at_clock=lambda: at, limit=13):
            pass

    # What one of them held locked while the others looked keeps its lease, and
    # is taken when that has ended.
    for turn in range(20):
        then = at + turn * timedelta(seconds=61)
        await asyncio.gather(*(one(store, then) for store in stores))
        due = "SELECT count(*) FROM outbox WHERE next_at <= $1"
        if not await stores[0].pool.fetchval(due, then):
            return


async def test_three_sweeps_owe_everything_once(
    store: Store, workers: list[Store]
) -> None:
    talk = await cases_with_the_committee(store)
    talk.at = NIGHT + timedelta(days=7)
    taken = await sweep_all(workers, talk)
    print(f"{CASES} due cases, taken by three workers: {dict(taken)}")
    # Where two met on one case, the one that came later found nothing to do.
    assert sum(taken.values()) >= CASES

    debts = await talk.owed()
    twice = [
        k for k, n in Counter((d.number, d.told, d.to) for d in debts).items() if n > 1
    ]
    assert twice == []
    told = Counter((d.told, d.to) for d in debts if d.at == talk.at)
    for name in COMMITTEE | PARTNERS:
        assert told["missed acknowledge", name] == CASES
    for name in HEAD:
        assert told["missed first_action", name] == CASES
    # All of one committee within 90 days: only the very first is not a second.
    seconds = {d.number for d in debts if d.template == "second_miss"}
    assert len(seconds) == CASES - 1
    verdict = await verify(store)
    assert verdict.ok, verdict.problems[:5]


async def test_three_deliveries_send_everything_once(
    store: Store, workers: list[Store]
) -> None:
    talk = await cases_with_the_committee(store)
    mouth = Mouth()
    await deliver_all(workers, mouth, talk.at)
    sent = Counter(parcel.owed_id for parcel in mouth.sent)
    owed = await store.pool.fetch("SELECT id, state FROM outbox")
    print(f"{len(owed)} messages, delivered by three workers")
    # The partners are told of the case, and that its words wait for them.
    assert len(owed) == CASES * (len(COMMITTEE) + 2 * len(PARTNERS))
    assert {row["state"] for row in owed} == {"sent"}
    assert sent.keys() == {row["id"] for row in owed}
    assert set(sent.values()) == {1}


async def test_texts_that_come_while_workers_sweep_lose_nothing(
    store: Store, workers: list[Store]
) -> None:
    """The worker writes on just when her case is struck."""
    talk = await cases_with_the_committee(store)
    talk.at = NIGHT + timedelta(days=7)

    async def write(n: int) -> None:
        await talk.text("nobody did anything", phone=f"+88017{n:08}", line=ENGLISH_LINE)

    await asyncio.gather(
        sweep_all(workers, talk), *(write(n) for n in range(0, CASES, 3))
    )
    debts = await talk.owed()
    missed = Counter(d.to for d in debts if d.told == "missed first_action")
    assert missed == dict.fromkeys(HEAD, CASES)
    heard = await store.pool.fetchval(
        "SELECT count(*) FROM message WHERE direction = 'in' AND at = $1", talk.at
    )
    assert heard == len(range(0, CASES, 3))
    verdict = await verify(store)
    assert verdict.ok, verdict.problems[:5]
