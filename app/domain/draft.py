"""A decision while it is being made: the case as it will be, and its debts.

Only code below `decide`, `open_case` and `strike` touches a draft, and each of
them makes its own: seen from outside they take values and return one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.calendar import SiteCalendar
from app.domain.calendar_text import version_of
from app.domain.case import (
    Answered,
    CaseFile,
    Deadline,
    Decision,
    Escalation,
    Event,
    Owed,
    Recipient,
)
from app.domain.commands import Actor
from app.domain.directory import Directory, Person
from app.domain.policy import Entry, Policy

# How long a message that is not a reminder is still worth sending.
NEWS_LASTS = timedelta(days=30)


@dataclass(slots=True)
class Draft:
    """What the rules write into; `case` is always the newest state."""

    case: CaseFile
    directory: Directory
    at: datetime
    by: Actor
    events: list[Event] = field(default_factory=list)
    owed: dict[str, Owed] = field(default_factory=dict)
    escalations: list[Escalation] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    beside: CaseFile | None = None  # the other case that the act names
    parts: int = 0  # how many cases are joined to this one

    @property
    def day(self) -> date:
        """Today, where the case is."""
        return self.local_day(self.at)

    @property
    def policy(self) -> Policy:
        """The version under which the case was opened, whatever came since."""
        return self.directory.policy(self.case.policy_version)

    @property
    def entry(self) -> Entry:
        return self.policy.entry(self.case.category, self.case.severity)

    @property
    def person(self) -> Person:
        """Who acts; only a staff verb asks, and `decide` lets no one else by."""
        if self.by.person is None:
            raise LookupError("a staff verb without a person")
        return self.by.person

    @property
    def calendar(self) -> SiteCalendar:
        return self.directory.calendar_for(self.case.site, self.case.country)

    def calendar_of(self, clock: Deadline) -> SiteCalendar:
        """Return the calendar on which the clock runs.

        The version that it started on, unless the case has moved to another
        site since, or it has none.
        """
        now = self.calendar
        is_here = version_of(clock.calendar)[0] == version_of(now.id)[0]
        kept = self.directory.calendar_named(clock.calendar) if is_here else None
        return kept or now

    def local_day(self, at: datetime) -> date:
        return self.directory.local_day(at, self.case.site, self.case.country)

    def change(self, **fields: Any) -> None:
        self.case = replace(self.case, **fields)

    def put(self, deadline: Deadline) -> None:
        self.case = self.case.with_deadline(deadline)

    def record(self, kind: str, note: str = "", **facts: Any) -> None:
        """Add an event; `note` is the only fact in anybody's own words."""
        if note.strip():
            facts["note"] = note.strip()
        self.events.append(Event(kind, facts, actor=self.by.id))

    def owe(
        self,
        template: str,
        recipients: Iterable[Recipient],
        params: Mapping[str, Any],
        *,
        occasion: str,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Owe one message a recipient; `occasion` keeps the keys apart."""
        for to in recipients:
            key = f"{template}:{occasion}:{to.kind}:{to.key}"
            self.owed[key] = Owed(
                recipient=to,
                template=template,
                params=params,
                key=key,
                not_before=not_before,
                expires_at=expires_at or (not_before or self.at) + NEWS_LASTS,
            )

    def climb(self, step: Escalation) -> None:
        """One escalation is one row and one ledger event."""
        self.escalations.append(step)
        self.record(
            "case.escalated",
            clock=step.clock,
            round=step.round,
            rung=step.rung,
            reason=step.reason,
            step=step.step,
            to=[[to.kind, to.key] for to in step.recipients],
        )

    def decision(self, notice: str | None = None) -> Decision:
        return Decision(
            case=self.case,
            events=tuple(self.events),
            owed=tuple(self.owed.values()),
            escalations=tuple(self.escalations),
            answered=tuple(self.answered),
            notice=notice,
        )


def to_people(people: Iterable[Person]) -> tuple[Recipient, ...]:
    """Return each person once, in the order given."""
    keys = dict.fromkeys(str(person.id) for person in people)
    return tuple(Recipient("person", key) for key in keys)
