"""WhatsApp: free words for a day, then only what Meta has approved."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import httpx
import pytest
import respx

from app.gateways.twilio_http import HttpxTwilio
from app.gateways.twilio_whatsapp import TwilioWhatsApp
from app.outbox.owed import Receipt, Text
from app.outbox.settlement import GatewayError, Misconfigured, Permanent

BASE = "https://carrier.example"
MESSAGES = f"{BASE}/2010-04-01/Accounts/AC1/Messages.json"
SID, CONTENT = "SM" + "0" * 32, "HX" + "0" * 32
AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
TEXT = Text(
    UUID("0190d9a4-0000-7000-8000-000000000001"),
    "+8801700000001",
    "There is news for you in case 4821-7012.",
    is_whatsapp=True,
    is_in_window=True,
)
LATE = replace(
    TEXT, is_in_window=False, templates={"whatsapp": CONTENT}, values=("4821-7012",)
)
TEMPLATE = {"ContentSid": CONTENT, "ContentVariables": '{"1": "4821-7012"}'}


@pytest.fixture
async def whatsapp() -> AsyncIterator[TwilioWhatsApp]:
    gateway = TwilioWhatsApp(
        HttpxTwilio(BASE),
        account_sid="AC1",
        auth_token="token",
        sender="+8809600000000",
        callback="https://hotline.example/twilio/sms/status",
        name="whatsapp",
    )
    yield gateway
    await gateway.aclose()


def taken() -> httpx.Response:
    return httpx.Response(201, json={"sid": SID, "status": "queued"})


def refused(code: int) -> httpx.Response:
    return httpx.Response(400, json={"code": code, "message": "x", "status": 400})


def forms(route: respx.Route) -> list[dict[str, str]]:
    return [dict(parse_qsl(call.request.content.decode())) for call in route.calls]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        pytest.param(
            TEXT,
            {
                "To": "whatsapp:+8801700000001",
                "From": "whatsapp:+8809600000000",
                "Body": TEXT.body,
            },
            id="free-words-within-a-day",
        ),
        pytest.param(
            replace(TEXT, to="whatsapp:BD.1234", line="+8809611111111"),
            {
                "To": "whatsapp:BD.1234",
                "From": "whatsapp:+8809611111111",
                "Body": TEXT.body,
            },
            id="from-the-number-that-she-knows-to-a-hidden-one",
        ),
        pytest.param(
            LATE,
            {
                "To": "whatsapp:+8801700000001",
                "From": "whatsapp:+8809600000000",
                **TEMPLATE,
            },
            id="a-template-after-it",
        ),
        pytest.param(
            replace(LATE, values=("two\n lines", "")),
            {
                "To": "whatsapp:+8801700000001",
                "From": "whatsapp:+8809600000000",
                "ContentSid": CONTENT,
                "ContentVariables": '{"1": "two lines", "2": "-"}',
            },
            id="no-value-is-empty-or-has-two-lines",
        ),
    ],
)
@respx.mock
async def test_the_whole_request(
    whatsapp: TwilioWhatsApp, text: Text, whole: dict[str, str]
) -> None:
    route = respx.post(MESSAGES).mock(return_value=taken())
    assert await whatsapp.send(text) == Receipt(SID, "queued")
    callback = f"https://hotline.example/twilio/sms/status?m={TEXT.owed_id}"
    assert forms(route) == [{**whole, "StatusCallback": callback}]


@respx.mock
async def test_a_day_that_had_ended_after_all_takes_the_template(
    whatsapp: TwilioWhatsApp,
) -> None:
    route = respx.post(MESSAGES).mock(side_effect=[refused(63016), taken()])
    assert await whatsapp.send(replace(LATE, is_in_window=True)) == Receipt(
        SID, "queued"
    )
    first, second = forms(route)
    assert (first["Body"], "ContentSid" in first) == (TEXT.body, False)
    assert second["ContentSid"] == CONTENT
    assert "Body" not in second


@respx.mock
async def test_a_template_that_is_not_approved_is_tried_once(
    whatsapp: TwilioWhatsApp,
) -> None:
    route = respx.post(MESSAGES).mock(return_value=refused(63016))
    with pytest.raises(Misconfigured, match="63016"):
        await whatsapp.send(LATE)
    assert route.call_count == 1


@respx.mock
async def test_without_a_registered_text_nothing_is_sent_and_nothing_marked(
    whatsapp: TwilioWhatsApp,
) -> None:
    marked: list[str] = []

    async def mark(carrier: str) -> None:
        marked.append(carrier)

    text = replace(TEXT, is_in_window=False, on_try=mark)
    with pytest.raises(Misconfigured, match="no_template"):
        await whatsapp.send(text)
    assert (marked, len(respx.calls)) == ([], 0)


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        pytest.param("whatsapp:FI.2782", Misconfigured, id="an-id-is-not-yet-taken"),
        pytest.param("+8801700000001", Permanent, id="a-number-that-is-none"),
    ],
)
@respx.mock
async def test_who_hides_her_number_is_not_out_of_reach(
    whatsapp: TwilioWhatsApp, to: str, kind: type[GatewayError]
) -> None:
    respx.post(MESSAGES).mock(return_value=refused(21211))
    with pytest.raises(GatewayError) as why:
        await whatsapp.send(replace(TEXT, to=to))
    assert type(why.value) is kind


@respx.mock
async def test_a_lost_template_is_found_by_its_words(whatsapp: TwilioWhatsApp) -> None:
    def listed(**changes: Any) -> dict[str, Any]:
        usual = {
            "sid": SID,
            "status": "read",
            "direction": "outbound-api",
            "body": TEXT.body.replace(" in ", "\n\nin "),
            "date_created": format_datetime(AT),
        }
        return {**usual, **changes}

    page = {"messages": [listed(), listed(sid="SM2", body="Another one.")]}
    route = respx.get(MESSAGES).respond(json={**page, "next_page_uri": None})
    assert await whatsapp.find(LATE, AT) == (Receipt(SID, "read"),)
    assert route.calls.last.request.url.params["To"] == "whatsapp:+8801700000001"


def test_it_takes_what_came_by_whatsapp_and_no_other_text(
    whatsapp: TwilioWhatsApp,
) -> None:
    assert whatsapp.can_send(TEXT)
    assert not whatsapp.can_send(replace(TEXT, is_whatsapp=False))


def test_neither_number_nor_values_show(whatsapp: TwilioWhatsApp) -> None:
    shown = repr(LATE)
    assert "4821" not in shown.replace(str(LATE.owed_id), "")
    assert LATE.to not in shown
    assert json.loads(TEMPLATE["ContentVariables"]) == {"1": "4821-7012"}
