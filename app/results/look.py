"""How the public pages of results look: templates and one stylesheet."""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files as packaged
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

from app.reports.words import LANGUAGES, Words

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class _Unindented(Extension):
    """Drops the indentation of a template before it is compiled."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 - as Jinja calls it
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        return re.sub(r"\n\s+", "\n", source)


def page(template: str, words: Words, **values: Any) -> bytes:
    """Return a page; in a template `say("A sentence {name}.", name=…)` speaks."""
    rendered = _environment().get_template(template)
    html = rendered.render(
        say=words.say,
        words=words,
        language=words.language,
        languages=LANGUAGES,
        style_path=style_path(),
        **values,
    )
    return html.encode()


@cache
def style() -> bytes:
    """Return the stylesheet without what no browser needs."""
    text = packaged("app.results").joinpath("pages", "results.css").read_text("utf-8")
    text = re.sub(r"\s+", " ", _COMMENT.sub("", text))
    return re.sub(r" ?([{};,>]) ?", r"\1", text).replace(";}", "}").strip().encode()


@cache
def style_path() -> str:
    return f"/results.css?v={sha256(style()).hexdigest()[:8]}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("app.results", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Unindented],
    )
