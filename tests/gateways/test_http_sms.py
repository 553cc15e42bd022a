"""Texts over HTTP, by what the carrier answers and where the phone is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest

from app.carriers.shelf import on_shelf
from app.gateways.http_sms import HttpSms
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    OutcomeUnknown,
    Transient,
)

AT = datetime(2026, 12, 1, 4, tzinfo=UTC)
OWED = UUID("0190d9a4-0000-7000-8000-000000000001")
DHAKA, TIRUPPUR = "+8801712345678", "+919812345678"
TEXT = Text(OWED, DHAKA, "There is news for you.")
ENTITY = "1101000000000000001"
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "kannel": {"USER": "u", "PASSWORD": "p", "SECRET": "a-secret-of-the-door"},
    "jasmin": {"USER": "u", "PASSWORD": "p", "SECRET": "a-secret-of-the-door"},
    "sslwireless": {"API_TOKEN": "t", "SID": "TEST"},
    "infobip": {
        "API_BASE": "https://x.example",
        "API_KEY": "k",
        "SECRET": "a-secret-of-the-door",
    },
}
Reply = Callable[[httpx.Request], httpx.Response]


class Wire:
    """The far side of one carrier: what it was asked, and what it answers."""

    def __init__(self, name: str, reply: Reply, **variables: str) -> None:
        self.asked: list[httpx.Request] = []
        self.tried: list[str] = []
        self.now = AT

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return reply(request)

        self.sms = HttpSms(
            on_shelf()[name],
            {**VARIABLES[name], **variables},
            public_base_url="https://hotline.example/",
            client=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
            clock=lambda: self.now,
        )

    async def send(self, text: Text) -> Receipt:
        async def mark(carrier: str) -> None:
            self.tried.append(carrier)

        return await self.sms.send(replace(text, on_try=mark))


def says(status: int, body: str = "") -> Reply:
    return lambda _request: httpx.Response(status, text=body)


def fails(error: type[httpx.HTTPError]) -> Reply:
    def reply(_request: httpx.Request) -> httpx.Response:
        raise error("lost")

    return reply


ACCEPTED = "0: Accepted for delivery"


async def test_a_text_bears_where_its_reports_are_taken() -> None:
    wire = Wire("kannel", says(202, ACCEPTED))
    receipt = await wire.send(replace(TEXT, attempt=2))
    assert receipt == Receipt(f"kannel:{OWED}.2", "accepted")
    assert wire.tried == ["kannel"]
    (query,) = (parse_qs(each.url.query.decode()) for each in wire.asked)
    where = "https://hotline.example/sms/kannel/reports/k/a-secret-of-the-door"
    assert query["dlr-url"][0].startswith(f"{where}?m={OWED}&a=2")
    assert query["text"] == [TEXT.body]


@pytest.mark.parametrize(
    ("reply", "raised"),
    [
        (fails(httpx.ConnectError), Transient),
        (fails(httpx.ReadTimeout), OutcomeUnknown),
        (says(500), OutcomeUnknown),
        (says(403, "Authorization failed for sendsms"), Misconfigured),
    ],
)
async def test_what_came_of_it(reply: Reply, raised: type[GatewayError]) -> None:
    with pytest.raises(raised):
        await Wire("kannel", reply).send(TEXT)


@pytest.mark.parametrize(
    ("template", "entity", "code"),
    [
        pytest.param("", ENTITY, "no_template", id="not-registered"),
        pytest.param("1207", "", "no_entity", id="by-nobody"),
    ],
)
async def test_to_india_nothing_unregistered_goes(
    template: str, entity: str, code: str
) -> None:
    wire = Wire("jasmin", says(200, 'Success "1"'), ENTITY_ID=entity)
    with pytest.raises(Misconfigured) as refused:
        await wire.send(replace(TEXT, to=TIRUPPUR, templates={"jasmin": template}))
    assert (refused.value.code, wire.asked, wire.tried) == (code, [], [])


@pytest.mark.parametrize(
    ("to", "has_ids"),
    [pytest.param(DHAKA, False, id="Dhaka"), pytest.param(TIRUPPUR, True, id="India")],
)
async def test_the_ids_go_where_they_are_asked_for_and_nowhere_else(
    to: str, has_ids: bool
) -> None:
    """A Jasmin that knows no such field refuses the whole text."""
    wire = Wire("jasmin", says(200, 'Success "1"'), ENTITY_ID=ENTITY)
    await wire.send(replace(TEXT, to=to, templates={"jasmin": "1207"}))
    (form,) = (parse_qs(each.content.decode()) for each in wire.asked)
    assert ("custom_tlvs" in form) is has_ids


async def test_what_is_too_long_is_never_handed_over() -> None:
    wire = Wire("kannel", says(202, ACCEPTED))
    with pytest.raises(BadContent):
        await wire.send(replace(TEXT, body="ক" * 5000))
    assert (wire.asked, wire.tried) == ([], [])


async def test_who_cannot_be_asked_leaves_it_to_the_report() -> None:
    wire = Wire("kannel", says(202, ACCEPTED))
    with pytest.raises(OutcomeUnknown) as unknown:
        await wire.sms.find(replace(TEXT, tried_by="kannel"), AT)
    assert (unknown.value.code, wire.asked) == ("no_report", [])


async def test_an_id_that_is_taken_once_may_be_handed_over_again_that_day() -> None:
    wire, tried = Wire("sslwireless", says(200)), replace(TEXT, tried_by="sslwireless")
    assert await wire.sms.find(tried, AT) == ()
    wire.now += timedelta(days=1)
    with pytest.raises(OutcomeUnknown):
        await wire.sms.find(tried, AT)
    assert wire.asked == []


async def test_the_id_is_the_same_after_a_lost_answer_and_another_after_a_refusal() -> (
    None
):
    wire = Wire("sslwireless", says(500))
    lost = replace(TEXT, attempt=2, tried_by="sslwireless", first_try=1)
    for text in (TEXT, lost, replace(TEXT, attempt=2)):
        with pytest.raises(OutcomeUnknown):
            await wire.send(text)
    first, again, other = (each.content for each in wire.asked)
    assert first == again != other


async def test_a_log_that_no_longer_holds_it_is_not_asked() -> None:
    wire = Wire("infobip", says(200, '{"results":[]}'))
    tried = replace(TEXT, tried_by="infobip")
    assert await wire.sms.find(tried, AT - timedelta(hours=1)) == ()
    assert len(wire.asked) == 1
    with pytest.raises(OutcomeUnknown):
        await wire.sms.find(tried, AT - timedelta(hours=48))
    assert len(wire.asked) == 1


async def test_a_demo_speaks_to_this_machine_only() -> None:
    carrier = on_shelf()["infobip"]
    sms = HttpSms(
        carrier,
        VARIABLES["infobip"],
        public_base_url="http://127.0.0.1:8000",
        is_demo=True,
    )
    with pytest.raises(Misconfigured) as refused:
        await sms.send(TEXT)
    assert refused.value.code == "demo"
    await sms.aclose()
