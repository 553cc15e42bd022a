"""Simulated carriers on a port of their own, for processes that are killed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from app.runtime.clock import now
from app.simulator.carrier.faults import Fault, FaultPlan, Kind
from app.simulator.dialects.agreed import account_of, texts_url
from app.simulator.dialects.dialect import Dialect
from app.simulator.dialects.known import DIALECTS
from app.simulator.dialects.wires import Landed, Setup
from app.simulator.phone import NotAnswered
from tests.chaos.processes import BASE

SECRET = "a-secret-of-the-tests-of-chaos"
VARIABLES = {
    "exotel": {
        "ACCOUNT_SID": "threadline1",
        "API_KEY": "key",
        "API_TOKEN": "token",
        "SENDER": "THRDLN",
        "ENTITY_ID": "1101000000000000001",
        "SECRET": SECRET,
    },
    "infobip": {"API_KEY": "key", "SECRET": SECRET},
    "jasmin": {"USER": "threadline", "PASSWORD": "word", "SECRET": SECRET},
    "kannel": {"USER": "threadline", "PASSWORD": "word", "SECRET": SECRET},
}
# Everything at once that can go wrong on the way in and on the way out.
STORM = FaultPlan(
    (
        Fault(kind=Kind.TWICE, share=0.2, path="/sms/*"),
        Fault(kind=Kind.TWICE_AT_ONCE, share=0.3, path="/sms/*"),
        Fault(kind=Kind.ANSWER_LOST, share=0.2, path="/sms/*", first=1),
        Fault(kind=Kind.TIMES_OUT, share=0.1),
        Fault(kind=Kind.DONE_BUT_ERROR, share=0.1),
        Fault(kind=Kind.TOO_MANY, share=0.1),
        Fault(kind=Kind.EARLY, share=0.1),
        Fault(kind=Kind.NEVER, share=0.3),
        Fault(kind=Kind.LATE, share=0.2, seconds=20),
    )
)
PACE = 0.05  # the carriers wait for a twentieth of what their papers say


def environment_of(port: int) -> dict[str, str]:
    """Return what the service is told of the carriers."""
    made = {"SMS_PROVIDERS": " ".join(VARIABLES), "SMS_ROUTES": "*:twilio"}
    for name, variables in VARIABLES.items():
        given = variables | {"API_BASE": f"http://127.0.0.1:{port}/{name}"}
        made |= {f"SMS_{name.upper()}_{each}": value for each, value in given.items()}
    return made


@dataclass(frozen=True)
class Carriers:
    """The carriers by name, and what came to all phones."""

    by_name: dict[str, Dialect]
    arrived: list[Landed]

    async def text(self, name: str, phone: str, line: str, text: str, id: str) -> None:
        """Hand a text over for as long as nobody takes it."""
        while True:
            try:
                await self.by_name[name].text(phone, line, text, message_id=id)
            except NotAnswered:
                await asyncio.sleep(0.3)
            else:
                return

    async def settle(self) -> None:
        for carrier in self.by_name.values():
            await carrier.settle()


@asynccontextmanager
async def carriers(service: str, listener: socket.socket) -> AsyncIterator[Carriers]:
    """Serve every carrier's API; they post to the service at that address."""
    arrived: list[Landed] = []
    async with httpx.AsyncClient(base_url=service) as client:
        found = {
            name: DIALECTS[name](
                Setup(
                    client=client,
                    public_base_url=BASE,
                    texts_url=texts_url(name, BASE, variables),
                    account=account_of(name, variables),
                    plan=STORM,
                    seed=8,
                    pace=PACE,
                    now=now,
                    arrived=arrived,
                )
            )
            for name, variables in VARIABLES.items()
        }
        mounts = [Mount(f"/{name}", app=each.rest) for name, each in found.items()]
        config = uvicorn.Config(Starlette(routes=mounts), log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
            await asyncio.sleep(0.01)
        yield Carriers(found, arrived)
        for each in found.values():
            each.stop()
        server.should_exit = True
        await serving
