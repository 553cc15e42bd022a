"""What only hashes and seals are kept of: a case's PIN, and the worker's phones."""

from dataclasses import dataclass, replace
from typing import Any

from app.store.cases import Held
from app.store.changes import Changes
from app.store.ledger import row_digest
from app.store.sealing import Keyring


@dataclass(frozen=True, slots=True)
class Secrets:
    """A case's secrets as its row has them; its ledger commits to them.

    `phone_tag` is of the phone that texted or called: what it says is hers.
    `contact_tag` is of a phone that was only named: it is told that there is
    news and counts for nothing, since whoever named it need not hold it.
    """

    pin_hash: bytes
    phone_tag: bytes | None = None
    phone_sealed: bytes | None = None
    contact_tag: bytes | None = None

    @classmethod
    def of(cls, row: Any) -> "Secrets":
        return cls(
            row["pin_hash"], row["phone_tag"], row["phone_sealed"], row["contact_tag"]
        )

    def digest(self) -> str:
        return row_digest(self.pin_hash, self.phone_tag, self.phone_sealed)

    def with_pin(self, keyring: Keyring, number: str, pin: str) -> "Secrets":
        """Return them with another PIN: from now on the old one opens nothing."""
        return replace(self, pin_hash=keyring.pin_hash(number, pin))

    def with_contact(self, keyring: Keyring, held: Held, phone: str) -> "Secrets":
        """Return them with a phone to be told, sealed under the case's key."""
        sealed = held.key.seal(phone.encode(), f"cases|phone|{held.file.id}")
        return replace(self, phone_sealed=sealed, contact_tag=keyring.phone_tag(phone))

    def inherited(
        self, keyring: Keyring, before: Held, held: Held, pin: str
    ) -> "Secrets":
        """Return them for another case of hers, under its own key and PIN."""
        sealed = self.phone_sealed
        if sealed is not None:
            phone = before.key.open(sealed, f"cases|phone|{before.file.id}")
            sealed = held.key.seal(phone, f"cases|phone|{held.file.id}")
        pin_hash = keyring.pin_hash(held.file.number, pin)
        return replace(self, pin_hash=pin_hash, phone_sealed=sealed)

    def without_contact(self) -> "Secrets":
        """Return them without a phone that was only named."""
        if self.contact_tag is None:
            return self
        return replace(self, phone_sealed=None, contact_tag=None)

    def change(self, changes: Changes, held: Held) -> None:
        row = (self.pin_hash, self.phone_sealed, self.contact_tag)
        changes.add("case_secrets", held.file.id, *row)
