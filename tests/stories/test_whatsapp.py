"""A worker who writes by WhatsApp: she speaks, shows a picture, and is told news.

Through a carrier in a box: her messages, our answers, the files and the reports go
the whole way, signed.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest

from app.actions.carrier_texts import all_texts
from app.actions.deliver import deliver_due
from app.actions.keep_media import keep_due
from app.gateways.send import Gateways
from app.gateways.texts import TextRouter
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_media import TwilioMedia
from app.gateways.twilio_whatsapp import TwilioWhatsApp
from app.main import build
from app.scrubbing.scrub import scrub
from app.simulator.dialects.whatsapp import WhatsApp
from app.simulator.dialects.wires import Setup
from app.store import attachments, carrier_texts
from app.store.engine import Store
from app.store.ledger import verify
from tests.calls.telephone import ACCOUNT, BASE, TOKEN, settings
from tests.scrubbing.making import MARK, noted_photo, sound
from tests.stories.programme import DHAKA_LINE
from tests.stories.telling import Ticket, catalog, ticket_in
from tests.workers.debts import AT, Clock, owe, row_of

PHONE, HIDDEN = "whatsapp:+8801712345678", "whatsapp:BD.13491208655302741918"
LINE = f"whatsapp:{DHAKA_LINE}"
NEWS = "worker_news"


class Chat:
    """The service, WhatsApp before it, and a worker process without its pulses."""

    def __init__(self, store: Store, clock: Clock, inward: httpx.AsyncClient) -> None:
        self.store, self.clock = store, clock
        self.carrier = WhatsApp(
            Setup(
                client=inward,
                public_base_url=BASE,
                texts_url=f"{BASE}/twilio/sms",
                account={"sid": ACCOUNT, "token": TOKEN},
                pace=0.0,
                now=clock,
            )
        )
        transport = httpx.ASGITransport(app=self.carrier.rest)
        self.outward = httpx.AsyncClient(transport=transport, follow_redirects=False)
        whatsapp = TwilioWhatsApp(
            HttpxTwilio("", self.outward),
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=DHAKA_LINE,
            callback=f"{BASE}/twilio/sms/status",
            name="whatsapp",
        )
        self._senders = Gateways(
            sms=TextRouter([whatsapp], {}), mail=None, webhook=None, console=None
        )
        self._media = TwilioMedia(
            api_base="",
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            client=self.outward,
        )

    async def work(self) -> None:
        """Bring home and send whatever is due now, and let reports come in."""
        while await keep_due(self.store, self._media, scrub, at_clock=self.clock):
            pass
        while await deliver_due(
            self.store, self._senders, catalog(), at_clock=self.clock
        ):
            pass
        await self.carrier.settle()

    async def write(self, words: str, phone: str = PHONE) -> str:
        return "\n\n".join(await self.carrier.text(phone, LINE, words))

    async def allow_texts(self, ticket: Ticket) -> UUID:
        """Let her have said yes to news; return her case."""
        found: UUID = await self.store.pool.fetchval(
            "UPDATE cases SET detail = detail || '{\"may_text\": true}'"
            " WHERE number = $1 RETURNING id",
            ticket.number,
        )
        return found

    async def owe(self, case_id: UUID, occasion: str) -> UUID:
        return await owe(
            self.store,
            "worker",
            case_id=case_id,
            occasion=occasion,
            params={"news": "acknowledged", "number": "12345678"},
        )

    def news(self, phone: str = PHONE) -> list[str]:
        """Return what came to her phone unasked."""
        return [
            landed.text
            for landed in self.carrier.arrived
            if landed.phone == phone and not landed.carrier_id.startswith("reply")
        ]


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    clock = Clock()
    app = build(
        settings(twilio_whatsapp_from=DHAKA_LINE), store, catalog(), clock=clock
    )
    async with AsyncExitStack() as stack:
        inward = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=BASE
        )
        made = Chat(store, clock, await stack.enter_async_context(inward))
        await stack.enter_async_context(made.outward)
        yield made


async def files(store: Store, ticket: Ticket) -> list[tuple[str, bytes]]:
    case = await store.pool.fetchrow(
        "SELECT id, data_key FROM cases WHERE number = $1", ticket.number
    )
    key = store.keyring.unwrap(case["data_key"], case["id"])
    async with store.transaction() as tx:
        kept = await attachments.of_case(tx, case["id"])
    return [(row["kind"], attachments.opened(key, row) or b"") for row in kept]


async def test_a_voice_note_is_a_complaint_and_leaves_nothing_at_the_carrier(
    chat: Chat, store: Store
) -> None:
    note = sound("ogg", "libopus", 48_000)
    back = await chat.carrier.send_media(PHONE, LINE, ("audio/ogg", note))
    ticket = ticket_in("\n".join(back))
    case = await store.pool.fetchrow("SELECT * FROM cases")
    assert (case["channel"], case["category"]) == ("whatsapp", "OTHR")

    photo = ("image/jpeg", noted_photo())
    await chat.carrier.send_media(PHONE, LINE, photo, text="The stairs are locked.")
    await chat.work()
    kept = await files(store, ticket)
    assert sorted(kind for kind, _ in kept) == ["photo", "voice"]
    assert all(MARK.encode() not in content for _, content in kept)
    assert json.loads((await store.pool.fetchrow("SELECT * FROM cases"))["detail"])[
        "is_unheard"
    ]
    assert (chat.carrier.media, chat.carrier.refusals) == ({}, [])
    owed = await store.pool.fetch("SELECT template FROM outbox")
    assert "file_new" in [row["template"] for row in owed]
    assert (await verify(store)).ok


async def test_a_film_is_refused_in_the_case_and_deleted(
    chat: Chat, store: Store
) -> None:
    film = sound("mp4", "aac", 44_100, film=True)
    back = await chat.carrier.send_media(PHONE, LINE, ("video/mp4", film))
    await chat.work()
    assert await files(store, ticket_in("\n".join(back))) == []
    kinds = await store.pool.fetch("SELECT kind FROM ledger_event")
    assert "file.refused" in [row["kind"] for row in kinds]
    assert chat.carrier.media == {}


async def test_news_go_as_words_for_a_day_and_then_only_as_a_template(
    chat: Chat, store: Store
) -> None:
    ticket = ticket_in(await chat.write("482170 Three months without overtime pay"))
    case_id = await chat.allow_texts(ticket)
    first = await chat.owe(case_id, "first")
    await chat.work()
    [words] = chat.news()
    row = await row_of(store, first)
    assert (row["state"], row["delivery"], row["carrier"]) == (
        "sent",
        "read",
        "whatsapp",
    )

    chat.clock.move(hours=30)
    second = await chat.owe(case_id, "second")
    await chat.work()
    row = await row_of(store, second)
    assert (row["state"], row["last_error"]) == ("owed", "config:no_template")
    assert chat.news() == [words]

    await register(chat, words)
    chat.clock.at = row["next_at"]
    await chat.work()
    row = await row_of(store, second)
    assert (row["state"], row["delivery"]) == ("sent", "read")
    assert chat.news() == [words, words]
    assert chat.carrier.books[row["provider_id"]].template == CONTENT


async def test_a_day_that_whatsapp_counts_otherwise_ends_with_the_template(
    chat: Chat, store: Store
) -> None:
    """Its clock is the one that counts: 63016 comes after it has taken the text."""
    ticket = ticket_in(await chat.write("482170 Three months without overtime pay"))
    case_id = await chat.allow_texts(ticket)
    await chat.owe(case_id, "first")
    await chat.work()
    [words] = chat.news()
    await register(chat, words)
    second = await chat.owe(case_id, "second")
    chat.carrier._heard.clear()
    await chat.work()
    row = await row_of(store, second)
    assert (row["state"], row["last_error"]) == ("owed", "config:63016")
    chat.clock.at = row["next_at"]
    await chat.work()
    assert (await row_of(store, second))["delivery"] == "read"
    assert chat.news() == [words, words]


async def test_who_hides_her_number_is_answered_and_told_and_never_called(
    chat: Chat, store: Store
) -> None:
    said = await chat.write("482170 Three months without overtime pay", HIDDEN)
    ticket = ticket_in(said)
    case_id = await chat.allow_texts(ticket)
    await store.pool.execute(
        "UPDATE cases SET detail = detail || '{\"may_call\": true}'"
    )
    owed_id = await chat.owe(case_id, "first")
    await chat.work()
    assert len(chat.news(HIDDEN)) == 1
    assert (await row_of(store, owed_id))["delivery"] == "read"


CONTENT = "HX" + "0" * 32


async def register(chat: Chat, words: str) -> None:
    """Have these words approved, and import their ContentSid."""
    text = all_texts(catalog()).match(words)
    assert text is not None
    chat.carrier.contents[CONTENT] = text.numbered
    async with chat.store.transaction() as tx:
        await carrier_texts.keep(tx, "whatsapp", {text.text_id: CONTENT}, at=AT)
