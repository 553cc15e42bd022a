"""Asking after an earlier case: number, PIN, and what may be done about it."""

from collections.abc import Callable
from dataclasses import replace

from app.conversation.calls import spoken
from app.conversation.calls.asking import (
    ask,
    end,
    may_say_solved,
    record,
    status,
)
from app.conversation.calls.questions import ask_numbers, hear_call_me
from app.conversation.calls.session import (
    At,
    CallFacts,
    CallSession,
    CallTurn,
    Slot,
)
from app.conversation.session import (
    AnyAct,
    CaseView,
    RenewPin,
    SetRating,
    SetReprisal,
    SetSolved,
)
from app.domain.taxonomy import Reprisal, State
from app.wording.prompt import Day, Digits, Prompt, Spoken

_STARS = ("1", "2", "3", "4", "5")
_REPRISALS = {"1": Reprisal.YES, "2": Reprisal.NO, "3": Reprisal.UNSAID}
_MAY_CONFIRM = (State.RESOLVED, State.CLOSED_DECLARED)


def _hear_our_call(
    session: CallSession, keys: str, facts: CallFacts
) -> CallTurn | None:
    """Somebody holds the phone who wants this call: who, the PIN will tell."""
    return ask(session, At.PIN, facts) if keys == "1" else None


def _hear_number(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    if not keys:
        return None
    missed = session.misses
    turn = ask(replace(session, asked_number=keys), At.PIN, facts)
    return replace(turn, session=replace(turn.session, misses=missed))


def _hear_pin(session: CallSession, _keys: str, facts: CallFacts) -> CallTurn | None:
    """What does not open a case says no more than that, whatever the reason."""
    if facts.proved is not None:
        return _follow(session, facts)
    if session.is_ours:
        return None
    session = session.missed()
    if session.misses >= 3:
        return record(session, facts)
    missed = session.misses
    turn = ask(session, At.NUMBER, facts, (spoken.NOT_TOGETHER,))
    return replace(turn, session=replace(turn.session, misses=missed))


def _follow(session: CallSession, facts: CallFacts) -> CallTurn:
    case = facts.proved
    assert case is not None
    language = case.language or session.language
    if language not in facts.open_languages:
        language = session.language
    session = replace(
        session, is_following=True, is_ours=False, asked_number=None, language=language
    )
    facts = replace(facts, case=case)
    said = (*status(facts, case), *_limits(case))
    if case.state is State.RESOLVED:
        return ask(session, At.SOLVED, facts, said)
    if case.asks_reprisal and facts.can_ask_reprisal:
        return ask(session, At.REPRISAL, facts, said)
    return ask(session, At.FOLLOW, facts, said)


def _limits(case: CaseView) -> tuple[Spoken, ...]:
    """Say which rights soon pass: until when, whom to call, twice; then no more."""
    said: list[Spoken] = []
    for limit in case.limits:
        said += [spoken.LIMIT_UNTIL, Day(limit.day), spoken.LIMIT_BEFORE]
        digits = "".join(c if c.isdigit() else " " for c in limit.number)
        number = Digits(" ".join(digits.split()))
        prompt = _LIMITS.get(limit.kind)
        if prompt is None:
            said.append(spoken.LIMIT_OUTSIDE)
        else:
            said += [prompt, number, spoken.ONCE_MORE, number]
    return (*said, spoken.LIMIT_CHOICE) if said else ()


_LIMITS: dict[str, Prompt] = {
    "labour": spoken.LIMIT_LABOUR,
    "legal_aid": spoken.LIMIT_LEGAL_AID,
    "women": spoken.LIMIT_WOMEN,
    "child": spoken.HELP_CHILD,
}


def _hear_follow(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    case = facts.case
    match keys:
        case "1" if facts.has_message:
            if facts.can_read_message:
                return ask(session, At.FOLLOW, facts, (Slot("message"),))
            return ask(session, At.FOLLOW, facts, (spoken.MESSAGE_UNREAD,))
        case "2":
            return record(session, facts)
        case "3" if case is not None and may_say_solved(case):
            return ask(session, At.SOLVED, facts)
        case "4":
            return ask(session, At.RATE, facts)
        case "6" if case is not None and case.is_for_another:
            return ask(replace(session, wrong_pins=0), At.OWN_PIN, facts)
        case "0" if facts.has_phone:
            return hear_call_me(session, facts)
        case "#":
            return end(session, (spoken.GOODBYE,))
    return None


def _hear_own_pin(session: CallSession, keys: str, facts: CallFacts) -> CallTurn:
    """It counts once she has keyed it back; till then the old one does."""
    if facts.is_pin_right:
        said = (spoken.PIN_RIGHT, spoken.OWN_DONE)
        return ask(session, At.FOLLOW, facts, said, (RenewPin(),))
    if keys and not session.wrong_pins:
        once = replace(session, wrong_pins=1)
        return ask(once, At.OWN_PIN, facts, (spoken.PIN_WRONG,))
    return ask(session, At.FOLLOW, facts, (spoken.OWN_LEFT,))


def _hear_solved(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    case = facts.case
    if keys == "1":
        is_news = case is not None and case.state in _MAY_CONFIRM
        acts: tuple[AnyAct, ...] = (SetSolved(True),) if is_news else ()
        return ask(session, At.RATE, facts, (spoken.SOLVED_THANKS,), acts)
    if keys == "2":
        said = (spoken.NOT_SOLVED, Slot("news_by"))
        return ask(session, At.FOLLOW, facts, said, (SetSolved(False),))
    return None


def _hear_reprisal(
    session: CallSession, keys: str, facts: CallFacts
) -> CallTurn | None:
    """A yes is a case of its own: its number and PIN come at once.

    A silence or a wrong key, the second time, is no answer: it may be asked again.
    """
    answer = _REPRISALS.get(keys)
    if answer is Reprisal.YES:
        fresh = replace(session, is_following=False, is_reached=True, wrong_pins=0)
        return ask_numbers(fresh, facts, (spoken.REPRISAL_YES,), (SetReprisal(answer),))
    if answer is not None:
        said = (spoken.REPRISAL_NO,)
        return ask(session, At.FOLLOW, facts, said, (SetReprisal(answer),))
    if keys == "#" or session.misses:
        return ask(session, At.FOLLOW, facts)
    return None


def _hear_rate(session: CallSession, keys: str, _facts: CallFacts) -> CallTurn | None:
    if keys in _STARS:
        said = (spoken.RATE_THANKS, spoken.GOODBYE)
        return end(session, said, (SetRating(int(keys)),))
    if keys in ("", "#"):
        return end(session, (spoken.GOODBYE,))
    return None


HEARD_WHEN_FOLLOWING: dict[
    At, Callable[[CallSession, str, CallFacts], CallTurn | None]
] = {
    At.OUR_CALL: _hear_our_call,
    At.NUMBER: _hear_number,
    At.PIN: _hear_pin,
    At.FOLLOW: _hear_follow,
    At.OWN_PIN: _hear_own_pin,
    At.SOLVED: _hear_solved,
    At.REPRISAL: _hear_reprisal,
    At.RATE: _hear_rate,
}
