"""Hear a member who works by text: her phone and her PIN show who she is.

A text that does not begin with a word of hers and a PIN, or comes from a phone
that is nobody's who may work so, is a worker's text like any other. What she
may see is what the rooms would show her, and what she does goes the way of
every act. Neither her PIN nor her words are kept with the message.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from app.actions.act_on_case import act_within
from app.actions.claiming import first_answer
from app.actions.replies import owe_replies
from app.actions.take_turn import Answer, Render, take_turn
from app.actions.turn import HeardText
from app.conversation.staff import lines, vocabulary as words
from app.conversation.staff.reading import StaffText, read_staff_text
from app.domain import commands
from app.domain.case import CaseFile, Decision
from app.domain.clocks import PROMISES
from app.domain.coarse import shown_due
from app.domain.commands import StaffVerb
from app.domain.directory import Directory, Person
from app.domain.errors import NotFound, Refused
from app.domain.passwords import MOST_WRONG_PINS, PIN_DIGITS, may_try
from app.domain.permissions import COMMITTEES, Field, may_see
from app.domain.taxonomy import LANGUAGES, PROTECTED, Role, Route, State
from app.domain.transitions import UNTOUCHED
from app.domain.whereabouts import day_of, zone_of
from app.outbox.owed import PIN_STOPPED, SIGNED_BY_TEXT
from app.store import accounts, staff_lists
from app.store.accounts import Account
from app.store.changes import Changes
from app.store.engine import Store, Transaction, lock_key
from app.store.ids import new_id
from app.store.staff_lists import Waiting
from app.wording.line import Line

log = structlog.get_logger(__name__)

# Whose body can hold a case; nobody else has one to work.
_ROUTES: Mapping[Role, Route] = {
    **{role: Route(role.value) for role in COMMITTEES},
    Role.PARTNER: Route.PARTNER,
    Role.ADMIN: Route.SECRETARIAT,
}
_TOLD_WITHIN = timedelta(days=3)
_WORDED = frozenset({words.DONE, words.ASK, words.PROPOSE, words.SOLVED})


async def hear_text(
    store: Store,
    heard: HeardText,
    *,
    provider_id: str,
    render: Render,
    at: datetime,
) -> Answer:
    """Hear one text, a member's or a worker's, and answer it once.

    A repeat of `provider_id` gets the first answer back and does nothing.
    """
    asked = read_staff_text(heard.body) if heard.sender else None
    if asked is not None and heard.sender is not None:
        tag = store.keyring.phone_tag(heard.sender)
        known_as = store.keyring.message_tag(provider_id)
        message = _Message(heard, asked, tag, known_as, render, at)
        answer = await _hear_member(store, message)
        if answer is not None:
            return answer
    return await take_turn(store, heard, provider_id=provider_id, render=render, at=at)


@dataclass(frozen=True, slots=True)
class _Message:
    """One text as it is worked on."""

    heard: HeardText
    asked: StaffText
    phone_tag: bytes
    provider_id: str
    render: Render
    at: datetime


@dataclass(frozen=True, slots=True)
class _Member:
    """Who it is that has shown her PIN, and how she is spoken to."""

    person: Person
    language: str
    zone: ZoneInfo
    day: date


@dataclass(frozen=True, slots=True)
class _List:
    """The cases of a list, in its order, and the answer that tells them."""

    ids: tuple[UUID, ...]
    said: Line


async def _hear_member(store: Store, message: _Message) -> Answer | None:
    """Return the answer to a member; None where it is a worker's text."""
    found = await _who(store, message)
    if not isinstance(found, _Member):
        return found
    asked = message.asked
    listed = await _look(store, found, message.at) if _is_list(asked) else None
    number = await _number(store, found, asked.short)
    async with store.transaction() as tx:
        repeat = await _claimed(store, tx, message)
        if repeat is not None:
            return repeat
        is_owed = False
        if listed is not None:
            await staff_lists.keep(tx, found.person.id, listed.ids, message.at)
            said = listed.said
        else:
            said, is_owed = await _do(store, tx, message, found, number)
        answer = await _answer(store, tx, message, said, found.language, found.zone)
    log.info("staff_text.heard", kind=asked.verb, outcome="heard")
    is_owed = is_owed or bool(message.heard.carrier)
    return Answer(answer, is_repeat=False, owed=is_owed, contact="staff")


def _is_list(asked: StaffText) -> bool:
    return asked.verb == words.CASES


async def _who(store: Store, message: _Message) -> _Member | Answer | None:
    """Return who has shown her PIN, or the answer to who has not.

    None where nobody works by text from this phone, or where the words may as
    well be a worker's and the digits are no PIN.
    """
    async with store.transaction() as tx:
        directory = await store.directory_now(tx)
        having = await _having(tx, directory, message)
        if not having:
            return None
        repeat = await _claimed(store, tx, message)
        if repeat is not None:
            return repeat
        at, asked = message.at, message.asked
        for person, account in having:
            if may_try(account.pin_tries, account.pin_tried_at, at) and _is_hers(
                store, account, asked.pin
            ):
                await accounts.forget_pin_tries(tx, person.id)
                zone = zone_of(person, directory)
                language = _language(person, account)
                return _Member(person, language, zone, day_of(person, directory, at))
        is_slowed = all(not may_try(a.pin_tries, a.pin_tried_at, at) for _, a in having)
        # Fewer digits are no PIN of anybody's, but may be a sum of money.
        if not is_slowed and len(asked.pin) == PIN_DIGITS:
            for person, _ in having:
                await _count_wrong(tx, person, at)
        if asked.may_be_workers or asked.pin in directory.sites:
            return None
        if not is_slowed:
            for person, _ in having:
                await accounts.note(tx, person.id, "wrong_pin", device="", at=at)
        person, account = having[0]
        said = lines.WAIT if is_slowed else lines.WRONG_PIN
        language, zone = _language(person, account), zone_of(person, directory)
        body = await _answer(store, tx, message, said, language, zone)
    log.info(
        "staff_text.heard", kind=asked.verb, outcome="slowed" if is_slowed else "wrong"
    )
    is_owed = bool(message.heard.carrier)
    return Answer(body, is_repeat=False, owed=is_owed, contact="staff")


async def _count_wrong(tx: Transaction, person: Person, at: datetime) -> None:
    """Count a wrong PIN; after many in a day none works, and she is told.

    Who a text comes from can be feigned: nobody guesses on for days.
    """
    if await accounts.count_pin_try(tx, person.id, at) < MOST_WRONG_PINS:
        return
    await accounts.set_pin(tx, person.id, None)
    await accounts.note(tx, person.id, "pin_stopped", device="", at=at)
    await _tell(tx, person, PIN_STOPPED, at)
    log.warning("staff_text.pin_stopped", person_id=str(person.id))


async def _tell(tx: Transaction, person: Person, template: str, at: datetime) -> None:
    until = at + _TOLD_WITHIN
    owed_id = new_id(at)
    await accounts.owe(
        tx, person.id, template, {}, owed_id=owed_id, at=at, expires_at=until
    )


async def _having(
    tx: Transaction, directory: Directory, message: _Message
) -> list[tuple[Person, Account]]:
    """Return who works by text from this phone: she serves today and has a PIN."""
    people = [
        person
        for person in directory.people
        if person.phone_tag == message.phone_tag
        and person.role in _ROUTES
        and person.serves_on(day_of(person, directory, message.at))
    ]
    found = []
    for person in people:
        # Locked: of many tries at once each is counted.
        account = await accounts.account(tx, person.id, lock=True)
        if account is not None and account.pin_hash is not None:
            found.append((person, account))
    return found


def _is_hers(store: Store, account: Account, pin: str) -> bool:
    expected = accounts.pin_hash(store.keyring, account.person_id, pin)
    return hmac.compare_digest(expected, account.pin_hash or b"")


def _language(person: Person, account: Account) -> str:
    """Return her own choice; English where neither it nor hers is served."""
    wanted = (account.language, *person.languages)
    return next((code for code in wanted if code in LANGUAGES), "en")


# ------------------------------------------------------------------- the list


async def _look(store: Store, member: _Member, at: datetime) -> _List:
    """Return her open cases, as she would see them in the rooms."""
    directory = await store.directory()
    route = _ROUTES[member.person.role]
    async with store.as_person(member.person.id, day=member.day) as tx:
        found = await staff_lists.waiting(tx, route, lines.LISTED)
    items = [
        _item(short, case, directory, member.person, at)
        for short, case in enumerate(found.cases, start=1)
    ]
    if found.count > lines.LISTED:
        items.append(Line(lines.MORE, {"count": found.count - lines.LISTED}))
    said = lines.together(items) if items else lines.NONE_OPEN
    return _List(tuple(case.id for case in found.cases), said)


def _item(
    short: int, case: Waiting, directory: Directory, reader: Person, at: datetime
) -> Line:
    """Say one case in a line; what it is about only where a glance may know."""
    kind = lines.KINDS.get(case.category.value, lines.CONFIDENTIAL)
    if case.category in PROTECTED:
        kind = lines.CONFIDENTIAL
    step = lines.STEPS.get(case.step or "", lines.NO_STEP)
    params = {"short": short, "kind": kind, "step": step}
    if case.due_at is None:
        return Line(lines.ITEM_OPEN, params)
    zone = directory.calendar_for(case.site, case.country).zone
    sees_moment = may_see(reader.role, Field.MOMENT)
    due_at = shown_due(case.due_at, case.promise, zone, sees_moment=sees_moment)
    day = due_at.astimezone(zone)
    # In figures: five dates in words would not fit a text message.
    params["date"] = f"{day.day}/{day.month}"
    return Line(lines.ITEM_LATE if due_at < at else lines.ITEM, params)


async def _number(store: Store, member: _Member, short: int | None) -> str | None:
    """Return the number of the case that she means, if she may see it still."""
    if short is None:
        return None
    async with store.transaction() as tx:
        case_id = await staff_lists.meant(tx, member.person.id, short)
    if case_id is None:
        return None
    async with store.as_person(member.person.id, day=member.day) as tx:
        return await staff_lists.number_of(tx, case_id)


# --------------------------------------------------------------------- an act


async def _do(
    store: Store,
    tx: Transaction,
    message: _Message,
    member: _Member,
    number: str | None,
) -> tuple[Line, bool]:
    """Do what she asked; return what she is told, and whether others are."""
    asked = message.asked
    if asked.verb == words.HELP:
        return lines.HELP, False
    if asked.short is None:
        return lines.NEEDS_NUMBER, False
    if number is None:
        return Line(lines.NOT_IN_LIST, {"short": asked.short}), False
    if asked.verb in _WORDED and not asked.words:
        return lines.NEEDS_WORDS, False
    try:
        state = await _state(tx, number)
        decision = await act_within(
            store,
            tx,
            number,
            _command(asked, state),
            by=member.person,
            at=message.at,
            through="text",
        )
    except (NotFound, Refused):
        return Line(lines.NOT_IN_LIST, {"short": asked.short}), False
    if decision.refusal is not None:
        return Line(lines.NOT_POSSIBLE, {"short": asked.short}), False
    is_signed = _signs(decision) and bool(member.person.email)
    if is_signed:
        # Beside the answer to her phone: a signature that somebody feigned shows.
        await _tell(tx, member.person, SIGNED_BY_TEXT, message.at)
    directory = await store.directory_now(tx)
    return _told(asked, decision, directory), is_signed or bool(decision.owed)


async def _state(tx: Transaction, number: str) -> State:
    return State(
        await tx.connection.fetchval(
            "SELECT state FROM cases WHERE number = $1 FOR UPDATE", number
        )
    )


def _command(asked: StaffText, state: State) -> StaffVerb:
    """Return the verb; what was done is the first step only once."""
    match asked.verb:
        case words.TAKE:
            return commands.Take()
        case words.ACK:
            return commands.Acknowledge(note=asked.words)
        case words.ASK:
            return commands.Ask(note=asked.words)
        case words.PROPOSE:
            return commands.Propose(note=asked.words)
        case words.SOLVED:
            return commands.Resolve(note=asked.words)
        case _ if state in UNTOUCHED:
            return commands.Start(note=asked.words)
    return commands.Note(note=asked.words)


_SAID: Mapping[str, str] = {
    words.TAKE: lines.TAKEN,
    words.ACK: lines.CONFIRMED,
    words.DONE: lines.NOTED,
    words.ASK: lines.ASKED,
    words.PROPOSE: lines.PROPOSED,
    words.SOLVED: lines.SOLVED,
}


def _signs(decision: Decision) -> bool:
    return any(event.kind == "case.signed" for event in decision.events)


def _told(asked: StaffText, decision: Decision, directory: Directory) -> Line:
    """Say that it is done, and what comes next by when."""
    case = decision.case
    message = _SAID[asked.verb]
    if asked.verb == words.SOLVED and case.state is not State.RESOLVED:
        message = lines.SIGNED if _signs(decision) else lines.SIGNED_ALREADY
    done = Line(message, {"short": asked.short})
    step, day = _next(case, directory)
    if step is None or day is None:
        return done
    return lines.together([done, Line(lines.NEXT, {"step": step, "date": day})])


def _next(case: CaseFile, directory: Directory) -> tuple[Line | None, date | None]:
    due_at = case.promise_due_at
    if due_at is None:
        return None, None
    zone = directory.calendar_for(case.site, case.country).zone
    names = [
        clock.name
        for clock in case.clocks
        if clock.name in PROMISES and clock.met_at is None and clock.due_at == due_at
    ]
    step = lines.STEPS.get(names[-1]) if names else None
    return step, due_at.astimezone(zone).date()


# --------------------------------------------------------------- answered once


async def _claimed(store: Store, tx: Transaction, message: _Message) -> Answer | None:
    """Return the first answer to a message that was answered; None: it is new.

    Whoever else brings the same message meanwhile waits for this transaction.
    """
    key = lock_key(b"message", message.provider_id.encode())
    await tx.connection.fetchval("SELECT pg_advisory_xact_lock($1)", key)
    if not await staff_lists.is_claimed(tx, message.provider_id):
        return None
    body = await first_answer(store, tx, message.provider_id, message.at)
    if body is None:
        body = message.render((), "en", ZoneInfo("UTC"))
    return Answer(body, is_repeat=True, owed=False)


async def _answer(
    store: Store,
    tx: Transaction,
    message: _Message,
    said: Line,
    language: str,
    zone: ZoneInfo,
) -> bytes:
    """Word the answer and keep it, so that a repeat gets the same."""
    body = message.render((said,), language, zone)
    sealed = store.keyring.seal(body, f"claim|answer|{message.provider_id}")
    changes = Changes()
    changes.add("claims", message.provider_id, message.at, None, sealed)
    owe_replies(
        changes,
        store.keyring,
        message.heard,
        body,
        claim=message.provider_id,
        language=language,
        case_id=None,
        at=message.at,
    )
    await changes.flush(tx)
    return body
