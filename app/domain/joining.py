"""Several complaints about one matter: worked as one case, each its worker's own.

A part keeps its number, its PIN, its words and its law's clocks; the service's
promises are kept on the main case alone, and are made anew when it leaves. What
the main case comes to, its parts come to, and each worker is asked for herself.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from app.domain.aftercare import stop_checks
from app.domain.authority import Hat, Refusal, hats, no_such_case
from app.domain.bodies import body
from app.domain.case import CaseFile, Decision
from app.domain.climbing import stop_rungs
from app.domain.clocks import ask_confirmation, start_round, stop
from app.domain.closing import close, may_still_reopen
from app.domain.commands import (
    Acknowledge,
    Actor,
    Command,
    Join,
    Pause,
    Plan,
    Propose,
    Recalculate,
    Refer,
    Remediate,
    Resolve,
    Start,
    Unfounded,
    Unjoin,
)
from app.domain.committees import leave_out
from app.domain.directory import Directory, Person
from app.domain.draft import Draft
from app.domain.handover import as_new, fall_back
from app.domain.notices import tell_worker
from app.domain.pausing import end_pause
from app.domain.permissions import COMMITTEES
from app.domain.statutory import follow_on, held_by
from app.domain.taxonomy import PROTECTED, Category, Severity, State
from app.domain.transitions import TRANSITIONS, UNDER_WAY, WORKING, following
from app.domain.withdrawing import pending

# What is done to the main case, and to its parts only by that.
_OF_MAIN = (
    *(Acknowledge, Start, Plan, Propose, Resolve, Remediate, Pause, Recalculate),
    *(Refer, Unfounded),
)
# What of a main case's ends is its parts' end, and what only its worker's own.
_TOGETHER: Mapping[State, str] = MappingProxyType(
    {
        State.RESOLVED: "main-resolved",
        State.CLOSED_UNFOUNDED: "main-unfounded",
        State.CLOSED_REFERRED: "main-referred",
    }
)
_HER_OWN = frozenset({State.CLOSED_WITHDRAWN, State.CLOSED_NO_CONTACT})


def join(draft: Draft, _command: Join, _to: State) -> str | None:
    """Let it go with another case: same place, guarded as well, open, no chain."""
    case, main = draft.case, draft.beside
    if main is None or not _is_her_partner(draft, main):
        raise Refusal("unrelated", no_such_case(main.number if main else _command.into))
    _need_free(draft, main)
    _need_same_matter(case, main)
    _need_excluded(case, main)
    _recuse_as(draft, main)
    _need_guarded(draft.case, main)
    _need_no_alert(draft.case)
    end_pause(draft)
    stopped = _stop_promises(draft)
    draft.change(joined_to=main.id)
    draft.record("case.joined", _command.note, main=main.number, stopped=stopped)
    return None


def _stop_promises(draft: Draft) -> dict[str, str]:
    """Stop what has not fallen due, and return until when it ran.

    What was missed, be it seen by a sweep or not, climbs on as this case's own:
    a ladder that has begun is neither lost nor begun again by a joining.
    """
    to_come = [c for c in draft.case.deadlines if c.is_running and draft.at < c.due_at]
    for clock in to_come:
        draft.put(replace(clock, met_at=draft.at, next_at=None))
    return {clock.name: clock.due_at.isoformat() for clock in to_come}


def _is_her_partner(draft: Draft, main: CaseFile) -> bool:
    directory = draft.directory
    day = directory.local_day(draft.at, main.site, main.country)
    return Hat.PARTNER in hats(draft.person, main, directory, day)


def _need_free(draft: Draft, main: CaseFile) -> None:
    """Neither is part of anything, and the main one is at work."""
    case = draft.case
    if case.id == main.id:
        raise Refusal("itself", "A case is not joined to itself.")
    if case.joined_to is not None:
        raise Refusal("joined", "It is a part of another case already: unjoin first.")
    if main.joined_to is not None:
        raise Refusal(
            "chain", "That case is itself a part of another: join to that other one."
        )
    if draft.parts:
        raise Refusal(
            "chain", "Others are joined to this case: join the other one to this."
        )
    if main.state not in WORKING:
        raise Refusal("over", "That case is not being worked at: choose an open one.")
    if pending(case) is not None:
        raise Refusal("withdrawn", "She has asked to take it back: settle that first.")


def _need_same_matter(case: CaseFile, main: CaseFile) -> None:
    if case.site is not None and case.site != main.site:
        raise Refusal("site", "The two cases are of different sites.")
    if case.site is None and case.country != main.country:
        raise Refusal("site", "The two cases are of different countries.")


def _need_guarded(case: CaseFile, main: CaseFile) -> None:
    """Nobody who must not know of the one may learn of it by the other."""
    is_opened = case.category in PROTECTED and main.category not in PROTECTED
    is_given = main.route.is_factory_side and not case.route.is_factory_side
    if Category.CRIS in (case.category, main.category):
        raise Refusal("crisis", "A life in danger is never a part of another case.")
    if is_opened or is_given:
        raise Refusal(
            "guard", "That case is guarded less than this one: join that to this."
        )
    if main.severity.rank > case.severity.rank:
        raise Refusal(
            "severity",
            "That case is less grave than this one: set its severity first, or join"
            " that one to this.",
        )


def _need_no_alert(case: CaseFile) -> None:
    if case.severity is Severity.S1:
        raise Refusal(
            "alerted",
            "A case of severity S1 is never a part of another: whoever is alerted"
            " answers for each of them.",
        )


def _need_excluded(case: CaseFile, main: CaseFile) -> None:
    if case.excluded - main.excluded:
        raise Refusal(
            "excluded",
            "Somebody is recused from this case and not from that one: exclude them"
            " there first.",
        )


def _recuse_as(draft: Draft, main: CaseFile) -> None:
    """Whoever must not know of the main case must not know of its part."""
    new = sorted(main.excluded - draft.case.excluded, key=str)
    for person in new:
        leave_out(draft, person)
        draft.record("member.excluded", person=str(person), main=main.number)
    if new and not draft.case.state.is_closed:
        fall_back(draft)


def unjoin(draft: Draft, command: Unjoin, _to: State) -> None:
    if draft.case.joined_to is None:
        raise Refusal("alone", "This case is not joined to another.")
    leave(draft, "partner", note=command.note)


def leave(draft: Draft, why: str, *, note: str = "") -> None:
    """It is a case of its own again: promised anew, and its body told."""
    main = str(draft.case.joined_to)
    draft.change(joined_to=None)
    draft.record("case.unjoined", note, main_id=main, why=why)
    if draft.case.state not in UNDER_WAY:
        return
    draft.change(
        round=draft.case.round + 1, handovers=draft.case.handovers + 1, signatures=()
    )
    start_round(draft)
    as_new(draft, body(draft.case, draft.directory, draft.day))


def hides_part(draft: Draft, person: Person) -> bool:
    """Tell whether a committee's member may not know of what this is a part of.

    Then it is not hers either: what becomes of it would tell of the other.
    """
    case, main = draft.case, draft.beside
    if main is None or case.joined_to != main.id or person.role not in COMMITTEES:
        return False
    return not hats(person, main, draft.directory, draft.day)


def need_no_main(draft: Draft, command: Command) -> None:
    """What a part comes to is decided on its main case."""
    if draft.case.joined_to is not None and isinstance(command, _OF_MAIN):
        raise Refusal(
            "joined",
            "This case is a part of another and goes with it: act on that one. A"
            " partner may take it out again: unjoin.",
        )


def stand_alone(draft: Draft, before: CaseFile) -> None:
    """What makes it another matter, graver, or not over, takes a part out.

    A worker's no, or words of danger, are her own: they never wait for a case
    that somebody else brought.
    """
    case = draft.case
    if before.joined_to is None or case.joined_to is None:
        return
    if case.round > before.round:
        # It runs again by itself, with its promises made and its body told.
        main = str(case.joined_to)
        draft.change(joined_to=None)
        draft.record("case.unjoined", main_id=main, why="reopened")
        return
    is_other = (case.site, case.category) != (before.site, before.category)
    is_graver = case.severity.rank < before.severity.rank
    is_raised = case.is_raised and not before.is_raised
    is_hidden = bool(case.excluded - before.excluded)
    is_moved = before.route.is_factory_side and not case.route.is_factory_side
    if is_other or is_graver or is_raised or is_hidden or is_moved:
        leave(draft, "changed")


def follow(
    part: CaseFile,
    before: CaseFile,
    main: CaseFile,
    directory: Directory,
    at: datetime,
) -> Decision | None:
    """Return what a change of the main case makes of a part; None: nothing."""
    if not concerns_parts(before, main):
        return None
    draft = Draft(part, directory, at, Actor.system())
    _recuse_as(draft, main)
    if not _may_be_part(draft.case, main):
        # Whoever is let in again there is not let in here by that.
        leave(draft, "changed")
    elif main.state is not before.state:
        _follow_state(draft, main)
    if draft.case == part:
        return None
    follow_on(draft)
    return draft.decision()


def concerns_parts(before: CaseFile, main: CaseFile) -> bool:
    """Tell whether anything has changed that a part follows, or is guarded by."""
    return _of_concern(before) != _of_concern(main)


def _of_concern(case: CaseFile) -> tuple[object, ...]:
    place = (case.site, case.country)
    matter = (case.category, case.severity, case.conflict)
    return (*place, *matter, case.state, case.route, case.excluded, case.joined_to)


def _may_be_part(part: CaseFile, main: CaseFile) -> bool:
    """Tell whether what was asked when it was joined still holds."""
    if main.joined_to is not None:
        return False
    try:
        _need_same_matter(part, main)
        _need_excluded(part, main)
        _need_guarded(part, main)
    except Refusal:
        return False
    return True


def _follow_state(draft: Draft, main: CaseFile) -> None:
    cause = _TOGETHER.get(main.state)
    if cause is not None:
        _end_with(draft, main, cause)
    elif main.state in _HER_OWN:
        if draft.case.state in UNDER_WAY:
            leave(draft, "main_ended")
    elif main.state is State.REOPENED:
        _reopen_with(draft, main)


def _end_with(draft: Draft, main: CaseFile, cause: str) -> None:
    """Come to the same end, unless the law asks something of this one first."""
    to = TRANSITIONS.get((draft.case.state, cause))
    if to is None:
        return
    if held_by(draft.case, draft.directory) is not None:
        leave(draft, "legal_duty")
        return
    if to.is_closed:
        close(draft, to)
        draft.change(declared_by=1)
        draft.record("main.followed", main=main.number, state=to.value)
        tell_worker(draft)
        return
    end_pause(draft)
    stop(draft)
    stop_rungs(draft)
    draft.change(state=to, declared_by=main.declared_by, withdraw_asked_at=None)
    draft.record("main.followed", main=main.number, state=to.value)
    ask_confirmation(draft)
    tell_worker(draft)


def _reopen_with(draft: Draft, main: CaseFile) -> None:
    """It was not over for the main case, so it is not for this one.

    Not against a worker's own word that it is solved; the promises stay the
    main case's.
    """
    case = draft.case
    if (case.state, "main-reopens") not in TRANSITIONS:
        return
    if not may_still_reopen(case.closed_at, draft.at, draft.calendar.zone):
        return
    stop(draft)
    stop_checks(draft)
    draft.change(
        state=following(case.state, "main-reopens"),
        round=case.round + 1,
        closed_at=None,
        declared_by=0,
        signatures=(),
        withdraw_asked_at=None,
    )
    draft.record("main.followed", main=main.number, state=draft.case.state.value)
    tell_worker(draft)
