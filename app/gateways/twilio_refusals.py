"""What a refusal from Twilio means, to a request that creates and to one that reads."""

from collections.abc import Awaitable
from typing import Any

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException

from app.outbox.owed import Receipt
from app.outbox.settlement import (
    AccountBlocked,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Transient,
    failure_of,
)

# The request never left, so nothing can have come of it.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


async def created(request: Awaitable[Any]) -> Receipt:
    """Return the receipt of a message or call; raise the failure that says why not.

    Creating has no idempotency key: what may have been taken is unknown.
    """
    try:
        made = await request
    except TwilioRestException as refused:
        # Without a JSON body the SDK puts the HTTP status into `code`.
        code = refused.code if refused.code != refused.status else None
        raise failure_of(code, refused.status) from None
    except _NOT_SENT as lost:
        raise Transient(type(lost).__name__) from None
    except (httpx.HTTPError, TwilioException, ValueError) as lost:
        raise OutcomeUnknown(type(lost).__name__) from None
    if not made.sid:
        raise OutcomeUnknown("no_sid")
    return Receipt(provider_id=made.sid, status=made.status)


def why_not_read(refused: TwilioException) -> GatewayError:
    """Return a failure that lets it wait: not found is not absent.

    A page that is refused comes as a bare TwilioException that holds the
    response (twilio 9.13, base/page.py).
    """
    status = getattr(refused, "status", None)
    for part in refused.args:
        status = getattr(part, "status_code", status)
    failure = failure_of(getattr(refused, "code", None), status)
    if isinstance(failure, (Misconfigured, AccountBlocked)):
        return failure
    return Transient(failure.code)
