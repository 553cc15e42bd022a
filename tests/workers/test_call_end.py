"""How a call ended decides whether it is placed again; each end counts once."""

from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from app.actions.ask_after_calls import ask_after_calls
from app.actions.record_call_end import record_call_end
from app.gateways.twilio_recordings import Parties
from app.outbox.owed import Parcel
from app.outbox.settlement import GatewayError, NotYet, Transient
from app.store.engine import Store
from tests.workers.debts import (
    AT,
    PHONE,
    Clock,
    Far,
    a_case,
    a_person,
    deliver,
    owe,
    row_of,
)
from tests.workers.ringing import LINE, dhaka, ended, rung


@pytest.mark.parametrize(
    ("status", "by", "state"),
    [
        pytest.param("completed", "human", "sent", id="a-person-took-it"),
        pytest.param("completed", "unknown", "sent", id="who-took-it-is-not-known"),
        pytest.param("completed", None, "sent", id="nobody-looked-who-took-it"),
        pytest.param("completed", "machine_start", "owed", id="a-machine-took-it"),
        pytest.param("completed", "fax", "owed", id="a-fax-took-it"),
        pytest.param("busy", None, "owed", id="busy"),
        pytest.param("no-answer", None, "owed", id="nobody-took-it"),
        pytest.param("failed", None, "owed", id="it-never-rang"),
        pytest.param("canceled", None, "owed", id="it-was-called-off"),
    ],
)
async def test_how_a_call_ended_decides_whether_it_is_placed_again(
    store: Store, status: str, by: str | None, state: str
) -> None:
    owed_id, _ = await rung(store, Clock())
    assert await ended(store, owed_id, status, by=by)
    row = await row_of(store, owed_id)
    again = AT + timedelta(minutes=30) if state == "owed" else None
    assert (row["state"], row["next_at"], row["delivery"]) == (state, again, status)


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress"])
async def test_a_call_on_its_way_has_not_ended(store: Store, status: str) -> None:
    owed_id, _ = await rung(store, Clock())
    before = await row_of(store, owed_id)
    assert not await ended(store, owed_id, status)
    assert await row_of(store, owed_id) == before


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(order, id=", ".join(order))
        for order in permutations(("ringing", "busy", "completed"))
    ],
)
async def test_of_each_call_one_end_counts_however_often_it_is_told(
    store: Store, order: tuple[str, ...]
) -> None:
    owed_id, _ = await rung(store, Clock())
    news = [await ended(store, owed_id, status) for status in order for _ in range(2)]
    assert sum(news) == 1
    first = next(status for status in order if status != "ringing")
    row = await row_of(store, owed_id)
    assert row["state"] == ("owed" if first == "busy" else "sent")


async def test_whoever_meets_the_machine_may_say_so_before_the_carrier(
    store: Store,
) -> None:
    """The callback may not name it: then it would pass for a person."""
    owed_id, _ = await rung(store, Clock())
    assert await ended(store, owed_id, "completed", by="machine_start")
    assert not await ended(store, owed_id, "completed")
    assert (await row_of(store, owed_id))["state"] == "owed"


async def ring_on(store: Store, clock: Clock, owed_id: UUID, times: int) -> Far:
    """Let every call stay unanswered, each with an id of its own."""
    far = Far()
    for n in range(times):
        await deliver(store, far, clock)
        sid = f"CA{n}"
        await store.pool.execute(
            "UPDATE outbox SET provider_id = $1 WHERE id = $2 AND state = 'sent'",
            sid,
            owed_id,
        )
        await ended(store, owed_id, "no-answer", sid=sid, at=clock.at)
        clock.move(minutes=30)
    return far


async def test_after_three_rings_it_is_over_and_the_partner_is_told(
    store: Store,
) -> None:
    await a_person(store, email="p@example.org", role="partner", org=("BD",))
    clock, case_id = Clock(), await a_case(store, may_text=None, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    far = await ring_on(store, clock, owed_id, 5)
    row = await row_of(store, owed_id)
    assert len(far.calls) == 3
    assert (row["state"], row["last_error"]) == ("failed", "no_answer")
    told = await store.pool.fetch(
        "SELECT * FROM outbox WHERE template = 'worker_unreachable'"
    )
    assert len(told) == 1


async def test_what_was_refused_at_once_is_no_ring(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store, may_text=None, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    refused = Far(failures=[Transient(429)] * 4)
    for _ in range(4):
        await deliver(store, refused, clock)
        clock.move(minutes=10)
    far = await ring_on(store, clock, owed_id, 4)
    assert len(far.calls) == 3


async def test_the_next_ring_waits_for_the_hours(store: Store) -> None:
    clock = Clock(dhaka(20, 50))
    owed_id, sid = await rung(store, clock)
    await ended(store, owed_id, "busy", sid=sid, at=clock.at)
    clock.at, far = dhaka(21, 20), Far()
    await deliver(store, far, clock)
    assert far.sent == []
    assert (await row_of(store, owed_id))["next_at"] == dhaka(8, day=2)


async def test_an_older_calls_end_is_no_news(store: Store) -> None:
    clock = Clock()
    owed_id, _ = await rung(store, clock)
    await store.pool.execute("UPDATE outbox SET provider_id = 'CA-latest'")
    before = await row_of(store, owed_id)
    assert not await ended(store, owed_id, "busy", sid="CA-earlier")
    assert await row_of(store, owed_id) == before


async def test_a_repeat_of_an_earlier_end_while_the_next_call_is_placed_is_no_news(
    store: Store,
) -> None:
    clock = Clock()
    owed_id, first = await rung(store, clock)
    await ended(store, owed_id, "busy", sid=first)
    clock.move(minutes=30)
    news: list[bool] = []

    async def late(parcel: Parcel) -> None:
        news.append(await ended(store, owed_id, "busy", sid=first, at=clock.at))

    await deliver(store, Far(before_answer=late), clock)
    assert news == [False]
    assert (await row_of(store, owed_id))["state"] == "sent"


async def test_a_call_for_nobodys_debt_changes_nothing(store: Store) -> None:
    owed_id, _ = await rung(store, Clock())
    before = await row_of(store, owed_id)
    assert not await ended(store, uuid4(), "busy", sid="CA-other")
    assert await row_of(store, owed_id) == before


async def test_a_case_that_was_forgotten_is_not_rung_again(store: Store) -> None:
    owed_id, sid = await rung(store, Clock())
    await store.pool.execute("UPDATE outbox SET provider_id = NULL, params = '{}'")
    assert not await ended(store, owed_id, "busy", sid=sid)
    assert (await row_of(store, owed_id))["next_at"] is None


# ------------------------------------------------------------------ never told


class Knows:
    """A carrier that knows how one call stands, or fails."""

    def __init__(self, status: str, *, by: str | None = None) -> None:
        self._answer = Parties(LINE, PHONE, "outbound-api", status, by)
        self.failure: GatewayError | None = None
        self.asked: list[str] = []

    async def parties(self, call_sid: str) -> Parties:
        self.asked.append(call_sid)
        if self.failure is not None:
            raise self.failure
        return self._answer


@pytest.mark.parametrize(
    ("status", "by", "news", "state"),
    [
        pytest.param("no-answer", None, 1, "owed", id="nobody-had-taken-it"),
        pytest.param("completed", "human", 1, "sent", id="a-person-had"),
        pytest.param("completed", "fax", 1, "owed", id="a-machine-had"),
        pytest.param("in-progress", None, 0, "sent", id="they-are-speaking-still"),
    ],
)
async def test_an_end_that_is_never_told_is_asked_for(
    store: Store, status: str, by: str | None, news: int, state: str
) -> None:
    owed_id, sid = await rung(store, Clock())
    carrier = Knows(status, by=by)
    soon, later = AT + timedelta(minutes=9), AT + timedelta(minutes=10)
    assert await ask_after_calls(store, carrier, at=soon) == 0
    assert carrier.asked == []
    assert await ask_after_calls(store, carrier, at=later) == news
    assert carrier.asked == [sid]
    assert (await row_of(store, owed_id))["state"] == state
    if news:  # Once is enough, and the late callback tells nothing new.
        assert await ask_after_calls(store, carrier, at=later) == 0
        assert not await ended(store, owed_id, "busy")


async def test_a_text_is_not_asked_after_as_a_call(store: Store) -> None:
    await owe(store, "worker", case_id=await a_case(store))
    await deliver(store, Far(), Clock())
    carrier = Knows("completed")
    assert await ask_after_calls(store, carrier, at=AT + timedelta(hours=1)) == 0
    assert carrier.asked == []


async def test_a_carrier_that_does_not_know_leaves_it_as_it_is(store: Store) -> None:
    owed_id, _ = await rung(store, Clock())
    before = await row_of(store, owed_id)
    carrier = Knows("")
    carrier.failure = NotYet(404)
    assert await ask_after_calls(store, carrier, at=AT + timedelta(hours=1)) == 0
    assert await row_of(store, owed_id) == before


# ------------------------------------------------------------------ inbound


async def test_an_inbound_call_ends_once(store: Store) -> None:
    await store.pool.execute(
        "INSERT INTO call (tag, dialled, direction, session, started_at, heard_at,"
        " expires_at) VALUES ($1, $2, 'in', '{}', $3, $3, $4)",
        store.keyring.call_tag("CA-in"),
        LINE,
        AT,
        AT + timedelta(hours=24),
    )

    async def hung_up(sid: str, at: datetime) -> bool:
        return await record_call_end(
            store,
            call_sid=sid,
            owed_id=None,
            status="completed",
            answered_by=None,
            at=at,
        )

    assert await hung_up("CA-in", AT)
    assert not await hung_up("CA-in", AT + timedelta(hours=1))
    assert not await hung_up("CA-unknown", AT)
    assert await store.pool.fetchval("SELECT ended_at FROM call") == AT
