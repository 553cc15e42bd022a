"""A table of a carrier's file, read strictly: every problem is kept with its path."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

_NOTHING: Any = object()


class Table:
    """One table; `close` complains of what nobody has asked for."""

    def __init__(self, raw: Mapping[str, Any], path: str, problems: list[str]) -> None:
        self._raw = raw
        self._path = path
        self._problems = problems
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self._raw

    def wrong(self, key: str, what: str) -> None:
        where = f"{self._path}.{key}" if self._path else key
        self._problems.append(f"{where} {what}")

    def text(
        self,
        key: str,
        default: str | None = None,
        among: Collection[str] = (),
    ) -> str:
        """Return a text; without a default it is needed."""
        found = self._get(key, default, str, "is not a text")
        if among and found not in among and self._is_sound(key, str):
            self.wrong(key, f"is none of {', '.join(sorted(among))}")
        if not found and default is None and self.has(key):
            self.wrong(key, "is blank")
        return str(found)

    def truth(self, key: str, default: bool | None = None) -> bool:
        return bool(self._get(key, default, bool, "is not true or false"))

    def number(self, key: str, default: int | None = None) -> int:
        found = self._get(key, default, int, "is not a whole number")
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            if self._is_sound(key, int):
                self.wrong(key, "is not a whole number")
            return 0
        return found

    def day(self, key: str) -> date:
        found = self._get(key, None, date, "is not a date such as 2026-12-01")
        return found if type(found) is date else date.min

    def texts(
        self,
        key: str,
        default: tuple[str, ...] | None = None,
        among: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Return a list of texts; one text stands for a list of it."""
        found = self._get(key, default, (str, list), "is no text and no list")
        listed = [found] if isinstance(found, str) else list(found or ())
        if not all(isinstance(each, str) and each for each in listed):
            self.wrong(key, "is not a list of texts")
            return ()
        for each in listed:
            if among and each not in among:
                self.wrong(key, f"has {each!r}, none of {', '.join(sorted(among))}")
        return tuple(listed)

    def numbers(self, key: str) -> tuple[int, ...]:
        found = self._get(key, (), list, "is not a list")
        if not all(type(each) is int for each in found or ()):
            self.wrong(key, "is not a list of whole numbers")
            return ()
        return tuple(found or ())

    def patterns(self, key: str) -> tuple[str, ...]:
        """Return regular expressions whose named groups are fields."""
        listed = self.texts(key, ())
        for pattern in listed:
            try:
                names = re.compile(pattern).groupindex
            except re.error as error:
                self.wrong(key, f"has a bad pattern: {error}")
                continue
            if not names:
                self.wrong(key, "has a pattern that names no field: (?P<id>...)")
        return listed

    def words(self, key: str) -> dict[str, str]:
        """Return a table of texts alone."""
        found = self.tree(key)
        for name, value in found.items():
            if not isinstance(value, str):
                self.wrong(f"{key}.{name}", "is not a text")
        return {name: str(value) for name, value in found.items()}

    def lists(self, key: str, among: Collection[str] = ()) -> dict[str, list[str]]:
        """Return a table whose every value is a list of texts."""
        found: dict[str, list[str]] = {}
        for name, value in self.tree(key).items():
            listed = [value] if isinstance(value, str) else value
            if among and name not in among:
                self.wrong(f"{key}.{name}", f"is none of {', '.join(sorted(among))}")
            if not isinstance(listed, list) or not all(
                isinstance(each, str) for each in listed
            ):
                self.wrong(f"{key}.{name}", "is not a list of texts")
                continue
            found[name] = listed
        return found

    def tree(self, key: str) -> dict[str, Any]:
        found = self._get(key, {}, dict, "is not a table")
        return dict(found or {})

    def table(self, key: str) -> "Table":
        path = f"{self._path}.{key}" if self._path else key
        return Table(self.tree(key), path, self._problems)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of a [[list]]."""
        found = self._get(key, [], list, "is not a list of tables")
        path = f"{self._path}.{key}" if self._path else key
        made: list[Table] = []
        for index, raw in enumerate(found or ()):
            if isinstance(raw, dict):
                made.append(Table(raw, f"{path}.{index}", self._problems))
            else:
                self.wrong(f"{key}.{index}", "is not a table")
        return made

    def close(self) -> None:
        for key in self._raw:
            if key not in self._asked:
                self.wrong(key, "is unknown")

    def _get(self, key: str, default: Any, kind: Any, complaint: str) -> Any:
        self._asked.add(key)
        found = self._raw.get(key, _NOTHING)
        if found is _NOTHING:
            if default is None:
                self.wrong(key, "is missing")
            return default if default is not None else ""
        if not isinstance(found, kind):
            self.wrong(key, complaint)
            return default if default is not None else ""
        return found

    def _is_sound(self, key: str, kind: type) -> bool:
        """Tell whether nothing was said of it yet."""
        return key not in self._raw or isinstance(self._raw[key], kind)
