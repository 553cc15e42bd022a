"""Texts through the box, and the carrier's own words about STOP and HELP."""

import pytest
from twilio.request_validator import RequestValidator

from app.simulator.carrier.faults import Fault, Kind
from tests.simulator.carrier_box import LINE, PUBLIC, TOKEN, WORKER, Box, response

THANKS = response("<Message>আপনার বার্তা পেয়েছি</Message>")


async def test_a_text_goes_in_signed_and_the_reply_comes_back() -> None:
    box = Box({"/sms": THANKS})
    assert await box.network.text(WORKER, LINE, "তিন মাস ") == ["আপনার বার্তা পেয়েছি"]
    (asked,) = box.service.asked
    assert asked.form["Body"] == "তিন মাস "
    assert RequestValidator(TOKEN).validate(
        f"{PUBLIC}/sms", asked.form, asked.headers["x-twilio-signature"]
    )
    inbound, reply = box.network.messages
    assert (inbound.direction, inbound.status) == ("inbound", "received")
    assert (reply.direction, reply.to) == ("outbound-reply", WORKER)


async def test_the_same_text_again_and_again() -> None:
    box = Box({"/sms": THANKS})
    sid = "SM" + "a" * 32
    got = await box.network.text(WORKER, LINE, "x", message_sid=sid, times=3)
    assert len(got) == 1, "the phone gets one answer"
    assert [form["MessageSid"] for form in box.service.to("/sms")] == [sid] * 3


@pytest.mark.parametrize("word", ["STOP", " stop ", "End", "cancel", "QUIT"])
async def test_who_says_stop_hears_no_more_until_start(word: str) -> None:
    box = Box({"/sms": THANKS})
    (canned,) = await box.network.text(WORKER, LINE, word)
    assert canned.startswith("You have successfully been unsubscribed")
    assert (WORKER, LINE) in box.network.opted_out
    assert await box.network.text(WORKER, LINE, "hello?") == []
    assert len(box.service.to("/sms")) == 2, "the service hears it all the same"
    back = await box.network.text(WORKER, LINE, "START")
    assert back[1:] == ["আপনার বার্তা পেয়েছি"]


async def test_help_is_answered_by_the_carrier_first() -> None:
    box = Box({"/sms": THANKS})
    canned, ours = await box.network.text(WORKER, LINE, "HELP")
    assert canned.startswith("Reply STOP")
    assert ours == "আপনার বার্তা পেয়েছি"


async def test_a_sentence_with_stop_in_it_is_no_keyword() -> None:
    box = Box({"/sms": THANKS})
    assert await box.network.text(WORKER, LINE, "please stop him") == [
        "আপনার বার্তা পেয়েছি"
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param((500, "text/xml", b""), "11200", id="a-500"),
        pytest.param(response("<Say>hi</Say>"), "12200", id="a-voice"),
        pytest.param((200, "application/json", b"{}"), "12300", id="json"),
    ],
)
async def test_a_bad_answer_goes_to_the_fallback(answer, code: str) -> None:
    box = Box({"/sms": answer, "/help": THANKS}, fallback=f"{PUBLIC}/help")
    assert await box.network.text(WORKER, LINE, "x") == ["আপনার বার্তা পেয়েছি"]
    (form,) = box.service.to("/help")
    assert (form["ErrorCode"], form["ErrorUrl"]) == (code, f"{PUBLIC}/sms")
    assert form["MessageSid"] == box.service.to("/sms")[0]["MessageSid"]


async def test_without_a_fallback_nothing_more_is_done() -> None:
    box = Box({"/sms": (500, "text/xml", b"")})
    assert await box.network.text(WORKER, LINE, "x") == []
    assert any("error 11200" in note for note in box.notes)


async def test_a_reply_reaches_the_phone_a_little_later() -> None:
    box, reached = Box({"/sms": THANKS}), []

    async def arrive(text) -> None:
        reached.append((text.to, text.body, text.status))

    box.network.on_text = arrive
    await box.network.text(WORKER, LINE, "x")
    assert reached == []
    await box.clock.drain()
    assert reached == [(WORKER, "আপনার বার্তা পেয়েছি", "delivered")]


async def test_a_text_that_is_lost_reaches_nobody() -> None:
    box = Box({"/sms": THANKS}, Fault(kind=Kind.LOST, path="/sms"))
    assert await box.network.text(WORKER, LINE, "x") == []
    assert box.service.asked == []
    assert box.network.messages[0].status == "received", "the carrier has it"
