"""What a text is about, and whether somebody is in danger, by its words.

A guess that a person checks. Sensitive subjects are looked for first: to miss
one costs a worker more than to see one where there is none.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.conversation import subjects, subjects_grave as grave
from app.conversation.folding import fold
from app.domain.taxonomy import Category

# What keeps a case from its committee, or guards it there, by its subject.
SENSITIVE = frozenset(
    {
        Category.CRIS,
        Category.FORC,
        Category.CHLD,
        Category.GBVH,
        Category.RETA,
        Category.FOAS,
        Category.DISC,
        Category.DORM,
    }
)
_LATIN = re.compile("[a-z]")
# Vowel signs and joiners of the three scripts are no letters to `re`.
_SIGNS = r"\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09d7\u0b82\u0bbe-\u0bd7"
_START = rf"(?<![^\W\d_])(?<![{_SIGNS}])"
_END = rf"(?![^\W\d_]|[{_SIGNS}])"


@dataclass(frozen=True, slots=True)
class Stems:
    """Vocabulary made ready: one pattern for Latin letters, one for the rest."""

    latin: re.Pattern[str]
    other: re.Pattern[str]

    def are_in(self, plain: str, folded: str | None = None) -> bool:
        """Tell whether one of them is in `plain`, which is `normal`."""
        if plain.isascii():
            return bool(self.latin.search(fold(plain) if folded is None else folded))
        if self.other.search(plain):
            return True
        return bool(
            _LATIN.search(plain)
            and self.latin.search(fold(plain) if folded is None else folded)
        )

    def taken_out_of(self, plain: str) -> str:
        return self.other.sub(" ", self.latin.sub(" ", fold(plain)))


def stems(entries: Iterable[str]) -> Stems:
    """Prepare entries; each begins where a word begins.

    Latin ones match whole words, `*` any ending; the others match any ending,
    `|` none. Spaces in an entry match any run of spaces, or a hyphen.
    """
    listed = [unicodedata.normalize("NFC", entry) for entry in entries]
    latin = [_latin(entry) for entry in listed if entry.isascii()]
    other = [_other(entry) for entry in listed if not entry.isascii()]
    return Stems(_any_of(latin), _any_of(other))


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    """Join patterns by their first letter: `re` then tries few at each place."""
    by_letter: dict[str, list[str]] = {}
    for pattern in patterns:
        by_letter.setdefault(pattern[0], []).append(pattern[1:])
    joined = "|".join(
        f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()
    )
    return re.compile(f"{_START}(?:{joined or '(?!)'})")


def _latin(entry: str) -> str:
    body = _spaced(fold(entry.rstrip("*").strip().lower()))
    return body if entry.endswith("*") else body + _END


def _other(entry: str) -> str:
    body = _spaced(entry.rstrip("|").strip())
    return body + _END if entry.endswith("|") else body


def _spaced(words: str) -> str:
    return r"[\s\-]+".join(re.escape(word) for word in words.split())


_TOPICS = tuple((c, stems(entries)) for c, entries in subjects.TOPICS.items())
_TOGETHER = {
    category: tuple((stems(one), stems(other)) for one, other in pairs)
    for category, pairs in subjects.TOGETHER.items()
}
_ORDER = [category for category, _ in _TOPICS]
_CHILD = stems(grave.CHILD)
_AT_HOME = stems(grave.CHILD_AT_HOME)
_AGES = re.compile("|".join(unicodedata.normalize("NFC", a) for a in grave.AGES))
_DANGER = stems(grave.DANGER)
_SAFE = stems(grave.NO_DANGER)


def topic_of(plain: str) -> Category | None:
    """Return what the text is about by its words; the gravest hit wins."""
    folded = fold(plain)
    return next((c for c, known in _TOPICS if _is_about(c, known, plain, folded)), None)


def _is_about(category: Category, known: Stems, plain: str, folded: str) -> bool:
    if known.are_in(plain, folded):
        return True
    if category is Category.CHLD and _is_about_a_child(plain, folded):
        return True
    return any(
        one.are_in(plain, folded) and other.are_in(plain, folded)
        for one, other in _TOGETHER.get(category, ())
    )


def _is_about_a_child(plain: str, folded: str) -> bool:
    """A child's age, or a child, unless it is one at home who is ill."""
    if _AGES.search(folded) or _AGES.search(plain):
        return True
    return _CHILD.are_in(plain, folded) and not _AT_HOME.are_in(plain, folded)


def is_graver(one: Category, other: Category) -> bool:
    """Tell whether `one` is looked for before `other`."""
    if one not in _ORDER:
        return False
    return other not in _ORDER or _ORDER.index(one) < _ORDER.index(other)


def graver_topic(one: Category | None, other: Category | None) -> Category | None:
    """Return what either tells; where both do, the graver of the two."""
    if one is None or other is None:
        return one or other
    return other if is_graver(other, one) else one


def is_danger(plain: str) -> bool:
    """Tell whether the words speak of danger to life or limb now."""
    return _DANGER.are_in(_SAFE.taken_out_of(plain))
