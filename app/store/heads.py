"""The signed heads of the ledger, and who holds them outside."""

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.heads import Head, head_file
from app.store.engine import Store, Transaction
from app.store.ids import new_id

_KEPT = "number, hour, last_seq, width, secret, body, signature, made_at"
_FILE = f"""
SELECT {_KEPT}, s.token FROM ledger_root r LEFT JOIN ledger_stamp s ON s.head = r.number
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A head as it is kept: what went out, and what only the programme has."""

    number: int
    hour: datetime
    last_seq: int  # the last event that it covers
    width: int
    secret: bytes  # sealed
    body: bytes
    signature: bytes
    made_at: datetime
    token: bytes | None = None  # of a time stamping authority

    def file(self) -> dict[str, Any]:
        """Return what witnesses hold."""
        token = base64.b64encode(self.token).decode() if self.token else None
        return head_file(self.body, self.signature, token)


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside who is sent every head."""

    kind: str  # person, brand, brand_webhook
    key: str


async def newest(tx: Transaction) -> Kept | None:
    row = await tx.connection.fetchrow(f"{_FILE} ORDER BY number DESC LIMIT 1")
    return Kept(**row) if row else None


async def numbered(tx: Transaction, number: int) -> Kept | None:
    row = await tx.connection.fetchrow(f"{_FILE} WHERE number = $1", number)
    return Kept(**row) if row else None


async def latest(tx: Transaction, limit: int) -> list[Kept]:
    """Return the newest heads, the newest first."""
    rows = await tx.connection.fetch(f"{_FILE} ORDER BY number DESC LIMIT $1", limit)
    return [Kept(**row) for row in rows]


async def between(tx: Transaction, numbers: Sequence[int]) -> list[Kept]:
    """Return the heads of these numbers, in order."""
    rows = await tx.connection.fetch(
        f"{_FILE} WHERE number = ANY($1) ORDER BY number", list(numbers)
    )
    return [Kept(**row) for row in rows]


async def not_after(tx: Transaction, instant: datetime) -> Kept | None:
    """Return the newest head of an hour that is not after `instant`."""
    row = await tx.connection.fetchrow(
        f"{_FILE} WHERE hour <= $1 ORDER BY number DESC LIMIT 1", instant
    )
    return Kept(**row) if row else None


async def up_to(tx: Transaction, number: int) -> AsyncIterator[Kept]:
    """Yield the heads from the first to this one, in order."""
    async for row in tx.connection.cursor(
        f"{_FILE} WHERE number <= $1 ORDER BY number", number, prefetch=500
    ):
        yield Kept(**row)


async def keep(
    store: Store,
    tx: Transaction,
    head: Head,
    signature: bytes,
    *,
    secret: bytes,
    width: int,
    last_seq: int,
    at: datetime,
) -> None:
    await tx.connection.execute(
        f"INSERT INTO ledger_root ({_KEPT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        head.number,
        head.hour,
        last_seq,
        width,
        store.keyring.seal(secret, _context(head.number)),
        head.body,
        signature,
        at,
    )


def secret_of(store: Store, kept: Kept) -> bytes:
    """Open what blinds the leaves of a head."""
    return store.keyring.open(kept.secret, _context(kept.number))


def _context(number: int) -> str:
    return f"ledger_root|secret|{number}"


async def unstamped(tx: Transaction, limit: int) -> list[Kept]:
    """Return the newest heads that no authority has stamped, the oldest first."""
    rows = await tx.connection.fetch(
        f"{_FILE} WHERE s.head IS NULL ORDER BY number DESC LIMIT $1", limit
    )
    return [Kept(**row) for row in reversed(rows)]


async def stamp(tx: Transaction, number: int, token: bytes, at: datetime) -> None:
    await tx.connection.execute(
        "INSERT INTO ledger_stamp (head, at, token) VALUES ($1, $2, $3)"
        " ON CONFLICT (head) DO NOTHING",
        number,
        at,
        token,
    )


async def last_sent(tx: Transaction) -> dict[Witness, tuple[int, datetime]]:
    """Return the last head that each witness is owed, or has, and since when."""
    rows = await tx.connection.fetch(
        "SELECT recipient_kind, recipient_key, max(head) AS head, max(at) AS at"
        " FROM ledger_witness GROUP BY recipient_kind, recipient_key"
    )
    return {
        Witness(row["recipient_kind"], row["recipient_key"]): (row["head"], row["at"])
        for row in rows
    }


async def owe(
    tx: Transaction,
    witness: Witness,
    numbers: range,
    template: str,
    params: Mapping[str, Any],
    *,
    at: datetime,
    expires_at: datetime,
) -> UUID:
    """Owe a witness one message with these heads; it goes at once."""
    owed_id = new_id(at)
    await tx.connection.execute(
        """
        INSERT INTO outbox (id, case_id, key, recipient_kind, recipient_key, template,
          params, created_at, next_at, expires_at, attempt, state)
        VALUES ($1, NULL, $2, $3, $4, $5, $6, $7, $7, $8, 0, 'owed')
        """,
        owed_id,
        f"{template}:{numbers[0]}-{numbers[-1]}",
        witness.kind,
        witness.key,
        template,
        json.dumps(dict(params)),
        at,
        expires_at,
    )
    await tx.connection.execute(
        "INSERT INTO ledger_witness (head, recipient_kind, recipient_key, owed_id, at)"
        " SELECT n, $2, $3, $4, $5 FROM unnest($1::bigint[]) AS n",
        list(numbers),
        witness.kind,
        witness.key,
        owed_id,
        at,
    )
    return owed_id


async def witnessed(tx: Transaction, number: int) -> list[tuple[Witness, str]]:
    """Return to whom a head is sent, and how far that is: owed, sent, failed."""
    rows = await tx.connection.fetch(
        "SELECT w.recipient_kind, w.recipient_key, coalesce(o.state, 'gone') AS state"
        " FROM ledger_witness w LEFT JOIN outbox o ON o.id = w.owed_id"
        " WHERE w.head = $1 ORDER BY w.recipient_kind, w.recipient_key",
        number,
    )
    return [
        (Witness(row["recipient_kind"], row["recipient_key"]), row["state"])
        for row in rows
    ]


async def sent_to(
    tx: Transaction, witness: Witness, numbers: Sequence[int]
) -> dict[int, str]:
    """Return of these heads how far each is on its way to one witness."""
    rows = await tx.connection.fetch(
        "SELECT w.head, coalesce(o.state, 'gone') AS state"
        " FROM ledger_witness w LEFT JOIN outbox o ON o.id = w.owed_id"
        " WHERE w.head = ANY($1) AND w.recipient_kind = $2 AND w.recipient_key = $3",
        list(numbers),
        witness.kind,
        witness.key,
    )
    return {row["head"]: row["state"] for row in rows}
