"""Send what is owed: lease, look once more, word, send, settle.

No transaction is open while anything is being sent. A worker that dies after
sending leaves a lease to run out: a mail then goes out again under the same
Message-ID, a text or a call is first looked for at the provider. Several
notices to one person may be one message (`app.outbox.gathering`); which rows
it tells is written down before it is sent.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from app.actions.carrier_texts import templates_of, values_of
from app.actions.carrying import Round, Senders, Taken, Words
from app.actions.settle_owed import is_among, settle_failed, settle_sent
from app.actions.take_owed import may_be_gathered, take
from app.actions.word_owed import parcel_of
from app.outbox.knocks import Knock, failed_as, taken_as, took
from app.outbox.owed import PATIENCE, Call, Hook, Leased, Mail, Parcel, Text
from app.outbox.settlement import (
    RINGING,
    Failure,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Transient,
)
from app.store import outbox
from app.store.engine import Store
from app.store.unreachable import owe_unreachable

log = structlog.get_logger(__name__)

LANES = 8  # messages under way at once in one process
ALONE = timedelta(0)  # the window in which no notice waits for another


async def deliver_due(
    store: Store,
    senders: Senders,
    catalog: Words,
    *,
    at_clock: Callable[[], datetime],
    limit: int = 50,
    window: timedelta = ALONE,
    base_url: str = "",
) -> int:
    """Attempt up to `limit` due messages; return how many were attempted.

    Any number of workers may do this at once: each message is in one pair of
    hands. Within `window` of a message to somebody on a body's staff, further
    notices to them wait, to go out as one. Mails lead to the rooms at `base_url`.
    Raise `Busy` where the store cannot be reached.
    """
    directory = await store.directory()
    async with store.transaction() as tx:
        late = await outbox.expire(tx, at_clock())
        for each in late:
            if each.is_workers and each.error:
                # Nobody knows whether she heard it, and nobody tries any more.
                await owe_unreachable(tx, directory, each.id, at_clock())
    if late:
        log.warning("message.expired", count=len(late))
    work = Round(store, senders, catalog, directory, at_clock, window, base_url)
    line = _Line(work, limit)

    async def run_lane() -> int:
        """Send one message after the other, so that a slow one holds up none."""
        done = 0
        while (found := await line.next()) is not None:
            await _deliver(found)
            done += 1
        return done

    # One lane that fails must not cut off the others in the midst of sending.
    lanes = [run_lane() for _ in range(min(LANES, limit))]
    ended = await asyncio.gather(*lanes, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome for outcome in ended if isinstance(outcome, int))


@dataclass(frozen=True, slots=True)
class _Found:
    """A leased row, and what taking it came to, where that is known already.

    `work` knows the people as they were when the row was leased.
    """

    work: Round
    leased: Leased
    is_taken: bool = False
    taken: Taken | Misconfigured | None = None


@dataclass(slots=True)
class _Line:
    """Where the lanes of one call fetch their next message.

    One at a time leases and gathers: two must not each take half of what is
    due for the same person.
    """

    work: Round
    left: int
    is_dry: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self) -> _Found | None:
        async with self.lock:
            if self.is_dry or self.left <= 0:
                return None
            self.left -= 1
            leased = await self._lease()
            if leased is None:
                self.is_dry = True
                return None
            if may_be_gathered(leased):
                taken = await take(self.work, leased)
                return _Found(self.work, leased, True, taken)
            return _Found(self.work, leased)

    async def _lease(self) -> Leased | None:
        """Lease a row, and know everybody who was there when it was owed.

        A round lasts as long as its slowest message: who was invited meanwhile
        must not pass for somebody who has gone.
        """
        async with self.work.store.transaction() as tx:
            leased = next(iter(await outbox.lease(tx, self.work.clock(), 1)), None)
            if leased is not None:
                directory = await self.work.store.directory_at(
                    tx, leased.directory_version
                )
                self.work = replace(self.work, directory=directory)
            return leased


async def _deliver(found: _Found) -> None:
    """Carry one message as far as it goes now, and settle it."""
    work, leased = found.work, found.leased
    taken = found.taken if found.is_taken else await take(work, leased)
    if taken is None:
        return
    if isinstance(taken, Misconfigured):
        await settle_failed(work, Taken(leased, ()), taken, leased.tried_at)
        return
    try:
        parcel = parcel_of(work, taken, work.clock())
    except Exception as error:
        # Whatever cannot be worded is ours to mend; until then it waits, and
        # the other messages go out.
        log.error("message.unworded", outbox_id=str(leased.id), exc_info=error)
        cause = Misconfigured(type(error).__name__)
        await settle_failed(work, taken, cause, leased.tried_at)
        return
    await _attempt(work, taken, parcel)


async def _attempt(work: Round, taken: Taken, parcel: Parcel) -> None:
    """Look for what may be out already, else send; settle by the outcome."""
    lead = taken.lead
    tried_at = lead.tried_at
    started = work.clock()
    if isinstance(parcel, Text):
        parcel = await _to_be_carried(work, lead, parcel)
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            if tried_at is not None:
                found = await work.senders.find(parcel, tried_at)
                if found and await is_among(work, taken, parcel, found):
                    return
                if not isinstance(parcel, Mail):
                    tried_at = None  # It did not go out after all.
                # A mail cannot be looked up. As one copy may be out, it goes
                # alike until it is settled: a reader sees one of an id only.
            receipt = await work.senders.send(parcel)
        if isinstance(parcel, Call) and receipt.provider_id:
            receipt = replace(receipt, status=RINGING)
    except GatewayError as error:
        if error.kind is Failure.UNKNOWN:
            tried_at = tried_at or started
        knock = _knock(work, parcel, started, failed_as(error))
        await settle_failed(work, taken, error, tried_at, knock)
        return
    except TimeoutError:
        cause = OutcomeUnknown("timeout")
        knock = _knock(work, parcel, started, failed_as(cause))
        await settle_failed(work, taken, cause, tried_at or started, knock)
        return
    except Exception as error:
        log.error("gateway.failed", outbox_id=str(lead.id), exc_info=error)
        cause = OutcomeUnknown(type(error).__name__)
        knock = _knock(work, parcel, started, failed_as(cause))
        await settle_failed(work, taken, cause, tried_at or started, knock)
        return
    knock = _knock(work, parcel, started, taken_as(receipt))
    await settle_sent(work, taken, receipt, knock)


async def _to_be_carried(work: Round, lead: Leased, text: Text) -> Text:
    """Add under which ids carriers have these words, and who marks an attempt."""

    async def mark(carrier: str) -> None:
        async with work.store.transaction() as tx:
            if not await outbox.mark_tried(tx, lead, carrier, work.clock()):
                raise Transient("lease_lost")  # Somebody else carries it now.

    templates = await templates_of(work.store, work.catalog, text.body, text.language)
    values = values_of(work.catalog, text.body, text.language) if templates else ()
    return replace(text, templates=templates, values=values, on_try=mark)


def _knock(
    work: Round, parcel: Parcel, started: datetime, status: str | None
) -> Knock | None:
    """Return what a brand may see of this attempt; None: it was no webhook's."""
    if not isinstance(parcel, Hook) or status is None:
        return None
    return Knock(parcel.type, started, status, took(started, work.clock()))
