"""Each thing that can happen has a sentence, and each phrasing four languages."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from app.console.story import SENTENCES, sentence
from app.domain.taxonomy import LANGUAGES
from app.store.readers.rooms import EventView, Who
from app.wording.phrasings import phrasings

# They change nothing that a page would tell, or are told by another event.
NOT_TOLD = {"case.touched", "worker.answered", "clock.met", "clock.moved", "law.warned"}


def kinds_in(root: Path) -> Iterator[str]:
    """Find what is recorded: `record("kind", …)` and `Event("kind", …)`."""
    for package in ("domain", "actions", "store"):
        for path in sorted((root / "app" / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in (
                    "record",
                    "Event",
                ):
                    yield from _strings(node.args[0] if node.args else None)


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _strings(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def test_everything_that_is_recorded_has_a_sentence(root: Path) -> None:
    found = {kind for kind in kinds_in(root) if "." in kind}
    assert len(found) > 60
    assert found - NOT_TOLD - set(SENTENCES) == set()


def view(kind: str) -> EventView:
    return EventView(1, date(2026, 12, 1), None, kind, Who("system"), {})


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_sentence_has_all_that_it_names(kind: str) -> None:
    line = sentence(view(kind))
    wanted = {name for _, name, _, _ in Formatter().parse(line.message) if name}
    assert wanted <= line.params.keys()


def test_what_nobody_knows_is_said_as_such() -> None:
    assert "moon.eaten" in str(sentence(view("moon.eaten")).params.values())


def test_each_phrasing_is_there_in_every_language() -> None:
    found = phrasings()
    assert len(found) >= 14
    for phrasing in found.values():
        assert set(phrasing.texts) == set(LANGUAGES)
        assert len(set(phrasing.texts.values())) == len(LANGUAGES)
        for text in phrasing.texts.values():
            assert 10 < len(text) < 160
            assert text == text.strip()


def test_a_phrasing_promises_nothing_and_names_nobody() -> None:
    for phrasing in phrasings().values():
        said = phrasing.text("en").lower()
        for word in ("promise", "will be", "guarantee", "soon", "tomorrow"):
            assert word not in said
