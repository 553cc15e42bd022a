"""Calls through Twilio's Calls resource (api 2010-04-01).

Placing a call has no idempotency key: where the answer is lost, a phone may be
ringing. Our id travels in every address that the call will ask for, and `find`
looks for the call before another is placed.
"""

from datetime import datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_refusals import created, why_not_read
from app.outbox.owed import Call, Receipt
from app.outbox.settlement import Transient

RINGS_FOR = 25  # seconds; carriers' own voice mail takes over soon after
# How many of a phone's latest calls a look-up reads.
_PAGE = 50
# Their clock and ours; Twilio's times have whole seconds.
_SKEW = timedelta(seconds=60)


class TwilioVoice:
    """Places calls, and finds again those whose fate is not known."""

    def __init__(
        self,
        http: HttpxTwilio,
        *,
        account_sid: str,
        auth_token: str,
        public_base_url: str,
    ) -> None:
        self._http = http
        self._routes = f"{public_base_url.rstrip('/')}/twilio/voice"
        self._client = Client(account_sid, auth_token, http_client=http)

    async def send(self, call: Call) -> Receipt:
        """Have the provider ring one phone.

        A machine that answers is told from a person before a word is said.
        """
        owed = f"?m={call.owed_id}"
        return await created(
            self._client.calls.create_async(
                to=call.to,
                from_=call.sender,
                url=f"{self._routes}/out{owed}",
                method="POST",
                fallback_url=f"{self._routes}/fallback{owed}",
                fallback_method="POST",
                status_callback=f"{self._routes}/status{owed}",
                status_callback_method="POST",
                status_callback_event=["completed"],
                machine_detection="Enable",
                timeout=RINGS_FOR,
            )
        )

    async def find(self, call: Call, since: datetime) -> tuple[Receipt, ...]:
        """Return the calls that may be this one, oldest first.

        A call that still waits to be placed has no StartTime, so a filter by
        it would hide the very call that must not be placed twice: the page is
        read by its dates of creation. Raise a failure that lets the debt wait
        where nobody can tell.
        """
        try:
            page = await self._client.calls.list_async(
                to=call.to, from_=call.sender, limit=_PAGE, page_size=_PAGE
            )
        except TwilioException as refused:
            raise why_not_read(refused) from None
        except (httpx.HTTPError, ValueError) as lost:
            raise Transient(type(lost).__name__) from None
        found = [c for c in page if c.sid and _may_be(c, since - _SKEW)]
        found.sort(key=lambda made: made.date_created)
        return tuple(
            Receipt(c.sid, c.status, answered_by=c.answered_by or None) for c in found
        )

    async def aclose(self) -> None:
        await self._http.aclose()


def _may_be(made: Any, since: datetime) -> bool:
    """Tell whether a listed call to this phone may be ours: not an inbound one."""
    return (
        made.direction == "outbound-api"
        and made.date_created is not None
        and made.date_created >= since
    )
