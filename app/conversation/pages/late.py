"""A page that comes too late: after a rest, or when another stands in its place.

After a rest somebody else may hold the phone, and nothing of the case is shown. An
answer that was sent twice, and differed, was corrected by whoever answers. Of both
counts what guards the worker, and words are never lost (as in
`app.conversation.late`).
"""

from app.conversation.filing import file_words
from app.conversation.meaning import is_graver
from app.conversation.pages.session import TOPICS, At, PageAct, Sent
from app.conversation.session import (
    Add,
    CaseView,
    Facts,
    Raise,
    Session,
    SetConflict,
    SetTopic,
)
from app.domain.taxonomy import Conflict


def late_acts(at: At, sent: Sent, case: CaseView) -> tuple[PageAct, ...]:
    """Return what follows from a page that answers the question `at`."""
    answer = sent.get("answer")
    match at:
        case At.WHAT:
            return (*_topic(sent, case), *_words(sent, case))
        case At.WHERE if sent.get("do") != "skip" and sent.reading.text.strip():
            return (Add(),)  # a name or digits: a partner will find the place
        case At.ABOUT if answer in (Conflict.YES, Conflict.UNKNOWN):
            is_news = case.conflict in (None, Conflict.NO)
            return (SetConflict(Conflict(answer)),) if is_news else ()
        case At.DANGER if answer == "yes":
            return (Raise(),)
        case At.FOLLOW:
            return _words(sent, case)
    return ()


def _topic(sent: Sent, case: CaseView) -> tuple[PageAct, ...]:
    picked = next((c for c in TOPICS if c.value == sent.get("topic")), None)
    if picked is None or not is_graver(picked, case.category):
        return ()
    return (SetTopic(picked),)


def _words(sent: Sent, case: CaseView) -> tuple[PageAct, ...]:
    """File words as anybody's: nothing in them brings it nearer to the factory."""
    if not sent.get("words"):
        return ()
    if case.state.is_closed:
        return (Add(),) if case.may_reopen else ()
    facts = Facts(languages=())
    _, acts = file_words(Session(), sent.reading, facts, case, is_anybody=True)
    return acts
