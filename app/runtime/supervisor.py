"""Web and worker as one command: started, started again, stopped together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import structlog

STOP_WITH_PARENT = "THREADLINE_STOP_WITH_PARENT"  # set by the Makefile
DO_NOT_RESTART = 78  # EX_CONFIG: it would only fail in the same way again

_PARENT_PIPE = "THREADLINE_PARENT_PIPE"
_GRACE = 20.0
_LONGEST_PAUSE = 30.0
_SETTLED = 60.0  # a child that lived this long starts again without a pause
_TICK = 0.1

_log = structlog.get_logger()


@dataclass(slots=True)
class _Child:
    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0


def supervise(
    commands: Sequence[tuple[str, Sequence[str]]],
    env: Mapping[str, str],
    *,
    grace: float = _GRACE,
) -> int:
    """Run the commands until SIGINT or SIGTERM; return the exit code.

    A child that dies is started again, after a pause that doubles from half a
    second. One that exits with `DO_NOT_RESTART` ends all with that code. On
    the first signal the children get SIGTERM and `grace` seconds; on a second
    one, or after that, SIGKILL. Call it from the main thread.
    """
    return _Supervisor(commands, env, grace).run()


class _Supervisor:
    def __init__(
        self,
        commands: Sequence[tuple[str, Sequence[str]]],
        env: Mapping[str, str],
        grace: float,
    ) -> None:
        self._children = [_Child(name, argv) for name, argv in commands]
        self._env = env
        self._grace = grace
        self._signals = 0
        self._parent = os.getppid() if env.get(STOP_WITH_PARENT) == "1" else None

    def run(self) -> int:
        # Nobody writes to the pipe. Its end closes with us, however we die,
        # and the children, who hold the other end, read that.
        children_end, our_end = os.pipe()
        earlier = {
            kind: signal.signal(kind, self._hear)
            for kind in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            return self._watch(children_end)
        finally:
            self._stop()
            for kind, handler in earlier.items():
                signal.signal(kind, handler)
            os.close(children_end)
            os.close(our_end)

    def _hear(self, _kind: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _watch(self, pipe: int) -> int:
        while not self._signals:
            # make has no way to tell its child that it was killed.
            if self._parent is not None and os.getppid() != self._parent:
                break
            for child in self._children:
                if child.process is None:
                    if time.monotonic() >= child.start_at:
                        self._start(child, pipe)
                elif (code := child.process.poll()) is not None:
                    if code == DO_NOT_RESTART:
                        return code
                    self._bury(child, code)
            time.sleep(_TICK)
        return 0

    def _start(self, child: _Child, pipe: int) -> None:
        # In a process group of its own: Ctrl-C reaches us alone, and the
        # child hears of it once.
        child.process = subprocess.Popen(
            child.argv,
            env={**self._env, _PARENT_PIPE: str(pipe)},
            stdin=subprocess.DEVNULL,
            pass_fds=(pipe,),
            process_group=0,
        )
        child.started_at = time.monotonic()

    def _bury(self, child: _Child, code: int) -> None:
        child.process = None
        now = time.monotonic()
        if now - child.started_at > _SETTLED:
            child.deaths = 0
        child.deaths += 1
        pause = min(0.5 * 2 ** (child.deaths - 1), _LONGEST_PAUSE)
        child.start_at = now + pause
        _log.warning(
            "process.died", process=child.name, exit_code=code, restart_in=pause
        )

    def _stop(self) -> None:
        heard = self._signals
        living = [child.process for child in self._children if child.process]
        for process in living:
            process.terminate()
        give_up_at = time.monotonic() + self._grace
        while any(process.poll() is None for process in living):
            if time.monotonic() > give_up_at or self._signals > heard:
                for process in living:
                    process.kill()
                for process in living:
                    process.wait()
            time.sleep(_TICK / 5)


def exit_with_parent(*, grace: float = 10.0) -> None:
    """Have this process end when its supervisor does, even by kill -9.

    It gets SIGTERM, so that what is under way is finished and the port is free
    at once, and is ended after `grace` seconds. Does nothing where there is no
    supervisor. Call it first thing, from the main thread.
    """
    number = os.environ.pop(_PARENT_PIPE, "")
    if not number:
        return
    pipe = int(number)
    os.set_inheritable(pipe, False)

    def wait() -> None:
        with suppress(OSError):
            os.read(pipe, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=wait, name="exit-with-parent", daemon=True).start()


class PortTaken(Exception):
    """Another process listens there, and kept listening while we waited."""


def listen(host: str, port: int, *, patience: float = 10.0) -> socket.socket:
    """Return a listening socket; wait for one who is just going to leave.

    After kill -9 of a supervisor its web process lives for a moment longer.
    Raises `PortTaken`, or `OSError` where the address is not this machine's.
    """
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    give_up_at = time.monotonic() + patience
    while True:
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            if time.monotonic() > give_up_at:
                raise PortTaken(
                    f"Port {port} is in use by another program: end it, or set PORT."
                ) from None
            time.sleep(0.1)
        else:
            return listener
