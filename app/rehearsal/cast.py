"""The cases of a year: when, where, what about, and what the worker will say.

Drawn before anything is played and from the seed alone, so that two policies
meet the same cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.directory import Directory, Site
from app.domain.opening import Seed
from app.domain.reference import with_check
from app.domain.taxonomy import Category, Conflict
from app.rehearsal.plan import Plan

T = TypeVar("T")

# Most write after the shift, some at noon; no source has the hours (DOMAIN.md,
# section 5), this is the demo's guess.
_HOURS = (7, 12, 13, 18, 19, 19, 20, 20, 21, 21, 22)
_FIRST_NUMBER = 1_000_000
_WORKERS = 500  # of a site that did not say how many


@dataclass(frozen=True, slots=True)
class Tale:
    """One worker's side of one case; `conflict` None is no answer."""

    index: int
    at: datetime
    site: str | None  # where it is; None: nobody ever finds out
    knows_code: bool
    country: str
    language: str
    channel: str
    hotline: str
    category: Category
    triaged_as: Category  # what an unclear case turns out to be about
    conflict: Conflict | None
    is_danger: bool
    danger_after: timedelta | None
    may_text: bool
    writes_after: timedelta | None
    withdraws_after: timedelta | None
    ending: str  # a partner's verb, blank: it is worked until it is solved
    pause_days: float  # 0: none

    @property
    def seed(self) -> Seed:
        """Return what the first message gives; the rest is asked for."""
        return Seed(
            id=UUID(int=self.index + 1),
            number=with_check(str(_FIRST_NUMBER + self.index)),
            site=self.site if self.knows_code else None,
            country=self.country,
            category=self.category,
            category_was_guessed=True,
            severity_raised=self.is_danger,
            conflict=None,
            language=self.language,
            channel=self.channel,
            hotline=self.hotline,
        )


def tales(
    directory: Directory,
    plan: Plan,
    *,
    cases: int,
    seed: int,
    start: datetime,
    until: datetime,
) -> list[Tale]:
    """Return the year's cases in the order in which they come."""
    chance = Random(f"arrivals {seed}")  # noqa: S311
    sites = sorted(directory.sites.values(), key=lambda site: site.code)
    weights = [site.workers or _WORKERS for site in sites]
    places = chance.choices(sites, weights, k=cases)
    comings = sorted(
        (_evening(chance, start, until, site), n) for n, site in enumerate(places)
    )
    return [
        _tale(Random(f"tale {seed} {n}"), plan, index, at, places[n])  # noqa: S311
        for index, (at, n) in enumerate(comings)
    ]


def _evening(chance: Random, start: datetime, until: datetime, site: Site) -> datetime:
    zone = ZoneInfo(site.timezone)
    day = (start + (until - start) * chance.random()).astimezone(zone).date()
    hour = chance.choice(_HOURS)
    local = time(hour, chance.randrange(60), chance.randrange(60))
    at = datetime.combine(day, local, zone).astimezone(UTC)
    return max(start, min(at, until - timedelta(seconds=1)))


def _tale(chance: Random, plan: Plan, index: int, at: datetime, site: Site) -> Tale:
    """Every draw is made for every case, wanted or not: a changed share of one
    thing leaves the others as they are.
    """
    category = _pick(chance, plan.categories)
    unclear = {Category.OTHR, Category.INFO}
    real = {c: w for c, w in plan.categories.items() if c not in unclear}
    languages = {code: 1 / (n + 1) for n, code in enumerate(site.languages or ("en",))}
    return Tale(
        index=index,
        at=at,
        site=site.code,
        knows_code=not _happens(chance, plan.no_site),
        country=site.country,
        language=_pick(chance, languages),
        channel=_pick(chance, plan.channels),
        hotline=site.hotline,
        category=category,
        triaged_as=_pick(chance, real or {Category.WAGE: 1}),
        conflict=_pick(chance, plan.conflicts),
        is_danger=_happens(chance, plan.danger),
        danger_after=_days(chance, plan.danger_later, 0.1, 5),
        may_text=_happens(chance, plan.may_text),
        writes_after=_days(chance, plan.writes_again, 0.5, 9),
        withdraws_after=_days(chance, plan.withdraws, 0.5, 5),
        ending=_ending(chance, plan),
        pause_days=_length(chance, plan.paused),
    )


def _ending(chance: Random, plan: Plan) -> str:
    drawn = chance.random()
    for verb, share in (
        ("refer", plan.referred),
        ("unfounded", plan.unfounded),
        ("no-contact", plan.no_contact),
    ):
        if drawn < share:
            return verb
        drawn -= share
    return ""


def _days(chance: Random, share: float, low: float, high: float) -> timedelta | None:
    after = timedelta(days=chance.uniform(low, high))
    return after if _happens(chance, share) else None


def _length(chance: Random, share: float) -> float:
    days = chance.uniform(1, 6)
    return days if _happens(chance, share) else 0


def _happens(chance: Random, share: float) -> bool:
    return chance.random() < share


def _pick(chance: Random, weights: Mapping[T, float]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]
