"""Events of the programme itself: they are of no case, and in the same chain.

Their case is the nil id; they are sealed under a data key of their own, which
is never destroyed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.case import Event
from app.store.engine import Store, Transaction
from app.store.ledger import PROGRAMME, event_row
from app.store.sealing import DataKey


async def record(
    store: Store,
    tx: Transaction,
    kind: str,
    facts: Mapping[str, Any],
    actor: str,
    at: datetime,
) -> None:
    """Append an event of the programme, in the transaction that makes it true.

    `kind` is noun.verbed, such as export.made; `actor` a person's id, or system.
    """
    key = await programme_key(store, tx)
    case_id, when, what, leaf, sealed = event_row(
        PROGRAMME, at, Event(kind, facts, actor), key
    )
    await tx.connection.execute(
        "INSERT INTO ledger_offer (case_ids, ats, kinds, leaves, sealeds)"
        " VALUES ($1::uuid[], $2::timestamptz[], $3::text[], $4::bytea[], $5::bytea[])",
        *([each] for each in (case_id, when, what, leaf, sealed)),
    )


async def programme_key(store: Store, tx: Transaction) -> DataKey:
    """Return the key of the programme's events, making it the first time."""
    wrapped = await tx.connection.fetchval("SELECT data_key FROM programme_key")
    if wrapped is None:
        new = store.keyring.wrap(store.keyring.new_data_key(), PROGRAMME)
        await tx.connection.execute(
            "INSERT INTO programme_key (id, data_key) VALUES (1, $1)"
            " ON CONFLICT (id) DO NOTHING",
            new,
        )
        # Another that came at the same time may have been first.
        wrapped = await tx.connection.fetchval("SELECT data_key FROM programme_key")
    return store.keyring.unwrap(wrapped, PROGRAMME)
