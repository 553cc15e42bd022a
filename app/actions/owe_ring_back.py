"""Owe the call that returns a missed one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.domain.directory import HotlineNumber
from app.domain.phones import is_at_home
from app.domain.reach import next_allowed
from app.domain.reference import Chance
from app.runtime.settings import Settings
from app.store import ring_back
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ids import new_id

log = structlog.get_logger(__name__)

_HOUR = timedelta(hours=1)
# Long enough for the caller to hang up and put the phone to the ear again.
_MISSED = "missed"  # a kind of contact
_SOONEST, _LATEST = 10, 30  # seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Whom we call, and how often: a number that rings can be feigned, and we pay."""

    to: tuple[str, ...] = ()  # how numbers begin that are called beside the line's own
    an_hour: int = 120  # calls, over all lines


ELSEWHERE, TOO_MANY = "country", "too_many"  # why a missed call is not returned


def call_limits(settings: Settings) -> Limits:
    return Limits(settings.call_back_to, settings.call_backs_per_hour)


async def owe_ring_back(
    store: Store,
    *,
    sender: str | None,
    hotline: HotlineNumber,
    call_sid: str,
    at: datetime,
    chance: Chance,
    limits: Limits = Limits(),
) -> bool:
    """Owe one call to whoever rang `hotline`; True where it is a new debt.

    It is placed after 10 to 30 seconds, or when the number's hours begin. A
    repeat of the same call adds nothing, nor does another ring of that phone
    while a call is owed, in progress, or over for less than a minute. A caller
    who withholds the number is counted and cannot be called; so is a phone of another
    country than the line's, and whoever rings when the hour's calls are used up.
    What is owed is one contact, however often it rang; the call that we make is none.
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
        reason = await _why_not(tx, sender, hotline, limits, at)
        if reason:
            refused = Changes()
            refused.add("counters", day, ring_back.NOT_RETURNED + reason, 1)
            await refused.flush(tx)
            log.warning("call.not_returned", reason=reason)
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


async def _why_not(
    tx: Transaction, sender: str, hotline: HotlineNumber, limits: Limits, at: datetime
) -> str:
    """Return why we do not call this phone now; blank: we do."""
    is_home = is_at_home(sender, hotline.country, hotline.number)
    if not is_home and not sender.startswith(limits.to):
        return ELSEWHERE
    if await ring_back.owed_since(tx, at - _HOUR) >= limits.an_hour:
        return TOO_MANY
    return ""
