"""What callers spoke is brought home; what was never told is asked for."""

import asyncio
from collections.abc import Callable

import structlog

from app.actions.ask_after_calls import ask_after_calls
from app.actions.hear_recording import hear_recording
from app.actions.keep_recordings import keep_due
from app.actions.reconcile_recordings import reconcile
from app.actions.take_studio import take_prompts
from app.outbox.settlement import GatewayError
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

MINUTELY = 60.0  # seconds


async def bring_home(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Fetch and delete until nothing is due; a failure has a later date."""
    while runtime.recordings is not None and not stop.is_set():
        done = await keep_due(runtime.store, runtime.recordings, at_clock=runtime.clock)
        if runtime.sounds is not None:
            await take_prompts(runtime.store, runtime.sounds, at=runtime.clock())
        if not done:
            return


async def look_through(runtime: Runtime, *, ring: Callable[[], None]) -> None:
    """Take in what the carrier knows and never told us of."""
    if runtime.recordings is None:
        return
    at = runtime.clock()
    if await ask_after_calls(runtime.store, runtime.recordings, at=at):
        ring()
    try:
        taken = await reconcile(
            runtime.store,
            runtime.recordings,
            hear_recording,
            at=at,
            memory=runtime.memory,
        )
    except GatewayError as error:
        log.warning("recordings.not_listed", kind=error.kind, code=error.code)
        return
    if taken:
        ring()
