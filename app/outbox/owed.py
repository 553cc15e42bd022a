"""What is owed to the outside, between its row and the gateway that sends it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID


class Channel(StrEnum):
    """The way a message goes out."""

    SMS = "sms"
    CALL = "call"
    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Leased:
    """An owed row in one worker's hands until `lease_until`."""

    id: UUID
    case_id: UUID | None
    recipient_kind: str  # worker, phone, person, brand, brand_webhook, reply
    recipient_key: str
    template: str
    params: Mapping[str, Any]
    created_at: datetime
    attempt: int  # this one counted, so 1 the first time
    lease_until: datetime
    tried_at: datetime | None  # an earlier attempt whose outcome is not known
    # Set: an earlier attempt told of other rows too, whose `digest` is this id.
    digest: UUID | None = None
    carrier: str = ""  # through whom the attempt went whose outcome is not known
    first_try: int = 0  # the attempt at which that one had it first under one id
    # The programme as it stood when the row was taken into hand.
    directory_version: int = field(default=0, compare=False)


OnTry = Callable[[str], Awaitable[None]]


async def unmarked(_carrier: str) -> None:
    """Mark nothing: for whoever sends outside the outbox."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text message; neither number nor words show in a repr.

    `on_try` is told a carrier's name right before the text is handed to it: of
    whoever dies after that, the next one asks that carrier and no other.
    """

    owed_id: UUID
    to: str = field(repr=False)
    body: str = field(repr=False)
    language: str = "en"
    line: str = ""  # the hotline number that the worker knows; blank: none
    provider: str = ""  # whose that line is
    is_whatsapp: bool = False
    is_in_window: bool = False  # WhatsApp lets free words through
    attempt: int = 1
    tried_by: str = ""  # the carrier that may have it already
    first_try: int = 0  # at which attempt that one had it first
    valid_minutes: int | None = None  # in which it is of use; None: no matter
    not_by: str = ""  # the carrier that did not bring it to the phone
    # Under which id each carrier has these words, where it wants one.
    templates: Mapping[str, str] = field(default_factory=dict)
    # What stands in the variables of those words, in their order.
    values: tuple[str, ...] = field(default=(), repr=False)
    on_try: OnTry = field(default=unmarked, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be placed; what is said is asked for when it is answered."""

    owed_id: UUID
    to: str = field(repr=False)
    sender: str  # the number that the phone shows, E.164


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain-text mail; the same owed id always makes the same Message-ID."""

    owed_id: UUID
    to: str = field(repr=False)
    subject: str
    body: str = field(repr=False)
    at: datetime  # the hour in which it is sent


@dataclass(frozen=True, slots=True)
class Hook:
    """A signed webhook to a brand (Standard Webhooks)."""

    owed_id: UUID
    url: str = field(repr=False)
    secret: str = field(repr=False)
    type: str
    data: Mapping[str, Any]
    at: datetime  # the hour in which it came to be owed
    sent_at: datetime  # this attempt; receivers refuse what is older than 5 min


def public_id(owed_id: UUID) -> UUID:
    """Return by what the outside knows a message, at each attempt the same.

    An owed id holds the millisecond at which it was made, often that of a
    complaint; its 62 bits of chance cannot be guessed from this.
    """
    return UUID(bytes=sha256(owed_id.bytes).digest()[:16], version=4)


Parcel = Text | Call | Mail | Hook


@dataclass(frozen=True, slots=True)
class Receipt:
    """The far side took it. `shown` is what a demo shows of it."""

    provider_id: str | None = None
    status: str | None = None
    error_code: str | None = None  # why a message that was found did not arrive
    why: str | None = None  # its class, where the code is not Twilio's
    carrier: str | None = None  # through whom a text went
    refused: tuple[tuple[str, str], ...] = ()  # which carriers did not take it, why
    answered_by: str | None = None  # who took a call that was found
    http_status: int | None = None  # what a brand's webhook answered
    shown: str | None = field(default=None, repr=False)


# The answer to a text, where a carrier takes it by a request of our own.
REPLY = "reply"
# The call that returns a missed one; a call has no words before it is answered.
RING_BACK = "ring_back"

# What lets a person into the rooms: a link by which she joins, a code to sign in.
ROOM_INVITE, ROOM_CODE = "room_invite", "room_code"
# That somebody was made a partner, or invited as one, to those who may ask why.
PARTNER_ADDED = "partner_added"
# What a member is told of the PIN with which she works by text.
PIN_STOPPED, SIGNED_BY_TEXT = "pin_stopped", "signed_by_text"
# A head of the ledger, to whoever outside bears witness to it.
LEDGER_HEAD = "ledger.head"

# Beside an urgent mail, to whoever chose that; it says that something waits.
URGENT_TEXT = "urgent_text"
# After that the mail, or the date itself, has said it better.
TEXT_LASTS = timedelta(hours=12)

# What brands are told of a protected case; anything else stays in the house,
# whatever the debt's params hold.
_CONTENT_FREE = {
    "brand_alert": frozenset({"number", "country", "partner"}),
    "brand_missed_protected": frozenset({"number", "country", "clock", "partner"}),
}


def disclosed(template: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the params that a webhook of this template may carry."""
    allowed = _CONTENT_FREE.get(template)
    return {k: v for k, v in params.items() if allowed is None or k in allowed}


def is_stale(template: str, params: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether a reminder comes after what it reminds of.

    After an outage the missed date speaks for itself; a burst of reminders
    about it would only teach people to read none.
    """
    due_at = params.get("due_at")
    if template != "reminder" or not isinstance(due_at, str):
        return False
    return datetime.fromisoformat(due_at) <= at


# How long a worker may hold a row; longer than any send can take.
LEASE = timedelta(seconds=60)
# What one attempt may take altogether, look-up and sending.
PATIENCE = timedelta(seconds=45)
