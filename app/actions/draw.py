"""Drawing the charts and setting the papers of what was published."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from app.reports.render import ReleaseFile, drawn_periods, of_period, report_name
from app.reports.words import LANGUAGES
from app.statistics.model import Audience
from app.store import releases
from app.store.alone import alone
from app.store.engine import Store, lock_key
from app.store.readers.issues import issue_of, places_of
from app.store.releases import Kept

log = structlog.get_logger(__name__)

_DRAWING = lock_key(b"figures", b"draw")


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many charts and papers were drawn of a release now."""

    number: int
    files: int = 0
    is_all: bool = True  # false: it was stopped, and goes on where it was


async def draw_due(
    store: Store, *, is_stopped: Callable[[], bool] = lambda: False
) -> Drawn | None:
    """Draw the newest public release where nobody did; a release never waits for it.

    One process draws at a time. What is drawn of a period is kept at once, so that
    whoever goes on after a crash draws the rest. A release that a newer one overtook
    is not drawn any more.
    """
    async with alone(store, _DRAWING) as link:
        if link is None:
            return None
        async with store.transaction() as tx:
            head = await releases.latest(tx, Audience.PUBLIC)
            if head is None or await releases.is_drawn(tx, head.number, head.audience):
                return None
            cells = await releases.cells(tx, audience=head.audience, number=head.number)
            directory = await store.directory_now(tx)
            done = await releases.file_names(tx, head.number, head.audience)
        issue, places = issue_of(head, cells), places_of(directory)
        count = 0
        for language in LANGUAGES:
            for period in drawn_periods(issue):
                if (report_name(period), language) in done:
                    continue
                drawing = of_period(issue, period, language, places)
                files = await _drawn(drawing, is_stopped)
                if files is None:
                    return Drawn(head.number, count, is_all=False)
                async with store.transaction() as tx:
                    await releases.keep_files(
                        tx, number=head.number, audience=head.audience, files=files
                    )
                count += len(files)
        async with store.transaction() as tx:
            await releases.mark_drawn(tx, head.number, head.audience)
    log.info("release.drawn", count=count)
    return Drawn(head.number, count)


async def _drawn(
    drawing: Iterator[ReleaseFile], is_stopped: Callable[[], bool]
) -> list[Kept] | None:
    """Draw one file after the other, beside the loop; None where it was stopped."""
    files: list[Kept] = []
    while not is_stopped():
        one = await asyncio.to_thread(next, drawing, None)
        if one is None:
            return files
        files.append(Kept(one.name, one.language, one.kind, one.content))
    return None
