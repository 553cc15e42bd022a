"""Whoever was told that a case climbed says that they act on it.

It meets the timer of that one rung: the promise itself runs on, and so does
every other rung. It is all that a brand or a factory's head may do to a case.
"""

from dataclasses import replace

from app.domain.authority import Hat, Refusal, hats
from app.domain.case import Answered, Deadline
from app.domain.closing import need_reason
from app.domain.commands import Answer
from app.domain.draft import Draft
from app.domain.ladder import Rung
from app.domain.occasions import Occasion
from app.domain.rungs import people_on, reach
from app.domain.taxonomy import State


def answer(draft: Draft, command: Answer, _to: State) -> str | None:
    """Meet the rung that has waited longest; say whether another one waits.

    A partner or the secretariat may write down that a brand has answered them,
    and says how: a brand that is told no number can answer in no other way.
    """
    waiting = waiting_for(draft)
    if not waiting and _may_relay(draft):
        need_reason(command)
        waiting = [timer for timer in running(draft) if _is_brands(draft, timer)]
    if not waiting:
        raise Refusal("no_rung", "Nothing in this case waits for your answer.")
    timer = waiting[0]
    draft.put(replace(timer, met_at=draft.at, next_at=None))
    occasion = Occasion.of(timer)
    draft.record("rung.answered", command.note, rung=occasion.timer, step=timer.round)
    draft.answered.append(
        Answered(
            occasion.clock,
            occasion.round,
            occasion.reason,
            timer.round,
            str(draft.person.id),
        )
    )
    if len(waiting) == 1:
        return None
    return "Another rung waits for your answer as well: answer once more."


def running(draft: Draft) -> list[Deadline]:
    """Return the timers of rungs that have been told, the longest first."""
    told = [t for t in draft.case.rungs if t.is_running and t.opened_at <= draft.at]
    return sorted(told, key=lambda timer: (timer.due_at, timer.name, timer.round))


def waiting_for(draft: Draft) -> list[Deadline]:
    """Return the timers that wait for whoever acts, the longest first."""
    return [timer for timer in running(draft) if _stands(draft, timer)]


def _stands(draft: Draft, timer: Deadline) -> bool:
    person = draft.person
    return person.serves_on(draft.day) and any(
        other.id == person.id
        for rung in _rungs(draft, timer)
        for other in people_on(draft, rung)
    )


def _rungs(draft: Draft, timer: Deadline) -> list[Rung]:
    """Return who stands on a rung, or in for it, on the case's ladder of today.

    A supplier heard of no case and so answers for none.
    """
    occasion = Occasion.of(timer)
    steps = draft.policy.steps(draft.case.route, occasion.trigger, occasion.clock)
    if timer.round >= len(steps):
        return []
    wanted = (rung for rung in steps[timer.round].tell if rung is not Rung.FIRST_TIER)
    return [reach(draft, rung).rung for rung in wanted]


def _is_brands(draft: Draft, timer: Deadline) -> bool:
    return Rung.BRAND in _rungs(draft, timer)


def _may_relay(draft: Draft) -> bool:
    worn = hats(draft.person, draft.case, draft.directory, draft.day)
    return bool(worn & {Hat.PARTNER, Hat.SECRETARIAT})
