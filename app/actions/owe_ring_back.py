"""Owe the call that returns a missed one."""

from datetime import datetime, timedelta

from app.domain.directory import HotlineNumber
from app.domain.reach import next_allowed
from app.domain.reference import Chance
from app.store import ring_back
from app.store.changes import Changes
from app.store.engine import Store
from app.store.ids import new_id

# Long enough for the caller to hang up and put the phone to the ear again.
_MISSED = "missed"  # a kind of contact
_SOONEST, _LATEST = 10, 30  # seconds


async def owe_ring_back(
    store: Store,
    *,
    sender: str | None,
    hotline: HotlineNumber,
    call_sid: str,
    at: datetime,
    chance: Chance,
) -> bool:
    """Owe one call to whoever rang `hotline`; True where it is a new debt.

    It is placed after 10 to 30 seconds, or when the number's hours begin. A
    repeat of the same call adds nothing, nor does another ring of that phone
    while a call is owed, in progress, or over for less than a minute. A caller
    who withholds the number is counted and cannot be called. What is owed is one
    contact, however often it rang; the call that we make is none.
    """
    directory = await store.directory()
    zone = directory.calendar_for(None, hotline.country).zone
    known_as = store.keyring.message_tag(f"{call_sid}|missed")
    wait = timedelta(seconds=chance.randrange(_SOONEST, _LATEST + 1))
    day = at.astimezone(zone).date().isoformat()
    changes, contact = Changes(), Changes()
    name = "call.missed" if sender else "call.withheld"
    changes.add("counters", day, name, 1)
    contact.add("counters", day, f"contact.{_MISSED}", 1)
    async with store.transaction() as tx:
        if not await ring_back.claim(tx, known_as, at):
            return False
        await changes.flush(tx)
        if sender is None:
            return False
        if await ring_back.is_under_way(tx, store.keyring.phone_tag(sender), at):
            return False
        await contact.flush(tx)
        await ring_back.owe(
            tx,
            store.keyring,
            owed_id=new_id(at),
            sender=sender,
            hotline=hotline.number,
            at=at,
            next_at=next_allowed(at + wait, zone, hotline.allowed_hours, None),
        )
        return True
