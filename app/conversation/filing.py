"""Filing words to a case, with what they tell beyond themselves."""

from dataclasses import replace

from app.conversation.meaning import SENSITIVE, is_danger, is_graver, topic_of
from app.conversation.reading import Reading
from app.conversation.session import (
    Act,
    Add,
    CaseView,
    Facts,
    Raise,
    Session,
    SetSite,
    SetTopic,
)
from app.domain.taxonomy import Category, Conflict


def site_of(heard: Reading, facts: Facts) -> str | None:
    """Return the one site named; two different ones decide nothing."""
    known = [code for code in heard.codes if code in facts.known_sites]
    return known[0] if len(known) == 1 else None


def file_words(
    session: Session,
    heard: Reading,
    facts: Facts,
    case: CaseView,
    *,
    is_anybody: bool = False,
) -> tuple[Session, tuple[Act, ...]]:
    """File the text. Danger and sensitive subjects raise the case, whoever
    holds the phone; `is_anybody`: perhaps not the worker, so that nothing
    in the text may bring the case nearer to the factory.
    """
    is_kept_outside = case.conflict is not Conflict.NO
    may_lower = is_kept_outside or not is_anybody
    acts: list[Act] = []
    site = site_of(heard, facts)
    if site and not case.has_site and may_lower:
        acts.append(SetSite(site))
    if is_danger(heard.plain):
        acts.append(Raise())
    topic = topic_of(heard.plain)
    if topic is not None and _is_better(topic, case.category, may_lower=may_lower):
        acts.append(SetTopic(topic))
    if topic is Category.CRIS:
        # No form to fill in for somebody who may be about to die.
        session = replace(session, passed_on=True, step=None, kept=None)
    # Filed last: who is told of new words is whoever holds the case by then.
    return session, (*acts, Add())


def _is_better(topic: Category, known: Category, *, may_lower: bool) -> bool:
    if topic in SENSITIVE:
        return is_graver(topic, known)
    return known is Category.OTHR and may_lower
