"""Keep what was sent along: written anew, sealed, told to the partner."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from app.conversation.pages import lines
from app.domain import commands
from app.domain.case import Decision, Event
from app.domain.commands import Actor
from app.domain.decide import decide
from app.scrubbing.verdict import MOST_BYTES, MOST_FILES, Clean, Unfit, Why
from app.store import attachments
from app.store.attachments import file_context
from app.store.cases import load_by_id, record
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.wording.line import Line

log = structlog.get_logger(__name__)

Scrub = Callable[[bytes], Awaitable[Clean]]

_SAID: dict[Why, Line] = {
    Why.EMPTY: lines.FILE_EMPTY,
    Why.TOO_LARGE: lines.FILE_TOO_LARGE,
    Why.UNKNOWN: lines.FILE_UNKNOWN,
    Why.DAMAGED: lines.FILE_DAMAGED,
    Why.LOCKED: lines.FILE_LOCKED,
    Why.TOO_LONG: lines.FILE_TOO_LONG,
    Why.VIDEO: lines.FILE_VIDEO,
    Why.BUSY: lines.FILE_BUSY,
}


FILE_NOTES = frozenset(line.message for line in _SAID.values())


async def keep_files(
    store: Store,
    case_id: UUID,
    files: Sequence[bytes | None],
    *,
    scrub: Scrub,
    at: datetime,
) -> tuple[Line, ...]:
    """Keep each file by itself; return why some were not, once for each reason.

    A file that the case has already is kept once; None stands for one for which
    there was no room. Nothing of a file as it came is written anywhere. Raise
    `Busy` where the store cannot be reached.
    """
    said: list[Line] = []
    if len(files) > MOST_FILES:
        said.append(lines.TOO_MANY_FILES.using(most=MOST_FILES))
    for content in files[:MOST_FILES]:
        why = await _keep(store, case_id, content, scrub, at)
        if why is not None and why not in said:
            said.append(why)
    return tuple(said)


def once_each(scrub: Scrub) -> Scrub:
    """Let each file be looked at once, however often it is asked about."""
    known: dict[bytes, Clean] = {}

    async def scrub_once(content: bytes) -> Clean:
        name = hashlib.sha256(content).digest()
        if name not in known:
            known[name] = await scrub(content)
        return known[name]

    return scrub_once


async def why_none_fits(
    files: Sequence[bytes | None], *, scrub: Scrub
) -> tuple[Line, ...]:
    """Return why no file can be kept; nothing where one can.

    A page that has nothing but files is a case only if somebody could look at one.
    """
    said: list[Line] = []
    for content in files[:MOST_FILES]:
        if content is None or len(content) > MOST_BYTES:
            why = Why.BUSY if content is None else Why.TOO_LARGE
        else:
            try:
                await scrub(content)
            except Unfit as unfit:
                why = unfit.why
            else:
                return ()
        if _SAID[why] not in said:
            said.append(_refused(why))
    return tuple(said)


async def _keep(
    store: Store, case_id: UUID, content: bytes | None, scrub: Scrub, at: datetime
) -> Line | None:
    """Keep one file; return why it was not."""
    if content is None:
        return _refused(Why.BUSY)
    if len(content) > MOST_BYTES:
        return _refused(Why.TOO_LARGE)
    tag = store.keyring.file_tag(content)
    async with store.transaction() as tx:
        known = await attachments.known(tx, case_id)
    if tag in known:
        return None
    if len(known) >= attachments.MOST_OF_A_CASE:
        return lines.FILES_FULL
    try:
        clean = await scrub(content)
    except Unfit as unfit:
        return _refused(unfit.why)
    await _write(store, case_id, tag, clean, at)
    return None


def _refused(why: Why) -> Line:
    log.info("file.refused", code=why.value)
    return _SAID[why]


async def _write(
    store: Store, case_id: UUID, tag: bytes, clean: Clean, at: datetime
) -> None:
    async with store.transaction() as tx:
        await keep_within(store, tx, case_id, tag, clean, at)


async def keep_within(
    store: Store,
    tx: Transaction,
    case_id: UUID,
    tag: bytes,
    clean: Clean,
    at: datetime,
) -> None:
    """Seal a file under the case's key; its event commits to what it shows.

    Nothing is kept where the case was forgotten, or has the same file already.
    """
    directory = await store.directory_now(tx)
    held = await load_by_id(store, tx, case_id)
    if held is None or tag in await attachments.known(tx, case_id):
        return
    kind = clean.kind.value
    made = decide(held.file, commands.AddFile(kind), Actor.worker(), directory, at)
    if made.refusal is not None:
        # Sent while the case was open: it belongs there, and nobody is told.
        event = Event("file.added", {"file": kind}, "worker")
        made = Decision(held.file, events=(event,))
    file_id, changes = new_id(at), Changes()
    sealed = held.key.seal(clean.content, file_context(file_id))
    changes.add(
        "attachments",
        file_id,
        case_id,
        tag,
        at,
        kind,
        clean.media_type,
        len(clean.content),
        sealed,
    )
    facts = {
        "attachment": str(file_id),
        "sha256": hashlib.sha256(clean.content).hexdigest(),
    }
    record(changes, held, _with(made, facts), at=at)
    await changes.flush(tx)


def _with(made: Decision, facts: dict[str, str]) -> Decision:
    """Let the event of the file commit to its bytes."""
    events = tuple(
        replace(event, facts={**event.facts, **facts})
        if event.kind == "file.added"
        else event
        for event in made.events
    )
    return replace(made, events=events)
