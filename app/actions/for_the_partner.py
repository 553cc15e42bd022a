"""What only a case's partner may hear or see, and what the ledger says of it."""

from datetime import datetime
from uuid import UUID

from app.domain.authority import Hat, hats, no_such_case
from app.domain.case import Decision, Event
from app.domain.directory import Person
from app.domain.errors import NotFound
from app.store.cases import Held, load, record
from app.store.changes import Changes
from app.store.engine import Store, Transaction


async def hold_for_partner(
    store: Store,
    tx: Transaction,
    number: str,
    *,
    by: Person,
    kind: str,
    reason: str,
    at: datetime,
    through: str,
    which: UUID | None = None,
) -> Held:
    """Return the case for its partner, and record as `kind` that it was opened.

    `which`: the one recording or file; None: all that the case has.

    A face or a voice tells who it is: to everybody else the answer is the same
    as for a number that no case has.
    """
    directory = await store.directory_now(tx)
    held = await load(store, tx, number)
    file = held.file
    day = directory.local_day(at, file.site, file.country)
    if Hat.PARTNER not in hats(by, file, directory, day):
        raise NotFound(no_such_case(file.number))
    facts = {"reason": reason, "through": through}
    if which is not None:
        facts["which"] = str(which)
    event = Event(kind, facts, str(by.id))
    changes = Changes()
    record(changes, held, Decision(file, events=(event,)), at=at)
    await changes.flush(tx)
    return held
