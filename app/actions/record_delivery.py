"""Take the carrier's word on a text message that we sent."""

from datetime import datetime
from uuid import UUID

import structlog

from app.domain.directory import Directory
from app.outbox.refused import undelivered
from app.outbox.settlement import (
    UNDELIVERED,
    Failure,
    GatewayError,
    rank_of,
    wait_before,
)
from app.store import outbox
from app.store.engine import Store, Transaction
from app.store.outbox import Reported
from app.store.unreachable import owe_unreachable

log = structlog.get_logger(__name__)

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
    why: str | None = None,
) -> bool:
    """Note a delivery status; True where it was news about a message of ours.

    `why` is the class of what went wrong, as a carrier's file gives it; without
    one `error_code` is Twilio's.

    Statuses may come twice, out of order, and before our own request was
    answered: none undoes a later one. 21610 stops notifications to that phone,
    never the case; what failed for the time being is owed again. Where a phone
    is out of reach for good, the case's partner is told.
    """
    if rank_of(status) is None:
        return False
    directory = await store.directory() if status in UNDELIVERED else None
    async with store.transaction() as tx:
        reported = await outbox.report(
            tx, provider_id=provider_id, owed_id=owed_id, status=status, at=at
        )
        if reported is None:
            return False
        if directory is not None:
            error = undelivered(why, error_code)
            await settle_undelivered(tx, directory, reported, error, at)
        return True


async def settle_undelivered(
    tx: Transaction,
    directory: Directory,
    reported: Reported,
    error: GatewayError,
    at: datetime,
) -> None:
    """Draw the consequence of a text that was taken but did not arrive."""
    wait = wait_before(reported.attempt - 1, error)
    if wait is not None and reported.attempt < LAST_ATTEMPT:
        await outbox.owe_again(tx, reported.id, next_at=at + wait, error=str(error))
        return
    state = "failed"
    if error.kind is Failure.OPTED_OUT:
        await outbox.opt_out(tx, reported.id, at, str(error))
        state = "dropped"
    await outbox.mark_undelivered(tx, reported.id, state, str(error))
    log.warning(
        "text.undelivered", outbox_id=str(reported.id), kind=error.kind, code=error.code
    )
    # A phone that never rings is out of reach as well as one that is gone; and what
    # the carrier would not bring she has not heard either.
    await owe_unreachable(tx, directory, reported.id, at)
