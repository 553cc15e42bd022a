"""What a carrier's refusal means to the outbox."""

from app.carriers.wire import Why
from app.outbox.settlement import (
    AccountBlocked,
    BadContent,
    GatewayError,
    Misconfigured,
    OptedOut,
    OutcomeUnknown,
    Permanent,
    Transient,
    failure_of,
)

_KINDS: dict[Why, type[GatewayError]] = {
    Why.OPTED_OUT: OptedOut,
    Why.NUMBER: Permanent,
    Why.CONTENT: BadContent,
    Why.CONFIG: Misconfigured,
    Why.ACCOUNT: AccountBlocked,
    Why.BUSY: Transient,
    Why.UNKNOWN: OutcomeUnknown,
}


def refused(why: Why, code: str) -> GatewayError:
    """Return the failure for a carrier's own class and code."""
    return _KINDS[why](code)


def undelivered(why: str | None, code: str | None) -> GatewayError:
    """Return why a text that was taken did not arrive.

    Without a class the code is Twilio's. A report that says no more than that it
    was not delivered may be about a phone that is switched off: it may pass.
    """
    if why is None:
        number = int(code) if code and code.isascii() and code.isdigit() else None
        return failure_of(number)
    kind = Why.BUSY if why == Why.UNKNOWN else Why(why)
    return refused(kind, code or "unspecified")
