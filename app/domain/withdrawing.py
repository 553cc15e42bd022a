"""A withdrawal asked for by text: never at once, never a grave case.

Whoever holds the phone may not be the worker, and somebody may stand beside
her. So it takes effect after 72 hours, can be undone, and a partner checks.
"""

from dataclasses import replace

from app.domain.authority import Refusal
from app.domain.case import CaseFile, Deadline
from app.domain.clocks import WITHDRAW_AFTER, put_once_more
from app.domain.commands import AskWithdraw, UndoWithdraw, UndoWithdrawByWorker
from app.domain.draft import Draft
from app.domain.ladder import Rung
from app.domain.notices import named
from app.domain.pausing import end_pause
from app.domain.rungs import reach
from app.domain.taxonomy import Category, Clock, Severity, State

TALK_FIRST = "talk_first"


def is_guarded(case: CaseFile) -> bool:
    """Return whether text alone never withdraws it: S1, a child's, what bypasses."""
    is_grave = case.severity == Severity.S1 or case.category == Category.CHLD
    return is_grave or not case.route.is_factory_side


def ask_withdraw(draft: Draft, _command: AskWithdraw, _to: State) -> str | None:
    """The partner checks in every case; a guarded one gets no date at all."""
    end_pause(draft)
    if is_guarded(draft.case):
        draft.record("withdrawal.asked", takes_effect_at=None)
        # One check a day: asking again does not hurry anybody.
        _tell_partner(draft, "", occasion=f"talk:{draft.day.isoformat()}")
        return TALK_FIRST
    if pending(draft.case) is not None:
        raise Refusal("asked", "The withdrawal is under way already.")
    due_at = draft.at + WITHDRAW_AFTER.elapsed
    clock = put_once_more(draft, Clock.WITHDRAWAL, due_at, promise=str(WITHDRAW_AFTER))
    draft.change(withdraw_asked_at=draft.at)
    draft.record("withdrawal.asked", takes_effect_at=due_at.isoformat())
    _tell_partner(draft, due_at.isoformat(), occasion=str(clock.round))
    return None


def undo(draft: Draft, command: UndoWithdraw, _to: State) -> None:
    _undo(draft, note=command.note)


def undo_by_worker(draft: Draft, _command: UndoWithdrawByWorker, _to: State) -> None:
    end_pause(draft)
    _undo(draft, note="")


def pending(case: CaseFile) -> Deadline | None:
    clock = case.deadline(Clock.WITHDRAWAL)
    return clock if clock is not None and clock.is_running else None


def settle(draft: Draft, clock: Deadline) -> None:
    """The withdrawal's row has done its work."""
    draft.put(replace(clock, met_at=draft.at, next_at=None))
    draft.change(withdraw_asked_at=None)


def _undo(draft: Draft, *, note: str) -> None:
    clock = pending(draft.case)
    if clock is None:
        raise Refusal("not_asked", "No withdrawal is under way.")
    settle(draft, clock)
    draft.record("withdrawal.undone", note)


def _tell_partner(draft: Draft, until: str, *, occasion: str) -> None:
    partner = reach(draft, Rung.PARTNER)
    params = {**named(draft.case), "until": until}
    draft.owe("withdraw_check", partner.recipients, params, occasion=occasion)
