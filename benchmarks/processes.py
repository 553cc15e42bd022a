"""Processes that a measurement starts, and ends by their own id."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.ground import ROOT

PATIENCE = 120.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def running(
    argv: Sequence[str], env: Mapping[str, str], log: Path, *, folder: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one process with its output in a file; end it, and only it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], *, grace: float = 20.0) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def web(module: str, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """Run a web process until the caller is done; yield its process id."""
    argv = [sys.executable, "-m", *module.split()]
    with running(argv, env, log) as process:
        wait_for_port(int(env["PORT"]), process)
        yield process.pid


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when somebody answers HTTP there, whatever the answer is."""
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode}")
        if answers(f"http://127.0.0.1:{port}/healthz"):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nobody answers on port {port}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def client(port: int, requests: Path, *mode: object) -> dict[str, Any]:
    """Run `benchmarks.client` and return what it measured; all must be 200."""
    argv = [sys.executable, "-m", "benchmarks.client", str(port), str(requests)]
    done = subprocess.run(
        [*argv, *map(str, mode)],
        cwd=ROOT,
        capture_output=True,
        timeout=600,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    if set(told["statuses"]) != {"200"}:
        raise RuntimeError(f"not every text was answered: {told['statuses']}")
    return told


def worked_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far (Linux)."""
    line = Path(f"/proc/{pid}/stat").read_text("ascii")
    user, system = line.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> tuple[float, float]:
    """Return a process's RSS and PSS in megabytes (Linux)."""
    values = {"Rss": 0.0, "Pss": 0.0}
    with Path(f"/proc/{pid}/smaps_rollup").open(encoding="ascii") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in values:
                values[name] = int(rest.split()[0]) / 1024
    return values["Rss"], values["Pss"]
