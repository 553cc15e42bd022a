"""The simulated phone posts through the wire and reads TwiML."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.request_validator import RequestValidator

from app.runtime.settings import Settings
from app.simulator.phone import NotAnswered, messages, send_text

TOKEN = "6789"
PUBLIC = "https://hotline.example"
ANSWER = "<Response><Message>আপনার বার্তা পেয়েছি &amp; 7</Message></Response>"


def settings() -> Settings:
    return Settings(
        home=Path("."),
        host="127.0.0.1",
        port=8000,
        public_base_url=PUBLIC,
        database_url="",
        redis_url="",
        keys=(b"k" * 32,),
        pepper=b"p" * 32,
        cli_may_read=False,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_tokens=(TOKEN, "an older one"),
        twilio_shared_keys={},
        twilio_api_base="",
        twilio_sms_from="",
        smtp_url="",
        sweep_seconds=1.0,
        allow_synthetic_prompts=True,
        signing_key=bytes(32),
    )


class Line:
    """A hotline that keeps what it was sent and answers as it is told."""

    def __init__(self, status: int = 200, body: str = ANSWER) -> None:
        self.heard: list[httpx.Request] = []
        self._answer = (status, body)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        status, body = self._answer
        return httpx.Response(status, text=body)

    async def hear(self, body: str, message_sid: str | None = None) -> list[str]:
        transport = httpx.MockTransport(self)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000"
        ) as client:
            return await send_text(
                client,
                settings(),
                "+8801555010001",
                body,
                "+15550100880",
                message_sid=message_sid,
            )


async def test_the_answer_comes_back_as_text() -> None:
    assert await Line().hear("তিন মাস") == ["আপনার বার্তা পেয়েছি & 7"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("482170 তিন মাস ওভারটাইম নেই", id="bengali"),
        pytest.param(" spaces at both ends \n", id="nothing-is-trimmed"),
        pytest.param("a&b=c+d% 😟", id="what-a-form-must-escape"),
        pytest.param("", id="an-empty-text"),
    ],
)
async def test_twilios_own_library_accepts_the_signature(body: str) -> None:
    line = Line()
    await line.hear(body)
    request = line.heard[0]
    form = dict(parse_qsl(request.content.decode("ascii"), keep_blank_values=True))
    assert form["Body"] == body
    assert str(request.url) == "http://127.0.0.1:8000/twilio/sms"
    assert request.headers["user-agent"] == "TwilioProxy/1.1"
    assert RequestValidator(TOKEN).validate(
        f"{PUBLIC}/twilio/sms", form, request.headers["x-twilio-signature"]
    ), "signed for the public address with the current token"


async def test_every_text_has_its_own_id_unless_it_is_a_repeat() -> None:
    line = Line()
    for sid in (None, None, "SM" + "a" * 32):
        await line.hear("x", sid)
    sids = [
        dict(parse_qsl(request.content.decode(), keep_blank_values=True))["MessageSid"]
        for request in line.heard
    ]
    assert all(re.fullmatch("SM[0-9a-f]{32}", sid) for sid in sids)
    assert len(set(sids)) == 3
    assert sids[2] == "SM" + "a" * 32


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        pytest.param(403, "", "PUBLIC_BASE_URL", id="a-refused-signature"),
        pytest.param(400, "", "unfit", id="an-unfit-form"),
        pytest.param(503, "", "503", id="a-hotline-that-fails"),
        pytest.param(200, "OK", "12100", id="plain-text"),
        pytest.param(200, "<Response><Say>hi</Say></Response>", "12200", id="a-voice"),
    ],
)
async def test_a_bad_answer_says_what_to_look_at(
    status: int, body: str, word: str
) -> None:
    with pytest.raises(NotAnswered, match=word) as refused:
        await Line(status, body).hear("a secret story")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("twiml", "texts"),
    [
        pytest.param(b"<Response/>", [], id="silence"),
        pytest.param(
            b"<Response><Message>a</Message><Message><Body>b</Body></Message></Response>",
            ["a", "b"],
            id="two-messages-in-both-shapes",
        ),
    ],
)
def test_messages(twiml: bytes, texts: list[str]) -> None:
    assert messages(twiml) == texts
