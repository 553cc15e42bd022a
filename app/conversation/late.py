"""Late answers: to a question that was waiting when the talk came to rest.

Whoever holds the phone now can read the question in its list of messages. So
an answer is taken only where it guards the worker; a No on the conflict, a
Yes to be texted and anything else that brings the case nearer to the factory
is filed for the partner to read, and nothing follows from it. What is said is
what a stranger's phone gets, in every case (decision 0002).
"""

from dataclasses import replace

from app.conversation import answers
from app.conversation.asking import is_waiting
from app.conversation.filing import site_of
from app.conversation.meaning import SENSITIVE
from app.conversation.reading import Reading
from app.conversation.session import (
    Act,
    Add,
    CaseView,
    Facts,
    Session,
    SetConflict,
    SetMayText,
    SetSite,
    SetTopic,
    Step,
)
from app.domain.taxonomy import Conflict


def late_acts(
    session: Session, heard: Reading, facts: Facts, case: CaseView | None
) -> tuple[Session, tuple[Act, ...]]:
    """Return what follows in silence, and the session with the question done."""
    step = session.kept
    if case is None or step is None or not is_waiting(step, case):
        return session, ()
    is_answer = answers.is_bare_answer(heard) or site_of(heard, facts) is not None
    if not is_answer:
        return session, ()
    taken = _taken(step, heard, facts, case)
    if taken is None:
        return session, (Add(),)
    done = replace(session, kept=None, done=(*session.done, step))
    return done, (taken, Add())


def _taken(step: Step, heard: Reading, facts: Facts, case: CaseView) -> Act | None:
    is_kept_outside = case.conflict is not Conflict.NO
    match step:
        case Step.SITE:
            site = site_of(heard, facts)
            return SetSite(site) if site and is_kept_outside else None
        case Step.CONFLICT:
            answer = answers.conflict(heard)
            guards = answer in (Conflict.YES, Conflict.UNKNOWN)
            return SetConflict(answer) if answer and guards else None
        case Step.TOPIC:
            topic = answers.topic(heard)
            guards = topic in SENSITIVE or is_kept_outside
            return SetTopic(topic) if topic and guards else None
        case Step.MAY_TEXT:
            return SetMayText(False) if answers.permission(heard) is False else None
    return None
