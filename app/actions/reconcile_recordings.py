"""Take in what was recorded and never reported: no webhook is a promise."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from app.domain.directory import Directory
from app.outbox.settlement import GatewayError, NotYet
from app.store import recordings
from app.store.engine import Store

log = structlog.get_logger(__name__)

# How far the first look of a process goes back, and one every hour after that: an
# outage of ours may last long, and what we have is deleted there and not listed.
FAR_BACK = timedelta(days=30)
_FAR_EVERY = timedelta(hours=1)
# How far any other look goes back: longer than a recording and its call last.
NEAR_BACK = timedelta(hours=2)
# The report, and the call's own next step, have so long to tell of it first.
_SETTLED_AFTER = timedelta(seconds=60)
_TAKEN_IN = frozenset({"completed"})
_STUDIO = "studio"  # the voice of a number that records our own prompts
_EMPTY = frozenset({"completed", "absent"})


class Listed(Protocol):
    """One recording as the carrier lists it."""

    @property
    def sid(self) -> str: ...
    @property
    def call_sid(self) -> str: ...
    @property
    def seconds(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def status(self) -> str: ...


class Parties(Protocol):
    """Who called whom; `sender` is None where the number was withheld."""

    @property
    def sender(self) -> str | None: ...
    @property
    def dialled(self) -> str: ...
    @property
    def direction(self) -> str: ...


class Carrier(Protocol):
    """The carrier's lists; see `app.gateways.twilio_recordings`."""

    async def listed(self, since: datetime) -> tuple[Listed, ...]: ...

    async def parties(self, call_sid: str) -> Parties: ...

    async def delete(self, sid: str) -> None: ...


class TakeIn(Protocol):
    """`app.actions.hear_recording`: True where it was news."""

    async def __call__(
        self,
        store: Store,
        *,
        sid: str,
        call_sid: str,
        seconds: int,
        sender: str | None,
        dialled: str,
        at: datetime,
    ) -> bool: ...


@dataclass(slots=True)
class Memory:
    """What one process remembers between two looks; losing it costs a long one."""

    looked_far_at: datetime | None = None
    strangers: set[str] = field(default_factory=set)  # calls that are not ours


async def reconcile(
    store: Store,
    carrier: Carrier,
    take_in: TakeIn,
    *,
    at: datetime,
    memory: Memory | None = None,
) -> int:
    """Look through the carrier's list; return how many were taken in.

    Only a recording of a call to or from a number of the directory, or of a
    call that we know, is ours: another product's on the same account is never
    touched. What is ours and empty is deleted there. `take_in` gets the worker's
    phone as `sender` and our number as `dialled`, whoever rang. Raise a
    `GatewayError` where the list cannot be had.
    """
    memory = memory or Memory()
    since, is_far = _since(memory, at)
    listed = [
        one for one in await carrier.listed(since) if at - one.at >= _SETTLED_AFTER
    ]
    taken, is_whole = 0, True
    directory = await store.directory()
    for one in await _unknown(store, listed, memory):
        try:
            taken += await _judge(store, carrier, take_in, directory, one, memory)
        except NotYet:
            continue  # No such call: nobody can say whose it is.
        except GatewayError as error:
            is_whole = False
            log.warning("recording.not_judged", kind=error.kind, code=error.code)
    if is_far and is_whole:
        memory.looked_far_at = at
        memory.strangers &= {one.call_sid for one in listed}
    if taken:
        log.warning("recording.found", count=taken)
    return taken


def _since(memory: Memory, at: datetime) -> tuple[datetime, bool]:
    far_at = memory.looked_far_at
    is_far = far_at is None or at - far_at >= _FAR_EVERY
    return at - (FAR_BACK if is_far else NEAR_BACK), is_far


async def _unknown(
    store: Store, listed: Iterable[Listed], memory: Memory
) -> list[Listed]:
    tag = store.keyring.recording_tag
    asked = {
        tag(one.sid): one.sid for one in listed if one.call_sid not in memory.strangers
    }
    if not asked:
        return []
    async with store.transaction() as tx:
        unknown = await recordings.unknown(tx, asked)
    # What was spoken first is taken in first: it opens the case.
    return sorted((o for o in listed if o.sid in unknown), key=lambda one: one.at)


async def _judge(
    store: Store,
    carrier: Carrier,
    take_in: TakeIn,
    directory: Directory,
    one: Listed,
    memory: Memory,
) -> bool:
    """Take in one recording if it is ours; True where it was news."""
    if one.seconds < 1 and one.status not in _EMPTY:
        return False
    if one.seconds >= 1 and one.status not in _TAKEN_IN:
        return False
    parties = await carrier.parties(one.call_sid)
    is_out = parties.direction.startswith("outbound")
    own, phone = parties.dialled, parties.sender
    if is_out:
        own, phone = parties.sender or "", parties.dialled
    known = directory.numbers.get(own)
    if known is not None and known.voice == _STUDIO:
        return False  # a speaker's prompt: no worker spoke it
    if known is None and not await _is_known(store, one.call_sid):
        memory.strangers.add(one.call_sid)
        return False
    if one.seconds < 1:
        await carrier.delete(one.sid)
        return False
    return await take_in(
        store,
        sid=one.sid,
        call_sid=one.call_sid,
        seconds=one.seconds,
        sender=phone,
        dialled=own,
        at=one.at,
    )


async def _is_known(store: Store, call_sid: str) -> bool:
    tag = store.keyring.call_tag(call_sid)
    async with store.transaction() as tx:
        return tag in await recordings.known_calls(tx, [tag])
