"""What time alone brings about: reminders, misses, and dates that pass.

The sweep only narrows; this looks at one case under its lock and does all
that is due now, in the order of due times. Run again at the same or a later
time it does none of it twice.
"""

from dataclasses import replace
from datetime import datetime

from app.domain import bodies, notices
from app.domain.aftercare import strike_check
from app.domain.authority import Hat
from app.domain.case import LAW, RUNG, CaseFile, Deadline, Decision
from app.domain.climbing import miss_rung
from app.domain.clocks import AFTER, ask_confirmation, record_miss
from app.domain.closing import close
from app.domain.commands import Actor
from app.domain.directory import Directory
from app.domain.draft import Draft, to_people
from app.domain.escalation import climb_cluster, climb_missed, climb_review
from app.domain.handover import fall_back
from app.domain.promises import next_look
from app.domain.remediation import keep_child, review_again
from app.domain.rung_notices import waking
from app.domain.statutory import follow_on, held_by, strike_law
from app.domain.taxonomy import Category, Clock, State
from app.domain.transitions import allowed
from app.domain.withdrawing import is_guarded, settle

TIME = frozenset({Hat.CLOCK})


def strike(
    case: CaseFile,
    directory: Directory,
    has_earlier_miss: bool,
    at: datetime,
    *,
    clustered: int = 0,
) -> Decision:
    """Do what is due at `at`.

    `has_earlier_miss`: the same site's committee missed a first action on
    another case within the last 90 days. Earlier rounds of this one are no
    second miss: the worker's no takes them up the ladder. `clustered`: how
    many cases of its kind were opened at its site within the policy's time,
    this one among them; 0 also where they have been told of.
    """
    draft = Draft(case, directory, at, Actor.system())
    if not case.state.is_closed:
        fall_back(draft)
    for clock in _all_due(case, at):
        # What came before it may have closed the case, and met this one.
        now = draft.case.deadline(clock.name, clock.round)
        if now is not None and _is_due(now, at):
            is_second = has_earlier_miss and draft.case.route.is_factory_side
            _strike(draft, now, is_second=is_second)
    for clock in _all_due(draft.case, at):
        if clock.name in AFTER:
            # An end that was due long ago has started it just now.
            _strike(draft, clock, is_second=False)
    if clustered and not _is_over(draft.case):
        climb_cluster(draft, clustered)
    follow_on(draft)
    return draft.decision()


def _all_due(case: CaseFile, at: datetime) -> list[Deadline]:
    """Return what is due, the earliest first."""
    due = (clock for clock in case.clocks if _is_due(clock, at))
    return sorted(due, key=lambda clock: (clock.due_at, clock.name, clock.round))


def _is_due(clock: Deadline, at: datetime) -> bool:
    return clock.next_at is not None and clock.next_at <= at


def _is_over(case: CaseFile) -> bool:
    return case.state.is_closed or case.state == State.RESOLVED


def _strike(draft: Draft, clock: Deadline, *, is_second: bool) -> None:
    if clock.name.startswith(LAW):
        strike_law(draft, clock)
    elif clock.name.startswith(RUNG):
        miss_rung(draft, clock, is_over=_is_over(draft.case))
    elif clock.name in AFTER:
        strike_check(draft, clock)
    elif draft.at < clock.due_at:
        _remind(draft, clock)
    elif clock.name == Clock.CONFIRMATION:
        _close_unconfirmed(draft, clock)
    elif clock.name == Clock.WITHDRAWAL:
        _withdraw(draft, clock)
    else:
        _miss(draft, clock, is_second=is_second)


def _remind(draft: Draft, clock: Deadline) -> None:
    """Remind the body once, of the later reminder where both have come.

    In quiet hours it waits for the morning; by then it may be of no use.
    """
    if _is_over(draft.case):
        draft.put(replace(clock, next_at=None))
        return
    percent = 50
    if clock.remind_80_at is not None and clock.remind_80_at <= draft.at:
        percent = 80
    draft.put(replace(clock, next_at=next_look(clock, draft.at)))
    draft.record("clock.reminded", clock=clock.name, round=clock.round, percent=percent)
    people = bodies.body(draft.case, draft.directory, draft.day)
    told_at = waking(draft, draft.at)
    if told_at >= clock.due_at:
        return
    draft.owe(
        "reminder",
        to_people(people),
        {**notices.dated(draft.case, clock), "percent": percent},
        # Another due time is another promise to be reminded of.
        occasion=f"{clock.name}:{clock.due_at.isoformat()}:{percent}",
        not_before=told_at if told_at > draft.at else None,
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
    """The worker did not answer: the solution stays one that was declared.

    Time alone never closes a child's case, nor one that the law holds open.
    """
    draft.put(replace(clock, met_at=draft.at, next_at=None))
    if draft.case.state != State.RESOLVED:
        return
    if held_by(draft.case, draft.directory) is not None:
        ask_confirmation(draft)
    elif draft.case.category == Category.CHLD:
        keep_child(draft)
    else:
        to = allowed(draft.case.state, "confirmation-passed", TIME)
        close(draft, to, since=clock.due_at)
        notices.tell_worker(draft)


def _withdraw(draft: Draft, clock: Deadline) -> None:
    """Nobody took it back; a case that has become grave meanwhile goes on."""
    settle(draft, clock)
    is_held = held_by(draft.case, draft.directory) is not None
    if draft.case.state.is_closed or is_guarded(draft.case) or is_held:
        draft.record("withdrawal.lapsed")
        if not draft.case.state.is_closed:
            notices.tell_worker_it_goes_on(draft, clock)
        return
    to = allowed(draft.case.state, "withdrawal-passed", TIME)
    close(draft, to, since=clock.due_at)
    draft.change(declared_by=0)
    notices.tell_worker(draft)
