"""A worker that runs counts what happens, and what it left over when it stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from app.store.engine import Store
from app.store.figures import events
from tests.conftest import Ground
from tests.stories.programme import ENGLISH_LINE, database_with_programme
from tests.stories.telling import Telling
from tests.workers.debts import AT
from tests.workers.test_main import NOBODY_THERE, until, working
from workers import publish as publishing

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


async def test_a_chart_that_does_not_come_out_keeps_no_row_from_being_settled(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    began = asyncio.Event()

    def step(name: str) -> Callable[..., Awaitable[object]]:
        async def work(*_: object, **__: object) -> object:
            done.append(name)
            if {"draw", "settle"} <= {*done}:
                began.set()
            if name == "draw":
                raise RuntimeError("no ink")
            if name == "settle":
                return None
            await began.wait()
            return object()  # a release

        return work

    for name, verb in (
        ("publish", "publish_due"),
        ("settle", "settle_due"),
        ("draw", "draw_due"),
    ):
        monkeypatch.setattr(publishing, verb, step(name))

    async def is_rung() -> bool:  # at the start, and once more for the release
        return done.count("settle") >= 2 and done.count("draw") >= 2

    async with working(store, NOBODY_THERE, seconds=60):
        await until(is_rung, within=10)
