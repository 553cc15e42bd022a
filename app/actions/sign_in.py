"""The first factor: an address and a password.

A wrong one, an unknown one and one that came too soon after wrong ones are
answered alike. A try is counted as wrong before it is looked at, so that many
at once are no way around the wait. A browser that its owner came in with before
waits for its own wrong tries alone, whatever others try elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from app.actions.hashing import is_right
from app.actions.known_devices import tag_of
from app.actions.sessions import begin, serving
from app.domain.directory import Directory, Person
from app.domain.errors import NotFound
from app.domain.passwords import MILD_WAIT, may_try
from app.domain.phones import phone_from
from app.store import accounts
from app.store.accounts import Account
from app.store.directory import find_person
from app.store.engine import Store, Transaction
from app.store.sealing import Keyring

log = structlog.get_logger(__name__)

_LONGEST_ADDRESS = 320


async def whose(store: Store, who: str, at: datetime) -> Person | None:
    """Return who has this address or phone and serves today."""
    return _meant(await store.directory(), who, store.keyring, at)


async def sign_in(
    store: Store,
    person: Person | None,
    password: str,
    *,
    known: str,
    device: str,
    at: datetime,
) -> str | None:
    """Return the cookie of a session that still wants its second factor.

    None: it was wrong, or unknown, or too soon; nobody is told which. `known`
    is the cookie of a browser that came in before, blank without one.
    """
    if not await prove(store, person, password, known=known, device=device, at=at):
        return None
    assert person is not None
    async with store.transaction() as tx:
        return await begin(tx, person, is_whole=False, device=device, at=at)


async def prove(
    store: Store,
    person: Person | None,
    password: str,
    *,
    known: str,
    device: str,
    at: datetime,
) -> bool:
    """Tell whether it is this person's password; of nobody it takes as long."""
    async with store.transaction() as tx:
        counted = await _count(tx, person, known, at)
    kept = counted.account.password_hash if counted else None
    right = await is_right(password, kept)
    if person is None or counted is None:
        return False
    async with store.transaction() as tx:
        if not right:
            await accounts.note(tx, person.id, "wrong_password", device=device, at=at)
            return False
        now = await accounts.account(tx, person.id, lock=True)
        if now is None or now.password_hash != kept:
            return False  # It was changed in this very moment.
        before = counted.tried_at
        if counted.tag is None:
            await accounts.uncount_try(tx, person.id, at, before)
        else:
            await accounts.uncount_device_try(tx, counted.tag, person.id, at, before)
        return True


@dataclass(frozen=True, slots=True)
class _Counted:
    """A try that was counted: at a known browser, or at the account."""

    account: Account
    tag: bytes | None  # of the browser
    tried_at: datetime | None  # the try before


async def _count(
    tx: Transaction, person: Person | None, known: str, at: datetime
) -> _Counted | None:
    """Count a try and return where, as it was; None: nothing is looked at."""
    if person is None:
        return None
    account = await accounts.account(tx, person.id, lock=True)
    if account is None or account.password_hash is None:
        return None
    tag = tag_of(known)
    browser = await accounts.known_device(tx, tag, person.id) if tag else None
    if tag is not None and browser is not None:
        if not may_try(browser.tries, browser.tried_at, at):
            return None
        await accounts.count_device_try(tx, tag, person.id, at)
        return _Counted(account, tag, browser.tried_at)
    if not may_try(account.tries, account.tried_at, at, longest=MILD_WAIT):
        log.info("sign_in.slowed", person_id=str(person.id), count=account.tries)
        return None
    await accounts.count_try(tx, person.id, at)
    return _Counted(account, None, account.tried_at)


def _meant(
    directory: Directory, who: str, keyring: Keyring, at: datetime
) -> Person | None:
    """Return who has this address and serves today."""
    wanted = who.strip()[:_LONGEST_ADDRESS]
    if "@" not in wanted:
        wanted = phone_from(wanted, directory.default_country) or ""
    if not wanted:
        return None
    try:
        person = find_person(directory, wanted, keyring=keyring)
    except NotFound:
        return None
    return serving(directory, person.id, at)
