"""A complaint and its news by a real Kannel, and whatever is killed in between.

Nobody can ask Kannel what became of a text, and what is handed to it twice it sends
twice: what holds here holds by the ids of its texts and by its reports.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.actions.act_on_case import act_on_case
from app.conversation import lines
from app.domain.commands import Acknowledge
from app.runtime.clock import now
from app.store.engine import Store
from app.store.ledger import verify
from tests.conftest import as_owner
from tests.kannel.cable import cable
from tests.kannel.conftest import LINE, PARTNER, World
from tests.kannel.gateway import PASSWORD, RETRY_SECONDS, SECRET, is_installed
from tests.kannel.waiting import until
from tests.stories.telling import Telling, catalog, ticket_in

# Asked before anything is started, so that its absence costs nothing.
pytestmark = pytest.mark.skipif(
    not is_installed(),
    reason="kannel: not run (Debian: apt install kannel kannel-extras)",
)

PHONE, OTHER, ELSEWHERE = "+8801712345678", "+8801712000009", "+8801712000017"
# The last sign is two halves in UTF-16, and the word before it a canary for logs.
COMPLAINT = "৪৮২১৭০ তিন মাস ওভারটাইমের টাকা পাই না, ক্যানারি 🙏"
NOBODY_IN_POWER, YES = "২", "হ্যাঁ"
ASKED = 3  # texts to a phone before there is news
NEWS = catalog().render(lines.WORKER_NEWS, "bn", ZoneInfo("Asia/Dhaka"))


async def test_a_complaint_its_answer_and_its_news_in_bengali(world: World) -> None:
    world.ours.start_web()
    await world.ours.until_ready()
    number = await complain(world)
    assert await stored_words(world.store) == [COMPLAINT]
    # The answer is what whoever writes by any other way is told as well.
    by_another_way = await Telling(world.store, now()).text(
        COMPLAINT, phone=ELSEWHERE, line=LINE
    )
    (answer,) = world.handset.texts(PHONE)
    assert without_numbers(answer) == without_numbers(by_another_way)

    await allow_texts(world)
    await acknowledge(world, number)
    world.ours.start_worker()
    texts = await world.handset.until_got(PHONE, ASKED + 1)
    row = await until_news(world, delivery="delivered")
    assert texts[ASKED:] == [NEWS]
    assert (row["state"], row["carrier"], row["attempt"]) == ("sent", "kannel", 1)
    assert row["provider_id"] == f"kannel:{row['id']}.1"
    await assert_whole(world, cases=2)


async def test_the_web_process_is_killed_while_a_text_is_on_its_way(
    world: World,
) -> None:
    """Once before anything of it is kept, once after all of it is."""
    web = world.ours.start_web()
    await world.ours.until_ready()
    async with nothing_can_be_kept(world.store):
        world.handset.say(PHONE, LINE, COMPLAINT)
        await until_waiting_for_a_lock(world.store)
        world.ours.kill(web)
    assert await world.cases() == 0

    web = world.ours.start_web()
    await world.ours.until_ready()
    (answer,) = await world.handset.until_got(PHONE, 1)
    assert await world.cases() == 1

    # The answer to this one is lost, and whoever made it with it.
    lost = asyncio.Event()

    def lose() -> bool:
        if not lost.is_set():
            world.ours.kill(web)
            lost.set()
        return True

    world.cable.cut = lose
    world.handset.say(OTHER, LINE, COMPLAINT)
    async with asyncio.timeout(15):
        await lost.wait()
    assert await world.cases() == 2
    world.cable.cut = lambda: False
    world.ours.start_web()
    await world.ours.until_ready()
    (again,) = await world.handset.until_got(OTHER, 1)
    await quiet(world)
    assert world.handset.texts(PHONE) == [answer]
    assert world.handset.texts(OTHER) == [again]
    assert without_numbers(again) == without_numbers(answer)
    await assert_whole(world, cases=2)


async def test_kannel_is_killed_with_a_text_in_its_store_each_way(
    world: World,
) -> None:
    world.ours.start_web()
    await world.ours.until_ready()
    number = await complain(world)
    await allow_texts(world)

    # In: the bearerbox has it, and no smsbox is there that could bring it.
    await world.kannel.kill("smsbox")
    world.handset.say(OTHER, LINE, COMPLAINT)
    await world.kannel.until_stored(1)
    world.handset.leave()
    await world.kannel.kill("bearerbox")
    await world.kannel.start()
    world.handset.listen()
    await world.handset.until_got(OTHER, 1)
    assert await world.cases() == 2

    # Out: Kannel has it, and no line to the phones is there.
    world.handset.leave()
    await acknowledge(world, number)
    world.ours.start_worker()
    await until_news(world, state="sent")
    await world.kannel.kill("bearerbox", "smsbox")
    assert world.kannel.stored() == 1
    await world.kannel.start()
    world.handset.listen()
    await world.handset.until_got(PHONE, ASKED + 1)
    await until_news(world, delivery="delivered")
    await quiet(world)
    assert world.handset.texts(PHONE)[ASKED:] == [NEWS]
    assert len(world.handset.texts(OTHER)) == 1
    await assert_whole(world, cases=2)


async def test_a_worker_is_killed_between_sending_and_settling(world: World) -> None:
    """Its text is out: the report settles the row, and nobody sends it again."""
    world.ours.start_web()
    await world.ours.until_ready()
    number = await complain(world)
    await allow_texts(world)
    world.handset.leave()  # Kannel takes the text, and reports nothing as yet
    await acknowledge(world, number)
    async with cable(world.kannel.ports.sendsms) as sending:
        world.tune(SMS_KANNEL_API_BASE=f"http://127.0.0.1:{sending.port}")
        worker = world.ours.start_worker()
        killed = asyncio.Event()

        def kill() -> bool:
            if not killed.is_set():
                world.ours.kill(worker)
                killed.set()
            return True

        sending.cut = kill
        async with asyncio.timeout(30):
            await killed.wait()
        row = await world.news()
        assert (row["state"], row["carrier"]) == ("unknown", "kannel")
        assert world.kannel.stored() == 1

        sending.cut = lambda: False
        await let_leases_run_out(world.store)
        world.ours.start_worker()
        row = await until_news(world, last_error="unknown:no_report")
        assert (row["state"], row["attempt"]) == ("unknown", 2)
        world.handset.listen()
        await world.handset.until_got(PHONE, ASKED + 1)
        row = await until_news(world, delivery="delivered")
        assert (row["state"], row["next_at"]) == ("sent", None)
        await quiet(world)
        assert sending.requests == 1
    assert world.handset.texts(PHONE)[ASKED:] == [NEWS]
    await assert_whole(world, cases=1)


async def test_a_text_that_nobody_takes_is_answered_by_silence(world: World) -> None:
    """Without retries Kannel gives up at once, and its own words stay unsaid."""
    await world.kannel.stop()
    world.kannel.rewrite("http-request-retry = 100000", "http-request-retry = 0")
    await world.kannel.start()
    world.handset.say(PHONE, LINE, COMPLAINT)
    await world.kannel.until("SMS: received 1 (0 queued), sent 0")
    await quiet(world)
    assert world.handset.texts(PHONE) == []
    assert world.cable.connections == 1


async def complain(world: World) -> str:
    """Have the phone complain; return the case's number off the answer."""
    world.handset.say(PHONE, LINE, COMPLAINT)
    (answer,) = await world.handset.until_got(PHONE, 1)
    return ticket_in(answer).number


async def allow_texts(world: World) -> None:
    """Have the phone say that it is about nobody in power, and yes to texts."""
    for count, words in enumerate((NOBODY_IN_POWER, YES), start=2):
        world.handset.say(PHONE, LINE, words)
        await world.handset.until_got(PHONE, count)


async def acknowledge(world: World, number: str) -> None:
    await act_on_case(world.store, number, Acknowledge(), by=PARTNER, at=now())


async def stored_words(store: Store) -> list[str]:
    rows = await store.pool.fetch(
        "SELECT m.id, m.case_id, m.body, c.data_key FROM message m"
        " JOIN cases c ON c.id = m.case_id WHERE m.direction = 'in' ORDER BY m.id"
    )
    return [
        store.keyring.unwrap(row["data_key"], row["case_id"]).open_text(
            row["body"], f"message|body|{row['id']}"
        )
        for row in rows
    ]


async def until_news(world: World, **wanted: object) -> Any:
    """Wait until the one row of news says so; return it."""

    async def says_so() -> Any:
        row = await world.news()
        is_so = all(row[name] == value for name, value in wanted.items())
        return row if is_so else None

    return await until(says_so)


async def quiet(world: World) -> None:
    """Wait for whatever would be repeated, until nothing waits any more."""
    await asyncio.sleep(3 * RETRY_SECONDS)
    assert world.kannel.stored() == 0
    assert "(0 queued)" in await world.kannel.status()


async def let_leases_run_out(store: Store) -> None:
    """A dead worker's minute passes."""
    await store.pool.execute(
        "UPDATE outbox SET lease_until = lease_until - interval '60 s'"
        " WHERE lease_until IS NOT NULL"
    )


@asynccontextmanager
async def nothing_can_be_kept(store: Store) -> AsyncIterator[None]:
    """Make whoever would claim a text wait."""
    async with as_owner(store) as connection, connection.transaction():
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await connection.execute("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
        yield


async def until_waiting_for_a_lock(store: Store) -> None:
    async def is_waiting() -> bool:
        async with as_owner(store) as connection:
            return bool(
                await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE"
                    " datname = current_database() AND wait_event_type = 'Lock')"
                )
            )

    await until(is_waiting)


async def assert_whole(world: World, *, cases: int) -> None:
    """Each complaint is one case, the ledger holds, and no log tells anything."""
    assert await world.cases() == cases
    verdict = await verify(world.store)
    assert (verdict.ok, verdict.cases) == (True, cases), verdict.problems
    told = {**world.kannel.told(), "ours.log": world.ours.told()}
    secrets = ("ক্যানারি", NEWS[:20], PASSWORD, SECRET, *map(tail, (PHONE, OTHER)))
    for name, text in told.items():
        assert not [secret for secret in secrets if secret in text], name


def tail(phone: str) -> str:
    """Return what of a number stands in it however it is written."""
    return phone[-8:]


def without_numbers(answer: str) -> str:
    return re.sub(r"\d", "0", answer)
