"""Redis is emptied, killed and brought back while a real worker runs."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.outbox.owed import public_id
from app.runtime.clock import now
from app.runtime.own_redis import program
from app.store.engine import Store
from tests.chaos.conftest import LINE, quicken
from tests.chaos.processes import Ledger, Letterbox, Running, Stimulus, free_port


@dataclass
class RealRedis:
    """One server on a port of its own, as Debian starts it: nothing is kept."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [program(), "--port", str(self.port), "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def until_ready(self) -> None:
        async with asyncio.timeout(10), Redis(port=self.port) as client:
            while True:
                with suppress(RedisError):
                    if await client.ping():
                        return
                await asyncio.sleep(0.05)

    async def flush(self) -> None:
        async with Redis(port=self.port) as client:
            await client.flushall()

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
async def redis() -> AsyncIterator[RealRedis]:
    server = RealRedis(free_port())
    server.start()
    await server.until_ready()
    yield server
    server.kill()


@pytest.fixture
def running_with_redis(running: Running, redis: RealRedis) -> Running:
    running.env = {**running.env, "REDIS_URL": redis.url, "SWEEP_SECONDS": "2"}
    return running


def stimulus(n: int) -> Stimulus:
    return Stimulus(f"SM{n:032x}", f"+88017{n:08}", LINE, "৪৮২১৭০ তিন মাস টাকা পাই না")


async def test_escalations_fire_and_messages_go_out_all_the_same(
    programme: Store,
    running_with_redis: Running,
    redis: RealRedis,
    box: tuple[Letterbox, int],
) -> None:
    running = running_with_redis
    await quicken(programme, acknowledge="3s")
    worker = running.start_worker()
    running.start_web()
    await running.until_ready()

    lateness = []
    for n, blow in enumerate(("flush", "kill", "restart")):
        match blow:
            case "flush":
                await redis.flush()
            case "kill":
                redis.kill()
            case "restart":
                redis.start()
                await redis.until_ready()
        ledger = Ledger([stimulus(n)])
        await ledger.send_all(ledger.stimuli, running.address, at_once=1)
        assert ledger.acked
        if blow == "flush":
            await redis.flush()
        lateness.append(await _missed_and_sent(programme, n + 1))
        assert worker.poll() is None  # the same process, without a restart by hand
    print(f"lateness of escalations: {[f'{late:.1f} s' for late in lateness]}")
    assert max(lateness) <= 60
    sent = await programme.pool.fetch(
        "SELECT id FROM outbox WHERE state = 'sent' AND template <> 'ledger.head'"
    )
    assert {str(public_id(row["id"])) for row in sent} <= box[0].ids()
    assert len(box[0].received) == len(box[0].ids())


async def _missed_and_sent(store: Store, cases: int) -> float:
    """Wait until that many cases were told as missed; return the last one's delay."""
    async with asyncio.timeout(70):
        while True:
            rows = await store.pool.fetch(
                "SELECT o.sent_at - d.due_at AS late FROM outbox o"
                " JOIN deadline d ON d.case_id = o.case_id AND d.name = 'acknowledge'"
                " WHERE o.template = 'missed' AND o.state = 'sent'"
            )
            if len(rows) == 2 * cases:
                late: timedelta = max(row["late"] for row in rows)
                return late.total_seconds()
            await asyncio.sleep(0.1)


async def test_a_text_is_answered_at_once_while_redis_is_away(
    programme: Store, running_with_redis: Running, redis: RealRedis
) -> None:
    running = running_with_redis
    running.start_web()
    await running.until_ready()
    redis.kill()
    started = now()
    ledger = Ledger([stimulus(n) for n in range(20)])
    await ledger.send_all(ledger.stimuli, running.address, at_once=4)
    assert len(ledger.acked) == 20
    assert now() - started < timedelta(seconds=5)
