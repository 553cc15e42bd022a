"""Bring home what callers spoke: fetch, seal, then delete it at the carrier.

No transaction is open while the carrier is spoken to. A worker that dies with
a sound in hand leaves a lease to run out; the carrier still has its copy,
because nothing is deleted there before it is sealed here.
"""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from app.outbox.settlement import GatewayError, Misconfigured, NotYet, Transient
from app.store import recordings
from app.store.engine import Store
from app.store.recordings import PATIENCE, Held
from app.store.sealing import CannotOpen

log = structlog.get_logger(__name__)

LANES = 4  # recordings under way at once in one process: each may have 20 MB

# The media lags behind the report by seconds, now and then by more.
_WAITS = tuple(timedelta(seconds=n) for n in (2, 5, 15, 60, 300, 900, 3600))
_DELETE_WAITS = tuple(timedelta(seconds=n) for n in (15, 60, 300, 900, 3600))
# After so long, and every wait above, the carrier will never have it.
PATIENT_FOR = timedelta(days=3)


class Carrier(Protocol):
    """The carrier's recordings; see `app.gateways.twilio_recordings`."""

    async def fetch(self, sid: str) -> bytes: ...

    async def delete(self, sid: str) -> None: ...


async def keep_due(
    store: Store,
    carrier: Carrier,
    *,
    at_clock: Callable[[], datetime],
    limit: int = LANES,
) -> int:
    """Take the next step with up to `limit` recordings; return how many.

    Any number of workers may do this at once. Raise `Busy` where the store
    cannot be reached.
    """
    async with store.transaction() as tx:
        due = await recordings.lease(tx, at_clock(), limit)
    ended = await asyncio.gather(
        *(_take_step(store, carrier, held, at_clock) for held in due),
        return_exceptions=True,
    )
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return len(due)


async def _take_step(
    store: Store, carrier: Carrier, held: Held, clock: Callable[[], datetime]
) -> None:
    try:
        context = recordings.sid_context(held.id)
        sid = store.keyring.open(held.sid_sealed, context).decode()
        async with asyncio.timeout(PATIENCE.total_seconds()):
            if not held.is_owed:
                await carrier.delete(sid)
                sound = None
            else:
                sound = await carrier.fetch(sid)
        if sound is None:
            await _settle_deleted(store, held, clock())
        else:
            await _keep(store, held, sound, clock())
    except CannotOpen:
        await _fail(store, held, Misconfigured("key"), clock())
    except GatewayError as error:
        await _fail(store, held, error, clock())
    except TimeoutError:
        await _fail(store, held, Transient("timeout"), clock())


async def _keep(store: Store, held: Held, sound: bytes, now: datetime) -> None:
    note = None if is_sound(sound) else "unknown_format"
    digest = hashlib.sha256(sound).hexdigest()
    async with store.transaction() as tx:
        state = await recordings.keep(
            store, tx, held, sound, sha256=digest, note=note, at=now
        )
    _log(held, state or "settled_otherwise", code=note)


async def _settle_deleted(store: Store, held: Held, now: datetime) -> None:
    async with store.transaction() as tx:
        await recordings.settle_deleted(tx, held, now)
    _log(held, "deleted")


async def _fail(store: Store, held: Held, error: GatewayError, now: datetime) -> None:
    """Try again later; only what the carrier never had is given up as lost."""
    is_lost = (
        held.is_owed
        and isinstance(error, NotYet)
        and held.attempt > len(_WAITS)
        and now - held.at >= PATIENT_FOR
    )
    waits = _WAITS if held.is_owed else _DELETE_WAITS
    wait = waits[min(held.attempt, len(waits)) - 1]
    async with store.transaction() as tx:
        if is_lost:
            await recordings.settle_lost(tx, held, str(error))
        else:
            await recordings.settle_later(
                tx, held, next_at=now + wait, error=str(error)
            )
    is_alarm = is_lost or isinstance(error, Misconfigured)
    _log(held, "lost" if is_lost else error.kind, code=error.code, is_alarm=is_alarm)


def is_sound(data: bytes) -> bool:
    """Tell whether data begin as WAV or MP3 do; anything else is kept as well."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return True
    is_frame = len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0
    return data[:3] == b"ID3" or is_frame


def _log(
    held: Held, outcome: str, *, code: str | None = None, is_alarm: bool = False
) -> None:
    write = log.error if is_alarm else log.info
    write(
        "recording.settled",
        recording_id=str(held.id),
        case_id=str(held.case_id) if held.case_id else None,
        verb="fetch" if held.is_owed else "delete",
        attempt=held.attempt,
        outcome=outcome,
        code=code,
    )
