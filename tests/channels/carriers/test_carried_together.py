"""Several things in one request: what is wrong with one of them spoils no other."""

from typing import Any

from structlog.testing import capture_logs

from tests.channels.carriers.conftest import SECRET, World
from tests.stories.programme import ENGLISH_LINE

PHONE, OTHER = "8801712345678", "8801712345679"
SAID = "482170 three months no overtime pay"
INFOBIP, EXOTEL = f"/sms/infobip/k/{SECRET}", f"/sms/exotel/k/{SECRET}"


def text(given: str, sender: str = PHONE, **more: Any) -> dict[str, Any]:
    one = {"messageId": given, "from": sender, "to": ENGLISH_LINE[1:], "text": SAID}
    return {**one, "receivedAt": "2026-12-02T06:00:00.000+0000", **more}


async def test_the_others_of_a_request_are_heard_and_the_carrier_is_told(
    world: World,
) -> None:
    odd = text("b", **{"from": {"number": "x"}})
    body = {"results": [odd, text("a"), text("c", OTHER)]}
    with capture_logs() as logged:
        answer = await world.knock("POST", INFOBIP, json=body)
    assert (answer.status_code, answer.content) == (400, b"")
    assert await world.count("cases") == 2
    assert {said["to"] for said in await world.replies()} == {f"+{PHONE}", f"+{OTHER}"}
    assert [line["reason"] for line in logged if line["event"] == "form.unfit"] == [
        "from is not one value"
    ]
    assert world.counted("forms_unfit", route="/sms/{provider}") == 1
    before = await world.everything()
    assert (await world.knock("POST", INFOBIP, json=body)).status_code == 400
    assert await world.everything() == before


async def test_who_wrote_what_cannot_be_read_is_answered_all_the_same(
    world: World,
) -> None:
    one = text("a")
    del one["text"]
    with capture_logs() as logged:
        answer = await world.knock("POST", INFOBIP, json={"results": [one]})
    assert answer.status_code == 200
    assert {said["to"] for said in await world.replies()} == {f"+{PHONE}"}
    told = [line for line in logged if line["event"] == "text.unread"]
    assert [(line["provider"], line["reason"]) for line in told] == [
        ("infobip", "text is missing")
    ]


async def test_what_is_passed_by_is_counted_and_said(world: World) -> None:
    copy = {"SmsSid": "1", "Sender": "X", "ReceivedOn": "1", "MessageBody": "x"}
    call = {"CallSid": "1", "From": "1", "To": "1", "CallType": "completed"}
    report = {"results": [{"messageId": "1", "status": {"id": 77}}]}
    with capture_logs() as logged:
        for path, brought in (
            (EXOTEL, {"json": {**copy, "Direction": "Outbound-API"}}),
            (f"/calls/exotel/k/{SECRET}", {"data": call}),
            (f"/sms/infobip/reports/k/{SECRET}", {"json": report}),
        ):
            assert (await world.knock("POST", path, **brought)).status_code == 200
    assert await world.count("claim") == await world.count("outbox") == 0
    passed = [line for line in logged if line["event"] == "item.passed_by"]
    assert [(line["provider"], line["kind"], line["count"]) for line in passed] == [
        ("exotel", "text", 1),
        ("exotel", "call", 1),
        ("infobip", "report", 1),
    ]
    kinds = ("text", "call", "report")
    assert [world.counted("passed_by", kind=kind) for kind in kinds] == [1, 1, 1]


async def test_a_report_that_cannot_be_read_spoils_no_other(world: World) -> None:
    good = {"messageId": "1", "status": {"id": 5, "groupName": "DELIVERED"}}
    body = {"results": [{"messageId": "2"}, good]}
    path = f"/sms/infobip/reports/k/{SECRET}"
    assert (await world.knock("POST", path, json=body)).status_code == 400
    assert world.counted("delivery_reports", outcome="ignored") == 1


async def test_a_number_of_elsewhere_is_never_taken_for_one_of_india(
    world: World,
) -> None:
    body = {"results": [text("a", "6591234567")]}
    assert (await world.knock("POST", INFOBIP, json=body)).status_code == 200
    assert {said["to"] for said in await world.replies()} == {"+6591234567"}
