"""The talk by telephone: one step in, one step out.

The same acts as in writing follow from it, on the same cases. What differs is
the order (speak first, answer later), and that silence is an answer too: no
silence and no wrong key ever ends an inbound call.
"""

from collections.abc import Callable
from dataclasses import replace

from app.conversation.calls import spoken
from app.conversation.calls.asking import (
    ask,
    end,
    is_voiced,
    language_of,
    record,
    replay,
)
from app.conversation.calls.following import HEARD_WHEN_FOLLOWING
from app.conversation.calls.questions import (
    HEARD_AFTER_SPEAKING,
    ask_numbers,
    hear_call_me,
)
from app.conversation.calls.rights import HEARD_ABOUT_RIGHTS, tell_rights
from app.conversation.calls.session import (
    At,
    CallFacts,
    CallSession,
    CallTurn,
    HangUp,
    Heard,
    Keys,
    Rang,
    Spoke,
)
from app.conversation.session import Add, AnyAct, CaseView, CountContact, Open
from app.wording.prompt import Tone

MOST_MISSES = 3
_MOST_EMPTY = 3  # recordings in which nothing was said

Hear = Callable[[CallSession, str, CallFacts], CallTurn | None]


def advance(session: CallSession, heard: Heard, facts: CallFacts) -> CallTurn:
    """Hear one thing and decide what to say and do."""
    session = replace(session, turn=session.turn + 1, is_dropped=False)
    match heard:
        case Rang():
            return _answer(session, heard, facts)
        case Spoke():
            return _hear_speech(session, heard, facts)
        case Keys(keys):
            return _hear_keys(session, keys, facts)


def again(session: CallSession, facts: CallFacts) -> CallTurn:
    """Say once more where the call stands: a step came out of its turn."""
    session = replace(session, turn=session.turn + 1)
    if session.at is At.BEEP:
        return record(session, facts, spoken.SPEAK_ON)
    if session.at is At.OVER:
        return end(session, ())
    if session.at is At.REPLAY:
        return replay(session, facts)
    return ask(session, session.at, facts)


# ------------------------------------------------------------------ the opening


def _answer(session: CallSession, heard: Rang, facts: CallFacts) -> CallTurn:
    """Pick up: the languages, or where the call had broken off."""
    if session.at is At.OVER:
        return end(session, ())  # a machine picked up
    if heard.resumes is not None:
        kept = _taken_up(session, heard.resumes)
        if is_voiced(kept, facts):
            session = kept
    if session.is_ours:
        return _begin(session, session.at, facts)
    counted: tuple[AnyAct, ...] = (CountContact("call"),)
    if session.kept is not None:
        return ask(session, At.RESUME, facts, (), counted)
    offered = [each for each in facts.languages if each in facts.open_languages]
    if not offered:
        return record(session, facts, acts=counted)
    if len(facts.languages) == 1:
        known = replace(session, language=facts.languages[0])
        return ask(known, At.MENU, facts, (), counted)
    return ask(session, At.LANGUAGE, facts, (), counted)


def _taken_up(session: CallSession, was: CallSession) -> CallSession:
    """Return the session of a call that broke off, as this call goes on with it."""
    return replace(
        was,
        at=session.at if session.is_ours else At.RESUME,
        # Still to come where this one broke off before it was taken up.
        kept=was.kept or was.at,
        is_ours=session.is_ours,
        is_resumed=True,
        turn=session.turn,
        misses=0,
        replays=0,
    )


def _begin(session: CallSession, at: At, facts: CallFacts) -> CallTurn:
    """We rang. Without a voice for it there is nothing to be said."""
    has_voice = bool(facts.open_languages)
    if at is At.OUR_CALL:
        has_voice = is_voiced(session, facts)
    if not has_voice:
        return end(session, (Tone(),))
    return ask(session, at, facts)


def _hear_keys(session: CallSession, keys: str, facts: CallFacts) -> CallTurn:
    if session.at is At.OVER:
        return end(session, ())
    if session.at is At.BEEP:  # the recording stayed empty
        return _hear_speech(session, Spoke(0), facts)
    if keys == "*" and session.at is not At.REPLAY:
        return ask(session, session.at, facts)
    turn = _HEARD[session.at](session, keys, facts)
    return turn or _miss(session, facts)


def _miss(session: CallSession, facts: CallFacts) -> CallTurn:
    """A silence or a wrong key: put it again; the third one leads to the beep.

    Only where we rang ourselves, and nobody proved to be the worker, does the
    call end: the phone may be in anybody's hands.
    """
    if session.at is At.REPLAY:
        return ask(session, At.AFTER, facts)
    session = session.missed()
    if session.is_ours and session.at in (At.RING_BACK, At.OUR_CALL, At.PIN):
        if session.misses >= MOST_MISSES - 1:
            return end(session, (spoken.ANOTHER_TIME,))
        return ask(session, session.at, facts)
    if session.misses < MOST_MISSES:
        return ask(session, session.at, facts)
    if session.at is At.RESUME:
        session = _anew(session)
    if session.at is At.LANGUAGE:
        # Whose language could not even be offered is likeliest not to press.
        closed = [each for each in facts.languages if each not in facts.open_languages]
        session = replace(session, language=closed[0] if closed else None)
    return record(session, facts)


def _anew(session: CallSession) -> CallSession:
    return CallSession(turn=session.turn, language=session.language, is_dropped=True)


def _begin_anew(session: CallSession, facts: CallFacts) -> CallTurn:
    """Somebody else may ring from this phone, in another language."""
    if len(facts.languages) > 1:
        fresh = replace(_anew(session), language=None)
        return ask(fresh, At.LANGUAGE, facts)
    return ask(_anew(session), At.MENU, facts)


def _hear_language(
    session: CallSession, keys: str, facts: CallFacts
) -> CallTurn | None:
    chosen = language_of(keys, facts)
    if chosen is None:
        return None
    session = replace(session, language=chosen, is_ours=False)
    if not is_voiced(session, facts):
        return record(session, facts)
    if session.kept is not None:
        return ask(session, At.RESUME, facts)
    return ask(session, At.MENU, facts)


def _hear_menu(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    match keys:
        case "1":
            return record(session, facts)
        case "2":
            return ask(session, At.TOPIC, facts, (spoken.KEYS_ONLY,))
        case "5":
            return tell_rights(session, facts)
        case "9":
            return ask(session, At.NUMBER, facts)
        case "0":
            return hear_call_me(session, facts)
    return None


def _hear_resume(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    match keys:
        case "1":
            kept = session.kept or At.MENU
            session = replace(session, kept=None)
            if kept in (At.BEEP, At.REPLAY):
                at = At.AFTER if session.pieces else At.MENU
                return ask(session, at, facts)
            if kept is At.PIN_CHECK:
                return ask_numbers(session, facts)
            return ask(session, kept, facts)
        case "2":
            return _begin_anew(session, facts)
    return None


# ----------------------------------------------------------------- to be told


def _hear_speech(session: CallSession, heard: Spoke, facts: CallFacts) -> CallTurn:
    """A recording ended. What was spoken is kept before anything is said."""
    if not heard.seconds:
        return _hear_nothing(session, heard, facts)
    session, acts = keep_speech(session, facts.case)
    session = replace(session, pieces=session.pieces + 1, replays=0)
    if heard.hung_up:
        return CallTurn(session, (), HangUp(), acts)
    if heard.is_full:
        return record(session, facts, spoken.SPEAK_ON, acts=acts)
    if not is_voiced(session, facts):
        return end(session, (Tone(),), acts)
    if session.is_following:
        return ask(session, At.FOLLOW, facts, (spoken.ADDED,), acts)
    return ask(session, At.AFTER, facts, (spoken.SAFE,), acts)


def keep_speech(
    session: CallSession, case: CaseView | None
) -> tuple[CallSession, tuple[AnyAct, ...]]:
    """Say to which case it belongs that something was spoken in this call.

    What a closed case is told of is something that has happened since: a case
    of its own.
    """
    if case is None or (session.is_following and case.state.is_closed):
        fresh = replace(session, is_following=False)
        return fresh, (Open(None, None, is_danger=False),)
    return session, (Add(),)


def _hear_nothing(session: CallSession, heard: Spoke, facts: CallFacts) -> CallTurn:
    if heard.hung_up:
        return CallTurn(session, (), HangUp())
    if session.is_following:
        return ask(session, At.FOLLOW, facts)
    if session.pieces:
        return ask(session, At.AFTER, facts)
    if not is_voiced(session, facts):
        return end(session, (Tone(),))
    missed = session.missed()
    if missed.misses >= _MOST_EMPTY:
        return end(missed, (spoken.NOTHING_KEPT,))
    turn = record(missed, facts, spoken.NOTHING_HEARD)
    return replace(turn, session=replace(turn.session, misses=missed.misses))


def _hear_after(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    match keys:
        case "2":
            return record(session, facts, spoken.SPEAK_ON)
        case "3":
            return replay(replace(session, replays=0), facts)
    if keys in ("1", "", "#") or session.misses:
        return ask(session, At.TOPIC, facts)
    return None


def _hear_replay(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    return _hear_after(session, keys, facts) if keys else replay(session, facts)


_HEARD: dict[At, Hear] = {
    At.LANGUAGE: _hear_language,
    At.RING_BACK: _hear_language,
    At.MENU: _hear_menu,
    At.RESUME: _hear_resume,
    At.AFTER: _hear_after,
    At.REPLAY: _hear_replay,
    **HEARD_AFTER_SPEAKING,
    **HEARD_WHEN_FOLLOWING,
    **HEARD_ABOUT_RIGHTS,
}
