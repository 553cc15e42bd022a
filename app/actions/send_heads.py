"""Every head goes to everybody outside who can bear witness to it.

Auditors have it by mail, brands by webhook, or by mail where they have none.
Whoever chose an hour of the day has the day's heads in one mail then; a
machine has each one at once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from app.domain.calendar import instant
from app.domain.directory import Directory, Person
from app.domain.heads import head_text
from app.domain.taxonomy import Role
from app.domain.whereabouts import zone_of
from app.domain.wishes import Wishes
from app.outbox.owed import LEDGER_HEAD
from app.outbox.settlement import GatewayError
from app.store import heads, preferences
from app.store.engine import Store, Transaction
from app.store.heads import Witness

log = structlog.get_logger(__name__)

ENOUGH = 2  # parties outside; one alone could be talked round
# A head is evidence for as long as the ledger is: it is tried for long.
LASTS = timedelta(days=30)
MOST_IN_A_MAIL = 24 * 7
_STAMPED_AT_ONCE = 24  # heads; who was down for a month has not all stamped


class Stamps(Protocol):
    """Somebody whose clock is not ours."""

    async def stamp(self, body: bytes) -> bytes: ...


def witnesses(
    directory: Directory, at: datetime
) -> list[tuple[Witness, Person | None]]:
    """Return everybody outside who is sent the heads, with the person of a mail."""
    auditors: Iterator[tuple[Witness, Person | None]] = (
        (Witness("person", str(person.id)), person)
        for person in directory.serving(Role.AUDITOR, at.date())
    )
    brands: Iterator[tuple[Witness, Person | None]] = (
        (Witness("brand_webhook" if has_hook else "brand", brand.slug), None)
        for brand in directory.brands.values()
        if (has_hook := bool(brand.webhook_url and brand.webhook_secret_sealed))
        or brand.email
    )
    return [*auditors, *brands]


async def owe_heads(
    tx: Transaction, directory: Directory, made: range, *, at: datetime
) -> int:
    """Owe each witness the heads that it has not, in the making transaction.

    Who is new begins with the heads just made. Returns how many are owed to.
    """
    sent = await heads.last_sent(tx)
    count = 0
    for witness, person in witnesses(directory, at):
        last, since = sent.get(witness, (made[0] - 1, None))
        if person is not None and since is not None:
            wishes = await preferences.read(tx, person.id)
            if not _is_time(person, directory, wishes, since, at):
                continue
        missing = range(last + 1, made[-1] + 1)
        if witness.kind == "brand_webhook":
            for number in missing:
                await _owe(tx, witness, range(number, number + 1), at)
        else:
            for start in missing[::MOST_IN_A_MAIL]:
                end = min(start + MOST_IN_A_MAIL, missing.stop)
                await _owe(tx, witness, range(start, end), at)
        count += bool(missing)
    return count


async def _owe(tx: Transaction, witness: Witness, numbers: range, at: datetime) -> None:
    files = [kept.file() for kept in await heads.between(tx, numbers)]
    params = (
        files[0]
        if witness.kind == "brand_webhook"
        else {
            "first": numbers[0],
            "last": numbers[-1],
            "heads": "\n".join(head_text(file) for file in files),
        }
    )
    await heads.owe(
        tx, witness, numbers, LEDGER_HEAD, params, at=at, expires_at=at + LASTS
    )


def _is_time(
    person: Person,
    directory: Directory,
    wishes: Wishes,
    since: datetime,
    at: datetime,
) -> bool:
    """Tell whether the hour of the day that a person chose has come since then."""
    if wishes.daily_at is None:
        return True
    zone = zone_of(person, directory)
    today = at.astimezone(zone).date()
    days = (today - timedelta(days=1), today)
    hours = (instant(datetime.combine(day, wishes.daily_at), zone) for day in days)
    return any(since < hour <= at for hour in hours)


async def stamp_heads(
    store: Store, stamps: Stamps, *, at_clock: Callable[[], datetime]
) -> int:
    """Have the newest heads stamped; return how many were.

    A stamp is kept beside its head and is no part of what is signed: where the
    authority is away, heads go out without, and are stamped when it is back.
    """
    async with store.transaction() as tx:
        waiting = await heads.unstamped(tx, _STAMPED_AT_ONCE)
    for done, kept in enumerate(waiting):
        try:
            token = await stamps.stamp(kept.body)
        except GatewayError as error:
            log.warning("head.unstamped", code=error.code)
            return done
        async with store.transaction() as tx:
            await heads.stamp(tx, kept.number, token, at_clock())
    return len(waiting)
