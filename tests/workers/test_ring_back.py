"""A missed call is returned once a burst, and costs the caller nothing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from app.actions.expire import expire_old
from app.actions.owe_ring_back import Limits, owe_ring_back
from app.actions.record_call_end import record_call_end
from app.domain.directory import HotlineNumber
from app.domain.hours import parse_hours
from app.outbox.settlement import Misconfigured, Permanent
from app.store import ring_back
from app.store.engine import Store
from tests.workers.debts import AT, PHONE, Clock, Far, a_number, deliver, row_of

LIMITS = Limits()
LINE = HotlineNumber(
    number="+8809600000009",
    country="BD",
    provider="",
    languages=("bn",),
    sms=False,
    voice="missed_call",
    allowed_hours=None,
    sites=(),
)


async def missed(
    store: Store,
    sid: str,
    *,
    at: datetime = AT,
    sender: str | None = PHONE,
    hotline: HotlineNumber = LINE,
    seed: int = 7,
    limits: Limits = LIMITS,
) -> bool:
    return await owe_ring_back(
        store,
        sender=sender,
        hotline=hotline,
        call_sid=sid,
        at=at,
        chance=Random(seed),
        limits=limits,
    )


async def debts(store: Store) -> list[UUID]:
    rows = await store.pool.fetch(
        "SELECT id FROM outbox WHERE template = 'ring_back' ORDER BY created_at"
    )
    return [row["id"] for row in rows]


async def counted(store: Store, name: str) -> int:
    found: int | None = await store.pool.fetchval(
        "SELECT count FROM counter WHERE name = $1", name
    )
    return found or 0


async def over(
    store: Store, owed_id: UUID, status: str, at: datetime, sid: str = ""
) -> bool:
    return await record_call_end(
        store,
        call_sid=sid or f"SM{owed_id.hex}",
        owed_id=owed_id,
        status=status,
        answered_by=None,
        at=at,
    )


@pytest.mark.parametrize("seed", range(5))
async def test_a_missed_call_is_returned_after_a_moment(
    store: Store, seed: int
) -> None:
    await a_number(store, LINE.number, voice="missed_call")
    assert await missed(store, "CA1", seed=seed)
    (owed_id,) = await debts(store)
    row = await row_of(store, owed_id)
    assert timedelta(seconds=10) <= row["next_at"] - AT <= timedelta(seconds=30)
    assert row["expires_at"] == row["next_at"] + timedelta(hours=24)
    assert row["recipient_key"] == store.keyring.phone_tag(PHONE).hex()
    far, clock = Far(), Clock(row["next_at"])
    await deliver(store, far, clock)
    (call,) = far.calls
    assert (call.owed_id, call.to, call.sender) == (owed_id, PHONE, LINE.number)


async def test_who_rang_a_number_that_cannot_call_is_called_from_another(
    store: Store,
) -> None:
    await a_number(store, LINE.number, voice="missed_call", provider="exotel")
    await a_number(store, "+15550100912", voice="none", provider="twilio")
    await a_number(store, "+15550100880", hours="16:00-18:00", provider="twilio")
    await missed(store, "CA1")
    (owed_id,) = await debts(store)
    far, clock = Far(), Clock(AT + timedelta(minutes=1))
    await deliver(store, far, clock)
    assert far.sent == []  # The hours are those of the number that calls.
    clock.at = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)  # 16:00 in Dhaka
    await deliver(store, far, clock)
    (call,) = far.calls
    assert (call.owed_id, call.to, call.sender) == (owed_id, PHONE, "+15550100880")


async def test_where_no_number_can_call_the_debt_waits_for_one(store: Store) -> None:
    await a_number(store, LINE.number, voice="missed_call", provider="exotel")
    await missed(store, "CA1")
    (owed_id,) = await debts(store)
    far, clock = Far(), Clock(AT + timedelta(minutes=1))
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"], row["last_error"]) == (
        [],
        "owed",
        "config:no_line",
    )
    await a_number(store, "+15550100880", provider="twilio")
    clock.at = row["next_at"]
    await deliver(store, far, clock)
    assert [call.sender for call in far.calls] == ["+15550100880"]


async def test_no_number_is_kept_open(store: Store) -> None:
    await missed(store, "CA1")
    for table in ("ring_back", "outbox", "claim"):
        shown = await store.pool.fetchval(f"SELECT json_agg(t)::text FROM {table} t")
        assert PHONE not in shown
        assert "CA1" not in shown


async def test_a_burst_of_rings_is_one_call(store: Store) -> None:
    news = [
        await missed(store, f"CA{n}", at=AT + timedelta(seconds=n)) for n in range(6)
    ]
    assert news == [True, False, False, False, False, False]
    assert len(await debts(store)) == 1


async def test_two_webhooks_at_once_are_one_debt(store: Store) -> None:
    news = await asyncio.gather(*(missed(store, f"CA{n}") for n in range(8)))
    assert sum(news) == 1
    assert len(await debts(store)) == 1


async def test_a_repeat_of_the_same_call_adds_nothing_however_late(
    store: Store,
) -> None:
    assert await missed(store, "CA1")
    (owed_id,) = await debts(store)
    await deliver(store, Far(), Clock(AT + timedelta(minutes=1)))
    await over(store, owed_id, "completed", AT + timedelta(minutes=5))
    assert not await missed(store, "CA1", at=AT + timedelta(hours=1))
    assert await counted(store, "call.missed") == 1


@pytest.mark.parametrize(
    ("status", "after", "is_new"),
    [
        pytest.param("completed", 1, True, id="once-returned-it-is-a-new-one"),
        pytest.param("busy", 120, False, id="while-it-is-to-be-tried-again-it-is-not"),
    ],
)
async def test_when_a_ring_is_a_new_wish(
    store: Store, status: str, after: int, is_new: bool
) -> None:
    await missed(store, "CA1")
    (owed_id,) = await debts(store)
    at = AT + timedelta(minutes=1)
    await deliver(store, Far(), Clock(at))
    assert not await missed(store, "CA2", at=at)  # in progress
    await over(store, owed_id, status, at)
    assert await missed(store, "CA3", at=at + timedelta(seconds=after)) is is_new
    assert len(await debts(store)) == 1 + is_new


async def test_a_call_whose_end_is_never_told_does_not_silence_the_phone(
    store: Store,
) -> None:
    await missed(store, "CA1")
    await deliver(store, Far(), Clock(AT + timedelta(minutes=1)))
    assert not await missed(store, "CA2", at=AT + timedelta(seconds=90))
    assert await missed(store, "CA3", at=AT + timedelta(minutes=3))


async def test_outside_the_hours_it_waits_for_them(store: Store) -> None:
    hours = "sat-thu 09:00-17:00"
    await a_number(store, LINE.number, voice="missed_call", hours=hours)
    hotline = replace(LINE, allowed_hours=parse_hours(hours))
    thursday = datetime(2026, 9, 3, 16, 0, tzinfo=UTC)  # 22:00 in Dhaka
    await missed(store, "CA1", at=thursday, hotline=hotline)
    (owed_id,) = await debts(store)
    row = await row_of(store, owed_id)
    saturday = datetime(2026, 9, 5, 3, 0, tzinfo=UTC)
    assert row["next_at"] == saturday
    far = Far()
    await deliver(store, far, Clock(saturday))
    assert len(far.calls) == 1


async def test_it_is_tried_after_five_minutes_then_thirty_then_no_more(
    store: Store,
) -> None:
    await missed(store, "CA1")
    (owed_id,) = await debts(store)
    far, clock, waits = Far(), Clock(AT + timedelta(minutes=1)), []
    for n in range(3):
        await deliver(store, far, clock)
        await store.pool.execute("UPDATE outbox SET provider_id = $1", f"CB{n}")
        await over(store, owed_id, "no-answer", clock.at, sid=f"CB{n}")
        row = await row_of(store, owed_id)
        if row["next_at"] is not None:
            waits.append(row["next_at"] - clock.at)
            clock.at = row["next_at"]
    assert waits == [timedelta(minutes=5), timedelta(minutes=30)]
    assert (len(far.calls), row["state"], row["last_error"]) == (
        3,
        "failed",
        "no_answer",
    )
    assert await store.pool.fetchval("SELECT done_at FROM ring_back") == clock.at
    # Nobody's case is at stake, so nobody is told.
    assert await store.pool.fetchval("SELECT count(*) FROM outbox") == 1


async def test_who_withholds_the_number_is_counted_only(store: Store) -> None:
    assert not await missed(store, "CA1", sender=None)
    assert not await missed(store, "CA1", sender=None)
    assert not await missed(store, "CA2", sender=None)
    assert await counted(store, "call.withheld") == 2
    assert await debts(store) == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param("DELETE FROM ring_back", "gone", id="the-number-was-let-go"),
        pytest.param(
            "UPDATE ring_back SET owed_id = gen_random_uuid()",
            "gone",
            id="a-later-debt-took-its-place",
        ),
    ],
)
async def test_who_is_not_rung_back(store: Store, statement: str, reason: str) -> None:
    await missed(store, "CA1")
    (owed_id,) = await debts(store)
    await store.pool.execute(statement)
    far = Far()
    await deliver(store, far, Clock(AT + timedelta(minutes=1)))
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"], row["last_error"]) == ([], "dropped", reason)


async def test_after_a_failure_for_good_the_phone_may_ring_again(store: Store) -> None:
    await missed(store, "CA1")
    clock = Clock(AT + timedelta(minutes=1))
    await deliver(store, Far(failures=[Permanent(21211)]), clock)
    assert await store.pool.fetchval("SELECT done_at FROM ring_back") == clock.at
    assert await missed(store, "CA2", at=clock.at + timedelta(minutes=2))


async def test_a_debt_that_expired_does_not_silence_the_phone(store: Store) -> None:
    await missed(store, "CA1")
    clock = Clock(AT + timedelta(minutes=1))
    await deliver(store, Far(failures=[Misconfigured(20003)]), clock)
    clock.move(hours=25)
    await deliver(store, Far(), clock)
    (owed_id,) = await debts(store)
    assert (await row_of(store, owed_id))["state"] == "expired"
    assert await missed(store, "CA2", at=clock.at)


async def test_numbers_are_let_go_after_two_days_but_not_while_owed(
    store: Store,
) -> None:
    await missed(store, "CA1")
    await missed(store, "CA2", sender="+8801700000002")
    first, second = await debts(store)
    await store.pool.execute(
        "UPDATE outbox SET next_at = NULL, state = 'sent' WHERE id = $1", first
    )
    await expire_old(store, AT + timedelta(days=1))
    assert await store.pool.fetchval("SELECT count(*) FROM ring_back") == 2
    await expire_old(store, AT + timedelta(days=2))
    kept = await store.pool.fetch("SELECT owed_id FROM ring_back")
    assert [row["owed_id"] for row in kept] == [second]


ELSEWHERE = ["+881612345678", "+9791234567", "+919876543210", "+8821655500000"]


@pytest.mark.parametrize("phone", ELSEWHERE)
async def test_a_phone_of_another_country_is_counted_and_not_called(
    store: Store, phone: str
) -> None:
    """Anybody can feign a number that costs us dear to call."""
    assert not await missed(store, "CA1", sender=phone)
    assert not await missed(store, "CA1", sender=phone)
    assert await debts(store) == []
    assert await counted(store, "call.missed") == 1
    async with store.transaction() as tx:
        assert await ring_back.not_returned(tx, AT.date()) == {"country": 1}


async def test_a_phone_whose_beginning_is_listed_is_called(store: Store) -> None:
    limits = Limits(to=("+94", "+91"))
    assert await missed(store, "CA1", sender="+919876543210", limits=limits)
    assert not await missed(store, "CA2", sender="+881612345678", limits=limits)


async def test_so_many_an_hour_are_called_and_those_too_many_are_counted(
    store: Store,
) -> None:
    phones = [f"+880170000000{n}" for n in range(5)]

    async def ring(phone: str, at: datetime) -> bool:
        limits = Limits(an_hour=2)
        return await missed(store, f"CA{phone}{at}", at=at, sender=phone, limits=limits)

    minutes = [timedelta(minutes=20 * n) for n in range(5)]
    news = [
        await ring(phone, AT + later)
        for phone, later in zip(phones, minutes, strict=True)
    ]
    # The third has none; at the fourth the first is an hour old.
    assert news == [True, True, False, True, True]
    async with store.transaction() as tx:
        assert await ring_back.not_returned(tx, AT.date()) == {"too_many": 1}
        tomorrow = AT.date() + timedelta(days=1)
        assert await ring_back.not_returned(tx, tomorrow) == {}
    # What was counted as missed is all that rang; a contact is what is returned.
    assert await counted(store, "call.missed") == 5
    assert await counted(store, "contact.missed") == 4
