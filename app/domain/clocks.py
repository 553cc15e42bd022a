"""How the clocks of a case are met, stopped and started."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from app.domain.calendar import instant
from app.domain.case import CaseFile, Deadline, Escalation
from app.domain.deadlines import due
from app.domain.draft import Draft
from app.domain.durations import Duration
from app.domain.promises import open_clocks
from app.domain.taxonomy import Clock

# How long a declared solution waits for the worker's word.
CONFIRM_WITHIN = Duration(14, "d")
# How long a withdrawal asked for by text can be taken back.
WITHDRAW_AFTER = Duration(72, "h")

POLICY_CLOCKS = frozenset(
    {Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.RESOLVE, Clock.PLAN}
)
# What can be missed. A confirmation or withdrawal only passes.
PROMISES = POLICY_CLOCKS | {Clock.REVIEW}
# What runs after a case has ended, and is no promise either.
AFTER = frozenset({Clock.CHECK_30, Clock.CHECK_90, Clock.CHECK_ANSWER})
# Taking one of these steps implies that the case was read and taken up.
IMPLIED = (Clock.ACKNOWLEDGE, Clock.FIRST_ACTION)


def meet(draft: Draft, *names: Clock) -> None:
    """Mark the latest run of each clock as met, unless it was before."""
    for name in names:
        clock = draft.case.deadline(name)
        if clock is not None and clock.met_at is None:
            draft.put(_met(clock, draft.at))
            draft.record(
                "clock.met",
                clock=name.value,
                round=clock.round,
                is_late=draft.at >= clock.due_at,
            )


def is_ended(clock: Deadline, kept_at: Collection[datetime]) -> bool:
    """Tell whether it runs no more though nobody kept it: the case was over.

    `kept_at`: when the case's clocks were met, as the ledger has it.
    """
    return clock.met_at is not None and clock.met_at not in kept_at


def stop(draft: Draft, *, since: datetime | None = None) -> None:
    """Nothing of the case runs any more: it was declared solved, or closed.

    What was missed keeps its mark; a sweep that has not seen it yet need not
    come, for what is over climbs no more: a committee's missed first action is
    only counted. `since`: when it was over, where a sweep finds that only
    later; what fell due in between was not missed.
    """
    over_at = since or draft.at
    for clock in draft.case.deadlines:
        if clock.name in AFTER:
            continue  # They have only begun when the case is over.
        ended = _met(clock, over_at) if clock.is_running else clock
        if ended.next_at is not None:
            ended = replace(ended, missed_at=ended.due_at, next_at=None)
            record_miss(draft, ended)
            _count_miss(draft, ended)
        if ended != clock:
            draft.put(ended)


def record_miss(draft: Draft, clock: Deadline) -> None:
    draft.record(
        "clock.missed",
        clock=clock.name,
        round=clock.round,
        due_at=clock.due_at.isoformat(),
    )


def _count_miss(draft: Draft, clock: Deadline) -> None:
    """Leave the row by which the committee's next miss is its second one.

    Nobody is told: the case is over.
    """
    if clock.name == Clock.FIRST_ACTION and draft.case.route.is_factory_side:
        row = Escalation(clock.name, clock.round, "factory_head", "missed", ())
        draft.climb(row)


def _met(clock: Deadline, at: datetime) -> Deadline:
    """Return the clock met at `at`.

    Where the due time has passed and no sweep has come by yet, the sweep must
    still find it: met late is missed.
    """
    is_unseen_miss = clock.missed_at is None and at >= clock.due_at
    is_promise = clock.name in PROMISES
    next_at = clock.due_at if is_unseen_miss and is_promise else None
    return replace(clock, met_at=at, next_at=next_at)


def put_once_more(
    draft: Draft,
    name: Clock,
    due_at: datetime,
    *,
    promise: str = "",
    since: datetime | None = None,
) -> Deadline:
    """Start a review, confirmation, withdrawal or check, counted in `round`.

    Each has a row of its own, so that a second withdrawal is not taken for
    the first one, nor the review of May for that of April.
    """
    last = draft.case.deadline(name)
    clock = Deadline(
        name=name,
        round=0 if last is None else last.round + 1,
        opened_at=since or draft.at,
        due_at=due_at,
        remind_50_at=None,
        remind_80_at=None,
        next_at=due_at,
        promise=promise,
        calendar=draft.calendar.id if promise else "",
    )
    draft.put(clock)
    return clock


def ask_confirmation(draft: Draft) -> None:
    """Wait for the worker's word on a declared solution."""
    until = due(draft.at, CONFIRM_WITHIN, draft.calendar).due_at
    put_once_more(draft, Clock.CONFIRMATION, until, promise=str(CONFIRM_WITHIN))


def end_of(day: date, draft: Draft) -> datetime:
    """Return the end of that local day, in the case's zone."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    return instant(midnight, draft.calendar.zone)


def start_round(draft: Draft) -> None:
    """Promise first action and resolve anew, after a reopening."""
    started = open_clocks(
        draft.entry,
        draft.at,
        draft.calendar,
        round=draft.case.round,
        at=draft.at,
    )
    for clock in started:
        draft.put(clock)


def due_times(case: CaseFile) -> dict[str, str]:
    """Return the due times that run, as facts for the ledger."""
    return {
        clock.name: clock.due_at.isoformat()
        for clock in case.deadlines
        if clock.is_running
    }
