"""Tokens by which machines come in, and what they did under a key of theirs.

Of a token only its hash is kept: it has 256 bits of chance, so that nobody
finds it from that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.store.engine import Transaction
from app.store.ids import new_id

# One write a minute tells well enough whether a token is still in use.
_NOTED_EVERY = timedelta(minutes=1)
# For how long an act asked for again is answered and not done again.
ACTS_KEPT = timedelta(days=2)
_TOKENS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it in the list."""

    id: UUID
    person_id: UUID
    name: str
    scopes: tuple[str, ...]
    role: str  # its owner's when it was made
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    def holds_at(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at


async def add(
    tx: Transaction,
    *,
    tag: bytes,
    person_id: UUID,
    name: str,
    scopes: tuple[str, ...],
    role: str,
    at: datetime,
    expires_at: datetime,
) -> Token:
    row = await tx.connection.fetchrow(
        """
        INSERT INTO api_token
          (id, tag, person_id, name, scopes, role, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
        """,
        new_id(at),
        tag,
        person_id,
        name,
        list(scopes),
        role,
        at,
        expires_at,
    )
    return _token(row)


async def lock_of(tx: Transaction, person_id: UUID) -> None:
    """Let one at a time make tokens for a person, so that none goes uncounted."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('api_token|' || $1, 0))",
        str(person_id),
    )


async def all_of(tx: Transaction, person_id: UUID) -> list[Token]:
    """Return a person's tokens, those that have ended as well, the newest first."""
    rows = await tx.connection.fetch(
        "SELECT * FROM api_token WHERE person_id = $1 ORDER BY id DESC", person_id
    )
    return [_token(row) for row in rows]


async def by_tag(tx: Transaction, tag: bytes, at: datetime) -> tuple[Token, int] | None:
    """Return a token that holds now, and the version of the directory."""
    row = await tx.connection.fetchrow(
        "SELECT t.*, (SELECT version FROM directory_version) AS directory_version"
        " FROM api_token t WHERE tag = $1 AND ended_at IS NULL AND expires_at > $2",
        tag,
        at,
    )
    return (_token(row), row["directory_version"]) if row else None


async def mark_used(tx: Transaction, token: Token, at: datetime) -> None:
    if token.used_at is None or at - token.used_at >= _NOTED_EVERY:
        await tx.connection.execute(
            "UPDATE api_token SET used_at = $2 WHERE id = $1", token.id, at
        )


async def end(tx: Transaction, id: UUID, *, of: UUID, at: datetime) -> bool:
    """End a token of that person; False where there is none that holds."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE api_token SET ended_at = $3"
            " WHERE id = $1 AND person_id = $2 AND ended_at IS NULL RETURNING true",
            id,
            of,
            at,
        )
    )


async def end_all(tx: Transaction, person_id: UUID, at: datetime) -> None:
    """End all tokens of a person that hold."""
    await tx.connection.execute(
        "UPDATE api_token SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL",
        person_id,
        at,
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """An act that was asked for under a key before."""

    request: bytes  # hash of what was asked
    status: int | None  # None: its outcome is not known, or it is still under way
    answer: str | None


async def begin_act(
    tx: Transaction, token: UUID, key: str, request: bytes, at: datetime
) -> Begun | None:
    """Claim a key; return what was asked for under it before, if anything was."""
    is_new = await tx.connection.fetchval(
        "INSERT INTO api_act (token_id, key, request, at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING RETURNING true",
        token,
        key,
        request,
        at,
    )
    if is_new:
        return None
    row = await tx.connection.fetchrow(
        "SELECT request, status, answer FROM api_act WHERE token_id = $1 AND key = $2",
        token,
        key,
    )
    return Begun(row["request"], row["status"], row["answer"])


async def end_act(
    tx: Transaction, token: UUID, key: str, status: int, answer: str
) -> None:
    """Keep what was answered, to answer it once more."""
    await tx.connection.execute(
        "UPDATE api_act SET status = $3, answer = $4 WHERE token_id = $1 AND key = $2",
        token,
        key,
        status,
        answer,
    )


async def drop_act(tx: Transaction, token: UUID, key: str) -> None:
    """Let go of a key under which nothing was done."""
    await tx.connection.execute(
        "DELETE FROM api_act WHERE token_id = $1 AND key = $2", token, key
    )


async def forget_old(tx: Transaction, at: datetime) -> int:
    """Drop old keys, and tokens that ended long ago; return how many."""
    acts: str = await tx.connection.execute(
        "DELETE FROM api_act WHERE at <= $1", at - ACTS_KEPT
    )
    tokens: str = await tx.connection.execute(
        "DELETE FROM api_token WHERE coalesce(ended_at, expires_at) <= $1",
        at - _TOKENS_KEPT,
    )
    return sum(int(done.rsplit(" ", 1)[-1]) for done in (acts, tokens))


def _token(row: Any) -> Token:
    return Token(
        id=row["id"],
        person_id=row["person_id"],
        name=row["name"],
        scopes=tuple(row["scopes"]),
        role=row["role"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        ended_at=row["ended_at"],
    )
