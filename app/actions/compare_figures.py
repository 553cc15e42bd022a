"""The figures are made anew, each night and whenever somebody asks.

Cases are folded again from the ledger, sums are added up again from the cases.
What differs is named, kept for the operators, and mended.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog

from app.actions.count import fold_all, put_folded
from app.actions.recheck import night_due, zone_of
from app.store import recheck
from app.store.engine import Store, Transaction
from app.store.figures import compare, events, facts, nights
from app.store.figures.compare import Difference
from app.store.figures.reading import counted_to

log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Compared:
    """How much was looked at, and what was held otherwise."""

    cases: int = 0
    unopened: int = 0
    quarters: int = 0
    found: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Page:
    """Some cases that were folded again."""

    last: UUID | None  # None: there were no more
    cases: int = 0
    unopened: int = 0
    found: tuple[Difference, ...] = ()


async def compare_all(
    store: Store,
    *,
    at_clock: Callable[[], datetime],
    on_progress: Progress | None = None,
) -> Compared:
    """Make every figure anew now, page by page; others go on counting between them.

    `on_progress` hears how many cases are done, and of how many.
    """
    async with store.transaction() as tx:
        count = await recheck.case_count(tx)
    suspects = await _suspects(store)
    done, after = Compared(), None
    while True:
        async with store.transaction() as tx:
            page = await _look(store, tx, after, None, suspects, at_clock())
        suspects = []
        _tell(page.found)
        done.cases += page.cases
        done.unopened += page.unopened
        done.found += page.found
        if on_progress is not None:
            on_progress(done.cases, max(count, done.cases))
        if page.last is None:
            break
        after = page.last
    sums = await _compare_sums(store, at_clock)
    done.quarters = sums.quarters
    done.found += sums.found
    return done


async def compare_tonight(
    store: Store,
    *,
    at_clock: Callable[[], datetime],
    is_stopped: Callable[[], bool] = lambda: False,
) -> Compared | None:
    """Do the night's comparison if it is time and nobody else does; else None.

    Each night folds another thirtieth of the cases again, and adds up all sums.
    However many workers ask, one does it; one that dies, or that is stopped,
    leaves the rest to the next that asks.
    """
    directory = await store.directory()
    at = at_clock()
    async with store.transaction() as tx:
        last = await nights.last(tx)
        founded = await recheck.founded_at(tx)
        night = night_due(at, zone_of(directory), last, founded)
        run = await nights.claim(tx, night, at) if night else None
    if run is None:
        return None
    done = await _fold_share(store, run.night, run.after, at_clock, is_stopped)
    if done is None:
        return None
    after, folded = done
    sums = await _compare_sums(store, at_clock)
    found = [*folded.found, *sums.found]
    async with store.transaction() as tx:
        kept = await nights.keep(
            tx,
            run.night,
            before=after,
            after=after,
            differences=len(sums.found),
            at=at_clock(),
            is_over=True,
        )
    if not kept:
        return None
    log.info("figures.compared", count=folded.cases, changed=len(found))
    return Compared(folded.cases, folded.unopened, sums.quarters, found)


async def _fold_share(
    store: Store,
    night: date,
    after: UUID | None,
    at_clock: Callable[[], datetime],
    is_stopped: Callable[[], bool],
) -> tuple[UUID | None, Compared] | None:
    """Fold the rest of a night's share; None where somebody else goes on with it."""
    done, share = Compared(), nights.share_of(night)
    suspects = await _suspects(store) if after is None else []
    while not is_stopped():
        at = at_clock()
        async with store.transaction() as tx:
            page = await _look(store, tx, after, share, suspects, at)
            kept = await nights.keep(
                tx,
                night,
                before=after,
                after=page.last or after,
                cases=page.cases,
                differences=len(page.found),
                at=at,
            )
            if not kept:
                return None
        _tell(page.found)
        done.cases += page.cases
        done.unopened += page.unopened
        done.found += page.found
        if page.last is None:
            return after, done
        after, suspects = page.last, []
    return None


async def _suspects(store: Store) -> list[UUID]:
    """Look through all that is counted for what is no case; others count meanwhile."""
    async with store.transaction() as tx:
        return await compare.suspects(tx)


async def _look(
    store: Store,
    tx: Transaction,
    after: UUID | None,
    share: int | None,
    suspects: Sequence[UUID],
    at: datetime,
) -> _Page:
    """Fold the next cases again, as far as each was counted; mend what differs."""
    await facts.take(tx)
    ids = await nights.cases_after(tx, after, share=share)
    strangers = await compare.strangers(tx, suspects)
    found = [
        Difference(compare.CASE, str(one), "counted", "no case") for one in strangers
    ]
    await facts.remove(tx, strangers)
    held = await compare.held_cases(tx, ids)
    counted = (await counted_to(tx)).seq
    opened = await events.open_events(store, tx, ids)
    told = {
        case_id: [e for e in of_case if e.seq <= max(counted, _folded(held, case_id))]
        for case_id, of_case in opened.events.items()
    }
    # Of a site that an event names the directory tells: it is read after the event.
    directory = await store.directory_now(tx)
    folded = await fold_all(events.Opened(told, opened.unopened), directory)
    by_id = {case.id: case for case in folded.cases}
    compared = (
        compare.compare_case(one, held.get(one), by_id.get(one)) for one in folded.ids
    )
    found += [difference for difference in compared if difference is not None]
    found += await compare.compare_remedies(tx, folded.remedies, folded.ids)
    if found:
        await put_folded(tx, folded)
        await compare.note(tx, found, at)
    await compare.note_unopened(tx, ids, folded.unopened, at)
    last = ids[-1] if len(ids) == nights.PAGE else None
    return _Page(last, len(ids), len(folded.unopened), tuple(found))


def _folded(held: Mapping[UUID, Mapping[str, Any]], case_id: UUID) -> int:
    """Return the last event of a case that is counted, where it is."""
    return int(held[case_id]["seq"]) if case_id in held else 0


async def _compare_sums(store: Store, at_clock: Callable[[], datetime]) -> Compared:
    """Add up the cases of each quarter again, each in a transaction of its own."""
    done = Compared()
    async with store.transaction() as tx:
        every = await compare.quarters(tx)
    for quarter in every:
        async with store.transaction() as tx:
            found = await compare.compare_quarter(tx, quarter)
            await compare.note(tx, found, at_clock())
        _tell(found)
        done.quarters += 1
        done.found += found
    return done


def _tell(found: Sequence[Difference]) -> None:
    for difference in found:
        log.error("figures.differ", kind=difference.what)
