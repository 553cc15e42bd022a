"""The sweep: every clock that has come to something is looked at."""

import asyncio
from collections.abc import Callable

from app.actions.sweep_deadlines import sweep_due
from workers.runtime import Runtime

# A sweep that never ended would hide from the log that it goes in circles.
_ROUNDS = 500


async def sweep_deadlines(
    runtime: Runtime, *, stop: asyncio.Event, ring: Callable[[], None]
) -> None:
    """Sweep until nothing is due; `ring` whenever something came to be owed."""
    for _ in range(_ROUNDS):
        swept = await sweep_due(runtime.store, at=runtime.clock())
        if swept.owed:
            ring()
        if not swept.cases or stop.is_set():
            return
