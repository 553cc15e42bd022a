"""Bring home what workers sent along: fetch, write anew, seal, delete at the carrier.

No transaction is open while the carrier is spoken to or a file is looked through.
Nothing is deleted at the carrier before it is sealed here, or refused for good.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from app.actions.keep_files import Scrub, keep_within
from app.domain.case import Event
from app.outbox.settlement import (
    BadContent,
    GatewayError,
    Misconfigured,
    NotYet,
    Transient,
)
from app.scrubbing.verdict import Clean, Unfit, Why
from app.store import attachments, media
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ledger import event_row
from app.store.media import PATIENCE, Held
from app.store.sealing import CannotOpen, DataKey

log = structlog.get_logger(__name__)

LANES = 4  # media under way at once in one process

# The media lag behind the webhook by seconds, now and then by more.
_WAITS = tuple(timedelta(seconds=n) for n in (2, 5, 15, 60, 300, 900, 3600))
_DELETE_WAITS = tuple(timedelta(seconds=n) for n in (15, 60, 300, 900, 3600))
# After so long, and every wait above, the carrier will never have it.
PATIENT_FOR = timedelta(days=3)
FULL = "full"  # the case has as many files as it takes


class Carrier(Protocol):
    """Where the media lie; see `app.gateways.twilio_media`."""

    async def fetch(self, address: str) -> bytes: ...

    async def delete(self, address: str) -> None: ...


async def keep_due(
    store: Store,
    carrier: Carrier,
    scrub: Scrub,
    *,
    at_clock: Callable[[], datetime],
    limit: int = LANES,
) -> int:
    """Take the next step with up to `limit` media; return how many.

    Any number of workers may do this at once. Raise `Busy` where the store
    cannot be reached.
    """
    async with store.transaction() as tx:
        due = await media.lease(tx, at_clock(), limit)
    ended = await asyncio.gather(
        *(_take_step(store, carrier, scrub, held, at_clock) for held in due),
        return_exceptions=True,
    )
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return len(due)


async def _take_step(
    store: Store,
    carrier: Carrier,
    scrub: Scrub,
    held: Held,
    clock: Callable[[], datetime],
) -> None:
    try:
        context = media.url_context(held.id)
        address = store.keyring.open(held.url_sealed, context).decode()
        async with asyncio.timeout(PATIENCE.total_seconds()):
            if held.is_owed:
                await _bring_home(store, carrier, scrub, held, address, clock)
            else:
                await carrier.delete(address)
                await _settle_deleted(store, held)
    except CannotOpen:
        await _fail(store, held, Misconfigured("key"), clock())
    except BadContent as unfit:
        await _refuse(store, held, unfit.code, clock())
    except Unfit as unfit:
        if unfit.why is Why.BUSY:
            await _fail(store, held, Transient(unfit.why.value), clock())
        else:
            await _refuse(store, held, unfit.why.value, clock())
    except GatewayError as error:
        await _fail(store, held, error, clock())
    except TimeoutError:
        await _fail(store, held, Transient("timeout"), clock())


async def _bring_home(
    store: Store,
    carrier: Carrier,
    scrub: Scrub,
    held: Held,
    address: str,
    clock: Callable[[], datetime],
) -> None:
    """Fetch it, have it written anew, and keep it with its case."""
    if await _is_full(store, held):
        await _refuse(store, held, FULL, clock())
        return
    content = await carrier.fetch(address)
    clean = await scrub(content)
    await _keep(store, held, store.keyring.file_tag(content), clean, clock())


async def _is_full(store: Store, held: Held) -> bool:
    """Tell whether its case takes no more files: then it is not even fetched."""
    if held.case_id is None:
        return False
    async with store.transaction() as tx:
        known = await attachments.known(tx, held.case_id)
    return len(known) >= attachments.MOST_OF_A_CASE


async def _keep(
    store: Store, held: Held, tag: bytes, clean: Clean, now: datetime
) -> None:
    """Seal it with its case, and let the deletion at the carrier be due."""
    async with store.transaction() as tx:
        key = await _locked(store, tx, held)
        state = "kept" if key is not None else "gone"
        is_ours = await media.settle_fetched(tx, held, state, now)
        if is_ours and held.case_id is not None:
            await keep_within(store, tx, held.case_id, tag, clean, now)
    _log(held, state if is_ours else "settled_otherwise")


async def _refuse(store: Store, held: Held, why: str, now: datetime) -> None:
    """Say in the case that something came which cannot be kept."""
    async with store.transaction() as tx:
        key = await _locked(store, tx, held)
        is_ours = await media.settle_fetched(tx, held, "refused", now, why)
        if is_ours:
            await _tell(tx, held, key, "file.refused", why, now)
    _log(held, "refused" if is_ours else "settled_otherwise", code=why)


async def _locked(store: Store, tx: Transaction, held: Held) -> DataKey | None:
    """Lock the case first, as everybody does who locks both, and return its key.

    None where it was forgotten. Raise `CannotOpen` where the key is not among ours.
    """
    wrapped = await tx.connection.fetchval(
        "SELECT data_key FROM cases WHERE id = $1 FOR UPDATE", held.case_id
    )
    if wrapped is None or held.case_id is None:
        return None
    return store.keyring.unwrap(wrapped, held.case_id)


async def _tell(
    tx: Transaction, held: Held, key: DataKey | None, kind: str, why: str, now: datetime
) -> None:
    """Write into the case's history that it does not have what was sent."""
    if key is None or held.case_id is None:
        return
    changes = Changes()
    event = Event(kind, {"file": held.kind, "why": why})
    changes.events.append(event_row(held.case_id, now, event, key))
    await changes.flush(tx)


async def _settle_deleted(store: Store, held: Held) -> None:
    async with store.transaction() as tx:
        await media.settle_deleted(tx, held)
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
        if not is_lost:
            await media.settle_later(tx, held, next_at=now + wait, error=str(error))
        else:
            key = await _locked(store, tx, held)
            if await media.settle_lost(tx, held, str(error)):
                await _tell(tx, held, key, "file.lost", error.code, now)
    is_alarm = is_lost or isinstance(error, Misconfigured)
    _log(held, "lost" if is_lost else error.kind, code=error.code, is_alarm=is_alarm)


def _log(
    held: Held, outcome: str, *, code: str | None = None, is_alarm: bool = False
) -> None:
    write = log.error if is_alarm else log.info
    write(
        "medium.settled",
        medium_id=str(held.id),
        case_id=str(held.case_id) if held.case_id else None,
        kind=held.kind,
        verb="fetch" if held.is_owed else "delete",
        attempt=held.attempt,
        outcome=outcome,
        code=code,
    )
