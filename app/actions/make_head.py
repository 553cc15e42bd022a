"""One signed head an hour over all chains, whether anything happened or not."""

import json
import os
from collections.abc import Mapping
from datetime import datetime

from app.actions.send_heads import owe_heads
from app.domain.errors import Refused
from app.domain.heads import Head, digest, hours_owed, written_hour
from app.domain.merkle import Tip, Tree, width_for
from app.receipts.keys import Purpose, SigningKey
from app.store import chains, heads
from app.store.engine import Store, Transaction
from app.store.heads import Kept

FOREIGN = (
    "Head {number} of the ledger does not say its own number and hour: it was not made"
    " by Threadline, and no head is made after it. Find out who wrote it into"
    " ledger_root; then restore the database from the last backup before it."
)
_SECRET_BYTES = 32


async def make_heads(store: Store, signing: SigningKey, *, at: datetime) -> range:
    """Make the heads of the hours that have none, and owe them to the witnesses.

    Every event since the newest head is appended to its chain first. Hours that
    passed while nobody worked get their heads now: one each, never two for one.
    Returns the numbers of the heads that were made; none where another worker is
    about it. What is made and what is owed is one transaction.
    """
    directory = await store.directory()
    async with store.transaction() as tx:
        last = await heads.newest(tx)
    if not any(hours_owed(last.hour if last else None, at)):
        return range(0)
    async with chains.alone(store) as alone:
        if alone is None:
            return range(0)
        before = await heads.newest(alone)
        if before is not None and (wrong := wrong_with(before)):
            raise Refused(wrong)
        owed = list(hours_owed(before.hour if before else None, at))
        if not owed:
            return range(0)
        first = before.number + 1 if before else 1
        last_seq = await chains.link_new(alone)
        tips = await chains.grown(alone, first)
        for number, hour in enumerate(owed, start=first):
            before = await _make(
                store, alone, signing, before, number, hour, tips, last_seq, at
            )
        made = range(first, first + len(owed))
        await owe_heads(alone, directory, made, at=at)
        return made


def wrong_with(head: Kept) -> str:
    """Return why nothing may be built on a head, and what to do; blank: all is well."""
    try:
        said = json.loads(head.body)
        is_its_own = (said["number"], said["hour"]) == (
            head.number,
            written_hour(head.hour),
        )
    except (ValueError, KeyError, TypeError):
        is_its_own = False
    return "" if is_its_own else FOREIGN.format(number=head.number)


async def _make(
    store: Store,
    tx: Transaction,
    signing: SigningKey,
    before: Kept | None,
    number: int,
    hour: datetime,
    tips: Mapping[int, Tip],
    last_seq: int,
    at: datetime,
) -> Kept:
    # Another secret each time: no two roots are alike, nothing happened or not.
    secret, width = os.urandom(_SECRET_BYTES), width_for(len(tips))
    head = Head(
        number=number,
        hour=hour,
        key=signing.public.id,
        previous=digest(before.body) if before else "",
        root=Tree(secret, width, tips).root.hex(),
    )
    await heads.keep(
        store,
        tx,
        head,
        signing.sign(Purpose.HEAD, head.body),
        secret=secret,
        width=width,
        last_seq=last_seq,
        at=at,
    )
    kept = await heads.numbered(tx, number)
    assert kept is not None
    return kept
