"""A worker who chose calls is rung, inside the hours, three times at most."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.outbox.owed import LEASE, Parcel, Receipt
from app.outbox.settlement import OutcomeUnknown
from app.store import outbox
from app.store.engine import Store
from tests.workers.debts import (
    AT,
    PHONE,
    Clock,
    Far,
    a_case,
    a_number,
    deliver,
    owe,
    row_of,
)
from tests.workers.ringing import LINE, dhaka, ended

# ---------------------------------------------------------------- who is rung


async def test_a_worker_who_chose_calls_is_rung_by_the_line_they_know(
    store: Store,
) -> None:
    far, case_id = Far(), await a_case(store, may_text=True, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, far, Clock())
    (call,) = far.calls
    assert (call.owed_id, call.to, call.sender) == (owed_id, PHONE, LINE)
    row = await row_of(store, owed_id)
    assert (row["state"], row["provider_id"]) == ("sent", f"SM{owed_id.hex}")


async def test_a_line_that_cannot_call_has_its_countrys_call(store: Store) -> None:
    await a_number(store, LINE, voice="none")
    await a_number(store, "+8809600000001", voice="none")
    await a_number(store, "+8809600000002", voice="missed_call")
    far, case_id = Far(), await a_case(store, may_call=True)
    await owe(store, "worker", case_id=case_id)
    await deliver(store, far, Clock())
    assert [call.sender for call in far.calls] == ["+8809600000002"]


async def test_where_no_line_can_call_whoever_may_be_texted_is_texted(
    store: Store,
) -> None:
    await a_number(store, LINE, voice="none")
    far, case_id = Far(), await a_case(store, may_text=True, may_call=True)
    await owe(store, "worker", case_id=case_id)
    await deliver(store, far, Clock())
    assert len(far.texts) == 1


async def test_and_whoever_may_not_be_texted_waits_for_a_line(store: Store) -> None:
    await a_number(store, LINE, voice="none")
    far, case_id = Far(), await a_case(store, may_text=False, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, far, Clock())
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"]) == ([], "owed")
    assert row["last_error"] == "config:no_line"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param(
            "UPDATE cases SET detail = detail || '{\"may_call\": false}'",
            "no_consent",
            id="the-yes-was-taken-back",
        ),
        pytest.param(
            "INSERT INTO opt_out SELECT phone_tag, opened_at, 'stop' FROM cases",
            "opted_out",
            id="stop-is-meant-for-calls-too",
        ),
    ],
)
async def test_who_is_not_rung(store: Store, statement: str, reason: str) -> None:
    far, case_id = Far(), await a_case(store, may_text=None, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    await store.pool.execute(statement)
    await deliver(store, far, Clock())
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"], row["last_error"]) == ([], "dropped", reason)


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("detail", "hours", "now", "then"),
    [
        pytest.param(
            {"may_call": True}, "", dhaka(6, 30), dhaka(8), id="nobody-is-woken"
        ),
        pytest.param(
            {"may_call": True, "reach_part": "evening"},
            "",
            dhaka(10),
            dhaka(17),
            id="a-call-waits-for-the-evening-that-was-chosen",
        ),
        pytest.param(
            {"may_call": True, "reach_part": "evening"},
            "09:00-18:00",
            dhaka(18, 30),
            dhaka(17, day=2),
            id="and-for-the-numbers-own-hours",
        ),
        pytest.param(
            {"may_text": True, "reach_part": "evening"},
            "09:00-16:00",
            dhaka(10),
            dhaka(17),
            id="a-text-waits-for-the-part-alone",
        ),
        pytest.param(
            {"may_text": True, "reach_part": "any"},
            "",
            dhaka(6, 30),
            dhaka(7),
            id="any-time-is-not-the-night",
        ),
    ],
)
async def test_outside_the_hours_it_is_put_off_and_nothing_counts(
    store: Store, detail: dict[str, Any], hours: str, now: datetime, then: datetime
) -> None:
    await a_number(store, LINE, hours=hours)
    far, clock = Far(), Clock(now)
    case_id = await a_case(store, **{"may_text": None, **detail})
    owed_id = await owe(store, "worker", case_id=case_id)
    await store.pool.execute("UPDATE outbox SET next_at = $1", now)
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert (far.sent, row["state"], row["attempt"]) == ([], "owed", 0)
    assert (row["next_at"], row["lease_until"], row["last_error"]) == (then, None, None)
    clock.at = then
    await deliver(store, far, clock)
    assert len(far.sent) == 1


async def test_a_text_without_a_chosen_part_goes_at_night(store: Store) -> None:
    far, case_id = Far(), await a_case(store)
    await owe(store, "worker", case_id=case_id)
    clock = Clock(dhaka(23))
    await deliver(store, far, clock)
    assert len(far.texts) == 1


async def test_what_may_be_out_already_stays_to_be_looked_up_when_put_off(
    store: Store,
) -> None:
    clock, far = Clock(dhaka(20, 59)), Far(failures=[OutcomeUnknown("x")])
    case_id = await a_case(store, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, far, clock)
    clock.move(minutes=5)
    await deliver(store, far, clock)
    assert (await row_of(store, owed_id))["state"] == "unknown"
    assert far.looked_up == []
    clock.at = dhaka(8, day=2)
    far.on_account = [Receipt("CA-found", "in-progress")]
    await deliver(store, far, clock)
    assert (far.looked_up, len(far.sent)) == ([dhaka(20, 59)], 1)


# ------------------------------------------------------------------ rung once


async def test_a_lost_answer_never_rings_twice(store: Store) -> None:
    clock, far = Clock(), Far(failures=[OutcomeUnknown("ReadTimeout")])
    case_id = await a_case(store, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, far, clock)
    far.on_account = [Receipt("CA-found", "ringing")]
    clock.move(seconds=30)
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert len(far.sent) == 1
    assert (row["state"], row["provider_id"]) == ("sent", "CA-found")


async def test_a_found_call_that_nobody_took_is_placed_again_later(
    store: Store,
) -> None:
    clock, far = Clock(), Far(failures=[OutcomeUnknown("ReadTimeout")])
    case_id = await a_case(store, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, far, clock)
    far.on_account = [Receipt("CA-found", "busy")]
    clock.move(seconds=30)
    await deliver(store, far, clock)
    row = await row_of(store, owed_id)
    assert (row["state"], row["next_at"]) == ("owed", clock.at + timedelta(minutes=30))
    # Its own late callback tells nothing new.
    assert not await ended(store, owed_id, "busy", sid="CA-found")


async def test_a_worker_that_died_with_a_call_placed_leaves_it_to_be_found(
    store: Store,
) -> None:
    clock, far = Clock(), Far()
    case_id = await a_case(store, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)
    async with store.transaction() as tx:
        assert len(await outbox.lease(tx, AT, 10)) == 1
    far.on_account = [Receipt("CA-found", "completed", answered_by="human")]
    clock.move(seconds=LEASE.total_seconds())
    await deliver(store, far, clock)
    assert far.sent == []
    assert (await row_of(store, owed_id))["state"] == "sent"


async def test_an_end_may_come_before_our_own_answer(store: Store) -> None:
    case_id = await a_case(store, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)

    async def early(parcel: Parcel) -> None:
        assert await ended(store, owed_id, "busy")

    await deliver(store, Far(before_answer=early), Clock())
    row = await row_of(store, owed_id)
    assert (row["state"], row["delivery"]) == ("owed", "busy")
    assert row["next_at"] == AT + timedelta(minutes=30)


async def test_an_early_end_outlives_an_answer_that_is_lost(store: Store) -> None:
    case_id = await a_case(store, may_call=True)
    owed_id = await owe(store, "worker", case_id=case_id)

    async def early(parcel: Parcel) -> None:
        await ended(store, owed_id, "completed", by="human")

    far = Far(before_answer=early, failures=[OutcomeUnknown("ReadTimeout")])
    await deliver(store, far, Clock())
    row = await row_of(store, owed_id)
    assert (row["state"], row["next_at"]) == ("sent", None)
