"""How the rooms look: templates and the one stylesheet, compiled once."""

import re
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from importlib.resources import files as packaged
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

from app.console import words
from app.wording.catalog import Catalog
from app.wording.line import Line

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_UTC = ZoneInfo("UTC")


class Look:
    """Every page of the rooms in every language that the catalogue serves."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.languages = catalog.languages
        self._templates = _environment()
        self.style = _smaller(_sheet()).encode()
        self.style_path = f"/room.css?v={sha256(self.style).hexdigest()[:8]}"

    def page(self, template: str, language: str, **values: Any) -> str:
        """Return a page; `zone` among the values is where its times are told.

        In a template: `_("A sentence {name}.", name=…)` and `say(line)` speak the
        reader's language; `moment(at, zone)` is a day with hour and minute,
        `day(date)` a day; `words` is `app.console.words`, the names of things;
        `number | grouped` cuts eight digits in two.
        """
        if language not in self.languages:
            language = "en"
        say = partial(self.say, language=language)
        return self._templates.get_template(template).render(
            _=lambda message, **params: say(Line(message, params)),
            say=say,
            moment=lambda at, zone=_UTC: self.moment(at, language, zone),
            day=lambda on, zone=_UTC: self.day(on, language, zone),
            country=lambda code: self.catalog.country_name(code, language),
            language_name=self.catalog.language_name,
            language=language,
            languages=self.languages,
            style_path=self.style_path,
            words=words,
            **values,
        )

    def knows(self, message: str) -> bool:
        """Tell whether it is a sentence of ours."""
        return self.catalog.has(message)

    def say(
        self, line: Line | str, zone: ZoneInfo | None = None, *, language: str
    ) -> str:
        """Say a Line; what is in its language already is left as it is."""
        if isinstance(line, Line):
            return self.catalog.render(line, language, zone or _UTC)
        return line

    def moment(self, at: datetime, language: str, zone: ZoneInfo) -> str:
        local = at.astimezone(zone)
        return f"{self.day(local, language, zone)}, {local:%H:%M}"

    def day(self, on: date, language: str, zone: ZoneInfo) -> str:
        """Return the day, with its year where that is not plain from the date."""
        if isinstance(on, datetime):
            on = on.astimezone(zone).date()
        return f"{self.catalog.day(on, language)} {on.year}"


class _Unindented(Extension):
    """Drops the indentation of a template before it is compiled."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 - as Jinja calls it
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        return re.sub(r"\n\s+", "\n", source)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.console", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Unindented],
    )
    environment.filters["grouped"] = grouped
    return environment


def grouped(digits: str) -> str:
    """Cut a case number into two halves, as one reads it aloud."""
    half = len(digits) // 2
    return f"{digits[:half]}-{digits[half:]}"


def _sheet() -> str:
    return packaged("app.console").joinpath("pages", "rooms.css").read_text("utf-8")


def _smaller(style: str) -> str:
    """Take out comments and the blanks that no browser needs."""
    style = re.sub(r"\s+", " ", _COMMENT.sub("", style))
    return re.sub(r" ?([{};,>]) ?", r"\1", style).replace(";}", "}").strip()
