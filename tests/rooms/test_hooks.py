"""A brand sees each try at its webhook, and has one sent again: the same, anew."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from uuid import UUID, uuid4

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.actions.deliver import deliver_due
from app.actions.expire import expire_old
from app.actions.replay_hook import attempts_for, replay_hook
from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.gateways.send import Gateways
from app.gateways.webhook import BrandWebhook
from app.outbox.owed import public_id
from app.runtime.clock import now
from app.store.engine import Store
from tests.workers.debts import AT, Clock, Plain, a_brand, a_case, a_person, owe, row_of

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtMTIzNA=="
PARAMS = {"number": "48213459", "country": "BD", "clock": "resolve", "partner": []}
Heard = tuple[dict[str, str], bytes]


@dataclass
class Endpoint:
    """A brand's server: keeps what it hears, answers as it is told."""

    statuses: list[int] = field(default_factory=list)
    url: str = ""
    heard: list[Heard] = field(default_factory=list)

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")[1:-2]
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append((headers, body))
        status = self.statuses.pop(0) if self.statuses else 204
        close = "Content-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 {status} X\r\n{close}".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    opened = Endpoint()
    server = await asyncio.start_server(opened.answer, "127.0.0.1", 0)
    opened.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield opened
    server.close()


@dataclass
class House:
    """A brand with a webhook, one of its people, and a worker that sends."""

    store: Store
    endpoint: Endpoint
    gateways: Gateways
    buyer: Person
    clock: Clock

    async def owe(self, template: str = "brand_missed_protected") -> UUID:
        return await owe(
            self.store,
            "brand_webhook",
            "norda",
            template=template,
            params=PARAMS,
            occasion=str(uuid4()),
            expires_in=self.clock() - AT + timedelta(days=30),
        )

    async def deliver(self) -> int:
        return await deliver_due(
            self.store, self.gateways, Plain(), at_clock=self.clock
        )

    async def log(self) -> list[tuple[str, str]]:
        found = await attempts_for(self.store, self.buyer)
        return [(each.status, each.state) for each in found]


@pytest.fixture
async def house(store: Store, endpoint: Endpoint) -> AsyncIterator[House]:
    await a_brand(store, url=endpoint.url, secret=SECRET)
    key = await a_person(
        store, email="buyer@norda.example", role="brand", org=("norda",)
    )
    buyer = (await store.directory()).person(UUID(key))
    assert buyer is not None
    webhook = BrandWebhook(may_reach_loopback=True)
    gateways = Gateways(sms=None, mail=None, webhook=webhook)
    # Receivers refuse what is older than five minutes, so this runs today.
    yield House(store, endpoint, gateways, buyer, Clock(now()))
    await webhook.aclose()


async def test_each_try_is_on_record_with_what_came_back(house: House) -> None:
    house.endpoint.statuses = [500, 204]
    owed_id = await house.owe()
    await house.deliver()
    assert await house.log() == [("500", "owed")]
    house.clock.move(minutes=5)
    await house.deliver()
    assert await house.log() == [("204", "sent"), ("500", "sent")]
    newest, oldest = await attempts_for(house.store, house.buyer)
    assert newest.webhook_id == oldest.webhook_id == public_id(owed_id)
    assert newest.type == "brand_missed_protected"
    assert (newest.is_taken, oldest.is_taken) == (True, False)
    assert newest.milliseconds is not None


@pytest.mark.parametrize(
    ("url", "status"),
    [
        pytest.param("http://127.0.0.1:9/", "refused", id="nobody-listens"),
        pytest.param("https://10.0.0.8/hook", "private_address", id="a-private-net"),
        pytest.param("http://93.184.215.14/", "not_https", id="an-open-line"),
        pytest.param("ftp://norda.example/", "url", id="no-web-address"),
    ],
)
async def test_what_came_in_a_statuss_stead_is_a_word_of_ours(
    house: House, url: str, status: str
) -> None:
    async with house.store.transaction() as tx:
        await tx.connection.execute("UPDATE brand SET webhook_url = $1", url)
        await tx.connection.execute("UPDATE directory_version SET version = version+1")
    await house.owe()
    await house.deliver()
    assert await house.log() == [(status, "owed")]


async def test_where_no_way_out_is_set_up_nobody_has_knocked(house: House) -> None:
    await house.owe()
    none = Gateways(sms=None, mail=None, webhook=None)
    await deliver_due(house.store, none, Plain(), at_clock=house.clock)
    assert await house.log() == []


async def test_sent_again_it_is_the_same_message_signed_anew(house: House) -> None:
    owed_id = await house.owe()
    await house.deliver()
    (first,) = await attempts_for(house.store, house.buyer)
    later = house.clock.move(minutes=3)
    again = await replay_hook(house.store, first.id, by=house.buyer, at=later)
    assert again == public_id(owed_id)
    await house.deliver()
    (head, body), (again_head, again_body) = house.endpoint.heard
    assert again_body == body
    assert again_head["webhook-id"] == head["webhook-id"] == str(public_id(owed_id))
    assert again_head["webhook-timestamp"] != head["webhook-timestamp"]
    assert again_head["webhook-signature"] != head["webhook-signature"]
    for headers in (head, again_head):
        Webhook(SECRET).verify(body, headers)
    mixed = {**again_head, "webhook-signature": head["webhook-signature"]}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, mixed)
    assert json.loads(body)["data"].keys() == {"number", "country", "clock", "partner"}
    assert await house.log() == [("204", "sent"), ("204", "sent")]


async def test_what_was_given_up_is_tried_from_the_beginning(house: House) -> None:
    house.endpoint.statuses = [410, 503, 200]
    owed_id = await house.owe()
    await house.deliver()
    assert await house.log() == [("410", "failed")]
    (only,) = await attempts_for(house.store, house.buyer)
    # Long after its own time it still has a day.
    at = house.clock.move(days=40)
    await replay_hook(house.store, only.id, by=house.buyer, at=at)
    await house.deliver()
    row = await row_of(house.store, owed_id)
    assert (row["state"], row["attempt"]) == ("owed", 1)
    house.clock.move(minutes=1)
    await house.deliver()
    assert (await house.log())[0] == ("200", "sent")


async def test_what_is_being_sent_is_not_sent_twice(house: House) -> None:
    house.endpoint.statuses = [500]
    await house.owe()
    await house.deliver()
    (only,) = await attempts_for(house.store, house.buyer)
    await replay_hook(house.store, only.id, by=house.buyer, at=house.clock())
    with pytest.raises(Refused):
        await replay_hook(house.store, only.id, by=house.buyer, at=house.clock())
    await house.store.pool.execute(
        "UPDATE outbox SET next_at = $1, lease_until = $2",
        house.clock(),
        house.clock.move(seconds=30),
    )
    with pytest.raises(Refused):
        await replay_hook(house.store, only.id, by=house.buyer, at=house.clock())


@pytest.mark.parametrize(
    ("role", "org"),
    [
        pytest.param("brand", ("kesto",), id="another-brand"),
        pytest.param("partner", ("norda",), id="another-role"),
        pytest.param("committee", ("482170",), id="a-member"),
    ],
)
async def test_the_log_is_the_brands_alone(
    house: House, role: str, org: tuple[str, ...]
) -> None:
    await house.owe()
    await house.deliver()
    (only,) = await attempts_for(house.store, house.buyer)
    key = await a_person(house.store, email="x@x.example", role=role, org=org)
    other = (await house.store.directory()).person(UUID(key))
    assert other is not None
    assert await attempts_for(house.store, other) == []
    assert await attempts_for(house.store, other, after=only.id) == []
    with pytest.raises(NotFound):
        await replay_hook(house.store, only.id, by=other, at=house.clock())
    with pytest.raises(NotFound):
        await replay_hook(house.store, uuid4(), by=house.buyer, at=house.clock())


async def test_of_a_case_that_is_forgotten_nothing_is_sent_again(house: House) -> None:
    owed_id = await house.owe()
    await house.deliver()
    case_id = await a_case(house.store)
    await house.store.pool.execute("UPDATE outbox SET case_id = $1", case_id)
    (only,) = await attempts_for(house.store, house.buyer)
    assert (only.webhook_id, only.state) == (public_id(owed_id), "sent")
    await house.store.pool.execute("UPDATE cases SET data_key = NULL")
    assert await house.log() == [("204", "gone")]
    with pytest.raises(NotFound):
        await replay_hook(house.store, only.id, by=house.buyer, at=house.clock())


async def test_pages_of_the_log_have_no_gap_and_no_double(house: House) -> None:
    for _ in range(5):
        await house.owe()
    await house.deliver()
    found, after = [], None
    while page := await attempts_for(house.store, house.buyer, after=after, limit=2):
        found += [each.id for each in page]
        after = page[-1].id
    assert len(found) == len(set(found)) == 5


async def test_after_half_a_year_nobody_asks(house: House) -> None:
    await house.owe()
    await house.deliver()
    at = house.clock()
    await expire_old(house.store, at.replace(tzinfo=UTC))
    assert len(await house.log()) == 1
    await expire_old(house.store, house.clock.move(days=181))
    assert await house.log() == []
