"""Reading one table of a TOML file; what is wrong in it is noted, with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.durations import Duration, parse_duration
from app.domain.errors import BadInput

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file; what is wrong in it is noted, with its place."""

    place: str
    raw: Mapping[str, Any]
    problems: list[str]

    def wrong(self, key: str, why: str) -> None:
        self.problems.append(": ".join(part for part in (self.place, key, why) if part))

    def refuse_unknown(self, known: Sequence[str]) -> None:
        for key in self.raw:
            if key not in known:
                self.wrong(key, f"unknown key; known are {', '.join(known)}")

    def text(self, key: str, example: str) -> str | None:
        value = self.raw.get(key)
        if isinstance(value, str):
            return value
        why = "is missing" if value is None else f"{value!r} is not text"
        self.wrong(key, f'{why}: write {key} = "{example}"')
        return None

    def word(self, key: str, words: Sequence[_Word]) -> _Word | None:
        text = self.text(key, words[0])
        found = next((word for word in words if word == text), None)
        if text is not None and found is None:
            self.wrong(key, f"{text!r} is unknown; known are {', '.join(words)}")
        return found

    def time(self, key: str, *, may_be_missing: bool = False) -> Duration | None:
        if may_be_missing and key not in self.raw:
            return None
        text = self.text(key, "14d")
        if text is None:
            return None
        try:
            return parse_duration(text)
        except BadInput as problem:
            self.wrong(key, str(problem))
            return None

    def flag(self, key: str, *, unless: bool = False) -> bool:
        value = self.raw.get(key, unless)
        if not isinstance(value, bool):
            self.wrong(key, f"{value!r} is neither true nor false")
        return value is True

    def words(self, key: str, words: Sequence[_Word]) -> tuple[_Word, ...]:
        """Read a list of known words; the order of them says nothing."""
        value = self.raw.get(key)
        if not isinstance(value, list) or not value:
            self.wrong(key, f'write a list such as ["{words[0]}"]')
            return ()
        known = {str(word): word for word in words}
        for other in value:
            if not isinstance(other, str) or other not in known:
                self.wrong(key, f"{other!r} is unknown; known are {', '.join(known)}")
        if len(value) > len({str(word) for word in value}):
            self.wrong(key, "each may be named once")
        return tuple(word for text, word in known.items() if text in value)

    def whole(self, key: str, *, least: int) -> int | None:
        value = self.raw.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.wrong(key, f"{value!r} is not a whole number of at least {least}")
        return None

    def tables(self, key: str, title: str) -> "list[Table]":
        """Return the inline tables of a list, each with its place in the file."""
        value = self.raw.get(key, [])
        is_list = isinstance(value, list)
        if not is_list or not all(isinstance(row, dict) for row in value):
            self.wrong(key, "write a list of tables in braces")
            return []
        return [
            Table(f"{self.place}, {title} {number}", row, self.problems)
            for number, row in enumerate(value, start=1)
        ]
