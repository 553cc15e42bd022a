"""Somleng beside Twilio: texts in and out, each with the account of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from app.actions.deliver import deliver_due
from app.gateways.send import Gateways
from app.gateways.texts import TextRouter
from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_sms import TwilioSms
from app.main import build
from app.simulator.dialects.somleng import Somleng
from app.simulator.dialects.wires import Setup
from app.simulator.sign import signature
from app.store.engine import Store
from tests.calls.telephone import BASE, TOKEN, settings
from tests.stories.programme import DHAKA_LINE
from tests.stories.telling import WORKER, catalog, ticket_in
from tests.workers.debts import Clock, owe, row_of

ACCOUNT, SECRET = "1b2ce123-cffc-4188-bdb6-d6a76ab10cf1", "the token of somleng"
API = "https://api.somleng.example"
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
