"""What becomes of a message after an attempt, by the class of its failure.

The classes and Twilio's codes are those of TELECOM.md §3.2 (Twilio's error
dictionary, twilio.com/docs/api/errors). A call ends otherwise than a text: see
`is_unanswered` and `wait_to_ring`.
"""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar


class Failure(StrEnum):
    """Why a message did not go out, which says whether to try again."""

    OPTED_OUT = "opted_out"
    PERMANENT = "permanent"
    CONTENT = "content"
    CONFIG = "config"
    ACCOUNT = "account"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"


class GatewayError(Exception):
    """An attempt failed; `code` is the far side's own, never its text.

    `carrier`: of a text, who failed; blank where nobody was chosen.
    """

    kind: ClassVar[Failure]

    def __init__(self, code: str | int) -> None:
        super().__init__(f"{self.kind}:{code}")
        self.code = str(code)
        self.carrier = ""


class OptedOut(GatewayError):
    """The recipient wants nothing more: drop it, and never text that phone."""

    kind = Failure.OPTED_OUT


class Permanent(GatewayError):
    """There is nobody at that address, now or later."""

    kind = Failure.PERMANENT


class BadContent(GatewayError):
    """The far side will not carry these words; others might pass."""

    kind = Failure.CONTENT


class Misconfigured(GatewayError):
    """A person must mend a setting; the message waits for that."""

    kind = Failure.CONFIG


class AccountBlocked(GatewayError):
    """The provider has suspended the account; a person must speak to them."""

    kind = Failure.ACCOUNT


class Transient(GatewayError):
    """It was not taken, and may be in a while."""

    kind = Failure.TRANSIENT


class OutcomeUnknown(GatewayError):
    """It may have been taken: look it up before it is sent again."""

    kind = Failure.UNKNOWN


class NotYet(GatewayError):
    """What was asked for is not there, and may be in a moment."""

    kind = Failure.NOT_YET


LONGEST_WAIT = timedelta(hours=1)
SLOW_WAIT = timedelta(minutes=15)  # a person mends it; then it should go soon
_FIRST_WAIT = 30  # seconds

_GIVEN_UP = frozenset({Failure.OPTED_OUT, Failure.PERMANENT, Failure.CONTENT})
_SLOW = frozenset({Failure.CONFIG, Failure.ACCOUNT})

# Classes after which a phone gets nothing more from us.
UNREACHABLE = frozenset({Failure.OPTED_OUT, Failure.PERMANENT})

# Classes after which a worker has not heard what we had to say.
UNHEARD = UNREACHABLE | {Failure.CONTENT}

# Classes about which somebody on duty must hear.
ALARMING = _SLOW | {Failure.PERMANENT, Failure.CONTENT}


def wait_before(attempt: int, error: GatewayError) -> timedelta | None:
    """Return how long to wait before trying again, or None to give up.

    `attempt` counts from 0. Nothing is given up for having been tried often:
    a message ends by being sent, by its failure's class, or by its own date.
    """
    if error.kind in _GIVEN_UP:
        return None
    if error.kind in _SLOW:
        return SLOW_WAIT
    # Beyond seven doublings the cap holds anyway; a shift must stay small.
    return min(timedelta(seconds=_FIRST_WAIT << min(attempt, 7)), LONGEST_WAIT)


_CODES: dict[type[GatewayError], frozenset[int]] = {
    OptedOut: frozenset({21610}),
    Permanent: frozenset({21211, 21214, 21217, 21604, 21614, 30005, 30006}),
    Misconfigured: frozenset(
        {
            *(13227, 20003, 20404, 21212, 21215, 21408, 21603, 21606, 21612),
            *(21659, 21660, 30018, 30024, 63003, 63015, 63016, 63024, 63032, 63041),
            # of WhatsApp: no such sender, or a template that is not as it must be
            *(63007, 63020, 63027, 63028, 63029, 63040, 63042),
            # of calls: trial accounts, numbers not allowed or not ours, our URLs
            *(10002, 10005, 21205, 21210, 21213, 21216, 21219, 21609),
        }
    ),
    BadContent: frozenset(
        {14103, 21602, 21617, 30004, 30007, 30008, 30019, 63013, 63021}
    ),
    Transient: frozenset(
        {
            *(10004, 20429, 20500, 20503, 21611, 30001, 30003, 30017),
            *(63005, 63012, 63018),
        }
    ),
    AccountBlocked: frozenset({10001, 20005, 30002, 63051}),
}
# Request timeout, conflict, too early: the same request may pass in a while.
_TOO_SOON = frozenset({408, 409, 425})
_BY_CODE = {code: kind for kind, codes in _CODES.items() for code in codes}


def failure_of(code: int | None, status: int | None = None) -> GatewayError:
    """Return the failure for Twilio's code and the HTTP status it came with.

    A refusal with 429 was never processed. Any 5xx may hide an accepted
    message, so its outcome is unknown, whatever code it carries. Without code
    and status it is a carrier's report that gives no reason: it may pass.
    """
    if status == 429:
        return Transient(code or status)
    if status is not None and status >= 500:
        return OutcomeUnknown(code or status)
    if code in _BY_CODE:
        return _BY_CODE[code](code)
    if status in _TOO_SOON or (code is None and status is None):
        return Transient(code or status or "unspecified")
    if status is not None and (status < 400 or status in (401, 403, 404, 405)):
        return Misconfigured(code or status)
    return Permanent(code or status or "unspecified")


# The carrier's words in the order in which they can be true; TELECOM.md §3.2.
DELIVERY_RANKS = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "partially_delivered": 4,
    "read": 5,
}
UNDELIVERED = frozenset({"undelivered", "failed"})


def rank_of(status: str) -> int | None:
    """Return where a delivery status stands; None where nobody knows it."""
    return DELIVERY_RANKS.get(status)


# How a call that we placed can end (CallStatus); anything else is on its way.
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
# Where a call stands that we placed, until its end is told. No text stands there.
RINGING = "ringing"
# Rings altogether; after them nobody is rung for the same debt.
LAST_RING = 3
_RING_WAITS = (timedelta(minutes=30),)
# Whoever has just rung us is likely beside the phone.
_RING_BACK_WAITS = (timedelta(minutes=5), timedelta(minutes=30))


def is_unanswered(status: str, answered_by: str | None) -> bool:
    """Tell whether a call that ended reached no person.

    `answered_by` is Twilio's AnsweredBy: human, unknown, fax, machine_*. What
    is unknown is taken for a person: a second ring would say that it matters.
    """
    by = answered_by or ""
    return status != "completed" or by == "fax" or by.startswith("machine")


def wait_to_ring(rings: int, *, is_ring_back: bool) -> timedelta | None:
    """Return how long to wait after `rings` calls that reached nobody.

    None: it was the last.
    """
    if rings >= LAST_RING:
        return None
    waits = _RING_BACK_WAITS if is_ring_back else _RING_WAITS
    return waits[min(rings, len(waits)) - 1]
