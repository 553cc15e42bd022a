"""A release after each quarter, and what is drawn of it."""

from app.actions.publish import Thresholds, draw_due, publish_due
from app.actions.settle_rows import settle_due
from workers.runtime import Runtime

ASKED_EVERY = 60.0  # seconds


async def publish_quarterly(runtime: Runtime) -> None:
    """Publish if a quarter has ended and no other did; draw and settle what is not."""
    thresholds = Thresholds(runtime.threshold, runtime.threshold_auditor)
    await publish_due(runtime.store, at_clock=runtime.clock, thresholds=thresholds)
    await draw_due(runtime.store)
    await settle_due(runtime.store)
