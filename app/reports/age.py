"""Encryption to a key that we do not have: age (https://age-encryption.org/v1)."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Any

import pyrage

from app.domain.errors import BadInput, Busy

PREFIX = "age1"
_BEGINNINGS = (b"age-encryption.org/", b"-----BEGIN AGE ENC")
SECRET_PREFIX = "AGE-SECRET-KEY-1"
_CHUNKS = 32  # that wait to be encrypted; the producer waits then
_PATIENCE = 60.0
_NO_KEY = (
    "This is no age public key: it begins with age1 and has 62 letters, as"
    " `threadline mandates keygen` or `age-keygen` print it. Copy it again."
)
_SECRET = (
    "This is a secret key. Keep it to yourself, and give the public one: it begins"
    " with age1."
)
_NO_IDENTITY = (
    "There is no age identity in this file: its line begins with AGE-SECRET-KEY-1."
)
_NOT_OURS = (
    "This identity does not open the file: take the one whose public key the"
    " mandate names, and the file as it was given out."
)


def recipient_of(text: str) -> Any:
    """Return the key that `text` is, or say what is wrong with it."""
    if text.upper().startswith(SECRET_PREFIX):
        raise BadInput(_SECRET)
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BadInput(_NO_KEY) from None


def new_identity() -> tuple[str, str]:
    """Return a new secret key and the public key that belongs to it."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file came to: its size, its digest, and that of what is sealed in it."""

    size: int
    sha256: str
    plain_size: int
    plain_sha256: str


class Sealed:
    """A file that holds what is written to it, encrypted; no plain byte is on disk.

    Encryption runs in a thread of its own and a few chunks behind; `write` waits
    where it cannot keep up, so that any size passes through the same memory.
    """

    def __init__(self, path: Path, recipient: str) -> None:
        self._to = recipient_of(recipient)
        self._path = path
        self._chunks: Queue[bytes] = Queue(_CHUNKS)
        self._left = b""
        self._plain = hashlib.sha256()
        self._plain_size = 0
        self._out = _Counted(path)
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._encrypt, daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        if not data:
            return
        self._plain.update(data)
        self._plain_size += len(data)
        self._put(data)

    def close(self) -> Digest:
        self._put(b"")
        self._thread.join()
        self._out.close()
        if self._failure is not None:
            raise self._failure
        return Digest(
            self._out.size,
            self._out.digest.hexdigest(),
            self._plain_size,
            self._plain.hexdigest(),
        )

    def abandon(self) -> None:
        """Stop, and leave nothing behind; to be called where `close` is not."""
        if self._thread.is_alive():
            self._put(b"")
            self._thread.join()
        self._out.close()
        self._path.unlink(missing_ok=True)

    def read(self, size: int = -1) -> bytes:
        """Give the encrypting thread its next bytes; none at the end."""
        if not self._left:
            self._left = self._chunks.get()
        if size < 0 or size >= len(self._left):
            given, self._left = self._left, b""
        else:
            given, self._left = self._left[:size], self._left[size:]
        return given

    def _put(self, data: bytes) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            self._chunks.put(data, timeout=_PATIENCE)
        except Full:
            raise self._failure or Busy("encryption") from None

    def _encrypt(self) -> None:
        try:
            pyrage.encrypt_io(self, self._out, [self._to])
        except BaseException as failure:  # noqa: BLE001 - raised where it is written
            self._failure = failure
            while self._chunks.qsize():
                self._chunks.get()


class _Counted:
    """A file that only its owner reads, counted and digested as it is written."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def write_identity(path: Path) -> str:
    """Write a new identity that only its owner can read; return the public key."""
    secret, public = new_identity()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        handle = os.open(path, flags, 0o600)
    except FileExistsError:
        raise BadInput(
            f"{path} is there already, and may be a key in use: name another file."
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# public key: {public}\n{secret}\n")
    return public


def open_file(sealed: Path, identity: Path, out: Path) -> int:
    """Decrypt a file into another that only its owner reads; return its size."""
    _need_sealed(sealed)
    key = _identity(identity)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        handle = os.open(out, flags, 0o600)
    except FileExistsError:
        raise BadInput(f"{out} is there already: name another file.") from None
    try:
        with sealed.open("rb") as source, os.fdopen(handle, "wb") as target:
            pyrage.decrypt_io(source, target, [key])
            return target.tell()
    except BaseException as failure:
        out.unlink(missing_ok=True)
        if _is_not_ours(failure):
            raise BadInput(_NOT_OURS) from None
        raise


def _need_sealed(path: Path) -> None:
    """Refuse a file that is plain; what begins as age's files do is tried."""
    with path.open("rb") as file:
        if not file.read(64).startswith(_BEGINNINGS):
            raise BadInput(f"{path.name} is not encrypted: read it as it is.")


def _is_not_ours(failure: BaseException) -> bool:
    """Tell whether the key or the file is wrong; a disk's own errors have a number."""
    if isinstance(failure, OSError):
        return failure.errno is None
    return isinstance(failure, pyrage.DecryptError)


def _identity(path: Path) -> Any:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.strip().upper().startswith(SECRET_PREFIX):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise BadInput(_NO_IDENTITY)
