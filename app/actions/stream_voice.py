"""A worker's voice for the case's partner in the room: each listening is kept."""

import json
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.actions.for_the_partner import hold_for_partner
from app.domain.authority import no_such_case
from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.store.cases import load
from app.store.engine import Store, Transaction
from app.store.ledger import open_facts
from app.store.purposes import keep_purpose, purpose_of
from app.store.readers import partner
from app.store.readers.partner import Content
from app.store.readers.rooms import sees

HEARD = "recording.heard"
# What has begun to play is fetched on, and wound back, within this time.
GOES_ON = timedelta(minutes=30)
# A browser may ask twice before the first word is heard.
_TWICE = timedelta(seconds=5)


class Purpose(StrEnum):
    """Why a partner listens or looks; it stands in the ledger beside each time."""

    WRITE_DOWN = "to write down what she says"
    TRANSLATE = "to translate it"
    CHECK = "to check what was written down"
    DANGER = "to judge whether she is in danger"
    ANSWER = "to answer her"


async def say_purpose(
    store: Store, number: str, purpose: str, *, by: Person, day: date, session_id: UUID
) -> None:
    """Keep for this session why somebody listens to this case."""
    if purpose not in set(Purpose):
        raise Refused("Choose what it is for: that is kept with each listening.")
    async with store.as_person(by.id, day=day) as tx:
        if not await sees(tx, number):
            raise NotFound(no_such_case(number))
    async with store.transaction() as tx:
        await keep_purpose(tx, session_id, number, purpose)


async def purpose_said(store: Store, number: str, *, session_id: UUID) -> str | None:
    """Return why this session listens to this case; None: nobody has said."""
    async with store.transaction() as tx:
        return await purpose_of(tx, session_id, number)


async def stream_voice(
    store: Store,
    number: str,
    sound_id: UUID,
    *,
    by: Person,
    day: date,
    session_id: UUID,
    is_start: bool,
    at: datetime,
) -> Content:
    """Open one recording, and keep that it was heard.

    To everybody but its partner there is none. `is_start`: the browser asks for
    its beginning. What is asked for later belongs to the listening that began;
    where none did, it is one.
    """
    async with store.as_person(by.id, day=day) as tx:
        found = await partner.voice(store, tx, number, sound_id)
    if found is None:
        raise NotFound(no_such_case(number))
    await keep_opening(
        store,
        number,
        sound_id,
        kind=HEARD,
        by=by,
        session_id=session_id,
        is_start=is_start,
        at=at,
    )
    return found


async def keep_opening(
    store: Store,
    number: str,
    which: UUID,
    *,
    kind: str,
    by: Person,
    session_id: UUID,
    is_start: bool,
    at: datetime,
) -> None:
    """Write down that a voice or a file was opened, once for each opening."""
    async with store.transaction() as tx:
        reason = await purpose_of(tx, session_id, number)
        if reason is None:
            raise Refused("Say on the page of the case first what it is for.")
        last = await _last_opened(store, tx, number, which, kind, by, at)
        covered = _TWICE if is_start else GOES_ON
        if last is None or at - last > covered:
            await hold_for_partner(
                store,
                tx,
                number,
                by=by,
                kind=kind,
                reason=reason,
                at=at,
                through="page",
                which=which,
            )


async def _last_opened(
    store: Store,
    tx: Transaction,
    number: str,
    which: UUID,
    kind: str,
    by: Person,
    at: datetime,
) -> datetime | None:
    """Return when this person last began with it, of late; under the case's lock."""
    held = await load(store, tx, number)
    rows = await tx.connection.fetch(
        "SELECT at, sealed FROM ledger_event WHERE case_id = $1 AND kind = $2"
        " AND at > $3 ORDER BY seq DESC",
        held.file.id,
        kind,
        at - GOES_ON,
    )
    for row in rows:
        opened = open_facts(row["sealed"], held.file.id, held.key)
        facts = {fact.name: json.loads(fact.value) for fact in opened}
        if (facts.get("actor"), facts.get("which")) == (str(by.id), str(which)):
            opened_at: datetime = row["at"]
            return opened_at
    return None
