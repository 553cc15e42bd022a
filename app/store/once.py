"""Whether a form that comes again was taken before."""

import json
from datetime import datetime, timedelta

from app.store.cases import Held
from app.store.engine import Transaction
from app.store.ledger import open_facts

# A browser that is opened again may send a form of yesterday's once more.
_REMEMBERED = timedelta(days=7)


async def was_done(tx: Transaction, held: Held, once: str, at: datetime) -> bool:
    """Tell whether an event of the case carries this form's mark.

    The case must be under its lock: of the same form sent twice at a time, the
    second one looks when the first is done.
    """
    rows = await tx.connection.fetch(
        "SELECT sealed FROM ledger_event WHERE case_id = $1 AND at > $2",
        held.file.id,
        at - _REMEMBERED,
    )
    return any(
        fact.name == "once" and json.loads(fact.value) == once
        for row in rows
        for fact in open_facts(row["sealed"], held.file.id, held.key)
    )
