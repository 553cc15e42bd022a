"""Climbing: a rung told, its timer set, and the next one where nobody answers.

A rung's timer is a clock of the case, so it is swept, explained and recomputed
like any other: it starts when its people are told and runs for as long as the
policy lets them keep silent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain import rung_notices
from app.domain.case import CLIMBED, SILENT, CaseFile, Deadline, Escalation
from app.domain.deadlines import due
from app.domain.draft import Draft
from app.domain.durations import Duration
from app.domain.ladder import Rung, Step, Trigger
from app.domain.occasions import Occasion
from app.domain.rung_notices import Telling
from app.domain.rungs import (
    Reached,
    ladder,
    on_ladder,
    only_once,
    reach,
    reach_all,
)
from app.domain.taxonomy import Clock


def climb(
    draft: Draft, occasion: Occasion, *, step: int = 0, heard: set[str] | None = None
) -> bool:
    """Tell everybody on a rung, or on the next one above where nobody is.

    `heard`: the addresses that know of this occasion; whoever is told is added.
    Who has heard of it is not told again, but waited for like everybody else.
    Return whether anybody stood on any rung.
    """
    occasion = on_ladder(draft, occasion)
    steps = ladder(draft, occasion)
    for number in range(step, len(steps)):
        found = reach_all(draft, steps[number])
        if found:
            landed = _landed_on(steps, number, found)
            telling = Telling(steps[number], number, steps[:step])
            answer = steps[landed].answer
            heard = set() if heard is None else heard
            _tell(draft, occasion, telling, found, landed, answer, heard)
            return True
    return False


def _landed_on(steps: Sequence[Step], number: int, found: Sequence[Reached]) -> int:
    """Return the rung on which those who are told stand.

    Whoever stands in for somebody may stand on a rung above: the climb goes on
    from there, as the rungs between have nobody else on them.
    """
    if all(reached.rung == reached.wanted for reached in found):
        return number
    rungs = {each.rung for each in found}
    above = range(number + 1, len(steps))
    return next((n for n in above if rungs <= set(steps[n].tell)), number)


def _tell(
    draft: Draft,
    occasion: Occasion,
    telling: Telling,
    found: Sequence[Reached],
    landed: int,
    answer: Duration | None,
    heard: set[str],
) -> None:
    """Owe a notice to all who have not heard, and wait for everybody's answer."""
    untold = {each.rung: each for each in only_once(found, draft.directory, heard)}
    # Who stands on a rung and in for another one is there once.
    standing = {each.rung: untold.get(each.rung, each) for each in found}
    opens = _told_at(draft, telling.step, standing.values())
    answer_by = _wait(draft, occasion, landed, answer, opens)
    for reached in standing.values():
        draft.climb(
            Escalation(
                occasion.clock,
                occasion.round,
                reached.rung.value,
                occasion.reason,
                reached.recipients,
                landed,
            )
        )
        _mark(draft, occasion, reached.rung, telling.before)
        if reached.rung in untold:
            rung_notices.owe(draft, occasion, reached, telling, answer_by=answer_by)


def _told_at(draft: Draft, step: Step, told: Iterable[Reached]) -> datetime:
    """Return when the last of them is told; their time starts then."""
    times = rung_notices.times(draft, step)
    return max(
        times.of(to) or draft.at for reached in told for to in reached.recipients
    )


def _wait(
    draft: Draft,
    occasion: Occasion,
    step: int,
    answer: Duration | None,
    opens: datetime,
) -> datetime | None:
    """Start the rung's timer, where anybody's answer is waited for."""
    if answer is None:
        return None
    due_at = due(opens, answer, draft.calendar).due_at
    draft.put(
        Deadline(
            name=occasion.timer,
            round=step,
            opened_at=opens,
            due_at=due_at,
            remind_50_at=None,
            remind_80_at=None,
            next_at=due_at,
            promise=str(answer),
            calendar=draft.calendar.id,
        )
    )
    return due_at


def _mark(draft: Draft, occasion: Occasion, rung: Rung, before: Sequence[Step]) -> None:
    """Let the secretariat see to what has come to it.

    Where only brands were silent the body did nothing wrong: it looks on, and
    what the body holds stays the body's.
    """
    if rung is not Rung.SECRETARIAT or occasion.trigger is Trigger.CLUSTER:
        return
    is_silence = bool(before) and set(before[-1].tell) == {Rung.BRAND}
    if occasion.trigger is Trigger.S1 and not before:
        return  # It is alerted in the brands' stead.
    mark = SILENT if is_silence else CLIMBED
    draft.change(alerted=draft.case.alerted | {mark})


def miss_rung(draft: Draft, timer: Deadline, *, is_over: bool) -> None:
    """Nobody answered in time: the next rung is told.

    Not where the case is over, nor where the promise has been kept meanwhile.
    Where nobody is left on the rungs above, or the ladder has become shorter,
    the secretariat is told; only above the last rung nobody is.
    """
    occasion = Occasion.of(timer)
    if is_over or _is_kept(draft, occasion):
        draft.put(replace(timer, met_at=draft.at, next_at=None))
        draft.record("rung.ended", rung=occasion.timer, step=timer.round)
        return
    draft.put(replace(timer, missed_at=timer.due_at, next_at=None))
    draft.record(
        "rung.missed",
        rung=occasion.timer,
        step=timer.round,
        due_at=timer.due_at.isoformat(),
    )
    has_climbed = climb(draft, occasion, step=timer.round + 1)
    steps = ladder(draft, occasion)
    if not has_climbed and timer.round != len(steps) - 1:
        _tell_secretariat(draft, on_ladder(draft, occasion), timer.round + 1, steps)


def _tell_secretariat(
    draft: Draft, occasion: Occasion, step: int, steps: tuple[Step, ...]
) -> None:
    found = reach(draft, Rung.SECRETARIAT)
    if found.recipients:
        number = max(step, len(steps))
        telling = Telling(Step((Rung.SECRETARIAT,)), number, steps[:step])
        _tell(draft, occasion, telling, [found], number, None, set())


def _is_kept(draft: Draft, occasion: Occasion) -> bool:
    clock = draft.case.deadline(occasion.clock, occasion.round)
    is_promise = occasion.trigger is Trigger.MISSED
    return is_promise and clock is not None and clock.met_at is not None


def stop_rungs(draft: Draft, *, since: datetime | None = None) -> None:
    """What is over climbs no more, and nobody's answer is waited for."""
    for timer in draft.case.rungs:
        if timer.is_running:
            draft.put(replace(timer, met_at=since or draft.at, next_at=None))


def wait_again(draft: Draft, trigger: Trigger, ended: CaseFile) -> None:
    """Wait once more for those who had not answered when the case was over.

    `ended`: the case as it was then. They know of it, so nobody is told; a rung
    that was answered before that stays answered.
    """
    over_at = _over_at(ended)
    for timer in draft.case.rungs:
        occasion = Occasion.of(timer)
        if occasion.trigger is trigger and timer.met_at in over_at:
            steps = ladder(draft, occasion)
            answer = steps[timer.round].answer if timer.round < len(steps) else None
            _wait(draft, occasion, timer.round, answer, draft.at)


def _over_at(case: CaseFile) -> set[datetime]:
    """Return at which moments the rungs of a case may have been stopped.

    When it was declared solved, or closed, or when a withdrawal took effect
    that a sweep has only found later.
    """
    asked = case.deadline(Clock.CONFIRMATION)
    withdrawn = case.deadline(Clock.WITHDRAWAL)
    ends = (
        case.closed_at,
        asked.opened_at if asked else None,
        withdrawn.due_at if withdrawn else None,
    )
    return {at for at in ends if at is not None}
