"""How the pages look: templates and the one stylesheet, compiled once."""

import re
from datetime import date
from functools import partial
from hashlib import sha256
from importlib.resources import files as packaged
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from app.conversation.pages.session import At, Help, Shown
from app.wording.catalog import Catalog
from app.wording.line import Line

# Pages that are come to by a plain address; only there is a language a link.
_OPEN = frozenset({At.WHAT, At.DOOR})

# Where number and PIN are shown folded, because nobody has them safely yet.
_FOLDED = frozenset({At.WHERE, At.PICK, At.ABOUT, At.DANGER, At.REACH})

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class Look:
    """Every page in every language that the catalogue serves."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.languages = catalog.languages
        self._templates = _environment()
        self.style = _smaller(_sheet()).encode()
        self.style_path = f"/web.css?v={sha256(self.style).hexdigest()[:8]}"

    def page(self, shown: Shown, zone: ZoneInfo) -> str:
        """Return the page that waits for an answer; `zone` is that of the place."""
        return self._render(
            f"{shown.at}.html",
            shown.language,
            zone,
            shown=shown,
            path=_path(shown),
            is_fresh=_is_fresh(shown),
            is_folded=shown.at in _FOLDED,
            helps=sorted(shown.helps, key=_is_no_emergency),
            picture=Markup(shown.proof.picture) if shown.proof else "",  # noqa: S704 - our own drawing of digits
        )

    def country(self, code: str, language: str) -> str:
        """Return what the language calls a country."""
        return self._catalog.country_name(code, language)

    def plain(self, name: str, language: str, path: str, **values: Any) -> str:
        """Return a page that belongs to no talk: verify, rights, right, left, trouble.

        `path` is its own address, for the links to the other languages.
        """
        return self._render(
            f"{name}.html",
            language,
            None,
            shown=None,
            path=path,
            is_fresh=not values.get("kept"),
            is_folded=False,
            helps=(),
            **values,
        )

    def _render(
        self, template: str, language: str, zone: ZoneInfo | None, **values: Any
    ) -> str:
        say = partial(_say, self._catalog, language, zone)
        return self._templates.get_template(template).render(
            _=lambda message, **params: say(Line(message, params)),
            say=say,
            word_day=partial(_word_day, self._catalog, language),
            country=lambda code: self.country(code, language),
            language=language,
            languages=[
                (code, self._catalog.language_name(code))
                for code in self._catalog.languages
            ],
            style_path=self.style_path,
            **values,
        )


class _Unindented(Extension):
    """Drops the indentation of a template before it is compiled.

    Only what we wrote ourselves: what a worker typed goes in afterwards.
    """

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 - as Jinja calls it
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        return re.sub(r"\n\s+", "\n", source)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.channels.web", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Unindented],
    )
    environment.filters["grouped"] = _grouped
    return environment


def _say(
    catalog: Catalog, language: str, zone: ZoneInfo | None, words: Line | str
) -> str:
    """Say a Line; what is in its language already is left as it is."""
    if isinstance(words, Line):
        return catalog.render(words, language, zone)
    return words


def _word_day(catalog: Catalog, language: str, day: date) -> str:
    return catalog.day(day, language)


def _grouped(digits: str) -> str:
    """Cut a number or a PIN into two halves, as one reads it aloud."""
    half = len(digits) // 2
    return f"{digits[:half]} {digits[half:]}"


def _path(shown: Shown) -> str:
    if shown.at is At.DOOR:
        return "/follow"
    return f"/s/{shown.site.code}" if shown.at is At.WHAT and shown.site else "/"


def _is_fresh(shown: Shown) -> bool:
    """Whether nothing typed would be lost by following a link."""
    typed = any(shown.kept.get(name) for name in ("words", "number", "pin", "topic"))
    return shown.at in _OPEN and not shown.notes and not typed


def _is_no_emergency(helping: Help) -> bool:
    return helping.kind != "emergency"


def _sheet() -> str:
    return packaged("app.channels.web").joinpath("pages", "web.css").read_text("utf-8")


def _smaller(style: str) -> str:
    """Take out comments and the blanks that no browser needs."""
    style = re.sub(r"\s+", " ", _COMMENT.sub("", style))
    return re.sub(r" ?([{};,>]) ?", r"\1", style).replace(";}", "}").strip()
