"""The texts of one answer go out one after the other, without a beat between."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.actions.replies import as_json, owe_replies
from app.actions.turn import HeardText
from app.outbox.owed import Parcel, Receipt, Text
from app.outbox.settlement import Transient
from app.runtime.clock import now
from app.store.changes import Changes
from app.store.engine import Store
from tests.workers.debts import Plain
from workers.deliver import deliver_owed
from workers.runtime import Runtime

PHONE = "+8801700000001"


@dataclass
class Noting:
    """Takes every text and notes when."""

    said: list[str] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Receipt:
        assert isinstance(parcel, Text)
        self.said.append(parcel.body)
        return Receipt(f"k:{len(self.said)}", "accepted", carrier="kannel")

    async def find(self, parcel: Parcel, since: datetime) -> tuple[Receipt, ...]:
        return ()


def runtime(store: Store, senders: Any) -> Runtime:
    return Runtime(
        store=store, catalog=Plain(), senders=senders, sweep_seconds=3600.0, clock=now
    )


async def owe(
    store: Store, texts: list[str], at: datetime, *, claim: str = "claim"
) -> None:
    changes = Changes()
    heard = HeardText(PHONE, "16263", "1", "sms", carrier="kannel")
    owe_replies(
        changes,
        store.keyring,
        heard,
        as_json(texts),
        claim=claim,
        language="en",
        case_id=None,
        at=at,
    )
    async with store.transaction() as tx:
        await changes.flush(tx)


async def test_one_round_sends_the_whole_answer_in_its_order(store: Store) -> None:
    await owe(store, ["first", "second", "third"], now())
    far = Noting()
    await deliver_owed(runtime(store, far), stop=asyncio.Event())
    assert far.said == ["first", "second", "third"]


@dataclass
class SlowAtFirst(Noting):
    """Takes its time over the first text, so that another could overtake it."""

    fails: bool = False

    async def send(self, parcel: Parcel) -> Receipt:
        assert isinstance(parcel, Text)
        if parcel.body == "first":
            await asyncio.sleep(0.3)
            if self.fails:
                raise Transient("busy")
        return await super().send(parcel)


@pytest.mark.parametrize(
    ("fails", "said"),
    [(False, ["first", "second", "third"]), (True, ["second", "third"])],
)
async def test_none_overtakes_another_when_all_are_due(
    store: Store, fails: bool, said: list[str]
) -> None:
    """After an outage they are due at once; what failed then holds up none."""
    await owe(store, ["first", "second", "third"], now() - timedelta(minutes=5))
    far = SlowAtFirst(fails=fails)
    await deliver_owed(runtime(store, far), stop=asyncio.Event())
    assert far.said == said


async def test_what_is_due_later_is_not_waited_for(store: Store) -> None:
    await owe(store, ["later"], now() + timedelta(minutes=5))
    far = Noting()
    async with asyncio.timeout(5):
        await deliver_owed(runtime(store, far), stop=asyncio.Event())
    assert far.said == []


async def test_a_worker_that_is_told_to_stop_does_not_wait(store: Store) -> None:
    await owe(store, ["first"], now())
    await owe(store, ["second"], now() + timedelta(seconds=1.9), claim="another")
    far, stop = Noting(), asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, stop.set)
    await deliver_owed(runtime(store, far), stop=stop)
    assert far.said == ["first"]
