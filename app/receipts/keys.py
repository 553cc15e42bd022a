"""The programme's signing key, and the public key that it is known by."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum, unique
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from app.receipts.letters import fold, read, write

_SECRET_BYTES = 32
_ID_BYTES = 5  # 8 letters
_ID_LETTERS = 8
_MARK = "TLK1"
# What is drawn from the one secret; BLAKE2b keeps them apart by these names.
_FOR_SIGNING, _FOR_CODES = b"tl ed25519 1", b"tl check code 1"


@unique
class Purpose(Enum):
    """What is signed. One key signs for all; no signature serves for another.

    No name contains the bar that follows it in what is signed.
    """

    RECEIPT = b"threadline receipt 1"
    HEAD = b"threadline head 1"
    EXPORT = b"threadline export 1"

    def frame(self, message: bytes) -> bytes:
        return self.value + b"|" + message


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What anybody may have, to check signatures without the hotline."""

    raw: bytes

    @property
    def id(self) -> str:
        """Return the eight letters that name the key in what it signed."""
        return write(hashlib.blake2b(self.raw, digest_size=_ID_BYTES).digest())

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the key as `str` wrote it; None where a letter is wrong.

        Its id is part of what is written, so that a slip is not taken for
        another key, under which every receipt would be false.
        """
        folded, mark = fold(text), fold(_MARK)
        start = len(mark) + _ID_LETTERS
        raw = read(folded[start:])
        if not folded.startswith(mark) or raw is None or len(raw) != _SECRET_BYTES:
            return None
        key = cls(raw)
        return key if key.id == folded[len(mark) : start] else None

    def __str__(self) -> str:
        return f"{_MARK}-{self.id}-{write(self.raw)}"

    def has_signed(self, purpose: Purpose, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(
                signature, purpose.frame(message)
            )
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """One secret of the programme: it signs, and makes codes to be typed."""

    __slots__ = ("_codes", "_private", "public")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _SECRET_BYTES:
            raise ValueError(f"a signing key has {_SECRET_BYTES} bytes")
        self._private = Ed25519PrivateKey.from_private_bytes(
            _drawn(secret, _FOR_SIGNING)
        )
        self._codes = _drawn(secret, _FOR_CODES)
        self.public = PublicKey(self._private.public_key().public_bytes_raw())

    def sign(self, purpose: Purpose, message: bytes) -> bytes:
        return self._private.sign(purpose.frame(message))

    def code(self, purpose: Purpose, message: bytes, *, digits: int) -> str:
        """Return digits that only this key can make; too few to be a signature."""
        tag = hashlib.blake2b(purpose.frame(message), key=self._codes).digest()
        # 512 bits over 10 ** digits: no code is likelier than another.
        return f"{int.from_bytes(tag, 'big') % 10**digits:0{digits}d}"

    def is_code(self, purpose: Purpose, message: bytes, code: str) -> bool:
        """Compare in a time that does not tell how many digits were right."""
        own = self.code(purpose, message, digits=len(code))
        return hmac.compare_digest(own.encode(), code.encode())


def _drawn(secret: bytes, name: bytes) -> bytes:
    return hashlib.blake2b(
        b"", key=secret, person=name, digest_size=_SECRET_BYTES
    ).digest()
