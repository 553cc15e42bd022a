"""Somleng and WhatsApp: what differs from Twilio's own texts."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from twilio.request_validator import RequestValidator

from app.simulator.dialects.whatsapp import WhatsApp
from app.simulator.dialects.wires import Phoned, basic
from app.simulator.phone import NotAnswered
from tests.simulator.dialect_box import ACCOUNTS, AT, BENGALI, LINE, PUBLIC, WORKER, Box

ID = "5c3a0b1e-6f0a-4d0b-9a0f-1c2d3e4f5a6b"
REPORT = f"{PUBLIC}/twilio/sms/status?m=OWED"
CHAT, HOTLINE = f"whatsapp:{WORKER}", f"whatsapp:{LINE}"
CONTENT = "HX" + "0" * 32
TWIML = "<Response><Message>পেয়েছি</Message></Response>"


async def send(box: Box, **changed: str) -> httpx.Response:
    account = ACCOUNTS[box.carrier.name]
    is_chat = box.carrier.name == "whatsapp"
    form = {
        "From": HOTLINE if is_chat else LINE,
        "To": CHAT if is_chat else WORKER,
        "Body": BENGALI,
        "StatusCallback": REPORT,
    }
    return await box.ask(
        "POST",
        f"/2010-04-01/Accounts/{account['sid']}/Messages.json",
        data={name: value for name, value in {**form, **changed}.items() if value},
        headers={"Authorization": basic(account["sid"], account["token"])},
    )


def forms(box: Box) -> list[dict[str, Any]]:
    return [dict(httpx.QueryParams(a.content.decode())) for a in box.service.asked]


async def test_somleng_signs_the_few_fields_that_it_has() -> None:
    box = Box("somleng")
    box.service.usual = TWIML.encode()
    back = await box.carrier.text(WORKER, LINE, BENGALI, message_id=ID)

    (asked,) = box.service.asked
    assert back == ["পেয়েছি"]
    assert forms(box) == [
        {
            "MessageSid": ID,
            "AccountSid": ACCOUNTS["somleng"]["sid"],
            "From": WORKER,
            "To": LINE,
            "Body": BENGALI,
            "NumMedia": "0",
            "ReferralNumMedia": "0",
            "ApiVersion": "2010-04-01",
        }
    ]
    signed = asked.headers["x-twilio-signature"]
    assert RequestValidator("t").validate(str(asked.url), forms(box)[0], signed)


async def test_somleng_never_looks_at_our_status_but_wants_a_body() -> None:
    box = Box("somleng")
    box.service.answers["/sms/somleng/k/secret"] = [
        httpx.Response(200),
        httpx.Response(503, content=b"<Response/>"),
    ]
    await box.carrier.text(WORKER, LINE, "x")
    assert len(box.service.asked) == 2
    box.service.answers["/sms/somleng/k/secret"] = [httpx.ConnectError("down")]
    with pytest.raises(NotAnswered):
        await box.carrier.text(WORKER, LINE, "x")


async def test_somleng_takes_a_text_and_reports_without_codes() -> None:
    box = Box("somleng")
    box.service.usual = b"<Response/>"
    answer = await send(box)
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    assert len(answer.json()["sid"]) == 36
    await box.carrier.settle()
    assert [form["MessageStatus"] for form in forms(box)] == ["sent", "delivered"]
    assert "ErrorCode" not in forms(box)[0]
    assert box.carrier.at_phone(WORKER) == [BENGALI]


@pytest.mark.parametrize(
    ("name", "changed", "status", "code"),
    [
        pytest.param("somleng", {"Body": ""}, 422, "20422", id="somleng-no-text"),
        pytest.param("somleng", {"To": "abc"}, 422, "20422", id="somleng-number"),
        pytest.param("whatsapp", {"To": WORKER}, 400, 21211, id="no-chat-address"),
        pytest.param("whatsapp", {"From": LINE}, 400, 63007, id="no-chat-sender"),
        pytest.param("whatsapp", {"Body": "x" * 1601}, 400, 21617, id="too-long"),
        pytest.param(
            "whatsapp", {"ContentSid": "HX1"}, 400, 21656, id="no-content-sid"
        ),
    ],
)
async def test_refusals(
    name: str, changed: dict[str, str], status: int, code: str | int
) -> None:
    box = Box(name)
    answer = await send(box, **changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    await box.carrier.settle()
    assert box.carrier.arrived == []


async def test_free_words_go_by_whatsapp_for_a_day_after_the_last_text() -> None:
    box = Box("whatsapp")
    box.service.usual = b"<Response/>"
    await box.carrier.text(CHAT, HOTLINE, "x")
    await send(box)
    await box.carrier.settle()
    assert box.carrier.at_phone(CHAT) == [BENGALI]
    statuses = [form["MessageStatus"] for form in forms(box)[1:]]
    assert statuses == ["sent", "delivered", "read"]


async def test_outside_the_day_only_a_template_lands() -> None:
    box = Box("whatsapp")
    assert isinstance(box.carrier, WhatsApp)
    box.carrier.contents = {CONTENT: "Case {{1}} has news."}
    taken = await send(box)
    assert taken.status_code == 201
    await box.carrier.settle()
    assert (forms(box)[0]["MessageStatus"], forms(box)[0]["ErrorCode"]) == (
        "failed",
        "63016",
    )
    await send(box, Body="", ContentSid=CONTENT, ContentVariables='{"1": "4821"}')
    await box.carrier.settle()
    assert box.carrier.at_phone(CHAT) == ["Case 4821 has news."]


async def test_the_day_ends() -> None:
    box = Box("whatsapp")
    box.service.usual = b"<Response/>"
    yesterday = AT - timedelta(hours=24, seconds=1)
    box.carrier.text_request(Phoned("SM1", CHAT, HOTLINE, "x", yesterday))
    await send(box)
    await box.carrier.settle()
    assert box.carrier.arrived == []


async def test_a_hidden_number_has_no_wa_id() -> None:
    box = Box("whatsapp")
    box.service.usual = b"<Response/>"
    await box.carrier.text("whatsapp:IN.2081978709342942", HOTLINE, "x")
    (form,) = forms(box)
    assert form["From"] == form["ExternalUserId"] == "whatsapp:IN.2081978709342942"
    assert "WaId" not in form
