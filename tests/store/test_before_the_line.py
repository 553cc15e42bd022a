"""A release tells of no quarter in which nobody could complain here."""

import random

from app.store.engine import Store
from app.store.figures import facts
from tests.store.counted import some_case
from tests.store.test_history import bring
from tests.store.test_releases import APRIL, AUDITOR, PUBLIC, release, told


async def test_of_a_time_before_the_line_stands_what_a_list_says_and_no_nought(
    store: Store,
) -> None:
    await bring(store, *({"ref": f"{n}"} for n in range(40)))  # of May 2025
    dice = random.Random(1)
    cases = [some_case(dice) for _ in range(500)]
    async with store.transaction() as tx:
        await facts.put(
            tx, [c for c in cases if c.quarter > "2026" and not c.is_history]
        )
    await release(store)
    first = {who: await told(store, who) for who in (PUBLIC, AUDITOR)}
    for cells in first.values():
        periods = {period for period, *_ in cells if period.startswith("2025")}
        assert periods == {"2025", "2025-Q2"}
        assert cells["2025", "", "", "complaints"] == 40
    await release(store, APRIL)
    for who, cells in first.items():
        again = await told(store, who)
        assert {key: again.get(key) for key in cells} == cells
