"""Whoever was told that a case climbed says that they act on it.

It meets the timer of that one rung: the promise itself runs on, and so does
every other rung. It is all that a brand or a factory's head may do to a case.
"""

from dataclasses import replace

from app.domain import notices
from app.domain.authority import Hat, Refusal, hats
from app.domain.case import Answered, CaseFile, Deadline
from app.domain.closing import need_reason
from app.domain.commands import Answer
from app.domain.draft import Draft
from app.domain.ladder import Rung, Step, Wording
from app.domain.occasions import Occasion
from app.domain.rungs import ladder, people_on, reach_all
from app.domain.taxonomy import Role, State


def answer(draft: Draft, command: Answer, _to: State) -> str | None:
    """Meet the rung that has waited longest; say whether another one waits.

    A partner or the secretariat may write down that a brand has answered them,
    and says how: a brand that is told no number can answer in no other way.
    """
    waiting = waiting_for(draft)
    if not waiting and (relayed := relayable(draft)):
        need_reason(command)
        waiting = relayed
    if not waiting and (late := passed(draft)):
        _answer_late(draft, command, late)
        return None
    if not waiting:
        raise Refusal("no_rung", "Nothing in this case waits for your answer.")
    timer = waiting[0]
    occasion = Occasion.of(timer)
    draft.record("rung.answered", command.note, rung=occasion.timer, step=timer.round)
    _meet(draft, timer)
    if len(waiting) == 1:
        return None
    return "Another rung waits for your answer as well: answer once more."


def _answer_late(draft: Draft, command: Answer, late: list[Deadline]) -> None:
    """Answer every rung of a brand that has passed: one late word is for all.

    Each keeps the mark that it was missed, and what has climbed stays where it is.
    """
    last = late[-1]
    timer_name = Occasion.of(last).timer
    draft.record(
        "rung.answered", command.note, rung=timer_name, step=last.round, late=True
    )
    for timer in late:
        _meet(draft, timer)


def _meet(draft: Draft, timer: Deadline) -> None:
    draft.put(replace(timer, met_at=draft.at, next_at=None))
    occasion = Occasion.of(timer)
    draft.answered.append(
        Answered(
            occasion.clock,
            occasion.round,
            occasion.reason,
            timer.round,
            str(draft.person.id),
        )
    )


def running(draft: Draft) -> list[Deadline]:
    """Return the timers of rungs on which anybody was told, the longest first."""
    told = [t for t in draft.case.rungs if t.is_running and _is_told(draft, t)]
    return sorted(told, key=lambda timer: (timer.due_at, timer.name, timer.round))


def _is_told(draft: Draft, timer: Deadline) -> bool:
    """Tell whether anybody on a rung has been told.

    A timer opens when the last of them is. A webhook wakes nobody, so it is told
    at once: its reader need not wait for those who sleep.
    """
    if timer.opened_at <= draft.at:
        return True
    step = _step(draft, timer)
    return (
        step is not None
        and step.delay is None
        and any(
            to.kind == "brand_webhook"
            for reached in reach_all(draft, step)
            for to in reached.recipients
        )
    )


def waiting_for(draft: Draft) -> list[Deadline]:
    """Return the timers that wait for whoever acts, the longest first.

    What brands hear without a number they answer through the partner: who knew
    the number before it was veiled must not learn here what became of it.
    """
    return [timer for timer in running(draft) if _stands(draft, timer)]


def passed(draft: Draft) -> list[Deadline]:
    """Return the rungs that a brand let pass and may still answer, the oldest first.

    Only a brand may: it can say that it acts as long as the case goes on. Where a
    later rung of the same ladder has been answered, the earlier ones are too. What
    it was told before a veil came is nothing that it can ask after.
    """
    case = draft.case
    if case.state.is_closed or case.state is State.RESOLVED:
        return []
    if draft.by.person is None or draft.by.person.role is not Role.BRAND:
        return []
    found = [
        timer
        for timer in case.rungs
        if timer.missed_at is not None
        and timer.met_at is None
        and (case.veiled_at is None or timer.opened_at >= case.veiled_at)
        and not _is_answered_since(case, timer)
        and _stands(draft, timer)
    ]
    return sorted(found, key=lambda timer: (timer.due_at, timer.name, timer.round))


def _is_answered_since(case: CaseFile, timer: Deadline) -> bool:
    return any(
        later.name == timer.name
        and later.round > timer.round
        and later.met_at is not None
        for later in case.rungs
    )


def _stands(draft: Draft, timer: Deadline) -> bool:
    person = draft.person
    return person.serves_on(draft.day) and any(
        other.id == person.id
        for rung in _rungs(draft, timer)
        if rung is not Rung.BRAND or not _is_veiled(draft, timer)
        for other in people_on(draft, rung)
    )


def _is_veiled(draft: Draft, timer: Deadline) -> bool:
    step = _step(draft, timer)
    is_so_worded = step is not None and step.wording is Wording.VEILED
    return is_so_worded or notices.is_veiled(draft.case)


def _rungs(draft: Draft, timer: Deadline) -> list[Rung]:
    """Return who stands today on a rung, or in for it, on its own ladder.

    A supplier heard of no case and so answers for none.
    """
    step = _step(draft, timer)
    found = reach_all(draft, step) if step is not None else []
    return [each.rung for each in found if each.rung is not Rung.FIRST_TIER]


def _step(draft: Draft, timer: Deadline) -> Step | None:
    """Return the rung of a timer; None where the ladder has become shorter."""
    steps = ladder(draft, Occasion.of(timer))
    return steps[timer.round] if timer.round < len(steps) else None


def _is_brands(draft: Draft, timer: Deadline) -> bool:
    return Rung.BRAND in _rungs(draft, timer)


def may_answer(draft: Draft) -> bool:
    return draft.by.person is not None and bool(
        waiting_for(draft) or relayable(draft) or passed(draft)
    )


def relayable(draft: Draft) -> list[Deadline]:
    """Return the brands' timers that whoever acts may write down an answer to.

    A partner of the case, or anybody of the secretariat: brands are told to
    answer the one or the other.
    """
    person, case = draft.person, draft.case
    is_secretariat = person.role is Role.ADMIN and person.serves_on(draft.day)
    worn = hats(person, case, draft.directory, draft.day)
    if not worn & {Hat.PARTNER, Hat.SECRETARIAT} and not is_secretariat:
        return []
    if person.id in case.excluded:
        return []
    return [timer for timer in running(draft) if _is_brands(draft, timer)]
