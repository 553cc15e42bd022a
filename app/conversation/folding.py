"""Making the many spellings of one word alike.

Bengali, Hindi and Tamil in Latin letters have no spelling: betan, beton and
bethon, nahi and nahee, gaali and gali are the same word to whoever types
them. Both the text and the vocabulary are folded before they are compared.
"""

import re

_LETTERS = re.compile(r"[a-z]+")
_BREATHED = re.compile(r"(?<=[bcdgjklprstz])h+")
_LAST_Y = re.compile(r"(?<=[bcdfgjklmnpqrstvxz])y")
_REPEATED = re.compile(r"(.)\1+")
_ALIKE = str.maketrans("wzfq", "vjpk")


def fold(plain: str) -> str:
    """Return `plain` (lower case) with its Latin words folded."""
    return _LETTERS.sub(lambda word: _fold(word[0]), plain)


def _fold(word: str) -> str:
    word = re.sub("e{2,}", "i", word)
    word = re.sub("o{2,}", "u", word)
    word = word.replace("ck", "k")
    word = _BREATHED.sub("", word).translate(_ALIKE)
    return _REPEATED.sub(r"\1", _LAST_Y.sub("i", word))
