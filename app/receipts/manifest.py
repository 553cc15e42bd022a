"""What lies in an export, and whether it still does: a signed list of its files."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.receipts.keys import PublicKey, Purpose, SigningKey

FORMAT = "threadline-export-1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_CHUNK = 1 << 20


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return a document in the one form in which it is signed."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


@dataclass(frozen=True, slots=True)
class File:
    """One file of an export, as the manifest names it."""

    sha256: str
    bytes: int
    rows: int | None = None  # without a header; None: it has none
    # Of an encrypted file: what comes out when it is opened.
    plain_sha256: str = ""
    plain_bytes: int = 0

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"bytes": self.bytes, "sha256": self.sha256}
        if self.rows is not None:
            data["rows"] = self.rows
        if self.plain_sha256:
            data |= {"plain_bytes": self.plain_bytes, "plain_sha256": self.plain_sha256}
        return data


def file_of(path: Path, rows: int | None = None) -> File:
    digest, size = digest_of(path)
    return File(digest, size, rows)


def digest_of(path: Path) -> tuple[str, int]:
    """Return a file's digest and size, however large it is."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def write_manifest(
    folder: Path,
    files: Mapping[str, File],
    said: Mapping[str, Any],
    key: SigningKey,
) -> bytes:
    """Write the manifest and its signature; return the manifest's bytes."""
    body = canonical(
        {
            **said,
            "format": FORMAT,
            "key": str(key.public),
            "files": {name: file.as_data() for name, file in files.items()},
        }
    )
    (folder / MANIFEST).write_bytes(body)
    signature = key.sign(Purpose.EXPORT, body).hex()
    (folder / SIGNATURE).write_text(f"{signature}\n", encoding="ascii")
    return body


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and every problem found; without one, all is as signed."""

    files: int
    key: str  # by which it was signed
    problems: tuple[str, ...]


def check(folder: Path, key: PublicKey | None) -> Checked:
    """Hold a folder against its manifest; with no key given, against its own.

    A manifest that names its own key shows only that the files belong together:
    whose they are is shown by a key that its reader had before.
    """
    try:
        body = (folder / MANIFEST).read_bytes()
        said = json.loads(body)
        own = PublicKey.read(said["key"])
        files: Mapping[str, Any] = said["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return Checked(0, "", (f"{MANIFEST}: is not there, or is no manifest.",))
    problems = []
    by = key or own
    if by is None or not _is_signed(folder, body, by):
        problems.append(
            f"{SIGNATURE}: the manifest was not signed by this key, or was changed."
        )
    for name, claimed in sorted(files.items()):
        problems += _problems(folder, name, claimed)
    known = {*files, MANIFEST, SIGNATURE}
    problems += [
        f"{path.name}: the manifest does not name it."
        for path in sorted(folder.iterdir())
        if path.name not in known
    ]
    return Checked(len(files), str(by or ""), tuple(problems))


def _is_signed(folder: Path, body: bytes, key: PublicKey) -> bool:
    try:
        signature = bytes.fromhex((folder / SIGNATURE).read_text("ascii").strip())
    except (OSError, ValueError):
        return False
    return key.has_signed(Purpose.EXPORT, body, signature)


def _problems(folder: Path, name: str, claimed: Mapping[str, Any]) -> list[str]:
    path = folder / name
    if path.name != name or not path.is_file():
        return [f"{name}: is missing."]
    digest, size = digest_of(path)
    if (digest, size) != (claimed.get("sha256"), claimed.get("bytes")):
        return [f"{name}: is not the file that was signed."]
    return []
