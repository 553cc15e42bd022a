"""A step done again and again: when it is time, or when somebody rings."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)


class Pulse:
    """One kind of work, driven by the clock; the doorbell only hastens it.

    A step that fails is logged and done again at the next beat: whatever it
    left undone is still a row in the database.
    """

    def __init__(
        self, name: str, step: Callable[[], Awaitable[None]], *, seconds: float
    ) -> None:
        self._name = name
        self._step = step
        self._seconds = seconds
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Let the next beat come at once."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until `stop` is set."""
        stopped = asyncio.create_task(stop.wait())
        stopped.add_done_callback(lambda _: self._wake.set())
        try:
            while not stop.is_set():
                self._wake.clear()
                await self._beat()
                if stop.is_set():
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds):
                        await self._wake.wait()
        finally:
            stopped.cancel()

    async def _beat(self) -> None:
        try:
            await self._step()
        except Exception as error:
            log.error("worker.failed", name=self._name, exc_info=error)
