"""The talk itself: one message in, one turn out.

Nothing here knows the time, the database or the telephone: what must be known
beforehand comes as `Facts`, what must happen goes out as acts. The voice menu
and the web form use the same machine.
"""

from dataclasses import replace

from app.conversation import answers, lines
from app.conversation.reading import Reading, is_danger, topic_of
from app.conversation.session import (
    Act,
    Add,
    AskCall,
    AskWithdraw,
    CaseView,
    CountContact,
    Facts,
    Open,
    Raise,
    Session,
    SetConflict,
    SetLanguage,
    SetMayText,
    SetSite,
    SetSolved,
    SetTopic,
    Step,
    StopTexts,
    TakeBackWithdraw,
    Turn,
)
from app.domain.taxonomy import Category, State
from app.wording.line import Line

# The three questions, in the order in which they matter.
QUESTIONS = (Step.SITE, Step.CONFLICT, Step.TOPIC)

_ASKED: dict[Step, tuple[Line, Line]] = {
    Step.WHAT: (lines.ASK_WHAT, lines.ASK_WHAT),
    Step.LANGUAGE: (lines.ASK_LANGUAGE, lines.ASK_LANGUAGE),
    Step.SITE: (lines.ASK_SITE, lines.ASK_SITE_AGAIN),
    Step.CONFLICT: (lines.ASK_CONFLICT, lines.ASK_CONFLICT_AGAIN),
    Step.TOPIC: (lines.ASK_TOPIC, lines.ASK_TOPIC_AGAIN),
    Step.MAY_TEXT: (lines.ASK_MAY_TEXT, lines.ASK_MAY_TEXT_AGAIN),
    Step.SOLVED: (lines.ASK_SOLVED, lines.ASK_SOLVED),
}

_STATUS: dict[State, Line] = {
    State.RECEIVED: lines.STATUS_RECEIVED,
    State.ACKNOWLEDGED: lines.STATUS_ACKNOWLEDGED,
    State.IN_REVIEW: lines.STATUS_IN_REVIEW,
    State.REMEDY_PROPOSED: lines.STATUS_REMEDY_PROPOSED,
    State.RESOLVED: lines.STATUS_RESOLVED,
    State.IN_REMEDIATION: lines.STATUS_IN_REMEDIATION,
    State.REOPENED: lines.STATUS_REOPENED,
}


def advance(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Hear one message and decide what to say and do.

    A text that carries the PIN is the worker's. Any other text, once the talk
    has rested, gets only what a stranger's phone would get, or one neutral
    sentence.
    """
    session = replace(session, language=_language(session, heard, facts))
    if facts.proved is not None:
        return _hear_worker(session, heard, facts, facts.proved)
    named = answers.keyword(heard)
    if named is not None and not (named == "new" and len(heard.tokens) > 1):
        return _hear_keyword(session, heard, named)
    if named == "new":
        session = Session(language=session.language, fresh=True)
    if session.step is not None:
        answered = _hear_answer(session, heard, facts)
        if answered is not None:
            return answered
    return _hear_anything(session, heard, facts)


def _language(session: Session, heard: Reading, facts: Facts) -> str:
    """The language by the text's script; else as before; else as Latin words
    sound; else the number's own."""
    indic = heard.language if not heard.plain.isascii() else None
    return indic or session.language or heard.language or facts.languages[0]


def _is_unsure(session: Session, heard: Reading, facts: Facts) -> bool:
    return (
        heard.language is None
        and len(facts.languages) > 1
        and Step.LANGUAGE not in session.asked
    )


# ---------------------------------------------------------------- without PIN


def _hear_anything(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Hear a text that answers no waiting question."""
    if not heard.has_media:
        if (heard.pins or heard.numbers) and not heard.tokens:
            return _unknown_digits(session)
        if answers.is_greeting(heard):
            if heard.codes:
                return _hear_code_alone(session, heard, facts)
            return _contact(session, facts, "greeting" if heard.tokens else "empty")
        if answers.is_test(heard):
            return _contact(session, facts, "test")
        if answers.is_bare_answer(heard):
            return _contact(session, facts, "answer")
    return _hear_substance(session, heard, facts)


def _contact(session: Session, facts: Facts, kind: str) -> Turn:
    """Answer a contact that is no case; ask a waiting question once more."""
    if session.step is not None and not facts.is_rested:
        first, _ = _ASKED[session.step]
        return Turn(session, (first,), (CountContact(kind),))
    said = lines.WELCOME
    if facts.case is not None and not facts.is_rested and not session.fresh:
        said = lines.NOTED  # "ok, thank you" at the end of a talk
    return Turn(session, (said,), (CountContact(kind),))


def _unknown_digits(session: Session) -> Turn:
    return Turn(session, (lines.DIGITS_UNKNOWN,), (CountContact("digits"),))


def _hear_code_alone(session: Session, heard: Reading, facts: Facts) -> Turn:
    """A poster's code and nothing else: keep it, and ask what is wrong."""
    site = _site(heard, facts)
    if site is None:
        return Turn(session, (lines.DIGITS_UNKNOWN,), (CountContact("digits"),))
    if facts.case is not None and not facts.is_rested and not session.fresh:
        if not facts.case.has_site:
            return _go_on(session.done(Step.SITE), facts, (SetSite(site),), ())
        return Turn(session, (lines.NOTED,), (Add(),))
    # On a phone that has a case but has rested, the code says no more about
    # that than on a stranger's: the next words are filed where they belong.
    kept = replace(session.at(Step.WHAT), site=site)
    return Turn(kept, (lines.ASK_WHAT,), (CountContact("code"),))


def _hear_substance(session: Session, heard: Reading, facts: Facts) -> Turn:
    """Words that matter: they open a case, or are filed to the open one."""
    if facts.case is None or session.fresh:
        return _open(session, heard, facts)
    acts = _filed(heard, facts, facts.case)
    if facts.is_rested:
        return Turn(session.at(None), (lines.NOTED,), acts)
    step = session.step
    if step in (None, Step.WHAT):
        return Turn(session.at(None), (lines.NOTED,), acts)
    return _wrong_answer(session, acts)


def _open(session: Session, heard: Reading, facts: Facts) -> Turn:
    site = _site(heard, facts) or session.site
    category = topic_of(heard.plain)
    opened = Open(site, category, is_danger(heard.plain))
    fresh = Session(language=session.language, asked=_answered(site, category))
    if _is_unsure(session, heard, facts):
        asked = fresh.at(Step.LANGUAGE)
        return Turn(asked, (lines.ACK, lines.ASK_LANGUAGE), (opened,))
    if category is Category.CRIS:
        # No form to fill in for somebody who may be about to die.
        return Turn(replace(fresh, passed_on=True), (lines.ACK,), (opened,))
    mistyped = site is None and bool(heard.pins or heard.codes)
    return _ask_next(fresh, (lines.ACK,), (opened,), mistyped=mistyped)


def _answered(site: str | None, category: Category | None) -> tuple[Step, ...]:
    steps = [Step.SITE] if site else []
    return tuple([*steps, Step.TOPIC] if category else steps)


def _filed(heard: Reading, facts: Facts, case: CaseView) -> tuple[Act, ...]:
    """File words to a case, with what they tell beyond themselves."""
    acts: list[Act] = [Add()]
    site = _site(heard, facts)
    if site and not case.has_site:
        acts.append(SetSite(site))
    if is_danger(heard.plain):
        acts.append(Raise())
    if case.category is Category.OTHR:
        category = topic_of(heard.plain)
        if category is not None:
            acts.append(SetTopic(category))
    return tuple(acts)


def _site(heard: Reading, facts: Facts) -> str | None:
    """Return the one site named; two different ones decide nothing."""
    known = [code for code in heard.codes if code in facts.known_sites]
    return known[0] if len(known) == 1 else None


# ------------------------------------------------------------------ questions


def _ask_next(
    session: Session,
    said: tuple[Line, ...],
    acts: tuple[Act, ...],
    *,
    mistyped: bool = False,
) -> Turn:
    """Ask what is missing most; last, whether this phone may be texted."""
    for step in (*QUESTIONS, Step.MAY_TEXT):
        if step not in session.asked:
            first, again = _ASKED[step]
            if mistyped and step is Step.SITE:
                return Turn(
                    replace(session, step=step, again=True), (*said, again), acts
                )
            return Turn(session.at(step), (*said, first), acts)
    return Turn(session.at(None), said, acts)


def _go_on(
    session: Session, facts: Facts, acts: tuple[Act, ...], said: tuple[Line, ...]
) -> Turn:
    """Ask the next question, or, to a phone that has rested, nothing."""
    if facts.is_rested:
        return Turn(session.at(None), (lines.WELCOME,), acts)
    return _ask_next(session, said, acts)


def _hear_answer(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    """Hear an answer to the waiting question; None where it is none."""
    step = session.step
    if step is Step.WHAT:
        return None
    if step is Step.LANGUAGE:
        return _hear_language(session, heard, facts)
    if facts.case is None:
        return None
    match step:
        case Step.SITE:
            return _hear_site(session, heard, facts)
        case Step.CONFLICT:
            answer = answers.conflict(heard)
            if answer is not None and _is_short(heard):
                done = session.done(Step.CONFLICT)
                return _go_on(done, facts, (SetConflict(answer),), ())
        case Step.TOPIC:
            topic = answers.topic(heard)
            if topic is None and _is_short(heard):
                topic = topic_of(heard.plain)
            if topic is not None:
                return _go_on(session.done(Step.TOPIC), facts, (SetTopic(topic),), ())
        case Step.MAY_TEXT:
            yes = answers.yes_or_no(heard)
            if yes is not None and _is_short(heard):
                return _hear_may_text(session, facts, yes)
        case Step.SOLVED:
            yes = False if answers.is_not_solved(heard) else answers.yes_or_no(heard)
            # Only what was asked within this sitting, after the PIN, counts.
            if yes is not None and not facts.is_rested:
                return _hear_solved(session, yes)
    return _not_an_answer(session, heard, facts)


def _is_short(heard: Reading) -> bool:
    return len(heard.tokens) <= 4


def _not_an_answer(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    """Leave substance and greetings to others; ask again for the rest."""
    is_talk = (
        heard.has_media
        or (answers.is_greeting(heard) and not heard.pins and not heard.codes)
        or answers.is_test(heard)
    )
    is_stray = answers.is_bare_answer(heard) or not heard.tokens
    if facts.is_rested or is_talk or not is_stray:
        return None
    return _wrong_answer(session, ())


def _wrong_answer(session: Session, acts: tuple[Act, ...]) -> Turn:
    """Ask once again; after that the case goes on to a partner as it is."""
    step = session.step
    assert step is not None
    if not session.again:
        _, again = _ASKED[step]
        said = (lines.NOTED, again) if acts else (again,)
        return Turn(replace(session, again=True), said, acts)
    done = replace(session.done(step), passed_on=True)
    return Turn(done, (lines.PASSED_ON,), acts)


def _hear_site(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    """Take a code; take a name as words that may suggest a site to a partner."""
    site = _site(heard, facts)
    done = session.done(Step.SITE)
    if site is not None:
        acts: tuple[Act, ...] = (SetSite(site),)
        if heard.tokens and not answers.is_greeting(heard):
            acts = (*acts, Add())
        return _go_on(done, facts, acts, ())
    if answers.does_not_know(heard) and _is_short(heard):
        return _go_on(done, facts, (), ())
    if facts.is_rested:
        return None
    if heard.codes or heard.pins or heard.plain.isdigit():
        added: tuple[Act, ...] = (Add(),) if len(heard.tokens) > 2 else ()
        return _wrong_answer(session, added)
    waiting = _not_an_answer(session, heard, facts)
    is_said = heard.tokens and not answers.is_greeting(heard)
    if waiting is not None or not is_said or answers.is_test(heard):
        return waiting
    assert facts.case is not None
    return _go_on(done, facts, _filed(heard, facts, facts.case), ())


def _hear_may_text(session: Session, facts: Facts, yes: bool) -> Turn:
    done = session.done(Step.MAY_TEXT)
    if facts.is_rested:
        # A yes from whoever holds the phone now is no yes.
        acts: tuple[Act, ...] = () if yes else (SetMayText(False),)
        return Turn(done, (lines.WELCOME,), acts)
    said = lines.MAY_TEXT_YES if yes else lines.MAY_TEXT_NO
    return Turn(done, (said,), (SetMayText(yes),))


def _hear_solved(session: Session, yes: bool) -> Turn:
    said = lines.SOLVED_THANKS if yes else lines.NOT_SOLVED_NOTED
    return Turn(session.done(Step.SOLVED), (said,), (SetSolved(yes),))


def _hear_language(session: Session, heard: Reading, facts: Facts) -> Turn | None:
    chosen = answers.language(heard, facts.languages)
    by_script = heard.language if not heard.plain.isascii() else None
    if chosen is None and by_script is None:
        if answers.is_greeting(heard) or not _is_short(heard) or heard.has_media:
            return None
        return _wrong_answer(session, ())
    code = chosen or by_script or facts.languages[0]
    spoken = replace(session.done(Step.LANGUAGE), language=code)
    if chosen is None:
        # They simply went on in their own script: hear what they said.
        return _hear_anything(spoken, heard, facts)
    acts: tuple[Act, ...] = (SetLanguage(code),)
    if facts.case is None or session.fresh or facts.is_rested:
        return Turn(spoken, (lines.WELCOME,), acts)
    return _ask_next(spoken, (lines.LANGUAGE_SET,), acts)


# ------------------------------------------------------------------- keywords


def _hear_keyword(session: Session, heard: Reading, named: str) -> Turn:
    """Answer a keyword with the words that any phone gets for it."""
    counted = CountContact("keyword")
    if heard.pins or heard.numbers:
        return _unknown_digits(session)
    match named:
        case "new":
            fresh = Session(language=session.language, fresh=True)
            return Turn(fresh, (lines.WELCOME,), (counted,))
        case "stop":
            return Turn(session.at(None), (lines.STOPPED,), (StopTexts(), counted))
        case "help":
            return Turn(session, (lines.HELP,), (counted,))
        case "language":
            return Turn(session.at(Step.LANGUAGE), (lines.ASK_LANGUAGE,), (counted,))
        case "call_me":
            return Turn(session, (lines.CALL_NOTED,), (AskCall(), counted))
        case _:
            return Turn(session, (lines.NEED_PIN,), (counted,))


# ------------------------------------------------------------------- with PIN


def _hear_worker(
    session: Session, heard: Reading, facts: Facts, case: CaseView
) -> Turn:
    """Hear a text that carries the PIN: it is the worker's own."""
    session = replace(session, fresh=False)
    named = answers.keyword(heard)
    if named in ("withdraw", "undo"):
        if named == "withdraw":
            said, act = lines.WITHDRAW_NOTED, AskWithdraw()
            return Turn(session.at(None), (said,), (act,), on_proved=True)
        undo = TakeBackWithdraw()
        return Turn(session.at(None), (lines.UNDONE,), (undo,), on_proved=True)
    if named in ("stop", "help", "language", "call_me", "new"):
        bare = replace(heard, pins=(), numbers=())
        turn = _hear_keyword(session, bare, named)
        return replace(turn, on_proved=True)
    if named == "status" or not heard.tokens:
        return _status(session, case)
    if answers.is_not_solved(heard) and (
        case.state is State.RESOLVED or (case.state.is_closed and case.may_reopen)
    ):
        return replace(_hear_solved(session, False), on_proved=True)
    if case.state is State.RESOLVED:
        yes = answers.yes_or_no(heard)
        if yes is not None:
            return replace(_hear_solved(session, yes), on_proved=True)
    awake = replace(facts, is_rested=False, case=case)
    answered = _hear_answer(session, heard, awake) if session.step else None
    if answered is not None:
        return replace(answered, on_proved=True)
    if answers.is_greeting(heard):
        return _status(session, case)
    acts = _filed(heard, facts, case)
    return Turn(session.at(None), (lines.NOTED,), acts, on_proved=True)


def _status(session: Session, case: CaseView) -> Turn:
    if case.state.is_closed:
        said = lines.STATUS_CLOSED if case.may_reopen else lines.STATUS_CLOSED_FINAL
        return Turn(session.at(None), (said,), (), on_proved=True)
    said = _STATUS[case.state]
    if case.state is State.RESOLVED:
        return Turn(
            session.at(Step.SOLVED), (said, lines.ASK_SOLVED), (), on_proved=True
        )
    step = session.step if session.step in (*QUESTIONS, Step.MAY_TEXT) else None
    return Turn(replace(session, step=step), (said,), (), on_proved=True)
