"""Take what is owed in hand: one message, with all that goes out in it.

At this last moment it is looked at once more: whether it is still true, still
its reader's, and whether other notices to the same person are due as well.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.actions.carrying import Ended, Round, Taken, Told, note
from app.domain.directory import Person
from app.domain.taxonomy import Role
from app.domain.whereabouts import zone_of
from app.outbox.gathering import (
    GATHERED,
    MOST,
    look_at,
    may_gather,
    when_to_send,
)
from app.outbox.owed import URGENT_TEXT, Leased, is_stale
from app.outbox.settlement import Misconfigured
from app.store import debts, digests, outbox, ring_back
from app.store.addresses import (
    Addressee,
    Nobody,
    addressee,
    dressed,
    notice_of,
    reader,
    why_no_person,
)
from app.store.debts import Debt
from app.store.engine import Transaction
from app.store.sealing import CannotOpen


def may_be_gathered(leased: Leased) -> bool:
    """Tell whether others may go with it, or have gone; then one takes at a time.

    What may have gone out before goes as it did: alone, or with the same rows.
    """
    if leased.digest is not None:
        return True
    return (
        leased.template in GATHERED
        and leased.case_id is not None
        and leased.recipient_kind == "person"
        and leased.tried_at is None
    )


async def take(work: Round, leased: Leased) -> Taken | Misconfigured | None:
    """Return what is to be sent; None where the row was ended or put down.

    `Misconfigured` where it waits for a person to mend something.
    """
    at = work.clock()
    async with work.store.transaction() as tx:
        if leased.digest is not None:
            return await _take_again(work, tx, leased, at)
        if is_stale(leased.template, leased.params, at):
            await _over(tx, leased, Ended("expired", "stale"), at)
            return None
        if may_be_gathered(leased):
            found_debts = await debts.all_pending(tx, leased, at, MOST)
        else:
            found_debts = [await debts.the_one(tx, leased, at)]
        if not found_debts or found_debts[0].leased != leased:
            return None  # Somebody has settled it, or holds it locked.
        own, *others = found_debts
        found = await _address(work, tx, own, at)
        if isinstance(found, Misconfigured):
            return found
        if isinstance(found, Nobody):
            await _over(tx, leased, Ended(found.state, found.reason), at)
            return None
        if found.not_before is not None:
            await outbox.put_off(tx, leased, found.not_before)
            note(leased, "put_off")
            return None
        if not may_be_gathered(leased):
            await _text_beside(work, tx, own, at)
            return Taken(leased, (Told(leased, found),))
        return await _gather(work, tx, own, found, others, at)


async def _address(
    work: Round, tx: Transaction, debt: Debt, at: datetime
) -> Addressee | Nobody | Misconfigured:
    try:
        found = await addressee(work.store, tx, work.directory, debt, at)
    except CannotOpen:
        return Misconfigured("key")
    if isinstance(found, Nobody) and found.waits:
        return Misconfigured(found.reason)
    return found


async def _gather(
    work: Round,
    tx: Transaction,
    own: Debt,
    to: Addressee,
    others: Sequence[Debt],
    at: datetime,
) -> Taken | None:
    """Take the reader's turn and with it all that is due for them, or wait."""
    leased = own.leased
    person, notice = reader(work.directory, leased), notice_of(own)
    if person is None or notice is None or not may_gather(person, notice):
        await _text_beside(work, tx, own, at)
        return Taken(leased, (Told(leased, to),))
    if not work.window and not own.wishes.can_wait:
        return Taken(leased, (Told(leased, to),))  # no notice waits for another
    beside = [
        debt
        for debt in others
        if (other := notice_of(debt)) is not None and may_gather(person, other)
    ]
    goes_at = {d.leased.id: _goes_at(work, person, d, at) for d in (own, *beside)}
    waiting = {row: then for row, then in goes_at.items() if then > at}
    if own.wishes.can_wait:
        # What waits for its hour does not go with what cannot.
        beside = [debt for debt in beside if debt.leased.id not in waiting]
        if leased.id in waiting:
            looks = [(row, look_at(at, then)) for row, then in waiting.items()]
            await digests.wait_until(tx, leased, looks)
            note(leased, "put_off", code="gathered")
            return None
    elif len(waiting) == len(goes_at):
        ids = [debt.leased.id for debt in beside]
        await digests.wait_for_turn(tx, leased, ids, at, work.window)
        note(leased, "put_off", code="gathered")
        return None
    # One that cannot wait takes the others along.
    is_ours = await digests.claim_turn(
        tx,
        leased.recipient_key,
        at,
        until=at + work.window,
        is_urgent=_free_at(own) > at,
    )
    if not is_ours:  # Somebody was faster; when it comes is asked once more.
        await outbox.put_off(tx, leased, at)
        return None
    told = [Told(leased, to), *await _judge(work, tx, leased, beside, to, at)]
    if len(told) > 1:
        ids = [each.leased.id for each in told[1:]]
        await digests.bind(tx, leased, ids)
    return Taken(leased, tuple(told), has_turn=True)


def _goes_at(work: Round, person: Person, debt: Debt, at: datetime) -> datetime:
    """Return when it goes out, as its reader chose and as their turn comes."""
    notice, wishes = notice_of(debt), debt.wishes
    if notice is None:
        return at
    return when_to_send(
        person,
        notice,
        at,
        free_at=_free_at(debt),
        window=work.window,
        wishes=wishes,
        zone=zone_of(person, work.directory) if wishes.can_wait else None,
    )


async def _text_beside(work: Round, tx: Transaction, own: Debt, at: datetime) -> None:
    """Owe a text message beside an urgent mail, to whoever chose that.

    It says only that something waits, and it is owed once, however often the
    mail is tried.
    """
    person = reader(work.directory, own.leased)
    if person is None or not (own.wishes.by_text and person.email):
        return
    is_text = own.leased.template == URGENT_TEXT
    if person.phone_sealed is not None and not is_text and person.role != Role.BRAND:
        await outbox.owe_text(tx, own.leased, at)


def _free_at(debt: Debt) -> datetime:
    """Return when the reader's turn comes, as it stood when the rows were read."""
    free_at: datetime | None = debt.case["free_at"] if debt.case else None
    return free_at or datetime.min.replace(tzinfo=UTC)


async def _take_again(
    work: Round, tx: Transaction, leased: Leased, at: datetime
) -> Taken | Misconfigured | None:
    """Take the same rows as the attempt whose outcome is not known.

    Save what has been overtaken since: that goes out no more. The lead carries
    the message even then.
    """
    bound = await debts.all_bound(tx, leased, at)
    if not bound or bound[0].leased != leased:
        return None  # Somebody has settled it.
    own, *others = bound
    found = await _staff_address(work, tx, own, others, at)
    if isinstance(found, Misconfigured):
        return found
    ended = _why_ended(work, own, at)
    if isinstance(found, Nobody):
        ended = ended or Ended(found.state, found.reason)
        await digests.settle_over(tx, leased, ended.state, ended.why)
        await _over(tx, leased, ended, at)
        return None
    if found.not_before is not None:
        await outbox.put_off(tx, leased, found.not_before)
        note(leased, "put_off")
        return None
    told = await _judge(work, tx, leased, others, found, at)
    if ended is None:
        told = [Told(leased, dressed(work.directory, own, found, at)), *told]
    elif not told:
        await _over(tx, leased, ended, at)
        return None
    return Taken(leased, tuple(told), unsaid=ended)


async def _staff_address(
    work: Round, tx: Transaction, own: Debt, others: Sequence[Debt], at: datetime
) -> Addressee | Nobody | Misconfigured:
    """Return where their reader is, by the first of them that may be told."""
    found: Addressee | Nobody | Misconfigured = Nobody("gone")
    for debt in (own, *others):
        # The lead counts the attempts, whichever row tells the way.
        tried = replace(debt.leased, attempt=own.leased.attempt)
        found = await _address(work, tx, replace(debt, leased=tried), at)
        if not isinstance(found, Nobody):
            return found
    return found


async def _judge(
    work: Round,
    tx: Transaction,
    lead: Leased,
    beside: Sequence[Debt],
    to: Addressee,
    at: datetime,
) -> list[Told]:
    """Return which of them are told, and end those that have been overtaken."""
    told, over = [], []
    for debt in beside:
        ended = _why_ended(work, debt, at)
        if ended is None:
            told.append(Told(debt.leased, dressed(work.directory, debt, to, at)))
        else:
            over.append((debt.leased.id, ended.state, ended.why))
            note(debt.leased, ended.state, code=ended.why, led_by=lead)
    if over:
        await digests.end(tx, over)
    return told


def _why_ended(work: Round, debt: Debt, at: datetime) -> Ended | None:
    if is_stale(debt.leased.template, debt.leased.params, at):
        return Ended("expired", "stale")
    reason = why_no_person(work.directory, debt, at)
    return Ended(Nobody(reason).state, reason) if reason else None


async def _over(tx: Transaction, leased: Leased, ended: Ended, at: datetime) -> None:
    """End the leased row, and what waits for its end."""
    is_ours = await outbox.settle_over(tx, leased, ended.state, ended.why)
    if is_ours and leased.recipient_kind == "phone":
        await ring_back.mark_done(tx, leased.id, at)
    note(leased, ended.state, code=ended.why)
