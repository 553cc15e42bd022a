"""How a case is declared solved, closed without a solution, and opened again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.aftercare import start_checks, stop_checks
from app.domain.authority import Refusal
from app.domain.bodies import body
from app.domain.case import CaseFile, Signature
from app.domain.climbing import stop_rungs
from app.domain.clocks import ask_confirmation, meet, start_round, stop
from app.domain.commands import (
    NoContact,
    Reopen,
    Resolve,
    StaffVerb,
    WriteAgain,
)
from app.domain.directory import Person
from app.domain.draft import Draft
from app.domain.escalation import alert_reopened, climb_not_solved, tell_contested
from app.domain.handover import as_handed, fall_back
from app.domain.notices import tell_worker
from app.domain.pausing import end_pause
from app.domain.taxonomy import Category, Clock, Role, Route, Side, State

REOPENS_FOR = timedelta(days=30)
SIGNING = frozenset({Side.WORKER, Side.MANAGEMENT})
CONTACT_DAYS = 3
# Somebody had said that it was solved; every other end is contested as such.
DECLARED = frozenset({State.RESOLVED, State.CLOSED_DECLARED, State.CLOSED_CONFIRMED})


def need_reason(command: StaffVerb) -> None:
    if not command.note.strip():
        raise Refusal("no_reason", "Give the reason: --note TEXT.")


def resolve(draft: Draft, command: Resolve, to: State) -> str | None:
    """Declare it solved; on a committee both sides must sign.

    The first signature leaves state and clock as they are.
    """
    if draft.case.route.is_factory_side:
        word = _signed_before(draft)
        missing = _sign(draft, command)
        if missing is not None:
            return f"{word} It takes effect when the {missing} side has signed too."
    draft.record("case.resolved", command.note)
    declare_solved(draft, to)
    return None


def _signed_before(draft: Draft) -> str:
    """Say whether a signature of hers, or of her side, stood already."""
    stood = [s for s in draft.case.signatures if s.side is draft.person.side]
    if any(s.person == draft.person.id for s in stood):
        return "You have signed already."
    return "Your side has signed already." if stood else "Signed."


def missing_sides(case: CaseFile) -> tuple[Side, ...]:
    """Return whose signature a solution still needs, on a committee."""
    if not case.route.is_factory_side:
        return ()
    signed = {signature.side for signature in case.signatures}
    return tuple(sorted(SIGNING - signed, key=lambda side: side is Side.MANAGEMENT))


def awaits_signature(case: CaseFile, person: Person) -> bool:
    """Tell whether hers is the one signature that is missing."""
    missing = missing_sides(case)
    return len(missing) == 1 and person.side in missing


def _sign(draft: Draft, command: Resolve) -> Side | None:
    """Add the signature and return the side that is still missing."""
    person = draft.person
    if person.side is None or person.side not in SIGNING:
        raise Refusal(
            "no_side",
            "Only a worker-side or management-side member signs a solution.",
        )
    signed = {signature.side for signature in draft.case.signatures}
    missing = next(iter(SIGNING - signed - {person.side}), None)
    if person.side not in signed:
        signature = Signature(person.id, person.side, draft.at)
        draft.change(signatures=(*draft.case.signatures, signature))
        draft.record(
            "case.signed",
            "" if missing is None else command.note,
            side=person.side.value,
            missing=missing.value if missing else None,
        )
    return missing


def declare_solved(draft: Draft, to: State) -> None:
    """The worker is asked; without her word the case closes as declared only."""
    end_pause(draft)
    meet(draft, Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.PLAN, Clock.RESOLVE)
    stop(draft)
    stop_rungs(draft)
    draft.change(state=to, declared_by=_rung_of_actor(draft), withdraw_asked_at=None)
    ask_confirmation(draft)
    tell_worker(draft)


def _rung_of_actor(draft: Draft) -> int:
    """0 the body; 1 the secretariat where it stands above the partner."""
    is_above = draft.person.role == Role.ADMIN and draft.case.route == Route.PARTNER
    return int(is_above)


def end(draft: Draft, command: StaffVerb, to: State) -> None:
    """A partner closes it without a solution, and says why."""
    need_reason(command)
    if isinstance(command, NoContact):
        _need_no_child(draft)
        _need_three_days_of_attempts(draft)
    close(draft, to, note=command.note)
    draft.change(declared_by=1)
    tell_worker(draft)


def _need_no_child(draft: Draft) -> None:
    if draft.case.category == Category.CHLD:
        raise Refusal(
            "child",
            "A child's case never ends because nobody was reached: refer it, or"
            " keep it in remediation.",
        )


def _need_three_days_of_attempts(draft: Draft) -> None:
    days = {draft.local_day(attempt) for attempt in draft.case.contact_attempts}
    if len(days) < CONTACT_DAYS:
        raise Refusal(
            "too_few_attempts",
            f"Attempts on {len(days)} of {CONTACT_DAYS} days are on record:"
            " add one with the verb attempt.",
        )


def close(
    draft: Draft, to: State, *, note: str = "", since: datetime | None = None
) -> None:
    """Nothing runs on, `since` then; the worker may reopen it for thirty days."""
    end_pause(draft)
    stop(draft, since=since)
    stop_rungs(draft, since=since)
    draft.change(
        state=to,
        closed_at=draft.case.closed_at or draft.at,
        withdraw_asked_at=None,
    )
    draft.record("case.closed", note, state=to.value)
    start_checks(draft, since=since or draft.at)


def may_still_reopen(closed_at: datetime | None, at: datetime, zone: ZoneInfo) -> bool:
    """Return whether the worker may still open it again.

    Up to the end of the local date that she was told, thirty days later.
    """
    if closed_at is None:
        return True
    last = (closed_at + REOPENS_FOR).astimezone(zone).date()
    return at.astimezone(zone).date() <= last


def refuse_final(draft: Draft) -> None:
    case = draft.case
    if not may_still_reopen(case.closed_at, draft.at, draft.calendar.zone):
        raise Refusal(
            "final", "This case was closed more than 30 days ago: it stays closed."
        )


def reopen(draft: Draft, command: Reopen, to: State) -> None:
    """Staff opens it again: not on the worker's word, who is told."""
    refuse_final(draft)
    ended = draft.case
    run_again(draft, to, note=command.note)
    _tell_body(draft, "reopened_by_partner")
    tell_worker(draft)
    alert_reopened(draft, ended)


def deny_solved(draft: Draft, to: State) -> None:
    """The worker says no: the case runs again.

    One rung above whoever declared it solved hears of it. What was ended
    without that is contested, which no factory's head hears, and is no count.
    """
    refuse_final(draft)
    ended = draft.case
    is_declared = ended.state in DECLARED
    if is_declared:
        draft.change(not_solved=draft.case.not_solved + 1)
        draft.record("solution.denied", count=draft.case.not_solved)
    else:
        draft.record("closing.contested", was=ended.state.value)
    run_again(draft, to)
    _tell_body(draft, "reopened")
    if is_declared:
        climb_not_solved(draft, ended)
    else:
        tell_contested(draft, was_ended_above=ended.declared_by > 0)
    alert_reopened(draft, ended)


def write_again(draft: Draft, _command: WriteAgain, to: State) -> None:
    """Words open it again. They are no "no": nobody above hears of it by them."""
    refuse_final(draft)
    draft.record("worker.wrote_again", was=draft.case.state.value)
    run_again(draft, to)
    _tell_body(draft, "reopened")


def run_again(draft: Draft, to: State, *, note: str = "") -> None:
    """First action and resolve are promised anew, with the whole ladder.

    What was tried and signed before is of no use to the new round.
    """
    stop(draft)
    stop_checks(draft)
    draft.change(
        state=to,
        round=draft.case.round + 1,
        closed_at=None,
        declared_by=0,
        signatures=(),
        contact_attempts=(),
        withdraw_asked_at=None,
    )
    draft.record("case.reopened", note, round=draft.case.round)
    start_round(draft)


def _tell_body(draft: Draft, reason: str) -> None:
    before = draft.case.handovers
    fall_back(draft)
    if draft.case.handovers > before:
        return  # The next body down has just been told, with the new dates.
    draft.change(handovers=before + 1)
    people = body(draft.case, draft.directory, draft.day)
    as_handed(reason)(draft, people)
