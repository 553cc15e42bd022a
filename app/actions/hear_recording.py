"""Take in what was spoken where the call itself could not tell us of it.

The report of a recording, or a look at what the carrier keeps, comes to the
same: what nobody has heard of yet opens a case, or is added to the call's own.
"""

from dataclasses import replace
from datetime import datetime
from random import SystemRandom

from asyncpg import UniqueViolationError

from app.actions.call import HeardCall, open_call
from app.actions.call_facts import seen
from app.actions.turn import NumberTaken
from app.conversation.calls.machine import keep_speech
from app.conversation.calls.session import At, Spoke
from app.domain.errors import Busy
from app.domain.reference import Chance
from app.store.engine import Store


async def hear_recording(
    store: Store,
    *,
    sid: str,
    call_sid: str,
    seconds: int,
    sender: str | None = None,
    dialled: str | None = None,
    at: datetime,
    chance: Chance | None = None,
) -> bool:
    """Keep a recording of at least one second; False where it is no news.

    A report names no parties: where its call is not known either, it waits
    until the carrier is asked for both (`dialled` is given then).
    """
    if seconds < 1:
        return False
    random = chance or SystemRandom()
    for _ in range(4):
        try:
            return await _hear(
                store, sid, call_sid, seconds, sender, dialled, at, random
            )
        except (UniqueViolationError, NumberTaken):
            continue
    raise Busy("no free case number was drawn")


async def _hear(
    store: Store,
    sid: str,
    call_sid: str,
    seconds: int,
    sender: str | None,
    dialled: str | None,
    at: datetime,
    random: Chance,
) -> bool:
    async with store.transaction() as tx:
        row = await tx.connection.fetchrow(
            "SELECT phone_sealed, dialled, session ? 'studio' AS is_studio"
            " FROM call WHERE tag = $1",
            tag := store.keyring.call_tag(call_sid),
        )
        if row is not None and row["is_studio"]:
            return False  # a speaker's, and kept or let go by their key
        if row is not None:
            dialled = row["dialled"]
            sealed = row["phone_sealed"]
            context = f"call|phone|{tag.hex()}"
            sender = store.keyring.open(sealed, context).decode() if sealed else None
        if dialled is None:
            return False
        heard = HeardCall(
            call_sid, sender, dialled, heard=Spoke(seconds), turn=-1, recording=sid
        )
        call = await open_call(store, tx, heard, at, random)
        if call.known.is_recording_known:
            return False
        work = call.work
        session, acts = keep_speech(call.session, seen(work.held, work))
        work.language = session.language or work.language
        work.do(acts)
        if work.is_new:
            call.pin = work.pin
        call.keep_recording(sid, seconds)
        work.settle()
        # Where the call stands is its own to say: it may still be going on, and
        # what is over stays over.
        if call.row is None:
            session = replace(session.to(At.BEEP), pieces=1)
        call.keep(session, heard_at=call.row.heard_at if call.row else None)
        await work.flush(tx)
        return True
