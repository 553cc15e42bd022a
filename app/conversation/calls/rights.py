"""The rights at work by telephone: choose one, hear it, hear it again.

Whoever holds the phone may ask. It opens no case and shows none.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.conversation.calls import spoken, spoken_rights
from app.conversation.calls.asking import ask, end
from app.conversation.calls.session import At, CallFacts, CallSession, CallTurn
from app.conversation.rights_lines import TOPICS
from app.conversation.session import CountContact
from app.wording.prompt import Digits, Prompt, Rest, Spoken

_MOST_MISSES = 3
_BY_KEY = {str(key): topic for key, topic in enumerate(TOPICS, 1)}

_LABOUR, _LAWYER = spoken.LIMIT_LABOUR, spoken.LIMIT_LEGAL_AID
_WOMEN, _CHILD, _NOW = spoken.LIMIT_WOMEN, spoken.HELP_CHILD, spoken.HELP_NOW

# Whom to call about a right; the numbers are those that the short text gives.
_CALLS: Mapping[tuple[str, str], tuple[tuple[Prompt, str], ...]] = {
    ("wages", "BD"): ((_LABOUR, "16357"),),
    ("wages", "IN"): ((_LAWYER, "15100"),),
    ("insurance", "BD"): ((_LABOUR, "16357"),),
    ("maternity", "BD"): ((_LABOUR, "16357"),),
    ("maternity", "IN"): ((_LAWYER, "15100"),),
    ("children", "BD"): ((_CHILD, "1098"), (_NOW, "999")),
    ("children", "IN"): ((_CHILD, "1098"), (_NOW, "112")),
    ("harassment", "BD"): ((_WOMEN, "109"), (_NOW, "999")),
    ("harassment", "IN"): ((_WOMEN, "181"), (_NOW, "112")),
    ("safety", "BD"): ((_NOW, "999"), (_LABOUR, "16357")),
    ("safety", "IN"): ((_NOW, "112"),),
    ("water", "BD"): ((_LABOUR, "16357"),),
    ("water", "IN"): ((_LAWYER, "15100"),),
    ("dismissal", "BD"): ((_LABOUR, "16357"),),
    ("dismissal", "IN"): ((_LAWYER, "15100"),),
    ("outside", "BD"): (
        *((_LABOUR, "16357"), (_LAWYER, "16699"), (_WOMEN, "109")),
        *((_CHILD, "1098"), (_NOW, "999")),
    ),
    ("outside", "IN"): (
        *((_LAWYER, "15100"), (_WOMEN, "181")),
        *((_CHILD, "1098"), (_NOW, "112")),
    ),
}


def told(topic: str, country: str) -> tuple[Spoken, ...]:
    """Return what is spoken of a right, and whom to call about it.

    Where we do not know a country's law, another's is not told instead.
    """
    right = spoken_rights.RIGHTS.get((topic, country))
    if right is None:
        return (spoken_rights.ELSEWHERE,)
    said: list[Spoken] = [right]
    for who, number in _CALLS.get((topic, country), ()):
        said += [Rest(), who, Digits(number)]
    return tuple(said)


def tell_rights(session: CallSession, facts: CallFacts) -> CallTurn:
    """Offer the topics; it counts once, however many are heard."""
    return ask(session, At.RIGHTS, facts, (), (CountContact("rights"),))


def _hear_rights(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    """Tell the right that a key names; whoever stays silent is led back."""
    topic = _BY_KEY.get(keys)
    if topic is not None:
        return ask(replace(session, right=topic), At.RIGHT, facts)
    if keys == "#":
        return _leave(session)
    if keys == "0" or session.misses >= _MOST_MISSES - 1:
        return _back(session, facts)
    return None


def _hear_right(session: CallSession, keys: str, facts: CallFacts) -> CallTurn | None:
    """Go back to the topics; only a wrong key has the same right told again."""
    if keys == "0":
        return _back(session, facts)
    if keys == "#":
        return _leave(session)
    if keys in ("", "1") or session.misses:
        return ask(replace(session, right=None), At.RIGHTS, facts)
    return None


def _back(session: CallSession, facts: CallFacts) -> CallTurn:
    """Come to the menu without being welcomed a second time."""
    turn = ask(replace(session, right=None), At.MENU, facts)
    return replace(turn, said=(spoken.MENU,))


def _leave(session: CallSession) -> CallTurn:
    return end(session, (spoken_rights.GOODBYE,))


HEARD_ABOUT_RIGHTS: dict[
    At, Callable[[CallSession, str, CallFacts], CallTurn | None]
] = {
    At.RIGHTS: _hear_rights,
    At.RIGHT: _hear_right,
}
