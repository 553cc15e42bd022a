"""The figures follow the ledger: within half a minute, and each night anew."""

import asyncio

from app.actions.compare_figures import compare_tonight
from app.actions.count import catch_up
from workers.runtime import Runtime

COUNTED_EVERY = 30.0  # seconds


async def count_figures(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Count what happened since the last beat, unless another worker is at it."""
    await catch_up(runtime.store, at_clock=runtime.clock, is_stopped=stop.is_set)


async def compare_nightly(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Make the figures anew if it is time and no other worker does."""
    await compare_tonight(runtime.store, at_clock=runtime.clock, is_stopped=stop.is_set)
