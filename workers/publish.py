"""A release after each quarter, what its rows tell, and what is drawn of it.

Each is a pulse of its own: a chart that does not come out keeps no row from being
settled, and no release waits for either.
"""

import asyncio
from collections.abc import Callable

from app.actions.draw import draw_due
from app.actions.publish import Thresholds, publish_due
from app.actions.settle_rows import settle_due
from workers.runtime import Runtime

ASKED_EVERY = 60.0  # seconds


async def publish_quarterly(
    runtime: Runtime, *, stop: asyncio.Event, ring: Callable[[], None]
) -> None:
    """Publish if a quarter has ended and no other worker did."""
    thresholds = Thresholds(runtime.threshold, runtime.threshold_auditor)
    published = await publish_due(
        runtime.store,
        at_clock=runtime.clock,
        thresholds=thresholds,
        is_stopped=stop.is_set,
    )
    if published is not None:
        ring()


async def settle_published(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Settle the rows of quarters that were published and are not settled."""
    await settle_due(runtime.store, is_stopped=stop.is_set)


async def draw_published(runtime: Runtime, *, stop: asyncio.Event) -> None:
    """Draw what is not drawn of the newest release, unless another worker does."""
    await draw_due(runtime.store, is_stopped=stop.is_set)
