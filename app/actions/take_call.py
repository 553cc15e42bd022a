"""Hear one step of a telephone call and answer it once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import SystemRandom
from typing import Any, Protocol

from asyncpg import UniqueViolationError

from app.actions.call import Call, HeardCall, begin_call, open_call
from app.actions.call_facts import look_up
from app.actions.call_words import Speaking
from app.actions.claiming import first_answer, remember
from app.actions.take_turn import Answer
from app.actions.turn import NumberTaken
from app.conversation.calls import spoken
from app.conversation.calls.machine import advance, again
from app.conversation.calls.session import (
    At,
    CallFacts,
    CallTurn,
    HangUp,
    Rang,
    Said,
    Spoke,
)
from app.domain.errors import Busy
from app.domain.reference import Chance
from app.store import calls
from app.store.engine import Store, Transaction

__all__ = ["UNVOICED", "HeardCall", "Render", "Sounds", "take_call"]

UNVOICED = "unvoiced"


class Sounds(Protocol):
    """Where the book comes from; see `app.store.prompts`."""

    async def at(self, tx: Transaction, version: int) -> Any: ...


Render = Callable[[Said, Any], bytes]


async def take_call(
    store: Store,
    heard: HeardCall,
    *,
    sounds: Sounds,
    render: Render,
    at: datetime,
    chance: Chance | None = None,
) -> Answer:
    """Hear one step: all of it is written, or nothing.

    A repeat of the same step gets the first answer back, byte for byte. What
    was spoken is a case from this moment on, whatever comes after it. Raise
    `Busy` where the store cannot take it now.
    """
    random = chance or SystemRandom()
    for _ in range(4):
        try:
            async with store.transaction() as tx:
                return await _step(store, tx, heard, sounds, render, at, random)
        except (UniqueViolationError, NumberTaken):
            continue  # A number was drawn twice, or somebody was faster.
    raise Busy("no free case number was drawn")


async def _step(
    store: Store,
    tx: Transaction,
    heard: HeardCall,
    sounds: Sounds,
    render: Render,
    at: datetime,
    random: Chance,
) -> Answer:
    call = await open_call(store, tx, heard, at, random)
    if call.known.is_repeat:
        body = await first_answer(store, tx, call.work.provider_id, at)
        if body is None:
            body = render(_nothing(call), await sounds.at(tx, call.version))
        return Answer(body, is_repeat=True, owed=False)
    book = await sounds.at(tx, call.version)
    await begin_call(call, tx, heard)
    facts = await look_up(call, tx, heard, book)
    turn = _decide(call, heard, facts)
    call.carry_out(turn, heard)
    body = render(_said(call, turn), book)
    remember(call.work, body)
    call.take_up()
    call.keep(turn.session)
    owed = bool(call.work.changes.rows.keys() & {"owed", "recordings"})
    await call.work.flush(tx)
    if call.proved is not None:
        await calls.has_heard(tx, call.proved.file.id, at)
    contact = call.work.contact
    if heard.owed_id and not heard.is_machine and turn.session.at is At.OVER:
        contact = UNVOICED  # picked up, and there was no voice to speak with
    return Answer(body, is_repeat=False, owed=owed, contact=contact)


def _decide(call: Call, heard: HeardCall, facts: CallFacts) -> CallTurn:
    session, said = call.session, heard.heard
    if call.row is None and (heard.turn is None or heard.is_ours):
        return advance(session, Rang(call.resumes), facts)
    if isinstance(said, Spoke):
        if session.at is not At.BEEP:
            session = replace(session, at=At.BEEP)
        return advance(session, said, facts)
    if said is None or (call.row is not None and heard.turn != session.turn):
        return again(session, facts)
    return advance(session, said, facts)


def _said(call: Call, turn: CallTurn) -> Said:
    work, session = call.work, turn.session
    country = work.file.country if work.file else work.number.country
    language = session.language or work.language
    speaking = Speaking(
        work.file, country, language, work.directory, call.pin, call.message, work.at
    )
    said = turn.said
    if work.is_held_open:  # her yes ended nothing: no thanks as for an end
        thanks, noted = spoken.SOLVED_THANKS, spoken.ADDED
        said = tuple(noted if each == thanks else each for each in said)
    return Said(
        said=speaking.fill(said),
        then=turn.then,
        language=language,
        country=country,
        turn=session.turn,
    )


def _nothing(call: Call) -> Said:
    """What a repeat gets whose first answer is kept no more: the end."""
    return Said((), HangUp(), call.work.language, call.work.number.country, 0)
