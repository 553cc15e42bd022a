"""Sessions of the rooms: whose a cookie is, and how one begins and ends.

A session is asked after at every request, and with it the programme as it is
now: whoever's role has ended is out at the next request.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.directory import Directory, Person
from app.domain.errors import Refused
from app.domain.taxonomy import Role
from app.domain.whereabouts import day_of
from app.store import accounts, api_tokens, outbox
from app.store.accounts import Session
from app.store.engine import Store, Transaction

# How long a session lasts at most, and how long without a request.
_COMMITTEE = (timedelta(days=14), timedelta(hours=12))
_OTHERS = (timedelta(hours=24), timedelta(hours=2))
# Between the password and the second factor.
HALF_LASTS = timedelta(minutes=15)
# A request within a minute of the last is not worth a write.
_NOTED_EVERY = timedelta(minutes=1)
_LONGEST_SECRET = 64

ON_COMMITTEES = frozenset(
    {Role.COMMITTEE, Role.INTERNAL_COMMITTEE, Role.SAFETY_COMMITTEE}
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who sits before a browser now; `is_whole`: with both factors."""

    id: UUID
    person: Person
    is_whole: bool
    language: str


async def sitting_of(store: Store, secret: str, at: datetime) -> Sitting | None:
    """Return who a cookie's session belongs to, if it holds and they serve today."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return None
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
    if found is None:
        return None
    session, person = found
    return Sitting(
        session.id, person, session.is_whole, session.language or person.language
    )


async def held(
    store: Store, tx: Transaction, secret: str, at: datetime
) -> tuple[Session, Person] | None:
    """Return a cookie's session and person; None where it no longer holds."""
    session = await accounts.session_by_tag(tx, accounts.secret_tag(secret), at)
    if session is None:
        return None
    directory = await store.directory_at(tx, session.directory_version)
    person = serving(directory, session.person_id, at)
    # Another role is another seat: it is signed in to anew.
    if person is None or session.detail.get("role") != person.role.value:
        await accounts.end_session(tx, session.id, at)
        return None
    _, idle = lasting(person.role)
    if at - session.seen_at >= idle:
        await accounts.end_session(tx, session.id, at)
        return None
    if at - session.seen_at >= _NOTED_EVERY:
        await accounts.mark_seen(tx, session.id, at)
    return session, person


async def begin(
    tx: Transaction, person: Person, *, is_whole: bool, device: str, at: datetime
) -> str:
    """Begin a session and return what its cookie holds."""
    longest, _ = lasting(person.role)
    secret = secrets.token_urlsafe(32)
    await accounts.add_session(
        tx,
        tag=accounts.secret_tag(secret),
        person_id=person.id,
        is_whole=is_whole,
        device=device,
        at=at,
        expires_at=at + (longest if is_whole else HALF_LASTS),
        detail={"role": person.role.value},
    )
    return secret


def lasting(role: Role) -> tuple[timedelta, timedelta]:
    """Return how long a session lasts, and how long it may lie idle."""
    return _COMMITTEE if role in ON_COMMITTEES else _OTHERS


def serving(directory: Directory, person_id: UUID, at: datetime) -> Person | None:
    """Return the person if she serves today, where she is."""
    person = directory.person(person_id)
    if person is None or not person.serves_on(day_of(person, directory, at)):
        return None
    return person


async def sign_out(store: Store, secret: str, *, device: str, at: datetime) -> None:
    """End the session that this cookie opens."""
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
        if found is None:
            return
        session, person = found
        await accounts.end_session(tx, session.id, at)
        if session.is_whole:
            await accounts.note(tx, person.id, "signed_out", device=device, at=at)


async def end_one(
    store: Store, sitting: Sitting, session_id: UUID, *, at: datetime
) -> bool:
    """End another session of the same person; False: there is none such."""
    async with store.transaction() as tx:
        ended = await accounts.end_session(tx, session_id, at, of=sitting.person.id)
        if ended:
            await accounts.note(tx, sitting.person.id, "ended", device="", at=at)
        return ended


async def end_others(store: Store, sitting: Sitting, *, at: datetime) -> int:
    """End all sessions of a person but the one she sits before."""
    async with store.transaction() as tx:
        count = await accounts.end_sessions(tx, sitting.person.id, at, but=sitting.id)
        if count:
            await accounts.note(tx, sitting.person.id, "ended", device="", at=at)
        return count


async def end_ways(tx: Transaction, person_id: UUID, at: datetime) -> int:
    """End sessions, tokens, PIN and known browsers; return how many sessions."""
    await api_tokens.end_all(tx, person_id, at)
    await accounts.set_pin(tx, person_id, None)
    await accounts.forget_devices(tx, person_id)
    return await accounts.end_sessions(tx, person_id, at)


async def end_all(store: Store, person: Person, *, at: datetime) -> int:
    """End whatever acts as a person, as the programme; return how many sessions."""
    async with store.transaction() as tx:
        count = await end_ways(tx, person.id, at)
        if count:
            await accounts.note(tx, person.id, "ended_for_her", device="", at=at)
        return count


async def seat_in_demo(store: Store, person: Person, at: datetime) -> str:
    """Return the cookie of a whole session, without any factor: in a demo alone."""
    async with store.transaction() as tx:
        if not await outbox.is_demo(tx):
            raise Refused("Only in a demo does somebody come in without signing in.")
        directory = await store.directory_now(tx)
        if serving(directory, person.id, at) is None:
            raise Refused("This person does not serve today.")
        return await begin(tx, person, is_whole=True, device="Demo", at=at)
