"""Sealing at rest: one data key a case, wrapped under the programme's keys.

AES-256-GCM throughout. The context ("table|column|row") is authenticated, so
that a ciphertext moved to another row or column does not open. Texts are
padded to 256-byte steps before sealing: their length says nothing.
"""

import hashlib
import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_NAME = 4  # the first bytes of a key's hash name it in what it wrapped
_STEP = 256


class CannotOpen(Exception):
    """The key is not among THREADLINE_KEYS, or the ciphertext was altered."""


class DataKey:
    """A key of 32 bytes; for a case, destroying it forgets the case."""

    __slots__ = ("_aead", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._aead = AESGCM(raw)

    def seal(self, plain: bytes, context: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return what was sealed; raise `CannotOpen` if anything differs."""
        try:
            return self._aead.decrypt(
                sealed[:_NONCE], sealed[_NONCE:], context.encode()
            )
        except InvalidTag:
            raise CannotOpen(context.split("|")[0]) from None

    def seal_text(self, text: str, context: str) -> bytes:
        return self.seal(pad(text.encode("utf-8", "surrogatepass")), context)

    def open_text(self, sealed: bytes, context: str) -> str:
        return unpad(self.open(sealed, context)).decode("utf-8", "surrogatepass")


class Keyring:
    """The programme's keys: the first one seals, all of them open."""

    __slots__ = ("_by_name", "_first", "_pepper")

    def __init__(self, keys: Sequence[bytes], pepper: bytes) -> None:
        self._by_name = {_name(key): DataKey(key) for key in keys}
        self._first = _name(keys[0])
        self._pepper = hashlib.sha256(b"threadline pepper|" + pepper).digest()

    def phone_tag(self, phone: str) -> bytes:
        """Return the keyed hash by which a phone is found again."""
        return self._tag("phone", phone)

    def message_tag(self, provider_id: str) -> str:
        """Return the keyed hash by which a message is known again."""
        return self._tag("message", provider_id).hex()

    def call_tag(self, sid: str) -> bytes:
        """Return the keyed hash by which a call is found again."""
        return self._tag("call", sid)

    def recording_tag(self, sid: str) -> bytes:
        """Return the keyed hash by which a recording is known again."""
        return self._tag("recording", sid)

    def replay_tag(self, recording_id: UUID, until: int) -> str:
        """Return what makes a replay's address one that nobody can guess."""
        return self._tag("replay", f"{recording_id}|{until}").hex()

    def brand_ref(self, case_id: UUID, depth: str) -> str:
        """Return what brands call a case that has no number for them.

        Each depth has another: what is veiled must not be known again by it.
        """
        return self._tag("brand", f"{case_id}|{depth}").hex()[:16]

    def page_tag(self, token: str) -> bytes:
        """Return the keyed hash by which a talk by pages is found again."""
        return self._tag("page", token)

    def file_tag(self, content: bytes) -> bytes:
        """Return the keyed hash by which a file that was sent is known again."""
        return self._tag("file", hashlib.sha256(content).hexdigest())

    def words_tag(self, words: str) -> str:
        """Return the keyed hash by which the words of a page are known again."""
        return self._tag("words", words).hex()

    def pin_hash(self, number: str, pin: str) -> bytes:
        """Return what is stored of a PIN; it binds the PIN to its number."""
        return self._tag("pin", f"{number}|{pin}")

    def export_secret(self, mandate_id: UUID) -> bytes:
        """Return what makes the pseudonyms of one mandate; another has others."""
        return self._tag("export", str(mandate_id))

    def _tag(self, purpose: str, value: str) -> bytes:
        # Keyed BLAKE2b (RFC 7693) is a MAC by itself, at a tenth of HMAC's cost.
        return hashlib.blake2b(
            f"{purpose}|{value}".encode(), key=self._pepper, digest_size=32
        ).digest()

    def new_data_key(self) -> DataKey:
        return DataKey(os.urandom(32))

    def wrap(self, data_key: DataKey, case_id: UUID) -> bytes:
        return self.seal(data_key.raw, f"cases|data_key|{case_id}")

    def unwrap(self, wrapped: bytes, case_id: UUID) -> DataKey:
        return DataKey(self.open(wrapped, f"cases|data_key|{case_id}"))

    def seal(self, plain: bytes, context: str) -> bytes:
        return self._first + self._by_name[self._first].seal(plain, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        key = self._by_name.get(sealed[:_NAME])
        if key is None:
            raise CannotOpen("the key that sealed this is not in THREADLINE_KEYS")
        return key.open(sealed[_NAME:], context)


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"threadline key|" + key).digest()[:_NAME]


def pad(plain: bytes) -> bytes:
    room = -(len(plain) + 4) % _STEP
    return len(plain).to_bytes(4, "big") + plain + bytes(room)


def unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]
