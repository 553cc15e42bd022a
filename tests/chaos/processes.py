"""Real processes that are really killed, and the ends that they talk to."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from aiosmtpd.controller import Controller

from app.simulator.sign import signature, text_form

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))
PEPPER = "the pepper of the tests of chaos"
ACCOUNT, TOKEN = "ACe287d7109a5a925f182f0e07fe5b2200", "a token of the test"
BASE = "https://hotline.example"

# `make test-all` runs the sizes that are promised, `make test` smaller ones.
IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def environment(
    database_url: str, home: Path, *, redis_url: str, smtp_port: int, port: int
) -> dict[str, str]:
    """Return what `serve` and `worker` need; nothing of this shell's own."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "THREADLINE_HOME": str(home),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_BASE_URL": BASE,
        "THREADLINE_KEYS": urlsafe_b64encode(KEY).decode(),
        "THREADLINE_PEPPER": PEPPER.replace(" ", "-"),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN.replace(" ", "-"),
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "SWEEP_SECONDS": "0.5",
        "THREADLINE_DIGEST_SECONDS": "0",
    }


@dataclass
class Running:
    """Processes started by a test; each is ended by its own id."""

    env: Mapping[str, str]
    logs: Path
    alive: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *module: str) -> subprocess.Popen[bytes]:
        with self.logs.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                env=dict(self.env),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.alive.append(process)
        return process

    def start_web(self) -> subprocess.Popen[bytes]:
        return self.start("app.cli", "serve")

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start("workers")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, and the corpse is taken away."""
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.alive.remove(process)

    def kill_all(self) -> None:
        for process in list(self.alive):
            self.kill(process)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.env['PORT']}"

    async def until_ready(self, *, within: float = 30.0) -> float:
        """Wait for the web process; return how long it took."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with httpx.AsyncClient() as client, asyncio.timeout(within):
            while True:
                try:
                    answer = await client.get(f"{self.address}/readyz")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    return loop.time() - started
                await asyncio.sleep(0.05)

    def told(self) -> str:
        return self.logs.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True)
class Stimulus:
    """One text that the provider sends, however often it must."""

    sid: str
    phone: str
    line: str
    text: str

    def request(self) -> tuple[bytes, dict[str, str]]:
        form = text_form(
            sender=self.phone,
            to=self.line,
            body=self.text,
            account_sid=ACCOUNT,
            message_sid=self.sid,
            segments=1,
        )
        signed = signature(f"{BASE}/twilio/sms", form, TOKEN.replace(" ", "-"))
        headers = {
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "x-twilio-signature": signed,
        }
        return urlencode(form).encode(), headers


class Ledger:
    """What the driver itself knows: sent, acknowledged, refused, unknown."""

    def __init__(self, stimuli: list[Stimulus]) -> None:
        self.stimuli = stimuli
        self.answers: dict[str, list[bytes]] = {s.sid: [] for s in stimuli}
        self.classes: Counter[str] = Counter()

    @property
    def acked(self) -> set[str]:
        return {sid for sid, answers in self.answers.items() if answers}

    async def until_acked(self, goal: int, burst: asyncio.Task[None]) -> None:
        while len(self.acked) < goal:
            if burst.done():
                return
            await asyncio.sleep(0.002)

    async def send(self, client: httpx.AsyncClient, one: Stimulus, url: str) -> None:
        body, headers = one.request()
        try:
            answer = await client.post(url, content=body, headers=headers)
        except httpx.TransportError:
            self.classes["unknown"] += 1
            return
        if answer.is_success:
            self.answers[one.sid].append(answer.content)
            self.classes["acked"] += 1
        else:
            self.classes[f"status {answer.status_code}"] += 1

    async def send_all(
        self, stimuli: list[Stimulus], address: str, *, at_once: int = 16
    ) -> None:
        """Send everything in order, so many at a time."""
        waiting = iter(stimuli)
        limits = httpx.Limits(max_connections=at_once)
        async with httpx.AsyncClient(limits=limits, timeout=30) as client:

            async def lane() -> None:
                for one in waiting:
                    await self.send(client, one, f"{address}/twilio/sms")

            await asyncio.gather(*(lane() for _ in range(at_once)))


class Letterbox:
    """An SMTP server that takes everything and remembers each Message-ID.

    But for the hourly heads of the ledger: they go to their witnesses whatever else
    happens, and are no part of these stories.
    """

    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []  # Message-ID, addressee
        self.bodies: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        raw = envelope.content.decode("utf-8", "replace")
        if re.search(r"^Subject: Heads .*ledger\r?$", raw, re.MULTILINE):
            return "250 OK"
        found = re.search(r"^Message-ID: (\S+)\r?$", raw, re.MULTILINE)
        assert found is not None
        with self._lock:
            self.received.append((found[1], envelope.rcpt_tos[0]))
            # The hour in which it is sent is no part of what it says.
            alike = re.sub(r"^Date: .*\r?\n", "", raw, flags=re.MULTILINE)
            self.bodies.setdefault(found[1], set()).add(alike)
        return "250 OK"

    def ids(self) -> set[str]:
        """Return the public ids that came: a Message-ID is <public id@host>."""
        return {each.strip("<>").partition("@")[0] for each, _ in self.received}


@contextmanager
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    box, port = Letterbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()
