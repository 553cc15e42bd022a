"""Whole programmes made up at random: sites, cases, and what stands beside these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import strategies as st

from app.domain.directory import Site
from app.domain.indicators import TRAINED, UNITS, IndicatorKind, Topic
from app.domain.ladder import Rung
from app.domain.remedies import Kind
from app.domain.taxonomy import SiteKind
from app.statistics.model import CaseFacts
from app.store.figures.reading import Indicator
from tests.statistics.histories import Ground, site, some_cases

_FIRST = date(2025, 1, 1)
_DAYS = 700
_WORKERS = (60, 400, 400, 900, 2500)
_FEW_WORKERS = (None, 7, 49)
_NAMES = ("case", "call", "missed", "greeting", "unclear", "test")


@dataclass(frozen=True, slots=True)
class Counter:
    """How often one thing was counted on a day."""

    day: date
    name: str  # such as contact.case
    count: int


@dataclass(frozen=True, slots=True)
class Remedied:
    """One action of a case's plan, as whoever did it recorded it."""

    case: CaseFacts
    kind: str
    is_done: bool
    beneficiaries: int | None = None
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is no count of complaints, as it comes in."""

    counters: Sequence[Counter] = ()
    remedies: Sequence[Remedied] = ()
    indicators: Sequence[Indicator] = ()


@dataclass(frozen=True, slots=True)
class World:
    """A programme; `last` is the newest quarter that is over."""

    history: Sequence[CaseFacts]
    sites: tuple[Site, ...] = ()
    beside: Beside = field(default_factory=Beside)
    brands: Sequence[tuple[str, frozenset[str]]] = ()
    last: str = "2026-Q4"


def a_world(seed: int, count: int, *, sites: int = 8) -> World:
    """Return a programme of so many cases, the same for the same seed."""
    dice = Random(seed)
    on = Ground(_sites(dice, sites), _DAYS)
    history = some_cases(dice.getrandbits(32), count, on)
    if dice.random() < 0.25:
        history = [_answered(dice, case) for case in history]
    codes = [one.code for one in on.sites]
    return World(
        history,
        on.sites,
        Beside(
            list(_counters(dice)),
            [one for case in history for one in _remedies(dice, case)],
            list(_indicators(dice)),
        ),
        [("oak", frozenset(codes[: dice.randrange(1, sites)]))],
        dice.choice(("2025-Q4", "2026-Q2", "2026-Q4", "2026-Q4")),
    )


def worlds(*, most: int = 60) -> st.SearchStrategy[World]:
    return st.builds(a_world, st.integers(0, 2**32 - 1), st.integers(0, most))


def _sites(dice: Random, count: int) -> tuple[Site, ...]:
    """Return sites; in every second programme the workers of each are known."""
    few = _FEW_WORKERS if dice.random() < 0.5 else ()
    return tuple(
        replace(
            site(n, country=dice.choice(("BD", "IN"))),
            workers=dice.choice((*_WORKERS, *few)),
            region=dice.choice(("North", "South", "East")),
            kind=dice.choice(list(SiteKind)),
            tier=dice.choice((1, 1, 2, 3)),
        )
        for n in range(count)
    )


def _answered(dice: Random, case: CaseFacts) -> CaseFacts:
    """Return the case as one that climbed to a brand, which answered."""
    rungs = case.rungs | {Rung.BRAND.value}
    hours = dice.randrange(1, 400)
    return replace(case, rungs=rungs, brand_asked=True, brand_hours=hours)


def _counters(dice: Random) -> Iterator[Counter]:
    for _ in range(dice.randrange(120)):
        day = _FIRST + timedelta(days=dice.randrange(_DAYS))
        yield Counter(day, f"contact.{dice.choice(_NAMES)}", dice.randrange(1, 9))
    yield Counter(_FIRST, "sms.sent", 1000)


def _remedies(dice: Random, case: CaseFacts) -> Iterator[Remedied]:
    """Yield what was planned for the case, some of it done; also for a question."""
    often = [Kind.BACK_PAY, Kind.ESI_REGISTRATION, Kind.TRAINING] * 4
    while dice.random() < 0.4:
        is_paid = dice.random() < 0.5
        yield Remedied(
            case,
            dice.choice([*Kind, *often]).value,
            dice.random() < 0.8,
            dice.choice((None, 0, 1, 1, 7, 60)),
            Decimal(dice.randrange(1, 10**7)) / 100 if is_paid else None,
            dice.choice(("BDT", "INR")) if is_paid else None,
        )


def _indicators(dice: Random) -> Iterator[Indicator]:
    for _ in range(dice.randrange(60)):
        kind = dice.choice(list(IndicatorKind))
        has_topic = kind in TRAINED and dice.random() < 0.5
        since = _FIRST + timedelta(days=dice.randrange(-400, _DAYS))
        yield Indicator(
            UUID(int=dice.getrandbits(128), version=4),
            kind.value,
            None,
            since,
            since + timedelta(days=dice.randrange(400)),
            dice.randrange(20_000),
            UNITS[kind].value,
            dice.choice(list(Topic)).value if has_topic else "",
            "A list of names",
            dice.random() < 0.2,
        )
