"""A story told to the real actions on a real database, by a clock of its own.

Nothing here waits: the clock is moved to each moment at which the sweep would
have found something, as a worker that looks every few seconds would.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.actions.act_on_case import Acted, act_on_case
from app.actions.deliver import deliver_due
from app.actions.sweep_deadlines import sweep_due
from app.actions.take_turn import Answer, HeardText, take_turn
from app.domain.commands import Command
from app.outbox.owed import Mail, Parcel, Receipt, Text
from app.store.engine import Store
from app.store.ids import new_id
from app.store.past import next_look
from app.wording.catalog import Catalog
from app.wording.line import Line
from tests.exported import must_be_exported
from tests.stories.programme import DHAKA_LINE

DHAKA = ZoneInfo("Asia/Dhaka")
WORKER = "+8801712345678"


@cache
def catalog() -> Catalog:
    return Catalog.load(Path(__file__).resolve().parents[2] / "locales")


def say(lines: Sequence[Line], language: str, zone: ZoneInfo) -> bytes:
    """Word an answer as a phone shows it, its messages a blank line apart."""
    texts = [catalog().render(line, language, zone) for line in lines]
    for text in texts:
        must_be_exported(text, language)
    return "\n\n".join(texts).encode()


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the worker wrote down."""

    number: str
    pin: str


@dataclass
class Mouth:
    """Takes everything that goes out, and keeps it."""

    sent: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Receipt:
        self.sent.append(parcel)
        if isinstance(parcel, Text):
            must_be_exported(parcel.body, parcel.language)
        return Receipt(f"SM{parcel.owed_id.hex}", "sent")

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]:
        return ()

    @property
    def mails(self) -> list[Mail]:
        return [parcel for parcel in self.sent if isinstance(parcel, Mail)]

    @property
    def texts(self) -> list[Text]:
        return [parcel for parcel in self.sent if isinstance(parcel, Text)]


@dataclass
class Telling:
    """One story under way; `at` is what time it is in it."""

    store: Store
    at: datetime
    mouth: Mouth = field(default_factory=Mouth)

    async def answer(
        self,
        words: str,
        *,
        phone: str | None = WORKER,
        line: str = DHAKA_LINE,
        sid: str | None = None,
        media: tuple[str, ...] = (),
    ) -> Answer:
        """Let a phone text the hotline now."""
        return await take_turn(
            self.store,
            HeardText(phone, line, words, "sms", media),
            provider_id=sid or f"SM{new_id(self.at).hex}",
            render=say,
            at=self.at,
        )

    async def text(self, words: str, **how: Any) -> str:
        return (await self.answer(words, **how)).body.decode()

    async def open(self, words: str, *answers: str, **how: Any) -> Ticket:
        """Open a case, answer what is asked, and keep number and PIN."""
        ticket = ticket_in(await self.text(words, **how))
        for each in answers:
            await self.text(each, **how)
        return ticket

    async def act(self, number: str, command: Command, by: str) -> Acted:
        return await act_on_case(
            self.store, number, command, by=f"{by}@example.org", at=self.at
        )

    async def run_until(self, until: datetime, *, deliver: bool = False) -> None:
        """Let the worker's clock run, sweeping whenever something falls due.

        With `deliver` also whenever something is to be sent: what is owed at
        night may wait for the morning.
        """
        while True:
            if deliver:
                await self.deliver()
            looks = [await next_look(self.store.pool, until)]
            if deliver:
                looks.append(await self._next_parcel(until))
            found = min((look for look in looks if look), default=None)
            if found is None:
                break
            self.at = max(self.at, found)
            await self.sweep()
        self.at = until

    async def _next_parcel(self, until: datetime) -> datetime | None:
        found: datetime | None = await self.store.pool.fetchval(
            "SELECT min(next_at) FROM outbox WHERE next_at <= $1 AND next_at > $2",
            until,
            self.at,
        )
        return found

    async def run(self, *, deliver: bool = False, **length: float) -> None:
        """Let so much time pass: `days=2`, `hours=5`."""
        await self.run_until(self.at + timedelta(**length), deliver=deliver)

    async def sweep(self) -> None:
        while (await sweep_due(self.store, at=self.at)).cases:
            pass

    async def deliver(self) -> None:
        """Send all that is owed by now."""
        while await deliver_due(
            self.store, self.mouth, catalog(), at_clock=lambda: self.at
        ):
            pass

    async def clocks(self, number: str) -> dict[str, Any]:
        """Return the latest run of each clock, by name."""
        rows = await self.store.pool.fetch(
            "SELECT d.* FROM deadline d JOIN cases c ON c.id = d.case_id"
            " WHERE c.number = $1 ORDER BY d.round",
            number,
        )
        return {row["name"]: row for row in rows}

    async def case(self, number: str) -> Any:
        return await self.store.pool.fetchrow(
            "SELECT * FROM cases WHERE number = $1", number
        )

    async def owed(self, number: str | None = None) -> list["Debt"]:
        """Return every message owed so far, in the order in which they arose."""
        names = {
            str(row["id"]): row["name"]
            for row in await self.store.pool.fetch("SELECT id, name FROM person")
        }
        rows = await self.store.pool.fetch(
            "SELECT o.*, c.number FROM outbox o JOIN cases c ON c.id = o.case_id"
            " WHERE $1::text IS NULL OR c.number = $1 ORDER BY o.created_at, o.id",
            number,
        )
        return [
            Debt(
                at=row["created_at"],
                template=row["template"],
                to=names.get(row["recipient_key"])
                or f"{row['recipient_kind']} {row['recipient_key']}".strip(),
                params=json.loads(row["params"]),
                state=row["state"],
                number=row["number"],
            )
            for row in rows
        ]

    async def timeline(self, number: str, zone: ZoneInfo = DHAKA) -> str:
        """Return who was owed what and when, one line a moment and template."""
        moments: dict[tuple[datetime, str], list[str]] = {}
        for debt in await self.owed(number):
            moments.setdefault((debt.at, debt.told), []).append(debt.to)
        return "\n".join(
            f"{at.astimezone(zone):%a %d %b %H:%M}  {told}: {', '.join(sorted(to))}"
            for (at, told), to in sorted(moments.items())
        )

    async def person(self, name: str) -> UUID:
        found: UUID = await self.store.pool.fetchval(
            "SELECT id FROM person WHERE name = $1", name
        )
        return found

    async def told(self, number: str, since: datetime) -> Counter[str]:
        """Return how often each recipient was owed something since then."""
        return Counter(d.to for d in await self.owed(number) if d.at >= since)


@dataclass(frozen=True, slots=True)
class Debt:
    """One owed message, its recipient by name."""

    at: datetime
    template: str
    to: str
    params: dict[str, Any]
    state: str
    number: str

    @property
    def told(self) -> str:
        """The template with its clock and what sets it apart."""
        named = (self.params.get("clock"), self.params.get("reason"))
        more = [str(word) for word in named if word]
        if "percent" in self.params:
            more.append(f"{self.params['percent']} %")
        return " ".join([self.template, *more])


def ticket_in(answer: str) -> Ticket:
    """Read number and PIN off an acknowledgement, in any script's digits."""
    plain = "".join(
        str(int(char)) if char.isdigit() and not char.isascii() else char
        for char in answer
    )
    number = re.search(r"(?<!\d)(\d{4})-(\d{4})(?!\d)", plain)
    pin = re.search(r"(?<![\d-])\d{6}(?!\d)", plain)
    assert number, answer
    assert pin, answer
    return Ticket(number[1] + number[2], pin[0])
