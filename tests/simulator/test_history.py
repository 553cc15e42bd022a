"""The demo's past year: a list of steps, and what the engine makes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.demo.furnish import furnish
from app.demo.history import CASES, Acted, Contact, Wrote, tales, year
from app.store.engine import Store

UNTIL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_the_same_seed_gives_the_same_year() -> None:
    assert year(UNTIL, 1) == year(UNTIL, 1)
    assert year(UNTIL, 1) != year(UNTIL, 2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_steps_come_in_order_and_none_lies_ahead(seed: int) -> None:
    at = [step.at for step in year(UNTIL, seed)]
    assert at == sorted(at)
    assert UNTIL - timedelta(days=361) < at[0] < at[-1] < UNTIL


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_site_and_topic_has_a_case_and_every_case_its_own_phone(
    seed: int,
) -> None:
    told = tales(UNTIL, seed)
    assert len(told) == CASES == 83
    assert len({tale.place.key for tale in told}) == 13
    assert {tale.topic for tale in told} == set(range(1, 8))
    contacts = [step for step in year(UNTIL, seed) if isinstance(step, Contact)]
    phones = [tale.sender for tale in told] + [c.sender for c in contacts]
    assert len(set(phones)) == len(phones)


def test_nobody_acts_on_a_case_before_the_worker_wrote() -> None:
    wrote = {s.tale.id: s.at for s in year(UNTIL, 1) if isinstance(s, Wrote)}
    acted = [step for step in year(UNTIL, 1) if isinstance(step, Acted)]
    assert acted
    assert all(step.at > wrote[step.tale.id] for step in acted)


async def make_demo(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, true, $1, '')",
            UNTIL,
        )


async def test_a_furnished_demo_has_something_for_every_screen(store: Store) -> None:
    await make_demo(store)

    done = await furnish(store, at=UNTIL)

    assert done.told is not None
    assert done.told.refused == ()
    async with store.transaction() as tx:
        ask = tx.connection.fetch
        states = dict(await ask("SELECT state, count(*) FROM cases GROUP BY 1"))
        sites = dict(await ask("SELECT site, count(*) FROM cases GROUP BY 1"))
        rungs = dict(await ask("SELECT rung, count(*) FROM escalation GROUP BY 1"))
        waiting = await ask("SELECT FROM outbox WHERE next_at IS NOT NULL")
        late = await ask("SELECT FROM deadline WHERE next_at <= $1", UNTIL)
        contacts = await ask("SELECT FROM counter")
    assert sum(states.values()) == CASES
    assert set(sites) >= set((await store.directory()).sites)
    assert {"closed_confirmed", "closed_declared", "in_remediation"} <= set(states)
    assert sum(n for state, n in states.items() if "closed" not in state) >= 8
    assert {"committee", "partner", "factory_head", "secretariat", "brand"} == set(
        rungs
    )
    assert not waiting, "nothing of a past year is sent now"
    assert not late, "every moment was looked at when it came"
    assert contacts


async def test_the_past_ran_by_the_real_policy_and_what_comes_runs_in_seconds(
    store: Store,
) -> None:
    await make_demo(store)

    done = await furnish(store, at=UNTIL)

    assert done.policy == "2026-11-24"
    directory = await store.directory()
    assert directory.policy_on(UNTIL.date()).is_demo
    async with store.transaction() as tx:
        versions = await tx.connection.fetch(
            "SELECT DISTINCT policy_version FROM cases"
        )
    assert not any(directory.policy(row[0]).is_demo for row in versions)


async def test_furnishing_again_changes_nothing(store: Store) -> None:
    await make_demo(store)
    await furnish(store, at=UNTIL)

    again = await furnish(store, at=UNTIL + timedelta(hours=1))

    assert again.told is None
    async with store.transaction() as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM cases") == CASES


async def test_the_real_policy_stays_where_it_is_asked_for(store: Store) -> None:
    await make_demo(store)
    done = await furnish(store, at=UNTIL, is_quick=False)
    assert not (await store.directory()).policies[-1].is_demo
    assert done.policy < "2026-11-24"
