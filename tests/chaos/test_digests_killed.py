"""kill -9 of workers while notices are gathered: each is told in one mail.

A mail may go out twice where a process died between sending and saying so;
then both copies bear the same Message-ID, and a reader's program shows one.
"""

import asyncio
import random

from app.runtime.clock import now
from app.store.engine import Store
from tests.chaos.conftest import LINE, PARTNER
from tests.chaos.processes import IS_WHOLE, Letterbox, Running
from tests.stories.telling import Telling

CASES, KILLS = (600, 20) if IS_WHOLE else (80, 4)
WORKERS = 3


async def test_each_notice_is_told_in_one_mail(
    programme: Store, running: Running, box: tuple[Letterbox, int]
) -> None:
    running.env = {**running.env, "THREADLINE_DIGEST_SECONDS": "1"}
    chance = random.Random(11)
    for _ in range(WORKERS):
        running.start_worker()
    await asyncio.sleep(2)
    for n in range(CASES):
        await asyncio.sleep(chance.uniform(0.05, 0.3))
        talk = Telling(programme, now())
        await talk.text("৪৮২১৭০ তিন মাস টাকা পাই না", phone=f"+88017{n:08}", line=LINE)
        if n % (CASES // KILLS) == 0:
            running.kill(chance.choice(running.alive))
            running.start_worker()
    await asyncio.sleep(3)
    running.kill_all()
    await programme.pool.execute(
        "UPDATE outbox SET lease_until = lease_until - interval '60 s'"
        " WHERE lease_until IS NOT NULL"
    )
    running.start_worker()
    async with asyncio.timeout(90):
        while await programme.pool.fetchval(  # noqa: ASYNC110 - no bell rings
            "SELECT count(*) FROM outbox WHERE next_at IS NOT NULL"
        ):
            await asyncio.sleep(0.2)
    running.kill_all()
    await _assert_told_once(programme, box[0])


async def _assert_told_once(store: Store, box: Letterbox) -> None:
    shown: dict[str, str] = {}  # of two copies a reader sees one
    for mail_id, copies in box.bodies.items():
        assert len(copies) == 1  # alike each time
        (shown[mail_id],) = copies
    rows = await store.pool.fetch(
        "SELECT state, provider_id, params ->> 'number' AS number FROM outbox"
        " WHERE template = 'case_new'"
    )
    assert len(rows) == CASES
    assert {row["state"] for row in rows} == {"sent"}
    assert {row["provider_id"] for row in rows} <= shown.keys()
    subjects = sum("Notices waiting for you" in body for body in shown.values())
    for row in rows:
        assert row["number"] in shown[row["provider_id"]]
        tellers = [i for i, body in shown.items() if row["number"] in body]
        assert tellers == [row["provider_id"]]
    assert {to for _, to in box.received} >= {PARTNER}
    assert subjects
    print(f"{CASES} notices in {len(shown)} mails, {len(box.received)} copies")
