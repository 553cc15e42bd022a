"""A dismissed worker in Dhaka, whose thirty days run while we look into it.

Told through a carrier in a box: texts and calls go the whole way, signed.
"""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from app.actions.act_on_case import act_on_case
from app.actions.deliver import deliver_due
from app.actions.import_directory import import_directory
from app.actions.recheck import recheck_case
from app.actions.sweep_deadlines import sweep_due
from app.cli.laws import print_statutory, statutory
from app.conversation import lines
from app.directory_files.kinds import Kind
from app.domain.commands import Happened, StaffVerb, Unfounded
from app.domain.laws import Happening
from app.gateways.send import Gateways
from app.gateways.texts import TextRouter
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_sms import TwilioSms
from app.outbox.owed import Receipt
from app.simulator.carrier.network import NumberConfig
from app.store.engine import Store
from app.store.ledger import verify
from app.store.readers.cases import case_story
from tests.calls.telephone import (
    ACCOUNT,
    BASE,
    TOKEN,
    Telephone,
    prompts_of,
    telephone,
)
from tests.stories.programme import DHAKA_LINE, HELPLINES, IMPORTED, as_csv
from tests.stories.telling import DHAKA, WORKER, Ticket, catalog, ticket_in

API = "https://api.twilio.com"
DISMISSED = "৪৮২১৭০ আমাকে চাকরি থেকে বের করে দিয়েছে"
LABOUR = ("BD", "labour", "16357", "DIFE", "bn", "dife.gov.bd")
TOLD = datetime(2026, 12, 1, 19, 30, tzinfo=DHAKA)
PARTNER = "partner-bd@example.org"


class Post:
    """Takes mails and keeps them."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def send(self, parcel: Any) -> Receipt:
        self.mails.append(parcel)
        return Receipt("mail")

    async def aclose(self) -> None: ...


class Dhaka:
    """The service with its carrier, and the worker's phone."""

    def __init__(self, line: Telephone) -> None:
        self.line, self.post = line, Post()
        transport = httpx.ASGITransport(app=line.network.rest)
        self._client = httpx.AsyncClient(transport=transport, base_url=API)
        sms = TwilioSms(
            HttpxTwilio("", self._client),
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=DHAKA_LINE,
            callback=f"{BASE}/twilio/sms/status",
        )
        self._gateways = Gateways(
            sms=TextRouter([sms], {}),
            mail=self.post,  # type: ignore[arg-type]
            webhook=None,
        )
        line.network.numbers[DHAKA_LINE] = NumberConfig(
            voice_url=f"{BASE}/twilio/voice",
            voice_fallback_url=f"{BASE}/twilio/voice/fallback",
            status_callback=f"{BASE}/twilio/voice/status",
            sms_url=f"{BASE}/twilio/sms",
        )

    @property
    def store(self) -> Store:
        return self.line.store

    async def text(self, words: str) -> str:
        return "\n".join(await self.line.network.text(WORKER, DHAKA_LINE, words))

    async def open(self) -> Ticket:
        """Tell of it, about nobody in power, and say yes to texts."""
        ticket = ticket_in(await self.text(DISMISSED))
        for answer in ("২", "হ্যাঁ"):
            await self.text(answer)
        return ticket

    async def live_until(self, at: datetime) -> None:
        """Let time pass, a sweep and a delivery every six hours."""
        while self.line.clock.now() < at:
            left = (at - self.line.clock.now()).total_seconds()
            await self.line.clock.advance(min(left, 6 * 3600))
            now = self.line.clock.now()
            while (await sweep_due(self.store, at=now)).cases:
                pass
            while await deliver_due(
                self.store,
                self._gateways,
                catalog(),
                at_clock=self.line.clock.now,
            ):
                pass
        await self.line.clock.advance(5)

    def unprompted(self) -> list[tuple[date, str]]:
        """Return what was texted to her of our own accord, and when."""
        return [
            (m.created_at.astimezone(DHAKA).date(), m.body)
            for m in self.line.network.messages
            if m.direction == "outbound-api" and m.to == WORKER
        ]

    async def act(self, number: str, command: StaffVerb) -> None:
        at = self.line.clock.now()
        await act_on_case(self.store, number, command, by=PARTNER, at=at)

    async def laws(self, number: str) -> dict[str, dict[str, Any]]:
        """Return what `cases show` says of the law's clocks, by law."""
        at = self.line.clock.now()
        async with self.store.transaction() as tx:
            story = await case_story(self.store, tx, number, at=at)
        shown = statutory(story, await self.store.directory(), at)
        json.dumps(shown)
        print_statutory(shown)
        return {clock["law"]: clock for clock in shown}


@pytest.fixture
async def dhaka(store: Store) -> AsyncIterator[Dhaka]:
    rows = as_csv(Kind.HELPLINES, [*HELPLINES, LABOUR])
    await import_directory(store, Kind.HELPLINES, rows, at=IMPORTED)
    async with telephone(store, start=TOLD) as line:
        yield Dhaka(line)


def day(month: int, number: int, hour: int = 12) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=DHAKA)


def neutral() -> str:
    return catalog().render(lines.WORKER_NEWS, "bn", DHAKA)


def warning(until: date) -> str:
    line = lines.LIMIT_LABOUR.using(date=until, helpline="16357")
    return catalog().render(line, "bn", DHAKA)


async def test_a_dismissed_worker_is_warned_by_text_and_reads_it_after_the_pin(
    dhaka: Dhaka,
) -> None:
    ticket = await dhaka.open()
    case = await dhaka.line.case()
    assert (case["category"], case["country"]) == ("TERM", "BD")
    # Nobody has said when it was: 17 November, two weeks before the telling.
    first = await dhaka.text(f"খবর {ticket.pin}")
    assert "16357" not in first
    await dhaka.live_until(day(12, 3))
    await dhaka.live_until(day(12, 12))
    # Half of the thirty days, and most of them; nothing else is ever texted.
    texts = [body for _, body in dhaka.unprompted()]
    assert set(texts) == {neutral()}
    answer = await dhaka.text(f"খবর {ticket.pin}")
    assert warning(date(2026, 12, 17)) in answer
    without = await dhaka.text("খবর")
    assert "16357" not in without
    shown = await dhaka.laws(ticket.number)
    clock = shown["BD-GRIEVANCE"]
    assert clock["last_day"] == "2026-12-17"
    assert clock["left"] == "5d"
    assert clock["is_since_known"] is False
    assert (clock["confidence"], clock["state"]) == ("B", "running")
    assert "legalseba.com" in clock["source"]
    assert (await verify(dhaka.store)).problems == []


async def test_the_warnings_come_once_each_at_half_and_at_most_of_the_time(
    dhaka: Dhaka,
) -> None:
    ticket = await dhaka.open()
    await dhaka.live_until(day(12, 20))
    rows = await dhaka.store.pool.fetch(
        "SELECT key, created_at, state FROM outbox WHERE recipient_kind = 'worker'"
        " AND key LIKE 'worker_news:law:%' ORDER BY created_at"
    )
    days = [row["created_at"].astimezone(DHAKA).date() for row in rows]
    assert days == [date(2026, 12, 3), date(2026, 12, 12)]
    assert {row["state"] for row in rows} <= {"sent", "delivered"}
    assert {body for _, body in dhaka.unprompted()} == {neutral()}
    shown = await dhaka.laws(ticket.number)
    assert shown["BD-GRIEVANCE"]["state"] == "missed"
    assert shown["BD-GRIEVANCE"]["left"] is None


async def test_the_day_told_later_moves_the_date_that_she_hears(dhaka: Dhaka) -> None:
    ticket = await dhaka.open()
    await dhaka.live_until(day(12, 3))
    assert warning(date(2026, 12, 17)) in await dhaka.text(f"খবর {ticket.pin}")
    await dhaka.act(ticket.number, Happened(Happening.KNOWLEDGE, date(2026, 11, 20)))
    shown = await dhaka.laws(ticket.number)
    assert shown["BD-GRIEVANCE"]["last_day"] == "2026-12-20"
    assert shown["BD-GRIEVANCE"]["is_since_known"] is True
    await dhaka.live_until(day(12, 6))
    assert warning(date(2026, 12, 20)) in await dhaka.text(f"খবর {ticket.pin}")
    await dhaka.act(ticket.number, Happened(Happening.GRIEVANCE_SENT))
    assert "16357" not in await dhaka.text(f"খবর {ticket.pin}")
    shown = await dhaka.laws(ticket.number)
    assert shown["BD-GRIEVANCE"]["state"] == "met"
    assert shown["BD-GRIEVANCE-DECISION"]["last_day"] == "2027-01-05"
    assert (await verify(dhaka.store)).problems == []
    again = await recheck_case(dhaka.store, ticket.number, at=dhaka.line.clock.now())
    assert again.found == []


async def test_she_hears_it_on_the_telephone_as_well(dhaka: Dhaka) -> None:
    ticket = await dhaka.open()
    await dhaka.live_until(day(12, 4))
    caller = await dhaka.line.ring(WORKER, DHAKA_LINE)
    for keys in ("1", "9", ticket.number, ticket.pin):
        await caller.press(keys)
    await caller.listen()
    said = [p for p in prompts_of(caller.upcoming) if p != "…"]
    number = [f"digit_{digit}" for digit in "16357"]
    start = said.index("limit_until")
    assert said[start + 1].startswith("weekday")
    labour = said.index("limit_labour")
    assert labour > start
    assert said[labour + 1 :][:6] == [*number, "once_more"]
    assert said[labour + 7 :][:6] == [*number, "limit_choice"]


async def test_her_right_is_told_even_when_our_own_work_has_ended(
    dhaka: Dhaka,
) -> None:
    ticket = await dhaka.open()
    await dhaka.live_until(day(12, 2))
    await dhaka.act(ticket.number, Unfounded(note="Nothing was found."))
    await dhaka.live_until(day(12, 12))
    rows = await dhaka.store.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE key LIKE 'worker_news:law:%'"
    )
    assert rows == 2
    assert warning(date(2026, 12, 17)) in await dhaka.text(f"খবর {ticket.pin}")
    assert (await verify(dhaka.store)).problems == []
