"""Climbing: a rung told, its timer set, and the next one where nobody answers.

A rung's timer is a clock of the case, so it is swept, explained and recomputed
like any other: it starts when its people are told and runs for as long as the
policy lets them keep silent.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.domain import rung_notices
from app.domain.case import CLIMBED, SILENT, Deadline, Escalation
from app.domain.deadlines import due
from app.domain.draft import Draft
from app.domain.durations import Duration
from app.domain.ladder import Rung, Step, Trigger
from app.domain.occasions import Occasion
from app.domain.rungs import Reached, only_once, reach


def climb(
    draft: Draft, occasion: Occasion, *, step: int = 0, heard: set[str] | None = None
) -> None:
    """Tell everybody on a rung, or on the next one above where nobody is.

    `heard`: the addresses that know of this occasion; whoever is told is added.
    """
    steps = draft.policy.steps(draft.case.route, occasion.trigger, occasion.clock)
    heard = set() if heard is None else heard
    for number in range(step, len(steps)):
        found = [reach(draft, rung) for rung in steps[number].tell]
        found = [reached for reached in found if reached.recipients]
        if found:
            told = only_once(found, draft.directory, heard)
            landed = _landed_on(steps, number, found)
            if told:
                _tell(
                    draft,
                    occasion,
                    steps[: number + 1],
                    told,
                    landed,
                    steps[landed].answer,
                )
            return


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
    steps: Sequence[Step],
    told: Sequence[Reached],
    landed: int,
    answer: Duration | None,
) -> None:
    """Owe the last of `steps` to all who are told, and wait for their answer."""
    answer_by = _wait(draft, occasion, landed, answer, _told_at(draft, steps[-1], told))
    for reached in told:
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
        _mark(draft, occasion, reached.rung, steps[:-1])
        rung_notices.owe(draft, occasion, reached, steps, answer_by=answer_by)


def _told_at(draft: Draft, step: Step, told: Sequence[Reached]) -> datetime:
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
    climb(draft, occasion, step=timer.round + 1)


def _is_kept(draft: Draft, occasion: Occasion) -> bool:
    clock = draft.case.deadline(occasion.clock, occasion.round)
    is_promise = occasion.trigger is Trigger.MISSED
    return is_promise and clock is not None and clock.met_at is not None


def stop_rungs(draft: Draft, *, since: datetime | None = None) -> None:
    """What is over climbs no more, and nobody's answer is waited for."""
    for timer in draft.case.rungs:
        if timer.is_running:
            draft.put(replace(timer, met_at=since or draft.at, next_at=None))
