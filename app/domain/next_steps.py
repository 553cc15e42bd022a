"""What this person may do to a case now, and what of it comes first.

The table of permissions says what a role may, the table of transitions what a
state allows; what is left is tried on a copy of the case. So no button stands
on a page that the rules would refuse to whoever presses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.domain import commands as verbs
from app.domain.answering import may_answer
from app.domain.authority import Hat, Refusal, hats
from app.domain.case import CaseFile
from app.domain.closing import awaits_signature
from app.domain.commands import Actor, StaffVerb
from app.domain.decide import decide
from app.domain.directory import Directory, Person
from app.domain.draft import Draft
from app.domain.pausing import open_pause
from app.domain.permissions import verbs as granted
from app.domain.taxonomy import REMEDIATED, Clock, Role, Severity, State
from app.domain.transitions import WHO_MAY, allowed

# What needs nothing but a word; the others are given more than that, and what
# more is missing their form says.
_TRIED: Mapping[str, StaffVerb] = MappingProxyType(
    {
        name: verbs.VERBS[name](note="-")
        for name in (
            *("acknowledge", "start", "plan", "propose", "resolve", "take", "answer"),
            *("ask", "tell", "note", "recuse", "hand-to-partner", "release"),
            *("hand-back", "take-over", "release-to-brand", "resume", "reopen"),
            *("undo-withdraw", "refer", "unfounded", "no-contact", "withdraw"),
            *("attempt", "release-words"),
        )
    }
)

# In this order they stand on a page; what is not here is a room's own affair.
ORDER = (
    *("acknowledge", "start", "plan", "propose", "resolve", "review", "answer"),
    *("take", "ask", "tell", "note", "resume", "reopen"),
    *("hand-to-partner", "recuse"),
)

# What a state asks of the body that holds the case.
_ASKED: Mapping[State, tuple[str, ...]] = MappingProxyType(
    {
        State.RECEIVED: ("acknowledge",),
        State.ACKNOWLEDGED: ("start",),
        State.REOPENED: ("start",),
        State.IN_REVIEW: ("plan", "propose"),
        State.REMEDY_PROPOSED: ("resolve",),
        State.IN_REMEDIATION: ("review",),
    }
)

_READERS = frozenset({Hat.PARTNER, Hat.SECRETARIAT})


@dataclass(frozen=True, slots=True)
class Steps:
    """The verbs that are open to somebody now; `primary` is what the clock asks."""

    primary: str | None = None
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*((self.primary,) if self.primary else ()), *self.others)


def relations(
    case: CaseFile, person: Person, directory: Directory, at: datetime
) -> frozenset[Hat]:
    """Return every hat, that of somebody whose answer is waited for among them."""
    day = directory.local_day(at, case.site, case.country)
    worn = hats(person, case, directory, day)
    if person.id in case.excluded:
        return worn
    is_told = any(timer.is_running for timer in case.rungs) and may_answer(
        Draft(case, directory, at, Actor(person))
    )
    # A factory's head is shown a case because he was told of it, answered or not.
    is_head = person.role is Role.FACTORY_HEAD and case.route.is_factory_side
    return worn | {Hat.TOLD} if is_told or is_head else worn


def primary_step(
    case: CaseFile,
    person: Person,
    directory: Directory,
    at: datetime,
    *,
    waits: bool = False,
) -> str | None:
    """Return the one verb that stands first; None where nothing is asked of her.

    `waits`: words of the worker wait for the partner's reading.
    """
    if _goes_with_another(case, person):
        return None
    worn = relations(case, person, directory, at)
    return _primary(case, person, worn, directory, at, waits=waits)


def next_steps(
    case: CaseFile,
    person: Person,
    directory: Directory,
    at: datetime,
    *,
    waits: bool = False,
) -> Steps:
    """Return what she may do now, the first thing first."""
    if _goes_with_another(case, person):
        return Steps()
    worn = relations(case, person, directory, at)
    mine = granted(person.role, worn)
    first = _primary(case, person, worn, directory, at, waits=waits)
    wanted = [*ORDER, *sorted(mine - set(ORDER))]
    possible = tuple(
        verb
        for verb in wanted
        if verb != first
        and verb in mine
        and _is_possible(verb, case, person, worn, directory, at)
    )
    return Steps(first, possible)


def _goes_with_another(case: CaseFile, person: Person) -> bool:
    """To a committee a part is one with its main case: what is done is done there."""
    return case.joined_to is not None and person.role.is_factory_side


def _primary(
    case: CaseFile,
    person: Person,
    worn: frozenset[Hat],
    directory: Directory,
    at: datetime,
    *,
    waits: bool,
) -> str | None:
    mine = granted(person.role, worn)
    asked = ["release-words"] if waits and worn & _READERS else []
    if Hat.HOLDER in worn and awaits_signature(case, person):
        asked.append("resolve")  # the other side has signed
    if Hat.HOLDER in worn or case.state is State.IN_REMEDIATION:
        asked += _ASKED.get(case.state, ())
    for verb in [*asked, "answer"]:
        if verb == "plan" and not _needs_plan(case):
            continue
        if verb in mine and _is_possible(verb, case, person, worn, directory, at):
            return verb
    return None


def _needs_plan(case: CaseFile) -> bool:
    clock = case.deadline(Clock.PLAN)
    return clock is not None and clock.met_at is None


def _is_possible(
    verb: str,
    case: CaseFile,
    person: Person,
    worn: frozenset[Hat],
    directory: Directory,
    at: datetime,
) -> bool:
    if not WHO_MAY.get(verb, frozenset()) & worn:
        return False
    try:
        allowed(case.state, verb, worn, person.role)
    except Refusal:
        return False
    if verb == "undo-withdraw" and case.withdraw_asked_at is None:
        return False
    if verb == "resolve" and any(s.person == person.id for s in case.signatures):
        return False  # she has signed; it waits for the other side
    if verb == "plan" and not _needs_plan(case):
        return False
    if verb == "remediate" and case.category not in REMEDIATED:
        return False
    if verb == "pause" and (case.severity is Severity.S1 or open_pause(case, at)):
        return False
    tried = _TRIED.get(verb)
    return tried is None or (
        decide(case, tried, Actor(person), directory, at).refusal is None
    )
