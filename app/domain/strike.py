"""What time alone brings about: reminders, misses, and dates that pass.

The sweep only narrows; this looks at one case under its lock and does all
that is due now, in the order of due times. Run again at the same or a later
time it does none of it twice.
"""

from dataclasses import replace
from datetime import datetime

from app.domain import bodies, notices
from app.domain.authority import Hat
from app.domain.case import CaseFile, Deadline, Decision
from app.domain.clocks import record_miss
from app.domain.closing import close
from app.domain.commands import Actor
from app.domain.directory import Directory
from app.domain.draft import Draft, to_people
from app.domain.escalation import climb_missed, climb_review
from app.domain.handover import fall_back
from app.domain.promises import next_look
from app.domain.remediation import review_again
from app.domain.taxonomy import Clock, State
from app.domain.transitions import allowed
from app.domain.withdrawing import is_guarded, settle

TIME = frozenset({Hat.CLOCK})


def strike(
    case: CaseFile, directory: Directory, has_earlier_miss: bool, at: datetime
) -> Decision:
    """Do what is due at `at`.

    `has_earlier_miss`: the same site's committee missed a first action on
    another case within the last 90 days. Earlier rounds of this one are no
    second miss: the worker's no takes them up the ladder.
    """
    draft = Draft(case, directory, at, Actor.system())
    if not case.state.is_closed:
        fall_back(draft)
    due = sorted(
        (clock for clock in case.deadlines if _is_due(clock, at)),
        key=lambda clock: (clock.due_at, clock.name, clock.round),
    )
    for clock in due:
        # What came before it may have closed the case, and met this one.
        now = draft.case.deadline(clock.name, clock.round)
        if now is not None and _is_due(now, at):
            is_second = has_earlier_miss and draft.case.route.is_factory_side
            _strike(draft, now, is_second=is_second)
    return draft.decision()


def _is_due(clock: Deadline, at: datetime) -> bool:
    return clock.next_at is not None and clock.next_at <= at


def _is_over(case: CaseFile) -> bool:
    return case.state.is_closed or case.state == State.RESOLVED


def _strike(draft: Draft, clock: Deadline, *, is_second: bool) -> None:
    if draft.at < clock.due_at:
        _remind(draft, clock)
    elif clock.name == Clock.CONFIRMATION:
        _close_unconfirmed(draft, clock)
    elif clock.name == Clock.WITHDRAWAL:
        _withdraw(draft, clock)
    else:
        _miss(draft, clock, is_second=is_second)


def _remind(draft: Draft, clock: Deadline) -> None:
    """Remind the body once, of the later reminder where both have come."""
    if _is_over(draft.case):
        draft.put(replace(clock, next_at=None))
        return
    percent = 50
    if clock.remind_80_at is not None and clock.remind_80_at <= draft.at:
        percent = 80
    draft.put(replace(clock, next_at=next_look(clock, draft.at)))
    draft.record(
        "clock.reminded", clock=clock.name.value, round=clock.round, percent=percent
    )
    people = bodies.body(draft.case, draft.directory, draft.day)
    draft.owe(
        "reminder",
        to_people(people),
        {**notices.dated(draft.case, clock), "percent": percent},
        # Another due time is another promise to be reminded of.
        occasion=f"{clock.name.value}:{clock.due_at.isoformat()}:{percent}",
        expires_at=clock.due_at,
    )


def _miss(draft: Draft, clock: Deadline, *, is_second: bool) -> None:
    """The promise was broken at its due time, whenever the sweep came by.

    A case that is over, or declared solved, keeps the mark and climbs no more.
    """
    draft.put(replace(clock, missed_at=clock.due_at, next_at=None))
    record_miss(draft, clock)
    if _is_over(draft.case):
        return
    if clock.name == Clock.REVIEW:
        climb_review(draft, clock)
        review_again(draft)
    else:
        is_first_action = clock.name == Clock.FIRST_ACTION
        climb_missed(draft, clock, is_second=is_second and is_first_action)


def _close_unconfirmed(draft: Draft, clock: Deadline) -> None:
    """The worker did not answer: the solution stays one that was declared."""
    draft.put(replace(clock, met_at=draft.at, next_at=None))
    if draft.case.state == State.RESOLVED:
        to = allowed(draft.case.state, "confirmation-passed", TIME)
        close(draft, to, since=clock.due_at)
        notices.tell_worker(draft)


def _withdraw(draft: Draft, clock: Deadline) -> None:
    """Nobody took it back; a case that has become grave meanwhile goes on."""
    settle(draft, clock)
    if draft.case.state.is_closed or is_guarded(draft.case):
        draft.record("withdrawal.lapsed")
        if not draft.case.state.is_closed:
            notices.tell_worker_it_goes_on(draft, clock)
        return
    to = allowed(draft.case.state, "withdrawal-passed", TIME)
    close(draft, to, since=clock.due_at)
    draft.change(declared_by=0)
    notices.tell_worker(draft)
