"""kill -9 of the web process in a burst of texts: L1 to L4 of SECURITY §3.1.

What was stored is counted against a ledger that the test itself keeps: what
it sent, and what was answered.
"""

import asyncio
import random
import unicodedata
from typing import Any
from uuid import UUID

from app.store.engine import Store
from app.store.ledger import verify
from tests.chaos.conftest import LINE
from tests.chaos.processes import IS_WHOLE, Ledger, Running, Stimulus

TEXTS, KILLS = (3000, 20) if IS_WHOLE else (300, 2)
REPLAYS = 3 if IS_WHOLE else 1


def stimuli(n: int) -> list[Stimulus]:
    """Return texts from as many phones, each with a word of its own."""
    return [
        Stimulus(
            sid=f"SM{i:032x}",
            phone=f"+88017{i:08}",
            line=LINE,
            text=f"৪৮২১৭০ তিন মাস ওভারটাইমের টাকা পাই না, canary{i:016x} é́",
        )
        for i in range(n)
    ]


async def test_nothing_acknowledged_is_lost_and_nothing_is_stored_twice(
    programme: Store, running: Running
) -> None:
    sent = stimuli(TEXTS)
    ledger, chance = Ledger(sent), random.Random(1)
    slowest = 0.0
    share = len(sent) // (KILLS + 1)
    for kill in range(KILLS + 1):
        web = running.start_web()
        slowest = max(slowest, await running.until_ready())
        part = sent[kill * share : (kill + 1) * share if kill < KILLS else None]
        burst = asyncio.create_task(ledger.send_all(part, running.address))
        if kill < KILLS:
            goal = len(ledger.acked) + chance.randint(share // 8, share // 2)
            async with asyncio.timeout(60):
                await ledger.until_acked(goal, burst)
            running.kill(web)
        await burst

    acked = set(ledger.acked)
    stored = await _stored(programme, sent)
    print(
        f"{len(sent)} texts, {KILLS} kills: {len(acked)} acknowledged,"
        f" {len(stored)} stored, {len(acked - stored.keys())} lost;"
        f" ready again after {slowest:.1f} s at most"
    )
    assert 0 < len(acked) < len(sent)  # the kills did hit the burst
    assert acked <= stored.keys()  # L1

    for replay in range(REPLAYS):
        again = list(sent)
        if replay:
            chance.shuffle(again)
        await ledger.send_all(again, running.address)
    some = sent if IS_WHOLE else sent[::4]
    await asyncio.gather(
        *(ledger.send_all(some, running.address, at_once=4) for _ in range(4))
    )
    assert ledger.acked == {s.sid for s in sent}  # L4
    # Every repeat got the first answer, byte for byte.
    assert {len(set(answers)) for answers in ledger.answers.values()} == {1}
    await _assert_each_is_stored_once_and_whole(programme, sent)  # L2, L3
    verdict = await verify(programme)
    assert (verdict.ok, verdict.cases) == (True, len(sent)), verdict.problems[:5]
    _assert_nothing_was_logged(running.told(), sent)


async def _stored(store: Store, sent: list[Stimulus]) -> dict[str, UUID]:
    """Return the cases of the texts that were claimed, by the texts' own ids."""
    rows = await store.pool.fetch("SELECT provider_id, case_id FROM claim")
    claimed = {row["provider_id"]: row["case_id"] for row in rows}
    tags = {store.keyring.message_tag(one.sid): one.sid for one in sent}
    assert claimed.keys() <= tags.keys()
    return {tags[tag]: case_id for tag, case_id in claimed.items()}


async def _assert_each_is_stored_once_and_whole(
    store: Store, sent: list[Stimulus]
) -> None:
    stored = await _stored(store, sent)
    assert stored.keys() == {s.sid for s in sent}
    assert len(set(stored.values())) == len(sent)
    assert await store.pool.fetchval("SELECT count(*) FROM cases") == len(sent)
    said = await _decrypted(store)
    assert len(said) == len(sent)
    for one in sent:
        assert said[stored[one.sid]] == unicodedata.normalize("NFC", one.text)


async def _decrypted(store: Store) -> dict[UUID, str]:
    rows: list[Any] = await store.pool.fetch(
        "SELECT m.id, m.case_id, m.body, c.data_key FROM message m"
        " JOIN cases c ON c.id = m.case_id WHERE m.direction = 'in'"
    )
    return {
        row["case_id"]: store.keyring.unwrap(row["data_key"], row["case_id"]).open_text(
            row["body"], f"message|body|{row['id']}"
        )
        for row in rows
    }


def _assert_nothing_was_logged(log: str, sent: list[Stimulus]) -> None:
    assert log.count("request.done") >= len(sent)
    assert "canary" not in log
    assert not [one.phone for one in sent if one.phone[1:] in log]
