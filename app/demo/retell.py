"""Tell the demo's past year to the engine, through the doors of every day.

Each text is a turn, each act an act, and between them the sweep looks at
every moment at which it would have found something. Nothing is inserted.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.actions.act_on_case import act_on_case
from app.actions.sweep_deadlines import sweep_due
from app.actions.take_turn import HeardText, take_turn
from app.conversation import lines
from app.conversation.vocabulary import OWN_NAMES
from app.demo.dice import dice
from app.demo.history import Acted, Asked, Contact, Step, Tale, Wrote, year
from app.domain.commands import VERBS, Remediate, Review, StaffVerb
from app.domain.directory import Directory, Person
from app.domain.errors import Refused
from app.domain.taxonomy import Route, Side
from app.store.engine import Store
from app.store.past import next_look, settle_past, standing_of
from app.wording.line import Line

# A worker takes this long to answer a question; no talk has more of them.
_ANSWERS_IN = timedelta(seconds=50)
_QUESTIONS = 6
_OTHER_SIDE_SIGNS_IN = timedelta(hours=2)

_NOTE = "Part of the demo's invented year."


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it; `refused` are acts that the rules did not allow."""

    steps: int
    refused: tuple[str, ...]


@dataclass(slots=True)
class _Talk:
    """What one worker was told: number, PIN and the last answer."""

    number: str = ""
    pin: str = ""
    said: tuple[Line, ...] = ()


@dataclass(slots=True)
class _Teller:
    """The year while it is being told."""

    store: Store
    directory: Directory
    codes: dict[str, str]
    chance: Random
    until: datetime
    talks: dict[int, _Talk] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


async def retell(
    store: Store, codes: dict[str, str], *, until: datetime, seed: int
) -> Told:
    """Tell the year that ends at `until`; its messages count as sent then.

    The database must have the programme and the policy of that year, and no
    case yet.
    """
    steps = year(until, seed)
    directory = await store.directory()
    teller = _Teller(store, directory, codes, dice("chance", seed), until)
    for step in steps:
        await _sweep(teller, step.at)
        await _take(teller, step)
    await _sweep(teller, until)
    async with store.transaction() as tx:
        await settle_past(tx.connection, until)
    return Told(len(steps), tuple(teller.refused))


async def _sweep(teller: _Teller, until: datetime) -> None:
    """Let every moment up to `until` come at which a promise falls due."""
    while True:
        async with teller.store.transaction() as tx:
            at = await next_look(tx.connection, until)
        if at is None:
            return
        await sweep_due(teller.store, at=at)


async def _take(teller: _Teller, step: Step) -> None:
    match step:
        case Contact():
            await _hear(teller, step.at, step.sender, step.hotline, step.text)
        case Wrote():
            await _write(teller, step)
        case Asked():
            await _ask(teller, step)
        case Acted():
            await _act(teller, step)


# ------------------------------------------------------------------ the worker


async def _write(teller: _Teller, step: Wrote) -> None:
    """Write the first text, then answer every question that comes."""
    tale, at = step.tale, step.at
    code = teller.codes[tale.place.key]
    text = f"{code} {tale.text}" if tale.knows_code else tale.text
    talk = teller.talks.setdefault(tale.id, _Talk())
    await _text(teller, at, tale, text)
    for _ in range(_QUESTIONS):
        answer = _answer(teller, tale, talk.said)
        if answer is None:
            return
        at += _ANSWERS_IN
        await _text(teller, at, tale, answer)


async def _ask(teller: _Teller, step: Asked) -> None:
    """Write a word with the PIN, and answer if it is solved when asked."""
    talk = teller.talks.get(step.tale.id)
    if talk is None or not talk.pin:
        return
    await _text(teller, step.at, step.tale, f"{step.word} {talk.pin}")
    if any(line.message == lines.ASK_SOLVED.message for line in talk.said):
        await _text(teller, step.at + _ANSWERS_IN, step.tale, step.answer or "1")


async def _text(teller: _Teller, at: datetime, tale: Tale, body: str) -> None:
    said = await _hear(teller, at, tale.sender, tale.place.hotline, body)
    talk = teller.talks[tale.id]
    talk.said = said
    for line in said:
        if line.message == lines.ACK.message:
            talk.number = str(line.params["number"]).replace("-", "")
            talk.pin = str(line.params["pin"])


async def _hear(
    teller: _Teller, at: datetime, sender: str, hotline: str, body: str
) -> tuple[Line, ...]:
    """Let the engine hear one text; return the sentences that it answers."""
    said: list[Line] = []

    def listen(answer: Sequence[Line], _language: str, _zone: ZoneInfo) -> bytes:
        said.extend(answer)
        return b""

    message_sid = f"SM{uuid.UUID(int=teller.chance.getrandbits(128)).hex}"
    await take_turn(
        teller.store,
        HeardText(sender=sender, dialled=hotline, body=body, channel="sms"),
        provider_id=message_sid,
        render=listen,
        at=at,
        chance=teller.chance,
    )
    return tuple(said)


def _answer(teller: _Teller, tale: Tale, said: tuple[Line, ...]) -> str | None:
    """Return what this worker answers to the last question, None to none."""
    for line in reversed(said):
        if line.message == lines.ASK_LANGUAGE.message:
            return _own_language(line, tale.language)
        for question, answer in (
            ((lines.ASK_SITE, lines.ASK_SITE_AGAIN), teller.codes[tale.place.key]),
            ((lines.ASK_CONFLICT, lines.ASK_CONFLICT_AGAIN), tale.conflict),
            ((lines.ASK_TOPIC, lines.ASK_TOPIC_AGAIN), str(tale.topic)),
            ((lines.ASK_MAY_TEXT, lines.ASK_MAY_TEXT_AGAIN), tale.may_text),
        ):
            if line.message in {asked.message for asked in question}:
                return answer
    return None


def _own_language(menu: Line, language: str) -> str:
    for choice in str(menu.params.get("menu", "")).splitlines():
        digit, _, name = choice.partition(" ")
        if name == OWN_NAMES[language]:
            return digit
    return "1"


# ------------------------------------------------------------- those who act


async def _act(teller: _Teller, step: Acted) -> None:
    """Do one thing in the name of whoever holds the case on that day."""
    talk = teller.talks.get(step.tale.id)
    if talk is None or not talk.number:
        return
    async with teller.store.transaction() as tx:
        standing = await standing_of(tx.connection, talk.number)
    signers = _actors(teller.directory, standing, step)
    at = step.at
    for person in signers:
        if at < teller.until:
            await _do(teller, step, talk.number, person, at)
        at += _OTHER_SIDE_SIGNS_IN


async def _do(
    teller: _Teller, step: Acted, number: str, person: Person, at: datetime
) -> None:
    command = _command(step, at)
    try:
        await act_on_case(
            teller.store, number, command, by=person, at=at, through="demo"
        )
    except Refused as refusal:
        teller.refused.append(f"{step.tale.fate} {step.verb}: {refusal}")


def _command(step: Acted, at: datetime) -> StaffVerb:
    if step.verb == "remediate":
        return Remediate((at + timedelta(days=step.days)).date(), note=_NOTE)
    if step.verb == "review":
        return Review((at + timedelta(days=step.days)).date(), note=_NOTE)
    return VERBS[step.verb](note=_NOTE)


def _actors(directory: Directory, standing: Any, step: Acted) -> list[Person]:
    """Return who acts: for a solution on committee routes, one of each side."""
    day = directory.local_day(step.at, standing["site"], standing["country"])
    route = Route(standing["route"])
    if step.is_partner or route is Route.PARTNER:
        return directory.partners_for(standing["site"], standing["country"], day)[:1]
    if route is Route.SECRETARIAT:
        return directory.secretariat(day)[:1]
    members = directory.members(route, standing["site"], day)
    if step.verb != "resolve":
        return members[:1]
    sides = (Side.WORKER, Side.MANAGEMENT)
    return [next(p for p in members if p.side is side) for side in sides]
