"""Text messages through Twilio's Messages resource (api 2010-04-01).

Creating has no idempotency key: where the answer is lost, the message may be
on its way. Our id travels in the StatusCallback, and `find` looks for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_refusals import created, why_not_read
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import Transient

# How many of a phone's latest messages a look-up reads.
_PAGE = 50
# Their clock and ours; Twilio's times have whole seconds.
_SKEW = timedelta(seconds=60)


def _anywhere(_number: str) -> bool:
    return True


class TwilioSms:
    """Sends texts, and finds again those whose fate is not known."""

    def __init__(
        self,
        http: HttpxTwilio,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        callback: str,
        name: str = "twilio",
        known_as: str = "",
        may_send_to: Callable[[str], bool] = _anywhere,
    ) -> None:
        """`known_as` goes before the ids of a platform that stands beside Twilio."""
        self._http = http
        self.name = name
        self._known_as = known_as
        self._may_send_to = may_send_to
        self._sender = sender
        self._callback = callback
        self._client = Client(account_sid, auth_token, http_client=http)

    @property
    def repeats_safely(self) -> bool:
        return False

    def can_send(self, text: Text) -> bool:
        is_number = text.to.startswith("+") and not text.is_whatsapp
        return is_number and self._may_send_to(text.to)

    async def send(self, text: Text) -> Receipt:
        """Hand one text to the provider.

        A SID is whatever the provider says it is: Twilio-compatible platforms
        use UUIDs.
        """
        await text.on_try(self.name)
        return await self._create(text, {"body": text.body})

    async def _create(self, text: Text, words: Mapping[str, str]) -> Receipt:
        receipt = await created(
            self._client.messages.create_async(
                to=self._to(text),
                status_callback=f"{self._callback}?m={text.owed_id}",
                **words,
                **self._from(text),
            )
        )
        return replace(receipt, provider_id=f"{self._known_as}{receipt.provider_id}")

    async def find(self, text: Text, since: datetime) -> tuple[Receipt, ...]:
        """Return what the account holds that may be this text, oldest first.

        Filtering by DateSent would hide what is still queued, so the page is
        read by its dates of creation. Raise a failure that lets it wait where
        nobody can tell.
        """
        try:
            page = await self._client.messages.list_async(
                to=self._to(text), limit=_PAGE, page_size=_PAGE
            )
        except TwilioException as refused:
            raise why_not_read(refused) from None
        except (httpx.HTTPError, ValueError) as lost:
            raise Transient(type(lost).__name__) from None
        found = [m for m in page if m.sid and _may_be(m, text, since - _SKEW)]
        found.sort(key=lambda message: message.date_created)
        return tuple(self._receipt(m) for m in found)

    def _receipt(self, message: Any) -> Receipt:
        code = str(message.error_code) if message.error_code else None
        return Receipt(f"{self._known_as}{message.sid}", message.status, code)

    def _to(self, text: Text) -> str:
        return text.to

    def _from(self, _text: Text) -> dict[str, str]:
        if self._sender.startswith("MG"):
            return {"messaging_service_sid": self._sender}
        return {"from_": self._sender}

    async def aclose(self) -> None:
        await self._http.aclose()


def _may_be(message: Any, text: Text, since: datetime) -> bool:
    """Tell whether a listed message may be ours.

    Replies inside a turn are `outbound-reply`. A trial account prefixes the
    body, and message redaction blanks it.
    """
    if not str(message.direction).startswith("outbound-api"):
        return False
    if message.date_created is None or message.date_created < since:
        return False
    # WhatsApp brings the blanks of a template into order.
    body, ours = (" ".join(each.split()) for each in (message.body or "", text.body))
    is_redacted = not body.strip("*\N{BULLET} ")
    return is_redacted or body.endswith(ours)
