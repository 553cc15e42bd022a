"""The delivery round: every message that is due is attempted."""

import asyncio

from app.actions.deliver import deliver_due
from workers.runtime import Runtime


async def deliver_owed(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Attempt what is due until nothing is; a failure has a later date."""
    while not stop.is_set():
        attempted = await deliver_due(
            runtime.store,
            runtime.senders,
            runtime.catalog,
            at_clock=runtime.clock,
            window=runtime.window,
            base_url=runtime.base_url,
        )
        if not attempted:
            return
