"""Send what is owed: lease, word, send, settle; never more than a row at a time.

No transaction is open while anything is being sent. A worker that dies after
sending leaves a lease to run out: a mail then goes out again under the same
Message-ID, a text or a call is first looked for at the provider.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from app.actions.record_call_end import CallEnd, settle_call_end
from app.actions.record_delivery import settle_undelivered
from app.domain.directory import Directory
from app.outbox.messages import word
from app.outbox.owed import (
    PATIENCE,
    Call,
    Channel,
    Hook,
    Leased,
    Mail,
    Parcel,
    Receipt,
    Text,
    disclosed,
    is_stale,
)
from app.outbox.settlement import (
    ALARMING,
    ENDED,
    RINGING,
    UNDELIVERED,
    UNREACHABLE,
    Failure,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    wait_before,
)
from app.store import outbox, ring_back
from app.store.addresses import Addressee, Nobody, addressee
from app.store.engine import Store, Transaction
from app.store.sealing import CannotOpen
from app.store.unreachable import owe_unreachable
from app.wording.line import Line

log = structlog.get_logger(__name__)

LANES = 8  # messages under way at once in one process


class Senders(Protocol):
    """The far sides; see `app.gateways.send`."""

    async def send(self, parcel: Parcel) -> Receipt: ...

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]: ...


class Words(Protocol):
    """The catalogues; see `app.wording.catalog`."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def render(
        self, line: Line, language: str, zone: ZoneInfo | None = None
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class _Round:
    """What every message of one call shares."""

    store: Store
    senders: Senders
    catalog: Words
    directory: Directory
    clock: Callable[[], datetime]


async def deliver_due(
    store: Store,
    senders: Senders,
    catalog: Words,
    *,
    at_clock: Callable[[], datetime],
    limit: int = 50,
) -> int:
    """Attempt up to `limit` due messages; return how many were attempted.

    Any number of workers may do this at once: each message is in one pair of
    hands. Raise `Busy` where the store cannot be reached.
    """
    directory = await store.directory()
    now = at_clock()
    async with store.transaction() as tx:
        late = await outbox.expire(tx, now)
        first = await outbox.lease(tx, now, min(LANES, limit))
    if late:
        log.warning("message.expired", count=late)
    work = _Round(store, senders, catalog, directory, at_clock)
    left = limit - len(first)

    async def run_lane(leased: Leased | None) -> int:
        """Send one message after the other, so that a slow one holds up none."""
        nonlocal left
        done = 0
        while leased is not None:
            await _deliver(work, leased)
            done += 1
            leased = None
            if left > 0:
                left -= 1
                leased = await _lease_one(work)
        return done

    # One lane that fails must not cut off the others in the midst of sending.
    lanes = [run_lane(leased) for leased in first]
    ended = await asyncio.gather(*lanes, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome for outcome in ended if isinstance(outcome, int))


async def _lease_one(work: _Round) -> Leased | None:
    async with work.store.transaction() as tx:
        return next(iter(await outbox.lease(tx, work.clock(), 1)), None)


async def _deliver(work: _Round, leased: Leased) -> None:
    """Carry one message as far as it goes now, and settle it."""
    if is_stale(leased.template, leased.params, work.clock()):
        await _end(work, leased, "expired", "stale")
        return
    try:
        async with work.store.transaction() as tx:
            to = await addressee(work.store, tx, work.directory, leased, work.clock())
    except CannotOpen:
        await _fail(work, leased, Misconfigured("key"), leased.tried_at)
        return
    if isinstance(to, Nobody):
        if to.waits:
            await _fail(work, leased, Misconfigured(to.reason), leased.tried_at)
        else:
            await _end(work, leased, "dropped", to.reason)
        return
    if to.not_before is not None:
        async with work.store.transaction() as tx:
            await outbox.put_off(tx, leased, to.not_before)
        _log(leased, "put_off")
        return
    try:
        parcel = _word(work, leased, to)
    except Exception as error:
        # Whatever cannot be worded is ours to mend; until then it waits, and
        # the other messages go out.
        log.error("message.unworded", outbox_id=str(leased.id), exc_info=error)
        cause = Misconfigured(type(error).__name__)
        await _fail(work, leased, cause, leased.tried_at)
        return
    await _attempt(work, leased, parcel)


async def _attempt(work: _Round, leased: Leased, parcel: Parcel) -> None:
    """Look for what may be out already, else send; settle by the outcome."""
    tried_at = leased.tried_at
    started = work.clock()
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            if tried_at is not None:
                found = await work.senders.find(parcel, tried_at)
                if found and await _is_among(work, leased, parcel, found):
                    return
                tried_at = None  # It did not go out after all.
            receipt = await work.senders.send(parcel)
        if isinstance(parcel, Call) and receipt.provider_id:
            receipt = replace(receipt, status=RINGING)
    except GatewayError as error:
        if error.kind is Failure.UNKNOWN:
            tried_at = started
        await _fail(work, leased, error, tried_at)
        return
    except TimeoutError:
        await _fail(work, leased, OutcomeUnknown("timeout"), tried_at or started)
        return
    except Exception as error:
        log.error("gateway.failed", outbox_id=str(leased.id), exc_info=error)
        cause = OutcomeUnknown(type(error).__name__)
        await _fail(work, leased, cause, tried_at or started)
        return
    async with work.store.transaction() as tx:
        await outbox.settle_sent(tx, leased, receipt, work.clock())
    _log(leased, "sent")


async def _is_among(
    work: _Round, leased: Leased, parcel: Parcel, found: tuple[Receipt, ...]
) -> bool:
    """Settle by what was found; it may have failed at the carrier since."""
    now = work.clock()
    async with work.store.transaction() as tx:
        ours = await outbox.settle_found(tx, leased, found, now)
        if ours is not None and isinstance(parcel, Call):
            await _settle_found_call(work, tx, leased, ours, now)
        elif ours is not None and ours.status in UNDELIVERED:
            reported = outbox.Reported(leased.id, leased.attempt)
            await settle_undelivered(tx, work.directory, reported, ours.error_code, now)
    if ours is not None:
        _log(leased, "found")
    return ours is not None


async def _settle_found_call(
    work: _Round, tx: Transaction, leased: Leased, found: Receipt, now: datetime
) -> None:
    """Take the end of a call that was found; its callback may be lost as well."""
    if found.provider_id and found.status in ENDED:
        end = CallEnd(found.provider_id, leased.id, found.status, found.answered_by)
        await settle_call_end(tx, work.store.keyring, work.directory, end, now)


async def _fail(
    work: _Round, leased: Leased, error: GatewayError, tried_at: datetime | None
) -> None:
    now = work.clock()
    wait = wait_before(leased.attempt - 1, error)
    async with work.store.transaction() as tx:
        if wait is not None:
            await outbox.settle_later(
                tx,
                leased,
                next_at=now + wait,
                error=str(error),
                tried_at=tried_at,
            )
        elif error.kind is Failure.OPTED_OUT:
            await outbox.opt_out(tx, leased.id, now, str(error))
            await _settle_over(tx, leased, "dropped", str(error), now)
        else:
            await _settle_over(tx, leased, "failed", str(error), now)
        if error.kind in UNREACHABLE:
            await owe_unreachable(tx, work.directory, leased.id, now)
    _log(leased, error.kind, code=error.code, is_alarm=error.kind in ALARMING)


async def _end(work: _Round, leased: Leased, state: str, reason: str) -> None:
    async with work.store.transaction() as tx:
        await _settle_over(tx, leased, state, reason, work.clock())
    _log(leased, state, code=reason)


async def _settle_over(
    tx: Transaction, leased: Leased, state: str, reason: str, now: datetime
) -> None:
    is_ours = await outbox.settle_over(tx, leased, state, reason)
    if is_ours and leased.recipient_kind == "phone":
        await ring_back.mark_done(tx, leased.id, now)


def _word(work: _Round, leased: Leased, to: Addressee) -> Parcel:
    """Return the message in its reader's language, as it stands now."""
    if to.channel is Channel.CALL:
        return Call(leased.id, to.to, to.sender)
    template, params = to.instead or (leased.template, leased.params)
    if to.channel is Channel.WEBHOOK:
        return Hook(
            owed_id=leased.id,
            url=to.to,
            secret=to.secret,
            type=template,
            data=disclosed(template, params),
            at=leased.created_at,
            sent_at=work.clock(),
        )
    reader: dict[str, Any] = {"is_brand": to.is_brand}
    if to.held_by:
        reader["held_by"] = to.held_by
    if to.channel is Channel.MAIL:
        reader["you"] = to.to
    place = work.directory.sites.get(str(params.get("site")))
    if place is not None:
        # Nobody knows a place by its six digits alone.
        reader["site"] = f"{place.name}, {place.region} ({place.code})"
    worded = word(template, {**params, **reader}, to.channel)
    # Staff may read a language that is not served; English beats silence.
    language = to.language if to.language in work.catalog.languages else "en"

    def say(line: Line) -> str:
        return work.catalog.render(line, language, to.zone)

    body = "\n\n".join(say(line) for line in worded.lines)
    if worded.subject is None or to.channel is Channel.SMS:
        return Text(leased.id, to.to, body)
    return Mail(leased.id, to.to, say(worded.subject), f"{body}\n", leased.created_at)


def _log(
    leased: Leased, outcome: str, *, code: str | None = None, is_alarm: bool = False
) -> None:
    write = log.error if is_alarm else log.info
    write(
        "message.settled",
        outbox_id=str(leased.id),
        template=leased.template,
        kind=leased.recipient_kind,
        attempt=leased.attempt,
        outcome=outcome,
        code=code,
    )
