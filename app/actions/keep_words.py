"""Words that a verb brings: a message to the worker, a transcript, a summary."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.case import Decision
from app.domain.commands import Command, ReleaseWords, Transcribe
from app.domain.errors import BadInput, NotFound
from app.store.cases import Held
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.ledger import digest
from app.store.recordings import Told, keep_told
from app.store.voices import is_of_case, unwritten
from app.wording.audio import BadAudio, prepare


@dataclass(frozen=True, slots=True)
class Voiced:
    """A message read aloud by a person, made ready for the line."""

    audio: bytes  # a WAV of 8 kHz
    seconds: float


@dataclass(frozen=True, slots=True)
class Words:
    """What a verb brings: told, transcript or summary."""

    direction: str
    text: str
    by: UUID | None
    voice: Voiced | None = None
    about: UUID | None = None  # the voice, or the last message, that they are of


async def looked_up(
    tx: Transaction, case_id: UUID, command: Command
) -> tuple[Command, UUID | None]:
    """Say in the command what else is kept of the case, and of what the words are.

    The case must be under its lock: nothing comes in between.
    """
    match command:
        case Transcribe(sound=named):
            waiting = await unwritten(tx, case_id)
            if named is not None and not await is_of_case(tx, case_id, named):
                raise NotFound("There is no such voice in this case.")
            sound = named or next(iter(waiting), None)
            is_last = not any(each != sound for each in waiting)
            return replace(command, sound=sound, is_last=is_last), sound
        case ReleaseWords(seen=seen) if seen is not None:
            is_all = not await tx.connection.fetchval(
                "SELECT EXISTS (SELECT FROM message WHERE case_id = $1 AND id > $2"
                " AND direction = 'in')",
                case_id,
                seen,
            )
            return replace(command, is_all=is_all), seen
    return command, None


def voiced(content: bytes) -> Voiced:
    """Return a sound file made ready; raise `BadInput` where nothing is heard."""
    try:
        return Voiced(*prepare(content))
    except BadAudio as error:
        raise BadInput(f"The message cannot be played: {error}") from None


async def keep_words(
    store: Store,
    tx: Transaction,
    changes: Changes,
    held: Held,
    decision: Decision,
    words: Words,
    at: datetime,
) -> Decision:
    """Seal words and voice under the case's key; an event commits to both."""
    message_id = new_id(at)
    changes.add(
        "messages",
        message_id,
        held.file.id,
        at,
        words.direction,
        "staff",
        held.key.seal_text(words.text, f"message|body|{message_id}"),
        words.by,
        words.about,
    )
    facts = {"digest": digest(words.text)}
    if words.voice is not None:
        facts["voice"] = hashlib.sha256(words.voice.audio).hexdigest()
        told = Told(held.file.id, message_id, words.voice.audio, words.voice.seconds)
        await keep_told(store, tx, held.key, told, at)
    first, *more = decision.events
    first = replace(first, facts={**first.facts, **facts})
    after = decision.case
    if words.direction == "held":
        after = replace(after, held=after.held | {message_id})
    return replace(decision, case=after, events=(first, *more))
