"""A cable to Redis that can be pulled out and put in again."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from arq.connections import ArqRedis
from arq.constants import job_key_prefix

from app.gateways.bell import QUEUE


class Cable:
    """Forwards bytes between a port of its own and the real server."""

    def __init__(self, url: str) -> None:
        self._far = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def url(self) -> str:
        database = self._far.path if self._far.scheme == "redis" else ""
        return f"redis://127.0.0.1:{self._port}{database}"

    async def plug(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        """Cut every connection and answer no new one."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        this = asyncio.current_task()
        assert this is not None
        self._tasks.add(this)
        far_reader, far_writer = await self._dial()
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._far.scheme == "unix":
            return await asyncio.open_unix_connection(self._far.path)
        return await asyncio.open_connection(self._far.hostname, self._far.port or 6379)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def empty(pool: ArqRedis) -> None:
    """Take every job of ours out of Redis, and nothing of anybody else's."""
    ids = [found.decode() for found in await pool.zrange(QUEUE, 0, -1)]
    await pool.delete(QUEUE, *(f"{job_key_prefix}{found}" for found in ids))
