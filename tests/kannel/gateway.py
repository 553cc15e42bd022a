"""Kannel's own processes, by the example that operators are given."""

import asyncio
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.chaos.processes import ROOT, free_port
from tests.kannel.waiting import until

EXAMPLE = ROOT / "infra" / "kannel" / "kannel.conf.example"
# Debian puts the boxes where only root looks, and fakesmsc where nobody does.
_BIN = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/usr/lib/kannel/test"

USER, PASSWORD, SECRET = "threadline", "sendsms-0nly-here", "a-secret-of-the-test"
_ADMIN = "admin-0nly-here"
RETRY_SECONDS = 1

# The phone's side in place of the operator's line.
_FAKE = """group = smsc
smsc = fake
smsc-id = operator
port = {port}
our-host = 127.0.0.1
connect-allow-ip = 127.0.0.1

"""


def program(name: str) -> str | None:
    """Return where one of Kannel's programs is; None where it is not installed."""
    return shutil.which(name, path=_BIN)


def is_installed() -> bool:
    return all(program(name) for name in ("bearerbox", "smsbox", "fakesmsc"))


@dataclass(frozen=True)
class Ports:
    """Where everything listens; all of it on 127.0.0.1."""

    admin: int = field(default_factory=free_port)
    boxes: int = field(default_factory=free_port)
    sendsms: int = field(default_factory=free_port)
    smsc: int = field(default_factory=free_port)


def configuration(ports: Ports, folder: Path, hotline: str) -> str:
    """Return the example with the test's ports, folders, secrets and SMSC.

    Whatever is replaced must be there, once: what the tests run with is what
    operators read.
    """
    text = EXAMPLE.read_text(encoding="utf-8")
    for found, put in (
        (r"^admin-port = 13000$", f"admin-port = {ports.admin}"),
        (r"^smsbox-port = 13001$", f"smsbox-port = {ports.boxes}"),
        (r"^bearerbox-port = 13001$", f"bearerbox-port = {ports.boxes}"),
        (r"^sendsms-port = 13013$", f"sendsms-port = {ports.sendsms}"),
        (r"/var/log/kannel/bearerbox\.log", f"{folder}/bearerbox.log"),
        (r"/var/log/kannel/smsbox\.log", f"{folder}/smsbox.log"),
        (r"/var/spool/kannel/store$", f"{folder}/store"),
        (r"/var/spool/kannel/dlr$", f"{folder}/dlr"),
        (r"^http-queue-delay = 10$", f"http-queue-delay = {RETRY_SECONDS}"),
        (r"^sms-resend-freq = 30$", "sms-resend-freq = 1"),
        (r"CHANGE-admin-password$", _ADMIN),
        (r"CHANGE-sendsms-password$", PASSWORD),
        (r'(?<=^get-url = ")http://127\.0\.0\.1:8000(?=/)', hotline),
        (r"(?<=/k/)CHANGE-secret(?=\?)", SECRET),
        (r"^group = smsc\n(?:.+\n)+\n", _FAKE.format(port=ports.smsc)),
    ):
        text, count = re.subn(found, put, text, flags=re.MULTILINE)
        assert count == 1, f"{found} is in the example {count} times"
    return text


@dataclass
class Kannel:
    """A bearerbox and a smsbox, each ended by its own id."""

    folder: Path
    hotline: str
    ports: Ports = field(default_factory=Ports)
    boxes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("store", "dlr"):
            (self.folder / name).mkdir(parents=True)
        text = configuration(self.ports, self.folder, self.hotline)
        (self.folder / "kannel.conf").write_text(text, encoding="utf-8")

    def rewrite(self, found: str, put: str) -> None:
        """Change one line of the configuration for the next start."""
        path = self.folder / "kannel.conf"
        text = path.read_text(encoding="utf-8")
        assert text.count(found) == 1
        path.write_text(text.replace(found, put), encoding="utf-8")

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self.ports.sendsms}"

    async def start(self, *names: str) -> None:
        """Start the boxes, in order: a smsbox without a bearerbox ends at once."""
        for name in names or ("bearerbox", "smsbox"):
            self.boxes[name] = self._box(name)
            await self.until("smsbox:" if name == "smsbox" else "Status:")

    def _box(self, name: str) -> subprocess.Popen[bytes]:
        path = program(name)
        assert path is not None
        with (self.folder / f"{name}.out").open("ab") as out:
            return subprocess.Popen(
                [path, "-v", "4", "kannel.conf"],
                cwd=self.folder,
                stdout=out,
                stderr=out,
            )

    async def kill(self, *names: str) -> None:
        """kill -9; a smsbox ends by itself where its bearerbox is gone."""
        for name in names:
            await self._end(name, signal.SIGKILL)

    async def stop(self, *names: str) -> None:
        for name in names or ("smsbox", "bearerbox"):
            await self._end(name, signal.SIGTERM)

    async def _end(self, name: str, how: signal.Signals) -> None:
        box = self.boxes.pop(name, None)
        if box is None:
            return
        box.send_signal(how)
        try:
            await asyncio.to_thread(box.wait, 10)
        except subprocess.TimeoutExpired:
            box.kill()
            box.wait()

    def kill_all(self) -> None:
        for box in self.boxes.values():
            box.kill()
            box.wait()
        self.boxes.clear()

    async def status(self) -> str:
        """Return Kannel's own account; blank where the bearerbox is not there."""
        url = f"http://127.0.0.1:{self.ports.admin}/status.txt"
        async with httpx.AsyncClient() as client:
            try:
                answer = await client.get(url, params={"password": _ADMIN})
            except httpx.TransportError:
                return ""
        return answer.text

    async def until(self, words: str) -> None:
        """Wait until the account has these words."""

        async def is_there() -> bool:
            return words in await self.status()

        await until(is_there)

    def stored(self) -> int:
        """Return how many texts wait in the bearerbox's folder."""
        return sum(path.is_file() for path in (self.folder / "store").rglob("*"))

    async def until_stored(self, count: int) -> None:
        async def are_stored() -> bool:
            return self.stored() == count

        await until(are_stored)

    def told(self) -> Mapping[str, str]:
        """Return what the boxes wrote, by file."""
        return {
            path.name: path.read_text(encoding="utf-8", errors="replace")
            for path in (*self.folder.glob("*.log"), *self.folder.glob("*.out"))
        }
