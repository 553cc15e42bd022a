"""Ask how a call ended where nobody has told: no status callback is a promise."""

from datetime import datetime
from typing import Protocol

import structlog

from app.actions.record_call_end import record_call_end
from app.outbox.settlement import ENDED, GatewayError
from app.store import ring_back
from app.store.engine import Store

log = structlog.get_logger(__name__)


class Ended(Protocol):
    """A call as the carrier knows it."""

    @property
    def status(self) -> str: ...
    @property
    def answered_by(self) -> str | None: ...


class Carrier(Protocol):
    """The carrier's calls; see `app.gateways.twilio_recordings`."""

    async def parties(self, call_sid: str) -> Ended: ...


async def ask_after_calls(store: Store, carrier: Carrier, *, at: datetime) -> int:
    """Record the ends that were never told; return how many were news.

    A call that the carrier does not know, or that goes on, is left as it is.
    """
    async with store.transaction() as tx:
        unheard = await ring_back.without_end(tx, at)
    news = 0
    for owed_id, call_sid in unheard:
        try:
            call = await carrier.parties(call_sid)
        except GatewayError as error:
            log.warning(
                "call.not_read",
                outbox_id=str(owed_id),
                kind=error.kind,
                code=error.code,
            )
            continue
        if call.status in ENDED:
            news += await record_call_end(
                store,
                call_sid=call_sid,
                owed_id=owed_id,
                status=call.status,
                answered_by=call.answered_by,
                at=at,
            )
    return news
