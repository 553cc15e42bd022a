"""Real forms in, the whole response out."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import httpx
import pytest

from app.actions.take_turn import HeardText
from app.domain.errors import Busy
from app.edge.limits import LARGEST_BODY
from tests.channels.conftest import CAPTURED, Front, captured, sign

SID = "SMe287d7109a5a925f182f0e07fe5b223b"
MMS = "MM" + SID[2:]
LINE = "+12028831111"
PLAIN = HeardText("+14133881111", LINE, "Msg", "sms", ())
WHATSAPP = replace(PLAIN, channel="whatsapp")
OCTETS = "application/octet-stream"

HEARD = {
    "a_text_with_nineteen_fields": (SID, PLAIN),
    "a_bengali_text": (
        SID,
        replace(PLAIN, sender="+8801712345678", body="আমার তিন মাসের বেতন বাকি \n"),
    ),
    "a_tamil_text_in_two_parts": (
        SID,
        replace(
            PLAIN,
            sender="+919876543210",
            body="மூன்று மாதமாக சம்பளம் தரவில்லை. கேட்டால் வேலையை விட்டு போகச் சொல்கிறார்கள். 481620",
        ),
    ),
    "a_hindi_text_with_an_emoji": (
        SID,
        replace(
            PLAIN,
            sender="+919812345678",
            body="ओवरटाइम का पैसा नहीं मिला 😟 & < > \" '",
        ),
    ),
    "a_text_through_a_messaging_service": (SID, PLAIN),
    "a_text_without_a_body": (SID, replace(PLAIN, body="")),
    "a_text_with_a_blank_body": (SID, replace(PLAIN, body="")),
    "a_text_handed_over_as_base64": (
        SID,
        replace(PLAIN, body="Bannon Explains The World ...\n“The Camp of the Saints"),
    ),
    "two_pictures_and_no_words": (
        MMS,
        replace(PLAIN, body="", media=(f"{OCTETS} cat.jpg", f"{OCTETS} dog.jpg")),
    ),
    "a_voice_note_on_whatsapp": (
        MMS,
        HeardText(
            "+919876543210",
            LINE,
            "",
            "whatsapp",
            (
                "audio/ogg https://api.twilio.com/2010-04-01/Accounts/AC0/Messages"
                "/MM0/Media/ME0",
            ),
        ),
    ),
    "a_whatsapp_text": (SID, WHATSAPP),
    "a_whatsapp_text_without_a_number": (
        SID,
        replace(WHATSAPP, sender="whatsapp:US.1234"),
    ),
    "a_whatsapp_text_whose_sender_lost_the_prefix": (SID, WHATSAPP),
    "a_whatsapp_answer_to_a_message_of_ours": (SID, replace(WHATSAPP, body="Confirm")),
    "a_whatsapp_place": (
        SID,
        replace(
            WHATSAPP,
            body="",
            place="Gate 2 Gazipur Road, Gazipur 23.8103, 90.4125",
        ),
    ),
    "a_whatsapp_choice_from_a_list": (SID, replace(WHATSAPP, body="Wages")),
    "a_whatsapp_text_with_a_hidden_number": (
        SID,
        replace(WHATSAPP, sender="whatsapp:IN.ENT.9081726354"),
    ),
    "a_whatsapp_text_that_knows_both": (SID, WHATSAPP),
    "a_whatsapp_button": (SID, replace(WHATSAPP, body="Confirm")),
    "a_withheld_number": (SID, replace(PLAIN, sender=None)),
    "a_withheld_number_on_a_keypad": (SID, replace(PLAIN, sender=None)),
    "a_short_code": (SID, replace(PLAIN, sender=None)),
    "a_name_for_a_number": (SID, replace(PLAIN, sender=None)),
    "a_platform_that_sends_uuids": (
        "019a9d21-69a0-7000-85c5-5f26b6333b45",
        replace(PLAIN, sender="+8801712345678"),
    ),
}
WHOLE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<Response><Message>Noted.</Message></Response>"
)
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def test_every_captured_form_is_replayed() -> None:
    assert {path.stem for path in CAPTURED.glob("*.txt")} == set(HEARD)


@pytest.mark.parametrize("name", sorted(HEARD))
@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/sms/fallback"])
async def test_a_real_form_is_heard_and_answered(
    front: Front, name: str, path: str
) -> None:
    answer = await front.post(captured(name), path=path)
    assert (answer.status_code, answer.text) == (200, WHOLE)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert front.heard == [HEARD[name]]
    assert front.rings == 1


async def test_the_fallback_adds_what_went_wrong(front: Front) -> None:
    body = captured("a_text_with_nineteen_fields")
    body += b"&ErrorCode=11200&ErrorUrl=https%3A%2F%2Fhotline.example%2Ft%2Ftwilio"
    answer = await front.post(body, path="/twilio/sms/fallback")
    assert answer.status_code == 200
    assert front.heard == [(SID, PLAIN)]


async def test_nothing_to_say_is_an_empty_document(
    make_front: Callable[..., Front],
) -> None:
    front = make_front(said=(), owed=False)
    answer = await front.post(captured("a_text_with_nineteen_fields"))
    assert (answer.status_code, answer.text) == (200, NOTHING)
    assert front.rings == 0


async def test_three_lines_are_three_messages_and_still_xml(
    make_front: Callable[..., Front],
) -> None:
    front = make_front(said=("a & b", "\x00\x08<1>\ufffe", "বেতন 😟"))
    answer = await front.post(captured("a_text_with_nineteen_fields"))
    said = [m.text for m in ET.fromstring(answer.content).findall("Message")]
    assert said == ["a & b", "<1>", "বেতন 😟"]


async def test_a_repeat_is_counted_apart(front: Front) -> None:
    for _ in range(3):
        await front.post(captured("a_text_with_nineteen_fields"))
    assert front.counted("threadline_turns_total", channel="sms") == 1
    assert front.counted("threadline_repeats_total", channel="sms") == 2
    assert front.counted("threadline_contacts_total", kind="case") == 1


async def test_a_store_that_is_away_asks_to_come_again(
    make_front: Callable[..., Front],
) -> None:
    front = make_front(error=Busy("CannotConnectNowError"))
    answer = await front.post(captured("a_text_with_nineteen_fields"))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "CannotConnect" not in answer.text


@pytest.mark.parametrize("name", sorted(HEARD))
@pytest.mark.parametrize(
    "signature", ["", "invalidsig", "mzU29L2HfyXD7mqChB/zIotX/EE="]
)
async def test_unsigned_gets_403_and_leaves_a_counter(
    front: Front, name: str, signature: str
) -> None:
    answer = await front.post(captured(name), signed=signature)
    assert (answer.status_code, answer.content) == (403, b"")
    assert not front.heard
    refused = front.counted("threadline_signatures_refused_total", route="/twilio/sms")
    assert refused == 1


async def test_one_addresss_signature_does_not_open_another(front: Front) -> None:
    body = captured("a_text_with_nineteen_fields")
    signature = sign("https://hotline.example/t/twilio/sms", body)
    assert (await front.post(body, signed=signature)).status_code == 200
    for path in ("/twilio/sms/fallback", "/twilio/sms/status", "/twilio/sms?a=b"):
        answer = await front.post(body, path=path, signed=signature)
        assert answer.status_code == 403, path


async def test_a_query_is_signed_as_it_was_sent(front: Front) -> None:
    body = captured("a_text_with_nineteen_fields")
    answer = await front.post(body, path="/twilio/sms?b=%2F&a=%E0%A6%95&b=")
    assert answer.status_code == 200


async def test_a_get_is_not_a_text(front: Front) -> None:
    transport = httpx.ASGITransport(app=front.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.get("/twilio/sms")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_megabyte_is_refused_before_anybody_reads_it(front: Front) -> None:
    body = b"Body=" + b"a" * LARGEST_BODY
    assert (await front.post(body, signed="x")).status_code == 413
    assert (await front.post(body)).status_code == 413
    assert not front.heard


async def test_a_signed_json_body_is_unfit_and_an_unsigned_one_is_nobodys(
    front: Front,
) -> None:
    body = b'{"Body":"x"}'
    path = f"/twilio/sms?bodySHA256={sha256(body).hexdigest()}"
    signature = sign(f"https://hotline.example/t{path}", b"")
    kind = {"content-type": "application/json"}
    good = await front.post(body, path=path, signed=signature, headers=kind)
    bad = await front.post(body + b" ", path=path, signed=signature, headers=kind)
    assert (good.status_code, bad.status_code) == (400, 403)
    assert not front.heard


STATUS = f"ErrorCode=21610&MessageSid={SID}&MessageStatus=failed&To=%2B12028831111"
OURS = "&AccountSid=ACe287d7109a5a925f182f0e07fe5b2200"
OWED = "019a0719-ac96-7eb9-a837-cac215164834"


@pytest.mark.parametrize(
    ("form", "query", "report"),
    [
        pytest.param(
            STATUS + OURS, "", (SID, None, "failed", "21610"), id="stopped-contact"
        ),
        pytest.param(
            f"MessageSid={SID}&MessageStatus=delivered&ErrorCode={OURS}",
            f"?m={OWED}",
            (SID, OWED, "delivered", None),
            id="delivered-with-the-owed-id",
        ),
        pytest.param(
            f"MessageSid={SID}&SmsStatus=read{OURS}",
            "?m=asdf",
            (SID, None, "read", None),
            id="an-owed-id-that-is-none",
        ),
    ],
)
@pytest.mark.parametrize("is_news", [True, False])
async def test_a_delivery_report_is_recorded(
    make_front: Callable[..., Front],
    form: str,
    query: str,
    report: tuple[str, str | None, str, str | None],
    is_news: bool,
) -> None:
    front = make_front(is_news=is_news)
    answer = await front.post(form.encode(), path="/twilio/sms/status" + query)
    assert (answer.status_code, answer.content) == (204, b"")
    provider_id, owed, status, code = report
    assert front.reports == [(provider_id, owed and UUID(owed), status, code)]
    outcome = "noted" if is_news else "ignored"
    counted = front.counted("threadline_delivery_reports_total", outcome=outcome)
    assert counted == 1


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(STATUS, id="nobodys-account"),
        pytest.param(f"MessageSid={SID}&MessageStatus=huh{OURS}", id="unknown-status"),
        pytest.param(f"MessageSid={SID}{OURS}", id="no-status"),
        pytest.param(f"MessageStatus=sent{OURS}", id="no-message"),
        pytest.param(
            f"MessageSid={SID}&MessageStatus=failed&ErrorCode=x{OURS}",
            id="a-code-that-is-none",
        ),
    ],
)
async def test_an_unfit_report_is_400(front: Front, form: str) -> None:
    answer = await front.post(form.encode(), path="/twilio/sms/status")
    assert answer.status_code == 400
    assert not front.reports
