"""How each carrier hands over a text or a call, byte for byte."""

import json

import httpx
import pytest

from app.simulator.carrier.faults import Fault, Kind
from app.simulator.phone import NotAnswered
from tests.simulator.dialect_box import BENGALI, INDIAN, LINE, PUBLIC, WORKER, Box

ID = "2f1cbe18-9a2f-4e22-9c1a-1c1b5a6a0001"


async def test_exotel_posts_the_json_of_its_support_article() -> None:
    box = Box("exotel")
    await box.carrier.text(INDIAN, LINE, "வணக்கம்", message_id="2Q08orixl5w")

    (asked,) = box.service.asked
    assert (asked.method, str(asked.url)) == ("POST", f"{PUBLIC}/sms/exotel/k/secret")
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.content) == {
        "SmsSid": "2Q08orixl5w",
        "Direction": "incoming",
        "Sender": INDIAN,
        "ReceivedOn": LINE,
        "MessageBody": "வணக்கம்",
        "ReceivedTime": "2026-09-01T09:00:00Z",
    }


async def test_exotel_tells_a_missed_call_by_its_passthru_applet() -> None:
    box = Box("exotel")
    await box.carrier.ring(INDIAN, "+918047000000", call_id="e12e0187v")

    (asked,) = box.service.asked
    assert (asked.method, asked.url.path) == ("GET", "/calls/exotel/k/secret")
    assert dict(asked.url.params) == {
        "CallSid": "e12e0187v",
        "CallFrom": "09876543210",
        "CallTo": "08047000000",
        "Direction": "incoming",
        "Created": "Tue, 01 Sep 2026 14:30:00",
        "DialCallDuration": "0",
        "StartTime": "2026-09-01 14:30:00",
        "EndTime": "1970-01-01 05:30:00",
        "CallType": "call-attempt",
        "DialWhomNumber": "",
        "flow_id": "11754",
        "tenant_id": "1409",
        "From": "09876543210",
        "To": "08047000000",
        "CurrentTime": "2026-09-01 14:30:00",
    }


async def test_infobip_posts_a_list_and_leaves_the_plus_away() -> None:
    box = Box("infobip")
    await box.carrier.text(WORKER, LINE, BENGALI, message_id="817790313235066447")

    (asked,) = box.service.asked
    assert (asked.method, str(asked.url)) == ("POST", f"{PUBLIC}/sms/infobip/k/secret")
    assert json.loads(asked.content) == {
        "results": [
            {
                "messageId": "817790313235066447",
                "from": "8801555010001",
                "to": "15550100880",
                "text": BENGALI,
                "cleanText": BENGALI,
                "keyword": "",
                "receivedAt": "2026-09-01T09:00:00.000+0000",
                "smsCount": 1,
                "price": {"pricePerMessage": 0, "currency": "EUR"},
                "callbackData": "",
            }
        ],
        "messageCount": 1,
        "pendingMessageCount": 0,
    }


async def test_kannel_fills_in_the_get_url_and_squeezes_the_blanks() -> None:
    box = Box("kannel")
    await box.carrier.text(WORKER, LINE, "a  &  b", message_id=ID)

    (asked,) = box.service.asked
    assert asked.method == "GET"
    assert asked.url.query.decode() == (
        f"id={ID}&from=%2B8801555010001&to=%2B15550100880&charset=UTF-8&text=a+%26+b"
    )


async def test_kannel_by_words_destroys_bengali_that_it_did_not_recode() -> None:
    box = Box("kannel")
    await box.carrier.text(WORKER, LINE, "কক", message_id=ID)

    query = box.service.asked[0].url.query.decode()
    # Each letter's first byte, 0x09, is a blank to Kannel.
    assert query.endswith("&charset=UTF-16BE&text=%95+%95")


@pytest.mark.parametrize("status", [204, 302, 404])
async def test_kannel_is_content_with_no_other_answer_than_200_and_202(
    status: int,
) -> None:
    box = Box("kannel")
    plain = {"content-type": "text/plain"}
    box.service.answers["/sms/kannel"] = [
        httpx.Response(status),
        httpx.Response(202, headers=plain),
    ]
    await box.carrier.text(WORKER, LINE, "x")
    assert len(box.service.asked) == 2


async def test_kannels_reply_is_our_answer_and_stands_on_the_phone() -> None:
    box = Box("kannel")
    plain = {"content-type": "text/plain; charset=utf-8", "x-kannel-coding": "2"}
    box.service.answers["/sms/kannel"] = [
        httpx.Response(200, headers=plain, content=" পেয়েছি\n\nপিন ১ ".encode())
    ]
    assert await box.carrier.text(WORKER, LINE, "x") == ["পেয়েছি\n\nপিন ১"]
    assert box.carrier.at_phone(WORKER) == ["পেয়েছি\n\nপিন ১"]


async def test_kannel_sends_question_marks_where_no_coding_is_said() -> None:
    box = Box("kannel")
    plain = {"content-type": "text/plain; charset=utf-8"}
    box.service.answers["/sms/kannel"] = [
        httpx.Response(200, headers=plain, content="পিন 1".encode())
    ]
    assert await box.carrier.text(WORKER, LINE, "x") == ["??? 1"]


async def test_kannel_cuts_what_its_service_group_does_not_let_through() -> None:
    box = Box("kannel", max_messages="1")
    plain = {"content-type": "text/plain"}
    box.service.answers["/sms/kannel"] = [
        httpx.Response(200, headers=plain, content=b"a" * 400)
    ]
    (reply,) = await box.carrier.text(WORKER, LINE, "x")
    assert len(reply) <= 160
    assert box.carrier.refusals == ["a text longer than max-messages: cut"]


@pytest.mark.parametrize(
    ("text", "coding", "binary"),
    [
        pytest.param(
            "Help @1", "\0", "48656c70200031", id="the-operators-usual-letters"
        ),
        pytest.param("১", "\b", "09e7", id="two-bytes-a-letter"),
    ],
)
async def test_jasmin_posts_the_words_as_the_operator_coded_them(
    text: str, coding: str, binary: str
) -> None:
    box = Box("jasmin")
    await box.carrier.text(WORKER, LINE, text, message_id=ID)

    (asked,) = box.service.asked
    form = dict(httpx.QueryParams(asked.content.decode()))
    assert form.pop("content")
    assert form == {
        "id": ID,
        "from": "8801555010001",
        "to": "15550100880",
        "origin-connector": "operator",
        "priority": "1",
        "coding": coding,
        "binary": binary,
    }


@pytest.mark.parametrize(
    ("name", "answers", "tries"),
    [
        pytest.param("exotel", [503, 503, 200], 3, id="exotel-after-5xx"),
        pytest.param("infobip", [500, 200], 2, id="infobip-after-5xx"),
        pytest.param("kannel", [503, 200], 2, id="kannel-after-5xx"),
    ],
)
async def test_what_was_not_taken_is_handed_over_again_alike(
    name: str, answers: list[int], tries: int
) -> None:
    box = Box(name)
    path = "/sms/kannel" if name == "kannel" else f"/sms/{name}/k/secret"
    plain = {"content-type": "text/plain"}
    box.service.answers[path] = [httpx.Response(s, headers=plain) for s in answers]
    await box.carrier.text(WORKER, LINE, "x")
    assert len(box.service.asked) == tries
    assert len({(str(a.url), a.content) for a in box.service.asked}) == 1


async def test_jasmin_tries_again_until_it_reads_its_own_word() -> None:
    box = Box("jasmin")
    box.service.answers["/sms/jasmin/k/secret"] = [
        httpx.Response(200, content=b"OK"),
        httpx.Response(200, content=b"ACK/Jasmin"),
    ]
    await box.carrier.text(WORKER, LINE, "x")
    assert len(box.service.asked) == 2


async def test_a_text_that_nobody_takes_is_said_to_be_lost() -> None:
    box = Box("exotel")
    box.service.answers["/sms/exotel/k/secret"] = [httpx.ConnectError("down")]
    with pytest.raises(NotAnswered, match="is it running"):
        await box.carrier.text(WORKER, LINE, "x")
    assert len(box.service.asked) == 4


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        pytest.param(Kind.TWICE, 2, id="again-later"),
        pytest.param(Kind.TWICE_AT_ONCE, 2, id="two-side-by-side"),
        pytest.param(Kind.ANSWER_LOST, 2, id="our-answer-is-lost"),
        pytest.param(Kind.UNREACHABLE, 1, id="the-first-try-finds-nobody"),
    ],
)
async def test_faults_of_a_text_on_its_way(kind: Kind, asked: int) -> None:
    box = Box("exotel", Fault(kind=kind, first=1))
    await box.carrier.text(WORKER, LINE, "x")
    await box.carrier.settle()
    assert len(box.service.asked) == asked
