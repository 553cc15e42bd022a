"""A network in a box with a service that answers by a table of paths."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
from twilio.rest import Client

from app.gateways.twilio_http import HttpxTwilio
from app.simulator.carrier.clock import VirtualClock
from app.simulator.carrier.faults import Fault, FaultPlan
from app.simulator.carrier.network import Network, NumberConfig

ACCOUNT = "AC" + "0" * 32
TOKEN = "6789"
PUBLIC = "https://hotline.example"
LINE = "+15550100880"
WORKER = "+8801555010001"
START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)

Reply = str | tuple[int, str, bytes] | list[Any] | Callable[[dict[str, str]], Any]


@dataclass(frozen=True)
class Asked:
    """One webhook as it arrived."""

    method: str
    path: str
    query: str
    form: dict[str, str]
    headers: dict[str, str]
    at: datetime

    @property
    def url(self) -> str:
        return PUBLIC + self.path + (f"?{self.query}" if self.query else "")


@dataclass
class Service:
    """Answers `<Response/>` where the table has nothing for a path.

    A list is answered from its front, and its last one for ever.
    """

    clock: VirtualClock
    answers: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def to(self, path: str) -> list[dict[str, str]]:
        """Return the forms that were posted to a path."""
        return [asked.form for asked in self.asked if asked.path == path]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        raw = request.content if request.method == "POST" else request.url.query
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        path, query = request.url.path, request.url.query.decode()
        headers = dict(request.headers)
        self.asked.append(
            Asked(request.method, path, query, form, headers, self.clock.now())
        )
        return self._response(self.answers.get(path, "<Response/>"), form)

    def _response(self, reply: Any, form: dict[str, str]) -> httpx.Response:
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if callable(reply):
            reply = reply(form)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            reply = (200, "text/xml; charset=utf-8", reply.encode())
        status, content_type, body = reply
        headers = {"content-type": content_type} if content_type else {}
        return httpx.Response(status, headers=headers, content=body)


class Box:
    """A network, a service and a clock, joined."""

    def __init__(
        self,
        answers: dict[str, Reply] | None = None,
        *faults: Fault,
        seed: int = 0,
        voice_url: str = f"{PUBLIC}/voice",
        fallback: str = "",
        length_of: Callable[[str], float] | None = None,
        **clock: Any,
    ) -> None:
        self.clock = VirtualClock(START, **clock)
        self.service = Service(self.clock, answers or {})
        self.network = Network(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            client=httpx.AsyncClient(transport=httpx.MockTransport(self.service)),
            public_base_url=PUBLIC,
            clock=self.clock,
            seed=seed,
            faults=FaultPlan(faults),
            length_of=length_of,
        )
        self.network.numbers[LINE] = NumberConfig(
            voice_url=voice_url,
            voice_fallback_url=fallback,
            status_callback=f"{PUBLIC}/status",
            sms_url=f"{PUBLIC}/sms",
            sms_fallback_url=fallback,
        )

    @property
    def elapsed(self) -> float:
        """Seconds of virtual time since the box was opened."""
        return (self.clock.now() - START).total_seconds()

    @property
    def notes(self) -> list[str]:
        return [what for _, what in self.network.log]


def response(*verbs: str) -> str:
    return f"<Response>{''.join(verbs)}</Response>"


def sdk(box: Box, token: str = TOKEN) -> Client:
    transport = httpx.ASGITransport(box.network.rest)
    http = HttpxTwilio(client=httpx.AsyncClient(transport=transport))
    return Client(ACCOUNT, token, http_client=http)


async def get(box: Box, path: str, **query: str) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(box.network.rest),
        base_url=f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}",
        auth=(ACCOUNT, TOKEN),
    ) as client:
        return await client.get(path, params=query)
