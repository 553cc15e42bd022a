"""Invite somebody into the rooms, and let her in by the link, once.

The link's secret is kept as a hash; for the message that carries it, it lies
sealed in the outbox until it is sent.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.actions.hashing import hashed, weakness_of
from app.actions.partners_added import tell_of_partner
from app.actions.sessions import begin, end_ways, serving
from app.domain.directory import Person
from app.domain.errors import Refused
from app.domain.passwords import Weakness
from app.domain.taxonomy import Role
from app.outbox.owed import ROOM_INVITE
from app.store import accounts
from app.store.audit import Audited, was_written, write
from app.store.engine import Store, Transaction
from app.store.ids import new_id

log = structlog.get_logger(__name__)

INVITED_FOR = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made: whoever has the secret comes in with it, once."""

    secret: str = field(repr=False)
    until: datetime


async def invite(
    store: Store,
    person: Person,
    *,
    by: Person | None,
    at: datetime,
    once: str = "",
) -> Invited:
    """Invite a person, by e-mail or, where she has none, by text message.

    It opens her way in, or makes it anew: that is how a password or a phone that
    was lost is replaced. Earlier invitations of hers open nothing more; her
    password and her sessions hold until the new one is used. `by` None: whoever
    has the command line. `once` is the mark of the form: it is taken once.
    """
    secret = secrets.token_urlsafe(32)
    until = at + INVITED_FOR
    async with store.transaction() as tx:
        directory = await store.directory_now(tx)
        if await was_written(tx, once, at=at):
            raise Refused("This form came twice: the invitation is on its way.")
        known = serving(directory, person.id, at)
        if known is None:
            raise Refused("This person does not serve today: import their term first.")
        if not known.email and known.phone_sealed is None:
            raise Refused("This person has neither e-mail nor phone: import one first.")
        await accounts.ensure(tx, known.id, at)
        await accounts.add_invitation(
            tx,
            tag=accounts.secret_tag(secret),
            person_id=known.id,
            by=by.id if by else None,
            at=at,
            expires_at=until,
        )
        await _owe(store, tx, known, secret, until, at)
        if known.role is Role.PARTNER:
            await tell_of_partner(
                tx,
                directory,
                known.id,
                "invited",
                by=by.id if by else None,
                today=directory.local_day(at, None, directory.default_country),
                at=at,
            )
        await accounts.note(tx, known.id, "invited", device="", at=at)
        more = {"once": once} if once else {}
        await write(
            tx,
            [Audited("person.invited", {"key": str(known.id), **more})],
            by=by.id if by else None,
            through="page" if by else "cli",
            at=at,
        )
    log.info("person.invited", person_id=str(person.id), role=person.role.value)
    return Invited(secret, until)


async def _owe(
    store: Store,
    tx: Transaction,
    person: Person,
    secret: str,
    until: datetime,
    at: datetime,
) -> None:
    owed_id = new_id(at)
    await accounts.owe(
        tx,
        person.id,
        ROOM_INVITE,
        {
            "sealed": accounts.seal_owed(store.keyring, secret, owed_id),
            "until": until.isoformat(),
        },
        owed_id=owed_id,
        at=at,
        expires_at=until,
    )


async def whose_invitation(store: Store, secret: str, at: datetime) -> Person | None:
    """Return whom a link invites; None: used, too old, or never one."""
    async with store.transaction() as tx:
        found = await accounts.invitation(tx, accounts.secret_tag(secret), at)
        if found is None:
            return None
        return serving(await store.directory_now(tx), found.person_id, at)


async def join(
    store: Store, secret: str, password: str, *, device: str, at: datetime
) -> str | Weakness | None:
    """Use an invitation: set her password and begin a session that is half one.

    Return its cookie; why the password is not taken, with the invitation left
    as it was; or None where the link opens nothing. What she had before ends:
    second factor, sessions, tokens, the PIN for texts; she chooses it anew.
    """
    person = await whose_invitation(store, secret, at)
    if person is None:
        return None
    weak = weakness_of(person, password)
    if weak is not None:
        return weak
    kept = await hashed(password)
    async with store.transaction() as tx:
        if await accounts.use_invitation(tx, accounts.secret_tag(secret), at) is None:
            return None
        await accounts.ensure(tx, person.id, at)
        await accounts.set_password(tx, person.id, kept, at)
        await accounts.drop_second(tx, person.id)
        await end_ways(tx, person.id, at)
        await accounts.note(tx, person.id, "password_set", device=device, at=at)
        cookie = await begin(tx, person, is_whole=False, device=device, at=at)
    log.info("person.joined", person_id=str(person.id), role=person.role.value)
    return cookie
