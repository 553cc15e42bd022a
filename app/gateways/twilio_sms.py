"""Text messages through Twilio's Messages resource (api 2010-04-01).

Creating has no idempotency key: where the answer is lost, the message may be
on its way. Our id travels in the StatusCallback, and `find` looks for it.
"""

from datetime import datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_refusals import created, why_not_read
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import (
    Transient,
)

# The request never left, so nothing can have come of it.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

# How many of a phone's latest messages a look-up reads.
_PAGE = 50
# Their clock and ours; Twilio's times have whole seconds.
_SKEW = timedelta(seconds=60)


class TwilioSms:
    """Sends texts, and finds again those whose fate is not known."""

    def __init__(
        self,
        http: HttpxTwilio,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        public_base_url: str,
    ) -> None:
        self._http = http
        self._sender = sender
        self._callback = f"{public_base_url.rstrip('/')}/twilio/sms/status"
        self._client = Client(account_sid, auth_token, http_client=http)

    async def send(self, text: Text) -> Receipt:
        """Hand one text to the provider.

        A SID is whatever the provider says it is: Twilio-compatible platforms
        use UUIDs.
        """
        return await created(
            self._client.messages.create_async(
                to=text.to,
                body=text.body,
                status_callback=f"{self._callback}?m={text.owed_id}",
                **self._from(),
            )
        )

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        """Return what the account holds that may be this text, oldest first.

        Filtering by DateSent would hide what is still queued, so the page is
        read by its dates of creation. Raise a failure that lets it wait where
        nobody can tell.
        """
        try:
            page = await self._client.messages.list_async(
                to=text.to, limit=_PAGE, page_size=_PAGE
            )
        except TwilioException as refused:
            raise why_not_read(refused) from None
        except (httpx.HTTPError, ValueError) as lost:
            raise Transient(type(lost).__name__) from None
        found = [m for m in page if m.sid and _may_be(m, text, since - _SKEW)]
        found.sort(key=lambda message: message.date_created)
        return tuple(_receipt(m) for m in found)

    def _from(self) -> dict[str, str]:
        if self._sender.startswith("MG"):
            return {"messaging_service_sid": self._sender}
        return {"from_": self._sender}

    async def aclose(self) -> None:
        await self._http.aclose()


def _receipt(message: Any) -> Receipt:
    code = message.error_code
    return Receipt(message.sid, message.status, str(code) if code else None)


def _may_be(message: Any, text: Text, since: datetime) -> bool:
    """Tell whether a listed message may be ours.

    Replies inside a turn are `outbound-reply`. A trial account prefixes the
    body, and message redaction blanks it.
    """
    if not str(message.direction).startswith("outbound-api"):
        return False
    if message.date_created is None or message.date_created < since:
        return False
    body = message.body or ""
    is_redacted = not body.strip("*\N{BULLET} ")
    return is_redacted or body.endswith(text.body)
