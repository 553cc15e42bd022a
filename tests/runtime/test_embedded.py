"""Embedded Postgres and Redis, shared by processes that may die at any time."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest
import redis

from app.runtime.embedded import ServicesError, services
from app.runtime.keys import read_local_settings
from app.runtime.own_redis import program
from app.runtime.places import ACCOUNT, socket_directory
from app.runtime.processes import command_line, pid_in
from app.runtime.settings import Settings

USER = """
import sys
from app.runtime.embedded import services
from app.runtime.keys import read_local_settings
with services(read_local_settings({"THREADLINE_HOME": sys.argv[1]})) as found:
    print(found.database_url, found.redis_url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Give a directory outside pytest's own.

    Each pytest that starts shuts that one to other accounts, and where we are
    root Postgres is one.
    """
    with TemporaryDirectory(prefix="tl-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    found = read_local_settings({"THREADLINE_HOME": str(tmp_path / "home")})
    yield found
    with services(found):
        pass  # Whatever a test left running is stopped by its last user.
    assert not postmaster(found)
    shutil.rmtree(socket_directory(found.home), ignore_errors=True)


@contextmanager
def another_user(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline()


def leave(process: "subprocess.Popen[str]") -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def ask(database_url: str, *statements: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(database_url)
        try:
            for statement in statements:
                answer = await connection.fetchval(statement)
        finally:
            await connection.close()
        return answer

    return asyncio.run(run())


def postmaster(settings: Settings) -> int | None:
    pid = pid_in(settings.home / "postgres" / "postmaster.pid")
    return pid if pid is not None and command_line(pid) else None


def redis_pid(settings: Settings) -> int | None:
    pid = pid_in(settings.home / "redis" / "redis.pid")
    return pid if pid is not None and command_line(pid) else None


def test_both_answer_on_sockets_only_and_stop_with_the_last_user(
    settings: Settings,
) -> None:
    with services(settings) as found:
        assert ask(found.database_url, "SHOW listen_addresses") == ""
        assert ask(found.database_url, "SHOW fsync") == "on"
        assert ask(found.database_url, "SHOW max_connections") == "100"
        assert ask(found.database_url, "SELECT lower('আZ')") == "আz"
        client = redis.Redis.from_url(found.redis_url)
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }
        client.close()
        assert postmaster(settings)
        assert redis_pid(settings)
    assert postmaster(settings) is None
    assert redis_pid(settings) is None


def test_nobody_else_may_look_into_the_home(settings: Settings) -> None:
    with services(settings):
        pass
    for path in settings.home.iterdir():
        assert path.stat().st_mode & 0o066 == 0, path.name
    assert settings.home.stat().st_mode & 0o066 == 0


def test_two_processes_that_start_together_share_one_server(
    settings: Settings,
) -> None:
    with another_user(settings) as one, another_user(settings) as other:
        assert wait_for(one) == wait_for(other)
        server = postmaster(settings)
        leave(one)
        assert postmaster(settings) == server
        assert redis_pid(settings)
        leave(other)
    assert postmaster(settings) is None
    assert redis_pid(settings) is None


def test_kill_9_of_the_owner_and_a_start_at_once_lose_nothing(
    settings: Settings,
) -> None:
    with another_user(settings) as owner:
        address = wait_for(owner).split()[0]
        ask(address, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
        owner.kill()
        with services(settings) as found:
            assert ask(found.database_url, "SELECT n FROM kept") == 7
    assert postmaster(settings) is None


def test_kill_9_of_a_user_leaves_the_others_their_server(settings: Settings) -> None:
    with services(settings) as found:
        with another_user(settings) as other:
            wait_for(other)
            other.kill()
        with another_user(settings) as third:
            wait_for(third)
            leave(third)
        assert ask(found.database_url, "SELECT 1") == 1


def test_kill_9_of_everything_loses_nothing(settings: Settings) -> None:
    with another_user(settings) as owner:
        address = wait_for(owner).split()[0]
        ask(address, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
        server, carrier = postmaster(settings), redis_pid(settings)
        assert server
        assert carrier
        owner.kill()
        os.kill(server, signal.SIGKILL)
        os.kill(carrier, signal.SIGKILL)
        with services(settings) as found:
            assert ask(found.database_url, "SELECT n FROM kept") == 7
            assert redis.Redis.from_url(found.redis_url).ping()
            assert postmaster(settings) != server


def test_a_zombie_named_in_the_pid_files_is_not_a_server(settings: Settings) -> None:
    with services(settings):
        pass
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # dead and unburied
    os.kill(zombie.pid, 0)  # what takes it for alive
    leave_pid_files(settings, zombie.pid)

    with services(settings) as found:
        assert ask(found.database_url, "SELECT 1") == 1
        assert redis.Redis.from_url(found.redis_url).ping()
    zombie.wait()


def test_a_pid_that_another_program_has_now_is_not_a_server(
    settings: Settings,
) -> None:
    with services(settings):
        pass
    leave_pid_files(settings, os.getpid())

    with services(settings) as found:
        assert ask(found.database_url, "SELECT 1") == 1
        assert redis.Redis.from_url(found.redis_url).ping()


def leave_pid_files(settings: Settings, pid: int) -> None:
    data, sockets = settings.home / "postgres", socket_directory(settings.home)
    now = int(time.time())
    lines = f"{pid}\n{data}\n{now}\n5432\n{sockets}/postgres\n\n  1  1\nready   \n"
    (data / "postmaster.pid").write_text(lines)
    (sockets / "postgres" / ".s.PGSQL.5432.lock").write_text(lines)
    (settings.home / "redis" / "redis.pid").write_text(f"{pid}\n")


def test_a_redis_that_does_not_answer_is_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runtime.own_redis._STUCK", 0.2)
    only_redis = replace(settings, database_url="postgresql://elsewhere/x")
    with services(only_redis), another_user(settings) as other:
        wait_for(other)
        stuck = redis_pid(settings)
        assert stuck
        os.kill(stuck, signal.SIGSTOP)
        with services(only_redis) as found:
            assert redis.Redis.from_url(found.redis_url).ping()
            assert redis_pid(settings) != stuck


def test_a_home_removed_under_its_servers_is_begun_anew(settings: Settings) -> None:
    with another_user(settings) as other:
        wait_for(other)
        old = (postmaster(settings), redis_pid(settings))
        other.kill()
        shutil.rmtree(settings.home)
        again = read_local_settings({"THREADLINE_HOME": str(settings.home)})
        with services(again) as found:
            assert ask(found.database_url, "SELECT 1") == 1
            assert redis.Redis.from_url(found.redis_url).ping()
            assert not any(command_line(pid) for pid in old if pid)
            assert None not in old


def test_a_layout_that_was_interrupted_is_begun_again(settings: Settings) -> None:
    draft = settings.home / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "half").write_text("")
    with services(settings) as found:
        assert ask(found.database_url, "SELECT 1") == 1
    assert not draft.exists()


def test_somebody_elses_files_in_our_place_are_left_alone(settings: Settings) -> None:
    precious = settings.home / "postgres" / "precious"
    precious.parent.mkdir(parents=True)
    precious.write_text("kept")
    with pytest.raises(ServicesError, match="no Postgres cluster"), services(settings):
        pass
    assert precious.read_text() == "kept"
    precious.unlink()


def test_a_deep_home_has_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a directory, rather deep"] * 6)
    settings = read_local_settings({"THREADLINE_HOME": str(deep)})
    try:
        with services(settings) as found, another_user(settings) as other:
            assert wait_for(other).split()[0] == found.database_url
            assert ask(found.database_url, "SELECT 1") == 1
            assert redis.Redis.from_url(found.redis_url).ping()
            assert socket_directory(deep).parent == Path("/tmp")
            assert socket_directory(deep).stat().st_mode & 0o066 == 0
    finally:
        shutil.rmtree(socket_directory(deep))


def test_addresses_that_are_given_are_used_and_nothing_starts(tmp_path: Path) -> None:
    given = read_local_settings(
        {
            "THREADLINE_HOME": str(tmp_path),
            "DATABASE_URL": "postgresql://db/t",
            "REDIS_URL": "redis://cache/0",
        }
    )
    with services(given) as found:
        assert (found.database_url, found.redis_url) == (
            "postgresql://db/t",
            "redis://cache/0",
        )
    assert {path.name for path in tmp_path.iterdir()} == {"secrets.env"}


def test_without_any_redis_the_start_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.runtime.own_redis.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServicesError) as refused:
        program()
    for hint in ("apt install redis-server", "brew install redis", "REDIS_URL"):
        assert hint in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_servers_of_their_own(tmp_path: Path) -> None:
    import pwd

    with services(read_local_settings({"THREADLINE_HOME": str(tmp_path / "roots")})):
        pass  # makes the account, which here stands for any ordinary user
    entry = pwd.getpwnam(ACCOUNT)
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, entry.pw_uid, entry.pw_gid)
    # The change of user comes last: our Python may lie where they cannot read.
    become = f"import encodings.ascii, os; os.setgroups([]); os.setgid({entry.pw_gid})"
    become += f"; os.setuid({entry.pw_uid})\nwith services("
    done = subprocess.run(
        [sys.executable, "-c", USER.replace("with services(", become), theirs / "home"],
        input="\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(socket_directory(theirs / "home"), ignore_errors=True)
    assert {path.stat().st_uid for path in theirs.rglob("*")} == {entry.pw_uid}
