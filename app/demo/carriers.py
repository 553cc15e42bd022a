"""The demo's carriers beside Twilio: simulated, on its own web process.

Each has made-up variables, and a line of its own in the demo's programme.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx
from starlette.routing import Mount

from app.carriers.shelf import on_shelf
from app.demo.places import CARRIER_LINES
from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.runtime.settings import Settings
from app.simulator.dialects.agreed import account_of, calls_url, texts_url
from app.simulator.dialects.dialect import Dialect
from app.simulator.dialects.known import BESIDE_TWILIO, DIALECTS
from app.simulator.dialects.wires import Landed, Setup

PATH = "/demo/carriers"
_PURPOSE = b"threadline|demo carriers|1"
_PACE = 0.3  # seconds of ours that one of the carriers' takes
_LOOK = 0.1  # seconds between two looks at what arrived


@dataclass(frozen=True, slots=True)
class Choice:
    """One carrier that a demo phone may write through."""

    name: str
    title: str
    line: str


def made_up(settings: Settings, url: str) -> dict[str, str]:
    """Return variables by which the demo's processes know their carriers.

    They follow from the home's own secrets, so that every process and verb
    of this demo makes the same ones, and nobody else does.
    """
    made = {"SMS_PROVIDERS": " ".join(BESIDE_TWILIO)}
    for name in BESIDE_TWILIO:
        secret = hmac.digest(settings.pepper, _PURPOSE + name.encode(), hashlib.sha256)
        given = {
            "API_BASE": f"{url}{PATH}/{name}",
            "ACCOUNT_SID": str(UUID(bytes=secret[:16], version=4)),
            "SENDER": "THRDLN" if name == "exotel" else "Threadline",
            "FROM": CARRIER_LINES.get(("bd", name), ""),
            "SID": "THREADLINE",
            "USER": "demo",
            "ENTITY_ID": "1101000000000000001",
        }
        for variable in ("SECRET", "API_KEY", "API_TOKEN", "AUTH_TOKEN"):
            given[variable] = secret.hex()
        given["PASSWORD"] = secret.hex()[:8]  # as short as SMPP's are
        carrier = on_shelf()[name]
        wanted = {*carrier.variables, *carrier.defaults}
        made |= {
            f"SMS_{name.upper()}_{variable}": value
            for variable, value in given.items()
            if variable in wanted
        }
    return made


@dataclass(slots=True)
class DemoCarriers:
    """Every simulated carrier, and what they brought to the demo's phones."""

    carriers: Mapping[str, Dialect]
    arrived: list[Landed]
    # A browser remembers how much it has seen of one life of this process.
    life: str = field(default_factory=lambda: secrets.token_hex(4))

    @classmethod
    def of(
        cls,
        settings: Settings,
        client: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
    ) -> "DemoCarriers":
        """Return those carriers that this demo has variables of."""
        arrived: list[Landed] = []
        found = {
            name: dialect_of(name, settings, client, now=now, arrived=arrived)
            for name in settings.sms_providers
            if name in BESIDE_TWILIO
        }
        return cls(found, arrived)

    def choices(self, phone: str, directory: Directory) -> list[Choice]:
        """Return through whom a phone may write, by the lines that there are."""
        return [
            Choice(name, on_shelf()[name].title, line)
            for (place, name), line in CARRIER_LINES.items()
            if place == phone and name in self.carriers and line in directory.numbers
        ]

    async def text(self, name: str, phone: str, number: str, body: str) -> None:
        """Write by that carrier from `number`, a phone of the place `phone`."""
        line = CARRIER_LINES.get((phone, name))
        if line is None or name not in self.carriers:
            raise BadInput("there is no such carrier")
        await self.carriers[name].text(number, line, body)

    async def texts(self, number: str, after: int, wait: float) -> list[str]:
        """Return what came to a phone after so many texts, and wait for the first."""
        for _ in range(max(1, round(wait / _LOOK))):
            found = [one.text for one in self.arrived if one.phone == number][after:]
            if found:
                return found
            if wait:
                await asyncio.sleep(_LOOK)
        return []

    def mounts(self) -> Sequence[Mount]:
        """Return the carriers' own addresses."""
        return [
            Mount(f"{PATH}/{name}", app=carrier.rest)
            for name, carrier in self.carriers.items()
        ]


def dialect_of(
    name: str,
    settings: Settings,
    client: httpx.AsyncClient,
    *,
    now: Callable[[], datetime],
    arrived: list[Landed] | None = None,
) -> Dialect:
    """Return a simulated carrier that knows this service; its ids are new ones."""
    variables = settings.sms_variables.get(name, {})
    public = settings.public_base_url
    return DIALECTS[name](
        Setup(
            client=client,
            public_base_url=public,
            texts_url=texts_url(name, public, variables),
            calls_url=calls_url(name, public, variables),
            account=account_of(name, variables),
            seed=secrets.randbits(64),
            pace=_PACE,
            tries_again=False,
            now=now,
            arrived=[] if arrived is None else arrived,
        )
    )


async def texts_at(
    client: httpx.AsyncClient, number: str, *, after: int = 0, patience: float = 0.0
) -> list[str]:
    """Ask a demo what came to any phone; with patience until no more comes."""
    found: list[str] = []
    while True:
        asked: dict[str, str | int] = {
            "number": number,
            "after": after + len(found),
            "wait": int(patience),
        }
        answer = await client.get("/demo/texts", params=asked, timeout=15)
        new: list[str] = answer.json()["texts"] if answer.is_success else []
        found += new
        if not new or not patience:
            return found
        patience = 4.0  # the next is due a moment after the one before it
