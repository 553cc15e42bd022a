"""Hear one thing and answer once."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

from asyncpg import UniqueViolationError

from app.actions.carrier_texts import has_prepared
from app.actions.claiming import first_answer, remember
from app.actions.replies import owe_replies, texts_in
from app.actions.secrets import Secrets
from app.actions.turn import HeardText, NumberTaken, Work
from app.carriers.callers import reached_at
from app.carriers.shelf import on_shelf
from app.conversation import lines
from app.conversation.machine import advance
from app.conversation.reading import Reading, read
from app.conversation.session import CaseView, Facts, Session
from app.domain.aftercare import open_question
from app.domain.case import CaseFile
from app.domain.closing import may_still_reopen
from app.domain.directory import Directory, HotlineNumber
from app.domain.errors import Busy
from app.domain.phones import country_of, shown_number
from app.domain.pins import may_try
from app.domain.reference import Chance, new_case_number, new_pin
from app.domain.statutory import limits
from app.store import calls, conversations
from app.store.cases import Held, hold_known, load
from app.store.conversations import Known
from app.store.engine import Store, Transaction
from app.wording.line import Line

__all__ = ["Answer", "HeardText", "Render", "take_turn"]

Render = Callable[[Sequence[Line], str, ZoneInfo], bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the channel sends back, to the byte; `owed`: ring the doorbell."""

    body: bytes
    is_repeat: bool
    owed: bool
    contact: str | None = None  # what kind of contact, where no case came of it


async def take_turn(
    store: Store,
    heard: HeardText,
    *,
    provider_id: str,
    render: Render,
    at: datetime,
    chance: Chance | None = None,
) -> Answer:
    """Hear one text and answer it: all of it is written, or nothing.

    A repeat of `provider_id`, however late or concurrent, gets the first
    answer back, byte for byte (for 48 hours; after that an empty one) and
    opens nothing. Raises `Busy` where the store cannot take it now.
    """
    random = chance or SystemRandom()
    reading = read(heard.body, has_media=bool(heard.beside))
    tag = store.keyring.phone_tag(heard.sender) if heard.sender else None
    known_as = store.keyring.message_tag(provider_id)
    message = _Message(heard, reading, tag, known_as, render, at)
    try:
        answer = await _hear_first(store, message, random)
        if answer is not None:
            return answer
    except _DRAW_AGAIN:
        pass  # Not the first after all: the same phone or message came meanwhile.
    for _ in range(3):
        try:
            return await _hear_locked(store, message, random)
        except _DRAW_AGAIN:
            continue  # Somebody drew the same number, or heard the phone, meanwhile.
    raise Busy("no free case number was drawn")


_DRAW_AGAIN = (UniqueViolationError, NumberTaken)


@dataclass(frozen=True, slots=True)
class _Message:
    """One message with what is always needed beside it."""

    heard: HeardText
    reading: Reading
    phone_tag: bytes | None
    provider_id: str
    render: Render
    at: datetime


async def _hear_first(store: Store, message: _Message, random: Chance) -> Answer | None:
    """Hear a phone that nobody has heard; None where it is not such a one.

    Nothing can be locked that is not there. The turn's one write is its
    transaction, and the keys of claim and conversation refuse a second one
    that read the same emptiness meanwhile; that one is heard again, locked.
    """
    if message.reading.numbers:
        return None
    async with store.connection() as tx:
        known = await _read(tx, message, random)
        if known.is_repeat or known.heard_at is not None or known.cases:
            return None
        return await _hear(store, tx, message, known, random)


async def _hear_locked(store: Store, message: _Message, random: Chance) -> Answer:
    """Hear a phone that has been heard: its talk and its cases are locked."""
    async with store.transaction() as tx:
        await conversations.lock(
            tx, message.provider_id, message.phone_tag, message.reading.numbers
        )
        known = await _read(tx, message, random)
        if known.is_repeat:
            return await _repeat(store, tx, message)
        return await _hear(store, tx, message, known, random)


async def _read(tx: Transaction, message: _Message, random: Chance) -> Known:
    return await conversations.read(
        tx,
        message.provider_id,
        message.phone_tag,
        message.reading.numbers,
        [new_case_number(random) for _ in range(4)],
        at=message.at,
        has_pin=bool(message.reading.pins),
    )


async def _repeat(store: Store, tx: Transaction, message: _Message) -> Answer:
    body = await first_answer(store, tx, message.provider_id, message.at)
    if body is None:
        body = message.render((), "en", ZoneInfo("UTC"))
    return Answer(body, is_repeat=True, owed=False)


async def _hear(
    store: Store,
    tx: Transaction,
    message: _Message,
    known: Known,
    random: Chance,
) -> Answer:
    directory = await store.directory_at(tx, known.directory_version)
    work = Work(
        store=store,
        directory=directory,
        heard=message.heard,
        reading=message.reading,
        number=directory.number(message.heard.dialled),
        phone_tag=message.phone_tag,
        provider_id=message.provider_id,
        at=message.at,
        free_number=known.free_numbers[0] if known.free_numbers else "",
        pin=new_pin(random),
        is_first=known.heard_at is None,
    )
    await _take_in_hand(work, tx, known)
    return await _answer(work, tx, known, message.render)


async def _take_in_hand(work: Work, tx: Transaction, known: Known) -> None:
    """Take the case whose PIN the text carries, else the talk's own."""
    overall = known.tries_overall
    looked_at = [row for row in known.cases if may_look(row, overall, work.at)]
    proved = _proved(work.store, work.reading, looked_at)
    if work.reading.pins and proved is None:
        work.miss_pin(looked_at)
    chosen = proved or _open_case(known, work.phone_tag)
    if chosen is None:
        return
    # Where its key is lost, what comes now is a case of its own.
    work.held = hold_known(work.store, chosen)
    work.secrets = Secrets.of(chosen)
    if work.held is not None and not _is_locked(chosen, work):
        # Proved from another phone earlier: neither phone nor number locked it.
        work.held = await load(work.store, tx, chosen["number"])
    work.is_proved = proved is not None and work.held is not None


def _is_locked(row: Any, work: Work) -> bool:
    return bool(row["is_own"]) or row["number"] in work.reading.numbers


def may_look(row: Any, tries_overall: int, at: datetime) -> bool:
    """Tell whether a PIN is held against this case now."""
    return row["data_key"] is not None and may_try(
        row["tries"],
        row["tried_at"],
        tries_overall,
        at,
        is_own=row["is_own"],
        tries_of_case=row["tries_of_case"],
    )


def _proved(store: Store, reading: Reading, rows: Sequence[Any]) -> Any:
    """Return the row of the case whose PIN the text carries."""
    for pin in reading.pins:
        for row in rows:
            expected = store.keyring.pin_hash(row["number"], pin)
            if hmac.compare_digest(expected, row["pin_hash"]):
                return row
    return None


def _open_case(known: Known, phone_tag: bytes | None) -> Any:
    """Return the row of the talk's case, else the phone's latest open one."""
    rows = [
        row
        for row in known.cases
        if row["data_key"] is not None
        and not row["state"].startswith("closed_")
        and (row["phone_tag"] == phone_tag or row["id"] == known.case_id)
        and phone_tag is not None
    ]
    return next(
        (row for row in rows if row["id"] == known.case_id), rows[0] if rows else None
    )


async def _answer(work: Work, tx: Transaction, known: Known, render: Render) -> Answer:
    session = Session.from_json(known.session)
    facts = _facts(work, work.reading, known)
    if work.is_proved:
        facts = replace(facts, message=await _message_to_her(work, tx))
    turn = advance(session, work.reading, facts)
    work.language = turn.session.language or facts.languages[0]
    if not work.heard.takes_free_text:
        turn = replace(turn, said=await _registered(work, tx, turn.said, render))
    if work.held and any(line.message == lines.MESSAGE.message for line in turn.said):
        await calls.has_heard(tx, work.held.file.id, work.at)
    work.carry_out(turn)
    body = render(work.said, work.language, _zone(work))
    remember(work, body)
    owe_replies(
        work.changes,
        work.store.keyring,
        work.heard,
        body,
        claim=work.provider_id,
        language=work.language,
        case_id=work.held.file.id if work.held else None,
        at=work.at,
    )
    if work.phone_tag is not None:
        work.keep_session(turn.session)
    owed = bool(work.changes.rows.get("owed") or work.heard.media)
    await work.flush(tx)
    return Answer(body, is_repeat=False, owed=owed, contact=work.contact)


async def _registered(
    work: Work, tx: Transaction, said: Sequence[Line], render: Render
) -> tuple[Line, ...]:
    """Say in place of a person's own words that they wait, unless they are prepared.

    Then they do not count as heard: she has yet to hear or read them.
    """
    return tuple(
        [
            _waits(work)
            if line.message == lines.MESSAGE.message
            and not await _is_prepared(work, tx, line, render)
            else line
            for line in said
        ]
    )


def _waits(work: Work) -> Line:
    """Say that a message waits, and at which number it is heard."""
    numbers = work.directory.numbers.values()
    line = reached_at(on_shelf(), work.number, numbers)
    if line is None:
        return lines.MESSAGE_WAITS_FOR_CALL
    is_at_home = country_of(line.number) == country_of(work.heard.sender or "")
    dialled = shown_number(line.number) if is_at_home else line.number
    return lines.MESSAGE_WAITS.using(hotline=dialled)


async def _is_prepared(work: Work, tx: Transaction, line: Line, render: Render) -> bool:
    words, carrier = str(line.params["words"]), work.heard.carrier
    if not carrier:
        return False
    texts = texts_in(render((line,), work.language, _zone(work)))
    return len(texts) == 1 and await has_prepared(
        tx, carrier, words, work.language, texts[0]
    )


async def _message_to_her(work: Work, tx: Transaction) -> str:
    """Return the latest that a person wrote to her, for whoever has the PIN."""
    held = work.held
    row = await calls.latest_told(tx, held.file.id) if held else None
    if held is None or row is None:
        return ""
    return held.key.open_text(row["body"], f"message|body|{row['id']}")


def _zone(work: Work) -> ZoneInfo:
    file = work.file
    site, country = (file.site, file.country) if file else (None, work.number.country)
    return work.directory.calendar_for(site, country).zone


def _facts(work: Work, reading: Reading, known: Known) -> Facts:
    at = work.at
    rested = known.heard_at is None or at - known.heard_at >= conversations.RESTS_AFTER
    view = view_of(work.held, at, _zone(work), work.directory)
    return Facts(
        languages=languages_of(work.number, work.directory),
        known_sites=frozenset(c for c in reading.codes if c in work.directory.sites),
        is_rested=rested,
        case=None if work.is_proved and _is_closed(work.file) else view,
        proved=view if work.is_proved else None,
    )


def languages_of(number: HotlineNumber, directory: Directory) -> tuple[str, ...]:
    return number.languages or directory.default_languages


def _is_closed(file: CaseFile | None) -> bool:
    return file is not None and file.state.is_closed


def view_of(
    held: Held | None, at: datetime, zone: ZoneInfo, directory: Directory
) -> CaseView | None:
    if held is None:
        return None
    file = held.file
    return CaseView(
        number=file.number,
        state=file.state,
        has_site=file.site is not None,
        conflict=file.conflict,
        category=file.category,
        may_text=file.may_text,
        language=file.language,
        may_reopen=may_still_reopen(file.closed_at, at, zone),
        limits=limits(file, directory, at),
        is_for_another=file.is_for_another,
        asks_reprisal=file.state.is_closed and open_question(file) is not None,
    )
