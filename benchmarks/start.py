"""From `make run` to the first answered text, and what the processes weigh."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import httpx

from app.demo.places import BANGLADESH_LINE
from app.runtime.keys import read_local_settings
from app.runtime.settings import Settings
from app.simulator.phone import NotAnswered, send_text
from benchmarks.figures import Figure
from benchmarks.forms import texts
from benchmarks.ground import ROOT, Ground
from benchmarks.processes import free_port, memory, running
from benchmarks.sizes import Sizes

TEXTS = 200
_PATIENCE = 400.0
_LEFT_OUT = shutil.ignore_patterns(
    *(".venv", ".git", ".threadline", ".hypothesis", ".*_cache"),
    *("__pycache__", "*.egg-info", "*.mo"),
)
# What an operator's shell, or the make that runs us, would say otherwise.
_UNSAID = ("DATABASE_URL", "REDIS_URL", "PUBLIC_BASE_URL", "HOST", "VIRTUAL_ENV")
_WEIGHED = {"web": "app.cli serve", "worker": "-m workers"}


@dataclass(frozen=True, slots=True)
class Started:
    """One start: seconds to the first answer, and megabytes after the texts."""

    seconds: float
    weights: dict[str, tuple[float, float]]  # RSS and PSS by process


def measure(on: Ground, sizes: Sizes) -> list[Figure]:
    """Start a copy of the checkout from nothing, then once more.

    A quick look starts this checkout's own environment instead, twice.
    """
    home, argv, folder = (
        on.home / "start",
        [sys.executable, "-m", "app.cli", "run"],
        ROOT,
    )
    name = "threadline run"
    if sizes.installs:
        folder, argv, name = on.home / "checkout", ["make", "run"], "make run"
        shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    first = _start(home, argv, folder, texts_sent=1)
    second = _start(home, argv, folder, texts_sent=TEXTS)
    return [
        Figure(
            f"{name} to the first answered text, nothing there yet",
            f"{first.seconds:.1f} s",
            "environment made, packages cached" if sizes.installs else "no install",
        ),
        Figure(
            f"{name} to the first answered text, second start",
            f"{second.seconds:.1f} s",
            "5 s",
            ratio=second.seconds / 5,
            target="under 5 s",
            is_met=second.seconds < 5,
        ),
        *(_weight_figure(name, *weight) for name, weight in second.weights.items()),
    ]


def _start(
    home: Path, argv: Sequence[str], folder: Path, *, texts_sent: int
) -> Started:
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name not in _UNSAID}
    env |= {"THREADLINE_HOME": str(home), "PORT": str(port)}
    for name in [name for name in env if name.startswith(("MAKE", "MFLAGS"))]:
        del env[name]
    log = home.parent / "start.log"
    started = time.perf_counter()
    with running(argv, env, log, folder=folder) as process, _stopped(home):
        give_up_at = time.monotonic() + _PATIENCE
        while not _is_answered(home, port):
            if process.poll() is not None or time.monotonic() > give_up_at:
                told = log.read_text("utf-8", "replace").splitlines()[-8:]
                raise RuntimeError("\n".join(["the start failed:", *told]))
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        asyncio.run(_send(_settings(home, port), texts_sent))
        time.sleep(2)  # the worker sends what is owed
        weights = {
            name: memory(_find(process.pid, words)) for name, words in _WEIGHED.items()
        }
    return Started(seconds, weights)


@contextmanager
def _stopped(home: Path) -> Iterator[None]:
    """Have the supervisor end what it started, as Ctrl-C would."""
    try:
        yield
    finally:
        found = home / "run.json"
        if found.exists():
            pid = int(json.loads(found.read_bytes())["pid"])
            os.kill(pid, signal.SIGTERM)


def _settings(home: Path, port: int) -> Settings:
    settings = read_local_settings({"THREADLINE_HOME": str(home), "PORT": str(port)})
    return replace(settings, public_base_url=f"http://127.0.0.1:{port}")


def _is_answered(home: Path, port: int) -> bool:
    """Send the first text; nobody is there until everything is."""
    if not (home / "run.json").exists():
        return False
    try:
        asyncio.run(_send(_settings(home, port), 1))
    except NotAnswered:
        return False
    return True


async def _send(settings: Settings, number: int) -> None:
    async with httpx.AsyncClient() as client:
        for sender, body in islice(texts(), number):
            if not await send_text(client, settings, sender, body, BANGLADESH_LINE):
                raise RuntimeError("an empty answer")


def _find(root: int, words: str) -> int:
    """Return the process below `root` whose command line has these words."""
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        proc = Path(f"/proc/{pid}")
        line = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        if words in line and "make" not in line:
            return pid
        for task in proc.glob("task/*/children"):
            waiting += map(int, task.read_text("ascii").split())
    raise RuntimeError(f"no process runs {words}")


def _weight_figure(name: str, rss: float, pss: float) -> Figure:
    return Figure(
        f"memory of the {name} process after {TEXTS} texts",
        f"RSS {rss:.0f}, PSS {pss:.0f} MB",
        "150 MB",
        ratio=rss / 150,
        target="aim: under 150 MB",
        is_met=rss < 150,
    )
