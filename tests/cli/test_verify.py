"""The verifier as an auditor runs it: by our command, and alone."""

import asyncio
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyrage
import pytest
from typer.testing import CliRunner

from app.cli.verbs import app
from app.domain.heads import head_text
from app.store import heads
from app.store.engine import Store
from app.verifier import verify_ledger
from tests.builders import GAZIPUR
from tests.cli.test_ledger_export import (
    IDENTITY,
    SIGNING,
    a_mandate,
    exported,
    live,
    opened,
    talk,
    template,
)
from tests.stories.telling import Telling
from tests.verifier.book import KEY as BOOKS_KEY, a_book, zipped

__all__ = ["talk", "template"]  # fixtures

KEY = str(SIGNING.public)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an export, its opened part, heads, a key, and the verifier."""
    book = a_book()
    inner = zipped(book.opened())
    outer = book.parts(inner, lambda body: pyrage.encrypt(body, [IDENTITY.to_public()]))
    (tmp_path / "export.zip").write_bytes(zipped(outer))
    (tmp_path / "opened.zip").write_bytes(inner)
    for made in book.heads:
        path = tmp_path / f"head-{made.head.number}.json"
        path.write_text(head_text(made.file()))
    return with_tools(tmp_path)


def with_tools(folder: Path) -> Path:
    (folder / "key.txt").write_text(f"# kept by the auditor\n{IDENTITY}\n")
    code = Path(verify_ledger.__file__).read_bytes()
    (folder / "verify_ledger.py").write_bytes(code)
    return folder


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the file as it lies in the export: Python, and nothing else."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify_ledger.py", "export.zip", *arguments],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def by_command(*arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["verify", *arguments, "--json"])
    return result.exit_code, json.loads(result.stdout)


def held_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("head-*.json"))


async def test_an_export_of_a_real_database_verifies(
    store: Store, talk: Telling, tmp_path: Path
) -> None:
    await live(talk)
    await a_mandate(store, sites=(GAZIPUR,))
    await exported(talk, tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as outer:
        plain = opened(outer).fp
    assert plain is not None
    plain.seek(0)
    (tmp_path / "opened.zip").write_bytes(plain.read())
    async with store.transaction() as tx:
        async for kept in heads.up_to(tx, 10**6):
            text = head_text(kept.file())
            (tmp_path / f"head-{kept.number}.json").write_text(text)

    asked = ("--opened", "opened.zip", "--key", KEY, "--head", *held_in(tmp_path))
    with_tools(tmp_path)
    done = await asyncio.to_thread(alone, tmp_path, *asked, "--json")
    verdict = json.loads(done.stdout)
    assert verdict["problems"] == [], done.stdout
    assert (verdict["ok"], done.returncode) == (True, 0)
    assert verdict["notes"] == [
        "No release is in it: what was published is not judged."
    ]
    counts = verdict["counts"]
    assert counts["heads"] == counts["held_heads"] == len(held_in(tmp_path))
    assert counts["opened"] > 0 < counts["unopened"]
    # One case of its only quarter was sensitive, and one is forgotten.
    assert counts["due_times"] > 0 < counts["due_times_unopened"]
    assert counts["figures"] == 0 < counts["figures_unopened"]


def test_the_command_says_what_the_file_alone_says(folder: Path) -> None:
    held = held_in(folder)
    asked = ("--opened", "opened.zip", "--key", str(BOOKS_KEY.public))
    done = alone(folder, *asked, "--head", *held, "--json")
    verdict = json.loads(done.stdout)
    assert (verdict["ok"], verdict["notes"], done.returncode) == (True, [], 0)
    heads = [str(folder / path) for path in held]
    repeated = [text for path in heads for text in ("--head", path)]
    keys = ("--identity", str(folder / "key.txt"), "--key", str(BOOKS_KEY.public))
    for arguments in (
        (str(folder / "export.zip"), *keys, *repeated),
        (str(folder / "export.zip"), *keys, "--head", *heads),
        (str(folder / "export.zip"), "--head", *heads, *keys),
    ):
        assert by_command(*arguments) == (0, verdict)


def test_without_heads_or_key_it_says_what_it_cannot_judge(folder: Path) -> None:
    done = alone(folder)
    assert done.returncode == 0
    assert "You gave no head" in done.stdout
    assert "own word" in done.stdout
    assert "The events stay closed" in done.stdout
    assert done.stdout.endswith("Everything here follows.\n")


def test_a_byte_that_was_edited_is_named(folder: Path) -> None:
    edited = folder / "edited.zip"
    with (
        zipfile.ZipFile(folder / "export.zip") as source,
        zipfile.ZipFile(edited, "w") as target,
    ):
        for name in source.namelist():
            body = source.read(name)
            if name == "chain.jsonl":
                body = body.replace(b"a", b"b", 2)
            target.writestr(name, body)
    code, verdict = by_command(str(edited))
    assert (code, verdict["ok"]) == (1, False)
    assert any(p["where"] == "chain.jsonl" for p in verdict["problems"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["key.txt"], "cannot be read as a zip file", id="no-zip"),
        pytest.param(["nowhere.zip"], "cannot be read as a zip file", id="no-file"),
        pytest.param(
            ["export.zip", "--head", "key.txt"], "is no JSON", id="no-head-at-all"
        ),
        pytest.param(
            ["export.zip", "head-1.json"], "write --head before", id="no-option"
        ),
        pytest.param(
            ["export.zip", "--key", "TLK1-AAAA"], "no public key", id="no-key"
        ),
        pytest.param(
            ["opened.zip", "--identity", "key.txt"],
            "without a mandate",
            id="nothing-closed-in-it",
        ),
        pytest.param(
            ["export.zip", "--identity", "head-1.json"],
            "no age identity",
            id="no-identity",
        ),
    ],
)
def test_what_cannot_be_read_is_said(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, ["verify", *arguments])
    assert (result.exit_code, said in result.stdout.replace("\n", " ")) == (2, True)
