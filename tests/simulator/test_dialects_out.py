"""What each carrier makes of our texts: taken or refused, landed, reported."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.simulator.carrier.faults import Fault, Kind
from app.simulator.dialects import exotel, infobip, jasmin, kannel
from app.simulator.dialects.wires import basic
from tests.simulator.dialect_box import BENGALI, INDIAN, PUBLIC, WORKER, Box

REPORT = f"{PUBLIC}/sms/reports/k/secret?m=OWED&a=1"
OURS = "0199a0c0-0000-7000-8000-000000000001"
_EXOTEL = "/v1/Accounts/threadline1/Sms/send.json"


async def send_exotel(box: Box, **changed: str) -> httpx.Response:
    form = {
        "From": "THRDLN",
        "To": INDIAN,
        "Body": BENGALI,
        "EncodingType": "unicode",
        "DltEntityId": "1101",
        "DltTemplateId": "1107",
        "StatusCallback": REPORT,
        "CustomField": OURS,
    }
    kept = {name: value for name, value in {**form, **changed}.items() if value}
    headers = {"Authorization": basic("k", "t")}
    return await box.ask("POST", _EXOTEL, data=kept, headers=headers)


async def send_infobip(box: Box, key: str = "k", **changed: Any) -> httpx.Response:
    message = {
        "sender": "Threadline",
        "destinations": [{"to": "8801555010001", "messageId": OURS}],
        "content": {"text": BENGALI},
        "webhooks": {
            "delivery": {"url": REPORT},
            "contentType": "application/json",
            "callbackData": OURS,
        },
    }
    return await box.ask(
        "POST",
        "/sms/3/messages",
        json={"messages": [{**message, **changed}]},
        headers={"Authorization": f"App {key}"},
    )


async def send_kannel(box: Box, **changed: str) -> httpx.Response:
    query = {
        "username": "u",
        "password": "p",
        "from": "16263",
        "to": WORKER,
        "text": BENGALI,
        "charset": "UTF-8",
        "coding": "2",
        "dlr-mask": "31",
        "dlr-url": f"{REPORT}&status=%d&id=%F&reply=%A",
    }
    kept = {name: value for name, value in {**query, **changed}.items() if value}
    return await box.ask("GET", "/cgi-bin/sendsms", params=kept)


async def send_jasmin(box: Box, **changed: str) -> httpx.Response:
    form = {
        "username": "u",
        "password": "p",
        "from": "16263",
        "to": "8801555010001",
        "coding": "8",
        "hex-content": BENGALI.encode("utf-16-be").hex(),
        "dlr": "yes",
        "dlr-level": "3",
        "dlr-method": "POST",
        "dlr-url": REPORT,
    }
    kept = {name: value for name, value in {**form, **changed}.items() if value}
    return await box.ask("POST", "/send", data=kept)


async def send_ssl(box: Box, **changed: str) -> httpx.Response:
    told = {
        "api_token": "t",
        "sid": "THREADLINE",
        "msisdn": "8801555010001",
        "sms": BENGALI,
        "csms_id": "0199a0c000007000abcd",
    }
    return await box.ask("POST", "/api/v3/send-sms", json={**told, **changed})


SENDERS = {
    "exotel": send_exotel,
    "infobip": send_infobip,
    "jasmin": send_jasmin,
    "kannel": send_kannel,
    "sslwireless": send_ssl,
}


def reports(box: Box) -> list[tuple[str, Mapping[str, str], Any]]:
    """Return the reports that came: method, query, and body as it was meant."""
    return [
        (asked.method, dict(asked.url.params), _body(asked))
        for asked in box.service.asked
    ]


def _body(asked: httpx.Request) -> Any:
    if "json" in asked.headers.get("content-type", ""):
        return json.loads(asked.content)
    return dict(httpx.QueryParams(asked.content.decode()))


@pytest.mark.parametrize("name", SENDERS)
async def test_a_text_lands_once_as_it_was_written(name: str) -> None:
    box = Box(name)
    answer = await SENDERS[name](box)
    assert answer.status_code in (200, 202), answer.text
    await box.carrier.settle()
    phone = INDIAN if name == "exotel" else WORKER
    assert box.carrier.at_phone(phone) == [BENGALI]
    assert box.carrier.refusals == []


async def test_what_exotel_answers_and_reports() -> None:
    box = Box("exotel")
    answer = await send_exotel(box)
    (sent,) = box.carrier.books.values()
    assert answer.json() == {
        "SMSMessage": {
            "Sid": sent.id,
            "AccountSid": "threadline1",
            "From": "/THRDLN",
            "To": "09876543210",
            "DateCreated": "2026-09-01 14:30:00",
            "DateUpdated": "2026-09-01 14:30:00",
            "DateSent": None,
            "Body": BENGALI,
            "Direction": "outbound-api",
            "Uri": f"/v1/Accounts/threadline1/SMS/Messages/{sent.id}.json",
            "ApiVersion": None,
            "Price": None,
            "Status": "queued",
            "DetailedStatusCode": 21010,
            "DetailedStatus": "PENDING_TO_OPERATOR",
            "SmsUnits": None,
        }
    }
    await box.carrier.settle()
    report = {
        "SmsSid": sent.id,
        "To": "09876543210",
        "Status": "sent",
        "SmsUnits": "1",
        "DetailedStatus": "DELIVERED_TO_HANDSET",
        "DetailedStatusCode": "20005",
        "DateSent": "2026-09-01 14:30:00",
        "CustomField": OURS,
    }
    assert reports(box) == [("POST", {"m": "OWED", "a": "1"}, report)]
    headers = {"Authorization": basic("k", "t")}
    base = "/v1/Accounts/threadline1/SMS/Messages"
    found = await box.ask("GET", f"{base}/{sent.id}.json", headers=headers)
    assert found.json()["SMSMessage"]["DetailedStatusCode"] == 20005
    missing = await box.ask("GET", f"{base}/nobody.json", headers=headers)
    assert (missing.status_code, missing.text) == (200, "No matching results")


async def test_what_infobip_answers_reports_and_finds() -> None:
    box = Box("infobip")
    answer = await send_infobip(box)
    told = answer.json()["messages"]
    assert told == [
        {
            "messageId": OURS,
            "status": {
                "groupId": 1,
                "groupName": "PENDING",
                "id": 26,
                "name": "PENDING_ACCEPTED",
                "description": "Pending accepted",
            },
            "destination": "8801555010001",
            "details": {"messageCount": 1},
        }
    ]
    await box.carrier.settle()
    ((method, query, body),) = reports(box)
    (result,) = body["results"]
    assert (method, query) == ("POST", {"m": "OWED", "a": "1"})
    assert (result["messageId"], result["callbackData"]) == (OURS, OURS)
    assert result["status"]["name"] == "DELIVERED_TO_HANDSET"
    headers = {"Authorization": "App k"}
    for asked in ({"messageId": OURS}, {"destination": "8801555010001"}):
        logs = await box.ask("GET", "/sms/3/logs", params=asked, headers=headers)
        (found,) = logs.json()["results"]
        assert (found["messageId"], found["status"]["id"]) == (OURS, 5)
    nobody = {"messageId": "another"}
    logs = await box.ask("GET", "/sms/3/logs", params=nobody, headers=headers)
    assert logs.json()["results"] == []


@pytest.mark.parametrize(
    ("idempotent", "landed"),
    [pytest.param("no", 2, id="as-sold"), pytest.param("yes", 1, id="switched-on")],
)
async def test_infobip_refuses_an_id_twice_only_where_that_is_switched_on(
    idempotent: str, landed: int
) -> None:
    box = Box("infobip", idempotent=idempotent)
    await send_infobip(box)
    again = await send_infobip(box)
    await box.carrier.settle()
    assert len(box.carrier.at_phone(WORKER)) == landed
    status = again.json()["messages"][0]["status"]["name"]
    assert (status == "REJECTED_DUPLICATE_MESSAGE_ID") == (landed == 1)


async def test_kannel_says_accepted_and_fetches_the_urls_that_were_asked_for() -> None:
    box = Box("kannel")
    answer = await send_kannel(box)
    assert (answer.status_code, answer.text) == (202, "0: Accepted for delivery")
    await box.carrier.settle()
    told = [(method, query["status"], query["m"]) for method, query, _ in reports(box)]
    assert told == [("GET", "8", "OWED"), ("GET", "1", "OWED")]
    assert reports(box)[0][1]["reply"] == "ACK/"


async def test_kannels_mask_chooses_the_reports() -> None:
    box = Box("kannel")
    box.carrier.fates[WORKER] = kannel.UNDELIVERED
    await send_kannel(box, **{"dlr-mask": "3"})
    await box.carrier.settle()
    assert [query["status"] for _, query, _ in reports(box)] == ["2"]
    assert box.carrier.at_phone(WORKER) == []


async def test_kannel_in_seven_bits_makes_question_marks_of_bengali() -> None:
    box = Box("kannel")
    await send_kannel(box, coding="0", text="১ x")
    await box.carrier.settle()
    assert box.carrier.at_phone(WORKER) == ["? x"]


async def test_kannel_takes_a_post_with_its_headers() -> None:
    box = Box("kannel")
    headers = {
        "X-Kannel-Username": "u",
        "X-Kannel-Password": "p",
        "X-Kannel-From": "16263",
        "X-Kannel-To": WORKER,
        "X-Kannel-Coding": "2",
        "Content-Type": "text/plain; charset=UTF-8",
    }
    answer = await box.ask(
        "POST", "/cgi-bin/sendsms", headers=headers, content=BENGALI.encode()
    )
    assert answer.status_code == 202, answer.text
    await box.carrier.settle()
    assert box.carrier.at_phone(WORKER) == [BENGALI]


async def test_what_jasmin_answers_and_throws() -> None:
    box = Box("jasmin")
    answer = await send_jasmin(box)
    (sent,) = box.carrier.books.values()
    assert (answer.status_code, answer.text) == (200, f'Success "{sent.id}"')
    await box.carrier.settle()
    told = [(m, q["m"], b["level"], b["message_status"]) for m, q, b in reports(box)]
    assert told == [
        ("POST", "OWED", "1", "ESME_ROK"),
        ("POST", "OWED", "2", "DELIVRD"),
    ]


async def test_ssl_wireless_refuses_an_id_twice_on_a_day_and_reports_nothing() -> None:
    box = Box("sslwireless")
    first = await send_ssl(box)
    assert first.json()["smsinfo"][0]["csms_id"] == "0199a0c000007000abcd"
    again = await send_ssl(box)
    assert again.status_code == 200
    assert again.json() == {
        "status": "FAILED",
        "status_code": 4023,
        "error_message": "Duplicate CSMS ID",
        "smsinfo": [],
    }
    await box.carrier.settle()
    assert box.carrier.at_phone(WORKER) == [BENGALI]
    assert box.service.asked == []


@pytest.mark.parametrize(
    ("name", "changed", "status", "word"),
    [
        pytest.param("exotel", {"To": "12"}, 400, "Invalid Recipient", id="ex-number"),
        pytest.param("exotel", {"From": ""}, 400, "From", id="ex-no-sender"),
        pytest.param(
            "exotel", {"EncodingType": "plain"}, 400, "Unicode", id="ex-encoding"
        ),
        pytest.param("exotel", {"Body": "x" * 2001}, 400, "Invalid", id="ex-too-long"),
        pytest.param("infobip", {"key": "z"}, 401, "E401", id="ib-key"),
        pytest.param("infobip", {"content": {}}, 400, "E400", id="ib-no-text"),
        pytest.param(
            "infobip",
            {"destinations": [{"to": "12", "messageId": OURS}]},
            200,
            "REJECTED_DESTINATION",
            id="ib-number",
        ),
        pytest.param(
            "kannel", {"password": "z"}, 403, "Authorization failed", id="ka-password"
        ),
        pytest.param("kannel", {"to": ""}, 400, "Missing receiver", id="ka-no-phone"),
        pytest.param("kannel", {"to": "abc"}, 400, "denied", id="ka-number"),
        pytest.param("kannel", {"from": ""}, 400, "Sender missing", id="ka-no-sender"),
        pytest.param("jasmin", {"password": "z"}, 403, "Authent", id="ja-password"),
        pytest.param("jasmin", {"to": "abc"}, 400, "invalid value", id="ja-number"),
        pytest.param("jasmin", {"what": "x"}, 400, "unknown", id="ja-unknown-field"),
        pytest.param(
            "sslwireless", {"api_token": "z"}, 200, "Unauthorized", id="ssl-token"
        ),
        pytest.param("sslwireless", {"msisdn": "+88"}, 200, "MSISDN", id="ssl-number"),
        pytest.param(
            "sslwireless", {"csms_id": "a-b"}, 200, "CSMS", id="ssl-id-with-a-hyphen"
        ),
    ],
)
async def test_what_is_refused_says_why_and_lands_nowhere(
    name: str, changed: dict[str, Any], status: int, word: str
) -> None:
    box = Box(name)
    answer = await SENDERS[name](box, **changed)
    assert (answer.status_code, word in answer.text) == (status, True), answer.text
    await box.carrier.settle()
    assert box.carrier.arrived == []
    assert len(box.carrier.refusals) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"DltEntityId": ""}, exotel.NO_ENTITY, id="no-entity"),
        pytest.param({"DltTemplateId": ""}, exotel.NO_TEMPLATE, id="no-template"),
    ],
)
async def test_exotel_takes_what_is_not_registered_and_says_so_afterwards(
    changed: dict[str, str], code: str
) -> None:
    box = Box("exotel")
    answer = await send_exotel(box, **changed)
    assert answer.status_code == 200
    await box.carrier.settle()
    assert box.carrier.arrived == []
    ((_, _, report),) = reports(box)
    assert (report["Status"], report["DetailedStatusCode"]) == ("failed", code)


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("exotel", exotel.DND),
        ("infobip", infobip.EXPIRED),
        ("jasmin", jasmin.UNDELIVERED),
    ],
)
async def test_a_fate_keeps_the_text_from_its_phone(name: str, fate: str) -> None:
    box = Box(name)
    box.carrier.fates[INDIAN if name == "exotel" else WORKER] = fate
    await SENDERS[name](box)
    await box.carrier.settle()
    assert box.carrier.arrived == []
    assert fate in str(reports(box)[-1])


@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize(
    ("kind", "landed"),
    [
        pytest.param(Kind.TOO_MANY, 0, id="too-many"),
        pytest.param(Kind.SERVER_ERROR, 0, id="nothing-done"),
        pytest.param(Kind.DONE_BUT_ERROR, 1, id="done-but-502"),
        pytest.param(Kind.EARLY, 1, id="reported-before-the-answer"),
        pytest.param(Kind.SLOW, 1, id="slow"),
        pytest.param(Kind.NEVER, 1, id="report-never-comes"),
    ],
)
async def test_faults_of_a_text_of_ours(name: str, kind: Kind, landed: int) -> None:
    box = Box(name, Fault(kind=kind))
    answer = await SENDERS[name](box)
    told_before = len(box.service.asked)
    await box.carrier.settle()
    assert len(box.carrier.arrived) == landed
    assert answer.is_success == (kind in (Kind.EARLY, Kind.SLOW, Kind.NEVER)) or (
        name == "sslwireless" and kind is Kind.TOO_MANY
    )
    has_reports = name != "sslwireless"
    assert (told_before > 0) == (kind is Kind.EARLY and has_reports)
    if kind is Kind.NEVER:
        assert box.service.asked == []


@pytest.mark.parametrize("name", SENDERS)
async def test_an_answer_that_is_lost_leaves_the_text_at_its_phone(name: str) -> None:
    box = Box(name, Fault(kind=Kind.TIMES_OUT))
    with pytest.raises(httpx.ReadTimeout):
        await SENDERS[name](box)
    await box.carrier.settle()
    assert len(box.carrier.arrived) == 1


async def test_nothing_is_posted_to_anybody_else() -> None:
    box = Box("kannel")
    await send_kannel(box, **{"dlr-url": "https://hotline.example.evil/?s=%d"})
    await box.carrier.settle()
    assert box.service.asked == []
    assert "a URL that is not the hotline's" in box.carrier.refusals
