"""Hear one thing and answer once."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

from asyncpg import UniqueViolationError

from app.actions.turn import HeardText, Work
from app.conversation.machine import advance
from app.conversation.reading import Reading, read
from app.conversation.session import CaseView, Facts, Session, Turn
from app.domain.case import CaseFile
from app.domain.closing import REOPENS_FOR
from app.domain.directory import Directory, HotlineNumber
from app.domain.errors import Busy
from app.domain.pins import may_try
from app.domain.reference import Chance, new_case_number, new_pin
from app.store import conversations
from app.store.cases import Held, hold
from app.store.conversations import Known
from app.store.engine import Store, Transaction
from app.wording.line import Line

ANSWER_KEPT = timedelta(hours=48)

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
    reading = read(heard.body, has_media=bool(heard.media))
    tag = store.keyring.phone_tag(heard.sender) if heard.sender else None
    for _ in range(3):
        candidates = [new_case_number(random) for _ in range(4)]
        try:
            async with store.transaction() as tx:
                await conversations.lock(tx, provider_id, tag, reading.numbers)
                known = await conversations.read(
                    tx,
                    provider_id,
                    tag,
                    reading.numbers,
                    candidates,
                    at=at,
                    has_pin=bool(reading.pins),
                )
                if known.is_repeat:
                    return await _repeat(store, tx, provider_id, render, at)
                directory = await store.directory_at(tx, known.directory_version)
                work = await _prepare(
                    store, tx, heard, reading, known, directory, provider_id, at
                )
                work.pin = new_pin(random)
                return await _answer(work, tx, reading, known, render)
        except UniqueViolationError:
            continue  # Somebody drew the same case number meanwhile.
    raise Busy("no free case number was drawn")


async def _repeat(
    store: Store, tx: Transaction, provider_id: str, render: Render, at: datetime
) -> Answer:
    row = await conversations.first_answer(tx, provider_id)
    empty = Answer(render((), "en", ZoneInfo("UTC")), is_repeat=True, owed=False)
    if row["answer"] is None or at - row["at"] > ANSWER_KEPT:
        return empty
    context = f"claim|answer|{provider_id}"
    if row["case_id"] is None:
        body = store.keyring.open(row["answer"], context)
    elif row["data_key"] is None:
        return empty  # The case was forgotten, and its key with it.
    else:
        key = store.keyring.unwrap(row["data_key"], row["case_id"])
        body = key.open(row["answer"], context)
    return Answer(body, is_repeat=True, owed=False)


async def _prepare(
    store: Store,
    tx: Transaction,
    heard: HeardText,
    reading: Reading,
    known: Known,
    directory: Directory,
    provider_id: str,
    at: datetime,
) -> Work:
    number = directory.number(heard.dialled)
    work = Work(
        store=store,
        directory=directory,
        heard=heard,
        reading=reading,
        number=number,
        phone_tag=store.keyring.phone_tag(heard.sender) if heard.sender else None,
        provider_id=provider_id,
        at=at,
        free_number=known.free_numbers[0] if known.free_numbers else "",
    )
    proved = _proved(store, reading, known, at)
    chosen = proved or _open_case(known, work.phone_tag)
    if reading.pins and proved is None:
        work.miss_pin(known.cases)
    if chosen is not None:
        work.held = (await hold(store, tx, [chosen]))[0]
        work.is_proved = proved is not None
    return work


def _proved(store: Store, reading: Reading, known: Known, at: datetime) -> Any:
    """Return the row of the case whose PIN the text carries."""
    for pin in reading.pins:
        for row in known.cases:
            if row["data_key"] is None:
                continue
            if not may_try(row["tries"], row["tried_at"], known.tries_overall, at):
                continue
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


async def _answer(
    work: Work, tx: Transaction, reading: Reading, known: Known, render: Render
) -> Answer:
    session = Session.from_json(known.session)
    facts = _facts(work, reading, known)
    turn = advance(session, reading, facts)
    work.language = turn.session.language or facts.languages[0]
    work.carry_out(turn)
    lines, file = work.said, work.file
    site, country = (file.site, file.country) if file else (None, work.number.country)
    zone = work.directory.calendar_for(site, country).zone
    body = render(lines, work.language, zone)
    _remember(work, turn, body)
    owed = bool(work.changes.rows.get("owed"))
    await work.flush(tx)
    return Answer(body, is_repeat=False, owed=owed, contact=work.contact)


def _facts(work: Work, reading: Reading, known: Known) -> Facts:
    at = work.at
    rested = known.heard_at is None or at - known.heard_at >= conversations.RESTS_AFTER
    view = _view(work.held, at)
    return Facts(
        languages=_languages(work.number, work.directory),
        known_sites=frozenset(c for c in reading.codes if c in work.directory.sites),
        is_rested=rested,
        case=None if work.is_proved and _is_closed(work.file) else view,
        proved=view if work.is_proved else None,
    )


def _languages(number: HotlineNumber, directory: Directory) -> tuple[str, ...]:
    return number.languages or directory.default_languages


def _is_closed(file: CaseFile | None) -> bool:
    return file is not None and file.state.is_closed


def _view(held: Held | None, at: datetime) -> CaseView | None:
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
        may_reopen=file.closed_at is None or at - file.closed_at <= REOPENS_FOR,
    )


def _remember(work: Work, turn: Turn, body: bytes) -> None:
    """Keep the claim with its sealed answer, and where the talk stands."""
    held, context = work.held, f"claim|answer|{work.provider_id}"
    sealed = (
        held.key.seal(body, context) if held else work.store.keyring.seal(body, context)
    )
    case_id = held.file.id if held else None
    work.changes.add("claims", work.provider_id, work.at, case_id, sealed)
    if work.phone_tag is not None:
        work.keep_session(turn.session)
