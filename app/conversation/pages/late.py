"""A page that lay open for long, and was sent after all.

Somebody else may hold the phone by then. Nothing of the case is shown, and an
answer is taken only where it guards the worker (as in `app.conversation.late`).
"""

from app.conversation.filing import file_words
from app.conversation.pages.session import At, PageAct, PageSession, Sent
from app.conversation.session import CaseView, Facts, Raise, Session, SetConflict
from app.domain.taxonomy import Conflict


def late_acts(session: PageSession, sent: Sent, case: CaseView) -> tuple[PageAct, ...]:
    answer = sent.get("answer")
    match session.at:
        case At.ABOUT if answer in (Conflict.YES, Conflict.UNKNOWN):
            return (SetConflict(Conflict(answer)),) if case.conflict is None else ()
        case At.DANGER if answer == "yes":
            return (Raise(),)
        case At.FOLLOW if sent.get("words") and not case.state.is_closed:
            facts = Facts(languages=())
            _, acts = file_words(Session(), sent.reading, facts, case, is_anybody=True)
            return acts
    return ()
