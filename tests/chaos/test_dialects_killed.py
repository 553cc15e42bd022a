"""Each dialect in a storm: every request twice, reports lost, kill -9 all round.

Each complaint is one case and its ledger whole. Each answer stands on its phone at
most once; where the carrier can be asked what it took, exactly once. What nobody can
decide keeps its name: a row that is not settled as sent.
"""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.actions.import_directory import import_directory
from app.demo.furnish import register_texts
from app.directory_files.kinds import Kind
from app.outbox.owed import LEASE
from app.runtime.clock import now
from app.simulator.dialects.dialect import copies
from app.store.engine import Store
from app.store.ledger import verify
from tests.chaos.carriers import Carriers, carriers, environment_of
from tests.chaos.processes import IS_WHOLE, Letterbox, Running, environment, free_port
from tests.stories.programme import as_csv

# By carrier: the line, and how the numbers of its phones begin.
LINES = {
    "exotel": ("+911001000911", "+9190000"),
    "infobip": ("+15550103880", "+88017100"),
    "jasmin": ("+15550102880", "+88017200"),
    "kannel": ("+15550101880", "+88017300"),
}
# Who can be asked afterwards, or brings the answer back in the very request.
IS_SURE = {"infobip", "kannel"}
# The acknowledgement and the question that follows; Kannel takes both as one text.
ANSWERS = {"exotel": 2, "infobip": 2, "jasmin": 2, "kannel": 1}
PHONES, WEB_KILLS, WORKER_KILLS = (150, 6, 12) if IS_WHOLE else (6, 1, 1)
WORKERS = 2
LOOKS = 4  # times that a text of unknown fate is asked after


@pytest.fixture
async def lines(programme: Store) -> Store:
    """The programme with a line of each carrier, and every text registered."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        (line, "IN" if name == "exotel" else "BD", name, "bn", "yes", "none", "", "")
        for name, (line, _) in LINES.items()
    ]
    await import_directory(programme, Kind.NUMBERS, as_csv(Kind.NUMBERS, rows), at=at)
    await register_texts(programme, at)
    return programme


@pytest.fixture
async def around(
    database_url: str, tmp_path: Path, box: tuple[Letterbox, int]
) -> AsyncIterator[tuple[Running, Carriers]]:
    """Nothing of the service runs yet; the carriers do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        env = environment(
            database_url,
            tmp_path,
            redis_url="redis://127.0.0.1:9",
            smtp_port=box[1],
            port=free_port(),
        )
        env |= environment_of(listener.getsockname()[1])
        running = Running(env, tmp_path / "log")
        async with carriers(running.address, listener) as opened:
            yield running, opened
            running.kill_all()


async def test_no_dialect_loses_or_doubles_anything(
    lines: Store, around: tuple[Running, Carriers]
) -> None:
    running, network = around
    phones = [
        (name, f"{start}{n:0{13 - len(start)}}", line)
        for name, (line, start) in LINES.items()
        for n in range(PHONES)
    ]
    killing = asyncio.create_task(_kill_again_and_again(running))
    await _write(network, phones)
    await killing
    await _settle(lines, running, network)
    running.kill_all()

    await _assert_each_complaint_is_one_case(lines, phones)
    twice = [key for key, n in copies(network.arrived).items() if n > 1]
    assert twice == []
    undecided = await _undecided(lines)
    at_phones = Counter(landed.phone for landed in network.arrived)
    missing: Counter[str] = Counter()
    for name, phone, _ in phones:
        missing[name] += ANSWERS[name] - at_phones[phone]
    print(f"{len(phones)} complaints; missing {dict(missing)}; {dict(undecided)}")
    for name in LINES:
        assert missing[name] <= undecided[name], name
    assert all(missing[name] == undecided[name] == 0 for name in IS_SURE)
    _assert_nothing_was_logged(running.told(), [phone for _, phone, _ in phones])


async def _kill_again_and_again(running: Running) -> None:
    """kill -9 of the web process and of workers while all texts are on their way."""
    chance = random.Random(5)
    for _ in range(WORKERS):
        running.start_worker()
    web = running.start_web()
    await running.until_ready(within=120)
    for _ in range(WEB_KILLS):
        await asyncio.sleep(chance.uniform(0.2, 0.8))
        running.kill(web)
        web = running.start_web()
        await running.until_ready(within=120)
        for _ in range(WORKER_KILLS // WEB_KILLS):
            await asyncio.sleep(chance.uniform(0.3, 1.2))
            running.kill(chance.choice([p for p in running.alive if p is not web]))
            running.start_worker()


async def _write(network: Carriers, phones: list[tuple[str, str, str]]) -> None:
    waiting = iter(enumerate(phones))

    async def lane() -> None:
        for n, (name, phone, line) in waiting:
            text = f"৪৮২১৭০ তিন মাস টাকা পাই না canary{n:06}"
            await network.text(name, phone, line, text, f"{name}-{n:032}")

    await asyncio.gather(*(lane() for _ in range(8)))


async def _settle(store: Store, running: Running, network: Carriers) -> None:
    """Let the waits go by until every answer was sent, or asked after in vain."""
    running.start_worker()
    async with asyncio.timeout(900 if IS_WHOLE else 180):
        while await store.pool.fetchval(
            "SELECT count(*) FROM outbox WHERE template = 'reply' AND (state = 'owed'"
            " OR state = 'unknown' AND attempt < $1)",
            LOOKS,
        ):
            await store.pool.execute(
                "UPDATE outbox SET next_at = least(next_at, $1), lease_until ="
                " CASE WHEN lease_until < $2 THEN $1 ELSE lease_until END"
                " WHERE template = 'reply' AND next_at IS NOT NULL",
                now(),
                now() + LEASE - timedelta(seconds=20),
            )
            await asyncio.sleep(0.5)
    await network.settle()


async def _undecided(store: Store) -> Counter[str]:
    """Count the answers that are not settled as sent, by the carrier tried."""
    rows = await store.pool.fetch(
        "SELECT state, carrier FROM outbox WHERE template = 'reply'"
    )
    assert {row["state"] for row in rows} <= {"sent", "unknown"}, Counter(
        (row["state"], row["carrier"]) for row in rows
    )
    return Counter(row["carrier"] for row in rows if row["state"] == "unknown")


async def _assert_each_complaint_is_one_case(
    store: Store, phones: list[tuple[str, str, str]]
) -> None:
    pool = store.pool
    tags = await pool.fetch("SELECT phone_tag, count(*) AS n FROM cases GROUP BY 1")
    assert {row["phone_tag"]: row["n"] for row in tags} == {
        store.keyring.phone_tag(phone): 1 for _, phone, _ in phones
    }
    assert await pool.fetchval("SELECT count(*) FROM claim") == len(phones)
    said = "SELECT count(*) FROM message WHERE direction = 'in'"
    assert await pool.fetchval(said) == len(phones)
    verdict = await verify(store)
    assert (verdict.ok, verdict.cases) == (True, len(phones)), verdict.problems[:5]


def _assert_nothing_was_logged(log: str, phones: list[str]) -> None:
    assert "message.settled" in log
    assert "canary" not in log
    assert not [phone for phone in phones if phone.lstrip("+") in log]
