"""A dialect with a service that keeps what it was asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from app.simulator.carrier.faults import Fault, FaultPlan
from app.simulator.dialects.dialect import Dialect
from app.simulator.dialects.known import DIALECTS
from app.simulator.dialects.wires import Setup

PUBLIC = "https://hotline.example"
API = "https://carrier.example"
LINE, WORKER, INDIAN = "+15550100880", "+8801555010001", "+919876543210"
AT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
BENGALI = "৪৮২১৭০ তিন মাস টাকা পাই না"

ACCOUNTS: dict[str, dict[str, str]] = {
    "exotel": {"sid": "threadline1", "key": "k", "token": "t"},
    "infobip": {"key": "k"},
    "jasmin": {"user": "u", "password": "p"},
    "kannel": {"user": "u", "password": "p", "max_messages": "6"},
    "somleng": {"sid": "1b2ce123-cffc-4188-bdb6-d6a76ab10cf1", "token": "t"},
    "sslwireless": {"token": "t", "sid": "THREADLINE"},
    "whatsapp": {"sid": "AC" + "0" * 32, "token": "t"},
}
TEXTS = {
    "kannel": f"{PUBLIC}/sms/kannel?id=%I&from=%p&to=%P&charset=%C&text=%a",
}


@dataclass
class Service:
    """Answers each path from the front of its list, and its last one for ever."""

    answers: dict[str, list[httpx.Response | Exception]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    usual: bytes = b""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        waiting = self.answers.get(
            request.url.path, [httpx.Response(200, content=self.usual)]
        )
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content
        )


class Box:
    """One dialect, its service, and a client of its API."""

    def __init__(
        self,
        name: str,
        *faults: Fault,
        texts_url: str = "",
        calls_url: str = "",
        **account: str,
    ) -> None:
        self.service = Service(usual=b"ACK/Jasmin" if name == "jasmin" else b"")
        setup = Setup(
            client=httpx.AsyncClient(transport=httpx.MockTransport(self.service)),
            public_base_url=PUBLIC,
            texts_url=texts_url or TEXTS.get(name, f"{PUBLIC}/sms/{name}/k/secret"),
            calls_url=calls_url or f"{PUBLIC}/calls/{name}/k/secret",
            account={**ACCOUNTS[name], **account},
            plan=FaultPlan(faults),
            pace=0.0,
            now=lambda: AT,
        )
        self.carrier: Dialect = DIALECTS[name](setup)

    async def ask(self, method: str, path: str, **asked: Any) -> httpx.Response:
        """Ask the carrier's API."""
        transport = httpx.ASGITransport(app=self.carrier.rest)
        async with httpx.AsyncClient(transport=transport, base_url=API) as client:
            return await client.request(method, path, **asked)
