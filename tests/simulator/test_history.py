"""The demo's past year: a list of steps, and what the engine makes of it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.demo.furnish import Furnished, furnish
from app.demo.history import CASES, Acted, Contact, Wrote, tales, year
from app.store.engine import Store
from app.store.sealing import Keyring
from tests.conftest import Ground, on_server

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


@dataclass(frozen=True)
class Demo:
    """A demo that was furnished with the real policy, then again with the quick."""

    database_url: str
    first: Furnished
    again: Furnished


@pytest.fixture(scope="module")
def demo(ground: Ground, template: str) -> Iterator[Demo]:
    name = f"demo_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield asyncio.run(_furnish_twice(ground.database(name)))
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _furnish_twice(database_url: str) -> Demo:
    store = await Store.open(database_url, _keyring())
    async with store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, true, $1, '')",
            UNTIL,
        )
    first = await furnish(store, at=UNTIL, is_quick=False)
    again = await furnish(store, at=UNTIL + timedelta(hours=1))
    await store.close()
    return Demo(database_url, first, again)


def _keyring() -> Keyring:
    return Keyring([bytes(range(32))], pepper=bytes(32))


@pytest.fixture
async def furnished(demo: Demo) -> AsyncIterator[Store]:
    store = await Store.open(demo.database_url, _keyring())
    yield store
    await store.close()


def test_the_rules_allowed_every_act_of_the_year(demo: Demo) -> None:
    assert demo.first.told is not None
    assert demo.first.told.refused == ()


def test_a_year_is_told_once(demo: Demo) -> None:
    assert demo.again.told is None


async def test_a_furnished_demo_has_something_for_every_screen(
    furnished: Store,
) -> None:
    async with furnished.transaction() as tx:
        ask = tx.connection.fetch
        states = dict(await ask("SELECT state, count(*) FROM cases GROUP BY 1"))
        sites = dict(await ask("SELECT site, count(*) FROM cases GROUP BY 1"))
        rungs = dict(await ask("SELECT rung, count(*) FROM escalation GROUP BY 1"))
        contacts = await ask("SELECT FROM counter")
    assert sum(states.values()) == CASES
    assert set(sites) >= set((await furnished.directory()).sites)
    assert {"closed_confirmed", "closed_declared", "in_remediation"} <= set(states)
    assert sum(n for state, n in states.items() if "closed" not in state) >= 8
    assert set(rungs) == {
        "committee",
        "partner",
        "factory_head",
        "first_tier",
        "secretariat",
        "brand",
    }
    assert contacts


async def test_nothing_of_a_past_year_is_sent_or_struck_now(furnished: Store) -> None:
    async with furnished.transaction() as tx:
        ask = tx.connection.fetchval
        owed = await ask("SELECT count(*) FROM outbox")
        waiting = await ask("SELECT count(*) FROM outbox WHERE next_at IS NOT NULL")
        late = await ask("SELECT count(*) FROM deadline WHERE next_at <= $1", UNTIL)
    assert owed > CASES
    assert (waiting, late) == (0, 0)


async def test_the_past_ran_by_the_real_policy_and_what_comes_runs_in_seconds(
    demo: Demo, furnished: Store
) -> None:
    directory = await furnished.directory()
    assert not directory.policy(demo.first.policy).is_demo
    assert demo.again.policy == "2026-11-24"
    assert directory.policy_on(UNTIL.date()).is_demo
    async with furnished.transaction() as tx:
        used = await tx.connection.fetch("SELECT DISTINCT policy_version FROM cases")
    assert [row[0] for row in used] == [demo.first.policy]
