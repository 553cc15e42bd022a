"""After a case has ended: was she made to pay for having complained?

Asked once at 30 days and once at 90, as news whose question only her PIN opens.
It is no promise: nothing is missed by it, nothing climbs. Where no text may tell
her, the question waits until it is put to her, or until the next one: a call alone
may find no voice for it, and nobody is silent who was not asked. A yes is a case of
its own, which the factory hears nothing of.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.authority import Refusal
from app.domain.case import CaseFile, Deadline
from app.domain.clocks import AFTER, put_once_more
from app.domain.commands import AnswerReprisal, PutReprisal
from app.domain.deadlines import due
from app.domain.draft import Draft
from app.domain.durations import Duration
from app.domain.notices import tell_worker_of_check
from app.domain.taxonomy import Category, Clock, Reprisal, State

CHECKS: Mapping[Clock, Duration] = {
    Clock.CHECK_30: Duration(30, "d"),
    Clock.CHECK_90: Duration(90, "d"),
}
# How long the question waits for her.
ANSWER_WITHIN = Duration(14, "d")
# Who took it back, or could not be reached, is not asked.
CHECKED = frozenset(
    {
        State.CLOSED_CONFIRMED,
        State.CLOSED_DECLARED,
        State.CLOSED_UNFOUNDED,
        State.CLOSED_REFERRED,
    }
)
# What a ledger says of it: never for the eyes of anybody at the factory.
UNSEEN_AT_FACTORY = frozenset(
    {
        "reprisal.asked",
        "reprisal.checked",
        "reprisal.reported",
        "reprisal.unanswered",
    }
)

_INSTANT = timedelta(microseconds=1)


def start_checks(draft: Draft, *, since: datetime) -> None:
    """Start what has not been asked yet; the case has just been closed, as of then."""
    if not _is_checked(draft.case):
        stop_checks(draft)
        return
    for name, wait in CHECKS.items():
        last = draft.case.deadline(name)
        if last is None or _was_stopped(last):
            due_at = due(since, wait, draft.calendar).due_at
            put_once_more(draft, name, due_at, promise=str(wait), since=since)


def _is_checked(case: CaseFile) -> bool:
    return case.category is not Category.INFO and case.state in CHECKED


def _was_stopped(clock: Deadline) -> bool:
    return clock.met_at is not None and clock.met_at < clock.due_at


def stop_checks(draft: Draft) -> None:
    """The case goes on: she is in contact, and is asked when it has ended again.

    What she has not answered by then is asked once more.
    """
    last = draft.case.deadline(asked(draft.case))
    if last is not None and open_question(draft.case) is not None:
        draft.put(replace(last, met_at=last.due_at - _INSTANT))
    for clock in draft.case.deadlines:
        if clock.name in AFTER and clock.is_running:
            # One that nobody has struck was not asked, however late that is.
            before = min(draft.at, clock.due_at - _INSTANT)
            draft.put(replace(clock, met_at=before, next_at=None))


def strike_check(draft: Draft, clock: Deadline) -> None:
    """Its day has come: put the question, or give up waiting for the answer."""
    waiting = open_question(draft.case)
    if waiting is not None:
        if _was_put(waiting):
            draft.record("reprisal.unanswered", check=asked(draft.case))
        draft.put(replace(waiting, met_at=min(draft.at, waiting.due_at), next_at=None))
    if clock.name == Clock.CHECK_ANSWER:
        return
    # The question was put on time, whenever the sweep came by.
    draft.put(replace(clock, met_at=clock.due_at, next_at=None))
    if not _is_checked(draft.case):
        return
    # Until it is put, it runs to no date.
    question = put_once_more(draft, Clock.CHECK_ANSWER, draft.at)
    draft.put(replace(question, next_at=None))
    if draft.case.may_text is True:
        _put(draft, question)
    tell_worker_of_check(draft, question.round, until=_answer_by(draft))


def _answer_by(draft: Draft) -> datetime:
    return due(draft.at, ANSWER_WITHIN, draft.calendar).due_at


def _put(draft: Draft, question: Deadline) -> None:
    """She has been asked, or told that something is: her answer is waited for."""
    due_at = _answer_by(draft)
    draft.put(
        replace(
            question,
            opened_at=draft.at,
            due_at=due_at,
            next_at=due_at,
            promise=str(ANSWER_WITHIN),
            calendar=draft.calendar.id,
        )
    )
    draft.record("reprisal.asked", check=asked(draft.case))


def _was_put(question: Deadline) -> bool:
    return bool(question.promise)


def put(draft: Draft, _command: PutReprisal, _to: State) -> None:
    """It is before her, by text, voice or page."""
    question = unput_question(draft.case)
    if question is None:
        raise Refusal("not_asked", "Nobody has asked this.")
    _put(draft, question)


def open_question(case: CaseFile) -> Deadline | None:
    """Return the clock of the question that waits for her; None: none does."""
    clock = case.deadline(Clock.CHECK_ANSWER)
    return clock if clock is not None and clock.is_running else None


def unput_question(case: CaseFile) -> Deadline | None:
    """Return the clock of a question that waits to be put to her."""
    clock = open_question(case) if case.state.is_closed else None
    return clock if clock is not None and not _was_put(clock) else None


def asked(case: CaseFile) -> str:
    """Return which of the two checks was put last."""
    put = [
        clock
        for name in CHECKS
        if (clock := case.deadline(name)) is not None
        and clock.met_at is not None
        and not _was_stopped(clock)
    ]
    return max(put, key=lambda clock: clock.due_at).name if put else ""


def answer(draft: Draft, command: AnswerReprisal, _to: State) -> None:
    """Her answer changes nothing in this case; of a yes another one is opened."""
    clock = open_question(draft.case)
    if clock is None:
        raise Refusal("not_asked", "Nobody has asked this.")
    draft.put(replace(clock, met_at=draft.at, next_at=None))
    check = asked(draft.case)
    if command.answer is Reprisal.YES:
        opened = str(command.opens) if command.opens else None
        draft.record("reprisal.reported", check=check, case=opened)
    else:
        draft.record("reprisal.checked", check=check, answer=command.answer.value)
