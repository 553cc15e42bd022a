"""The second factor: an authenticator (RFC 6238), or a code by text message.

A session becomes whole by it and gets another cookie: whoever knew the one
before has nothing. A time step is used once, whatever comes at once.
"""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp
import structlog

from app.actions.sessions import HALF_LASTS, ON_COMMITTEES, begin, held
from app.domain.directory import Person
from app.domain.errors import Refused
from app.domain.passwords import may_try
from app.outbox.owed import ROOM_CODE
from app.store import accounts
from app.store.accounts import Account, Session
from app.store.engine import Store, Transaction
from app.store.ids import new_id

log = structlog.get_logger(__name__)

STEP_SECONDS = 30
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
# How long after one code went out another may.
RESENT_AFTER = timedelta(seconds=60)
# Wrong ones, after which the password is asked for again.
MOST_WRONG = 5
# How long after a password was set by invitation its second factor may be chosen.
CHOSEN_WITHIN = timedelta(hours=72)
_ISSUER = "Threadline"


class Way(StrEnum):
    """What is asked of a session now."""

    TOTP = "totp"  # the authenticator that she has
    TEXT = "text"  # the code that was sent to her phone
    CHOOSE = "choose"  # she has none yet


@dataclass(frozen=True, slots=True)
class Asked:
    """What a session is asked for; `is_new`: it is being set up."""

    person: Person
    way: Way
    is_new: bool
    may_take_codes: bool  # a code by text is open to her
    key: str = field(default="", repr=False)  # of an authenticator, to be set up
    label: str = ""

    @property
    def uri(self) -> str:
        """Return what an authenticator reads off the QR code."""
        totp = pyotp.TOTP(self.key)
        return str(totp.provisioning_uri(name=self.label, issuer_name=_ISSUER))


async def asked_of(store: Store, secret: str, at: datetime) -> Asked | None:
    """Return what this session is asked for; None where it does not hold.

    Where she has no second factor yet, or sets it anew, the key of an
    authenticator is made and kept sealed with her session.
    """
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
        if found is None:
            return None
        session, person = found
        account = await accounts.account(tx, person.id)
        if account is None:
            return None
        is_new = _is_new(session, account, at)
        asked = Asked(
            person, _way(session, account, at), is_new, may_take_codes(person)
        )
        if not is_new:
            _check_codes(person, asked.way)
        if not is_new or asked.way is Way.TEXT:
            return asked
        _check_in_time(session, account, at)
        key = await _offered(store, tx, session)
        return replace(asked, key=key, label=person.email or person.name)


def may_take_codes(person: Person) -> bool:
    """Tell whether a code by text will do: on a committee, for want of more."""
    return person.role in ON_COMMITTEES and person.phone_sealed is not None


async def choose_codes(store: Store, secret: str, *, at: datetime) -> bool:
    """Let a code by text be her second factor, once she has typed the first."""
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
        if found is None:
            return False
        session, person = found
        account = await accounts.account(tx, person.id, lock=True)
        if account is None or not _is_new(session, account, at):
            return False
        if not may_take_codes(person):
            raise Refused("A code by text message is not enough for this role.")
        _check_in_time(session, account, at)
        await accounts.set_detail(tx, session.id, {**session.detail, "way": "text"})
        await _send(store, tx, person, at)
        return True


async def choose_authenticator(store: Store, secret: str, *, at: datetime) -> None:
    """Go back from a code by text to an authenticator, while it is being set up."""
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
        if found is not None:
            session, _ = found
            detail = {k: v for k, v in session.detail.items() if k != "way"}
            await accounts.set_detail(tx, session.id, detail)


async def send_code(store: Store, secret: str, *, at: datetime) -> bool:
    """Send a code to who signs in by them; False: the last one is too new."""
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
        if found is None:
            return False
        session, person = found
        account = await accounts.account(tx, person.id, lock=True)
        if account is None or _way(session, account, at) is not Way.TEXT:
            return False
        _check_codes(person, Way.TEXT)
        return await _send(store, tx, person, at)


async def confirm(
    store: Store, secret: str, code: str, *, device: str, at: datetime
) -> str | None:
    """Return the cookie of a whole session in this one's place; None: wrong.

    Also sets up what was being set up, and then ends all other sessions.
    """
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
        if found is None:
            return None
        session, person = found
        account = await accounts.account(tx, person.id, lock=True)
        if account is None or not may_try(account.code_tries, account.coded_at, at):
            return None
        is_new = _is_new(session, account, at)
        if is_new:
            _check_in_time(session, account, at)
        elif session.is_whole:
            return None  # Nothing is being asked of it.
        digits = "".join(c for c in code if c.isascii() and c.isdigit())
        await accounts.count_wrong_code(tx, person.id, at)
        if not await _is_right(store, tx, session, person, account, digits, at):
            await _note_wrong(tx, session, device=device, at=at)
            return None
        await accounts.forget_tries(tx, person.id)
        await accounts.end_session(tx, session.id, at)
        if is_new:
            await accounts.end_sessions(tx, person.id, at)
            await accounts.note(tx, person.id, "factor_set", device=device, at=at)
        if not session.is_whole:
            await accounts.note(tx, person.id, "signed_in", device=device, at=at)
        cookie = await begin(tx, person, is_whole=True, device=device, at=at)
    log.info("session.begun", person_id=str(person.id), role=person.role.value)
    return cookie


async def _is_right(
    store: Store,
    tx: Transaction,
    session: Session,
    person: Person,
    account: Account,
    digits: str,
    at: datetime,
) -> bool:
    is_new = _is_new(session, account, at)
    if _way(session, account, at) is Way.TEXT:
        if not may_take_codes(person):
            return False  # They were enough for the role that she had then.
        right = await _is_code(store, tx, person, digits, at)
        if right and is_new:
            await accounts.set_codes(tx, person.id)
        return right
    if is_new:
        key = _opened(store, session)
        step = _step_of(key, digits, at) if key else None
        if step is None:
            return False
        sealed = store.keyring.seal(key.encode(), accounts.totp_context(person.id))
        await accounts.set_totp(tx, person.id, sealed, step)
        return True
    assert account.totp_sealed is not None
    key = store.keyring.open(
        account.totp_sealed, accounts.totp_context(person.id)
    ).decode()
    step = _step_of(key, digits, at)
    return step is not None and await accounts.take_step(tx, person.id, step)


async def _is_code(
    store: Store, tx: Transaction, person: Person, digits: str, at: datetime
) -> bool:
    kept = await accounts.code(tx, person.id)
    if kept is None or kept.expires_at <= at or kept.tries >= CODE_TRIES:
        return False
    given = accounts.code_hash(store.keyring, person.id, digits)
    if not hmac.compare_digest(given, kept.code_hash):
        await accounts.count_code_try(tx, person.id)
        return False
    await accounts.drop_code(tx, person.id)
    return True


async def _note_wrong(
    tx: Transaction, session: Session, *, device: str, at: datetime
) -> None:
    person_id = session.person_id
    await accounts.note(tx, person_id, "wrong_code", device=device, at=at)
    wrong = int(session.detail.get("wrong", 0)) + 1
    if wrong >= MOST_WRONG and not session.is_whole:
        await accounts.end_session(tx, session.id, at)
    else:
        await accounts.set_detail(tx, session.id, {**session.detail, "wrong": wrong})


async def _send(store: Store, tx: Transaction, person: Person, at: datetime) -> bool:
    code = f"{secrets.randbelow(1_000_000):06d}"
    is_put = await accounts.put_code(
        tx,
        person.id,
        accounts.code_hash(store.keyring, person.id, code),
        at=at,
        expires_at=at + CODE_LASTS,
        resting=at - RESENT_AFTER,
    )
    if is_put:
        owed_id = new_id(at)
        await accounts.owe(
            tx,
            person.id,
            ROOM_CODE,
            {"sealed": accounts.seal_owed(store.keyring, code, owed_id)},
            owed_id=owed_id,
            at=at,
            expires_at=at + CODE_LASTS,
        )
    return is_put


def _is_new(session: Session, account: Account, at: datetime) -> bool:
    """Tell whether a second factor is being set up: she has none, or sets it anew.

    Of a whole session the password has been asked once more for that.
    """
    if not session.is_whole:
        return not account.has_second
    since = session.detail.get("anew")
    return since is not None and at - datetime.fromisoformat(since) < HALF_LASTS


def _way(session: Session, account: Account, at: datetime) -> Way:
    if _is_new(session, account, at):
        return Way.TEXT if session.detail.get("way") == "text" else Way.CHOOSE
    return Way.TEXT if account.takes_codes else Way.TOTP


def _check_in_time(session: Session, account: Account, at: datetime) -> None:
    """Refuse where a password alone would choose the second factor long after."""
    since = account.password_at
    if not session.is_whole and (since is None or at - since >= CHOSEN_WITHIN):
        raise Refused(
            "Your way in was not finished in time. Please ask for a new invitation."
        )


def _check_codes(person: Person, way: Way) -> None:
    """Refuse codes by text to who took them in a role for which they were enough."""
    if way is Way.TEXT and not may_take_codes(person):
        raise Refused(
            "A code by text message is not enough for this role. Please ask for a new "
            "invitation, and choose an authenticator with it."
        )


async def _offered(store: Store, tx: Transaction, session: Session) -> str:
    """Return the key that this session offers to an authenticator."""
    key = _opened(store, session)
    if not key:
        key = pyotp.random_base32()
        sealed = store.keyring.seal(key.encode(), _offer_context(session))
        detail = {**session.detail, "totp": sealed.hex()}
        await accounts.set_detail(tx, session.id, detail)
    return key


def _opened(store: Store, session: Session) -> str:
    sealed = session.detail.get("totp")
    if not sealed:
        return ""
    return store.keyring.open(bytes.fromhex(sealed), _offer_context(session)).decode()


def _offer_context(session: Session) -> str:
    return f"room_session|totp|{session.id}"


def _step_of(key: str, digits: str, at: datetime) -> int | None:
    """Return the time step whose code this is, of now and the ones beside it."""
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(key, interval=STEP_SECONDS)
    found = None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            found = step
    return found
