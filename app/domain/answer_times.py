"""How long brands take to answer what they were told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from uuid import UUID

from app.domain.brand_view import ToldRung, brands_of
from app.domain.directory import Directory
from app.domain.taxonomy import Role


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """One brand's answers, by the clock, day and night."""

    told: int  # rungs on which it was told
    answered: int  # of them: it, or somebody for it
    waiting: int  # nobody yet
    median: timedelta | None = None
    last: timedelta | None = None


def answer_times(
    rungs: Iterable[ToldRung], directory: Directory
) -> Mapping[str, AnswerTimes]:
    """Return for each brand that was told how long it took to answer.

    Brands answer as one: where another brand spoke for it, that is neither a
    quick answer of this one nor a rung that waits. What a partner wrote down
    was said for all of them.
    """
    told: dict[str, int] = {}
    waiting: dict[str, int] = {}
    took: dict[str, list[tuple[ToldRung, timedelta]]] = {}
    for rung in rungs:
        speaking = _speaking(rung, directory)
        for brand in brands_of(rung, directory):
            told[brand] = told.get(brand, 0) + 1
            if rung.answered_at is None:
                waiting[brand] = waiting.get(brand, 0) + 1
            elif not speaking or brand in speaking:
                took.setdefault(brand, []).append((rung, rung.answered_at - rung.at))
    return {
        brand: _times(told[brand], waiting.get(brand, 0), took.get(brand, []))
        for brand in sorted(told)
    }


def _speaking(rung: ToldRung, directory: Directory) -> frozenset[str]:
    """Return the brands of whoever answered; none where a partner wrote it down."""
    if rung.answered_at is None or not rung.answered_by:
        return frozenset()
    person = directory.person(UUID(rung.answered_by))
    if person is None or person.role is not Role.BRAND:
        return frozenset()
    return frozenset(person.org)


def _times(
    told: int, waiting: int, took: list[tuple[ToldRung, timedelta]]
) -> AnswerTimes:
    if not took:
        return AnswerTimes(told, 0, waiting)
    in_order = sorted(took, key=lambda each: each[0].at + each[1])
    middle = timedelta(seconds=median(t.total_seconds() for _, t in took))
    return AnswerTimes(told, len(took), waiting, middle, in_order[-1][1])
