"""Once an hour one of the workers signs what the ledger has come to."""

from collections.abc import Callable

import structlog

from app.actions.make_head import make_heads
from app.actions.send_heads import stamp_heads
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

ASKED_EVERY = 60.0  # seconds


async def make_hourly(runtime: Runtime, *, ring: Callable[[], None]) -> None:
    """Make the heads that are owed, ring for their delivery, have them stamped."""
    if runtime.signing is None:
        return
    made = await make_heads(runtime.store, runtime.signing, at=runtime.clock())
    if made:
        log.info("head.made", count=len(made))
        ring()
    if runtime.stamps is not None:
        await stamp_heads(runtime.store, runtime.stamps, at_clock=runtime.clock)
