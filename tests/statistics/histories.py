"""Made-up cases as the statistics know them, at random and for hypothesis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from hypothesis import strategies as st

from app.domain.directory import Site
from app.domain.hours import parse_hours
from app.domain.ladder import Rung
from app.domain.taxonomy import COMMITTEE_ROUTES, Category, Route, Severity, SiteKind
from app.statistics.measures import REPRISAL_WORDS, WAITING
from app.statistics.model import (
    RESOLVED,
    SENSITIVE,
    CaseFacts,
    Kept,
    Outcome,
    Stage,
    StageTime,
)

CHANNELS = ("sms", "voice", "web", "paper")
FILERS = ("worker", "worker", "worker", "relative", "union", "partner")
_LANGUAGES = {"BD": ("bn", "en"), "IN": ("ta", "hi", "en")}
_FIRST = date(2025, 1, 1)
_LASTING = (2, 5, 11, 26, 49, 170, 400)


@dataclass(frozen=True, slots=True)
class Ground:
    """Sites, and in how many days complaints come from them."""

    sites: tuple[Site, ...]
    days: int = 500


def site(number: int, *, workers: int | None = 400, country: str = "BD") -> Site:
    """Return a site of the programme; every third is a mill of the second tier."""
    is_mill = number % 3 == 2
    return Site(
        code=f"{100000 + number}",
        name=f"Site {number}",
        local_name="",
        country=country,
        region=f"{country}-{number % 2}",
        kind=SiteKind.SPINNING_MILL if is_mill else SiteKind.GARMENT,
        tier=2 if is_mill else 1,
        os_id="",
        timezone="Asia/Dhaka" if country == "BD" else "Asia/Kolkata",
        languages=_LANGUAGES[country],
        workers=workers,
        weekly_rest=frozenset({4 if country == "BD" else 6}),
        hours=parse_hours("09:00-13:00;14:00-18:00"),
        hotline="",
    )


def ground(count: int = 6, *, days: int = 500) -> Ground:
    """Return some sites of both countries; the last is small, the one before unsaid."""
    workers = [400 + 100 * n for n in range(count)]
    return Ground(
        tuple(
            site(
                n,
                workers=40 if n == count - 1 else None if n == count - 2 else people,
                country="BD" if n % 2 else "IN",
            )
            for n, people in enumerate(workers)
        ),
        days,
    )


def a_case(dice: Random, on: Ground, *, id: UUID | None = None) -> CaseFacts:
    """Return one case; the first sites and the plainest categories come most often."""
    place = _place(dice, on)
    country = place.country if place else dice.choice(("BD", "IN"))
    category = _category(dice)
    route = _route(dice, place, category)
    outcome = dice.choice([*Outcome, *RESOLVED, *RESOLVED, Outcome.OPEN])
    rungs = _rungs(dice)
    return CaseFacts(
        id=id or UUID(int=dice.getrandbits(128), version=4),
        received_on=_FIRST + timedelta(days=dice.randrange(on.days)),
        site=place.code if place else None,
        country=country,
        category=category,
        severity=dice.choice(list(Severity)).value,
        route=route,
        channel=dice.choice(CHANNELS),
        language=dice.choice(_LANGUAGES[country]),
        filer=dice.choice(FILERS),
        outcome=outcome,
        is_info=category == Category.INFO,
        is_part=(is_part := dice.random() < 0.05),
        stages={} if is_part else _stages(dice, outcome),
        rungs=rungs,
        brand_asked=Rung.BRAND in rungs,
        brand_hours=(
            dice.choice(_LASTING)
            if Rung.BRAND in rungs and dice.random() < 0.6
            else None
        ),
        is_reopened=dice.random() < 0.15,
        reprisal=dice.choice(("", "", "", WAITING, *REPRISAL_WORDS)),
        paused_hours=dice.choice((0, 0, 0, 30, 100)),
        affected=dice.choice((1, 1, 1, 1, 7, 400)),
        seq=dice.randrange(1, 10**6),
    )


def from_paper(facts: CaseFacts, *, is_of_year: bool = False) -> CaseFacts:
    """Return the case as imported: little is recorded of it."""
    is_resolved = facts.outcome in RESOLVED
    return replace(
        facts,
        category="" if is_of_year else facts.category,
        severity="",
        is_info=False,
        is_part=False,
        is_history=True,
        is_of_year=is_of_year,
        is_unrecorded=is_resolved,
        outcome=Outcome.DECLARED if is_resolved else facts.outcome,
        stages={},
        reprisal="",
        paused_hours=0,
        seq=0,
    )


def some_cases(seed: int, count: int, on: Ground | None = None) -> list[CaseFacts]:
    """Return a whole history, the same for the same seed; a few are of paper."""
    dice = Random(seed)
    place = on or ground()
    return list(_history(dice, count, place))


def _history(dice: Random, count: int, on: Ground) -> Iterator[CaseFacts]:
    for _ in range(count):
        facts = a_case(dice, on)
        if dice.random() < 0.06:
            facts = from_paper(facts, is_of_year=dice.random() < 0.3)
        yield facts


def changed(dice: Random, facts: CaseFacts, on: Ground) -> CaseFacts:
    """Return what may have become of the case: same id, same day of receipt."""
    if facts.is_history:
        return facts
    return replace(
        a_case(dice, on, id=facts.id),
        received_on=facts.received_on,
        seq=facts.seq + dice.randrange(1, 50),
    )


def _place(dice: Random, on: Ground) -> Site | None:
    if not on.sites or dice.random() < 0.08:
        return None
    weights = [1 / (n + 1) for n in range(len(on.sites))]
    return dice.choices(on.sites, weights)[0]


def _category(dice: Random) -> str:
    plain = (Category.WAGE, Category.HOUR, Category.SOCS, Category.OSHS)
    return str(dice.choice([*Category, *plain, *plain]))


def _route(dice: Random, place: Site | None, category: str) -> str:
    if place is None or category in SENSITIVE or dice.random() < 0.15:
        is_harassed = place is not None and category == Category.GBVH
        routes = [Route.PARTNER, Route.PARTNER, Route.SECRETARIAT]
        more = [Route.INTERNAL_COMMITTEE] if is_harassed else []
        return dice.choice([*routes, *more]).value
    return dice.choice(sorted(COMMITTEE_ROUTES)).value


def _rungs(dice: Random) -> frozenset[str]:
    if dice.random() < 0.7:
        return frozenset()
    return frozenset(rung.value for rung in Rung if dice.random() < 0.5)


def _stages(dice: Random, outcome: Outcome) -> dict[Stage, StageTime]:
    found = {}
    for stage in Stage:
        if dice.random() < 0.05:
            continue
        is_reached = (
            outcome in RESOLVED if stage is Stage.RESOLVE else dice.random() < 0.8
        )
        hours = dice.choice(_LASTING) if is_reached else None
        kept = [Kept.IN_TIME, Kept.LATE] if is_reached else [Kept.LATE, Kept.RUNNING]
        is_known = hours is not None and dice.random() < 0.9
        found[stage] = StageTime(
            kept=dice.choice(kept),
            hours=hours,
            working=hours // 3 if is_known and hours else None,
        )
    return found


def cases(
    on: Ground | None = None, *, most: int = 60
) -> st.SearchStrategy[list[CaseFacts]]:
    """Give whole histories; hypothesis shrinks them to few cases of one seed."""
    return st.builds(
        lambda seed, count: some_cases(seed, count, on),
        st.integers(0, 2**32 - 1),
        st.integers(0, most),
    )


def sites_of(on: Ground) -> dict[str, Site]:
    return {one.code: one for one in on.sites}


def by_quarter(history: Sequence[CaseFacts]) -> dict[str, list[CaseFacts]]:
    found: dict[str, list[CaseFacts]] = {}
    for facts in history:
        found.setdefault(facts.quarter, []).append(facts)
    return found
