"""A worker that runs counts what happens, and what it left over when it stopped."""

from collections.abc import Iterator

import pytest

from app.store.engine import Store
from app.store.figures import events
from tests.conftest import Ground
from tests.stories.programme import ENGLISH_LINE, database_with_programme
from tests.stories.telling import Telling
from tests.workers.debts import AT
from tests.workers.test_main import NOBODY_THERE, until, working

SAID = "482170 three months no overtime pay"


@pytest.fixture(scope="module")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


async def test_what_happened_while_no_worker_ran_is_counted_by_the_next(
    store: Store,
) -> None:
    talk = Telling(store, AT)
    for n in range(3):
        await talk.text(SAID, line=ENGLISH_LINE, phone=f"+8801712{n:06}")

    async def is_counted() -> bool:
        async with store.transaction() as tx:
            return await events.waiting(tx) == 0

    assert not await is_counted()
    async with working(store, NOBODY_THERE, seconds=60):
        await until(is_counted, within=10)
    assert await store.pool.fetchval("SELECT count(*) FROM stat_case") == 3
    assert (
        await store.pool.fetchval("SELECT complaints FROM stat_cell WHERE by = ''") == 3
    )
