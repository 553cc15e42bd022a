"""Releases of a history that goes on: cases end, some are seen anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from app.statistics.cohorts import Year, years
from app.statistics.model import RESOLVED, CaseFacts, Cell, Outcome
from app.statistics.release import Before, Exact, build, by_key
from tests.statistics.histories import Ground, changed, some_cases
from tests.statistics.summing import exact

MOMENTS = ("2025-Q2", "2025-Q4", "2026-Q1", "2026-Q4")
K, K_OF_AUDITORS = 10, 5


@dataclass(frozen=True, slots=True)
class Published:
    """One release, of both audiences, and the truth as it was then."""

    at: datetime
    history: list[CaseFacts]
    public: tuple[Cell, ...]
    auditor: tuple[Cell, ...] = ()


class Reader:
    """What one audience has been told until now."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._before: Before | None = None
        self._states: dict[str, list[Year]] = {}

    def hear(
        self, known: Exact, at: datetime, first: Sequence[Cell] = ()
    ) -> tuple[Cell, ...]:
        told = [by_key(first)] if first else []
        cells = build(known, self._k, before=self._before, first=told)
        for year in years(known.sums, known.closed):
            self._states.setdefault(year.name, []).append(year)
        states = {name: tuple(held) for name, held in self._states.items()}
        self._before = Before(by_key(cells), at, states)
        return cells


def growing(
    seed: int,
    count: int,
    on: Ground,
    *,
    moments: Sequence[str] = MOMENTS,
    is_steady: bool = False,
    has_auditors: bool = False,
) -> Iterator[Published]:
    """Yield a release at the end of each of these quarters.

    Of a steady history nothing changes but that open cases are solved.
    """
    dice = Random(seed)
    history = some_cases(seed, count, on)
    public, auditors = Reader(K), Reader(K_OF_AUDITORS)
    for number, last in enumerate(moments, start=1):
        at = datetime(2026 + number, 1, 1, tzinfo=UTC)
        history = [_live(dice, one, on, is_steady=is_steady) for one in history]
        known = exact(history, on.sites, last)
        cells = public.hear(known, at)
        more = auditors.hear(known, at, cells) if has_auditors else ()
        yield Published(at, history, cells, more)


def _live(dice: Random, one: CaseFacts, on: Ground, *, is_steady: bool) -> CaseFacts:
    chance = dice.random()
    if chance < 0.03 and not is_steady:
        return changed(dice, one, on)
    if one.outcome is Outcome.OPEN and chance < 0.4:
        return replace(one, outcome=dice.choice(sorted(RESOLVED)))
    return one
