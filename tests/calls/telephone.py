"""The service and a carrier in a box, and calls that are written down."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from app.main import build
from app.runtime.settings import Settings
from app.simulator.carrier.caller import Caller
from app.simulator.carrier.clock import VirtualClock
from app.simulator.carrier.faults import FaultPlan
from app.simulator.carrier.leg import Heard
from app.simulator.carrier.network import Network, NumberConfig
from app.store.engine import Store
from app.wording.catalog import Catalog
from app.wording.sounds import Manifest, Sound
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, INDIA_LINE

BASE = "https://hotline.example"
ACCOUNT, TOKEN = "ACe287d7109a5a925f182f0e07fe5b2200", "a token of the test"
EVENING = datetime(2026, 12, 1, 19, 30, tzinfo=ZoneInfo("Asia/Dhaka"))
WORKER = "+8801712345678"
LOCALES = Path(__file__).resolve().parents[2] / "locales"


@cache
def catalog() -> Catalog:
    return Catalog.load(LOCALES)


@cache
def manifest() -> Manifest:
    return Manifest.load(LOCALES)


@cache
def sounds() -> dict[str, Sound]:
    return {sound.name: sound for sound in manifest().synthetic.values()}


def length_of(url: str) -> float:
    sound = sounds().get(url.rsplit("/", 1)[-1])
    return sound.seconds if sound else 4.0


def settings(**more: Any) -> Settings:
    given: dict[str, Any] = {
        "home": Path(),
        "host": "127.0.0.1",
        "port": 8000,
        "public_base_url": BASE,
        "database_url": "",
        "redis_url": "",
        "keys": (),
        "pepper": b"",
        "cli_may_read": False,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_tokens": (TOKEN,),
        "twilio_shared_keys": {},
        "twilio_api_base": "",
        "twilio_sms_from": "",
        "smtp_url": "",
        "sweep_seconds": 5.0,
        "allow_synthetic_prompts": True,
        "signing_key": bytes(32),
    }
    return Settings(**{**given, **more})


@dataclass
class Telephone:
    """Everything that a call needs, from the phone to the database."""

    store: Store
    network: Network
    clock: VirtualClock
    client: httpx.AsyncClient

    async def ring(self, sender: str | None = WORKER, to: str = DHAKA_LINE) -> Caller:
        return await self.network.ring(sender, to)

    async def cases(self) -> list[Any]:
        rows: list[Any] = await self.store.pool.fetch(
            "SELECT * FROM cases ORDER BY opened_at, id"
        )
        return rows

    async def recordings(self) -> list[Any]:
        rows: list[Any] = await self.store.pool.fetch(
            "SELECT * FROM recording ORDER BY at, id"
        )
        return rows

    async def case(self) -> Any:
        (only,) = await self.cases()
        return only

    async def detail(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((await self.case())["detail"])
        return found


@asynccontextmanager
async def telephone(
    store: Store,
    *,
    seed: int = 0,
    faults: FaultPlan | None = None,
    start: datetime = EVENING,
    flavour: str = "twilio",
    account: str = ACCOUNT,
    **more: Any,
) -> AsyncIterator[Telephone]:
    """Yield a service on `store` with a carrier before it."""
    clock = VirtualClock(start)
    known = settings(**{"twilio_account_sid": account, **more})
    app = build(known, store, catalog(), clock=clock.now)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        network = Network(
            account_sid=account,
            auth_token=TOKEN,
            client=client,
            public_base_url=BASE,
            clock=clock,
            seed=seed,
            faults=faults,
            length_of=length_of,
            flavour=flavour,
        )
        for number in (DHAKA_LINE, INDIA_LINE, ENGLISH_LINE):
            network.numbers[number] = NumberConfig(
                voice_url=f"{BASE}/twilio/voice",
                voice_fallback_url=f"{BASE}/twilio/voice/fallback",
                status_callback=f"{BASE}/twilio/voice/status",
            )
        yield Telephone(store, network, clock, client)


def prompts_of(pieces: Sequence[Heard]) -> list[str]:
    """Return what was heard as prompts: `welcome`, `digit_4`, a rest, a beep."""
    said: list[str] = []
    for each in pieces:
        if each.kind == "play":
            sound = sounds().get(each.what.rsplit("/", 1)[-1])
            said.append(sound.prompt if sound else "replay")
        elif each.kind == "pause":
            said.append("…")
        else:
            said.append(each.what if each.kind == "say" else each.kind)
    return said


def spoken_numbers(said: Sequence[str]) -> tuple[str, str]:
    """Return case number and PIN, as they were spoken the first time."""
    number = _digits_after(said, "number_is")
    return number, _digits_after(said, "pin_is")


def _digits_after(said: Sequence[str], prompt: str) -> str:
    digits = ""
    for each in said[said.index(prompt) + 1 :]:
        if each.startswith("digit_"):
            digits += each.removeprefix("digit_")
        elif each != "…":
            break
    return digits
