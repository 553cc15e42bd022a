"""A front door with real layers and made-up actions behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from twilio.request_validator import RequestValidator

from app.actions.take_turn import Answer, HeardText, Render
from app.channels.form import read_form
from app.channels.signature import Verifier
from app.channels.sms.render import twiml
from app.channels.sms.routes import SmsDoor, sms_routes
from app.edge.application import bare_application
from app.edge.deps import Parts
from app.edge.metrics import Metrics
from app.runtime.settings import Settings
from app.wording.line import Line

BASE = "https://hotline.example/t"
TOKEN = "a token of the test"
ACCOUNT = "ACe287d7109a5a925f182f0e07fe5b2200"
AT = datetime(2026, 9, 3, 20, 30, tzinfo=UTC)
CAPTURED = Path(__file__).parent / "captured"


class EnglishOnly:
    """A catalogue that says each line as it is written."""

    def render(self, line: Line, _language: str, _zone: ZoneInfo | None = None) -> str:
        return line.message.format_map(line.params)


@dataclass
class Front:
    """The door, and what was asked of the actions behind it."""

    verifier: Verifier
    said: Sequence[str] = ("Noted.",)
    error: Exception | None = None
    owed: bool = True
    heard: list[tuple[str, HeardText]] = field(default_factory=list)
    reports: list[tuple[str, UUID | None, str, str | None]] = field(
        default_factory=list
    )
    is_news: bool = True
    failures: int = 0
    rings: int = 0
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        settings = Settings(
            home=Path(),
            host="127.0.0.1",
            port=8000,
            public_base_url=BASE,
            database_url="",
            redis_url="",
            keys=(),
            pepper=b"",
            cli_may_read=False,
            twilio_account_sid=ACCOUNT,
            twilio_auth_tokens=(TOKEN,),
            twilio_shared_keys={},
            twilio_api_base="",
            twilio_sms_from="",
            smtp_url="",
            sweep_seconds=5.0,
            allow_synthetic_prompts=True,
            signing_key=bytes(32),
        )
        store: Any = object()
        parts = Parts(settings, store, self, self.metrics, now=lambda: AT)
        door = SmsDoor(
            parts, self.verifier, twiml(EnglishOnly()), self.take_turn, self.record
        )
        self.app = bare_application(self.metrics)
        self.app.router.routes.extend(sms_routes(door))

    def ring(self) -> None:
        self.rings += 1

    async def take_turn(
        self,
        store: Any,
        heard: HeardText,
        *,
        provider_id: str,
        render: Render,
        at: datetime,
    ) -> Answer:
        assert at == AT
        if self.error is not None:
            raise self.error
        is_repeat = any(provider_id == known for known, _ in self.heard)
        self.heard.append((provider_id, heard))
        lines = [Line(text) for text in self.said]
        body = render(lines, "en", ZoneInfo("Asia/Dhaka"))
        return Answer(body=body, is_repeat=is_repeat, owed=self.owed)

    async def record(
        self,
        store: Any,
        *,
        provider_id: str,
        owed_id: UUID | None,
        status: str,
        error_code: str | None,
        at: datetime,
    ) -> bool:
        assert at == AT
        self.reports.append((provider_id, owed_id, status, error_code))
        return self.is_news

    async def post(
        self,
        body: bytes,
        *,
        path: str = "/twilio/sms",
        signed: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Post a form; signed as Twilio's library would unless told otherwise."""
        signature = sign(BASE + path, body) if signed is None else signed
        sent = {
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "x-twilio-signature": signature,
            "user-agent": "TwilioProxy/1.1",
            **(headers or {}),
        }
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://inside"
        ) as client:
            return await client.post(path, content=body, headers=sent)

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


class Pairs:
    """A multi-dict as Twilio's library expects one."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __iter__(self) -> Any:
        return iter(name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


def sign(
    url: str, body: bytes, token: str = TOKEN, algorithm: str | None = None
) -> str:
    """Return what Twilio's own library signs this form with."""
    made: str = RequestValidator(token).compute_signature(
        url, Pairs(read_form(body)), algorithm
    )
    return made


def captured(name: str) -> bytes:
    return (CAPTURED / f"{name}.txt").read_bytes().removesuffix(b"\n")


@pytest.fixture
def make_front() -> Callable[..., Front]:
    def make(**kw: Any) -> Front:
        return Front(verifier=Verifier.of(BASE, (TOKEN,)), **kw)

    return make


@pytest.fixture
def front(make_front: Callable[..., Front]) -> Front:
    return make_front()


@pytest.fixture(scope="session")
def pairs() -> Callable[..., Pairs]:
    return Pairs
