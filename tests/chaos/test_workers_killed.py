"""kill -9 of workers while escalations fall due: each is owed and sent once.

A mail may go out twice where a process died between sending and saying so;
then both copies bear the same Message-ID, and a reader's program shows one.
"""

import asyncio
import random
from collections import Counter
from datetime import timedelta

from app.outbox.owed import public_id
from app.runtime.clock import now
from app.store.engine import Store
from app.store.ledger import verify
from tests.chaos.conftest import ADMIN, LINE, PARTNER, quicken
from tests.chaos.processes import IS_WHOLE, Letterbox, Running
from tests.stories.telling import Telling

# SECURITY §3.2 F2: 2,000 escalations and 50 kills.
CASES, KILLS = (2000, 50) if IS_WHOLE else (100, 5)
DUE_IN = 45 if IS_WHOLE else 8
WORKERS = 3


async def test_each_escalation_is_owed_once_and_delivered(
    programme: Store, running: Running, box: tuple[Letterbox, int]
) -> None:
    await quicken(programme, acknowledge=f"{DUE_IN}s")
    for n in range(CASES):
        talk = Telling(programme, now())
        await talk.text("৪৮২১৭০ তিন মাস টাকা পাই না", phone=f"+88017{n:08}", line=LINE)
    await _kill_workers_again_and_again(running)
    last_kill = now()
    await _let_leases_run_out(programme)
    running.start_worker()
    await _until_everything_is_sent(programme, within=120)
    lateness = (now() - last_kill).total_seconds()
    running.kill_all()

    owed = await programme.pool.fetch("SELECT * FROM outbox")
    told = Counter((row["case_id"], row["template"], row["key"]) for row in owed)
    assert set(told.values()) == {1}
    missed = [row for row in owed if row["template"] == "missed"]
    # The partner who let it pass, and the secretariat: nobody else, nobody twice.
    assert len(missed) == 2 * CASES
    rungs = await programme.pool.fetch(
        "SELECT rung, count(*) FROM escalation GROUP BY 1"
    )
    assert {r["rung"]: r["count"] for r in rungs} == {
        "partner": CASES,
        "secretariat": CASES,
    }
    await _assert_all_arrived(programme, box[0])
    verdict = await verify(programme)
    assert verdict.ok, verdict.problems[:5]
    copies = len(box[0].received) - len(box[0].ids())
    print(
        f"{2 * CASES} escalations, {KILLS} kills: {len(owed)} owed and sent,"
        f" {copies} mails in two copies, all settled {lateness:.0f} s after"
        " the last kill"
    )
    assert lateness <= 60


async def _kill_workers_again_and_again(running: Running) -> None:
    chance = random.Random(7)
    for _ in range(WORKERS):
        running.start_worker()
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(1.0, 2.5))
        running.kill(chance.choice(running.alive))
        running.start_worker()
    await asyncio.sleep(2)
    running.kill_all()


async def _let_leases_run_out(store: Store) -> None:
    """A dead worker's minute passes; nobody is alive to whom a lease belongs."""
    await store.pool.execute(
        "UPDATE outbox SET lease_until = lease_until - interval '60 s'"
        " WHERE lease_until IS NOT NULL"
    )


async def _until_everything_is_sent(store: Store, *, within: float) -> None:
    async with asyncio.timeout(within):
        while await store.pool.fetchval(  # noqa: ASYNC110 - nothing to wait for
            "SELECT (SELECT count(*) FROM outbox WHERE next_at IS NOT NULL)"
            " + (SELECT count(*) FROM deadline WHERE next_at <= $1)",
            now() - timedelta(seconds=1),
        ):
            await asyncio.sleep(0.1)


async def _assert_all_arrived(store: Store, box: Letterbox) -> None:
    rows = await store.pool.fetch(
        "SELECT id, state, template FROM outbox WHERE template <> 'ledger.head'"
    )
    states = Counter((row["template"], row["state"]) for row in rows)
    assert {state for template, state in states if template != "reminder"} == {"sent"}
    # A reminder that a dead worker held until after the date is stale.
    assert {state for _, state in states} <= {"sent", "expired"}
    sent = {str(public_id(r["id"])) for r in rows if r["state"] == "sent"}
    assert sent <= box.ids()
    assert box.ids() <= {str(public_id(row["id"])) for row in rows}
    assert {len(copies) for copies in box.bodies.values()} == {1}  # alike each time
    assert {to for _, to in box.received} == {PARTNER, ADMIN}
