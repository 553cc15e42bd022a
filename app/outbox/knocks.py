"""What a brand may see of each try at its webhook."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.outbox.owed import Receipt
from app.outbox.settlement import GatewayError

# Words of ours for what came in a status's stead, by the code of the failure.
_WORDS = {
    "timeout": "timeout",
    "ConnectTimeout": "timeout",
    "ReadTimeout": "timeout",
    "WriteTimeout": "timeout",
    "PoolTimeout": "timeout",
    "ConnectError": "refused",
    "ReadError": "cut",
    "WriteError": "cut",
    "RemoteProtocolError": "cut",
    "name_not_resolved": "name_not_resolved",
    "tls": "tls",
    "url": "url",
    "not_https": "not_https",
    "private_address": "private_address",
    "secret": "secret",
}
# A setting of ours is missing: nobody knocked at a brand's door.
_NOT_TRIED = frozenset({"webhook_not_set", "key"})


@dataclass(frozen=True, slots=True)
class Knock:
    """One try at a brand's webhook: what was sent, when, and what came back."""

    type: str
    at: datetime
    status: str  # the far side's number, or a word for what came in its stead
    milliseconds: int


def taken_as(receipt: Receipt) -> str:
    """Return the far side's status; a demo without an endpoint only shows it."""
    return str(receipt.http_status) if receipt.http_status else "shown"


def failed_as(error: GatewayError) -> str | None:
    """Return what came of a try that failed; None where none was made."""
    if error.code in _NOT_TRIED:
        return None
    if error.code.isdigit():
        return error.code
    return _WORDS.get(error.code, "error")


def took(since: datetime, until: datetime) -> int:
    """Return how many milliseconds a try took; never less than none."""
    return max(0, (until - since) // timedelta(milliseconds=1))
