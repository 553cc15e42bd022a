"""The questions after the tone, each of them to be left out at will.

Every answer is saved by itself, so that whoever hangs up has lost nothing. By
keys only, the first answer opens the case.
"""

from collections.abc import Callable
from dataclasses import replace

from app.conversation.calls import spoken
from app.conversation.calls.asking import Said, ask, end, number_twice, record
from app.conversation.calls.session import (
    At,
    CallFacts,
    CallSession,
    CallTurn,
    Slot,
)
from app.conversation.session import (
    AnyAct,
    AskCall,
    Open,
    Raise,
    SetConflict,
    SetMayCall,
    SetMayText,
    SetPart,
    SetSite,
    SetTopic,
    SetWhenToCall,
    SuggestSite,
)
from app.domain.taxonomy import Category, Conflict
from app.wording.prompt import Prompt

_TOPICS: dict[str, Category] = {
    "2": Category.CHLD,
    "3": Category.GBVH,
    "4": Category.WAGE,
    "5": Category.ABUS,
    "6": Category.OTHR,
}
_CONFLICTS = {"1": Conflict.YES, "2": Conflict.NO, "3": Conflict.UNKNOWN}
_PARTS = {"1": "morning", "2": "afternoon", "3": "evening", "4": "any"}
_SKIPS = ("", "#")
_MOST_WRONG_PINS = 3


def _case(facts: CallFacts, *, is_danger: bool = False) -> tuple[AnyAct, ...]:
    """Open the case that an answer by keys alone still lacks."""
    return () if facts.case else (Open(None, None, is_danger=is_danger),)


def _help(prompt: Prompt, kind: str, facts: CallFacts) -> Said:
    """Say the right help number; nothing is promised of a line that is not there."""
    if kind in facts.helplines:
        return number_twice(prompt, kind)
    return number_twice(spoken.HELP_NOW, "emergency")


def _or_go_on(session: CallSession, go_on: CallTurn) -> CallTurn | None:
    """A wrong key: put the question again, and leave it out the second time."""
    return go_on if session.misses else None


def _hear_topic(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    if keys == "1":
        raised: tuple[AnyAct, ...] = _case(facts, is_danger=True) or (Raise(),)
        help_now = number_twice(spoken.HELP_NOW, "emergency")
        return ask(session, At.DANGER, facts, help_now, raised)
    topic = _TOPICS.get(keys)
    if topic is not None:
        said: Said = ()
        if topic is Category.CHLD:
            said = _help(spoken.HELP_CHILD, "child", facts)
        return _ask_site(session, facts, said, (*_case(facts), SetTopic(topic)))
    if keys in _SKIPS:
        return _ask_site(session, facts)
    return _or_go_on(session, _ask_site(session, facts))


def _hear_danger(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    if keys == "2":
        # No form to fill in for somebody who may be about to die.
        said = _help(spoken.HELP_CRISIS, "crisis", facts)
        acts: tuple[AnyAct, ...] = (*_case(facts), SetTopic(Category.CRIS))
        return ask_numbers(session, facts, said, acts)
    if keys == "1" or keys in _SKIPS:
        return _ask_site(session, facts)
    return _or_go_on(session, _ask_site(session, facts))


def _ask_site(
    session: CallSession,
    facts: CallFacts,
    said: Said = (),
    acts: tuple[AnyAct, ...] = (),
) -> CallTurn:
    if facts.case is not None and facts.case.has_site:
        return _ask_conflict(session, facts, said, acts)
    return ask(session, At.SITE, facts, said, acts)


def _hear_site(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    if keys in _SKIPS:
        return _ask_conflict(session, facts)
    if keys in facts.known_sites:
        known = replace(session, site=keys)
        # Kept at once for the partner; decided only when it is confirmed.
        acts = (*_case(facts), SuggestSite(keys))
        return ask(known, At.SITE_CHECK, facts, (), acts)
    return _ask_site_again(session, facts, spoken.SITE_AGAIN)


def _ask_site_again(
    session: CallSession, facts: CallFacts, say: Prompt = spoken.SITE
) -> CallTurn:
    if At.SITE in session.asked:
        return _ask_conflict(session, facts)
    asked = replace(session.to(At.SITE), asked=(*session.asked, At.SITE), site=None)
    return replace(ask(asked, At.SITE, facts), said=(say,))


def _hear_site_check(
    session: CallSession, keys: str, facts: CallFacts
) -> CallTurn | None:
    """A yes places the case; a silence leaves it to the partner."""
    if keys == "1" and session.site is not None:
        return _ask_conflict(session, facts, (), (SetSite(session.site),))
    if keys == "2":
        return _ask_site_again(session, facts)
    if keys in _SKIPS:
        return _ask_conflict(session, facts)
    return _or_go_on(session, _ask_conflict(session, facts))


def _ask_conflict(
    session: CallSession,
    facts: CallFacts,
    said: Said = (),
    acts: tuple[AnyAct, ...] = (),
) -> CallTurn:
    session = replace(session, site=None)
    if facts.case is not None and facts.case.conflict is not None:
        return ask_numbers(session, facts, said, acts)
    return ask(session, At.CONFLICT, facts, said, acts)


def _hear_conflict(
    session: CallSession, keys: str, facts: CallFacts
) -> CallTurn | None:
    answer = _CONFLICTS.get(keys)
    if answer is Conflict.NO and session.is_resumed:
        # It would bring the case nearer to the factory, on the word of whoever
        # rings now (decision 0002); the partner may still hand it over.
        return ask_numbers(session, facts, (), _case(facts))
    if answer is not None:
        acts = (*_case(facts), SetConflict(answer))
        return ask_numbers(session, facts, (), acts)
    if keys in _SKIPS:
        return ask_numbers(session, facts)
    return _or_go_on(session, ask_numbers(session, facts))


# ------------------------------------------------------------ number and PIN


def ask_numbers(
    session: CallSession,
    facts: CallFacts,
    said: Said = (),
    acts: tuple[AnyAct, ...] = (),
) -> CallTurn:
    """Say number and PIN twice, and let the PIN be keyed back once."""
    if facts.case is None and not any(isinstance(act, Open) for act in acts):
        # By keys only, and no key: perhaps a word can be said after all.
        return record(session, facts, before=said)
    if session.is_resumed and session.has_numbers:
        # They were spoken before the call broke off, to whoever held it then.
        return _part(session, said, acts)
    session = replace(session, has_numbers=True)
    return ask(session, At.PIN_CHECK, facts, said, acts)


def _hear_pin_check(session: CallSession, keys: str, facts: CallFacts) -> CallTurn:
    if facts.is_pin_right:
        return _ask_reach(session, facts, (spoken.PIN_RIGHT,))
    wrong = session.wrong_pins + (1 if keys else 0)
    session = replace(session, wrong_pins=wrong)
    if keys and wrong < _MOST_WRONG_PINS:
        return ask(session, At.PIN_CHECK, facts, (spoken.PIN_WRONG,))
    return _ask_reach(session, facts, (spoken.PIN_LEFT,))


def _ask_reach(session: CallSession, facts: CallFacts, said: Said) -> CallTurn:
    is_another = session.is_resumed and not facts.is_pin_right
    if session.is_reached or session.wants_call or not facts.has_phone or is_another:
        return _part(session, said)
    return ask(session, At.REACH, facts, said)


def hear_call_me(session: CallSession, facts: CallFacts) -> CallTurn:
    """A person shall call back: that is a case, so that its clocks see to it."""
    if not facts.has_phone:
        return record(session, facts, spoken.NO_PHONE)
    wants = replace(session, wants_call=True)
    return ask(wants, At.WHEN, facts, (), (*_case(facts), AskCall()))


def _hear_reach(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    """Until a yes, nothing unprompted goes to this phone."""
    match keys:
        case "1":
            acts: tuple[AnyAct, ...] = (SetMayText(False), SetMayCall(True))
            return ask(session, At.WHEN, facts, (), acts)
        case "2":
            acts = (SetMayCall(False), SetMayText(True))
            return ask(session, At.WHEN, facts, (), acts)
        case "3":
            acts = (SetMayCall(False), SetMayText(False))
            return _part(session, (spoken.REACH_NO,), acts)
    if keys in _SKIPS:
        return _part(session, ())
    return _or_go_on(session, _part(session, ()))


def _hear_when(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    part = _PARTS.get(keys)
    if part is None and keys not in _SKIPS and not session.misses:
        return None
    if session.wants_call:
        acts: tuple[AnyAct, ...] = (SetWhenToCall(part),) if part else ()
        if session.is_following:
            return _part(session, (spoken.CALL_NOTED,), acts)
        return ask_numbers(session, facts, (spoken.CALL_NOTED,), acts)
    acts = (SetPart(part),) if part else ()
    return _part(session, (spoken.REACH_YES,), acts)


def _part(session: CallSession, said: Said, acts: tuple[AnyAct, ...] = ()) -> CallTurn:
    """Say by when there is news, and goodbye."""
    return end(session, (*said, Slot("news_by"), spoken.GOODBYE), acts)


HEARD_AFTER_SPEAKING: dict[
    At, Callable[[CallSession, str, CallFacts], CallTurn | None]
] = {
    At.TOPIC: _hear_topic,
    At.DANGER: _hear_danger,
    At.SITE: _hear_site,
    At.SITE_CHECK: _hear_site_check,
    At.CONFLICT: _hear_conflict,
    At.PIN_CHECK: _hear_pin_check,
    At.REACH: _hear_reach,
    At.WHEN: _hear_when,
}
