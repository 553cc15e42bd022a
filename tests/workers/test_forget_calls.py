"""Forgetting and housekeeping reach what the telephone left behind."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.actions.doctor import examine
from app.actions.expire import expire_old
from app.actions.forget import forget
from app.actions.keep_recordings import keep_due
from app.runtime.settings import Settings, read_settings
from app.store.engine import Store
from app.store.ledger import verify
from tests.workers.debts import AT, Clock, a_case, a_number, a_person
from tests.workers.recorded import WAV, Carrier, spoken


async def a_call(store: Store, sid: str, *, case_id: UUID | None = None) -> None:
    await store.pool.execute(
        "INSERT INTO call (tag, dialled, direction, case_id, session, started_at,"
        " heard_at, expires_at) VALUES ($1, '+8809600000000', 'in', $2, '{}', $3, $3,"
        " $4)",
        store.keyring.call_tag(sid),
        case_id,
        AT,
        AT + timedelta(hours=24),
    )


async def test_a_forgotten_case_leaves_no_sound_and_no_call(store: Store) -> None:
    case_id = await a_case(store)
    await store.pool.execute("UPDATE cases SET state = 'closed_confirmed'")
    await a_person(store, email="a@example.org", role="admin", org=())
    await a_call(store, "CA1", case_id=case_id)
    await a_call(store, "CA2")
    carrier, clock = Carrier({"RE1": WAV}), Clock()
    await spoken(store, case_id=case_id)
    await keep_due(store, carrier, at_clock=clock)
    number = await store.pool.fetchval("SELECT number FROM cases")
    (admin,) = (await store.directory()).people
    await forget(store, number, by=admin, at=AT, through="test")
    assert await store.pool.fetchval("SELECT audio FROM recording") is None
    assert await store.pool.fetchval("SELECT count(*) FROM call") == 1
    await keep_due(store, carrier, at_clock=clock)
    assert carrier.deleted == ["RE1"]
    assert (await verify(store)).ok


async def test_calls_and_leaves_to_record_go_by_their_date(store: Store) -> None:
    await a_call(store, "CA1")
    await store.pool.execute(
        "INSERT INTO studio VALUES ('\\x00', 'bn', 'Rupa', $1)",
        AT + timedelta(hours=2),
    )

    async def left() -> list[int]:
        return [
            await store.pool.fetchval(f"SELECT count(*) FROM {table}")
            for table in ("call", "studio")
        ]

    await expire_old(store, AT + timedelta(hours=1))
    assert await left() == [1, 1]
    await expire_old(store, AT + timedelta(hours=3))
    assert await left() == [1, 0]
    await expire_old(store, AT + timedelta(hours=24))
    assert await left() == [0, 0]


def settings(account: str = "AC1") -> Settings:
    environ = {"THREADLINE_KEYS": "A" * 43 + "=", "TWILIO_AUTH_TOKEN": "token"}
    return read_settings({**environ, "TWILIO_ACCOUNT_SID": account}, generated=True)


async def findings(store: Store, account: str = "AC1") -> list[str]:
    await store.pool.execute(
        "INSERT INTO programme (id, is_demo, created_at, key_check)"
        " VALUES (1, true, now(), '') ON CONFLICT DO NOTHING"
    )
    return [f.what for f in await examine(store, settings(account), at=AT)]


@pytest.mark.parametrize(
    ("number", "country", "voice", "provider", "said"),
    [
        pytest.param(
            "+9118001234567",
            "IN",
            "missed_call",
            "twilio",
            "only from numbers outside India",
            id="twilio-does-not-call-india-from-india",
        ),
        pytest.param(
            "+9118001234567",
            "IN",
            "answer",
            "twilio",
            "",
            id="but-answers-there-where-it-is-free",
        ),
        pytest.param(
            "+918000000001",
            "IN",
            "answer",
            "twilio",
            "of its Indian numbers only toll-free ones take calls",
            id="and-nowhere-else",
        ),
        pytest.param(
            "+8809600000001",
            "BD",
            "none",
            "",
            "No imported number can call",
            id="nobody-can-be-heard",
        ),
    ],
)
async def test_the_doctor_says_what_a_number_cannot_do(
    store: Store, number: str, country: str, voice: str, provider: str, said: str
) -> None:
    await a_number(store, number, voice=voice)
    await store.pool.execute(
        "UPDATE hotline_number SET provider = $1, country = $2, sms = false",
        provider,
        country,
    )
    found = [f for f in await findings(store) if "India" in f or "can call" in f]
    assert [said in what for what in found] == ([True] if said else [])


async def test_the_doctor_says_who_waits_for_a_person_to_call(store: Store) -> None:
    await store.pool.execute(
        "INSERT INTO callback (id, phone_tag, phone_sealed, language, hotline,"
        " asked_at) VALUES (gen_random_uuid(), '\\x00', '\\x00', 'bn', '', $1)",
        AT,
    )
    assert "1 workers asked that a person call them." in await findings(store)
