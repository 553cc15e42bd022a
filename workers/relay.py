"""The doorbell's other end: arq, which may ring, fail or die as it likes.

arq loses and drops jobs, and its worker ends with its connection to Redis
(arq#498). So a job carries nothing, does nothing but wake the pulses, and the
worker is started again for as long as the process lives.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from arq.worker import Worker, func
from redis.exceptions import RedisError

from app.gateways.bell import JOB, QUEUE, broker, pack, unpack

log = structlog.get_logger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds between two lives of arq's worker

# How arq's worker is set up, here and under arq's own command.
OPTIONS: dict[str, Any] = {
    "queue_name": QUEUE,
    "job_serializer": pack,
    "job_deserializer": unpack,
    "keep_result": 0,
    "max_tries": 1,
    "job_timeout": 30,
    "log_results": False,
    "health_check_interval": 10,
    "poll_delay": 0.5,
}


async def ring(ctx: dict[str, Any]) -> None:
    """Wake the pulses; whatever is owed they find in Postgres."""
    ctx["wake"]()


RING = func(ring, name=JOB)


async def listen(redis_url: str, wake: Callable[[], None], stop: asyncio.Event) -> None:
    """Answer the doorbell until `stop`, whatever becomes of Redis."""
    wait = FIRST_WAIT
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            await _live_once(redis_url, wake, stop)
        except Exception as error:
            log.warning("doorbell.failed", exc_info=error, restart_in=wait)
        if asyncio.get_running_loop().time() - started > LONGEST_WAIT:
            wait = FIRST_WAIT
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await stop.wait()
        wait = min(wait * 2, LONGEST_WAIT)


async def _live_once(
    redis_url: str, wake: Callable[[], None], stop: asyncio.Event
) -> None:
    pool = broker(redis_url)
    worker = Worker(
        functions=[RING],
        redis_pool=pool,
        handle_signals=False,
        ctx={"wake": wake},
        **OPTIONS,
    )
    running = asyncio.create_task(worker.async_run())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        jobs = [running, stopped, *worker.tasks.values()]
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        with suppress(OSError, RedisError):
            await pool.aclose(close_connection_pool=True)
