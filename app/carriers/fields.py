"""Forms, JSON, XML and texts of carriers, taken apart into named fields.

All become the same kind of tree (mappings, lists, strings), whose places are
written with dots: `results.0.status.name`. A form has one level, and a name
with a dot in it is found as well.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

from app.carriers.letters import clean
from app.carriers.model import Conditions, Places, Reading
from app.carriers.wire import Knock
from app.domain.errors import BadInput

Tree = object

_BY_TYPE = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "application/xml": "xml",
    "text/xml": "xml",
}
_LONGEST = 256  # of any field but the words


def tree_of(reading: Reading, knock: Knock) -> Tree:
    """Read a request as the file says; `BadInput` where it cannot be read."""
    kind = _kind(reading.kinds, knock)
    tree = _form(knock.query) if kind == "query" else tree_from(kind, knock.body)
    return _without_quotes(tree) if reading.is_quoted else tree


def tree_from(kind: str, body: bytes, patterns: Sequence[str] = ()) -> Tree:
    """Read a body of that kind; `BadInput` where it is none."""
    if kind == "text":
        return _groups(body, patterns)
    return _PARSERS[kind](body)


def listed(reading: Reading, tree: Tree) -> list[Tree]:
    """Return each thing that is told."""
    found = at(tree, reading.items) if reading.items else tree
    if found is None:
        raise BadInput(f"{reading.items} is missing")
    return found if isinstance(found, list) else [found]


def holds(when: Conditions, tree: Tree) -> bool:
    """Tell whether each place holds one of its texts, in small letters or large."""
    return all(_is_among(tree, place, texts) for place, texts in when.items())


def is_known_as(unless: Conditions, tree: Tree) -> bool:
    """Tell whether any place holds one of its texts."""
    return any(_is_among(tree, place, texts) for place, texts in unless.items())


def _is_among(tree: Tree, place: str, texts: frozenset[str]) -> bool:
    return text_at(tree, (place,)).casefold() in texts


def at(tree: Tree, place: str) -> Tree | None:
    """Return what stands at a place; None where nothing does."""
    if isinstance(tree, Mapping) and place in tree:
        found: Tree = tree[place]
        return found
    here: Tree | None = tree
    for step in place.split("."):
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, list) and step.isdecimal() and int(step[:4]) < len(here):
            here = here[int(step[:4])]
        else:
            return None
    return here


def text_at(tree: Tree, places: Places) -> str:
    """Return the first of these that holds something; blank where none does."""
    return next((text for place in places if (text := _text(tree, place))), "")


def needed(tree: Tree, places: Places) -> str:
    """Return the same; where none of these places is there at all, say so."""
    if all(at(tree, place) is None for place in places):
        raise BadInput(f"{places[0]} is missing")
    return text_at(tree, places)


def raw_at(tree: Tree, places: Places) -> tuple[str, str]:
    """Return the words as they came, and where; not there at all is refused."""
    for place in places:
        found = at(tree, place)
        if isinstance(found, str) and found:
            return found, place
    return needed(tree, places), places[0]


def short(text: str, place: str) -> str:
    """Return the text; `BadInput` where no such field is that long."""
    if len(text) > _LONGEST:
        raise BadInput(f"{place} is too long")
    return text


def _text(tree: Tree, place: str) -> str:
    found = at(tree, place)
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, str | int | float):
        return clean(str(found)).strip()
    raise BadInput(f"{place} is not one value")


def _kind(kinds: Sequence[str], knock: Knock) -> str:
    """Choose by the request's own word, else what the carrier sends first."""
    bodies = [kind for kind in kinds if kind != "query"]
    if knock.method in ("GET", "HEAD") or not bodies:
        if "query" not in kinds:
            raise BadInput("nothing is read from the address")
        return "query"
    named = knock.header("content-type").partition(";")[0].strip().lower()
    kind = _BY_TYPE.get(named, "")
    return kind if kind in bodies else bodies[0]


def _form(body: bytes) -> Tree:
    """Read a urlencoded form; a name that is there twice is a list."""
    fields: dict[str, list[str]] = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            fields.setdefault(_unquoted(name), []).append(_unquoted(value))
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in fields.items()
    }


def _unquoted(raw: bytes) -> str:
    """Undo the escapes; bytes that are no UTF-8 can still be had by `as_bytes`."""
    plain = raw.replace(b"+", b" ")
    if b"%" in plain:
        plain = unquote_to_bytes(plain)
    return plain.decode("utf-8", "surrogateescape")


def _json(body: bytes) -> Tree:
    try:
        tree: Tree = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("the body is not JSON") from None
    return tree


def _without_quotes(tree: Tree) -> Tree:
    """Return the fields of a form without the marks around their values."""
    if not isinstance(tree, Mapping):
        return tree
    return {
        name: value[1:-1] if re.fullmatch('"[^"]*"', str(value)) else value
        for name, value in tree.items()
    }


def _xml(body: bytes) -> Tree:
    # Nothing that a carrier sends has a DTD, and only a DTD could do harm.
    if b"<!" in body or b"\x00" in body:
        raise BadInput("the body has a document type")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314
        return _element(root)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError):
        raise BadInput("the body is not XML") from None


def _element(element: ElementTree.Element) -> Tree:
    """Turn an element into its text, or its children by name."""
    if not len(element):
        return element.text or ""
    children: dict[str, list[Tree]] = {}
    for child in element:
        children.setdefault(child.tag, []).append(_element(child))
    return {
        name: found[0] if len(found) == 1 else found for name, found in children.items()
    }


def _groups(body: bytes, patterns: Sequence[str]) -> Tree:
    text = body[:10_000].decode("utf-8", "replace")
    fields: dict[str, str] = {}
    for pattern in patterns:
        found = re.search(pattern, text)
        if found:
            fields |= {k: v for k, v in found.groupdict().items() if v is not None}
    return fields


_PARSERS: Mapping[str, Callable[[bytes], Tree]] = {
    "form": _form,
    "json": _json,
    "xml": _xml,
}
