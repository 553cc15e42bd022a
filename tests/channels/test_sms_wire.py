"""Signed, but not what it must be: nothing of it is heard."""

from base64 import b64encode
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest

from app.channels.address import Address, read_address
from app.channels.form import read_form
from app.channels.signature import signed_text
from app.channels.sms.body import clean_body
from app.channels.sms.wire import read_text
from app.domain.errors import BadInput
from tests.channels.conftest import ACCOUNT, Front, captured

SID = "SMe287d7109a5a925f182f0e07fe5b223b"
FAKE = "SM" + "0" * 32
REAL = dict(parse_qsl(captured("a_text_with_nineteen_fields").decode(), True))
PHONE = "+8801712345678"


def with_(**changed: str) -> dict[str, str]:
    return {**REAL, **changed}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in REAL.items() if name not in names}


UNFIT = {
    "the-body-swallowed-the-sender": {
        **without("Body", "From"),
        "Body": "MsgFrom" + REAL["From"],
    },
    "the-sender-swallowed-the-message-id": {
        **without("From", "MessageSid"),
        "From": REAL["From"] + "MessageSid",
        SID: "",
    },
    "the-message-ids-first-letter-went-into-its-name": {
        **without("MessageSid"),
        "MessageSidS": SID[1:],
    },
    "no-message-id": without("MessageSid"),
    "no-sender": without("From"),
    "no-line": without("To"),
    "no-account": without("AccountSid"),
    "another-account": with_(AccountSid="AC" + "1" * 32),
    "our-account-and-more": with_(AccountSid=ACCOUNT + "x"),
    "a-short-message-id": with_(MessageSid=SID[:-1]),
    "a-long-message-id": with_(MessageSid=SID + "0"),
    "a-message-id-and-a-line-feed": with_(MessageSid=SID + "\n"),
    "a-message-id-in-capitals": with_(MessageSid=SID.upper()),
    "a-call": with_(MessageSid="CA" + SID[2:]),
    "its-older-names-say-another-id": with_(SmsMessageSid=FAKE),
    "a-number-with-letters": with_(From="+88017abc"),
    "a-name-too-long-for-one": with_(From="Somebody Or Another"),
    "a-number-with-a-line-feed": with_(From=PHONE + "\n"),
    "digits-of-another-script": with_(From="+৮৮০১৭১২৩৪৫৬৭৮"),
    "a-blank-line": with_(To=""),
    "less-than-no-media": with_(NumMedia="-1"),
    "more-media-than-there-can-be": with_(NumMedia="999"),
    "eleven-media": with_(NumMedia="11"),
    "media-in-words": with_(NumMedia="one"),
    "media-in-another-script": with_(NumMedia="১"),
    "a-medium-that-is-not-there": with_(NumMedia="1"),
    "a-medium-with-a-space": with_(NumMedia="1", MediaUrl0="https://a b"),
    "a-field-without-a-name": with_(**{"": "x"}),
    "a-field-name-with-a-hyphen": with_(**{"Body-Extra": "x"}),
    "a-field-name-in-bengali": with_(বেতন="x"),
    "a-field-name-that-is-too-long": with_(**{"A" * 65: "x"}),
}


@pytest.mark.parametrize("form", UNFIT.values(), ids=UNFIT.keys())
async def test_a_signed_but_unfit_form_is_400(
    front: Front, form: dict[str, str]
) -> None:
    answer = await front.post(urlencode(form).encode())
    assert answer.status_code == 400
    assert answer.text.endswith("<Response/>")
    assert not front.heard
    assert front.counted("threadline_forms_unfit_total", route="/twilio/sms") == 1


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(f"&MessageSid={FAKE}", id="another-message-id"),
        pytest.param(f"&MessageSid={SID}", id="the-same-message-id"),
        pytest.param("&From=%2B8801799999999", id="another-sender"),
        pytest.param("&Body=more", id="another-body"),
        pytest.param("&AccountSid=", id="a-blank-account"),
        pytest.param("&ToCity=", id="an-equal-pair-that-the-signature-ignores"),
        pytest.param("&MediaUrl0=a&MediaUrl0=b", id="two-addresses-of-a-medium"),
    ],
)
async def test_a_field_that_comes_twice_is_400(front: Front, again: str) -> None:
    body = captured("a_text_with_nineteen_fields") + again.encode()
    assert (await front.post(body)).status_code == 400
    assert not front.heard


async def test_unknown_fields_are_welcome_even_repeated(front: Front) -> None:
    body = captured("a_text_with_nineteen_fields") + b"&New=1&New=2&Other_1=%00"
    assert (await front.post(body)).status_code == 200


def test_a_text_that_holds_a_form_cannot_be_cut_into_another() -> None:
    """Whoever writes a form into a text and sees it signed has two to choose of."""
    forged = f"hiFrom+8801555555555MessageSid{FAKE}NumMedia0To{REAL['To']}Zz"
    sent = {**without("SmsMessageSid", "SmsSid"), "Body": forged}
    tail = signed_text(tuple(sent.items())).split("Zz", 1)[1]
    cut = (
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("Body", "hi"),
        ("From", "+8801555555555"),
        ("MessageSid", FAKE),
        ("NumMedia", "0"),
        ("To", REAL["To"]),
        ("Zz", tail),
    )
    assert signed_text(cut) == signed_text(tuple(sent.items()))
    for fields in (cut, tuple(sent.items())):
        with pytest.raises(BadInput, match="twice"):
            read_text(fields, account_sid=ACCOUNT)


def test_a_refusal_never_repeats_a_value() -> None:
    form = with_(From="+88017SECRET", Body="SECRET", NumMedia="SECRET")
    with pytest.raises(BadInput) as refused:
        read_text(tuple(form.items()), account_sid=ACCOUNT)
    assert "SECRET" not in str(refused.value)


TO = "+12028831111"


@pytest.mark.parametrize(
    ("given", "to", "address"),
    [
        pytest.param(PHONE, TO, (PHONE, TO, "sms"), id="e164"),
        pytest.param(
            " 8801712345678", " 12028831111", (PHONE, TO, "sms"), id="a-plus-unescaped"
        ),
        pytest.param("8801712345678", TO, (PHONE, TO, "sms"), id="a-plus-left-out"),
        pytest.param("01712345678", TO, (None, TO, "sms"), id="a-local-number"),
        pytest.param("9876543210", TO, (None, TO, "sms"), id="ten-digits"),
        pytest.param("", TO, (None, TO, "sms"), id="blank"),
        pytest.param("Anonymous", TO, (None, TO, "sms"), id="anonymous"),
        pytest.param("RESTRICTED", TO, (None, TO, "sms"), id="restricted"),
        pytest.param("Unknown", TO, (None, TO, "sms"), id="unknown"),
        pytest.param("+7378742833", TO, (None, TO, "sms"), id="restricted-in-digits"),
        pytest.param("+86282452253", TO, (None, TO, "sms"), id="unavailable-in-digits"),
        pytest.param("86282452253", TO, (None, TO, "sms"), id="and-without-the-plus"),
        pytest.param("VK-AIRTEL", "56161", (None, "56161", "sms"), id="a-name"),
        pytest.param(
            f"whatsapp:{PHONE}",
            f"whatsapp:{TO}",
            (PHONE, TO, "whatsapp"),
            id="whatsapp",
        ),
        pytest.param(
            "whatsapp: 8801712345678", TO, (PHONE, TO, "whatsapp"), id="its-plus-too"
        ),
        pytest.param(
            "IN.9aZ", f"whatsapp:{TO}", ("whatsapp:IN.9aZ", TO, "whatsapp"), id="an-id"
        ),
        pytest.param("IN.9aZ", TO, (None, TO, "sms"), id="not-an-id-in-a-text"),
    ],
)
def test_who_wrote_on_which_line(
    given: str, to: str, address: tuple[str | None, str, str]
) -> None:
    assert read_address(given, to) == Address(*address)


BENGALI = "আমার তিন মাসের বেতন বাকি, সুপারভাইজার বলে পরে দেবে"


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        pytest.param(" late pay \n", " late pay \n", id="spaces-are-the-workers"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line-ends"),
        pytest.param("a\x00b\x07c\x1b[0m\x85", "abc[0m", id="controls"),
        pytest.param("ক্‍ষ\u200c\u202e😟", "ক্‍ষ\u200c\u202e😟", id="joiners-and-marks"),
        pytest.param(base64(BENGALI), BENGALI, id="base64-of-bengali"),
        pytest.param(
            base64("வேலை நேரம் மிக அதிகம் இங்கே"),
            "வேலை நேரம் மிக அதிகம் இங்கே",
            id="base64-of-tamil",
        ),
        pytest.param(base64("late pay"), base64("late pay"), id="too-short-for-it"),
        pytest.param(base64("Привет " * 9), base64("Привет " * 9), id="another-script"),
        pytest.param("A" * 64, "A" * 64, id="decodes-to-nul"),
        pytest.param("a" * 64, "a" * 64, id="decodes-to-no-text"),
        pytest.param("abcd " * 16, "abcd " * 16, id="words-with-spaces"),
        pytest.param(base64(BENGALI) + "\n", base64(BENGALI) + "\n", id="a-line-feed"),
    ],
)
def test_what_is_kept_of_a_text(raw: str, kept: str) -> None:
    assert clean_body(raw) == kept


@pytest.mark.parametrize(
    "body",
    [
        "a=1&b=&c&=d&a=1&&",
        "a=%E0%A6%95+%2B&b=%FF%zz%&c=%ED%A0%80&d=%00",
        f"a={quote_plus(BENGALI)}",
        "",
    ],
)
def test_a_form_is_read_as_the_standard_library_reads_it(body: str) -> None:
    read = parse_qsl(body, keep_blank_values=True, errors="replace")
    assert list(read_form(body.encode())) == [pair for pair in read if any(pair)]
