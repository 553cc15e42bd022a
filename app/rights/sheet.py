"""One TOML file or a table of it, read with the place of whatever is wrong."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

_JOINERS = {0x200C: None, 0x200D: None}


class BadRights(Exception):
    """A file of the rights cannot be served; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, and what it is called in messages."""

    place: str
    raw: Mapping[str, Any]

    def wrong(self, key: str, why: str) -> BadRights:
        """Return the error to raise for one key."""
        return BadRights(f"{self.place}: {key}: {why}")

    def has(self, key: str) -> bool:
        return key in self.raw

    def refuse_unknown(self, *known: str) -> None:
        for key in self.raw:
            if key not in known:
                raise self.wrong(key, "unknown key")

    def text(self, key: str) -> str:
        """Return one line of text, never empty, nor with space around it."""
        value = self.raw.get(key)
        if not isinstance(value, str) or not value or value != value.strip():
            raise self.wrong(key, "write text, with no space around it")
        # Joiners are not printable, and Bengali, Hindi and Tamil need them.
        if not value.translate(_JOINERS).isprintable():
            raise self.wrong(key, "write one line of printable text")
        return value

    def word(self, key: str, words: Collection[str]) -> str:
        value = self.text(key)
        if value not in words:
            raise self.wrong(key, f"{value!r} is not one of {', '.join(words)}")
        return value

    def day(self, key: str) -> str:
        value = self.text(key)
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        raise self.wrong(key, f"{value!r} is not a date: write YYYY-MM-DD")

    def tables(self, key: str) -> Iterator["Sheet"]:
        """Yield the tables of a list that has at least one."""
        rows = self.raw.get(key)
        if not isinstance(rows, list) or not rows:
            raise self.wrong(key, "write at least one entry")
        for number, row in enumerate(rows, start=1):
            place = f"{self.place}: {key} {number}"
            if not isinstance(row, dict):
                raise BadRights(f"{place}: write a table")
            yield Sheet(place, row)


def read_sheet(file: Traversable, place: str) -> Sheet:
    """Read a file; one that lacks or is no TOML is refused by its place."""
    try:
        return Sheet(place, tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadRights(f"{place}: {wrong}") from None
