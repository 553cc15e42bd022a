"""Cases as they might be counted, drawn at random."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from app.domain.ladder import Rung
from app.domain.taxonomy import Category, Route, Severity
from app.statistics.model import CaseFacts, Kept, Outcome, Stage, StageTime

T = TypeVar("T")

SITES = {"482170": "BD", "615236": "IN", "730118": "IN", "~AGT factory 1": "IN"}
FIRST = date(2025, 10, 1)


def some_case(chance: random.Random) -> CaseFacts:
    """Return a case that has anything: also what hardly goes together."""

    def one_of(values: Sequence[T]) -> T:
        return values[chance.randrange(len(values))]

    def maybe(percent: int = 20) -> bool:
        return chance.randrange(100) < percent

    site = one_of([*SITES, None])
    asked = maybe(30)
    return CaseFacts(
        id=UUID(int=chance.getrandbits(128)),
        received_on=FIRST + timedelta(days=chance.randrange(500)),
        site=site,
        country=SITES[site] if site else one_of(["BD", "IN", ""]),
        category=one_of([*Category, ""]),
        severity=one_of([*Severity, ""]),
        route=one_of(list(Route)),
        channel=one_of(["sms", "ivr", "web"]),
        language=one_of(["bn", "ta", ""]),
        filer=one_of(["worker", "union"]),
        outcome=one_of(list(Outcome)),
        is_info=maybe(),
        is_part=maybe(),
        is_history=maybe(),
        is_of_year=maybe(10),
        is_unrecorded=maybe(),
        stages={stage: _time(chance) for stage in Stage if maybe(80)},
        rungs=frozenset(rung for rung in Rung if maybe()),
        brand_asked=asked,
        brand_hours=chance.randrange(9) if asked and maybe(60) else None,
        is_reopened=maybe(),
        reprisal=one_of(["", "yes", "no", "unsaid", "unanswered", "waiting"]),
        paused_hours=one_of([0, 0, 5]),
        affected=one_of([1, 1, 40]),
        seq=chance.randrange(1, 10_000),
    )


def _time(chance: random.Random) -> StageTime:
    kept = chance.choice([None, *Kept])
    if kept is None or kept is Kept.RUNNING:
        return StageTime(kept)
    hours = chance.randrange(12)
    return StageTime(kept, hours, min(hours, chance.randrange(12)))
