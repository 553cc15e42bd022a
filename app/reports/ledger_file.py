"""The file in which an auditor has one site's chain, written from front to end."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

FORMAT = "threadline-ledger-export-1"
OPENED = "opened.zip.age"
SITE = "site.json"
_LEVEL = 1  # most of it is hexadecimal: more effort gains next to nothing


class Sink(Protocol):
    """Whatever takes bytes, one after the other."""

    def write(self, data: bytes, /) -> Any: ...


class Digested:
    """Hands on what is written, and keeps its digest."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._sink.write(data)
        return len(data)

    def line(self, value: Mapping[str, Any]) -> None:
        """Write one object as a line of its own."""
        self.write(canonical(value) + b"\n")

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Forward:
    """A file that is only ever written to at its end."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here: whoever takes the bytes has them already."""


class Pack:
    """A zip file under construction; every name is written once."""

    def __init__(self, sink: Sink | IO[bytes], at: datetime) -> None:
        out: Any = sink if hasattr(sink, "flush") else _Forward(sink)
        self._zip = zipfile.ZipFile(
            out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL
        )
        self._at = at
        self.digests: dict[str, str] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[Digested]:
        """Yield where the content of a file goes, of any length."""
        info = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as entry:
            digested = Digested(entry)
            yield digested
        self.digests[name] = digested.sha256

    def add(self, name: str, content: bytes) -> None:
        with self.open(name) as out:
            out.write(content)

    def add_file(self, name: str, path: Path) -> None:
        with self.open(name) as out, path.open("rb") as source:
            while piece := source.read(1 << 20):
                out.write(piece)

    def add_json(self, name: str, value: Any) -> None:
        self.add(name, canonical(value))

    def close(self) -> None:
        self._zip.close()


def canonical(value: Any) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


README = """\
The ledger of site {site}, {since} to {until}
made {made_at}

chain.jsonl       every event of this site so far, each as the hash that commits to it
heads.jsonl       every hourly head of the whole ledger, with the way from this site's
                  chain up to it; the heads that you were sent must be among them
manifest.json     what is in this file, signed by the hotline (manifest.sig)
{opened}
To check it, with Python 3.11 or newer and nothing else:

    python3 verify_ledger.py THIS_FILE.zip --head A_HEAD_THAT_YOU_HOLD.json

Give it every head that you hold. Without one it cannot tell whether the end of the
ledger was cut off or written anew.{age}
"""
_OPENED = """\
opened.zip.age    the events themselves, encrypted to the key of your mandate; those of
                  sensitive categories stay hashes, here as well
"""
_AGE = """

To check the events and figures as well, open opened.zip.age first (age -d -i
YOUR_KEY opened.zip.age > opened.zip), and add: --opened opened.zip

It then prints the SHA-256 of every release so far: compare them with what you were
shown when it was published. Only figures of this site can be made anew of this file.
"""


def readme(
    site: str, since: str, until: str, made_at: str, *, is_opened: bool
) -> bytes:
    text = README.format(
        site=site,
        since=since,
        until=until,
        made_at=made_at,
        opened=_OPENED if is_opened else "",
        age=_AGE.rstrip("\n") if is_opened else "",
    )
    return text.encode()
