"""The pool of connections, and the transaction that every action opens."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from app.domain.directory import Directory
from app.domain.errors import Busy, Refused
from app.store.directory import load_directory
from app.store.sealing import Keyring

# The service's own role: whoever logs in, even the owner of the tables, it can
# append to the ledger and never alter it.
SERVICE = "threadline_app"

_SESSION = {
    "role": SERVICE,
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
    # The same few statements for ever: a plan made once serves them all, and
    # one made while the tables were young must not scan them when they are not.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "jit": "off",
}

_NO_ROLE = (
    f"The login in DATABASE_URL may not take on the role {SERVICE}. Run `threadline"
    " migrate` as the owner of the database, then grant the login the role:"
    f" GRANT {SERVICE} TO …; on a server that never had it (a restored dump) make both"
    f" first: CREATE ROLE threadline_rooms NOLOGIN; CREATE ROLE {SERVICE} NOLOGIN"
    f" NOINHERIT; GRANT threadline_rooms TO {SERVICE};"
)

UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # cut in the midst of a statement
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.DiskFullError,
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction; leaving it commits, an exception rolls it back."""

    connection: Any  # an asyncpg connection; asyncpg ships no types


class Store:
    """Postgres as the actions know it: transactions, keys, the directory."""

    def __init__(self, pool: Any, keyring: Keyring) -> None:
        self.pool = pool
        self.keyring = keyring
        self._directory: Directory | None = None

    @classmethod
    async def open(
        cls,
        database_url: str,
        keyring: Keyring,
        *,
        min_size: int = 1,
        max_size: int = 10,
    ) -> "Store":
        """Open a pool; sessions run in UTC with time limits on every wait.

        Raise `Refused` where the login may not take on the service's role.
        """
        try:
            pool = await asyncpg.create_pool(
                database_url,
                min_size=min_size,
                max_size=max_size,
                server_settings=_SESSION,
                statement_cache_size=500,
                init=_learn_types,
                # Everything is set inside transactions, so that a connection
                # comes back clean and needs no round trip to be reset.
                reset=_nothing_to_reset,
            )
        except (
            asyncpg.InvalidParameterValueError,
            asyncpg.InsufficientPrivilegeError,
        ) as error:
            raise Refused(_NO_ROLE) from error
        return cls(pool, keyring)

    async def close(self) -> None:
        await self.pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open one transaction; `Busy` where Postgres cannot be reached now."""
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                yield Transaction(connection)
        except UNREACHABLE as error:
            raise Busy(type(error).__name__) from error

    @asynccontextmanager
    async def as_person(self, person: UUID, *, day: date) -> AsyncIterator[Transaction]:
        """Open a transaction that sees just what this person may see on `day`.

        Its first statement gives up our own rights for those of a role that owns
        nothing, and says who asks: from then on Postgres itself leaves out every
        other row. Both end with the transaction, however it ends; that they held
        to its end is asserted, for a connection that somebody else had set up
        within a hidden transaction would show another person's cases.
        """
        who = str(person)
        async with self.transaction() as tx:
            await tx.connection.fetchval(
                "SELECT set_config('role', 'threadline_rooms', true),"
                " set_config('app.person', $1, true), set_config('app.day', $2, true)",
                who,
                day.isoformat(),
            )
            yield tx
            held = await tx.connection.fetchrow(
                "SELECT current_setting('app.person'), current_user"
            )
            if tuple(held) != (who, "threadline_rooms"):
                raise RuntimeError("A reader's transaction was not its own.")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Transaction]:
        """Lend a connection on which each statement is a transaction of its own."""
        try:
            async with self.pool.acquire() as connection:
                yield Transaction(connection)
        except UNREACHABLE as error:
            raise Busy(type(error).__name__) from error

    @property
    def known_directory(self) -> Directory | None:
        """The programme as it was last read: what is left without a database."""
        return self._directory

    async def directory(self) -> Directory:
        """Return the imported programme as it is now."""
        async with self.transaction() as tx:
            return await self.directory_now(tx)

    async def directory_now(self, tx: Transaction) -> Directory:
        """Return the programme as this transaction sees it."""
        version = await tx.connection.fetchval("SELECT version FROM directory_version")
        return await self.directory_at(tx, version)

    async def directory_at(self, tx: Transaction, version: int) -> Directory:
        """Return the directory of `version`, loading it only when it is new."""
        if self._directory is None or self._directory.version != version:
            self._directory = await load_directory(tx.connection)
        return self._directory


def lock_key(purpose: bytes, value: bytes) -> int:
    """Return the advisory lock that stands for a value of some kind."""
    digest = hashlib.sha256(purpose + b"\0" + value).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


async def _learn_types(connection: Any) -> None:
    """Let the driver look up our array types once, not within the first turn."""
    await connection.fetchval(
        "SELECT $1::uuid[] IS NULL AND $2::timestamptz[] IS NULL"
        " AND $3::bytea[] IS NULL AND $4::text[] IS NULL"
        " AND $5::bigint[] IS NULL AND $6::jsonb[] IS NULL",
        *([] for _ in range(6)),
    )


async def _nothing_to_reset(_connection: Any) -> None:
    return None
