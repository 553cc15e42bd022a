"""Settle a message by what came of it: each row that it told of, all or none."""

from datetime import datetime

from app.actions.carrying import Round, Taken, note
from app.actions.record_call_end import CallEnd, settle_call_end
from app.actions.record_delivery import settle_undelivered
from app.outbox.knocks import Knock
from app.outbox.owed import Call, Leased, Parcel, Receipt
from app.outbox.refused import undelivered
from app.outbox.settlement import (
    ALARMING,
    ENDED,
    UNDELIVERED,
    UNHEARD,
    Failure,
    GatewayError,
    wait_before,
)
from app.store import digests, hook_log, outbox, refusals, ring_back
from app.store.engine import Transaction
from app.store.unreachable import owe_unreachable


async def settle_sent(
    work: Round, taken: Taken, receipt: Receipt, knock: Knock | None = None
) -> None:
    """Note that the far side took it, and with it every row that it tells."""
    now, lead = work.clock(), taken.lead
    async with work.store.transaction() as tx:
        if taken.unsaid is None:
            is_ours = await outbox.settle_sent(tx, lead, receipt, now)
        else:
            ended = taken.unsaid
            is_ours = await outbox.settle_over(tx, lead, ended.state, ended.why)
        if is_ours and taken.is_bound:
            await digests.settle_sent(tx, lead, receipt, now)
        if is_ours and receipt.refused:
            await refusals.count(tx, receipt.refused, now)
        if knock is not None:
            await hook_log.note(tx, lead, knock)
    _note_all(taken, "sent", carrier=receipt.carrier)


async def is_among(
    work: Round, taken: Taken, parcel: Parcel, found: tuple[Receipt, ...]
) -> bool:
    """Settle by what was found; it may have failed at the carrier since."""
    now, lead = work.clock(), taken.lead
    async with work.store.transaction() as tx:
        ours = await outbox.settle_found(tx, lead, found, now)
        if ours is not None and taken.is_bound:
            await digests.settle_sent(tx, lead, ours, now)
        if ours is not None and isinstance(parcel, Call):
            await _settle_found_call(work, tx, lead, ours, now)
        elif ours is not None and ours.status in UNDELIVERED:
            reported = outbox.Reported(lead.id, lead.attempt)
            error = undelivered(ours.why, ours.error_code)
            await settle_undelivered(tx, work.directory, reported, error, now)
    if ours is not None:
        _note_all(taken, "found", carrier=ours.carrier)
    return ours is not None


async def _settle_found_call(
    work: Round, tx: Transaction, leased: Leased, found: Receipt, now: datetime
) -> None:
    """Take the end of a call that was found; its callback may be lost as well."""
    if found.provider_id and found.status in ENDED:
        end = CallEnd(found.provider_id, leased.id, found.status, found.answered_by)
        await settle_call_end(tx, work.store.keyring, work.directory, end, now)


async def settle_failed(
    work: Round,
    taken: Taken,
    error: GatewayError,
    tried_at: datetime | None,
    knock: Knock | None = None,
) -> None:
    """Write when it is tried again, or that it is not.

    `tried_at`: that attempt's outcome is not known; None: it was not taken.
    """
    now, lead = work.clock(), taken.lead
    wait = wait_before(lead.attempt - 1, error)
    async with work.store.transaction() as tx:
        if wait is not None:
            await _settle_later(tx, taken, error, now + wait, tried_at)
        elif error.kind is Failure.OPTED_OUT:
            await outbox.opt_out(tx, lead.id, now, str(error))
            await _settle_over(tx, taken, "dropped", str(error), now)
        else:
            await _settle_over(tx, taken, "failed", str(error), now)
        if error.kind in UNHEARD:
            await owe_unreachable(tx, work.directory, lead.id, now)
        if knock is not None:
            await hook_log.note(tx, lead, knock)
    _note_all(
        taken,
        error.kind,
        code=error.code,
        is_alarm=error.kind in ALARMING,
        carrier=error.carrier,
    )


async def _settle_later(
    tx: Transaction,
    taken: Taken,
    error: GatewayError,
    next_at: datetime,
    tried_at: datetime | None,
) -> None:
    """Owe it again; what was not taken may go with others the next time."""
    lead, said = taken.lead, str(error)
    if taken.unsaid is not None and tried_at is None:
        ended = taken.unsaid
        is_ours = await outbox.settle_over(tx, lead, ended.state, ended.why)
    else:
        is_ours = await outbox.settle_later(
            tx, lead, next_at=next_at, error=said, tried_at=tried_at
        )
    if not is_ours:
        return
    if taken.is_bound and tried_at is None:
        await digests.part(tx, lead, next_at=next_at, error=said)
    elif taken.is_bound and tried_at is not None:
        await digests.settle_unknown(
            tx, lead, next_at=next_at, error=said, tried_at=tried_at
        )
    if taken.has_turn:
        await digests.move_turn(tx, lead.recipient_key, next_at)


async def _settle_over(
    tx: Transaction, taken: Taken, state: str, reason: str, now: datetime
) -> None:
    lead, ended = taken.lead, taken.unsaid
    if ended is not None:
        is_ours = await outbox.settle_over(tx, lead, ended.state, ended.why)
    else:
        is_ours = await outbox.settle_over(tx, lead, state, reason)
    if not is_ours:
        return
    if taken.is_bound:
        await digests.settle_over(tx, lead, state, reason)
    if lead.recipient_kind == "phone":
        await ring_back.mark_done(tx, lead.id, now)


def _note_all(
    taken: Taken,
    outcome: str,
    *,
    code: str | None = None,
    is_alarm: bool = False,
    carrier: str | None = None,
) -> None:
    """Log one line a row, so that each can be followed to its end."""
    lead = taken.lead
    if taken.unsaid is not None:
        note(lead, taken.unsaid.state, code=taken.unsaid.why)
    led_by = lead if taken.is_bound else None
    for row in [told.leased for told in taken.told] or [lead]:
        note(
            row,
            outcome,
            code=code,
            is_alarm=is_alarm,
            led_by=led_by,
            carrier=carrier,
        )
