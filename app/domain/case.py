"""A case as the rules see it: one frozen value with its clocks.

A decision takes a `CaseFile` and returns a new one together with what
happened (`Event`) and what is now owed to the outside (`Owed`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.laws import Happening
from app.domain.taxonomy import Category, Conflict, Route, Severity, Side, State

# In `CaseFile.alerted`, beside brand slugs, which never start with an at sign.
SECRETARIAT_ALERTED = "@secretariat"  # told of the case in the brands' stead
CLIMBED = "@climbed"  # the secretariat was told of a promise that was not kept
SILENT = "@silent"  # the secretariat was told that no brand had answered


_PROMISES = ("acknowledge", "first_action", "resolve", "plan", "review")

# How the names of clocks that are not the policy's begin.
LAW = "law:"  # a statutory clock: the law's id follows
RUNG = "rung:"  # a rung's own timer


@dataclass(frozen=True, slots=True)
class Deadline:
    """One promise with its date, and on what that date rests.

    `round` is 0 for the first run of a clock and one more after each
    reopening. `next_at` is when the sweep must look at it again: a reminder
    or the due time; None when nothing more will come of it.

    `promise`, `calendar` and `paused` are the basis: the due time is that
    duration after `opened_at` on that version of a calendar, with the first
    `paused` pauses of the case left out, whatever has been imported since.
    A clock from before this was kept, or that runs to a date of somebody's
    choice, has no promise.
    """

    name: str  # a `Clock`, else as in `LAW` and `RUNG`
    round: int
    opened_at: datetime
    due_at: datetime
    remind_50_at: datetime | None
    remind_80_at: datetime | None
    next_at: datetime | None
    met_at: datetime | None = None
    missed_at: datetime | None = None
    promise: str = ""  # a duration such as 5wd
    calendar: str = ""  # the id of a `SiteCalendar`
    paused: int = 0

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.missed_at is None

    @property
    def state(self) -> str:
        """met, missed (in time or not is `met_at` against `due_at`), running."""
        if self.missed_at is not None:
            return "missed"
        return "met" if self.met_at is not None else "running"


@dataclass(frozen=True, slots=True)
class Signature:
    """One committee member's word that the case is solved."""

    person: UUID
    side: Side
    at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A time during which the case waited for the worker."""

    since: datetime
    until: datetime | None
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happened and that a law may look at.

    It was on a local day, or at an instant; `recorded_at` tells which of two
    words about the same thing is the later one, and so the one that counts.
    """

    what: Happening
    on: date | None
    at: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that a rule about it may need."""

    id: UUID
    number: str  # 8 digits, the last a Damm check digit
    site: str | None
    country: str
    category: Category
    severity: Severity
    state: State
    route: Route
    conflict: Conflict | None  # None: not answered yet
    language: str
    channel: str
    hotline: str
    opened_at: datetime
    policy_version: str
    is_raised: bool = False  # danger, or a person, raised it to S1
    is_withheld: bool = False  # a partner keeps it from the committee
    is_released: bool = False  # a partner handed it to the committee
    may_text: bool | None = None  # None: not asked or not answered
    may_call: bool | None = None  # the same for calls
    reach_part: str | None = None  # when: a name in `reach.PARTS`
    rating: int | None = None  # 1 to 5, the worker's word on how well it went
    round: int = 0  # grows with each reopening
    not_solved: int = 0  # how often the worker said no
    declared_by: int = 0  # the rung that ended it: 0 the body or the worker, else 1
    closed_at: datetime | None = None
    signatures: tuple[Signature, ...] = ()
    excluded: frozenset[UUID] = frozenset()
    pauses: tuple[Pause, ...] = ()
    contact_attempts: tuple[datetime, ...] = ()
    withdraw_asked_at: datetime | None = None
    suggested_sites: tuple[str, ...] = ()  # shown to the partner, never decided
    deadlines: tuple[Deadline, ...] = ()
    statutory: tuple[Deadline, ...] = ()  # the clocks of the law
    rungs: tuple[Deadline, ...] = ()  # the timers of rungs that were climbed
    milestones: tuple[Milestone, ...] = ()  # what starts and meets those of the law
    is_released_to_brand: bool = False  # a partner lets brands read what it is
    veiled_at: datetime | None = None  # when it became protected, not being so before
    filed_by: str | None = None  # who filed it for the worker; None: she herself
    is_taken_over: bool | None = None  # she has made it hers, under a PIN of her own
    joined_to: UUID | None = None  # the case that it has become a part of
    came_of: UUID | None = None  # the case for which she was made to pay
    drawn: frozenset[UUID] = frozenset()  # alternates who sit in for the recused
    taken_by: UUID | None = None  # the member who works it for the others
    brand_lead: str | None = None  # the brand to which the lead was handed
    is_read: bool | None = None  # the partner let all her words so far be read
    is_unheard: bool | None = None  # a voice is there that nobody wrote down
    reads_first: bool | None = None  # a partner served for it: words need a release
    held: frozenset[UUID] = frozenset()  # words to the worker that wait for reading
    handovers: int = 0  # how often a body was handed the case; keeps keys apart
    alerted: frozenset[str] = frozenset()  # brand slugs, and the three words above

    @property
    def may_be_told(self) -> bool:
        """Tell whether the worker said yes to being texted or called."""
        return self.may_text is True or self.may_call is True

    @property
    def is_for_another(self) -> bool:
        """Tell whether somebody filed it for her who may still know the PIN."""
        return self.filed_by is not None and not self.is_taken_over

    def milestone(self, *whats: Happening) -> Milestone | None:
        """Return the first of these that is known, by the latest word on it."""
        for what in whats:
            known = [m for m in self.milestones if m.what is what]
            if known:
                return max(known, key=lambda m: m.recorded_at)
        return None

    @property
    def is_formal(self) -> bool:
        """Whether the worker complained in writing, beyond telling us."""
        return self.milestone(Happening.FORMAL) is not None

    @property
    def clocks(self) -> tuple[Deadline, ...]:
        """Return every clock: the service's, the law's, and the rungs'."""
        return self.deadlines + self.statutory + self.rungs

    def deadline(self, name: str, round: int | None = None) -> Deadline | None:
        """Return the clock's latest run, or that of one round."""
        runs = [
            d
            for d in getattr(self, _place_of(name))
            if d.name == name and (round is None or d.round == round)
        ]
        return max(runs, key=lambda d: d.round, default=None)

    def with_deadline(self, changed: Deadline) -> "CaseFile":
        """Return the case with one deadline put in place of its old self."""
        place = _place_of(changed.name)
        kept = [
            d
            for d in getattr(self, place)
            if (d.name, d.round) != (changed.name, changed.round)
        ]
        fields: dict[str, Any] = {place: (*kept, changed)}
        return replace(self, **fields)

    @property
    def promise_due_at(self) -> datetime | None:
        """The earliest date of a promise not kept yet, whether to come or past."""
        is_waiting = self.state.is_closed or self.state is State.RESOLVED
        if is_waiting or self.joined_to is not None:
            return None
        latest = (self.deadline(name) for name in _PROMISES)
        unkept = (d.due_at for d in latest if d is not None and d.met_at is None)
        return min(unkept, default=None)

    @property
    def is_for_desk(self) -> bool:
        """Whether something of it waits for the partner's eyes or ears."""
        if self.held:
            return True
        if self.state.is_closed:
            return False
        is_new = self.route is Route.PARTNER and self.state is State.RECEIVED
        is_kept = self.route.is_factory_side and not self.is_read
        return is_new or is_kept or bool(self.is_unheard)

    @property
    def next_due_at(self) -> datetime | None:
        """The earliest due time of the service that still runs."""
        return min((d.due_at for d in self.deadlines if d.is_running), default=None)


def _place_of(name: str) -> str:
    if name.startswith(LAW):
        return "statutory"
    return "rungs" if name.startswith(RUNG) else "deadlines"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the past tense; `facts` go into the ledger sealed."""

    kind: str  # e.g. case.opened, clock.missed, act.refused
    facts: Mapping[str, Any] = field(default_factory=dict)
    actor: str = "system"  # worker, system, or a person's id


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for; the address is looked up when it is sent."""

    kind: str  # worker, person, brand, brand_webhook
    key: str  # blank for the worker, else person id or brand slug


@dataclass(frozen=True, slots=True)
class Owed:
    """One message owed to one recipient, worded only when it is sent.

    `key` makes it one: the same case never owes the same key twice.
    """

    recipient: Recipient
    template: str  # a name in app.outbox.messages
    params: Mapping[str, Any]
    key: str
    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A case climbed: which missed promise, to which rung, to whom."""

    clock: str
    round: int
    rung: str  # a `ladder.Rung`
    reason: str
    recipients: tuple[Recipient, ...]
    step: int = 0  # which rung of its ladder, from 0


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody who was told on a rung says that they act on it."""

    clock: str
    round: int
    reason: str
    step: int
    by: str  # a person's id


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a rule: the new file, what happened, what is owed."""

    case: CaseFile
    events: tuple[Event, ...] = ()
    owed: tuple[Owed, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    answered: tuple[Answered, ...] = ()
    refusal: str | None = None  # set: nothing changed but the refusal event
    notice: str | None = None  # for the person acting, e.g. the side missing
