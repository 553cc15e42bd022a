"""Whole talks, to be read: what the worker writes and what comes back.

A transcript starts with `#` lines that say what it shows; `line: ta hi` names
the languages of the dialled number. Then, turn by turn:

    > what the worker writes     `{pin}` is the PIN that was given last
    >+ the same, with a picture or a voice note
    < what we answer; further lines of one text are indented
    [what is done]
    /rest                         half an hour goes by
    /state resolved               the people who handle the case did something
    /told words                   one of them wrote to her

Where a wording changes, `REWRITE_TRANSCRIPTS=1 pytest tests/conversation`
writes the answers anew, for you to read.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.taxonomy import LANGUAGES, State
from app.simulator.talk import Talk
from app.wording.catalog import Catalog

FOLDER = Path(__file__).parent / "transcripts"
CATALOG = Catalog.load(Path(__file__).parents[2] / "locales")
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))


def told(text: str) -> list[str]:
    """Return the transcript with its answers as they come now."""
    asked = [line for line in text.splitlines() if not line.startswith(("<", "[", " "))]
    talk = Talk(_languages(asked), CATALOG, random.Random(482170))
    return [line for each in asked for line in (each, *_answers(talk, each))]


def heard_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield each text that the phone gets in a talk, with its language."""
    asked = [line for line in text.splitlines() if not line.startswith(("<", "[", " "))]
    talk = Talk(_languages(asked), CATALOG, random.Random(482170))
    for each in asked:
        for answer in list(_said(talk, each)):
            if not answer.startswith("["):
                yield talk.session.language or talk.languages[0], answer


def _languages(asked: list[str]) -> tuple[str, ...]:
    named = [line.split()[2:] for line in asked if line.startswith("# line:")]
    return tuple(named[0]) if named else ("bn", "en")


def _answers(talk: Talk, line: str) -> Iterator[str]:
    for answer in _said(talk, line):
        shown = answer.replace("\n", "\n  ")
        yield shown if shown.startswith("[") else f"< {shown}"


def _said(talk: Talk, line: str) -> Iterator[str]:
    if line == "/rest":
        talk.rest()
    elif line.startswith("/state "):
        talk.become(State(line.split()[1]))
    elif line.startswith("/told "):
        talk.tell(line.removeprefix("/told "))
    elif line.startswith(">"):
        has_media = line.startswith(">+")
        words = line.removeprefix(">+" if has_media else ">").removeprefix(" ")
        words = words.replace("{pin}", talk.pin)
        yield from talk.hear(words, has_media=has_media)


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in TRANSCRIPTS])
def test_a_talk_goes_as_it_is_written(path: Path) -> None:
    written = path.read_text("utf-8")
    now = "\n".join(told(written)) + "\n"
    if os.environ.get("REWRITE_TRANSCRIPTS"):
        path.write_text(now, "utf-8")
    assert now.splitlines() == written.splitlines()


def test_every_language_is_told_and_romanised_too() -> None:
    stems = [path.stem for path in TRANSCRIPTS]
    assert len(stems) >= 30
    for language in (*LANGUAGES, "bn_romanised", "hi_romanised", "ta_romanised"):
        assert any(stem.startswith(f"{language}-") for stem in stems), language
