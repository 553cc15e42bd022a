"""A carrier that its file describes is known by no module: decision 0021."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.carriers.shelf import on_shelf

# One class a simulated carrier, and one line of the demo's programme.
_MADE_UP = ("simulator", "demo")


def described() -> set[str]:
    return {name for name, one in on_shelf().items() if one.dialect == "http"}


def names_in(source: str) -> set[str]:
    constants = (
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
    )
    return {word for word in constants if word in described()}


def modules(root: Path) -> Iterator[Path]:
    for package in ("app", "workers"):
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).parts
            if not (parts[0] == "app" and parts[1] in _MADE_UP):
                yield path


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('if carrier.name == "kannel": ...', {"kannel"}),
        ('"""Kannel and others."""\nif carrier.name == "twilio": ...', set()),
    ],
)
def test_a_name_that_is_asked_for_is_found(source: str, named: set[str]) -> None:
    assert names_in(source) == named


def test_no_module_asks_for_the_name_of_a_carrier_with_a_file(root: Path) -> None:
    found = {
        str(path.relative_to(root)): names
        for path in modules(root)
        if (names := names_in(path.read_text("utf-8")))
    }
    assert found == {}
