"""Each night one of the workers reckons every clock again."""

import asyncio

from app.actions.recheck import recheck_tonight
from workers.runtime import Runtime

ASKED_EVERY = 600.0  # seconds


async def recheck_nightly(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Do the night's look if it is time and no other worker does."""
    await recheck_tonight(runtime.store, at_clock=runtime.clock, is_stopped=stop.is_set)
