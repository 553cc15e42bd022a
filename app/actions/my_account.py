"""What a person sees and sets of her own account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.actions.sessions import Sitting, held, lasting
from app.actions.sign_in import prove
from app.domain.errors import BadInput
from app.domain.passwords import is_weak_pin
from app.store import accounts, outbox
from app.store.accounts import Happening, Session
from app.store.engine import Store

_HAPPENINGS = 30


@dataclass(frozen=True, slots=True)
class MyAccount:
    """Her sessions and what happened at her door, the newest first."""

    sessions: Sequence[Session]
    happenings: Sequence[Happening]
    takes_codes: bool
    has_pin: bool
    has_password: bool  # False: she sits in a demo


async def my_account(store: Store, sitting: Sitting, at: datetime) -> MyAccount:
    person = sitting.person
    _, idle = lasting(person.role)
    async with store.transaction() as tx:
        account = await accounts.account(tx, person.id)
        return MyAccount(
            await accounts.sessions_of(tx, person.id, at, seen_since=at - idle),
            await accounts.happenings(tx, person.id, _HAPPENINGS),
            takes_codes=account is not None and account.takes_codes,
            has_pin=account is not None and account.pin_hash is not None,
            has_password=account is not None and account.password_hash is not None,
        )


async def choose_language(
    store: Store, sitting: Sitting, language: str, *, at: datetime
) -> None:
    """Show the rooms in this language from now on."""
    async with store.transaction() as tx:
        await accounts.ensure(tx, sitting.person.id, at)
        await accounts.set_language(tx, sitting.person.id, language)


async def set_pin(
    store: Store, sitting: Sitting, pin: str, *, device: str, at: datetime
) -> None:
    """Set the PIN with which she works by text message; blank lets go of it."""
    person_id = sitting.person.id
    directory = await store.directory()
    if pin and (is_weak_pin(pin) or pin in directory.sites):
        # A site's digits stand on every poster, and begin many a worker's text.
        raise BadInput(
            "Choose a PIN of six digits that is no row such as 123456, no repetition "
            "such as 111111 and no number of a site."
        )
    hashed = accounts.pin_hash(store.keyring, person_id, pin) if pin else None
    kind = "pin_set" if pin else "pin_dropped"
    async with store.transaction() as tx:
        await accounts.ensure(tx, person_id, at)
        await accounts.set_pin(tx, person_id, hashed)
        await accounts.note(tx, person_id, kind, device=device, at=at)


async def prove_again(
    store: Store,
    sitting: Sitting,
    password: str,
    *,
    known: str,
    device: str,
    at: datetime,
) -> bool:
    """Tell whether she knows her password; in a demo nobody has one to know."""
    person = sitting.person
    async with store.transaction() as tx:
        if await outbox.is_demo(tx):
            account = await accounts.account(tx, person.id)
            if account is None or account.password_hash is None:
                return True
    return await prove(store, person, password, known=known, device=device, at=at)


async def begin_anew(
    store: Store, secret: str, password: str, *, known: str, device: str, at: datetime
) -> bool:
    """Let her set up her second factor anew; False: the password is wrong.

    The old one counts until the new one has been shown to work.
    """
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
    if found is None or not found[0].is_whole:
        return False
    session, person = found
    if not await prove(store, person, password, known=known, device=device, at=at):
        return False
    async with store.transaction() as tx:
        detail = {"role": person.role.value, "anew": at.isoformat()}
        await accounts.set_detail(tx, session.id, detail)
    return True
