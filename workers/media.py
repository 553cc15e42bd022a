"""What workers sent along, as a worker process brings it home."""

import asyncio

from app.actions.keep_media import keep_due
from app.scrubbing.scrub import scrub
from workers.runtime import Runtime


async def bring_media(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Fetch and delete until nothing is due; a failure has a later date."""
    while runtime.media is not None and not stop.is_set():
        done = await keep_due(
            runtime.store, runtime.media, scrub, at_clock=runtime.clock
        )
        if not done:
            return
