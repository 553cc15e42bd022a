"""What was recorded and never reported is taken in; others' is left alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.actions.hear_recording import hear_recording
from app.actions.reconcile_recordings import FAR_BACK, NEAR_BACK, Memory, reconcile
from app.gateways.twilio_recordings import Listed, Parties
from app.outbox.settlement import GatewayError, NotYet, Transient
from app.store.engine import Store
from tests.workers.debts import AT, PHONE, a_case, a_number
from tests.workers.recorded import spoken

LINE = "+8809600000000"
IN = Parties(PHONE, LINE, "inbound")
OUT = Parties(LINE, PHONE, "outbound-api")
STRANGE = Parties("+15005550001", "+15005550002", "inbound")
OLD = AT - timedelta(minutes=5)


@dataclass
class Carrier:
    """The account's list, and who called whom."""

    held: list[Listed] = field(default_factory=list)
    calls: dict[str, Parties] = field(default_factory=dict)
    asked: list[datetime] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failure: GatewayError | None = None

    async def listed(self, since: datetime) -> tuple[Listed, ...]:
        self.asked.append(since)
        return tuple(one for one in self.held if one.at >= since)

    async def parties(self, call_sid: str) -> Parties:
        self.looked_up.append(call_sid)
        if self.failure is not None:
            raise self.failure
        return self.calls[call_sid]

    async def delete(self, sid: str) -> None:
        self.deleted.append(sid)


def one(
    sid: str = "RE1",
    call: str = "CA1",
    *,
    seconds: int = 7,
    at: datetime = OLD,
    status: str = "completed",
) -> Listed:
    return Listed(sid, call, seconds, at, status)


@dataclass
class Taken:
    """Stands where what was found is heard."""

    heard: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, store: Store, **found: Any) -> bool:
        self.heard.append(found)
        return True


@pytest.fixture
async def ours(store: Store) -> Store:
    await a_number(store, LINE)
    return store


async def look(
    store: Store,
    carrier: Carrier,
    taken: Taken,
    *,
    at: datetime = AT,
    memory: Memory | None = None,
) -> int:
    return await reconcile(store, carrier, taken, at=at, memory=memory)


@pytest.mark.parametrize("parties", [IN, OUT], ids=["they-rang", "we-rang"])
async def test_what_was_never_reported_is_taken_in(
    ours: Store, parties: Parties
) -> None:
    carrier, taken = Carrier([one()], {"CA1": parties}), Taken()
    assert await look(ours, carrier, taken) == 1
    assert taken.heard == [
        {
            "sid": "RE1",
            "call_sid": "CA1",
            "seconds": 7,
            "sender": PHONE,
            "dialled": LINE,
            "at": OLD,
        }
    ]
    assert carrier.deleted == []


async def test_a_caller_without_a_number_is_taken_in_too(ours: Store) -> None:
    carrier, taken = Carrier([one()], {"CA1": Parties(None, LINE, "inbound")}), Taken()
    await look(ours, carrier, taken)
    assert [found["sender"] for found in taken.heard] == [None]


async def test_it_becomes_one_case_with_a_recording_to_fetch(ours: Store) -> None:
    carrier = Carrier([one()], {"CA1": IN})
    news = [
        await reconcile(ours, carrier, hear_recording, at=AT, memory=Memory())
        for _ in range(3)
    ]
    assert news == [1, 0, 0]
    assert await ours.pool.fetchval("SELECT count(*) FROM cases") == 1
    assert await ours.pool.fetchval("SELECT state FROM recording") == "owed"


@pytest.mark.parametrize(
    ("listed", "parties"),
    [
        pytest.param(one(), STRANGE, id="another-products-call"),
        pytest.param(
            one(at=AT - timedelta(seconds=59)), IN, id="its-report-may-still-come"
        ),
        pytest.param(one(status="processing"), IN, id="it-is-not-finished"),
        pytest.param(
            one(seconds=0, status="in-progress"), IN, id="somebody-is-speaking-still"
        ),
        pytest.param(one(seconds=0), STRANGE, id="anothers-empty-one"),
    ],
)
async def test_what_is_left_alone(
    ours: Store, listed: Listed, parties: Parties
) -> None:
    carrier, taken = Carrier([listed], {"CA1": parties}), Taken()
    assert await look(ours, carrier, taken) == 0
    assert (taken.heard, carrier.deleted) == ([], [])


async def test_what_a_speaker_recorded_for_us_is_no_case(store: Store) -> None:
    await a_number(store, LINE, voice="studio")
    carrier, taken = Carrier([one(), one("RE2", seconds=0)], {"CA1": IN}), Taken()
    assert await look(store, carrier, taken) == 0
    assert (taken.heard, carrier.deleted) == ([], [])


async def test_what_is_known_is_not_even_looked_up(ours: Store) -> None:
    await spoken(ours, "RE1", case_id=await a_case(ours))
    carrier, taken = Carrier([one()], {"CA1": IN}), Taken()
    assert await look(ours, carrier, taken) == 0
    assert carrier.looked_up == []


@pytest.mark.parametrize("status", ["completed", "absent"])
async def test_ours_that_are_empty_are_deleted_there(ours: Store, status: str) -> None:
    carrier, taken = Carrier([one(seconds=0, status=status)], {"CA1": IN}), Taken()
    assert await look(ours, carrier, taken) == 0
    assert (taken.heard, carrier.deleted) == ([], ["RE1"])


async def test_a_call_that_we_know_is_ours_by_whatever_number(store: Store) -> None:
    await store.pool.execute(
        "INSERT INTO call (tag, dialled, direction, session, started_at, heard_at,"
        " expires_at) VALUES ($1, '+15005550002', 'in', '{}', $2, $2, $3)",
        store.keyring.call_tag("CA1"),
        AT,
        AT + timedelta(hours=24),
    )
    carrier = Carrier([one(), one("RE2", "CA2")], {"CA1": STRANGE, "CA2": STRANGE})
    taken = Taken()
    await look(store, carrier, taken)
    assert [found["sid"] for found in taken.heard] == ["RE1"]


async def test_what_was_spoken_first_is_taken_in_first(ours: Store) -> None:
    later = OLD + timedelta(minutes=1)
    held = [one("RE2", at=later), one("RE1")]
    taken = Taken()
    await look(ours, Carrier(held, {"CA1": IN}), taken)
    assert [found["sid"] for found in taken.heard] == ["RE1", "RE2"]


async def test_the_first_look_is_far_then_near_and_far_once_an_hour(
    ours: Store,
) -> None:
    carrier, memory = Carrier(), Memory()
    for minutes in (0, 1, 59, 60, 61):
        at = AT + timedelta(minutes=minutes)
        await look(ours, carrier, Taken(), at=at, memory=memory)
    assert [AT + timedelta(minutes=m) - since for m, since in
            zip((0, 1, 59, 60, 61), carrier.asked, strict=True)] == [
        FAR_BACK, NEAR_BACK, NEAR_BACK, FAR_BACK, NEAR_BACK
    ]  # fmt: skip


async def test_a_strangers_call_is_looked_up_once(ours: Store) -> None:
    carrier, memory = Carrier([one()], {"CA1": STRANGE}), Memory()
    for minutes in range(5):
        at = AT + timedelta(minutes=minutes)
        await look(ours, carrier, Taken(), at=at, memory=memory)
    assert carrier.looked_up == ["CA1"]


async def test_what_could_not_be_judged_is_looked_at_again_however_old(
    ours: Store,
) -> None:
    yesterday = AT - timedelta(hours=30)
    carrier = Carrier([one(at=yesterday)], {"CA1": IN}, failure=Transient(503))
    memory, taken = Memory(), Taken()
    assert await look(ours, carrier, taken, memory=memory) == 0
    carrier.failure = None
    assert await look(ours, carrier, taken, memory=memory) == 1


async def test_a_call_that_nobody_knows_is_nobodys(ours: Store) -> None:
    carrier, taken = Carrier([one()], failure=NotYet(404)), Taken()
    assert await look(ours, carrier, taken) == 0


async def test_a_list_that_fails_is_said(ours: Store) -> None:
    class Broken(Carrier):
        async def listed(self, since: datetime) -> tuple[Listed, ...]:
            raise Transient(503)

    memory = Memory()
    with pytest.raises(Transient):
        await look(ours, Broken(), Taken(), memory=memory)
    assert memory.looked_far_at is None
