"""One worker process: its pulses, which Postgres drives, and a doorbell."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from app.actions.carrying import Words
from app.runtime.clock import now
from app.runtime.settings import Settings
from app.store.engine import Store
from workers.deadlines import sweep_deadlines
from workers.deliver import deliver_owed
from workers.figures import COUNTED_EVERY, compare_nightly, count_figures
from workers.heads import ASKED_EVERY as HEADS_ASKED_EVERY, make_hourly
from workers.housekeeping import HOURLY, keep_house
from workers.media import bring_media
from workers.publish import (
    ASKED_EVERY as PUBLISH_ASKED_EVERY,
    draw_published,
    publish_quarterly,
    settle_published,
)
from workers.pulse import Pulse
from workers.recheck import ASKED_EVERY, recheck_nightly
from workers.recordings import MINUTELY, bring_home, look_through
from workers.relay import listen
from workers.runtime import Runtime, build_runtime

log = structlog.get_logger(__name__)

# What is under way may end by itself; then it is cut off, and its leases run out.
_GRACE = 15.0  # seconds


class Pulses:
    """The work of one process: sweeping, delivering, fetching, keeping house.

    Each has a loop of its own, so that a mail server that hangs never keeps a
    clock from striking.
    """

    def __init__(self, runtime: Runtime, stop: asyncio.Event) -> None:
        self._stop = stop
        seconds = runtime.sweep_seconds
        self._deliver = Pulse(
            "deliver", partial(deliver_owed, runtime, stop=stop), seconds=seconds
        )
        self._sweep = Pulse(
            "sweep",
            partial(sweep_deadlines, runtime, stop=stop, ring=self._deliver.wake),
            seconds=seconds,
        )
        self._fetch = Pulse(
            "bring_home", partial(bring_home, runtime, stop=stop), seconds=seconds
        )
        self._media = Pulse(
            "bring_media", partial(bring_media, runtime, stop=stop), seconds=seconds
        )
        self._look = Pulse(
            "look_through",
            partial(look_through, runtime, ring=self.wake),
            seconds=MINUTELY,
        )
        self._house = Pulse("keep_house", partial(keep_house, runtime), seconds=HOURLY)
        self._recheck = Pulse(
            "recheck",
            partial(recheck_nightly, runtime, stop=stop),
            seconds=ASKED_EVERY,
        )
        self._heads = Pulse(
            "make_heads",
            partial(make_hourly, runtime, ring=self._deliver.wake),
            seconds=HEADS_ASKED_EVERY,
        )
        self._count = Pulse(
            "count_figures",
            partial(count_figures, runtime, stop=stop),
            seconds=COUNTED_EVERY,
        )
        self._compare = Pulse(
            "compare_figures",
            partial(compare_nightly, runtime, stop=stop),
            seconds=ASKED_EVERY,
        )
        self._publish = Pulse(
            "publish",
            partial(publish_quarterly, runtime, stop=stop, ring=self._published),
            seconds=PUBLISH_ASKED_EVERY,
        )
        self._settle = Pulse(
            "settle_rows",
            partial(settle_published, runtime, stop=stop),
            seconds=PUBLISH_ASKED_EVERY,
        )
        self._draw = Pulse(
            "draw",
            partial(draw_published, runtime, stop=stop),
            seconds=PUBLISH_ASKED_EVERY,
        )

    def wake(self) -> None:
        """Look at once for what is owed: somebody has rung."""
        self._sweep.wake()
        self._deliver.wake()
        self._fetch.wake()
        self._media.wake()

    def _published(self) -> None:
        """Settle and draw at once what was published."""
        self._settle.wake()
        self._draw.wake()

    async def run(self) -> None:
        """Work until told to stop, then finish what is under way."""
        pulses = (
            self._sweep,
            self._deliver,
            self._fetch,
            self._media,
            self._look,
            self._house,
            self._recheck,
            self._heads,
            self._count,
            self._compare,
            self._publish,
            self._settle,
            self._draw,
        )
        tasks = [asyncio.create_task(pulse.run(self._stop)) for pulse in pulses]
        try:
            await self._stop.wait()
            await asyncio.wait(tasks, timeout=_GRACE)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def run_worker(
    settings: Settings,
    store: Store,
    catalog: Words,
    *,
    redis_url: str,
    stop: asyncio.Event,
    clock: Callable[[], datetime] = now,
) -> None:
    """Do everything that is due, at the latest `sweep_seconds` after it is.

    Redis may be absent, empty or dead: then only the doorbell is silent.
    Raise `Busy` where the store cannot be reached at the start.
    """
    runtime = await build_runtime(settings, store, catalog, clock=clock)
    pulses = Pulses(runtime, stop)
    log.info("worker.started", seconds=runtime.sweep_seconds)
    try:
        await asyncio.gather(pulses.run(), listen(redis_url, pulses.wake, stop))
    finally:
        await runtime.aclose()
        log.info("worker.stopped")
