"""Bringing a database up: once, whoever asks, and at no cost after that."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest

from app.runtime.embedded import services
from app.runtime.keys import read_local_settings
from app.store import migrate as migration
from app.store.migrate import MigrationError, check_head, head, migrate, pending


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with TemporaryDirectory(prefix="tl-") as home:
        settings = read_local_settings(
            {"THREADLINE_HOME": home, "REDIS_URL": "redis://nowhere"}
        )
        with services(settings) as found:
            yield found.database_url


@pytest.fixture
def database_url(server: str, request: pytest.FixtureRequest) -> str:
    name = f"t{abs(hash(request.node.name))}"
    ask(server, f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?", 1)


def ask(database_url: str, statement: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_the_head_file_names_the_one_head() -> None:
    check_head()


def test_a_head_file_that_lags_behind_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migration, "head", lambda: "20200101_long_ago")
    with pytest.raises(MigrationError, match="20200101_long_ago"):
        check_head()


def test_an_empty_database_is_brought_up_and_then_left_alone(
    database_url: str,
) -> None:
    missing = pending(database_url)
    assert missing[-1] == head()

    assert migrate(database_url) == missing
    assert ask(database_url, "SELECT version_num FROM alembic_version") == head()
    assert pending(database_url) == []
    assert migrate(database_url) == []


def test_nothing_to_do_takes_no_time_and_no_alembic(database_url: str) -> None:
    migrate(database_url)
    code = (
        "import sys, time; from app.store.migrate import migrate;"
        "begun = time.monotonic(); assert migrate(sys.argv[1]) == [];"
        "assert 'alembic' not in sys.modules; assert 'sqlalchemy' not in sys.modules;"
        "print(time.monotonic() - begun)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, database_url],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 0.5


def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    code = (
        "import sys; from app.store.migrate import migrate;print(*migrate(sys.argv[1]))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, database_url], stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=60)[0].split() for process in started]

    assert [process.returncode for process in started] == [0, 0, 0]
    applied = [output for output in outputs if output]
    assert len(applied) == 1
    assert applied[0][-1].decode() == head()


def test_a_database_from_the_future_is_refused(database_url: str) -> None:
    migrate(database_url)
    ask(database_url, "UPDATE alembic_version SET version_num = '29990101_later'")

    with pytest.raises(MigrationError, match="newer version"):
        pending(database_url)
    with pytest.raises(MigrationError, match="newer version"):
        migrate(database_url)


def test_a_lock_that_others_hold_is_not_waited_for_long(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts that come in would queue up behind the migration that waits."""
    for name in ("env.py", "script.py.mako"):
        (tmp_path / name).write_bytes((migration.MIGRATIONS / name).read_bytes())
    (tmp_path / "HEAD").write_text("20260101_waits\n")
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "waits.py").write_text(
        "from alembic import op\n"
        "revision, down_revision = '20260101_waits', None\n"
        "def upgrade(): op.execute('ALTER TABLE held ADD n int')\n"
    )
    monkeypatch.setattr(migration, "MIGRATIONS", tmp_path)
    ask(database_url, "CREATE TABLE held ()")

    async def run() -> float:
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute("LOCK TABLE held")
            begun = time.monotonic()
            with pytest.raises(Exception, match="lock timeout"):
                await asyncio.to_thread(migrate, database_url)
            waited = time.monotonic() - begun
        await connection.close()
        return waited

    assert 3.5 < asyncio.run(run()) < 8.0
    assert migrate(database_url) == ["20260101_waits"]
