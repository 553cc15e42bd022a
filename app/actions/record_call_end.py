"""Take the carrier's word on how a call ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app.domain.directory import Directory
from app.outbox.owed import RING_BACK
from app.outbox.settlement import ENDED, is_unanswered, wait_to_ring
from app.store import ring_back
from app.store.engine import Store, Transaction
from app.store.sealing import Keyring
from app.store.unreachable import owe_unreachable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call that we placed ended; `status` and `answered_by` are Twilio's."""

    call_sid: str
    owed_id: UUID
    status: str
    answered_by: str | None


async def record_call_end(
    store: Store,
    *,
    call_sid: str,
    owed_id: UUID | None,
    status: str,
    answered_by: str | None,
    at: datetime,
) -> bool:
    """Note how a call ended; True where that was news.

    A call of ours that reached no person is placed again inside the hours, at
    most three times altogether; then it is over, and a worker's partner is
    told. Words may come late, twice and in any order: of each call one end
    counts, and a call that is not the debt's latest is no news. So whoever
    hears first that a machine took the call may say so here, as `completed`.
    """
    if status not in ENDED:
        return False
    directory = await store.directory() if owed_id else None
    async with store.transaction() as tx:
        tag = store.keyring.call_tag(call_sid)
        has_ended = await ring_back.mark_call_ended(tx, tag, at)
        if owed_id is None or directory is None:
            return has_ended
        end = CallEnd(call_sid, owed_id, status, answered_by)
        return await settle_call_end(tx, store.keyring, directory, end, at)


async def settle_call_end(
    tx: Transaction, keyring: Keyring, directory: Directory, end: CallEnd, at: datetime
) -> bool:
    """Draw the consequence of a call's end; False where it was no news."""
    debt = await ring_back.placed(tx, end.owed_id)
    if debt is None or not _is_about(debt, end.call_sid):
        return False
    known_as = keyring.message_tag(f"{end.call_sid}|ended")
    if not await ring_back.claim(tx, known_as, at):
        return False
    if not is_unanswered(end.status, end.answered_by):
        await ring_back.settle_answered(tx, debt.id, status=end.status, at=at)
        await ring_back.mark_done(tx, debt.id, at)
        _log(end, debt, "answered")
        return True
    wait = wait_to_ring(debt.rings + 1, is_ring_back=debt.template == RING_BACK)
    await ring_back.settle_unanswered(
        tx,
        debt.id,
        call_sid=end.call_sid,
        status=end.status,
        # Whether that is inside the hours is asked when it is due.
        next_at=None if wait is None else at + wait,
    )
    if wait is None:
        await ring_back.mark_done(tx, debt.id, at)
        await owe_unreachable(tx, directory, debt.id, at)
    _log(end, debt, "given_up" if wait is None else "owed_again")
    return True


def _is_about(debt: ring_back.Placed, call_sid: str) -> bool:
    """Tell whether a call is the debt's latest, or one whose answer is lost."""
    if debt.state in ("owed", "unknown"):
        return True
    return debt.state == "sent" and debt.provider_id == call_sid


def _log(end: CallEnd, debt: ring_back.Placed, outcome: str) -> None:
    log.info(
        "call.ended",
        outbox_id=str(end.owed_id),
        template=debt.template,
        status=end.status,
        attempt=debt.rings + 1,
        outcome=outcome,
    )
