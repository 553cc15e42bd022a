"""The doorbell rings, or fails without anybody waiting for it."""

import asyncio
import json
import time
from typing import Any

from app.gateways.bell import JOB, RedisBell, broker, pack, unpack
from tests.workers.cable import empty


async def test_many_rings_are_one_and_carry_nothing(redis_url: str) -> None:
    pool = broker(redis_url)
    await empty(pool)
    bell = RedisBell(redis_url)
    for _ in range(200):
        bell.ring()
    await asyncio.sleep(0.1)
    jobs = await pool.queued_jobs()
    await bell.aclose()
    await empty(pool)
    await pool.aclose(close_connection_pool=True)
    (job,) = jobs
    assert job.function == JOB
    assert not job.args
    assert not job.kwargs


async def test_a_ring_after_a_ring_is_heard_too(redis_url: str) -> None:
    pool = broker(redis_url)
    await empty(pool)
    bell = RedisBell(redis_url)
    bell.ring()
    await asyncio.sleep(0.05)
    bell.ring()
    await asyncio.sleep(0.4)
    jobs = await pool.queued_jobs()
    await bell.aclose()
    await empty(pool)
    await pool.aclose(close_connection_pool=True)
    assert len(jobs) == 2
    assert bell.failures == 0


async def test_without_redis_a_ring_costs_nothing_and_is_counted() -> None:
    bell = RedisBell("redis://127.0.0.1:9")
    started = time.perf_counter()
    bell.ring()
    assert time.perf_counter() - started < 0.05
    await asyncio.sleep(0.1)
    await bell.aclose()
    assert bell.failures == 1


def test_jobs_are_json_and_never_pickle() -> None:
    job: dict[str, Any] = {"t": None, "f": JOB, "a": [], "k": {}, "et": 1}
    assert json.loads(pack(job)) == unpack(pack(job)) == job
