"""The questions of an open talk, and what is made of their answers.

At most three short ones and the permission, one at a time, each put once and
at most once again; then the case goes on to a partner as it is.
"""

from dataclasses import replace

from app.conversation import answers, lines
from app.conversation.filing import file_words, site_of
from app.conversation.meaning import topic_of
from app.conversation.reading import Reading
from app.conversation.session import (
    Act,
    CaseView,
    Facts,
    Session,
    SetConflict,
    SetLanguage,
    SetMayText,
    SetSite,
    SetSolved,
    SetTopic,
    Step,
    Turn,
)
from app.domain.taxonomy import LANGUAGES, Category, State
from app.wording.line import Line

# The three questions, in the order in which they matter; last the permission.
QUESTIONS = (Step.SITE, Step.CONFLICT, Step.TOPIC, Step.MAY_TEXT)

_PUT: dict[Step, tuple[Line, Line]] = {
    Step.SITE: (lines.ASK_SITE, lines.ASK_SITE_AGAIN),
    Step.CONFLICT: (lines.ASK_CONFLICT, lines.ASK_CONFLICT_AGAIN),
    Step.TOPIC: (lines.ASK_TOPIC, lines.ASK_TOPIC_AGAIN),
    Step.MAY_TEXT: (lines.ASK_MAY_TEXT, lines.ASK_MAY_TEXT_AGAIN),
    Step.SOLVED: (lines.ASK_SOLVED, lines.ASK_SOLVED),
    Step.REPRISAL: (lines.ASK_REPRISAL, lines.ASK_REPRISAL),
    Step.LANGUAGE: (lines.ASK_LANGUAGE, lines.ASK_LANGUAGE),
}


def language_menu(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return all four languages, those of the dialled number first."""
    return tuple(dict.fromkeys((*languages, *LANGUAGES)))


def is_waiting(step: Step | None, case: CaseView) -> bool:
    """Tell whether the case still lacks what the question asks for."""
    match step:
        case Step.SITE:
            return not case.has_site
        case Step.CONFLICT:
            return case.conflict is None
        case Step.TOPIC:
            return case.category is Category.OTHR
        case Step.MAY_TEXT:
            return True
        case Step.SOLVED:
            return case.state is State.RESOLVED
        case Step.REPRISAL:
            return case.asks_reprisal
    return False


# ------------------------------------------------------------------- to ask


def ask_next(
    session: Session,
    said: tuple[Line, ...],
    acts: tuple[Act, ...],
    *,
    is_mistyped: bool = False,
) -> Turn:
    """Ask what is missing most; last, whether this phone may be texted."""
    step = next((each for each in QUESTIONS if each not in session.done), None)
    if step is None or session.passed_on:
        return Turn(session.at(None), said or (lines.NOTED,), acts)
    if is_mistyped and step is Step.SITE:
        # The mistyped code was the first, wrong answer: it is asked again.
        put = session.putting(step).putting(step)
        return Turn(put, (*said, lines.ASK_SITE_AGAIN), acts)
    return repeat(session.at(step), said, acts)


def repeat(session: Session, said: tuple[Line, ...], acts: tuple[Act, ...]) -> Turn:
    """Put the waiting question, or put it again; after that only wait."""
    step = session.step
    if step is None or not session.may_repeat(step):
        return Turn(session, said or (lines.NOTED,), acts)
    first, again = _PUT[step]
    line = again if step in session.put else first
    return Turn(session.putting(step), (*said, line), acts)


def _hear_wrong(session: Session, acts: tuple[Act, ...]) -> Turn:
    """Ask once again; after that the case goes on to a partner as it is."""
    step = session.step
    if session.passed_on or step is None:
        return Turn(session.at(None), (lines.NOTED,), acts)
    if session.may_repeat(step):
        return repeat(session, (lines.NOTED,) if acts else (), acts)
    done = replace(session.finished(step), passed_on=True)
    return Turn(done, (lines.PASSED_ON,), acts)


# ---------------------------------------------------------------- to be told


def hear_answer(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """Hear an answer to the waiting question; None where it is a contact."""
    if session.step is Step.LANGUAGE:
        return _hear_language(session, heard, facts, case)
    if not is_waiting(session.step, case):
        return None
    match session.step:
        case Step.SITE:
            turn = _hear_site(session, heard, facts, case)
        case Step.CONFLICT:
            turn = _hear_conflict(session, heard, facts, case)
        case Step.TOPIC:
            turn = _hear_topic(session, heard, facts, case)
        case Step.MAY_TEXT:
            turn = _hear_may_text(session, heard, facts, case)
        case Step.REPRISAL:
            return None  # only a text that carries the PIN answers it
        case _:
            turn = hear_solved(session, heard, facts, case)
    return turn or _hear_other(session, heard, facts, case)


def _hear_other(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """File substance and ask again; leave greetings and tests to others."""
    site = site_of(heard, facts)
    if site is not None and not case.has_site and not heard.tokens:
        # The code was found at last, after another question had been put.
        found = replace(session, done=(*session.done, Step.SITE))
        return repeat(found, (), (SetSite(site),))
    is_stray = answers.is_bare_answer(heard) or answers.is_digits_only(heard)
    if is_stray and not heard.has_media:
        return _hear_wrong(session, ())
    if is_contact(heard):
        return None
    session, acts = file_words(session, heard, facts, case)
    return _hear_wrong(session, acts)


def is_contact(heard: Reading) -> bool:
    return answers.contact_kind(heard) in ("greeting", "empty", "test")


def _beside(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> tuple[Session, tuple[Act, ...]]:
    """File what an answer says beyond itself."""
    if not answers.says_more(heard):
        return session, ()
    return file_words(session, heard, facts, case)


def _hear_site(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """Take a code; take a name as words that may suggest a site to a partner."""
    done = session.finished(Step.SITE)
    site = site_of(heard, facts)
    if site is not None:
        done, acts = _beside(done, heard, facts, case)
        return ask_next(done, (), (SetSite(site), *_without_site(acts)))
    if answers.has_no_code(heard):
        return ask_next(done, (), ())
    if heard.codes or heard.pins or answers.is_digits_only(heard):
        session, acts = _beside(session, heard, facts, case)
        return _hear_wrong(session, acts)
    if answers.is_bare_answer(heard) or is_contact(heard):
        return None
    done, acts = file_words(done, heard, facts, case)
    return ask_next(done, (), acts)


def _without_site(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    return tuple(act for act in acts if not isinstance(act, SetSite))


def _hear_conflict(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    answer = answers.conflict(heard)
    if answer is None:
        return None
    done, acts = _beside(session.finished(Step.CONFLICT), heard, facts, case)
    return ask_next(done, (), (SetConflict(answer), *acts))


def _hear_topic(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """Take a key, or words that tell; where both do, the graver of the two."""
    spoken, pressed = topic_of(heard.plain), answers.topic(heard)
    topic = spoken or pressed
    if topic is None:
        return None
    done = session.finished(Step.TOPIC)
    acts: tuple[Act, ...] = ()
    if len(heard.tokens) > 2 or heard.has_media:
        done, acts = file_words(done, heard, facts, case)
    acts = tuple(act for act in acts if not isinstance(act, SetTopic))
    return ask_next(done, (), (SetTopic(topic), *acts))


def _hear_may_text(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    yes = answers.permission(heard)
    if yes is None:
        return None
    done, acts = _beside(session.finished(Step.MAY_TEXT), heard, facts, case)
    said = lines.MAY_TEXT_YES if yes else lines.MAY_TEXT_NO
    return Turn(done, (said,), (SetMayText(yes), *acts))


def hear_solved(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """Take the worker's word on a solution: a yes must be a bare one."""
    yes = False if answers.is_not_solved(heard) else answers.yes_or_no(heard)
    if yes is None:
        return None
    done = session.finished(Step.SOLVED)
    acts: tuple[Act, ...] = ()
    if not answers.is_short(heard) or heard.has_media:
        done, acts = file_words(done, heard, facts, case)
    said = lines.SOLVED_THANKS if yes else lines.NOT_SOLVED_NOTED
    return Turn(done, (said,), (SetSolved(yes), *acts))


def _hear_language(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn | None:
    """Take the choice, or the language in which the worker simply goes on."""
    chosen = answers.language(heard, language_menu(facts.languages))
    code = chosen or heard.language
    known = replace(session.finished(Step.LANGUAGE), kept=None)
    if code is None and is_contact(heard):
        return None
    acts: tuple[Act, ...] = (SetLanguage(code),) if code else ()
    if chosen is None and not answers.is_bare_answer(heard):
        known, filed = file_words(known, heard, facts, case)
        acts = (*acts, *filed)
    if code is not None:
        said = (lines.LANGUAGE_SET,) if chosen else ()
        return ask_next(replace(known, language=code), said, acts)
    if session.may_repeat(Step.LANGUAGE):
        return repeat(session, (), acts)
    return ask_next(known, (), acts)
