"""What a brand may read of a case: decided here, and nowhere else.

A brand reads coded facts, never a word of a worker nor a note of anybody who
works the case. How much depends on what it was told: a page shows no more than
the notices together have said, and of a protected case that no partner has
released less than that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from app.domain import answering, notices, sourcing
from app.domain.case import CaseFile, Deadline, Recipient
from app.domain.clocks import is_ended
from app.domain.coarse import hour_of
from app.domain.commands import Actor
from app.domain.deadlines import worked_between
from app.domain.directory import Directory, Person, Site, Sourcing
from app.domain.draft import Draft
from app.domain.ladder import Rung, Step as LadderStep, Trigger, Wording
from app.domain.occasions import REASONS
from app.domain.policy import Policy
from app.domain.taxonomy import PROTECTED, Category, Clock, Role, Severity, State

# With fewer workers than this a day would point at who was there. Where nobody
# knows how many there are, there may be as few.
FEW_WORKERS = 50


class Depth(StrEnum):
    """How much of a case a brand may read."""

    ALERT = "alert"  # that there is something, in which country, and whom to ask
    CLUSTER = "cluster"  # many cases of one kind at one site, and none of them
    GENERAL = "general"  # that something promised at one site was not done
    WHOLE = "whole"  # every coded fact


# What was told of one case apart must not be put together again: its number by
# an alert, its site by a notice that names no number.
_FIRST = (Depth.WHOLE, Depth.ALERT, Depth.GENERAL, Depth.CLUSTER)


class Tried(StrEnum):
    """What was tried, as brands read it."""

    ACKNOWLEDGED = "acknowledged"
    FIRST_ACTION = "first_action"
    PLANNED = "planned"
    ASKED = "asked"
    TOLD = "told"
    ATTEMPTED = "attempted"
    ALTERNATES = "alternates"
    PROPOSED = "proposed"
    REMEDY_PLANNED = "remedy_planned"
    REMEDY_DONE = "remedy_done"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    REVIEWED = "reviewed"
    BRAND_ANSWERED = "brand_answered"
    REOPENED = "reopened"
    CLOSED = "closed"


# Who was recused, why a partner took it and what the law says is not among it.
TRIED: Mapping[str, Tried] = MappingProxyType(
    {
        "case.acknowledged": Tried.ACKNOWLEDGED,
        "case.started": Tried.FIRST_ACTION,
        "case.planned": Tried.PLANNED,
        "worker.asked": Tried.ASKED,
        "worker.told": Tried.TOLD,
        "contact.attempted": Tried.ATTEMPTED,
        "alternate.drawn": Tried.ALTERNATES,
        "remedy.proposed": Tried.PROPOSED,
        "remedy.planned": Tried.REMEDY_PLANNED,
        "remedy.finished": Tried.REMEDY_DONE,
        "case.resolved": Tried.RESOLVED,
        "solution.confirmed": Tried.CONFIRMED,
        "solution.denied": Tried.NOT_CONFIRMED,
        "case.reviewed": Tried.REVIEWED,
        "rung.answered": Tried.BRAND_ANSWERED,
        "case.reopened": Tried.REOPENED,
        "case.closed": Tried.CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class ToldRung:
    """A rung on which brands were told, and whether anybody has answered."""

    at: datetime
    clock: str
    round: int
    reason: str
    step: int
    recipients: tuple[Recipient, ...]
    answered_at: datetime | None = None
    answered_by: str = ""  # a person's id


@dataclass(frozen=True, slots=True)
class Happened:
    """That an event of some kind happened; what it says stays in the ledger."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One brand's place in a case: since when it was told, and what it promised."""

    brand: str
    told_at: datetime
    promised_at: datetime | None = None
    leads_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A site as brands know it."""

    code: str
    name: str
    country: str
    os_id: str


@dataclass(frozen=True, slots=True)
class Path:
    """How one brand comes to the site, on the day on which the case came."""

    brand: str  # its name
    through: Place | None  # the first-tier site between them
    site: Place
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, or only its month where a day would tell too much."""

    day: date  # of a month: its first
    is_month: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One promise: when it was due, whether it was kept, and how late."""

    name: str
    round: int
    due_on: Day
    met_on: Day | None
    is_ended: bool  # over with the case, and kept by nobody
    is_missed: bool
    late_by: timedelta | None  # hours of work; None: in time, or not to be told


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one brand may read of one case."""

    depth: Depth
    country: str
    ask: tuple[str, ...]  # addresses of the partner, else of the secretariat
    missed: tuple[str, ...] = ()  # steps that the brand was told were missed
    number: str | None = None
    site: Place | None = None
    category: Category | None = None
    severity: Severity | None = None
    state: State | None = None
    opened_on: Day | None = None
    count: int | None = None  # of a cluster: so many or more
    days: int | None = None  # of a cluster: within so many
    paths: tuple[Path, ...] = ()
    clocks: tuple[Step, ...] = ()
    tried: tuple[tuple[Day, Tried], ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.depth is Depth.WHOLE

    @property
    def has_thread(self) -> bool:
        """What has no number of its own is nothing to write to others about."""
        return self.depth in (Depth.WHOLE, Depth.ALERT)


def bundle(
    case: CaseFile,
    brand: str,
    directory: Directory,
    *,
    rungs: Iterable[ToldRung],
    events: Iterable[Happened],
    at: datetime,
) -> Bundle | None:
    """Return what the brand may read of the case; None where that is nothing."""
    if brand not in chain(case, directory):
        return None
    known = rungs_since(case, rungs)
    told = [each for each in known if brand in brands_of(each, directory)]
    policy = directory.policy(case.policy_version)
    deep = depth(case, told, policy)
    if deep is None:
        return None
    draft = Draft(case, directory, at, Actor.system())
    ask = tuple(notices.partner_addresses(draft))
    match deep:
        case Depth.ALERT:
            number = None if notices.is_veiled(case) else case.number
            return Bundle(deep, case.country, ask, _missed(told), number)
        case Depth.CLUSTER:
            return _cluster(case, policy, directory, ask)
        case Depth.GENERAL:
            place = _place(directory, case.site)
            return Bundle(deep, case.country, ask, site=place)
    return _whole(draft, brand, ask, _missed(told), events)


def veil(case: CaseFile) -> datetime | None:
    """Return since when a case is veiled that brands knew before; None: it is not.

    What they were told before that belongs to the case as they knew it: nothing
    of it may stand beside what they are told since, or they know the one by the
    other.
    """
    is_kept = notices.is_veiled(case) or case.category is Category.CRIS
    return case.veiled_at if is_kept else None


def rungs_since(case: CaseFile, rungs: Iterable[ToldRung]) -> tuple[ToldRung, ...]:
    since = veil(case)
    return tuple(each for each in rungs if since is None or each.at >= since)


def seats_since(
    case: CaseFile, seats: Iterable[Seat], rungs: Iterable[ToldRung]
) -> tuple[Seat, ...]:
    """Return the seats as brands have them since the veil: told and promised anew."""
    since = veil(case)
    if since is None:
        return tuple(seats)
    first = min((each.at for each in rungs_since(case, rungs)), default=since)
    return tuple(
        replace(
            seat,
            told_at=max(seat.told_at, first),
            promised_at=_since(seat.promised_at, since),
            leads_since=_since(seat.leads_since, since),
        )
        for seat in seats
    )


def _since(at: datetime | None, since: datetime) -> datetime | None:
    return at if at is not None and at >= since else None


@dataclass(frozen=True, slots=True)
class Gone:
    """What a brand knew of a case that it reads no more: nothing that is new."""

    depth: Depth
    number: str | None
    told_at: datetime


def gone(
    case: CaseFile,
    brands: Iterable[str],
    directory: Directory,
    *,
    rungs: Iterable[ToldRung],
    is_read: bool,
) -> Gone | None:
    """Return the case as these brands knew it, where that is with the partner now.

    `is_read`: they read it still, though perhaps as another one.
    """
    since, own = veil(case), frozenset(brands)
    is_guarded = case.category in PROTECTED or case.category is Category.CRIS
    told = [
        each
        for each in rungs
        if own & brands_of(each, directory) and (since is None or each.at < since)
    ]
    if not told or (is_read and since is None):
        return None
    policy = directory.policy(case.policy_version)
    told_at = min(each.at for each in told)
    if is_guarded and since is None:
        return Gone(Depth.ALERT, None, told_at)
    found = {_depth_of(each, policy) for each in told}
    deep = next(each for each in _FIRST if each in found)
    is_named = deep in (Depth.WHOLE, Depth.ALERT)
    return Gone(deep, case.number if is_named else None, told_at)


def chain(case: CaseFile, directory: Directory) -> frozenset[str]:
    """Return the brands that bought from the site on the day of the complaint.

    Who was told of a case that turned out to be of another site reads no more.
    """
    day = sourcing.complaint_day(case, directory)
    return frozenset(b.slug for b in sourcing.buyers(directory, case.site, day))


def seats_in(
    case: CaseFile, seats: Iterable[Seat], directory: Directory
) -> tuple[Seat, ...]:
    """Return the brands that were told and whose site it still is."""
    own = chain(case, directory)
    return tuple(seat for seat in seats if seat.brand in own)


def best_bundle(
    case: CaseFile,
    brands: Iterable[str],
    directory: Directory,
    *,
    rungs: Sequence[ToldRung],
    events: Sequence[Happened],
    at: datetime,
) -> tuple[str, Bundle] | None:
    """Return what somebody of several brands reads, and as which of them."""
    found = []
    for brand in brands:
        cut = bundle(case, brand, directory, rungs=rungs, events=events, at=at)
        if cut is not None:
            found.append((brand, cut))
    return min(found, key=lambda each: _FIRST.index(each[1].depth), default=None)


def depth(case: CaseFile, told: Sequence[ToldRung], policy: Policy) -> Depth | None:
    """Return how much a brand that was told on these rungs may read."""
    if not told or not notices.may_reach_brands(case):
        return None
    if case.category in PROTECTED:
        return Depth.WHOLE if case.is_released_to_brand else Depth.ALERT
    found = {_depth_of(each, policy) for each in told}
    return next(each for each in _FIRST if each in found)


def _depth_of(told: ToldRung, policy: Policy) -> Depth:
    """Return how much one notice has said; where nobody knows that, the least."""
    if told.reason == REASONS[Trigger.S1]:
        return Depth.ALERT
    if told.reason == REASONS[Trigger.CLUSTER]:
        return Depth.CLUSTER
    wordings = {
        step.wording
        for ladder in policy.ladders
        if REASONS[ladder.trigger] == told.reason and ladder.clock in ("", told.clock)
        for step in _spoken(ladder.steps, told.step)
    }
    if not wordings or Wording.VEILED in wordings:
        return Depth.ALERT
    return Depth.GENERAL if Wording.GENERAL in wordings else Depth.WHOLE


def _spoken(steps: Sequence[LadderStep], number: int) -> Iterable[LadderStep]:
    """Give the rungs in whose words a brand may have been told on one.

    Who stands on two rungs with others is told in the words of the lower one.
    """
    for place, step in enumerate(steps[: number + 1]):
        if place == number or (Rung.BRAND in step.tell and len(step.tell) > 1):
            yield step


def brands_of(told: ToldRung, directory: Directory) -> frozenset[str]:
    """Return the brands that were told on a rung, by mail, hook or person."""
    found: set[str] = set()
    for to in told.recipients:
        if to.kind in ("brand", "brand_webhook"):
            found.add(to.key)
        elif to.kind == "person":
            person = directory.person(UUID(to.key))
            if person is not None and person.role is Role.BRAND:
                found.update(person.org)
    return frozenset(found)


def awaited(
    case: CaseFile, person: Person, directory: Directory, at: datetime
) -> Deadline | None:
    """Return the rung that has waited longest for this person's answer."""
    draft = Draft(case, directory, at, Actor(person))
    return next(iter(answering.waiting_for(draft)), None)


def may_answer_late(
    case: CaseFile, person: Person, directory: Directory, at: datetime
) -> bool:
    """Tell whether this person's brand let a rung pass that it may still answer."""
    return bool(answering.passed(Draft(case, directory, at, Actor(person))))


# What was promised to the worker; what waits for her own word is not theirs to see.
_STEPS = frozenset(
    {Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.PLAN, Clock.RESOLVE, Clock.REVIEW}
)
_OF_CLOCKS = frozenset(
    REASONS[trigger]
    for trigger in (Trigger.MISSED, Trigger.MISSED_TWICE, Trigger.REVIEW_MISSED)
)


def _missed(told: Iterable[ToldRung]) -> tuple[str, ...]:
    names = (each.clock for each in told if each.reason in _OF_CLOCKS)
    return tuple(dict.fromkeys(name for name in names if name in _STEPS))


def _cluster(
    case: CaseFile, policy: Policy, directory: Directory, ask: tuple[str, ...]
) -> Bundle:
    """So many or more of one kind at one site, and no number of any case."""
    cluster = policy.cluster
    return Bundle(
        Depth.CLUSTER,
        case.country,
        ask,
        site=_place(directory, case.site),
        category=case.category,
        count=cluster.cases if cluster else None,
        days=max(cluster.within.elapsed.days, 1) if cluster else None,
    )


def _whole(
    draft: Draft,
    brand: str,
    ask: tuple[str, ...],
    missed: tuple[str, ...],
    events: Iterable[Happened],
) -> Bundle:
    case, directory = draft.case, draft.directory
    return Bundle(
        Depth.WHOLE,
        case.country,
        ask,
        missed,
        number=case.number,
        site=_place(directory, case.site),
        category=case.category,
        severity=case.severity,
        state=case.state,
        opened_on=_day(draft, case.opened_at),
        paths=tuple(_paths(case, brand, directory)),
        clocks=tuple(_steps(draft, events)),
        tried=tuple(
            (_day(draft, event.at), TRIED[event.kind])
            for event in events
            if event.kind in TRIED
        ),
    )


def _place(directory: Directory, code: str | None) -> Place | None:
    site = directory.sites.get(code or "")
    return _named(site) if site is not None else None


def _named(site: Site) -> Place:
    return Place(site.code, site.name, site.country, site.os_id)


def _paths(case: CaseFile, brand: str, directory: Directory) -> Iterable[Path]:
    """Give the brand's own ways to the site; another brand's are its business."""
    site = directory.sites.get(case.site or "")
    if site is None:
        return
    day = sourcing.complaint_day(case, directory)
    rows = [row for row in directory.bought_from(site.code, day) if row.brand == brand]
    for row in sorted(rows, key=lambda row: (row.through, row.since)):
        yield _path(row, site, directory)


def _path(row: Sourcing, site: Site, directory: Directory) -> Path:
    known = directory.brands.get(row.brand)
    name = known.name if known is not None else row.brand
    through = _place(directory, row.through) if row.through else None
    return Path(name, through, _named(site), row.since, row.until)


def _steps(draft: Draft, events: Iterable[Happened]) -> Iterable[Step]:
    """Give the promises of the case with what became of each, by their dates."""
    clocks = [clock for clock in draft.case.deadlines if clock.name in _STEPS]
    kept = {event.at for event in events if event.kind == "clock.met"}
    for clock in sorted(clocks, key=lambda c: (c.due_at, c.name)):
        until = clock.met_at or draft.at
        has_ended = is_ended(clock, kept)
        met_at = None if has_ended else clock.met_at
        late = _hours_late(draft, clock, until)
        is_told = clock.missed_at is not None and not _is_small(draft)
        yield Step(
            name=clock.name,
            round=clock.round,
            due_on=_day(draft, clock.due_at),
            met_on=_day(draft, met_at) if met_at else None,
            is_ended=has_ended,
            is_missed=clock.missed_at is not None,
            late_by=late if is_told and until > clock.due_at else None,
        )


def _hours_late(draft: Draft, clock: Deadline, until: datetime) -> timedelta:
    """Return whole hours worked between full ones: minutes tell of her message."""
    zone, calendar = draft.calendar.zone, draft.calendar_of(clock)
    since, until = hour_of(clock.due_at, zone), hour_of(until, zone)
    late = worked_between(since, until, calendar)
    return late - late % timedelta(hours=1)


def _day(draft: Draft, at: datetime) -> Day:
    day = draft.local_day(at)
    is_month = _is_small(draft)
    return Day(day.replace(day=1) if is_month else day, is_month)


def _is_small(draft: Draft) -> bool:
    site = draft.directory.sites.get(draft.case.site or "")
    return site is None or site.workers is None or site.workers < FEW_WORKERS
