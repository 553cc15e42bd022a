"""`threadline text --provider`: a text as its carrier would hand it over."""

from dataclasses import dataclass, field

import httpx
import pytest

from app.cli.carrier_texts import Texting, by_carrier
from app.domain.errors import Refused
from app.runtime.settings import Settings, read_settings
from app.simulator.phone import NotAnswered

PUBLIC = "http://127.0.0.1:8000"
LINE, PHONE = "+15550100880", "+8801700000001"
SECRET = "a-secret-of-the-door"
_BARE = {
    "PUBLIC_BASE_URL": PUBLIC,
    "THREADLINE_KEYS": "A" * 43 + "=",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
}
_KANNEL = {
    "SMS_PROVIDERS": "kannel infobip",
    "SMS_KANNEL_USER": "u",
    "SMS_KANNEL_PASSWORD": "p",
    "SMS_KANNEL_SECRET": SECRET,
    "SMS_INFOBIP_SECRET": SECRET,
}
ANSWER = {"content-type": "text/plain; charset=utf-8", "x-kannel-coding": "2"}


@dataclass
class Service:
    """A web process: a demo has texts at its phones, one batch a question."""

    status: int = 200
    batches: list[list[str]] | None = None
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/demo/texts":
            if self.batches is None:
                return httpx.Response(404)
            found = []
            if int(request.url.params.get("wait", "0")) and self.batches:
                found = self.batches.pop(0)
            return httpx.Response(200, json={"texts": found})
        self.asked.append(request)
        return httpx.Response(self.status, headers=ANSWER, content="পেয়েছি".encode())


async def text(
    service: Service,
    provider: str,
    *,
    settings: Settings | None = None,
    to: str = "",
    numbers: tuple[str, ...] = (LINE,),
) -> list[str]:
    settings = settings or read_settings({**_BARE, **_KANNEL}, generated=True)
    transport = httpx.MockTransport(service)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        return await by_carrier(
            client, settings, provider, Texting(PHONE, to, "১"), numbers
        )


async def test_what_comes_back_in_the_answer_is_returned() -> None:
    service = Service()
    assert await text(service, "kannel") == ["পেয়েছি"]
    (asked,) = service.asked
    assert asked.url.path == f"/sms/kannel/k/{SECRET}"
    assert asked.url.params["from"] == PHONE
    assert asked.url.params["to"] == LINE


async def test_the_line_that_is_named_is_texted() -> None:
    service = Service()
    await text(service, "kannel", to="+15550999999")
    assert service.asked[0].url.params["to"] == "+15550999999"


async def test_in_a_demo_what_the_carrier_brings_later_is_waited_for() -> None:
    bare = read_settings(_BARE, generated=True)
    service = Service(batches=[["এক"], ["দুই"], []])
    assert await text(service, "infobip", settings=bare) == ["এক", "দুই"]


@pytest.mark.parametrize(
    ("provider", "numbers", "words"),
    [
        pytest.param("jasmin", (LINE,), "not in SMS_PROVIDERS", id="not-in-use"),
        pytest.param("infobip", (LINE,), "SMS_INFOBIP_API_KEY", id="half-set-up"),
        pytest.param("kannel", (), "no hotline number", id="nobody-to-text"),
    ],
)
async def test_what_is_missing_is_named(
    provider: str, numbers: tuple[str, ...], words: str
) -> None:
    service = Service()
    with pytest.raises(Refused, match=words):
        await text(service, provider, numbers=numbers)
    assert service.asked == []


async def test_a_web_process_that_knows_no_such_carrier_is_said_so() -> None:
    with pytest.raises(NotAnswered, match="SMS_PROVIDERS"):
        await text(Service(status=404), "kannel")
