"""Other processes: whether one really runs, and how to end it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A child that nobody waits for stays a zombie, and Python warns of a handle
# that is dropped while its process runs: servers outlive those who start them.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a server runs as where we are root."""

    uid: int
    gid: int

    def as_arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": ()}


def start_server(
    argv: Sequence[str | Path], *, log: Path, account: Account | None = None
) -> subprocess.Popen[bytes]:
    """Start a server that outlives us and that Ctrl-C in our terminal spares.

    Its environment is bare: PGOPTIONS or a locale of ours could change it.
    """
    with open(log, "ab", opener=_private) as output:
        process = subprocess.Popen(
            [os.fspath(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=bare_environment(),
            start_new_session=True,
            **(account.as_arguments() if account else {}),
        )
    _started[:] = [earlier for earlier in _started if earlier.poll() is None]
    _started.append(process)
    return process


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def bare_environment() -> dict[str, str]:
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "LC_ALL": "C", "TZ": "UTC"}


def command_line(pid: int) -> str | None:
    """Return the words of a living process, None for a dead one or a zombie."""
    for handle in _started:  # our own dead are buried before anyone looks
        handle.poll()
    if sys.platform.startswith("linux"):
        return _command_line_from_proc(pid)
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    state, _, words = shown.partition(" ")
    return words.strip() if state and not state.startswith("Z") else None


def _command_line_from_proc(pid: int) -> str | None:
    directory = Path("/proc") / str(pid)
    try:
        # The name, in parentheses, may itself hold blanks and parentheses.
        state = (directory / "stat").read_bytes().rpartition(b")")[2].split()[0]
        words = (directory / "cmdline").read_bytes()
    except (OSError, IndexError):
        return None
    if state in {b"Z", b"X"} or not words:
        return None
    return words.replace(b"\0", b" ").decode(errors="replace").strip()


def all_of(is_ours: Callable[[int], bool]) -> list[int]:
    """Return every process that is ours, whatever pid files say."""
    if sys.platform.startswith("linux"):
        names = os.listdir("/proc")
    else:
        names = subprocess.run(
            ["ps", "-ax", "-o", "pid="], capture_output=True, text=True, check=False
        ).stdout.split()
    return [int(name) for name in names if name.isdigit() and is_ours(int(name))]


def pid_in(file: Path) -> int | None:
    """Return the process id in the first line of a pid file."""
    try:
        return int(file.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def end(
    pid: int,
    is_ours: Callable[[int], bool],
    steps: Iterable[tuple[signal.Signals, float]],
) -> bool:
    """Send one signal after another, each with its seconds, until it is gone.

    The identity is checked again before every signal: ids are used again.
    """
    for kind, patience in steps:
        if not is_ours(pid):
            return True
        with suppress(ProcessLookupError):
            os.kill(pid, kind)
        if wait_until(lambda: not is_ours(pid), patience):
            return True
    return False


def wait_until(
    happened: Callable[[], bool], patience: float, *, pause: float = 0.02
) -> bool:
    """Ask until it is so, at growing pauses; False after `patience` seconds."""
    end_of_patience = time.monotonic() + patience
    while not happened():
        if time.monotonic() >= end_of_patience:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
    return True
