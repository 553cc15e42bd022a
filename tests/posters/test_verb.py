"""`threadline posters` as somebody types it, on a database of its own."""

import asyncio
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.demo.programme import files
from tests.conftest import Ground, on_server
from tests.posters.pages import sizes_in_mm, texts

SITE = "482170"

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def database(ground: Ground) -> Iterator[str]:
    name = f"posters_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}"'))
    yield ground.database(name)
    asyncio.run(on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for one database: its keys open what they have sealed."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def run(
    database: str,
    home: Path,
    ground: Ground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run one verb in this process; return its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THREADLINE_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("REDIS_URL", ground.redis_url)
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://line.example")

    def one(*argv: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["threadline", *argv])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        heard = capsys.readouterr()
        return code, " ".join((heard.out + heard.err).split())

    return one


def test_from_no_programme_to_a_wall_of_posters(run: Run, tmp_path: Path) -> None:
    code, said = run("posters", "--site", "all")
    assert (code, "threadline import sites" in said) == (1, True)

    programme = files()
    for kind, content in programme.items():
        (tmp_path / f"{kind}.csv").write_text(content, encoding="utf-8")
    assert run("import", "sites", "sites.csv")[0] == 0
    code, said = run("posters", "--site", SITE)
    assert (code, "numbers.csv" in said) == (1, True)
    assert run("import", "numbers", "numbers.csv")[0] == 0

    code, said = run("posters", "--site", SITE, "--languages", "bn,en")
    assert (code, said) == (0, f"posters-{SITE}-a4.pdf: a4, {SITE}.")
    made = (tmp_path / f"posters-{SITE}-a4.pdf").read_bytes()
    assert sizes_in_mm(made) == [(210, 297)]
    assert f"line.example/s/{SITE}" in texts(made)[0].replace("\u200b", "")

    argv = ("--site", "all", "--format", "card", "--languages", "en", "--out", "x.pdf")
    assert run("posters", *argv)[0] == 0
    sites = programme["sites"].count("\n") - 1
    assert len(sizes_in_mm((tmp_path / "x.pdf").read_bytes())) == 2 * sites

    argv = ("--site", SITE, "--site", "999999", "--png")
    code, said = run("posters", *argv)
    assert (code, "No site has the code 999999" in said) == (1, True)

    argv = ("--site", SITE, "--format", "sticker", "--png")
    assert run("posters", *argv)[0] == 0
    picture = (tmp_path / f"posters-{SITE}-sticker.png").read_bytes()
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param((), id="no-site"),
        pytest.param(("--site", SITE, "--format", "a5"), id="no-such-paper"),
        pytest.param(("--site", SITE, "--languages", "bn,fr"), id="no-such-language"),
    ],
)
def test_wrong_usage_is_two(run: Run, argv: tuple[str, ...]) -> None:
    assert run("posters", *argv)[0] == 2


def test_a_qr_that_leads_nowhere_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "http://127.0.0.1:8000")
    code, said = run("posters", "--site", SITE, "--png")
    assert (code, "set PUBLIC_BASE_URL" in said) == (0, True)
