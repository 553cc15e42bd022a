"""The texts that a carrier's registry holds, and back from a text to its own.

Registries in India and Bangladesh let a text through only where its words are
theirs, letter by letter, with variables where values stand. What is said of a
sentence here is its translation with those variables; a sentence whose wording
changes has another id, so that the old registration no longer counts.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

from app.wording.line import Line
from app.wording.segments import segments

# A variable of India's registry takes so many characters, two of them a text
# without a reason given, and fixed words must be so much of it.
VARIABLE_HOLDS = 30
_MOST_VARIABLES = 2
_LEAST_FIXED = 0.3
# What a registry lets stand in a variable of this tag, as it is documented.
_LETS_IN = {
    "numeric": re.compile("[0-9]+"),
    "alphanumeric": re.compile(r"[\w\u0900-\u0dff\u200c\u200d /.]+"),
    "cbn": re.compile("[0-9+ -]+"),
    "url": re.compile(r"https?://\S+"),
}
# Private letters around a variable's name; no text of ours has them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}([a-z_0-9]+){_CLOSE}")
_ANYTHING = "[^\n]"


class Words(Protocol):
    """The catalogue, as far as it is needed here."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def render(self, line: Line, language: str) -> str: ...

    def day(self, day: date, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """What may stand in a variable; the longest of `values` says how much.

    `tag` is what India's registry calls such values. `form` is one character of
    it, or, where `is_whole`, all of it. `endless` says why no registry can have
    it; then it is at most `longest` long.
    """

    values: tuple[Any, ...]
    tag: str = "alphanumeric"
    form: str = _ANYTHING
    is_whole: bool = False
    endless: str = ""
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that is said by text, before anybody has chosen a language."""

    name: str
    lines: tuple[Line | str, ...]  # kept apart by a blank line; a str as it is
    slots: Mapping[str, Slot] = field(default_factory=dict)
    when: str = ""
    is_unprompted: bool = False
    reader: str = "worker"  # or staff
    language: str = ""  # blank: said in each
    country: str = ""  # blank: said in each
    why_not: str = ""  # why no registry can have it
    needs: str = ""  # said only where the programme is such; blank: everywhere


@dataclass(frozen=True, slots=True)
class Variable:
    """One place in a text where a value stands."""

    name: str
    example: str
    longest: int
    tag: str
    pattern: str = field(repr=False)


@dataclass(frozen=True, eq=False)
class Registered:
    """One text in one language: fixed words, and variables between them."""

    text_id: str
    language: str
    fixed: tuple[str, ...]  # one more than there are variables
    variables: tuple[Variable, ...]
    sentence: Sentence = field(repr=False)

    @property
    def plain(self) -> str:
        """Return it with its variables' names in braces."""
        return self.with_variables(lambda variable, _: f"{{{variable.name}}}")

    @property
    def example(self) -> str:
        """Return it as somebody would read it."""
        return self.with_variables(lambda variable, _: variable.example)

    @property
    def for_dlt(self) -> str:
        """Return it as India's registry writes variables since 2026."""
        return self.with_variables(lambda variable, _: f"{{#{variable.tag}#}}")

    @property
    def for_dlt_before(self) -> str:
        """Return it as India's registry wrote variables before they had kinds."""
        return self.with_variables(lambda _, __: "{#var#}")

    @property
    def numbered(self) -> str:
        """Return it as WhatsApp writes variables."""
        return self.with_variables(lambda _, place: f"{{{{{place}}}}}")

    def with_variables(self, written: Callable[[Variable, int], str]) -> str:
        """Return it with each variable as `written(variable, place)` has it."""
        held = [written(each, place) for place, each in enumerate(self.variables, 1)]
        return "".join(
            part for pair in zip(self.fixed, (*held, ""), strict=True) for part in pair
        )

    @property
    def parts(self) -> int:
        """Return how many SMS parts it takes with the longest values."""
        return segments(self.example).parts

    @property
    def why_not(self) -> str:
        """Return why no registry can have it; blank: it can."""
        if self.sentence.why_not:
            return self.sentence.why_not
        for each in self.variables:
            slot = self.sentence.slots[each.name]
            if slot.endless:
                return slot.endless
            if each.longest > VARIABLE_HOLDS:
                return f"{{{each.name}}} may have {each.longest} characters"
        return ""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what a registry may ask about, or refuse."""
        found = [
            f"{each.name}: ask whether {{#{each.tag}#}} lets {each.example!r} through"
            for each in self.variables
            if not _LETS_IN[each.tag].fullmatch(each.example)
        ]
        if len(self.variables) > _MOST_VARIABLES:
            found.append(f"{len(self.variables)} variables: say why with the request")
        if self.variables and not any(map(str.isalnum, self.fixed[-1])):
            found.append("it ends with a variable")
        if any(not any(map(str.isalnum, words)) for words in self.fixed[1:-1]):
            found.append("two variables stand beside each other")
        if self.fixed_length < _LEAST_FIXED * len(self.example):
            found.append("fixed words are less than 30 % of it")
        return tuple(found)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what matches it, with any values as its groups."""
        held = (*(f"({each.pattern})" for each in self.variables), "")
        return re.compile(
            "".join(
                re.escape(words) + between
                for words, between in zip(self.fixed, held, strict=True)
            )
        )

    @property
    def fixed_length(self) -> int:
        return sum(map(len, self.fixed))

    def has(self, text: str) -> bool:
        if not self.variables:
            return text == self.fixed[0]
        return self.pattern.fullmatch(text) is not None

    def values_in(self, text: str) -> tuple[str, ...]:
        """Return what stands in its variables where these words are its own."""
        found = self.pattern.fullmatch(unicodedata.normalize("NFC", text))
        return found.groups() if found else ()


def place(name: str) -> str:
    """Return what stands for a variable in a line's params."""
    return f"{_OPEN}{name}{_CLOSE}"


def id_of(name: str, language: str, words: str) -> str:
    """Return the text id of a sentence: of other words it is another one."""
    digest = hashlib.sha256(unicodedata.normalize("NFC", words).encode()).hexdigest()
    return f"{name}-{language}-{digest[:8]}"


class Texts:
    """Every text in every language, found again by what it says."""

    def __init__(self, texts: Iterable[Registered]) -> None:
        self._texts = tuple(texts)
        self.by_id: Mapping[str, Registered] = {t.text_id: t for t in self._texts}
        self._exact: dict[str, list[Registered]] = {}
        for text in self._texts:
            if not text.variables:
                self._exact.setdefault(text.fixed[0], []).append(text)
        varied = [text for text in self._texts if text.variables]
        self._varied = sorted(varied, key=lambda text: -text.fixed_length)

    def __iter__(self) -> Iterator[Registered]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def match(self, text: str, language: str | None = None) -> Registered | None:
        """Return what these words are registered as; the most fixed words win.

        `language` decides where two languages say it alike.
        """
        said = unicodedata.normalize("NFC", text)
        exact = self._exact.get(said, ())
        found = [*exact, *(each for each in self._varied if each.has(said))]
        in_it = (each for each in found if language in (None, each.language))
        return next(in_it, found[0] if found else None)


def texts_of(words: Words, sentences: Iterable[Sentence]) -> Texts:
    """Return every sentence in every language; what two say alike, once.

    Raise KeyError where a sentence has a variable that nothing is known of.
    """
    found: dict[tuple[str, str], Registered] = {}
    for sentence in sentences:
        languages = (sentence.language,) if sentence.language else words.languages
        for language in languages:
            text = _in(words, sentence, language)
            found.setdefault((language, text.plain), text)
    return Texts(found.values())


def _in(words: Words, sentence: Sentence, language: str) -> Registered:
    said = "\n\n".join(
        line if isinstance(line, str) else words.render(line, language)
        for line in sentence.lines
    )
    cut = _PLACE.split(unicodedata.normalize("NFC", said))
    fixed, names = tuple(cut[::2]), cut[1::2]
    variables = tuple(
        _variable(words, name, sentence.slots[name], language) for name in names
    )
    plain = _PLACE.sub(r"{\1}", said)
    text_id = id_of(sentence.name, language, plain)
    return Registered(text_id, language, fixed, variables, sentence)


def _variable(words: Words, name: str, slot: Slot, language: str) -> Variable:
    worded = _worded(words, slot.values, language)
    longest = max(slot.longest, *map(len, worded), 1)
    pattern = slot.form if slot.is_whole else f"{slot.form}{{1,{longest}}}"
    example = max(worded, key=len)
    return Variable(name, example, longest, slot.tag, f"(?:{pattern})")


def _worded(words: Words, values: Sequence[Any], language: str) -> tuple[str, ...]:
    return tuple(_word(words, value, language) for value in values)


def _word(words: Words, value: Any, language: str) -> str:
    match value:
        case Line():
            said = words.render(value, language)
        case datetime():
            said = f"{words.day(value, language)}, {value:%H:%M}"
        case date():
            said = words.day(value, language)
        case _:
            said = str(value)
    return unicodedata.normalize("NFC", said)
