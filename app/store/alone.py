"""One process at a time, for work that is longer than a transaction may be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.store.engine import Store, Transaction


@asynccontextmanager
async def alone(store: Store, key: int) -> AsyncIterator[Transaction | None]:
    """Hold an advisory lock on a connection that is lent; None where another does.

    Each statement on the connection is a transaction of its own. Whoever dies, or
    is cut off, gives the lock back.
    """
    async with store.connection() as link:
        connection = link.connection
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", key):
            yield None
            return
        try:
            yield link
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1)", key)
