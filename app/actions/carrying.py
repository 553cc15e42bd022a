"""What the steps of carrying a message share: the round, and what was taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from app.domain.directory import Directory
from app.outbox.owed import Leased, Parcel, Receipt
from app.store.addresses import Addressee
from app.store.engine import Store
from app.wording.line import Line

log = structlog.get_logger(__name__)


class Senders(Protocol):
    """The far sides; see `app.gateways.send`."""

    async def send(self, parcel: Parcel) -> Receipt: ...

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]: ...


class Words(Protocol):
    """The catalogues; see `app.wording.catalog`."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def render(
        self, line: Line, language: str, zone: ZoneInfo | None = None
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Round:
    """What every message of one call shares."""

    store: Store
    senders: Senders
    catalog: Words
    directory: Directory
    clock: Callable[[], datetime]
    window: timedelta  # how long notices wait for one another; zero: never
    base_url: str = ""  # where the rooms answer; blank: no mail leads there


@dataclass(frozen=True, slots=True)
class Told:
    """One owed row of a message, and its reader as the row's case has it."""

    leased: Leased
    to: Addressee


@dataclass(frozen=True, slots=True)
class Ended:
    """How a row ended of which nobody is told: its state, and why."""

    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One message in this worker's hands: the row that leads, and what it tells.

    `unsaid`: the lead itself is told of no more; it carries the others on. Nothing
    is told where its reader's address could not be opened.
    """

    lead: Leased
    told: tuple[Told, ...]
    unsaid: Ended | None = None
    has_turn: bool = False  # it took its reader's turn, which a failure gives back

    @property
    def to(self) -> Addressee:
        return self.told[0].to

    @property
    def is_bound(self) -> bool:
        """Tell whether rows beside the lead go out, or went out, with it."""
        return self.lead.digest is not None or len(self.told) > 1


def note(
    leased: Leased,
    outcome: str,
    *,
    code: str | None = None,
    is_alarm: bool = False,
    led_by: Leased | None = None,
    carrier: str | None = None,
) -> None:
    """Log what became of a row; `led_by`: it went with that one's message.

    `carrier`: through whom a text went, or who did not take it.
    """
    write = log.error if is_alarm else log.info
    write(
        "message.settled",
        outbox_id=str(leased.id),
        delivery_id=str(led_by.id) if led_by else None,
        template=leased.template,
        kind=leased.recipient_kind,
        attempt=leased.attempt,
        outcome=outcome,
        carrier=carrier or None,
        code=code,
    )
