"""What the service reads, offers and answers is said where people look."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from app.carriers.shelf import on_shelf
from app.cli import app as cli
from app.main import build
from app.runtime.settings import SettingsError, read_settings
from app.wording.catalog import Catalog
from tests.chaos.processes import environment


class Recorder(dict[str, str]):
    """An environment that writes down what it is asked for."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


def variables() -> set[str]:
    """Return the name of every variable that the settings are read from."""
    empty = Recorder()
    with pytest.raises(SettingsError):
        read_settings(empty)
    return empty.asked


def carriers_variables() -> set[str]:
    """Return the name of every variable that a shipped carrier's file asks for."""
    return {
        f"SMS_{name.upper()}_{variable}"
        for name, carrier in on_shelf().items()
        if carrier.dialect == "http" or carrier.is_platform
        for variable in (*carrier.variables, *carrier.defaults)
    }


def in_example(root: Path) -> list[str]:
    text = (root / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^#? ?([A-Z][A-Z_0-9]+)=", text, re.MULTILINE)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def verbs() -> list[tuple[str, ...]]:
    return sorted(commands(typer.main.get_command(cli)))


def routes(root: Path) -> set[str]:
    env = environment(
        "postgresql://nowhere/x", root, redis_url="", smtp_port=9, port=8000
    )
    store: Any = object()
    app = build(read_settings(env), store, Catalog.load(root / "locales"))
    return {path for r in app.router.routes if (path := getattr(r, "path", ""))}


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    path = root / "README.md"
    if not path.exists():
        pytest.skip("there is no README.md yet")
    return path.read_text(encoding="utf-8")


def test_every_variable_of_the_example_is_read_and_every_one_read_is_in_it(
    root: Path,
) -> None:
    listed = in_example(root)
    assert len(listed) == len(set(listed))
    # Of carriers' own there are as many as there are carriers: some as an example.
    assert set(listed) - carriers_variables() == variables()


def test_the_guide_names_every_variable_of_a_carrier_and_no_other(root: Path) -> None:
    guide = (root / "infra/carriers.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bSMS_[A-Z0-9]+_[A-Z0-9_]+\b", guide))
    assert named == carriers_variables()


def test_every_variable_of_the_example_is_explained(root: Path) -> None:
    """A comment stands above it, or above the one just before it."""
    lines = (root / ".env.example").read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r"[A-Z]", line) and not re.match(r"#|[A-Z]", before.strip() or "#")
    ]
    assert bare == []
    assert sum(line.startswith("#") for line in lines) > len(variables())


def test_readme_names_every_variable(readme: str) -> None:
    missing = [n for n in sorted(variables()) if not re.search(rf"\b{n}\b", readme)]
    assert missing == []


def test_readme_names_every_verb_of_the_command_line(readme: str) -> None:
    """`threadline cases list` may stand as `cases list|show|act`."""
    assert len(verbs()) > 12
    missing = [
        " ".join(path)
        for path in verbs()
        if not any(_names(line, path) for line in readme.splitlines())
    ]
    assert missing == []


def _names(line: str, path: tuple[str, ...]) -> bool:
    if "threadline" not in line and "`" not in line:
        return False
    return all(re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", line) for w in path)


def test_readme_names_every_route(readme: str, root: Path) -> None:
    """Those of the rooms and of the API stand in a page of their own."""
    found = routes(root)
    assert {"/twilio/sms", "/healthz", "/readyz", "/metrics", "/room"} <= found
    assert "infra/rooms.md" in readme
    told = set(re.findall(r"`(/[^`]*)`", (root / "infra/rooms.md").read_text()))
    missing = found - told
    assert [path for path in sorted(missing) if path not in readme] == []
    strangers = {path for path in told if path.startswith("/room/")} - found
    assert strangers == set(), "addresses that nothing answers"
