"""Settle what the rows of published quarters tell, before anybody asks for them."""

from collections.abc import Callable, Sequence

import structlog

from app.statistics.model import Audience
from app.store import export_rows, releases
from app.store.engine import Store
from app.store.releases import Header
from app.store.told_rows import Published, settle, unbegun

log = structlog.get_logger()


async def settle_due(
    store: Store, *, is_stopped: Callable[[], bool] = lambda: False
) -> int:
    """Settle quarters that were published and not settled yet; return how many.

    What comes into a quarter afterwards is settled by the next export of it.
    """
    async with store.transaction() as tx:
        release = await releases.latest(tx, Audience.AUDITOR)
        if release is None:
            return 0
        closed = await releases.periods(tx, Audience.AUDITOR)
        quarters = await unbegun(tx, sorted(closed))
    done = await settle_rows(store, release, quarters, is_stopped=is_stopped)
    if done:
        log.info("rows.settled", count=done)
    return done


async def settle_rows(
    store: Store,
    release: Header,
    quarters: Sequence[str],
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _count: None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Settle these quarters, each in a transaction of its own; return how many."""
    published = Published(release.number, release.threshold)
    done = 0
    for done, quarter in enumerate(quarters, 1):
        if is_stopped():
            return done - 1
        async with store.transaction() as tx:
            await export_rows.at_length(tx, whole_tables=False)
            await settle(tx, published, [quarter])
        on_progress(done, len(quarters))
    return done
