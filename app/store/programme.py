"""What the database is: real, or marked demo when it was made."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Refused
from app.store.engine import Store
from app.store.sealing import CannotOpen

_CONTEXT = "programme|key_check|1"


@dataclass(frozen=True, slots=True)
class Programme:
    """The database's own row; `is_new`: it was written just now."""

    is_demo: bool
    created_at: datetime
    is_new: bool


async def found(store: Store, *, as_demo: bool, at: datetime) -> Programme:
    """Return what the database is, marking a new one for good.

    Raises `Refused` where it was sealed under other keys: writing with these
    would leave a database that nobody can read whole.
    """
    async with store.transaction() as tx:
        row = await tx.connection.fetchrow(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, $1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING 1",
            as_demo,
            at,
            store.keyring.seal(b"threadline", _CONTEXT),
        )
        if row is not None:
            return Programme(as_demo, at, is_new=True)
        kept = await tx.connection.fetchrow("SELECT * FROM programme WHERE id = 1")
    try:
        store.keyring.open(kept["key_check"], _CONTEXT)
    except CannotOpen:
        raise Refused(
            "This database was sealed under other keys than THREADLINE_KEYS holds."
            " Put the old keys back, the first one first, and append new ones."
        ) from None
    return Programme(kept["is_demo"], kept["created_at"], is_new=False)
