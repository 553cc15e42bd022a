"""What the line says when it comes to a question, and for what it then waits."""

from dataclasses import replace

from app.conversation.calls import spoken, spoken_rights
from app.conversation.calls.session import (
    At,
    AwaitKeys,
    CallFacts,
    CallSession,
    CallTurn,
    HangUp,
    Offer,
    Record,
    Saying,
    Slot,
    Then,
)
from app.conversation.session import AnyAct, CaseView
from app.domain.taxonomy import State
from app.wording.prompt import Place, Prompt, Replay, Rest, Tone

Said = tuple[Saying | Offer, ...]

_SITE_DIGITS, _NUMBER_DIGITS, _PIN_DIGITS = 6, 8, 6

_QUESTIONS: dict[At, Prompt] = {
    At.RESUME: spoken.RESUME,
    At.AFTER: spoken.AFTER,
    At.TOPIC: spoken.TOPIC,
    At.DANGER: spoken.DANGER,
    At.SITE: spoken.SITE,
    At.CONFLICT: spoken.CONFLICT,
    At.REACH: spoken.REACH,
    At.WHEN: spoken.WHEN,
    At.NUMBER: spoken.ASK_NUMBER,
    At.PIN: spoken.ASK_PIN,
    At.SOLVED: spoken.SOLVED,
    At.REPRISAL: spoken.REPRISAL,
    At.RATE: spoken.RATE,
    At.RIGHTS: spoken_rights.MENU,
    At.OUR_CALL: spoken.OUR_CALL,
}

_ENTRIES: dict[At, AwaitKeys] = {
    At.SITE: AwaitKeys(_SITE_DIGITS, ends_with="#"),
    At.NUMBER: AwaitKeys(_NUMBER_DIGITS, seconds=10, ends_with="#"),
    At.PIN: AwaitKeys(_PIN_DIGITS, seconds=10, ends_with="#"),
    At.PIN_CHECK: AwaitKeys(_PIN_DIGITS, seconds=10, ends_with="#"),
    At.OWN_PIN: AwaitKeys(_PIN_DIGITS, seconds=10, ends_with="#"),
    At.AFTER: AwaitKeys(seconds=5),
}

_STATUS: dict[State, Prompt] = {
    State.RECEIVED: spoken.STATUS_RECEIVED,
    State.ACKNOWLEDGED: spoken.STATUS_ACKNOWLEDGED,
    State.IN_REVIEW: spoken.STATUS_IN_REVIEW,
    State.REMEDY_PROPOSED: spoken.STATUS_REMEDY_PROPOSED,
    State.RESOLVED: spoken.STATUS_RESOLVED,
    State.IN_REMEDIATION: spoken.STATUS_IN_REMEDIATION,
    State.REOPENED: spoken.STATUS_REOPENED,
}

_NUMBER: Said = (spoken.NUMBER_IS, Slot("number"))
_PIN: Said = (spoken.PIN_IS, Slot("pin"))
BOTH_TWICE: Said = (
    *(spoken.NUMBERS, *_NUMBER, Rest(), *_PIN),
    *(Rest(), spoken.ONCE_MORE, *_NUMBER, Rest(), *_PIN),
)


def is_voiced(session: CallSession, facts: CallFacts) -> bool:
    """Tell whether there is a voice for this caller's language."""
    return session.language in facts.open_languages


def ask(
    session: CallSession,
    at: At,
    facts: CallFacts,
    before: Said = (),
    acts: tuple[AnyAct, ...] = (),
) -> CallTurn:
    """Come to a question: say what is due before it, then put it."""
    session = session.to(at) if session.at is not at else session
    return CallTurn(session, (*before, *_words(session, facts)), _then(at), acts)


def _then(at: At) -> Then:
    return _ENTRIES.get(at, AwaitKeys())


def _words(session: CallSession, facts: CallFacts) -> Said:
    match session.at:
        case At.LANGUAGE:
            return _offers(spoken.LANGUAGE, facts)
        case At.RING_BACK:
            return _offers(spoken.RING_BACK, facts)
        case At.MENU if session.misses:
            return (spoken.MENU,)
        case At.MENU:
            return (spoken.WELCOME, spoken.MENU)
        case At.SITE_CHECK:
            return (spoken.SITE_IS, Place(session.site or ""), spoken.SITE_CHECK)
        case At.PIN_CHECK if session.wrong_pins:
            return (*_PIN, Rest(), spoken.PIN_CHECK)
        case At.PIN_CHECK:
            return (*BOTH_TWICE, Rest(), spoken.PIN_CHECK)
        case At.OWN_PIN:
            pin = Slot("pin")
            again = (Rest(), spoken.ONCE_MORE, pin, Rest(), spoken.PIN_CHECK)
            return (spoken.OWN_PIN, pin, *again)
        case At.FOLLOW:
            return _offered(facts)
        case At.RIGHT:
            return (Slot(f"right_{session.right}"), Rest(), spoken_rights.AFTER)
    return (_QUESTIONS[session.at],)


def _offers(prompt: Prompt, facts: CallFacts) -> Said:
    """Offer each language in its own; keys go by the number's order."""
    return tuple(
        Offer(prompt, language, str(key))
        for key, language in enumerate(facts.languages, 1)
        if language in facts.open_languages
    )


def language_of(keys: str, facts: CallFacts) -> str | None:
    """Return the language that a key chooses."""
    by_key = {str(i): each for i, each in enumerate(facts.languages, 1)}
    return by_key.get(keys)


# --------------------------------------------------------------- the recording


def record(
    session: CallSession,
    facts: CallFacts,
    say: Prompt = spoken.SPEAK,
    before: Said = (),
    acts: tuple[AnyAct, ...] = (),
) -> CallTurn:
    """Let the caller speak; where no voice is, a tone stands for the words."""
    language = session.language or facts.languages[0]
    session = replace(session.to(At.BEEP), language=language)
    words: Said = (*before, say) if is_voiced(session, facts) else (Tone(),)
    return CallTurn(session, words, Record(), acts)


def replay(session: CallSession, facts: CallFacts) -> CallTurn:
    """Play back what was said, once the carrier has given it to us."""
    if facts.replay is not None:
        return ask(session, At.AFTER, facts, (Replay(facts.replay), Rest()))
    if session.replays >= 3:
        return ask(session, At.AFTER, facts, (spoken.NO_REPLAY,))
    waiting = replace(session.to(At.REPLAY), replays=session.replays + 1)
    return CallTurn(waiting, (spoken.ONE_MOMENT,), AwaitKeys(seconds=3))


# ---------------------------------------------------------------- where it stands


def status(facts: CallFacts, case: CaseView) -> Said:
    """Return where the case stands and by when there is news."""
    if case.state.is_closed:
        if case.may_reopen:
            return (spoken.STATUS_CLOSED, Slot("reopen_by"))
        return (spoken.STATUS_CLOSED_FINAL,)
    if facts.is_late and case.state is not State.RESOLVED:
        return (spoken.STATUS_LATE,)
    said = _STATUS[case.state]
    return (said,) if case.state is State.RESOLVED else (said, Slot("news_by"))


def may_say_solved(case: CaseView) -> bool:
    return case.state is State.RESOLVED or (case.state.is_closed and case.may_reopen)


def _offered(facts: CallFacts) -> Said:
    """Return what may be done about the case in hand, each with its key."""
    case, said = facts.case, []
    if facts.has_message:
        said.append(spoken.FOLLOW_MESSAGE)
    said.append(spoken.FOLLOW_ADD)
    if case is not None and may_say_solved(case):
        said.append(spoken.FOLLOW_SOLVED)
    said.append(spoken.FOLLOW_RATE)
    if case is not None and case.is_for_another:
        said.append(spoken.FOLLOW_OWN)
    return (*said, spoken.FOLLOW_END)


def number_twice(prompt: Prompt, slot: str) -> Said:
    """Say a help number, and say it once more."""
    return (prompt, Slot(slot), spoken.ONCE_MORE, Slot(slot), Rest())


def end(session: CallSession, said: Said, acts: tuple[AnyAct, ...] = ()) -> CallTurn:
    return CallTurn(session.to(At.OVER), said, HangUp(), acts)
