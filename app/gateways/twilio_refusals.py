"""What a refusal from Twilio means where something was to be read."""

from twilio.base.exceptions import TwilioException

from app.outbox.settlement import (
    AccountBlocked,
    GatewayError,
    Misconfigured,
    Transient,
    failure_of,
)


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
