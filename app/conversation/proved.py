"""What a text gets that carries the PIN: it is the worker's own."""

from dataclasses import replace

from app.conversation import answers, lines
from app.conversation.asking import (
    QUESTIONS,
    ask_next,
    hear_answer,
    hear_solved,
    is_contact,
    is_waiting,
)
from app.conversation.filing import file_words
from app.conversation.reading import Reading
from app.conversation.session import (
    AskWithdraw,
    CaseView,
    Facts,
    RenewPin,
    Session,
    SetLanguage,
    SetReprisal,
    Step,
    TakeBackWithdraw,
    Turn,
)
from app.conversation.stranger import hear_keyword
from app.domain.laws import Limit
from app.domain.taxonomy import Reprisal, State
from app.wording.line import Line

STATUS: dict[State, Line] = {
    State.RECEIVED: lines.STATUS_RECEIVED,
    State.ACKNOWLEDGED: lines.STATUS_ACKNOWLEDGED,
    State.IN_REVIEW: lines.STATUS_IN_REVIEW,
    State.REMEDY_PROPOSED: lines.STATUS_REMEDY_PROPOSED,
    State.RESOLVED: lines.STATUS_RESOLVED,
    State.IN_REMEDIATION: lines.STATUS_IN_REMEDIATION,
    State.REOPENED: lines.STATUS_REOPENED,
}

# Whose name may stay in an inbox: that of the women's or children's helpline
# would tell what it is about, and is for the telephone only.
_LIMITS: dict[str, Line] = {
    "labour": lines.LIMIT_LABOUR,
    "legal_aid": lines.LIMIT_LEGAL_AID,
}


def awake(session: Session, case: CaseView) -> Session:
    """Take up the talk where it was, with a question that still waits."""
    step = session.step if session.step in QUESTIONS else session.kept
    if session.step in (Step.SOLVED, Step.REPRISAL, Step.LANGUAGE):
        step = session.step
    if step is not Step.LANGUAGE and not is_waiting(step, case):
        step = None
    return replace(
        session,
        language=session.language or case.language,
        step=step,
        kept=None,
        fresh=False,
        site=None,
        is_locked=False,
    )


def hear_worker(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """Hear a text that carries the PIN; None where it opens a case of its own."""
    session = awake(session, case)
    named = answers.keyword(heard)
    if named is not None:
        return _hear_keyword(session, heard, named, facts, case)
    if answers.is_new_with_words(heard):
        return None
    spoken = answers.language_asked(heard)
    if spoken is not None:
        set_to = replace(session, language=spoken)
        return Turn(set_to, (lines.LANGUAGE_SET,), (SetLanguage(spoken),))
    if _is_about_solution(heard, case):
        turn = hear_solved(session, heard, facts, case)
        if turn is not None:
            return turn
    if case.asks_reprisal and not answers.is_greeting(heard):
        turn = _hear_reprisal(session, heard, case)
        if turn is not None:
            return turn
    answered = hear_answer(session, heard, facts, case) if session.step else None
    if _is_bare(heard) and not (answered and answered.acts):
        return _status(session, facts, case)
    if answered is not None:
        return answered
    if case.state.is_closed:
        return None  # Something more has happened: it is a case of its own.
    session, acts = file_words(session, heard, facts, case)
    return Turn(session, (lines.NOTED,), acts)


def _is_bare(heard: Reading) -> bool:
    """Nothing beside the PIN that means anything by itself."""
    return not heard.has_media and (not heard.tokens or is_contact(heard))


def _is_about_solution(heard: Reading, case: CaseView) -> bool:
    if case.state is State.RESOLVED:
        return True
    reopens = case.state.is_closed and case.may_reopen
    return reopens and answers.is_not_solved(heard)


def _hear_reprisal(session: Session, heard: Reading, case: CaseView) -> Turn | None:
    """Take her word on what followed; of a yes a case of its own begins.

    While it waits to be answered, whatever she tells that is no no is a yes.
    """
    answer = answers.reprisal(heard)
    if answer is None:
        if is_contact(heard) or not (heard.tokens or heard.has_media):
            return None
        # "They fired me" is the natural yes, and never one for the factory to read.
        answer = Reprisal.YES
    if answer is not Reprisal.YES:
        done = session.at(None)
        return Turn(done, (lines.REPRISAL_NO,), (SetReprisal(answer),))
    known = (Step.CONFLICT, Step.TOPIC, Step.MAY_TEXT)
    fresh = Session(
        language=session.language,
        done=(*known, Step.SITE) if case.has_site else known,
    )
    return ask_next(fresh, (lines.REPRISAL_YES, lines.ACK), (SetReprisal(answer),))


def _hear_keyword(
    session: Session, heard: Reading, named: str, facts: Facts, case: CaseView
) -> Turn:
    match named:
        case "status":
            return _status(session, facts, case)
        case "withdraw":
            return Turn(session.at(None), (lines.WITHDRAW_NOTED,), (AskWithdraw(),))
        case "change":
            return Turn(session.at(None), (lines.PIN_CHANGED,), (RenewPin(),))
        case "undo":
            return Turn(session.at(None), (lines.UNDONE,), (TakeBackWithdraw(),))
    return hear_keyword(session, heard, named)


def _status(session: Session, facts: Facts, case: CaseView) -> Turn:
    """Say where it stands; a question that waits is not put again by it.

    And which of her rights soon pass, be our own work over or not; and what a
    person wrote to her: who has only texts reads it nowhere else.
    """
    beside = tuple(map(limit_line, case.limits))
    if case.is_for_another:
        beside = (*beside, lines.TAKE_OVER)
    if facts.message:
        beside = (*beside, lines.MESSAGE.using(words=facts.message))
    if case.state.is_closed:
        said = lines.STATUS_CLOSED if case.may_reopen else lines.STATUS_CLOSED_FINAL
        if case.asks_reprisal:
            asking = session.at(Step.REPRISAL)
            return Turn(asking, (said, *beside, lines.ASK_REPRISAL))
        return Turn(session.at(None), (said, *beside))
    said = STATUS[case.state]
    if case.state is State.RESOLVED:
        return Turn(session.at(Step.SOLVED), (said, *beside, lines.ASK_SOLVED))
    return Turn(session, (said, *beside))


def limit_line(limit: Limit) -> Line:
    """Return what is said of a right of hers that soon passes."""
    line = _LIMITS.get(limit.kind)
    if line is None:
        return lines.LIMIT_OUTSIDE.using(date=limit.day)
    return line.using(date=limit.day, helpline=limit.number)
