"""What a simulated carrier is set up with, and what passes through it."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from starlette.responses import Response

from app.simulator.carrier.faults import FaultPlan


def _in_september() -> datetime:
    return datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Where the service under test is, and what was agreed with it.

    `texts_url` and `calls_url` are what its operator entered at the carrier;
    nothing is posted but under `public_base_url`, and there through `client`,
    to the path alone where that has a base URL. `account` holds what the
    operator got from the carrier, by the dialect's own names. `pace` is how
    many seconds of ours one of the carrier's takes. `arrived` is where texts
    land; several carriers may bring them to the same phones.
    """

    client: httpx.AsyncClient
    public_base_url: str
    texts_url: str = field(default="", repr=False)
    calls_url: str = field(default="", repr=False)
    account: Mapping[str, str] = field(default_factory=dict, repr=False)
    plan: FaultPlan = field(default_factory=FaultPlan)
    seed: int = 0
    pace: float = 1.0
    tries_again: bool = True  # as the carrier would, where we did not take a text
    now: Callable[[], datetime] = _in_september
    arrived: "list[Landed]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Phoned:
    """One text or call of a phone to a number of ours; both numbers E.164."""

    id: str
    phone: str = field(repr=False)
    to: str
    text: str = field(default="", repr=False)
    at: datetime = field(default_factory=_in_september)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the carrier makes."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Landed:
    """A text as it stood on a phone's screen."""

    phone: str = field(repr=False)
    sender: str
    text: str = field(repr=False)
    carrier_id: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Sent:
    """A text of ours in the carrier's books."""

    id: str
    to: str = field(repr=False)  # E.164
    sender: str
    text: str = field(repr=False)
    at: datetime
    report_to: str = field(default="", repr=False)
    ours: str = ""  # what of ours comes back in reports
    template: str = ""
    fate: str = ""  # the carrier's own code of what becomes of it; blank: it lands
    extra: Mapping[str, str] = field(default_factory=dict)


# What an endpoint answers, and what it thereby took upon itself.
Answered = tuple[Response, Sequence[Sent]]


def basic(user: str, password: str) -> str:
    """Return the header's value of Basic authorization."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return f"Basic {pair}"
