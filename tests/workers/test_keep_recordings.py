"""What a caller spoke is brought home, sealed, and then gone at the carrier."""

import asyncio
import hashlib
import json
from datetime import timedelta
from uuid import UUID

import pytest

from app.actions.keep_recordings import is_sound
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    NotYet,
    Transient,
)
from app.store import recordings
from app.store.engine import Store
from app.store.ledger import open_facts, verify
from app.store.recordings import LEASE
from tests.conftest import as_owner
from tests.workers.debts import AT, Clock, a_case
from tests.workers.recorded import WAV, Carrier, keep, row_of, sound_of, spoken


async def test_it_is_fetched_sealed_told_and_deleted(store: Store) -> None:
    case_id, carrier, clock = await a_case(store), Carrier({"RE1": WAV}), Clock()
    recording_id = await spoken(store, case_id=case_id)
    assert await keep(store, carrier, clock) == 1
    row = await row_of(store, recording_id)
    assert (row["state"], row["kept_at"], row["next_at"]) == ("kept", AT, AT)
    assert WAV not in row["audio"]
    assert row["size"] == len(row["audio"])
    assert await sound_of(store, recording_id) == WAV
    assert carrier.deleted == []

    assert await keep(store, carrier, clock) == 1
    row = await row_of(store, recording_id)
    assert (carrier.fetched, carrier.deleted) == (["RE1"], ["RE1"])
    assert (row["deleted_at"], row["sid_sealed"], row["next_at"]) == (AT, None, None)
    assert await sound_of(store, recording_id) == WAV
    assert await keep(store, carrier, clock) == 0


async def test_the_ledger_keeps_what_was_kept(store: Store) -> None:
    case_id = await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    await keep(store, Carrier({"RE1": WAV}), Clock())
    event = await store.pool.fetchrow(
        "SELECT kind, sealed FROM ledger_event WHERE case_id = $1", case_id
    )
    wrapped = await store.pool.fetchval("SELECT data_key FROM cases")
    facts = open_facts(event["sealed"], case_id, store.keyring.unwrap(wrapped, case_id))
    assert event["kind"] == "recording.kept"
    assert {fact.name: json.loads(fact.value) for fact in facts} == {
        "recording": str(recording_id),
        "seconds": 7,
        "sha256": hashlib.sha256(WAV).hexdigest(),
        "actor": "system",
    }
    assert (await verify(store)).ok


async def test_no_transaction_is_open_while_the_carrier_is_asked(store: Store) -> None:
    await spoken(store, case_id=await a_case(store))
    idle: list[int] = []

    async def look() -> None:
        # Only the login's own rights show what its other sessions are about.
        async with as_owner(store) as owner:
            idle.append(
                await owner.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                    " current_database() AND state = 'idle in transaction'"
                )
            )

    carrier = Carrier({"RE1": WAV}, meanwhile=look)
    await keep(store, carrier, Clock())
    await keep(store, carrier, Clock())
    assert idle == [0, 0]


async def test_media_that_lags_is_asked_for_soon_and_then_ever_less(
    store: Store,
) -> None:
    clock, case_id = Clock(), await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    carrier = Carrier({"RE1": WAV}, failures=[NotYet(404)] * 9)
    waits = []
    for _ in range(9):
        await keep(store, carrier, clock)
        next_at = (await row_of(store, recording_id))["next_at"]
        waits.append((next_at - clock.at).total_seconds())
        clock.at = next_at
    assert waits == [2, 5, 15, 60, 300, 900, 3600, 3600, 3600]
    await keep(store, carrier, clock)
    assert await sound_of(store, recording_id) == WAV


async def test_what_the_carrier_never_had_is_given_up_after_three_days(
    store: Store,
) -> None:
    clock, case_id = Clock(), await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    carrier = Carrier(failures=[NotYet(404)] * 200)
    while (row := await row_of(store, recording_id))["next_at"] is not None:
        clock.at = row["next_at"]
        await keep(store, carrier, clock)
    assert timedelta(days=3) <= clock.at - AT < timedelta(days=3, hours=1)
    assert (row["state"], row["last_error"]) == ("lost", "not_yet:404")
    assert row["sid_sealed"] is not None  # a person can still ask for it
    assert len(carrier.fetched) > 70


async def test_after_an_outage_nothing_is_lost_at_the_first_look(store: Store) -> None:
    recording_id = await spoken(store, case_id=await a_case(store))
    carrier = Carrier({"RE1": WAV}, failures=[NotYet(404)] * 3)
    clock = Clock(AT + timedelta(days=9))
    for _ in range(4):
        await keep(store, carrier, clock)
        clock.move(minutes=1)
    assert (await row_of(store, recording_id))["state"] == "kept"


@pytest.mark.parametrize(
    "error", [Transient(503), Misconfigured(20003), BadContent("too_large")]
)
async def test_any_other_failure_is_never_the_last(
    store: Store, error: GatewayError
) -> None:
    clock, case_id = Clock(), await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    carrier = Carrier({"RE1": WAV}, failures=[error] * 150)
    for _ in range(150):
        await keep(store, carrier, clock)
        clock.at = (await row_of(store, recording_id))["next_at"]
    assert clock.at - AT > timedelta(days=4)
    await keep(store, carrier, clock)
    assert (await row_of(store, recording_id))["state"] == "kept"


async def test_deleting_is_tried_for_ever_at_most_hourly(store: Store) -> None:
    clock, case_id = Clock(), await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    await keep(store, Carrier({"RE1": WAV}), clock)
    carrier, waits = Carrier(failures=[Transient(500)] * 120), []
    for _ in range(120):
        await keep(store, carrier, clock)
        row = await row_of(store, recording_id)
        waits.append((row["next_at"] - clock.at).total_seconds())
        clock.at = row["next_at"]
    assert waits[:6] == [15, 60, 300, 900, 3600, 3600]
    assert max(waits) == 3600
    await keep(store, carrier, clock)
    row = await row_of(store, recording_id)
    assert (carrier.deleted, row["sid_sealed"]) == (["RE1"], None)
    assert row["last_error"] is None


@pytest.mark.parametrize(
    ("sound", "note"),
    [
        pytest.param(WAV, None, id="a-wav"),
        pytest.param(b"ID3\x04 and so on", None, id="an-mp3-with-a-tag"),
        pytest.param(b"\xff\xfb\x90 and so on", None, id="a-bare-mp3"),
        pytest.param(b"OggS and so on", "unknown_format", id="something-else"),
        pytest.param(b"\xff", "unknown_format", id="a-single-byte"),
    ],
)
async def test_whatever_came_is_kept_and_noted(
    store: Store, sound: bytes, note: str | None
) -> None:
    recording_id = await spoken(store, case_id=await a_case(store))
    carrier = Carrier({"RE1": sound})
    await keep(store, carrier, Clock())
    await keep(store, carrier, Clock())
    assert await sound_of(store, recording_id) == sound
    row = await row_of(store, recording_id)
    assert (row["last_error"], row["sid_sealed"]) == (note, None)
    assert is_sound(sound) is (note is None)


async def test_a_worker_that_died_with_a_sound_in_hand_loses_nothing(
    store: Store,
) -> None:
    clock, case_id = Clock(), await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    async with store.transaction() as tx:
        assert len(await recordings.lease(tx, AT, 4)) == 1
    carrier = Carrier({"RE1": WAV})
    assert await keep(store, carrier, clock) == 0
    clock.move(seconds=LEASE.total_seconds())
    assert await keep(store, carrier, clock) == 1
    assert await sound_of(store, recording_id) == WAV


async def test_a_worker_whose_lease_ran_out_changes_nothing(store: Store) -> None:
    """Another took over meanwhile; the ledger tells of it once."""
    clock, case_id = Clock(), await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    quick = Carrier({"RE1": WAV})

    async def overtaken() -> None:
        slow.meanwhile = None
        clock.move(seconds=LEASE.total_seconds())
        await keep(store, quick, clock)

    slow = Carrier({"RE1": b"RIFF....WAVE but other"}, meanwhile=overtaken)
    await keep(store, slow, clock)
    assert await sound_of(store, recording_id) == WAV
    assert await store.pool.fetchval("SELECT count(*) FROM ledger_event") == 1


async def test_three_workers_fetch_each_recording_once(store: Store) -> None:
    case_id = await a_case(store)
    sids = [f"RE{n}" for n in range(20)]
    for sid in sids:
        await spoken(store, sid, case_id=case_id)
    carrier = Carrier(dict.fromkeys(sids, WAV))

    async def loop() -> None:
        while await keep(store, carrier, Clock()):
            pass

    await asyncio.gather(loop(), loop(), loop())
    assert sorted(carrier.fetched) == sorted(carrier.deleted) == sorted(sids)
    assert (await verify(store)).ok


async def test_one_that_fails_by_a_bug_stops_no_other(store: Store) -> None:
    case_id = await a_case(store)
    await spoken(store, "RE-unknown", case_id=case_id)
    good = await spoken(store, "RE1", case_id=case_id)
    with pytest.raises(KeyError):
        await keep(store, Carrier({"RE1": WAV}), Clock())
    assert await sound_of(store, good) == WAV


async def forgotten(store: Store, case_id: UUID) -> None:
    """Forget a case as the action does."""
    async with store.transaction() as tx:
        await tx.connection.execute("UPDATE cases SET data_key = NULL")
        await recordings.forget_audio(tx, case_id, AT)


async def test_what_a_forgotten_case_said_goes_here_and_there(store: Store) -> None:
    case_id, carrier = await a_case(store), Carrier({"RE1": WAV, "RE2": WAV})
    kept = await spoken(store, "RE1", case_id=case_id)
    await keep(store, carrier, Clock())
    owed = await spoken(store, "RE2", case_id=case_id)
    await forgotten(store, case_id)
    while await keep(store, carrier, Clock()):
        pass
    assert sorted(carrier.deleted) == ["RE1", "RE2"]
    assert carrier.fetched == ["RE1"]
    for recording_id in (kept, owed):
        row = await row_of(store, recording_id)
        assert (row["state"], row["audio"], row["size"]) == ("gone", None, None)
        assert row["sid_sealed"] is None


@pytest.mark.parametrize("is_told", [True, False], ids=["by-the-action", "bare"])
async def test_a_case_forgotten_while_it_is_fetched_keeps_no_sound(
    store: Store, is_told: bool
) -> None:
    case_id = await a_case(store)
    recording_id = await spoken(store, case_id=case_id)

    async def meanwhile() -> None:
        carrier.meanwhile = None
        if is_told:
            await forgotten(store, case_id)
        else:
            await store.pool.execute("UPDATE cases SET data_key = NULL")

    carrier = Carrier({"RE1": WAV}, meanwhile=meanwhile)
    while await keep(store, carrier, Clock()):
        pass
    row = await row_of(store, recording_id)
    assert (row["state"], row["audio"], carrier.deleted) == ("gone", None, ["RE1"])
    assert await store.pool.fetchval("SELECT count(*) FROM ledger_event") == 0


async def test_what_cannot_be_sealed_waits_at_the_carrier(store: Store) -> None:
    case_id = await a_case(store)
    recording_id = await spoken(store, case_id=case_id)
    key = await store.pool.fetchval("SELECT data_key FROM cases")
    await store.pool.execute("UPDATE cases SET data_key = '\\x00000000ffff'")
    clock, carrier = Clock(), Carrier({"RE1": WAV})
    await keep(store, carrier, clock)
    row = await row_of(store, recording_id)
    assert (row["state"], row["last_error"]) == ("owed", "config:key")
    await store.pool.execute("UPDATE cases SET data_key = $1", key)
    clock.at = row["next_at"]
    await keep(store, carrier, clock)
    assert await sound_of(store, recording_id) == WAV


async def test_a_speakers_prompt_is_sealed_for_the_studio(store: Store) -> None:
    recording_id = await spoken(store, prompt="bn/welcome")
    carrier = Carrier({"RE1": WAV})
    while await keep(store, carrier, Clock()):
        pass
    assert await sound_of(store, recording_id) == WAV
    assert (await row_of(store, recording_id))["state"] == "kept"
    assert carrier.deleted == ["RE1"]
