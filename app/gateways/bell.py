"""The doorbell: tells the worker that something is owed, and may fail.

Postgres remembers what is owed and the worker looks there anyway; ringing only
saves it the wait. A ring that is lost costs a few seconds, so nothing here
ever delays or fails the request that rings.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

QUEUE = "threadline"
JOB = "ring"
_QUIET = 0.2  # seconds between two rings of one process
_PATIENCE = 2.0  # seconds that one ring may take
_EXPIRES = 60  # seconds; whoever was not there looks for itself by then


def pack(job: dict[str, Any]) -> bytes:
    """Serialise a job as JSON.

    arq's default is pickle: whoever can write to Redis could run code here.
    """
    return json.dumps(job).encode()


def unpack(packed: bytes) -> dict[str, Any]:
    job: dict[str, Any] = json.loads(packed)
    return job


def broker(url: str) -> ArqRedis:
    """Return a connection pool on which no command waits for long.

    arq's own `create_pool` has no limit on reading, so a broker that stops
    answering without hanging up would be waited for without end.
    """
    return ArqRedis(
        ConnectionPool.from_url(
            url, socket_connect_timeout=1, socket_timeout=5, health_check_interval=15
        ),
        job_serializer=pack,
        job_deserializer=unpack,
        default_queue_name=QUEUE,
    )


class RedisBell:
    """Rings at most once per 200 ms, in a task of its own."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._pool: ArqRedis | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_asked = False
        self.failures = 0  # rings that nobody can have heard

    def ring(self) -> None:
        """Ask for a ring; returns at once and never raises."""
        self._is_asked = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._ring_until_quiet())

    async def _ring_until_quiet(self) -> None:
        while self._is_asked:
            self._is_asked = False
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._enqueue()
            except (OSError, RedisError):
                self.failures += 1
                await self._drop_pool()
            await asyncio.sleep(_QUIET)

    async def _enqueue(self) -> None:
        if self._pool is None:
            self._pool = broker(self._url)
        await self._pool.enqueue_job(JOB, _expires=_EXPIRES)

    async def _drop_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        # It may be broken already; nothing more is lost by that.
        with suppress(OSError, RedisError):
            async with asyncio.timeout(_PATIENCE):
                await pool.aclose(close_connection_pool=True)

    async def aclose(self) -> None:
        """Stop ringing and let go of the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._drop_pool()
