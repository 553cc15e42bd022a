"""What passes between a carrier and us, in no carrier's own words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Why(StrEnum):
    """Why a carrier did not take a text, or did not deliver it."""

    OPTED_OUT = "opted_out"  # the phone wants nothing more from us
    NUMBER = "number"  # nobody can be texted there, now or later
    CONTENT = "content"  # these words, or their template, are not carried
    CONFIG = "config"  # sender, account or address: a person must mend it
    ACCOUNT = "account"  # blocked, or out of balance
    BUSY = "busy"  # not taken now; may be in a while
    UNKNOWN = "unknown"  # it may have been taken


@dataclass(frozen=True, slots=True)
class Knock:
    """A request at our door as it came off the wire."""

    method: str
    query: bytes
    headers: Sequence[tuple[str, str]]  # names in lower case
    body: bytes
    secret: str = field(default="", repr=False)  # what stood for it in the path
    source: str = ""  # the address that it came from

    def header(self, name: str) -> str:
        """Return a header that is there once; blank where it is not."""
        found = [value for given, value in self.headers if given == name]
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One text as a carrier handed it over, its words decoded."""

    message_id: str | None  # None: the carrier gives none
    sender: str = field(repr=False)
    recipient: str
    text: str = field(repr=False)
    stamp: str = ""  # the carrier's own time of it, as it wrote it
    unread: str = ""  # why its words could not be read; then there are none


@dataclass(frozen=True, slots=True)
class Reported:
    """One word of a carrier's on a text of ours."""

    provider_id: str | None
    ours: str | None  # the debt's id, where it came back with the report
    status: str  # one of app.outbox.settlement.DELIVERY_RANKS
    attempt: int | None = None
    why: Why | None = None  # where it was not delivered
    code: str = ""  # the carrier's own word for why


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What one request tells of; what is wrong with one thing spoils no other."""

    found: tuple[T, ...]
    unfit: tuple[str, ...] = ()  # the fields that cannot be read, never a value
    passed_by: int = 0  # how many are known to be something else


@dataclass(frozen=True, slots=True)
class Rang:
    """A call that a phone made and nobody is to answer."""

    call_id: str
    sender: str = field(repr=False)
    dialled: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text to be handed to a carrier."""

    id: str  # the debt's id, at each attempt the same
    attempt: int
    to: str = field(repr=False)  # E.164
    sender: str  # a number, a header or a mask
    text: str = field(repr=False)
    template: str = ""  # under which these words are registered
    report_url: str = ""  # where its reports are taken
    # The attempt that handed it over first under the same short id: an earlier one
    # than `attempt` only where every answer since was lost.
    first: int = 1
    valid_minutes: int | None = None  # how long it is worth bringing; None: no end


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request that hands over a text, or asks after one."""

    method: str
    url: str = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """The carrier has it."""

    provider_id: str | None  # None: the carrier gives no id
    status: str = "accepted"
    why: Why | None = None  # where a look-up tells that it was not delivered
    code: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier has it not, or nobody knows."""

    why: Why
    code: str
