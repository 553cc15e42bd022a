"""Reads a page as a strict reader would: what is open, named, labelled."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
_FIELDS = frozenset({"input", "select", "textarea"})
Attributes = dict[str, str]


@dataclass
class Field:
    """One control: its attributes, the form it belongs to, the label around it."""

    tag: str
    attributes: Attributes
    form: str
    is_inside_label: bool
    text: str = ""

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")


@dataclass
class Form:
    """One form and what it sends; `key` tells it from the others of the page."""

    key: str
    attributes: Attributes
    fields: list[Field] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {f.name for f in self.fields if f.tag != "button"} - {""}

    @property
    def acts(self) -> list[str]:
        buttons = (f for f in self.fields if f.tag == "button" and f.name == "do")
        return [button.attributes["value"] for button in buttons]

    @property
    def default(self) -> Field:
        """Return the button that the key Enter presses."""
        return next(f for f in self.fields if f.tag == "button")

    def values(self, name: str) -> list[str]:
        return [f.attributes.get("value", "") for f in self.fields if f.name == name]


class Markup(HTMLParser):
    """A page taken apart; `faults` says where it is not well-formed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.tags: list[tuple[str, Attributes]] = []
        self.forms: dict[str, Form] = {}
        self.labelled: set[str] = set()
        self.ids: list[str] = []
        self.title = ""
        self._open: list[str] = []
        self._fields: list[Field] = []
        self._inside = ""
        self.feed(html)
        self.close()
        self.faults += [f"{tag} is left open" for tag in self._open]
        for one in self._fields:
            if one.form in self.forms:
                self.forms[one.form].fields.append(one)
            else:
                self.faults.append(f"{one.tag} {one.attributes} is in no form")

    @property
    def fields(self) -> list[Field]:
        return self._fields

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.faults.append(f"{tag} has an attribute twice")
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            if "form" in self._open:
                self.faults.append("a form inside a form")
            self._inside = given.get("id") or f"form {len(self.forms)}"
            self.forms[self._inside] = Form(self._inside, given)
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag in _FIELDS | {"button"}:
            inside = self._inside if "form" in [*self._open, tag] else ""
            form = given.get("form") or inside
            self._fields.append(Field(tag, given, form, "label" in self._open))
        if tag == "option" and self._fields:
            select = self._fields[-1]
            select.text += f"{given['value']} "
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = ""
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "textarea":
            self._fields[-1].text += data
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data


def unlabelled(page: Markup) -> list[str]:
    """Return the fields for which no label says what they are."""
    return [
        f"{one.tag} {one.name}"
        for one in page.fields
        if one.tag in _FIELDS
        and one.attributes.get("type") != "hidden"
        and not one.is_inside_label
        and one.attributes.get("id") not in page.labelled
    ]


def astray(page: Markup) -> list[str]:
    """Return references to an id that the page does not have, or has twice."""
    asked = [
        one
        for _, given in page.tags
        for name in ("for", "form", "aria-describedby", "aria-labelledby")
        for one in given.get(name, "").split()
    ]
    twice = [one for one in set(page.ids) if page.ids.count(one) > 1]
    return [one for one in asked if one not in page.ids] + twice
