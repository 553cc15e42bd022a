"""The demo's past year as a list of steps; who takes them is in `retell`.

Pure and seeded: the same seed and the same end give the same year. Every step
is something that a worker, a committee or a partner does; what follows from
it, the engine decides, as it would have on that day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.demo.dice import dice
from app.demo.places import PLACES, Place
from app.demo.sayings import BY_TOPIC, GREETINGS

CASES = 83
CONTACTS = 36
YEAR = timedelta(days=360)

# The last cases are young, so that there is work on every desk.
_YOUNG = 13
_RECENT = timedelta(days=16)


T = TypeVar("T")


class Fate(StrEnum):
    """How a case goes."""

    CONFIRMED = "confirmed"  # solved, says the worker
    DECLARED = "declared"  # solved, say they; the worker never answers
    NOT_SOLVED = "not_solved"  # reopened once, then solved
    LATE = "late"  # two promises missed, then solved
    NOBODY = "nobody"  # nobody acts until the brands are told
    REFERRED = "referred"
    UNFOUNDED = "unfounded"
    WITHDRAWN = "withdrawn"
    NO_CONTACT = "no_contact"
    REMEDIATION = "remediation"  # a child: watched over for months


_FATES = {
    Fate.CONFIRMED: 40,
    Fate.DECLARED: 11,
    Fate.NOT_SOLVED: 7,
    Fate.LATE: 9,
    Fate.NOBODY: 5,
    Fate.REFERRED: 4,
    Fate.UNFOUNDED: 3,
    Fate.WITHDRAWN: 2,
    Fate.NO_CONTACT: 2,
}
_TOPICS = {1: 34, 2: 15, 3: 13, 4: 5, 5: 17, 6: 2, 7: 14}
_CONFLICTS = {"2": 74, "1": 12, "3": 14}


@dataclass(frozen=True, slots=True)
class Tale:
    """One past case: who wrote what where, and how it goes on.

    `conflict`, `topic` and `may_text` are the digits that answer the
    questions, should they be asked.
    """

    id: int
    opened_at: datetime
    place: Place
    language: str
    topic: int
    conflict: str
    may_text: str
    knows_code: bool
    text: str
    fate: Fate

    @property
    def sender(self) -> str:
        """A phone that no operator gave out."""
        prefix = "+8801100" if self.place.country == "BD" else "+911100"
        return f"{prefix}{self.id:06d}"


@dataclass(frozen=True, slots=True)
class Contact:
    """A greeting or a test, from a phone that writes no more."""

    at: datetime
    sender: str
    hotline: str
    text: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """The worker writes: the first text, then answers what is asked."""

    at: datetime
    tale: Tale


@dataclass(frozen=True, slots=True)
class Asked:
    """The worker writes a keyword with the PIN; `answers` what is asked then."""

    at: datetime
    tale: Tale
    word: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Acted:
    """Somebody of the body that holds the case acts, or a partner does."""

    at: datetime
    tale: Tale
    verb: str
    is_partner: bool = False
    days: int = 0  # for a review: how far off the next one is


Step = Contact | Wrote | Asked | Acted


def year(until: datetime, seed: int) -> list[Step]:
    """Return every step before `until`, in order."""
    chance = dice("history", seed)
    steps: list[Step] = list(_contacts(chance, until))
    for tale in tales(until, seed):
        steps.extend(_steps(tale, chance))
    return sorted((s for s in steps if s.at < until), key=lambda step: step.at)


def tales(until: datetime, seed: int) -> list[Tale]:
    """Return the cases of the year, each with its own fate."""
    chance = dice("tales", seed)
    return [_tale(chance, n, until) for n in range(CASES)]


def _tale(chance: Random, n: int, until: datetime) -> Tale:
    # Every site has one, and every topic comes up.
    is_first = n < len(PLACES)
    place = PLACES[n] if is_first else chance.choice(PLACES)
    topic = n % len(_TOPICS) + 1 if is_first else _pick(chance, _TOPICS)
    fate = Fate.REMEDIATION if topic == 6 else _pick(chance, _FATES)
    is_young = n >= CASES - _YOUNG
    span = (_RECENT, timedelta(0)) if is_young else (YEAR, _RECENT)
    day = until - span[1] - (span[0] - span[1]) * chance.random()
    spoken = dict(zip(place.languages.split(";"), (12, 3, 2, 1), strict=False))
    language = _pick(chance, spoken)
    return Tale(
        id=n,
        opened_at=min(_evening(chance, day, place), until - timedelta(minutes=30)),
        place=place,
        language=language,
        topic=topic,
        conflict=_pick(chance, _CONFLICTS),
        may_text=_pick(chance, {"1": 3, "2": 1}),
        knows_code=chance.random() < 0.85,
        text=chance.choice(BY_TOPIC[topic][language]),
        fate=fate,
    )


def _evening(chance: Random, day: datetime, place: Place) -> datetime:
    """Most texts come after the shift, some at noon."""
    hour = chance.choice((12, 13, 18, 19, 19, 20, 20, 21, 21, 22))
    local = day.astimezone(ZoneInfo(place.timezone))
    clock = time(hour, chance.randrange(60), chance.randrange(60))
    return datetime.combine(local.date(), clock, local.tzinfo)


def _contacts(chance: Random, until: datetime) -> Iterator[Contact]:
    for n in range(CONTACTS):
        place = chance.choice(PLACES)
        language = place.languages.split(";")[0]
        prefix = "+8801200" if place.country == "BD" else "+911200"
        yield Contact(
            at=_evening(chance, until - YEAR * chance.random(), place),
            sender=f"{prefix}{n:06d}",
            hotline=place.hotline,
            text=chance.choice(GREETINGS[language]),
        )


def _steps(tale: Tale, chance: Random) -> Iterator[Step]:
    yield Wrote(tale.opened_at, tale)
    match tale.fate:
        case Fate.CONFIRMED:
            yield from _solved(tale, chance, (2, 9))
            yield Asked(_after(tale, chance, 10, 13), tale, "STATUS", "1")
        case Fate.DECLARED:
            yield from _solved(tale, chance, (3, 11))
        case Fate.NOT_SOLVED:
            yield from _solved(tale, chance, (3, 8))
            yield Asked(_after(tale, chance, 9, 12), tale, "STATUS", "2")
            yield from _worked(tale, chance, (12.5, 14), (16, 22))
            yield Asked(_after(tale, chance, 23, 25), tale, "STATUS", "1")
        case Fate.LATE:
            yield Acted(_after(tale, chance, 5, 6), tale, "acknowledge")
            yield from _worked(tale, chance, (10, 12), (18, 24))
            yield Asked(_after(tale, chance, 25, 28), tale, "STATUS", "1")
        case Fate.NOBODY:
            yield from _worked(tale, chance, (24, 28), (34, 40))
        case Fate.REFERRED:
            yield from _ended(tale, chance, "refer")
        case Fate.UNFOUNDED:
            yield from _ended(tale, chance, "unfounded")
        case Fate.WITHDRAWN:
            yield Asked(_after(tale, chance, 1, 3), tale, "WITHDRAW")
        case Fate.NO_CONTACT:
            for day in (2, 4, 7):
                at = _after(tale, chance, day, day + 0.4)
                yield Acted(at, tale, "attempt", is_partner=True)
            yield from _ended(tale, chance, "no-contact")
        case Fate.REMEDIATION:
            yield from _remediated(tale, chance)


def _solved(tale: Tale, chance: Random, within: tuple[float, float]) -> Iterator[Step]:
    """The ordinary course: read, acted on, declared solved, all in time."""
    yield Acted(_after(tale, chance, 0.05, 0.15), tale, "acknowledge")
    yield from _worked(tale, chance, (0.4, 0.9), within)


def _worked(
    tale: Tale,
    chance: Random,
    start: tuple[float, float],
    solved: tuple[float, float],
) -> Iterator[Step]:
    yield Acted(_after(tale, chance, *start), tale, "start")
    if chance.random() < 0.6:
        yield Acted(_after(tale, chance, start[1], solved[0]), tale, "propose")
    yield Acted(_after(tale, chance, *solved), tale, "resolve")


def _ended(tale: Tale, chance: Random, verb: str) -> Iterator[Step]:
    yield Acted(_after(tale, chance, 0.05, 0.15), tale, "acknowledge")
    yield Acted(_after(tale, chance, 0.4, 0.9), tale, "start")
    yield Acted(_after(tale, chance, 8, 12), tale, verb, is_partner=True)


def _remediated(tale: Tale, chance: Random) -> Iterator[Step]:
    yield Acted(_after(tale, chance, 0.05, 0.15), tale, "acknowledge")
    yield Acted(_after(tale, chance, 0.4, 0.9), tale, "start")
    yield Acted(_after(tale, chance, 4, 6), tale, "plan")
    yield Acted(_after(tale, chance, 7, 9), tale, "remediate", is_partner=True, days=30)
    for month in range(1, 12):
        at = _after(tale, chance, 8 + 29 * month, 9 + 29 * month)
        yield Acted(at, tale, "review", is_partner=True, days=30)


def _after(tale: Tale, chance: Random, low: float, high: float) -> datetime:
    return tale.opened_at + timedelta(days=chance.uniform(low, high))


def _pick(chance: Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]
