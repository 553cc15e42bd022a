"""What tests of calls do again and again, as a worker, a carrier or a partner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.actions.deliver import deliver_due
from app.actions.import_directory import import_directory
from app.directory_files.kinds import Kind
from app.domain.directory import Person
from app.domain.errors import Busy
from app.gateways.send import Gateways
from app.simulator.carrier.network import Caller
from app.simulator.sign import signature
from app.store.engine import Store
from tests.builders import GAZIPUR
from tests.calls.carrier import Carrier
from tests.calls.telephone import (
    ACCOUNT,
    BASE,
    TOKEN,
    WORKER,
    Telephone,
    catalog,
    prompts_of,
    spoken_numbers,
)
from tests.stories.programme import ENGLISH_LINE, IMPORTED, as_csv

MISSED_LINE, STUDIO_LINE = "+15550100777", "+15550100666"
MORNING = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # 15:00 in Dhaka


async def add_number(store: Store, number: str, voice: str) -> None:
    row = (number, "BD", "twilio", "bn;en", "no", voice, "", "")
    await import_directory(
        store, Kind.NUMBERS, as_csv(Kind.NUMBERS, [row]), at=IMPORTED
    )


async def person(store: Store, name: str) -> Person:
    directory = await store.directory()
    return next(p for p in directory.people if p.name == name)


class Rung:
    """What the carrier rings on our behalf."""

    def __init__(self, line: Telephone) -> None:
        self.calls: list[Caller] = []
        line.network.on_ring = self.ring

    async def ring(self, caller: Caller) -> None:
        self.calls.append(caller)


async def deliver(line: Telephone, carrier: Carrier) -> None:
    """Send what is owed now, calls through the carrier, mails to nobody."""

    class NoMail:
        async def send(self, parcel: Any) -> Any:
            from app.outbox.owed import Receipt

            return Receipt("mail")

        async def aclose(self) -> None: ...

    gateways = Gateways(
        sms=None,
        mail=NoMail(),
        webhook=None,
        voice=carrier.voice,  # type: ignore[arg-type]
    )
    while await deliver_due(line.store, gateways, catalog(), at_clock=line.clock.now):
        pass
    await line.clock.advance(5)


async def a_spoken_case(line: Telephone, *, reach: str = "1") -> tuple[str, str]:
    """Speak on the English line about pay in Gazipur; return number and PIN."""
    caller = await line.ring(WORKER, ENGLISH_LINE)
    for keys in ("1", None, "1", "4", GAZIPUR, "1", "2"):
        if keys is None:
            await caller.speak(9)
        else:
            await caller.press(keys)
    await caller.listen()
    number, pin = spoken_numbers(prompts_of(caller.upcoming))
    await caller.press(pin)
    await caller.press(reach)
    if reach != "3":
        await caller.press("4")
    await caller.listen()
    assert caller.is_over
    return number, pin


async def to_the_pin(caller: Caller) -> tuple[str, str]:
    """Speak and leave out every question; return number and PIN."""
    await caller.press("1")
    await caller.speak(9)
    for keys in ("1", "#", "#", "#"):
        await caller.press(keys)
    await caller.listen()
    return spoken_numbers(prompts_of(caller.upcoming))


async def post(line: Telephone, path: str, **form: str) -> bytes:
    """Post one signed form about a call, as the carrier does."""
    whole = {
        "CallSid": "CA" + "1" * 32,
        "AccountSid": ACCOUNT,
        "From": WORKER,
        "To": ENGLISH_LINE,
        "CallStatus": "in-progress",
        "Direction": "inbound",
        **form,
    }
    signed = {"X-Twilio-Signature": signature(f"{BASE}{path}", whole, TOKEN)}
    answer = await line.client.post(path, data=whole, headers=signed)
    assert answer.status_code in (200, 204), answer.status_code
    return answer.content


@asynccontextmanager
async def out_of_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    @asynccontextmanager
    async def busy(*_: Any) -> AsyncIterator[Any]:
        raise Busy("down")
        yield

    with monkeypatch.context() as broken:
        broken.setattr(Store, "transaction", busy)
        yield
