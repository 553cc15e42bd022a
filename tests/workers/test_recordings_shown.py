"""The doctor and the gauges see what is not here yet, or still there."""

from app.actions.doctor import examine
from app.edge.metrics import Metrics
from app.edge.pulse import take_pulse
from app.runtime.settings import Settings, read_settings
from app.store.engine import Store
from tests.workers.debts import Clock, a_case
from tests.workers.recorded import WAV, Carrier, keep, spoken


def settings() -> Settings:
    environ = {"THREADLINE_KEYS": "A" * 43 + "=", "TWILIO_AUTH_TOKEN": "token"}
    return read_settings({**environ, "TWILIO_ACCOUNT_SID": "AC1"}, generated=True)


async def doctor(store: Store, clock: Clock) -> dict[str, bool]:
    await store.pool.execute(
        "INSERT INTO programme (id, is_demo, created_at, key_check)"
        " VALUES (1, true, now(), '') ON CONFLICT DO NOTHING"
    )
    found = await examine(store, settings(), at=clock.at)
    return {f.what: f.is_grave for f in found if "recordings" in f.what}


async def test_the_doctor_and_the_gauges_see_what_is_still_there(store: Store) -> None:
    case_id, clock = await a_case(store), Clock()
    await spoken(store, "RE1", case_id=case_id)
    await keep(store, Carrier({"RE1": WAV}), clock)
    await spoken(store, "RE2", case_id=case_id)
    clock.move(hours=2)
    pulse = await take_pulse(store, clock.at)
    assert pulse is not None
    page = Metrics().page(pulse, bell_failures=0).decode()
    for line in (
        "threadline_recordings_owed 1.0",
        "threadline_recordings_owed_oldest_seconds 7200.0",
        "threadline_recordings_at_carrier 2.0",
        "threadline_recordings_at_carrier_oldest_seconds 7200.0",
    ):
        assert line in page.splitlines()
    assert await doctor(store, clock) == {
        "1 recordings wait to be fetched, the oldest since 2026-09-01T04:00+00:00.": (
            True
        ),
        "2 recordings are still at the carrier, the oldest of"
        " 2026-09-01T04:00+00:00.": False,
    }
    clock.move(hours=23)
    assert True in [
        grave for what, grave in (await doctor(store, clock)).items() if "still" in what
    ]


async def test_the_doctor_sees_what_was_lost(store: Store) -> None:
    await spoken(store, case_id=await a_case(store))
    await store.pool.execute("UPDATE recording SET state = 'lost', next_at = NULL")
    assert await doctor(store, Clock()) == {
        "1 recordings were promised by the carrier and never came.": True
    }
