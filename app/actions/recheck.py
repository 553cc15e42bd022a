"""Every clock that runs is reckoned again, each night and whenever somebody asks.

Held against its own basis, against the ledger, and against when the sweep will
look at it. What differs is reported; nothing is changed here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from app.domain.directory import ZONES, Directory
from app.domain.replay import Difference, Fault
from app.store import recheck
from app.store.engine import Store
from app.store.recheck import Found, Page, Run, look_at_page

log = structlog.get_logger(__name__)

QUIET_FROM, QUIET_UNTIL = 2, 6  # o'clock, where most sites are
# Where no worker runs at night, it is done by day once it is so long overdue.
_LONG_AGO = timedelta(hours=36)

SAID = {
    Fault.PROMISE: "is due {held}; by its promise it is due {reckoned}",
    Fault.CALENDAR: "rests on a version of a calendar that is not there",
    Fault.LEDGER: "is due {held}; the ledger last set it to {reckoned}",
    Fault.UNKNOWN: "is due {held}; no event of the ledger set it",
    Fault.PAUSES: "has other pauses than its ledger tells of",
    Fault.REPLAYED: "was set to {held}; what the ledger keeps gives {reckoned}",
    Fault.POLICY: "started on another promise than its policy makes",
    Fault.STUCK: "runs until {held}, and no sweep will ever look at it",
    Fault.ASLEEP: "is looked at {held}; it should be {reckoned}",
    Fault.UNSWEPT: "was due {held}, and nobody has struck it",
}


@dataclass(slots=True)
class Rechecked:
    """What one look at all, or one, of the cases came to."""

    cases: int = 0
    clocks: int = 0
    without_basis: int = 0
    unopened: int = 0
    found: list[Found] = field(default_factory=list)

    def add(self, page: Page) -> None:
        self.cases += len(page.ids)
        self.clocks += page.clocks
        self.without_basis += page.without_basis
        self.unopened += page.unopened
        self.found += page.found


def describe(difference: Difference) -> str:
    """Return a difference as words for whoever runs the service."""
    named = difference.clock or "the case"
    again = f" (round {difference.round})" if difference.round else ""
    said = SAID[difference.fault].format(
        held=_minute(difference.held), reckoned=_minute(difference.reckoned)
    )
    return f"{named}{again} {said}"


def _minute(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"


async def recheck_all(
    store: Store,
    *,
    at_clock: Callable[[], datetime],
    on_progress: Callable[[int, int], None] | None = None,
) -> Rechecked:
    """Look at every case now, page by page, each at one moment.

    `on_progress` hears how many cases are done, and of how many.
    """
    directory = await store.directory()
    async with store.transaction() as tx:
        count = await recheck.case_count(tx)
    done, after = Rechecked(), None
    while True:
        page = await look_at_page(store, directory, after=after, at=at_clock())
        await _keep(store, page)
        done.add(page)
        if on_progress is not None:
            on_progress(done.cases, max(count, done.cases))
        if len(page.ids) < recheck.PAGE:
            return done
        after = page.last


async def recheck_case(store: Store, number: str, *, at: datetime) -> Rechecked:
    """Look at one case now; `NotFound` where there is none of that number."""
    directory = await store.directory()
    page = await recheck.look_at_case(store, directory, number, at=at)
    await _keep(store, page)
    done = Rechecked()
    done.add(page)
    return done


async def recheck_tonight(
    store: Store,
    *,
    at_clock: Callable[[], datetime],
    is_stopped: Callable[[], bool] = lambda: False,
) -> Run | None:
    """Do the night's look if it is time and nobody else does; else return None.

    However many workers ask, one does it, in short transactions. One that
    dies, or that is stopped, leaves the rest to the next that asks. The clocks
    of a case are looked at again on the next night, whatever was found.
    """
    directory = await store.directory()
    at = at_clock()
    async with store.transaction() as tx:
        last = await recheck.last_run(tx.connection)
        founded = await recheck.founded_at(tx)
        night = night_due(at, zone_of(directory), last, founded)
        run = await recheck.claim(tx, night, at) if night else None
    while run is not None and not is_stopped():
        at = at_clock()
        directory = await store.directory()
        page = await look_at_page(store, directory, after=run.after, at=at)
        is_over = len(page.ids) < recheck.PAGE
        past = run.past(page)
        async with store.transaction() as tx:
            if not await recheck.keep_run(tx, run, past, at=at, is_over=is_over):
                return None
            await recheck.write_findings(tx, page)
        _tell(page)
        run = past
        if is_over:
            _log_end(run, at)
            return run
    return None


def night_due(
    at: datetime, zone: ZoneInfo, last: Run | None, founded: datetime | None
) -> date | None:
    """Return the night whose look is to be done at `at`, if one is.

    In its quiet hours, and once it has begun until it is done. By day only
    where no look, or no database, is younger than a day and a half.
    """
    local = at.astimezone(zone)
    night = (local - timedelta(hours=QUIET_FROM)).date()
    if last is not None and last.night >= night:
        return night if last.finished_at is None else None
    if QUIET_FROM <= local.hour < QUIET_UNTIL:
        return night
    since = last.started_at if last is not None else founded
    return night if since is not None and at - since > _LONG_AGO else None


def zone_of(directory: Directory) -> ZoneInfo:
    """Return the zone in which most sites are."""
    zones = [site.timezone for site in directory.sites.values()]
    most = max(sorted(set(zones)), key=zones.count, default="")
    return ZoneInfo(most or ZONES[directory.default_country])


async def _keep(store: Store, page: Page) -> None:
    async with store.transaction() as tx:
        await recheck.write_findings(tx, page)
    _tell(page)


def _tell(page: Page) -> None:
    for found in page.found:
        log.error(
            "clock.differs",
            case_id=str(found.case_id),
            clock=found.difference.clock,
            problem=found.difference.fault.value,
        )


def _log_end(run: Run, at: datetime) -> None:
    started = run.started_at or at
    log.info(
        "recheck.done",
        count=run.clocks,
        seconds=round((at - started).total_seconds(), 3),
    )
