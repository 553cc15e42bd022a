"""Every staff verb goes through here: load, decide, save, owe."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.case import CaseFile, Decision
from app.domain.commands import SPOKEN_FOR, Actor, Command, StaffVerb
from app.domain.decide import decide
from app.domain.directory import Person
from app.domain.errors import Refused
from app.store.cases import Held, load, record
from app.store.changes import Changes
from app.store.directory import find_person
from app.store.engine import Store
from app.store.ids import new_id
from app.store.ledger import digest


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
) -> Acted:
    """Let a person (None: the worker) do one thing to a case.

    `by` may be the person's key, an e-mail or a phone. A refusal is written
    into the ledger before `Refused` is raised. `through` names the door, and
    the operating system's user where it is the command line; the case's
    history shows it.
    """
    async with store.transaction() as tx:
        version = await tx.connection.fetchval("SELECT version FROM directory_version")
        directory = await store.directory_at(tx, version)
        if isinstance(by, str):
            by = find_person(directory, by, keyring=store.keyring)
        held = await load(store, tx, number)
        decision = decide(held.file, command, Actor(by), directory, at)
        changes = Changes()
        decision = _through(decision, through)
        messages = 0
        if decision.refusal is None and type(command) in SPOKEN_FOR:
            decision = _keep_words(changes, held, decision, command, at)
            messages = 1
        record(changes, held, decision, at=at, messages=messages)
        await changes.flush(tx)
    if decision.refusal is not None:
        raise Refused(decision.refusal)
    return Acted(decision.case, decision.notice)


def _keep_words(
    changes: Changes, held: Held, decision: Decision, command: Command, at: datetime
) -> Decision:
    """Seal the words of a verb that has some; its first event commits to them."""
    assert isinstance(command, StaffVerb)
    words, message_id = command.note.strip(), new_id(at)
    changes.add(
        "messages",
        message_id,
        held.file.id,
        at,
        SPOKEN_FOR[type(command)],
        "staff",
        held.key.seal_text(words, f"message|body|{message_id}"),
    )
    first, *more = decision.events
    first = replace(first, facts={**first.facts, "digest": digest(words)})
    return replace(decision, events=(first, *more))


def _through(decision: Decision, door: str) -> Decision:
    """Say in each event by which door it came."""
    events = tuple(
        replace(event, facts={**event.facts, "through": door})
        for event in decision.events
    )
    return replace(decision, events=events)
