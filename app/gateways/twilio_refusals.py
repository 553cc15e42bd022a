"""What a refusal from Twilio means, to a request that creates and to one that reads."""

from collections.abc import Awaitable
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException

from app.gateways.twilio_http import NOT_SENT
from app.outbox.owed import Receipt
from app.outbox.settlement import (
    AccountBlocked,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Transient,
    failure_of,
)

# Codes that only Somleng has; https://github.com/somleng/somleng, app/errors.
_OF_SOMLENG: dict[str, type[GatewayError]] = {
    "S1001": Transient,  # the time for it ran out
    "S1002": Transient,  # the gateway is not connected
    "S1004": AccountBlocked,
    "S1005": AccountBlocked,  # the balance is used up
    "S1006": AccountBlocked,
    "S1007": Permanent,  # the destination is blocked
    "S1008": Misconfigured,
}


async def created(request: Awaitable[Any]) -> Receipt:
    """Return the receipt of a message or call; raise the failure that says why not.

    Creating has no idempotency key: what may have been taken is unknown.
    """
    try:
        made = await request
    except TwilioRestException as refused:
        raise _why_refused(refused) from None
    except NOT_SENT as lost:
        raise Transient(type(lost).__name__) from None
    except (httpx.HTTPError, TwilioException, ValueError) as lost:
        raise OutcomeUnknown(type(lost).__name__) from None
    if not made.sid:
        raise OutcomeUnknown("no_sid")
    return Receipt(provider_id=made.sid, status=made.status)


def _why_refused(refused: TwilioRestException) -> GatewayError:
    """Return the failure; Somleng writes codes as strings, and has some of its own."""
    if str(refused.code) in _OF_SOMLENG:
        return _OF_SOMLENG[str(refused.code)](str(refused.code))
    # Without a JSON body the SDK puts the HTTP status into `code`.
    code = _number(refused.code)
    return failure_of(None if code == refused.status else code, refused.status)


def why_not_read(refused: TwilioException) -> GatewayError:
    """Return a failure that lets it wait: not found is not absent.

    A page that is refused comes as a bare TwilioException that holds the
    response (twilio 9.13, base/page.py).
    """
    status = getattr(refused, "status", None)
    for part in refused.args:
        status = getattr(part, "status_code", status)
    failure = failure_of(_number(getattr(refused, "code", None)), status)
    if isinstance(failure, (Misconfigured, AccountBlocked)):
        return failure
    return Transient(failure.code)


def _number(code: object) -> int | None:
    """Return Twilio's code; its like write it as a string."""
    written = str(code)
    return int(written) if written.isascii() and written.isdigit() else None
