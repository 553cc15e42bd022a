"""Web and worker under one supervisor: real processes, real signals."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.runtime.processes import command_line
from app.runtime.supervisor import PortTaken, listen

SUPERVISOR = """
import os, sys
from app.runtime.logs import configure_logs
from app.runtime.supervisor import supervise
configure_logs()
child = [sys.executable, sys.argv[1], sys.argv[2]]
env = dict(os.environ)
sys.exit(supervise([("web", [*child, "web"]), ("worker", [*child, "worker"])], env,
                   grace=float(sys.argv[3])))
"""

# Writes what happens to it into the directory, a file an event.
CHILD = """
import os, signal, sys, time
from pathlib import Path
from app.runtime.supervisor import exit_with_parent
directory, name = Path(sys.argv[1]), sys.argv[2]
def tell(event):
    with (directory / f"{name}.{event}").open("a") as file:
        file.write(f"{os.getpid()}\\n")
def stop(kind, frame):
    tell(signal.Signals(kind).name)
    if not (directory / "stubborn").exists():
        sys.exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
exit_with_parent(grace=1.0)
tell("started")
if (directory / f"{name}.misconfigured").exists():
    sys.exit(78)
while True:
    time.sleep(0.05)
"""


def until(happened: Callable[[], object], seconds: float = 15.0) -> None:
    give_up_at = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.02)


def pids(directory: Path, event: str) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(line) for line in (directory / event).read_text().split()]
    return []


def alive(*found: int) -> bool:
    return any(command_line(pid) is not None for pid in found)


@contextmanager
def supervisor(
    directory: Path, grace: float = 20.0, *, under: tuple[str, ...] = ()
) -> Iterator["subprocess.Popen[bytes]"]:
    script = directory / "child.py"
    script.write_text(CHILD)
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*under, sys.executable, "-c", SUPERVISOR, script, directory, str(grace)],
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    with process:
        try:
            until(
                lambda: (
                    pids(directory, "web.started") and pids(directory, "worker.started")
                )
            )
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_both_once_and_in_order(
    tmp_path: Path, kind: signal.Signals
) -> None:
    with supervisor(tmp_path) as process:
        # The whole group, as a terminal's Ctrl-C does.
        os.killpg(process.pid, kind)
        assert process.wait(15) == 0
    for name in ("web", "worker"):
        assert len(pids(tmp_path, f"{name}.SIGTERM")) == 1
        assert pids(tmp_path, f"{name}.SIGINT") == []
        assert not alive(*pids(tmp_path, f"{name}.started"))


def test_a_child_that_does_not_stop_is_killed_after_the_grace(tmp_path: Path) -> None:
    (tmp_path / "stubborn").touch()
    with supervisor(tmp_path, grace=0.5) as process:
        process.terminate()
        assert process.wait(15) == 0
    assert pids(tmp_path, "web.SIGTERM")
    assert not alive(*pids(tmp_path, "web.started"), *pids(tmp_path, "worker.started"))


def test_a_second_signal_does_not_wait_for_the_grace(tmp_path: Path) -> None:
    (tmp_path / "stubborn").touch()
    with supervisor(tmp_path, grace=60.0) as process:
        process.terminate()
        until(lambda: pids(tmp_path, "web.SIGTERM"))
        process.terminate()
        assert process.wait(15) == 0


def test_a_child_that_dies_is_started_again_and_the_other_goes_on(
    tmp_path: Path,
) -> None:
    with supervisor(tmp_path) as process:
        os.kill(pids(tmp_path, "worker.started")[0], signal.SIGKILL)
        until(lambda: len(pids(tmp_path, "worker.started")) == 2)
        assert len(pids(tmp_path, "web.started")) == 1
        assert process.poll() is None
        log = (tmp_path / "log").read_text()
    assert '"process.died"' in log
    assert '"process": "worker"' in log


def test_a_child_that_cannot_work_ends_all_with_its_code(tmp_path: Path) -> None:
    with supervisor(tmp_path) as process:
        (tmp_path / "web.misconfigured").touch()
        os.kill(pids(tmp_path, "web.started")[0], signal.SIGKILL)
        assert process.wait(15) == 78
    assert not alive(*pids(tmp_path, "worker.started"))


def test_kill_9_of_the_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    with supervisor(tmp_path) as process:
        process.kill()
        children = pids(tmp_path, "web.started") + pids(tmp_path, "worker.started")
        until(lambda: not alive(*children), 3.0)
    assert pids(tmp_path, "web.SIGTERM")


def test_a_stubborn_child_does_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    (tmp_path / "stubborn").touch()
    with supervisor(tmp_path) as process:
        process.kill()
        children = pids(tmp_path, "web.started") + pids(tmp_path, "worker.started")
        until(lambda: not alive(*children), 5.0)


def test_kill_9_of_make_stops_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADLINE_STOP_WITH_PARENT", "1")
    # The shell stands for make: it waits for its child and is killed.
    shell = ("sh", "-c", '"$@" & wait', "sh")
    with supervisor(tmp_path, under=shell) as process:
        process.kill()
        children = pids(tmp_path, "web.started") + pids(tmp_path, "worker.started")
        until(lambda: not alive(*children), 5.0)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_a_port_that_becomes_free_is_waited_for() -> None:
    port = free_port()
    leaving = listen("127.0.0.1", port)
    timer = threading.Timer(0.5, leaving.close)
    timer.start()
    with listen("127.0.0.1", port, patience=10.0) as listener:
        assert listener.getsockname() == ("127.0.0.1", port)
    timer.join()


def test_a_port_that_stays_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is in use"):
            listen("127.0.0.1", port, patience=0.2)
