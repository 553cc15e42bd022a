"""Ten thousand escalations are due at once, and three workers keep dying.

They go out in the order in which they fell due, none is lost, none is owed
twice. A mail may come in two copies where a worker died between sending and
saying so; both bear the same Message-ID.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from app.actions.deliver import LANES
from app.actions.recheck import recheck_all
from app.outbox.owed import public_id
from app.runtime.clock import now
from app.store.engine import Store
from app.store.lateness import lateness
from app.store.ledger import verify
from app.store.past import settle_past
from tests.chaos.conftest import ADMIN, LINE, PARTNER, quicken
from tests.chaos.processes import IS_WHOLE, Letterbox, Running
from tests.stories.telling import Telling

# Each case climbs two rungs: the partner who let it pass, and the secretariat.
CASES, KILLS = (5000, 20) if IS_WHOLE else (300, 4)
WORKERS = 3
BATCH = 200  # cases that one sweep takes in hand
# What may overtake a case: the batches in the other hands, and what these take
# until Postgres notices the death of the worker that had it.
OVERTAKEN = WORKERS * BATCH if IS_WHOLE else BATCH
# The mails in the hands of a worker that dies wait for its leases to run out.
IN_DEAD_HANDS = KILLS * LANES


async def test_they_go_out_in_order_none_lost_and_none_twice(
    programme: Store, running: Running, box: tuple[Letterbox, int]
) -> None:
    await quicken(programme, acknowledge="60s")
    await open_overdue(programme)
    due = [
        row["case_id"]
        for row in await programme.pool.fetch(
            "SELECT case_id FROM deadline WHERE name = 'acknowledge' ORDER BY due_at"
        )
    ]
    assert len(set(due)) == CASES

    started = time.perf_counter()
    struck_under_fire, sent_under_fire = await fire(programme, running)
    await let_leases_run_out(programme)
    running.start_worker()
    await until_everything_is_sent(programme, within=600 if IS_WHOLE else 120)
    taken = time.perf_counter() - started
    running.kill_all()

    await assert_none_is_lost_and_none_doubled(programme, box[0])
    struck = await programme.pool.fetch(
        "SELECT case_id FROM ledger_event WHERE kind = 'clock.missed' ORDER BY seq"
    )
    of_ledger = max(displaced(due, [row["case_id"] for row in struck]))
    waits = displaced(due, await in_order_of_arrival(programme, box[0]))
    held_up = sum(wait > OVERTAKEN for wait in waits)
    copies = len(box[0].received) - len(box[0].ids())
    print(
        f"{2 * CASES} escalations due at once, {WORKERS} workers, {KILLS} kills:"
        f" {struck_under_fire} cases struck and {sent_under_fire} mails sent under"
        f" fire, all sent after {taken:.1f} s, {copies} mails in two copies;"
        f" {of_ledger} later cases at most were struck before one, and {held_up}"
        f" mails were overtaken by those of more than {OVERTAKEN} cases"
    )
    assert of_ledger <= OVERTAKEN
    assert held_up <= IN_DEAD_HANDS


async def open_overdue(store: Store) -> None:
    """Open the cases a millisecond apart, all of them due some minutes ago."""
    first = now() - timedelta(minutes=10)
    numbers = iter(range(CASES))

    async def open_some() -> None:
        for n in numbers:
            talk = Telling(store, first + timedelta(milliseconds=n))
            await talk.text("৪৮২১৭০ তিন মাস টাকা পাই না", phone=f"+88017{n:08}", line=LINE)

    await asyncio.gather(*(open_some() for _ in range(8)))
    # What was owed for the opening is no part of this.
    await settle_past(store.pool, now())


async def fire(store: Store, running: Running) -> tuple[int, int]:
    """Kill one of three again and again while they work.

    Returns how many cases were struck and how many mails sent by the last kill.
    """
    chance, share = random.Random(10_000), 3 * CASES // (KILLS + 1)
    for _ in range(WORKERS):
        running.start_worker()
    for _ in range(KILLS):
        goal = sum(await done_by_now(store)) + chance.randint(1, share)
        async with asyncio.timeout(60):
            while sum(await done_by_now(store)) < min(goal, 3 * CASES):  # noqa: ASYNC110
                await asyncio.sleep(chance.uniform(0.01, 0.05))
        running.kill(chance.choice(running.alive))
        running.start_worker()
    running.kill_all()
    return await done_by_now(store)


async def done_by_now(store: Store) -> tuple[int, int]:
    row = await store.pool.fetchrow(
        "SELECT (SELECT count(missed_at) FROM deadline) AS struck,"
        " (SELECT count(*) FROM outbox WHERE template = 'missed' AND state = 'sent')"
        " AS sent"
    )
    return row["struck"], row["sent"]


async def let_leases_run_out(store: Store) -> None:
    """A dead worker's minute passes; nobody is alive to whom a lease belongs."""
    await store.pool.execute(
        "UPDATE outbox SET lease_until = lease_until - interval '60 s'"
        " WHERE lease_until IS NOT NULL"
    )


async def until_everything_is_sent(store: Store, *, within: float) -> None:
    async with asyncio.timeout(within):
        while await store.pool.fetchval(  # noqa: ASYNC110 - nothing to wait for
            "SELECT (SELECT count(*) FROM outbox WHERE next_at IS NOT NULL)"
            " + (SELECT count(*) FROM deadline WHERE next_at <= $1)",
            now(),
        ):
            await asyncio.sleep(0.2)


async def assert_none_is_lost_and_none_doubled(store: Store, box: Letterbox) -> None:
    rungs = await store.pool.fetch("SELECT rung, count(*) FROM escalation GROUP BY 1")
    assert dict(rungs) == {"partner": CASES, "secretariat": CASES}
    kinds = await store.pool.fetch(
        "SELECT kind, count(*) FROM ledger_event WHERE kind <> 'case.opened' GROUP BY 1"
    )
    assert dict(kinds) == {"clock.missed": CASES, "case.escalated": 2 * CASES}
    # Counted in the sweep's own transaction: once for each, whoever died.
    assert (await lateness(store.pool)).count == CASES

    owed = await store.pool.fetch(
        "SELECT id, case_id, recipient_key, state FROM outbox WHERE template = 'missed'"
    )
    assert {row["state"] for row in owed} == {"sent"}
    told = Counter((row["case_id"], row["recipient_key"]) for row in owed)
    assert len(told) == 2 * CASES
    assert set(told.values()) == {1}
    assert box.ids() == {str(public_id(row["id"])) for row in owed}
    assert {len(copies) for copies in box.bodies.values()} == {1}  # alike each time
    assert Counter(to for to, _ in addressed(box)) == {PARTNER: CASES, ADMIN: CASES}

    verdict = await verify(store)
    assert verdict.ok, verdict.problems[:5]
    looked = await recheck_all(store, at_clock=now)
    assert (looked.cases, looked.found) == (CASES, [])


def addressed(box: Letterbox) -> set[tuple[str, str]]:
    """Return who was told, once for each Message-ID."""
    return {(to, message) for message, to in box.received}


async def in_order_of_arrival(store: Store, box: Letterbox) -> list[UUID]:
    """Return each mail's case in the order in which the mails first arrived."""
    rows = await store.pool.fetch("SELECT id, case_id FROM outbox")
    cases = {str(public_id(row["id"])): row["case_id"] for row in rows}
    ids = (message.strip("<>").partition("@")[0] for message, _ in box.received)
    return [cases[each] for each in dict.fromkeys(ids)]


def displaced(due: Sequence[UUID], done: Sequence[UUID]) -> list[int]:
    """Return for each that was done how many later cases had been, at most."""
    rank = {case_id: n for n, case_id in enumerate(due)}
    each = len(done) // len(due)
    return [place // each - rank[case_id] for place, case_id in enumerate(done)]
