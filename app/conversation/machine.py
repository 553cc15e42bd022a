"""The talk itself: one message in, one turn out.

Nothing here knows the time, the database or the telephone: what must be known
beforehand comes as `Facts`, what must happen goes out as acts. The voice menu
and the web form use the same machine.
"""

from dataclasses import replace

from app.conversation import answers, lines
from app.conversation.asking import ask_next, hear_answer, is_waiting, repeat
from app.conversation.filing import file_words, site_of
from app.conversation.late import late_acts
from app.conversation.meaning import is_danger, topic_of
from app.conversation.proved import hear_worker
from app.conversation.reading import Reading
from app.conversation.session import (
    Act,
    Add,
    CaseView,
    CountContact,
    Facts,
    Open,
    Session,
    SetLanguage,
    SetSite,
    Step,
    Turn,
)
from app.conversation.stranger import (
    hear_contact,
    hear_keyword,
    hear_language,
    is_unsure,
)
from app.domain.taxonomy import Category


def advance(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Hear one message and decide what to say and do.

    A text that carries the PIN is the worker's. Any other text, once the talk
    has rested and until the PIN comes, gets what a stranger's phone would get,
    or, where it has substance, one neutral sentence.
    """
    if facts.proved is not None:
        return _hear_proved(session, heard, facts, facts.proved)
    if facts.is_rested:
        session = session.locked()
    session = _spoken(session, heard, None)
    if session.is_locked:
        return _hear_anybody(session, heard, facts)
    return _hear_awake(session, heard, facts)


def _hear_proved(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn:
    session = _spoken(session, heard, case)
    # The PIN has done its work, and so have the words around it.
    rest = replace(answers.without_frame(heard), pins=(), numbers=())
    turn = hear_worker(session, rest, facts, case)
    if turn is not None:
        return turn
    return _open(_afresh(session), rest, facts)


def _spoken(session: Session, heard: Reading, proved: CaseView | None) -> Session:
    """Set the language: by the text's script; else the case's; else as before;
    else as the Latin words sound. None leaves it to the number."""
    told = proved.language if proved else None
    before = told or session.language or heard.language
    return replace(session, language=heard.script or before)


# ------------------------------------------------------- whoever holds the phone


def _hear_anybody(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Hear a phone that may be anybody's."""
    case = _case(session, facts)
    if answers.is_new_with_words(heard):
        return _open(_afresh(session), heard, facts)
    turn = _hear_stranger(session, heard, facts)
    if turn is not None and session.step is Step.LANGUAGE:
        return turn  # a key pressed now chooses a language
    if turn is not None:
        session, acts = late_acts(turn.session, heard, facts, case)
        return replace(turn, session=session, acts=(*turn.acts, *acts))
    if case is None:
        return _open(session, heard, facts)
    session, acts = file_words(session, heard, facts, case, is_anybody=True)
    return Turn(session, (lines.NOTED,), acts)


def _hear_stranger(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    named = answers.keyword(heard)
    if named is not None:
        return hear_keyword(session, heard, named)
    return hear_language(session, heard, facts) or hear_contact(session, heard, facts)


def _case(session: Session, facts: Facts) -> CaseView | None:
    return None if session.fresh else facts.case


# ------------------------------------------------------------- in one sitting


def _hear_awake(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Hear a phone whose holder opened the case, or proved it, just now."""
    case = _case(session, facts)
    if answers.is_new_with_words(heard):
        return _open(_afresh(session), heard, facts)
    named = answers.keyword(heard)
    if named is not None:
        return hear_keyword(session, heard, named)
    if case is None:
        turn = _hear_stranger(session, heard, facts)
        return turn or _open(session, heard, facts)
    if session.step is not Step.LANGUAGE and not is_waiting(session.step, case):
        session = session.at(None)
    spoken = answers.language_asked(heard)
    if session.step is not Step.LANGUAGE and spoken is not None:
        set_to = replace(session, language=spoken)
        return repeat(set_to, (lines.LANGUAGE_SET,), (SetLanguage(spoken),))
    if session.step is not None:
        answered = hear_answer(session, heard, facts, case)
        if answered is not None:
            return answered
    return _hear_more(session, heard, facts, case)


def _hear_more(session: Session, heard: Reading, facts: Facts, case: CaseView) -> Turn:
    """Hear what answers no waiting question."""
    kind = answers.contact_kind(heard)
    if kind is None or (kind == "answer" and len(heard.tokens) > 1):
        session, acts = file_words(session, heard, facts, case)
        return Turn(session, (lines.NOTED,), acts)
    if kind == "code" and site_of(heard, facts) is not None:
        return _hear_code(session, heard, facts, case)
    counted = (CountContact("digits" if kind == "code" else kind),)
    if kind in ("digits", "code"):
        return Turn(session, (lines.DIGITS_UNKNOWN,), counted)
    return repeat(session, (), counted)


def _hear_code(session: Session, heard: Reading, facts: Facts, case: CaseView) -> Turn:
    site = site_of(heard, facts)
    if site is None or case.has_site:
        return Turn(session, (lines.NOTED,), (Add(),))
    return ask_next(session.finished(Step.SITE), (), (SetSite(site),))


# ------------------------------------------------------------------- to open


def _afresh(session: Session) -> Session:
    return Session(language=session.language, fresh=True)


def _open(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Open a case at once, acknowledge it, and ask what is missing most."""
    site = site_of(heard, facts) or session.site
    category = topic_of(heard.plain)
    opened: tuple[Act, ...] = (Open(site, category, is_danger(heard.plain)),)
    put = tuple(step for step in session.put if step is Step.LANGUAGE)
    fresh = Session(language=session.language, put=put, done=_answered(site, category))
    if category is Category.CRIS:
        # No form to fill in for somebody who may be about to die.
        return Turn(replace(fresh, passed_on=True), (lines.ACK,), opened)
    if is_unsure(fresh, facts):
        asked = fresh.putting(Step.LANGUAGE)
        return Turn(asked, (lines.ACK, lines.ASK_LANGUAGE), opened)
    is_mistyped = site is None and any(_is_like_a_code(d) for d in _digits(heard))
    return ask_next(fresh, (lines.ACK,), opened, is_mistyped=is_mistyped)


def _digits(heard: Reading) -> tuple[str, ...]:
    return (*heard.codes, *heard.pins)


def _is_like_a_code(digits: str) -> bool:
    """A round amount is no mistyped code; none such is ever issued."""
    return not digits.endswith("00")


def _answered(site: str | None, category: Category | None) -> tuple[Step, ...]:
    steps = [Step.SITE] if site else []
    return tuple([*steps, Step.TOPIC] if category else steps)
