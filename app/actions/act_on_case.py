"""Every staff verb goes through here: load, decide, save, owe."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.actions.follow_main import count_parts, follow_main, main_of, named_by
from app.actions.keep_words import Voiced, Words, keep_words, looked_up
from app.domain.case import CaseFile, Decision
from app.domain.commands import SPOKEN_FOR, Actor, Command, StaffVerb
from app.domain.decide import decide
from app.domain.directory import Person
from app.domain.errors import Refused
from app.store.cases import load, record
from app.store.changes import Changes
from app.store.directory import find_person
from app.store.engine import Store, Transaction
from app.store.once import was_done


@dataclass(frozen=True, slots=True)
class Acted:
    """Where the case stands now; `notice` is for the person who acted."""

    case: CaseFile
    notice: str | None


async def act_on_case(
    store: Store,
    number: str,
    command: Command,
    *,
    by: Person | str | None,
    at: datetime,
    through: str = "page",
    voice: Voiced | None = None,
    once: str = "",
) -> Acted:
    """Let a person (None: the worker) do one thing to a case.

    `by` may be the person's key, an e-mail or a phone. A refusal is written
    into the ledger before `Refused` is raised. `through` names the door, and
    the operating system's user where it is the command line; the case's
    history shows it. `voice` is a message to the worker, read aloud. `once` is a
    mark of the form that was sent, with all that it said: the same does nothing a
    second time, once it was taken. What was refused may be sent again.
    """
    async with store.transaction() as tx:
        decision = await act_within(
            store,
            tx,
            number,
            command,
            by=by,
            at=at,
            through=through,
            voice=voice,
            once=once,
        )
    if decision.refusal is not None:
        raise Refused(decision.refusal)
    return Acted(decision.case, decision.notice)


async def act_within(
    store: Store,
    tx: Transaction,
    number: str,
    command: Command,
    *,
    by: Person | str | None,
    at: datetime,
    through: str = "page",
    voice: Voiced | None = None,
    once: str = "",
) -> Decision:
    """Act in a transaction that is open already; what else it does holds or falls
    with the act. A refusal is written down and returned, not raised.
    """
    directory = await store.directory_now(tx)
    if isinstance(by, str):
        by = find_person(directory, by, keyring=store.keyring)
    # The main case first, as everybody does who locks both.
    beside = await named_by(store, tx, command)
    held = await load(store, tx, number)
    if await was_done(tx, held, once, at):
        return Decision(held.file)
    command, about = await looked_up(tx, held.file.id, command)
    parts = await count_parts(tx, held.file.id) if beside else 0
    if held.file.joined_to is not None:
        beside = beside or await main_of(store, tx, held.file)
    decision = decide(
        held.file, command, Actor(by), directory, at, beside=beside, parts=parts
    )
    changes = Changes()
    mark = "" if decision.refusal else once
    decision = marked(decision, through=through, once=mark)
    messages = 0
    if decision.refusal is None and isinstance(command, StaffVerb):
        direction = SPOKEN_FOR.get(type(command))
        if direction is not None:
            if any(event.kind == "words.held" for event in decision.events):
                direction = "held"
            author = by.id if by is not None else None
            words = Words(direction, command.note.strip(), author, voice, about)
            decision = await keep_words(store, tx, changes, held, decision, words, at)
            messages = 1
    record(changes, held, decision, at=at, messages=messages)
    await changes.flush(tx)
    await follow_main(store, tx, held.file, decision.case, directory, at=at)
    return decision


def marked(decision: Decision, **facts: str) -> Decision:
    """Say in each event by which door it came, and with which form."""
    more = {name: value for name, value in facts.items() if value}
    events = tuple(
        replace(event, facts={**event.facts, **more}) for event in decision.events
    )
    return replace(decision, events=events)
