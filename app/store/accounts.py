"""Who may come in: accounts, invitations, sessions, and what happened there.

Nothing here opens a door by itself: passwords are argon2id, cookies, links
and codes are hashes, a second factor's key is sealed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.store.engine import Transaction
from app.store.ids import new_id
from app.store.sealing import Keyring

_EVENTS_KEPT = timedelta(days=366)
_ENDED_KEPT = timedelta(days=30)
_CODES_KEPT = timedelta(hours=1)
_PIN_DAY = timedelta(days=1)
# For how long a browser is known after its owner last came in with it.
DEVICES_KEPT = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Account:
    """How a person shows who she is."""

    person_id: UUID
    password_hash: str | None = field(repr=False)  # argon2id
    password_at: datetime | None
    totp_sealed: bytes | None = field(repr=False)
    totp_step: int | None
    takes_codes: bool  # a one-time code by text is her second factor
    pin_hash: bytes | None = field(repr=False)
    language: str | None
    tries: int  # wrong passwords since the last right one
    tried_at: datetime | None
    code_tries: int
    coded_at: datetime | None
    pin_tries: int
    pin_tried_at: datetime | None

    @property
    def has_second(self) -> bool:
        return self.totp_sealed is not None or self.takes_codes


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that was sent to somebody."""

    person_id: UUID
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened at a person's door."""

    at: datetime
    kind: str
    device: str


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's session as it is kept; the cookie is not among it."""

    id: UUID
    person_id: UUID
    is_whole: bool  # with both factors
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    detail: dict[str, Any] = field(repr=False)
    directory_version: int = 0
    language: str | None = None  # the reader's own choice


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser with which she came in before; its wrong tries count for itself."""

    tries: int
    tried_at: datetime | None


def secret_tag(secret: str) -> bytes:
    """Return what is kept of a cookie or a link: both have 256 bits of chance."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def pin_hash(keyring: Keyring, person_id: UUID, pin: str) -> bytes:
    """Return what is kept of the PIN with which a person works by text."""
    return keyring.pin_hash(f"person|{person_id}", pin)


def code_hash(keyring: Keyring, person_id: UUID, code: str) -> bytes:
    """Return what is kept of a code that went out by text."""
    return keyring.pin_hash(f"code|{person_id}", code)


def totp_context(person_id: UUID) -> str:
    return f"account|totp|{person_id}"


# ---------------------------------------------------------------- the account


async def account(
    tx: Transaction, person_id: UUID, *, lock: bool = False
) -> Account | None:
    """Return a person's account; `lock`: nobody else counts a try meanwhile."""
    row = await tx.connection.fetchrow(
        "SELECT person_id, password_hash, password_at, totp_sealed, totp_step,"
        " takes_codes, pin_hash, language, tries, tried_at, code_tries, coded_at,"
        " pin_tries, pin_tried_at"
        f" FROM account WHERE person_id = $1{' FOR UPDATE' if lock else ''}",
        person_id,
    )
    return Account(**row) if row else None


async def ensure(tx: Transaction, person_id: UUID, at: datetime) -> None:
    """Give a person an account that opens nothing yet, where she has none."""
    await tx.connection.execute(
        "INSERT INTO account (person_id, takes_codes, tries, created_at)"
        " VALUES ($1, false, 0, $2) ON CONFLICT (person_id) DO NOTHING",
        person_id,
        at,
    )


async def count_try(tx: Transaction, person_id: UUID, at: datetime) -> None:
    """Count a try as wrong before it is looked at: none is free for being fast."""
    await tx.connection.execute(
        "UPDATE account SET tries = tries + 1, tried_at = $2 WHERE person_id = $1",
        person_id,
        at,
    )


async def uncount_try(
    tx: Transaction, person_id: UUID, at: datetime, before: datetime | None
) -> None:
    """Take back the try counted at `at`: it was right."""
    await tx.connection.execute(
        "UPDATE account SET tries = greatest(tries - 1, 0),"
        " tried_at = CASE WHEN tried_at = $2 THEN $3 ELSE tried_at END"
        " WHERE person_id = $1",
        person_id,
        at,
        before,
    )


async def forget_tries(tx: Transaction, person_id: UUID) -> None:
    """Forget wrong passwords and codes: she came in with both."""
    await tx.connection.execute(
        "UPDATE account SET tries = 0, tried_at = NULL, code_tries = 0,"
        " coded_at = NULL WHERE person_id = $1",
        person_id,
    )


async def count_wrong_code(tx: Transaction, person_id: UUID, at: datetime) -> None:
    await tx.connection.execute(
        "UPDATE account SET code_tries = code_tries + 1, coded_at = $2"
        " WHERE person_id = $1",
        person_id,
        at,
    )


async def count_pin_try(tx: Transaction, person_id: UUID, at: datetime) -> int:
    """Count a wrong PIN; return how many there were since a day began with one.

    A right one between them does not take from that.
    """
    count: int = await tx.connection.fetchval(
        "UPDATE account SET pin_tries = pin_tries + 1, pin_tried_at = $2,"
        " pin_wrong = CASE WHEN pin_since > $3 THEN pin_wrong + 1 ELSE 1 END,"
        " pin_since = CASE WHEN pin_since > $3 THEN pin_since ELSE $2 END"
        " WHERE person_id = $1 RETURNING pin_wrong",
        person_id,
        at,
        at - _PIN_DAY,
    )
    return count


async def forget_pin_tries(tx: Transaction, person_id: UUID) -> None:
    await tx.connection.execute(
        "UPDATE account SET pin_tries = 0, pin_tried_at = NULL WHERE person_id = $1",
        person_id,
    )


# ----------------------------------------------------- browsers that are known


async def known_device(
    tx: Transaction, tag: bytes, person_id: UUID
) -> KnownDevice | None:
    """Return this browser as hers, locked; None: she never came in with it."""
    row = await tx.connection.fetchrow(
        "SELECT tries, tried_at FROM known_device WHERE tag = $1 AND person_id = $2"
        " FOR UPDATE",
        tag,
        person_id,
    )
    return KnownDevice(**row) if row else None


async def knows_device(tx: Transaction, tag: bytes) -> bool:
    """Tell whether we gave this cookie to somebody."""
    return bool(
        await tx.connection.fetchval(
            "SELECT EXISTS (SELECT FROM known_device WHERE tag = $1)", tag
        )
    )


async def know_device(
    tx: Transaction, tag: bytes, person_id: UUID, at: datetime
) -> None:
    """Know a browser with which she came in just now, and forget its wrong tries."""
    await tx.connection.execute(
        "INSERT INTO known_device (tag, person_id, seen_at, tries)"
        " VALUES ($1, $2, $3, 0) ON CONFLICT (tag, person_id)"
        " DO UPDATE SET seen_at = $3, tries = 0, tried_at = NULL",
        tag,
        person_id,
        at,
    )


async def count_device_try(
    tx: Transaction, tag: bytes, person_id: UUID, at: datetime
) -> None:
    await tx.connection.execute(
        "UPDATE known_device SET tries = tries + 1, tried_at = $3"
        " WHERE tag = $1 AND person_id = $2",
        tag,
        person_id,
        at,
    )


async def uncount_device_try(
    tx: Transaction,
    tag: bytes,
    person_id: UUID,
    at: datetime,
    before: datetime | None,
) -> None:
    """Take back the try counted at `at`: it was right."""
    await tx.connection.execute(
        "UPDATE known_device SET tries = greatest(tries - 1, 0),"
        " tried_at = CASE WHEN tried_at = $3 THEN $4 ELSE tried_at END"
        " WHERE tag = $1 AND person_id = $2",
        tag,
        person_id,
        at,
        before,
    )


async def forget_devices(tx: Transaction, person_id: UUID) -> None:
    await tx.connection.execute(
        "DELETE FROM known_device WHERE person_id = $1", person_id
    )


async def set_password(
    tx: Transaction, person_id: UUID, hashed: str, at: datetime
) -> None:
    await tx.connection.execute(
        "UPDATE account SET password_hash = $2, password_at = $3, tries = 0,"
        " tried_at = NULL WHERE person_id = $1",
        person_id,
        hashed,
        at,
    )


async def set_totp(tx: Transaction, person_id: UUID, sealed: bytes, step: int) -> None:
    """Make an authenticator her second factor; `step` is the one just used."""
    await tx.connection.execute(
        "UPDATE account SET totp_sealed = $2, totp_step = $3, takes_codes = false"
        " WHERE person_id = $1",
        person_id,
        sealed,
        step,
    )
    await drop_code(tx, person_id)


async def set_codes(tx: Transaction, person_id: UUID) -> None:
    """Make codes by text her second factor."""
    await tx.connection.execute(
        "UPDATE account SET totp_sealed = NULL, totp_step = NULL, takes_codes = true"
        " WHERE person_id = $1",
        person_id,
    )


async def drop_second(tx: Transaction, person_id: UUID) -> None:
    """Let go of her second factor: an invitation makes it anew."""
    await tx.connection.execute(
        "UPDATE account SET totp_sealed = NULL, totp_step = NULL, takes_codes = false"
        " WHERE person_id = $1",
        person_id,
    )
    await drop_code(tx, person_id)


async def take_step(tx: Transaction, person_id: UUID, step: int) -> bool:
    """Use a time step once; False where it, or a later one, was used before."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE account SET totp_step = $2 WHERE person_id = $1"
            " AND totp_sealed IS NOT NULL"
            " AND (totp_step IS NULL OR totp_step < $2) RETURNING true",
            person_id,
            step,
        )
    )


async def set_pin(tx: Transaction, person_id: UUID, hashed: bytes | None) -> None:
    """Set her PIN, or let go of it; what was tried at the one before is forgotten."""
    await tx.connection.execute(
        "UPDATE account SET pin_hash = $2, pin_tries = 0, pin_tried_at = NULL,"
        " pin_wrong = 0, pin_since = NULL WHERE person_id = $1",
        person_id,
        hashed,
    )


async def set_language(tx: Transaction, person_id: UUID, language: str) -> None:
    await tx.connection.execute(
        "UPDATE account SET language = $2 WHERE person_id = $1", person_id, language
    )


async def joined(tx: Transaction) -> set[UUID]:
    """Return who can sign in: with a password and a second factor."""
    rows = await tx.connection.fetch(
        "SELECT person_id FROM account WHERE password_hash IS NOT NULL"
        " AND (totp_sealed IS NOT NULL OR takes_codes)"
    )
    return {row["person_id"] for row in rows}


# -------------------------------------------------------------- the invitation


async def add_invitation(
    tx: Transaction,
    *,
    tag: bytes,
    person_id: UUID,
    by: UUID | None,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Write an invitation; earlier ones of the same person open nothing more."""
    await tx.connection.execute(
        "UPDATE invitation SET expires_at = $2 WHERE person_id = $1"
        " AND used_at IS NULL AND expires_at > $2",
        person_id,
        at,
    )
    await tx.connection.execute(
        "INSERT INTO invitation (tag, person_id, invited_by, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        tag,
        person_id,
        by,
        at,
        expires_at,
    )


async def invitation(tx: Transaction, tag: bytes, at: datetime) -> Invitation | None:
    """Return an invitation that can still be used."""
    row = await tx.connection.fetchrow(
        "SELECT person_id, expires_at, used_at FROM invitation"
        " WHERE tag = $1 AND used_at IS NULL AND expires_at > $2",
        tag,
        at,
    )
    return Invitation(**row) if row else None


async def use_invitation(tx: Transaction, tag: bytes, at: datetime) -> UUID | None:
    """Use an invitation up, and return whose it was; None: somebody has, or late."""
    found: UUID | None = await tx.connection.fetchval(
        "UPDATE invitation SET used_at = $2 WHERE tag = $1 AND used_at IS NULL"
        " AND expires_at > $2 RETURNING person_id",
        tag,
        at,
    )
    return found


async def invited(tx: Transaction, at: datetime) -> dict[UUID, datetime]:
    """Return whose invitation still waits to be used, and until when."""
    rows = await tx.connection.fetch(
        "SELECT person_id, max(expires_at) AS until FROM invitation"
        " WHERE used_at IS NULL AND expires_at > $1 GROUP BY person_id",
        at,
    )
    return {row["person_id"]: row["until"] for row in rows}


# ------------------------------------------------------------- codes by text


@dataclass(frozen=True, slots=True)
class Code:
    """The last code that went to somebody's phone."""

    code_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
    tries: int


async def code(tx: Transaction, person_id: UUID) -> Code | None:
    """Return the code that was sent last, locked."""
    row = await tx.connection.fetchrow(
        "SELECT code_hash, created_at, expires_at, tries FROM one_time_code"
        " WHERE person_id = $1 FOR UPDATE",
        person_id,
    )
    return Code(**row) if row else None


async def put_code(
    tx: Transaction,
    person_id: UUID,
    hashed: bytes,
    *,
    at: datetime,
    expires_at: datetime,
    resting: datetime,
) -> bool:
    """Put another code in the last one's place; False: that one is too new.

    `resting`: codes made after this moment stay. Of two at once one is put.
    """
    return bool(
        await tx.connection.fetchval(
            """
            INSERT INTO one_time_code AS c
              (person_id, code_hash, created_at, expires_at, tries)
            VALUES ($1, $2, $3, $4, 0)
            ON CONFLICT (person_id) DO UPDATE SET code_hash = excluded.code_hash,
              created_at = excluded.created_at, expires_at = excluded.expires_at,
              tries = 0
            WHERE c.created_at <= $5 RETURNING true
            """,
            person_id,
            hashed,
            at,
            expires_at,
            resting,
        )
    )


async def count_code_try(tx: Transaction, person_id: UUID) -> None:
    await tx.connection.execute(
        "UPDATE one_time_code SET tries = tries + 1 WHERE person_id = $1", person_id
    )


async def drop_code(tx: Transaction, person_id: UUID) -> None:
    await tx.connection.execute(
        "DELETE FROM one_time_code WHERE person_id = $1", person_id
    )


# -------------------------------------------------- what happened at the door


async def note(
    tx: Transaction, person_id: UUID, kind: str, *, device: str, at: datetime
) -> None:
    """Write down what happened, for the person herself."""
    await tx.connection.execute(
        "INSERT INTO sign_in (id, person_id, at, kind, device)"
        " VALUES ($1, $2, $3, $4, $5)",
        new_id(at),
        person_id,
        at,
        kind,
        device,
    )


async def happenings(tx: Transaction, person_id: UUID, limit: int) -> list[Happening]:
    """Return the last things that happened at her door, the newest first."""
    rows = await tx.connection.fetch(
        "SELECT at, kind, device FROM sign_in WHERE person_id = $1"
        " ORDER BY at DESC, id DESC LIMIT $2",
        person_id,
        limit,
    )
    return [Happening(**row) for row in rows]


# ------------------------------------------------------- what we owe to people


def seal_owed(keyring: Keyring, secret: str, owed_id: UUID) -> str:
    """Return a link's secret or a code as it lies in the outbox until it is sent."""
    return keyring.seal(secret.encode(), f"outbox|secret|{owed_id}").hex()


def open_owed(keyring: Keyring, sealed: str, owed_id: UUID) -> str:
    return keyring.open(bytes.fromhex(sealed), f"outbox|secret|{owed_id}").decode()


async def owe(
    tx: Transaction,
    person_id: UUID,
    template: str,
    params: Mapping[str, Any],
    *,
    owed_id: UUID,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Owe a person a message that has to do with no case; it goes at once."""
    await tx.connection.execute(
        """
        INSERT INTO outbox (id, case_id, key, recipient_kind, recipient_key, template,
          params, created_at, next_at, expires_at, attempt, state)
        VALUES ($1, NULL, $2, 'person', $3, $4, $5, $6, $6, $7, 0, 'owed')
        """,
        owed_id,
        f"{template}:{owed_id}",
        str(person_id),
        template,
        json.dumps(dict(params)),
        at,
        expires_at,
    )


# ---------------------------------------------------------------- the sessions


async def session_by_tag(tx: Transaction, tag: bytes, at: datetime) -> Session | None:
    """Return a session that has neither ended nor outlived its longest time."""
    row = await tx.connection.fetchrow(
        """
        SELECT s.id, s.person_id, s.is_whole, s.device, s.created_at, s.seen_at,
          s.expires_at, s.detail, a.language,
          (SELECT version FROM directory_version) AS directory_version
        FROM room_session s LEFT JOIN account a ON a.person_id = s.person_id
        WHERE s.tag = $1 AND s.ended_at IS NULL AND s.expires_at > $2
        """,
        tag,
        at,
    )
    return _session(row) if row else None


async def add_session(
    tx: Transaction,
    *,
    tag: bytes,
    person_id: UUID,
    is_whole: bool,
    device: str,
    at: datetime,
    expires_at: datetime,
    detail: dict[str, Any],
) -> UUID:
    """Write a session and return its id."""
    session_id = new_id(at)
    await tx.connection.execute(
        """
        INSERT INTO room_session (tag, id, person_id, is_whole, device, created_at,
          seen_at, expires_at, ended_at, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7, NULL, $8)
        """,
        tag,
        session_id,
        person_id,
        is_whole,
        device,
        at,
        expires_at,
        json.dumps(detail),
    )
    return session_id


async def set_detail(
    tx: Transaction, session_id: UUID, detail: Mapping[str, Any]
) -> None:
    """Keep what a session is in the midst of; it is gone with its end."""
    await tx.connection.execute(
        "UPDATE room_session SET detail = $2 WHERE id = $1 AND ended_at IS NULL",
        session_id,
        json.dumps(dict(detail)),
    )


async def sessions_of(
    tx: Transaction, person_id: UUID, at: datetime, *, seen_since: datetime
) -> list[Session]:
    """Return a person's sessions that still hold, the last used first."""
    rows = await tx.connection.fetch(
        """
        SELECT id, person_id, is_whole, device, created_at, seen_at, expires_at,
          detail, NULL AS language, 0 AS directory_version
        FROM room_session WHERE person_id = $1 AND ended_at IS NULL
        AND expires_at > $2 AND seen_at > $3 AND is_whole
        ORDER BY seen_at DESC, id DESC
        """,
        person_id,
        at,
        seen_since,
    )
    return [_session(row) for row in rows]


async def mark_seen(tx: Transaction, id: UUID, at: datetime) -> None:
    await tx.connection.execute(
        "UPDATE room_session SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL",
        id,
        at,
    )


async def end_session(
    tx: Transaction, id: UUID, at: datetime, *, of: UUID | None = None
) -> bool:
    """End a session, if `of` is given only one of that person's; False: none."""
    return bool(
        await tx.connection.fetchval(
            "UPDATE room_session SET ended_at = $2, detail = '{}'"
            " WHERE id = $1 AND ended_at IS NULL"
            " AND ($3::uuid IS NULL OR person_id = $3) RETURNING true",
            id,
            at,
            of,
        )
    )


async def end_sessions(
    tx: Transaction, person_id: UUID, at: datetime, *, but: UUID | None = None
) -> int:
    """End all of a person's sessions but one, and return how many."""
    done: str = await tx.connection.execute(
        "UPDATE room_session SET ended_at = $2, detail = '{}'"
        " WHERE person_id = $1 AND ended_at IS NULL"
        " AND ($3::uuid IS NULL OR id <> $3)",
        person_id,
        at,
        but,
    )
    return int(done.rsplit(" ", 1)[-1])


async def forget_old(tx: Transaction, at: datetime) -> int:
    """Let go of what has been over for long; return how many rows."""
    gone = 0
    for statement, kept in (
        ("DELETE FROM sign_in WHERE at <= $1", _EVENTS_KEPT),
        ("DELETE FROM room_session WHERE expires_at <= $1", _ENDED_KEPT),
        ("DELETE FROM invitation WHERE expires_at <= $1", _ENDED_KEPT),
        ("DELETE FROM one_time_code WHERE expires_at <= $1", _CODES_KEPT),
        ("DELETE FROM known_device WHERE seen_at <= $1", DEVICES_KEPT),
    ):
        done: str = await tx.connection.execute(statement, at - kept)
        gone += int(done.rsplit(" ", 1)[-1])
    return gone


def _session(row: Any) -> Session:
    return Session(
        id=row["id"],
        person_id=row["person_id"],
        is_whole=row["is_whole"],
        device=row["device"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        expires_at=row["expires_at"],
        detail=json.loads(row["detail"]),
        directory_version=row["directory_version"],
        language=row["language"],
    )
