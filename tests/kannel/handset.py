"""Kannel's own fakesmsc as the operator: what phones write, and what they get."""

import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tests.kannel.gateway import program
from tests.kannel.waiting import until

_GOT = re.compile(
    r"Got message \d+: <(?P<sender>\S+) (?P<phone>\S+) (?:udh (?P<udh>\S+) )?"
    r"(?P<kind>\S+) (?P<words>[^>]*)>"
)
_JOINED = bytes((5, 0, 3))  # a header of five bytes: one part of a long text


class Handset:
    """One line to the SMSC, at which phones write and texts arrive.

    fakesmsc writes what it was started with, so each text has one of its own; the
    one before goes first. All that came is in their logs.
    """

    def __init__(self, port: int, folder: Path) -> None:
        self._port = port
        self._folder = folder
        self._logs: list[Path] = []
        self._process: subprocess.Popen[bytes] | None = None

    def say(self, phone: str, line: str, words: str) -> None:
        """Have a phone write to the line, in UCS-2."""
        letters = quote_from_bytes(words.encode("utf-16-be"), safe="")
        self._attach(f"{phone} {line} ucs2 {letters}", count=1)

    def listen(self) -> None:
        """Be there, and write nothing."""
        self._attach("+880 0 text nothing", count=0)

    def _attach(self, message: str, *, count: int) -> None:
        self.leave()
        path = program("fakesmsc")
        assert path is not None
        log = self._folder / f"fakesmsc-{len(self._logs)}.log"
        self._logs.append(log)
        options = f"-H 127.0.0.1 -r {self._port} -i 0.05 -m {count} -v 0".split()
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [path, *options, message], stdout=out, stderr=out
            )

    def leave(self) -> None:
        """Break the line: the SMSC is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def texts(self, phone: str) -> list[str]:
        """Return what this phone got, whole texts in their order."""
        got: list[str] = []
        for log in self._logs:
            parts: dict[tuple[int, int], dict[int, bytes]] = {}
            for found in _GOT.finditer(log.read_text("utf-8", "replace")):
                if found["phone"] != phone:
                    continue
                raw = unquote_to_bytes(found["words"].replace("+", " "))
                if not found["udh"]:
                    got.append(_read(raw, found["kind"]))
                    continue
                header = unquote_to_bytes(found["udh"])
                assert header[:3] == _JOINED, header
                text = parts.setdefault((header[3], header[4]), {})
                text[header[5]] = raw
                if len(text) == header[4]:
                    del parts[header[3], header[4]]
                    whole = b"".join(text[n] for n in sorted(text))
                    got.append(_read(whole, "ucs-2"))
            assert not parts, "a part of a text is missing"
        return got

    async def until_got(self, phone: str, count: int) -> Sequence[str]:
        """Wait for so many texts to a phone; return all that came."""

        async def are_there() -> bool:
            return self._arrived(phone) >= count

        await until(are_there)
        return self.texts(phone)

    def _arrived(self, phone: str) -> int:
        try:
            return len(self.texts(phone))
        except AssertionError:
            return 0  # in the midst of a long one


def _read(raw: bytes, kind: str) -> str:
    return raw.decode("utf-16-be" if kind == "ucs-2" else "utf-8", "replace")
