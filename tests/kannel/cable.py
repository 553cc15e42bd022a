"""A wire between two processes, with a hand at it when an answer comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.chaos.processes import free_port


@dataclass
class Cable:
    """Carries requests to `to`; `cut` says of an answer that it is lost.

    `cut` is asked when the far side has answered and before the near side hears.
    """

    to: int  # a port of 127.0.0.1
    port: int = field(default_factory=free_port)
    cut: Callable[[], bool] = field(default=lambda: False)
    connections: int = 0
    requests: int = 0

    async def carry(
        self, near: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        with suppress(OSError):
            far, out = await asyncio.open_connection("127.0.0.1", self.to)
            try:
                await asyncio.gather(self._go(near, out), self._come(far, back))
            finally:
                out.close()
        back.close()

    async def _go(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        while data := await near.read(65536):
            self.requests += data.startswith((b"GET ", b"POST "))
            out.write(data)
            await out.drain()
        out.close()

    async def _come(
        self, far: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> None:
        while data := await far.read(65536):
            if self.cut():
                break
            back.write(data)
            await back.drain()
        back.close()


@asynccontextmanager
async def cable(to: int) -> AsyncIterator[Cable]:
    laid = Cable(to)
    server = await asyncio.start_server(laid.carry, "127.0.0.1", laid.port)
    try:
        yield laid
    finally:
        server.close()
