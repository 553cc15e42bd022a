"""The law's own clocks as data: which event starts each, and who must act.

Not legal advice: a table with its sources, and how well each was seen.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from app.domain.durations import Duration, parse_term
from app.domain.errors import BadInput
from app.domain.taxonomy import Category

EVERYWHERE = "*"  # the jurisdiction of what holds in every country


class Happening(StrEnum):
    """Something that happened to or in a case and that a law looks at."""

    OPENED = "opened"  # the case's own beginning; nobody need record it
    FORMAL = "formal"  # a written complaint, with the worker's consent
    # What lies before the case.
    INCIDENT = "incident"
    KNOWLEDGE = "knowledge"  # the worker learnt of the cause
    WAGE_DUE = "wage_due"
    WAGE_PERIOD_ENDED = "wage_period_ended"
    EMPLOYMENT_ENDED = "employment_ended"
    APPOINTED = "appointed"
    # What the worker does outside.
    GRIEVANCE_SENT = "grievance_sent"  # in writing, to employer or its committee
    CONCILIATION_ASKED = "conciliation_asked"
    COURT_ASKED = "court_asked"
    APPEALED = "appealed"
    # What a committee or an employer does.
    COPY_SENT = "copy_sent"
    REPLY_RECEIVED = "reply_received"
    INQUIRY_ENDED = "inquiry_ended"
    REPORT_SENT = "report_sent"
    EMPLOYER_ACTED = "employer_acted"
    DECISION = "decision"
    APPEAL_DECIDED = "appeal_decided"
    WAGES_PAID = "wages_paid"
    DUES_PAID = "dues_paid"
    CONTRIBUTION_PAID = "contribution_paid"
    REGISTERED = "registered"
    # Children.
    CHILD_ASSESSED = "child_assessed"
    CHILD_SEXUAL_OFFENCE = "child_sexual_offence"  # a partner's mark, India
    NO_SEXUAL_OFFENCE = "no_sexual_offence"  # it was asked, and there is no sign
    AUTHORITY_TOLD = "authority_told"
    COUNSEL_REASON = "counsel_reason"  # why, as counsel says, it was not told


# Where none of these is known, a limitation counts from the earliest plausible day.
BEFORE = frozenset(
    {
        Happening.INCIDENT,
        Happening.KNOWLEDGE,
        Happening.WAGE_DUE,
        Happening.EMPLOYMENT_ENDED,
    }
)


class Who(StrEnum):
    """Who must act in time."""

    WORKER = "worker"
    COMMITTEE = "committee"
    EMPLOYER = "employer"
    RESPONDENT = "respondent"  # who is accused
    PROGRAMME = "programme"  # the service, and everybody who works in it
    AUTHORITY = "authority"
    BRAND = "brand"


CONFIDENCES: Mapping[str, str] = {
    "A": "text of the law or an official page seen",
    "B": "secondary source seen",
    "C": "general knowledge",
}

# Kinds of helpline that may be named to a worker as the way outside.
ROUTES = ("labour", "legal_aid", "women", "child")


@dataclass(frozen=True, slots=True)
class Law:
    """One row of the table; without `length` or with `no_clock` none runs."""

    id: str
    jurisdiction: str  # a country, a body, or *
    title: str
    section: str
    who: Who
    source: str
    confidence: str  # A, B, C
    length: Duration | None = None
    starts: tuple[Happening, ...] = ()  # the first one known
    after: str = ""  # the law whose passing starts it as well
    met_by: tuple[Happening, ...] = ()
    categories: tuple[Category, ...] = ()
    since: date | None = None  # in force; both days inclusive
    until: date | None = None
    is_limitation: bool = False  # once passed, the worker has lost a right
    route: tuple[str, ...] = ()  # kinds of helpline, the best first
    may_extend: Duration | None = None  # in total, in the unit of the length
    unknown_incident: Duration | None = None
    only_formal: bool = False  # runs only after a written complaint
    holds: bool = False  # until it is met the case cannot be ended
    note: str = ""
    no_clock: str = ""  # why not

    @property
    def has_clock(self) -> bool:
        return self.length is not None and not self.no_clock

    @property
    def counts_unknown(self) -> bool:
        """Whether it runs from the earliest plausible day, if none is told."""
        return self.is_limitation and bool(self.starts) and {*self.starts} <= BEFORE

    def holds_in(self, country: str) -> bool:
        return self.jurisdiction in (country, EVERYWHERE)

    def is_about(self, country: str, category: Category) -> bool:
        return self.holds_in(country) and category in self.categories

    def in_force_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """What a worker is told of a right that passes: until when, and whom to ask."""

    kind: str  # of helpline; blank where none is imported
    number: str
    day: date


def bears_on_rights(what: Happening, laws: Iterable[Law]) -> bool:
    """Return whether a right of the worker's runs, or ends, by this happening.

    Its own limitation, or the duty on whose lapse that limitation begins.
    """
    known = tuple(laws)
    rights = [law for law in known if law.is_limitation]
    before = {law.after for law in rights}
    return any(
        what in (*law.starts, *law.met_by)
        for law in known
        if law.is_limitation or law.id in before
    )


def parse_laws(text: str) -> tuple[Law, ...]:
    """Read a table of laws; raise one `BadInput` that lists every problem."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"this is not TOML: {error}") from None
    problems: list[str] = []
    rows = raw.get("law", [])
    default = raw.get("unknown_incident")
    laws = []
    for number, row in enumerate(rows, start=1):
        place = f"[[law]] {number} ({row.get('id', 'no id')})"
        try:
            laws.append(_law(row, default))
        except (KeyError, ValueError, BadInput) as problem:
            problems.append(f"{place}: {_worded(problem)}")
    problems += _amiss(laws)
    if problems:
        raise BadInput("\n".join(problems))
    return tuple(laws)


_KEYS = tuple(field.name for field in fields(Law))
_TEXTS = ("id", "jurisdiction", "title", "section", "source")


def _law(row: Mapping[str, Any], unknown: str | None) -> Law:
    """Read one row; raise KeyError or ValueError where it makes no sense."""
    for key in row:
        if key not in _KEYS:
            raise ValueError(f"unknown key {key}; known are {', '.join(_KEYS)}")
    read: dict[str, Any] = dict(row)
    for key in _TEXTS:
        if not isinstance(read[key], str) or not read[key]:
            raise ValueError(f"{key} is not text")
    read["who"] = Who(read["who"])
    if read["confidence"] not in CONFIDENCES:
        raise ValueError(f"confidence: one of {', '.join(CONFIDENCES)}")
    for key in ("length", "may_extend", "unknown_incident"):
        read[key] = _term(row.get(key))
    read["starts"] = _each(Happening, row.get("starts", ()))
    read["met_by"] = _each(Happening, row.get("met_by", ()))
    read["categories"] = _each(Category, row.get("categories", ()))
    read["route"] = tuple(row.get("route", ()))
    law = Law(**read)
    if law.counts_unknown and law.unknown_incident is None:
        read["unknown_incident"] = _term(unknown)
        law = Law(**read)
    return law


def _term(text: str | None) -> Duration | None:
    return None if text is None else parse_term(text)


def _each(kind: Any, words: Iterable[str]) -> tuple[Any, ...]:
    return tuple(kind(word) for word in words)


def _worded(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"{problem.args[0]} is missing"
    return str(problem)


def _amiss(laws: Sequence[Law]) -> list[str]:
    """Return what no single row shows, or what a whole row gets wrong."""
    ids = [law.id for law in laws]
    found = [f"{each}: twice" for each in {*ids} if ids.count(each) > 1]
    for law in laws:
        if law.no_clock:
            continue
        if law.length is None or not law.starts or not law.met_by:
            found.append(f"{law.id}: give length, starts and met_by, or no_clock")
        if not law.categories:
            found.append(f"{law.id}: give the categories that it is about")
        if law.after and law.after not in ids:
            found.append(f"{law.id}: after {law.after}, which is no law here")
        if law.is_limitation and law.who is not Who.WORKER:
            found.append(f"{law.id}: a limitation binds the worker")
        if law.counts_unknown and law.unknown_incident is None:
            found.append(f"{law.id}: give unknown_incident, here or for all")
        if unknown := [kind for kind in law.route if kind not in ROUTES]:
            found.append(f"{law.id}: route {', '.join(unknown)} is unknown")
        if law.length and law.may_extend and law.may_extend.unit != law.length.unit:
            found.append(f"{law.id}: may_extend in {law.length.unit}, as the length")
    return found
