"""The delivery round: every message that is due is attempted."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from app.actions.deliver import deliver_due
from app.store import outbox
from workers.runtime import Runtime

# What is due so soon is waited for: the next text of an answer follows the first
# by less, and nobody should wait for it until the worker looks again.
SOON = timedelta(seconds=2)
_MOST_WAITS = 8  # in one round; then the clock's next beat will do


async def deliver_owed(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Attempt what is due until nothing is; a failure has a later date."""
    waits = 0
    while not stop.is_set():
        attempted = await deliver_due(
            runtime.store,
            runtime.senders,
            runtime.catalog,
            at_clock=runtime.clock,
            window=runtime.window,
            base_url=runtime.base_url,
        )
        if attempted:
            continue
        waits += 1
        if waits > _MOST_WAITS or not await _waited(runtime, stop):
            return


async def _waited(runtime: Runtime, stop: asyncio.Event) -> bool:
    """Wait for what is due soon; False where nothing is."""
    now = runtime.clock()
    async with runtime.store.transaction() as tx:
        due_at = await outbox.next_answer_due(tx, now, now + SOON)
    if due_at is None:
        return False
    with suppress(TimeoutError):
        async with asyncio.timeout((due_at - now).total_seconds()):
            await stop.wait()
    return True
