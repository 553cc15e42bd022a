"""Counting what the ledger tells and the figures do not know yet."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app.domain.directory import Directory
from app.statistics.fold import Told, fold
from app.statistics.model import CaseFacts
from app.statistics.remedies import CountedRemedy, remedies_of
from app.store.engine import Store, Transaction
from app.store.figures import compare, events, facts

log = structlog.get_logger(__name__)

BATCH = 100  # cases in one short transaction


@dataclass(frozen=True, slots=True)
class Batch:
    """What one look at the events that waited came to."""

    since: int
    until: int
    cases: int
    changed: int
    unopened: int
    is_all: bool


@dataclass(frozen=True, slots=True)
class Caught:
    """What counting up to the newest event came to."""

    events: int = 0
    cases: int = 0
    changed: int = 0
    unopened: int = 0
    is_all: bool = True  # false: another is at it, or it was stopped


async def count_some(store: Store, *, at: datetime) -> Batch | None:
    """Count some of the cases that wait; None where another worker is at it.

    How far it is moves on in the same transaction as the figures: a worker that
    dies leaves both as they were. Cases of which no key is left stay as they
    are counted; no content of theirs is.
    """
    async with store.transaction() as tx:
        if not await facts.take_if_free(tx):
            return None
        found = await events.touched(tx, most=BATCH)
        opened = await events.open_events(store, tx, found.ids)
        # Of a site that an event names the directory tells: it is read after the event.
        folded = await fold_all(opened, await store.directory_now(tx))
        changed = await put_folded(tx, folded)
        await compare.note_unopened(tx, found.ids, folded.unopened, at)
        if found.until > found.since:
            await events.move_on(tx, found.until, at)
    return Batch(
        found.since,
        found.until,
        len(folded.ids),
        changed,
        len(folded.unopened),
        found.is_all,
    )


async def catch_up(
    store: Store,
    *,
    at_clock: Callable[[], datetime],
    is_stopped: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Caught:
    """Count all that waits; `on_progress` hears how many events, and of how many."""
    async with store.transaction() as tx:
        whole = await events.waiting(tx)
    done = Caught(is_all=False)
    while not is_stopped():
        batch = await count_some(store, at=at_clock())
        if batch is None:
            return done
        done = Caught(
            done.events + batch.until - batch.since,
            done.cases + batch.cases,
            done.changed + batch.changed,
            done.unopened + batch.unopened,
            batch.is_all,
        )
        if on_progress is not None:
            on_progress(done.events, max(whole, done.events))
        if batch.is_all:
            break
    if done.cases:
        log.info("figures.counted", count=done.cases)
    return done


@dataclass(frozen=True, slots=True)
class Folded:
    """Cases as they are counted, and their remedies."""

    cases: Sequence[CaseFacts]
    remedies: Sequence[CountedRemedy]
    ids: Sequence[UUID] = ()  # those whose events were all understood
    unopened: Sequence[UUID] = ()  # those whose events were not, and stay as they are


async def fold_all(opened: events.Opened, directory: Directory) -> Folded:
    """Fold the events of each case; the loop's other work goes on meanwhile."""
    cases: list[CaseFacts] = []
    remedies: list[CountedRemedy] = []
    ids: list[UUID] = []
    unopened = list(opened.unopened)
    for case_id, told in opened.events.items():
        await asyncio.sleep(0)
        try:
            case = fold_one(case_id, told, directory)
            found = remedies_of(told, case) if case is not None else []
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            log.error("figures.unopened", case_id=str(case_id), exc_info=error)
            unopened.append(case_id)
            continue
        ids.append(case_id)
        remedies += found
        cases += [case] if case is not None else []
    return Folded(cases, remedies, ids, unopened)


def fold_one(id: UUID, told: Sequence[Told], directory: Directory) -> CaseFacts | None:
    def country_of(code: str) -> str | None:
        site = directory.sites.get(code)
        return None if site is None else site.country

    return fold(id, told, directory.calendar_named, country_of)


async def put_folded(tx: Transaction, folded: Folded) -> int:
    """Let these cases and their remedies be counted as they were folded."""
    if not folded.ids:
        return 0
    changed = await facts.put(tx, folded.cases)
    await facts.put_remedies(tx, folded.remedies, cases=folded.ids)
    return changed
