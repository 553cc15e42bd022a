"""Waiting for what other processes do, and not for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], *, within: float = 45.0) -> T:
    """Look until there is something; return it."""
    async with asyncio.timeout(within):
        while not (seen := await look()):  # noqa: ASYNC110 - no bell rings
            await asyncio.sleep(0.05)
    return seen
