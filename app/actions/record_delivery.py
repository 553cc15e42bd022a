"""Take the carrier's word on a text message that we sent."""

from datetime import datetime
from uuid import UUID

from app.outbox.settlement import (
    UNDELIVERED,
    Failure,
    failure_of,
    rank_of,
    wait_before,
)
from app.store import outbox
from app.store.engine import Store, Transaction
from app.store.outbox import Reported

# After so many attempts a phone that never rings is somebody else's matter.
LAST_ATTEMPT = 5


async def record_delivery(
    store: Store,
    *,
    provider_id: str,
    owed_id: UUID | None,
    status: str,
    error_code: str | None,
    at: datetime,
) -> bool:
    """Note a delivery status; True where it was news about a message of ours.

    Statuses may come twice, out of order, and before our own request was
    answered: none undoes a later one. 21610 stops notifications to that phone,
    never the case; what failed for the time being is owed again.
    """
    if rank_of(status) is None:
        return False
    async with store.transaction() as tx:
        reported = await outbox.report(
            tx, provider_id=provider_id, owed_id=owed_id, status=status, at=at
        )
        if reported is None:
            return False
        if status in UNDELIVERED:
            await settle_undelivered(tx, reported, error_code, at)
        return True


async def settle_undelivered(
    tx: Transaction, reported: Reported, error_code: str | None, at: datetime
) -> None:
    """Draw the consequence of a text that was taken but did not arrive."""
    error = failure_of(_number(error_code))
    if error.kind is Failure.OPTED_OUT:
        await outbox.opt_out(tx, reported.id, at, str(error))
        await outbox.mark_undelivered(tx, reported.id, "dropped", str(error))
        return
    wait = wait_before(reported.attempt - 1, error)
    if wait is None or reported.attempt >= LAST_ATTEMPT:
        await outbox.mark_undelivered(tx, reported.id, "failed", str(error))
        return
    await outbox.owe_again(tx, reported.id, next_at=at + wait, error=str(error))


def _number(code: str | None) -> int | None:
    return int(code) if code and code.isascii() and code.isdigit() else None
