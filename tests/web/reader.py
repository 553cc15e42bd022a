"""A browser without a script: reads forms, fills them in and sends them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

File = tuple[str, bytes, str]


@dataclass
class Form:
    """One form of a page: where it goes, its inputs, its buttons."""

    action: str
    enctype: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def called(self, name: str) -> str:
        """Return the input's name on this page: that of the words is never the same."""
        found = [each for each in self.names if each.startswith(f"{name}-")]
        return found[0] if found else name

    def has(self, do: str) -> bool:
        return any(b.get("name") == "do" and b.get("value") == do for b in self.buttons)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("enctype", "")))
            return
        if not self.forms:
            return
        form, name = self.forms[-1], given.get("name", "")
        if tag == "button":
            form.buttons.append(given)
        if tag == "input" and name:
            self._input(form, name, given)
        if tag == "textarea":
            self._area = name
            form.fields[name] = ""
            form.names.add(name)
        if tag == "select":
            self._select = name
            form.names.add(name)
        if tag == "option" and self._select and "selected" in given:
            form.fields[self._select] = given.get("value", "")

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        form.names.add(name)
        if kind in ("radio", "checkbox") and "checked" not in given:
            return
        if kind != "file":
            form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self.forms:
            self.forms[-1].fields[self._area] += data
        elif data.strip():
            self.texts.append(" ".join(data.split()))


@dataclass
class Visit:
    """Somebody's way through the pages."""

    client: httpx.AsyncClient
    html: str = ""
    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    sent: list[tuple[str, dict[str, Any], list[tuple[str, File]]]] = field(
        default_factory=list
    )

    @property
    def read(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.html)
        return parser

    @property
    def text(self) -> str:
        return "\n".join(self.read.texts)

    async def get(self, path: str, **headers: str) -> "Visit":
        self._take(await self.client.get(path, headers=headers))
        return self

    def form(self, do: str | None = None, *, having: str | None = None) -> Form:
        for form in self.read.forms:
            if do is not None and form.has(do):
                return form
            if having is not None and form.called(having) in form.names:
                return form
        raise AssertionError(f"no form with {do or having!r} in:\n{self.text}")

    async def send(
        self, do: str | None = None, *, files: tuple[File, ...] = (), **fields: str
    ) -> "Visit":
        """Fill in and press; a field that the page does not have is a mistake."""
        form = self.form(do, having=next(iter(fields), None) if do is None else None)
        # The name of the first page's words differs from page to page.
        fields = {form.called(name): value for name, value in fields.items()}
        unknown = fields.keys() - form.names
        assert not unknown, f"the page has no {unknown}: {form.names}"
        data = {**form.fields, **fields}
        if do is not None:
            data["do"] = do
        await self.post(form.action, data, [("files", each) for each in files])
        return self

    async def post(
        self, action: str, data: dict[str, str], files: list[tuple[str, File]]
    ) -> None:
        self.sent.append((action, data, files))
        self._take(await self.client.post(action, data=data, files=files or None))

    async def again(self, place: int = -1) -> "Visit":
        """Send a page once more, as reload and back do."""
        action, data, files = self.sent[place]
        self._take(await self.client.post(action, data=data, files=files or None))
        return self

    def _take(self, reply: httpx.Response) -> None:
        self.html, self.status, self.headers = (
            reply.text,
            reply.status_code,
            reply.headers,
        )

    def digits(self, length: int) -> str:
        """Return the first number of so many digits, blanks between them or not."""
        half = length // 2
        found = re.search(rf"(?<!\d)(\d{{{half}}}) ?(\d{{{half}}})(?!\d)", self.text)
        assert found is not None, self.text
        return found[1] + found[2]
