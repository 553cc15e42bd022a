"""Numbers of the programme that no complaint tells: entered, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from app.domain.directory import Directory
from app.domain.errors import BadInput

LONGEST = 500  # characters of an evidence
MOST = 100_000_000
_FIRST_YEAR = 1970


class Unit(StrEnum):
    """What is counted."""

    PEOPLE = "people"
    CHILDREN = "children"
    SITES = "sites"


class IndicatorKind(StrEnum):
    """What the number says; each has its one unit."""

    WORKERS_REACHED = "workers_reached"
    WORKERS_TRAINED = "workers_trained"
    CHILDREN_TRAINED = "children_trained"
    SITES_AGE_VERIFICATION = "sites_age_verification"
    ESI_REGISTRATIONS = "esi_registrations"
    PF_REGISTRATIONS = "pf_registrations"
    COMMITTEES_SET_UP = "committees_set_up"
    CRECHES_OPENED = "creches_opened"


UNITS: Mapping[IndicatorKind, Unit] = MappingProxyType(
    {
        IndicatorKind.WORKERS_REACHED: Unit.PEOPLE,
        IndicatorKind.WORKERS_TRAINED: Unit.PEOPLE,
        IndicatorKind.CHILDREN_TRAINED: Unit.CHILDREN,
        IndicatorKind.SITES_AGE_VERIFICATION: Unit.SITES,
        IndicatorKind.ESI_REGISTRATIONS: Unit.PEOPLE,
        IndicatorKind.PF_REGISTRATIONS: Unit.PEOPLE,
        IndicatorKind.COMMITTEES_SET_UP: Unit.SITES,
        IndicatorKind.CRECHES_OPENED: Unit.SITES,
    }
)


class Topic(StrEnum):
    """What somebody was trained in."""

    CHILD_RIGHTS = "child_rights"
    MATERNITY_RIGHTS = "maternity_rights"
    WASH = "wash"
    MATERNAL_HEALTH = "maternal_health"
    YOUNG_WORKERS = "young_workers"
    WAGES_BENEFITS = "wages_benefits"
    CHILD_LABOUR = "child_labour"


# Of these it may be said in what.
TRAINED = frozenset({IndicatorKind.WORKERS_TRAINED, IndicatorKind.CHILDREN_TRAINED})


@dataclass(frozen=True, slots=True)
class Entered:
    """An indicator as somebody enters it."""

    kind: IndicatorKind
    value: int
    period_from: date
    period_to: date  # inclusive
    evidence: str  # where one can look it up
    topic: Topic | None = None
    site: str | None = None

    @property
    def unit(self) -> Unit:
        return UNITS[self.kind]


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as it stands, or was withdrawn."""

    id: UUID
    entered: Entered
    by: UUID | None  # None: the command line
    at: datetime
    withdrawn_at: datetime | None
    is_history: bool  # of the time before Threadline


def entered(
    kind: str,
    value: str,
    period_from: str,
    period_to: str,
    evidence: str,
    topic: str,
    site: str,
    *,
    directory: Directory,
    today: date,
) -> Entered:
    """Return what a form says; raise `BadInput` with what to do otherwise."""
    what = next((k for k in IndicatorKind if k.value == kind), None)
    if what is None:
        raise BadInput("Choose what was counted.")
    if site and site not in directory.sites:
        raise BadInput("Give the six digits of a site, or leave the site out.")
    since, until = _day(period_from), _day(period_to)
    if until < since:
        raise BadInput("The last day is before the first: exchange the two.")
    if until > today:
        raise BadInput("The last day is still to come: enter what has been counted.")
    return Entered(
        what,
        _number(value),
        since,
        until,
        _evidence(evidence),
        _topic(what, topic),
        site or None,
    )


def _topic(kind: IndicatorKind, text: str) -> Topic | None:
    if not text:
        return None
    topic = next((t for t in Topic if t.value == text), None)
    if topic is None or kind not in TRAINED:
        raise BadInput("A topic is said of trainings alone, and is one of the list.")
    return topic


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput("Give both days as year-month-day, as 2026-09-30.") from None
    if day.year < _FIRST_YEAR:
        raise BadInput(f"Give days from {_FIRST_YEAR} on.")
    return day


def _number(text: str) -> int:
    number = text.strip()
    if not (number.isascii() and number.isdigit()) or int(number[:12]) > MOST:
        raise BadInput("Give the number in digits, without dots or commas.")
    return int(number)


def _evidence(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise BadInput("Say where one can look it up: a list, a report, its date.")
    if len(words) > LONGEST:
        raise BadInput(f"Write at most {LONGEST} characters.")
    return words
