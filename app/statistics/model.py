"""The values that statistics are made of: a case as counted, a cell as published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.taxonomy import PROTECTED, Category

# Told only by country and quarter, never for a smaller part of the programme.
SENSITIVE: frozenset[str] = PROTECTED | {
    *(Category.FORC, Category.FOAS, Category.CRIS),
}


class Outcome(StrEnum):
    """How a complaint stands at the time of counting; each is in exactly one."""

    CONFIRMED = "confirmed"  # resolved, says the worker
    DECLARED = "declared"  # resolved, says the body; the worker has not said so
    IN_REMEDIATION = "in_remediation"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    UNFOUNDED = "unfounded"
    NO_CONTACT = "no_contact"
    OPEN = "open"


RESOLVED = frozenset({Outcome.CONFIRMED, Outcome.DECLARED})


class Stage(StrEnum):
    """The dated promises that are measured."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_ACTION = "first_action"
    RESOLVE = "resolve"


class Kept(StrEnum):
    """How a promise of a stage was kept; each promised case is in exactly one."""

    IN_TIME = "in_time"
    LATE = "late"  # met after its due time, or past it and not met
    RUNNING = "running"  # not due yet, or ended with the case before it was due


@dataclass(frozen=True, slots=True)
class StageTime:
    """One stage of one case; hours are whole, rounded up, None while not reached."""

    kept: Kept | None = None  # None: nothing of the kind was promised
    hours: int | None = None  # by the clock, from receipt
    working: int | None = None  # on the site's calendar, pauses left out


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case as the statistics know it, folded from its events and nothing else."""

    id: UUID
    received_on: date  # on the calendar of the place
    site: str | None
    country: str  # blank: not recorded, of history alone; so of those that follow
    category: str  # a `Category`
    severity: str
    route: str
    channel: str
    language: str
    filer: str  # worker, or who filed it for her
    outcome: Outcome
    is_info: bool = False  # a question or a test: no complaint
    is_part: bool = False  # joined to another case: a complaint, and no case
    is_history: bool = False  # logged before Threadline, imported
    is_of_year: bool = False  # no more is known of when than the year
    is_unrecorded: bool = False  # nobody recorded whether the worker confirmed
    stages: Mapping[Stage, StageTime] = field(default_factory=dict)
    rungs: frozenset[str] = frozenset()  # those it climbed to, see `ladder.Rung`
    brand_hours: int | None = None  # from the first rung of brands to a first answer
    brand_asked: bool = False
    is_reopened: bool = False
    reprisal: str = ""  # blank: not asked; waiting, yes, no, unsaid, unanswered
    paused_hours: int = 0  # whole, rounded up
    affected: int = 1  # people; more than one where a group complains
    seq: int = 0  # the last event that was folded

    @property
    def quarter(self) -> str:
        """The cohort: the quarter of receipt, such as 2026-Q3, or just the year."""
        if self.is_of_year:
            return str(self.received_on.year)
        return f"{self.received_on.year}-Q{(self.received_on.month + 2) // 3}"

    @property
    def is_complaint(self) -> bool:
        return not self.is_info

    @property
    def is_sensitive(self) -> bool:
        return self.category in SENSITIVE


class Told(StrEnum):
    """Whether a published cell says its number."""

    EXACT = "exact"
    FEWER = "fewer"  # under the threshold, zero included
    WITHHELD = "withheld"  # kept back so that no other cell can be reckoned from it
    UNRECORDED = "unrecorded"  # the original records do not say
    NONE = "none"  # there is nothing to reckon it from, such as a median of nothing


# Where a cell is of the whole programme.
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a release, or the word that it is not told."""

    period: str  # 2026-Q3 or 2026
    by: str  # a `Dimension`, or blank for the whole programme
    value: str  # e.g. IN, WAGE, a site's code; blank with `by` blank
    figure: str  # the id of a definition
    number: float | None
    told: Told
    as_of: datetime | None = (
        None  # set where it still says what an earlier release said
    )
    has_history: bool = False  # complaints from before Threadline are counted in it


class Dimension(StrEnum):
    """By what complaints are told apart; one at a time, never two."""

    COUNTRY = "country"
    REGION = "region"
    KIND = "kind"  # of site
    TIER = "tier"
    SITE = "site"
    CATEGORY = "category"
    SEVERITY = "severity"
    CHANNEL = "channel"
    LANGUAGE = "language"
    FILER = "filer"


# These count only what a committee handles and what is not sensitive: a factory
# knows those complaints, and must not find the others by taking them away.
OF_COMMITTEES = frozenset(
    {Dimension.REGION, Dimension.KIND, Dimension.TIER, Dimension.SITE}
)


class Audience(StrEnum):
    """Who reads a release; the threshold is theirs."""

    PUBLIC = "public"
    AUDITOR = "auditor"


THRESHOLD: Mapping[Audience, int] = {Audience.PUBLIC: 10, Audience.AUDITOR: 5}
SMALLEST_UNIT = 50  # workers; no figure is told of a smaller site or group of sites


@dataclass(frozen=True, slots=True)
class Release:
    """What was published at one time for one audience."""

    number: int
    audience: Audience
    as_of: datetime
    last_seq: int
    definitions: str  # the version of the definitions
    threshold: int
    cells: tuple[Cell, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)
