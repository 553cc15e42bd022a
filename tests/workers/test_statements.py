"""How many statements it takes to send one message."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.store.engine import Store
from app.store.sealing import Keyring
from tests.workers.debts import Clock, Far, a_case, a_person, deliver, owe

QUARTER = timedelta(minutes=15)
# What the driver asks once a connection, of types that it has not met.
_TYPES = ("SELECT current_setting('jit')", "WITH RECURSIVE typeinfo_tree")
_NOT_OURS = ("BEGIN", "COMMIT", *_TYPES)
PARAMS = {"number": "48213459", "site": "482170", "clock": "resolve", "rung": "x"}


@pytest.fixture
async def counted(
    store: Store, database_url: str, keyring: Keyring
) -> AsyncIterator[tuple[Store, list[str]]]:
    """The same database over a connection that writes down what is sent."""
    sent: list[str] = []

    def note(record: Any) -> None:
        sent.append(" ".join(record.query.split()))

    async def set_up(connection: Any) -> None:
        connection.add_query_logger(note)

    async def keep(_connection: Any) -> None:
        return None

    pool = await asyncpg.create_pool(
        database_url, min_size=1, max_size=1, init=set_up, reset=keep
    )
    yield Store(pool, keyring), sent
    await pool.close()


async def statements(counted: tuple[Store, list[str]]) -> int:
    """Deliver what is due; count beyond what a round costs that finds nothing."""
    store, sent = counted
    counts = []
    for _ in range(2):
        await store.directory()
        sent.clear()
        await deliver(store, Far(), Clock(), window=QUARTER)
        counts.append(sum(not s.startswith(_NOT_OURS) for s in sent))
    found, nothing = counts
    return found - nothing


async def test_a_message_to_a_worker_takes_four(
    store: Store, counted: tuple[Store, list[str]]
) -> None:
    """Lease, look, whether texts are registered, settle; the carrier marks it too."""
    await owe(store, "worker", case_id=await a_case(store))
    assert await statements(counted) == 4


@pytest.mark.parametrize(
    ("told", "count", "expected"),
    [
        pytest.param("not_solved", 1, 3, id="an-escalation"),
        pytest.param("case_new", 1, 4, id="one-notice-and-the-turn"),
        pytest.param("case_new", 2, 6, id="two-notices"),
        pytest.param("case_new", 60, 6, id="sixty-notices"),
    ],
)
async def test_a_message_to_staff(
    store: Store,
    counted: tuple[Store, list[str]],
    told: str,
    count: int,
    expected: int,
) -> None:
    key = await a_person(store, email="member@example.org")
    for _ in range(count):
        case_id = await a_case(store)
        await owe(store, "person", key, template=told, case_id=case_id, params=PARAMS)
    assert await statements(counted) == expected
