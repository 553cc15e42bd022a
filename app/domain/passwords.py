"""What makes a password or PIN good enough, and how wrong tries are slowed."""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

LEAST, MOST = 12, 256  # characters
PIN_DIGITS = 6

FREE_TRIES = 5  # wrong ones, before somebody is made to wait
LONGEST_WAIT = timedelta(seconds=60)
# Between two tries at a password from browsers that never signed in, all networks
# together: longer, and whoever guesses on purpose keeps its owner out.
MILD_WAIT = timedelta(seconds=4)
# Wrong PINs within a day, after which no PIN works until another is set.
MOST_WRONG_PINS = 20

_ALL_OF_IT = 8  # what must be left beside the words that anybody would try
_SHORTEST_WORD = 4  # of a name; shorter ones are within too many words
_OURS = "threadline"


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    KNOWN = "known"  # it stands in lists of stolen passwords
    OWN = "own"  # it is her name or address, or the programme's name


def normalised(password: str) -> str:
    """Return a password as it is hashed: keyboards compose letters differently."""
    return unicodedata.normalize("NFC", password)


def weakness(
    password: str, *, own: Iterable[str], is_known: Callable[[str], bool]
) -> Weakness | None:
    """Return why a password is not taken; None: it is.

    Which kinds of characters it has is never asked (NIST SP 800-63B). `is_known`
    tells whether a lower-cased password stands in a list of stolen ones; one
    that only has digits around it, or is one said twice, stands there as well.
    """
    said = normalised(password)
    if len(said) < LEAST:
        return Weakness.SHORT
    if len(said) > MOST:
        return Weakness.LONG
    lowered = said.lower()
    unit = _repeated(lowered)
    core = lowered.strip("0123456789 .,;:!?*#@$%&+-_=/()")
    if len(unit) <= _SHORTEST_WORD or _is_run(lowered):
        return Weakness.KNOWN
    if any(is_known(each) for each in {lowered, unit, core} if each):
        return Weakness.KNOWN
    return Weakness.OWN if len(_without(lowered, own)) < _ALL_OF_IT else None


def is_weak_pin(pin: str) -> bool:
    """Tell whether a PIN is none of six digits, or the first to be guessed."""
    if not (pin.isascii() and pin.isdecimal() and len(pin) == PIN_DIGITS):
        return True
    return len(_repeated(pin)) < PIN_DIGITS or _is_run(pin)


def may_try(
    tries: int,
    tried_at: datetime | None,
    at: datetime,
    *,
    longest: timedelta = LONGEST_WAIT,
) -> bool:
    """Tell whether a password, code or PIN is looked at now.

    `tries` are the wrong ones since the last right one. After five, each
    further one doubles the wait, from one second to the `longest`: whoever
    knows the right one is slowed and never locked out.
    """
    if tries < FREE_TRIES or tried_at is None:
        return True
    seconds = 1 << min(tries - FREE_TRIES, 6)
    return at - tried_at >= min(timedelta(seconds=seconds), longest)


def _repeated(text: str) -> str:
    """Return the shortest piece of which the text is a repetition."""
    for size in range(1, len(text) // 2 + 1):
        if (text[:size] * -(-len(text) // size))[: len(text)] == text:
            return text[:size]
    return text


def _is_run(text: str) -> bool:
    """Tell whether each character follows its neighbour: 1234, 9876, abcd."""
    steps = {
        (ord(after) - ord(before)) % 10
        if before.isdigit() and after.isdigit()
        else ord(after) - ord(before)
        for before, after in pairwise(text)
    }
    return len(steps) == 1 and steps <= {0, 1, -1, 9}


def _without(lowered: str, own: Iterable[str]) -> str:
    """Return the letters and digits that are left beside somebody's own words."""
    words = {_OURS}
    for name in own:
        words |= {name.lower(), *_words(name.lower())}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_WORD:
            lowered = lowered.replace(normalised(word), "")
    # Marks count: in Bengali and Tamil they are half of a word.
    return "".join(c for c in lowered if unicodedata.category(c)[0] in "LMN")


def _words(name: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in name).split()
