"""Making the many spellings of one word alike.

Bengali, Hindi and Tamil in Latin letters have no spelling: betan, beton and
bethon, nahi and nahee, gaali and gali are the same word to whoever types
them. Both the text and the vocabulary are folded before they are compared.
"""

import re
from functools import lru_cache

_LETTERS = re.compile(r"[a-z]+")
_LONG_I = re.compile("e{2,}")
_LONG_U = re.compile("o{2,}")
_BREATHED = re.compile(r"(?<=[bcdgjklprstz])h+")
_LAST_Y = re.compile(r"(?<=[bcdfgjklmnpqrstvxz])y")
_REPEATED = re.compile(r"(.)\1+")
_ALIKE = str.maketrans("wzfq", "vjpk")


def fold(plain: str) -> str:
    """Return `plain` (lower case) with its Latin words folded."""
    return _LETTERS.sub(_folded, plain)


def _folded(word: re.Match[str]) -> str:
    return _fold(word[0])


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    word = _LONG_U.sub("u", _LONG_I.sub("i", word)).replace("ck", "k")
    word = _BREATHED.sub("", word).translate(_ALIKE)
    return _REPEATED.sub(r"\1", _LAST_Y.sub("i", word))
