"""Texts with {NAMES} in them, as carrier files write them.

`{NAME?}` says that the whole value is left out where NAME has nothing, `{NAME!}` says
the same and writes nothing, and `{NAME#}` alone is a number in JSON.
Variables of the environment are written in capitals, ours in small letters.
In a list `{each_attempt}` makes one value for this attempt and each before it.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

_NAMED = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)([?!#]?)\}")


def names_in(template: object) -> Iterator[str]:
    """Yield every name that a template, or a tree of them, asks for."""
    if isinstance(template, str):
        yield from (found[1] for found in _NAMED.finditer(template))
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from names_in(value)
    elif isinstance(template, list):
        for value in template:
            yield from names_in(value)


def filled(template: str, values: Mapping[str, str]) -> str | None:
    """Return the text with its names filled in; None where it is left out."""
    is_left_out = any(
        found[2] and not values.get(found[1]) for found in _NAMED.finditer(template)
    )
    if is_left_out:
        return None
    return _NAMED.sub(
        lambda found: "" if found[2] == "!" else values.get(found[1], ""), template
    )


def filled_address(template: str, values: Mapping[str, str]) -> str:
    """Fill an address in; what it begins with stands, all else is escaped."""

    def put(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        return value.rstrip("/") if found.start() == 0 else quote(value, safe="")

    return _NAMED.sub(put, template)


def filled_tree(tree: object, values: Mapping[str, str]) -> object | None:
    """Fill a JSON value in; what has nothing left in it is left out itself."""
    if isinstance(tree, str):
        text, only = filled(tree, values), _NAMED.fullmatch(tree)
        return int(text) if text and only and only[2] == "#" else text
    if isinstance(tree, Mapping):
        made = {key: filled_tree(value, values) for key, value in tree.items()}
        kept = {key: value for key, value in made.items() if value is not None}
        return kept or None
    if isinstance(tree, list):
        parts = [filled_tree(v, one) for v in tree for one in _spread(v, values)]
        return [part for part in parts if part is not None] or None
    return tree


def _spread(template: object, values: Mapping[str, str]) -> list[Mapping[str, str]]:
    """Return the values once; of a text that asks for each attempt, for each."""
    if not isinstance(template, str) or "{each_attempt}" not in template:
        return [values]
    attempts = range(1, int(values["attempt"]) + 1)
    return [{**values, "each_attempt": str(attempt)} for attempt in attempts]
