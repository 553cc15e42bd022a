"""Whether a form that comes again was taken before."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.store.cases import Held
from app.store.engine import Transaction
from app.store.ledger import open_facts

# A browser that is opened again may send a form of yesterday's once more.
_REMEMBERED = timedelta(days=7)


async def was_done(tx: Transaction, held: Held, once: str, at: datetime) -> bool:
    """Tell whether an event of the case carries this form's mark; see `done_before`."""
    return await done_before(tx, held, once, at) is not None


async def done_before(
    tx: Transaction, held: Held, once: str, at: datetime
) -> Mapping[str, str] | None:
    """Return the facts of the event with this form's mark; a refusal is none.

    The case must be under its lock: of the same form sent twice at a time, the
    second one looks when the first is done.
    """
    if not once:
        return None
    rows = await tx.connection.fetch(
        "SELECT sealed FROM ledger_event WHERE case_id = $1 AND at > $2"
        " AND kind <> 'act.refused'",
        held.file.id,
        at - _REMEMBERED,
    )
    for row in rows:
        opened = open_facts(row["sealed"], held.file.id, held.key)
        facts = {fact.name: json.loads(fact.value) for fact in opened}
        if facts.get("once") == once:
            return facts
    return None
