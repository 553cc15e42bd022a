"""Somleng beside Twilio: texts in and out, each with the account of its own."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from app.actions.deliver import deliver_due
from app.carriers.abilities import must_be_registered
from app.carriers.shelf import on_shelf
from app.gateways.send import Gateways, gateways
from app.gateways.texts import TextRouter
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_sms import TwilioSms
from app.main import build
from app.outbox.owed import Text
from app.simulator.dialects.somleng import Somleng
from app.simulator.dialects.wires import Setup
from app.simulator.sign import signature
from app.store.engine import Store
from app.store.ids import new_id
from tests.calls.telephone import BASE, TOKEN, settings
from tests.stories.programme import DHAKA_LINE
from tests.stories.telling import WORKER, catalog, ticket_in
from tests.workers.debts import Clock, owe, row_of

ACCOUNT, SECRET = "1b2ce123-cffc-4188-bdb6-d6a76ab10cf1", "the token of somleng"
API = "https://api.somleng.example"
SHELF = on_shelf()
SAID = "482170 Three months without overtime pay"
VARIABLES = {
    "ACCOUNT_SID": ACCOUNT,
    "AUTH_TOKEN": SECRET,
    "API_BASE": API,
    "FROM": DHAKA_LINE,
}


@dataclass
class Platform:
    """The service, Somleng before it, and what a worker process sends by."""

    carrier: Somleng
    client: httpx.AsyncClient
    senders: Gateways
    clock: Clock


@pytest.fixture
async def platform(store: Store) -> AsyncIterator[Platform]:
    clock = Clock()
    known = settings(sms_providers=("somleng",), sms_variables={"somleng": VARIABLES})
    app = build(known, store, catalog(), clock=clock)
    async with AsyncExitStack() as stack:
        inward = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)
        )
        carrier = Somleng(
            Setup(
                client=inward,
                public_base_url=BASE,
                texts_url=f"{BASE}/sms/somleng",
                account={"sid": ACCOUNT, "token": SECRET},
                pace=0.0,
                now=clock,
            )
        )
        outward = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=carrier.rest))
        )
        sms = TwilioSms(
            HttpxTwilio(API, outward),
            account_sid=ACCOUNT,
            auth_token=SECRET,
            sender=DHAKA_LINE,
            callback=f"{BASE}/sms/somleng/reports",
            name="somleng",
            known_as="somleng:",
            may_send_to=lambda number: not must_be_registered(SHELF["somleng"], number),
        )
        router = TextRouter([sms], {})
        senders = Gateways(sms=router, mail=None, webhook=None, console=None)
        yield Platform(carrier, inward, senders, clock)


async def test_a_text_is_heard_once_and_news_come_to_the_phone(
    platform: Platform, store: Store
) -> None:
    carrier, clock = platform.carrier, platform.clock
    back = await carrier.text(WORKER, DHAKA_LINE, SAID, times=3)
    ticket = ticket_in("\n".join(back))
    assert await store.pool.fetchval("SELECT count(*) FROM cases") == 1
    case_id = await store.pool.fetchval(
        "UPDATE cases SET detail = detail || '{\"may_text\": true}'"
        " WHERE number = $1 RETURNING id",
        ticket.number,
    )
    owed_id = await owe(store, "worker", case_id=case_id)
    while await deliver_due(store, platform.senders, catalog(), at_clock=clock):
        pass
    await carrier.settle()
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"], row["carrier"]) == (
        "sent",
        "delivered",
        "somleng",
    )
    assert row["provider_id"].startswith("somleng:")
    assert len(carrier.at_phone(WORKER)) == len(back) + 1
    assert carrier.refusals == []


@pytest.mark.parametrize("path", ["/sms/somleng", "/sms/somleng/reports"])
async def test_twilios_token_opens_nothing_here(platform: Platform, path: str) -> None:
    form = {"MessageSid": ACCOUNT, "AccountSid": ACCOUNT, "MessageStatus": "sent"}
    signed = {"X-Twilio-Signature": signature(BASE + path, form, TOKEN)}
    answer = await platform.client.post(path, data=form, headers=signed)
    assert (answer.status_code, answer.content) == (403, b"")


async def test_its_account_is_no_twilio_account(platform: Platform) -> None:
    form = {"MessageSid": ACCOUNT, "AccountSid": "AC1", "From": WORKER, "To": "+1"}
    signed = signature(f"{BASE}/sms/somleng", form, SECRET)
    answer = await platform.client.post(
        "/sms/somleng", data=form, headers={"X-Twilio-Signature": signed}
    )
    assert answer.status_code == 400
    assert answer.text.endswith("<Response/>")


INDIAN = "+919876543210"


async def owed_to(store: Store, phone: str) -> list[tuple[str, str]]:
    """Return by whom and what is owed to a phone that wrote."""
    rows = await store.pool.fetch(
        "SELECT id, params FROM outbox WHERE recipient_kind = 'reply' ORDER BY id"
    )
    found = []
    for row in rows:
        sealed = bytes.fromhex(json.loads(row["params"])["sealed"])
        said = json.loads(store.keyring.open(sealed, f"outbox|reply|{row['id']}"))
        assert said["to"] == phone
        found.append((said["carrier"], said["text"]))
    return found


async def test_a_phone_of_india_is_heard_and_answered_by_no_document(
    platform: Platform, store: Store
) -> None:
    """Without the id of its registration no text may go there, and it has no field."""
    assert await platform.carrier.text(INDIAN, DHAKA_LINE, SAID, times=2) == []
    assert await store.pool.fetchval("SELECT count(*) FROM cases") == 1
    owed = await owed_to(store, INDIAN)
    assert {carrier for carrier, _ in owed} == {"somleng"}
    assert ticket_in("\n".join(text for _, text in owed))
    while await deliver_due(
        store, platform.senders, catalog(), at_clock=platform.clock
    ):
        pass
    assert platform.carrier.at_phone(INDIAN) == []


@pytest.mark.parametrize(
    ("account", "phone", "is_answered"),
    [
        pytest.param(ACCOUNT, INDIAN, False, id="somleng-to-india"),
        pytest.param(ACCOUNT, WORKER, True, id="somleng-to-bangladesh"),
        pytest.param("AC" + "0" * 32, INDIAN, True, id="twilio-to-india"),
    ],
)
async def test_in_twilios_place_it_keeps_the_same_law(
    store: Store, account: str, phone: str, is_answered: bool
) -> None:
    known = settings(
        twilio_account_sid=account,
        twilio_api_base=API,
        twilio_sms_from=DHAKA_LINE,
    )
    app = build(known, store, catalog(), clock=Clock())
    form = {
        "MessageSid": ACCOUNT,
        "AccountSid": account,
        "From": phone,
        "To": DHAKA_LINE,
        "Body": SAID,
    }
    signed = {"X-Twilio-Signature": signature(f"{BASE}/twilio/sms", form, TOKEN)}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=BASE
    ) as client:
        said = await client.post("/twilio/sms", data=form, headers=signed)
    assert said.status_code == 200
    assert ("<Message>" in said.text) is is_answered
    assert await store.pool.fetchval("SELECT count(*) FROM cases") == 1
    owed = await owed_to(store, phone)
    assert {carrier for carrier, _ in owed} == (set() if is_answered else {"twilio"})
    text = Text(new_id(Clock().at), phone, "hello", language="en")
    sender = gateways(known, is_demo=False)
    assert sender._sms is not None
    assert sender._sms.can_send(text) is is_answered
    await sender.aclose()
