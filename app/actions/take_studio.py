"""A speaker records our prompts by phone; what was kept becomes a prompt."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from app.actions.take_call import HeardCall, Render
from app.conversation.calls.session import Keys, Said, Spoke
from app.conversation.calls.studio import Desk, Sheet, StudioSession, work_on
from app.domain.ledger import canonical
from app.store import calls, conversations, prompts, recordings
from app.store.changes import Changes
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.wording.audio import BadAudio
from app.wording.sounds import Book, Standing

log = structlog.get_logger(__name__)

_AT_ONCE = 20  # prompts taken in one round


class Sounds(Protocol):
    """See `app.store.prompts`."""

    async def at(self, tx: Transaction, version: int) -> Book: ...

    async def now(self, tx: Transaction) -> Book: ...


async def take_studio(
    store: Store,
    heard: HeardCall,
    *,
    sounds: Sounds,
    render: Render,
    at: datetime,
) -> tuple[bytes, bool]:
    """Hear one step of a studio's call; True where a recording is now owed.

    A repeat of a step gets the first answer back.
    """
    keyring = store.keyring
    tag = keyring.call_tag(heard.sid)
    step = "start" if heard.turn is None else heard.turn
    claim = keyring.message_tag(f"{heard.sid}|{step}")
    async with store.transaction() as tx:
        await calls.lock(tx, tag, None, at)
        kept = await tx.connection.fetchrow(
            "SELECT session, pin_sealed FROM call WHERE tag = $1", tag
        )
        if await tx.connection.fetchval(
            "SELECT EXISTS (SELECT FROM claim WHERE provider_id = $1)", claim
        ):
            row = await conversations.first_answer(tx, claim)
            return keyring.open(row["answer"], f"claim|answer|{claim}"), False
        version = await tx.connection.fetchval("SELECT version FROM directory_version")
        directory = await store.directory_at(tx, version)
        book = await sounds.at(tx, version)
        session = StudioSession()
        if kept is not None:
            session = StudioSession.from_json(json.loads(kept["session"]))
        session = await _let_in(store, tx, session, heard, at)
        sheet = _sheet(book, session.language) if session.language else None
        turn = work_on(session, heard.heard, sheet)
        changes = Changes()
        sid = _take_sid(store, heard, kept, tag)
        if sid is not None and (turn.keeps or turn.drops):
            _owe(store, changes, tag, sid, turn.keeps, at)
            sid = None
        said = Said(
            said=turn.said,
            then=turn.then,
            language=turn.session.language or "en",
            country=directory.number(heard.dialled).country,
            turn=turn.session.turn,
            is_studio=True,
        )
        body = render(said, book)
        changes.add(
            "claims", claim, at, None, keyring.seal(body, f"claim|answer|{claim}")
        )
        _keep_call(store, changes, tag, heard, turn.session, sid, at)
        owed = "recordings" in changes.rows
        await changes.flush(tx)
    return body, owed


async def _let_in(
    store: Store,
    tx: Transaction,
    session: StudioSession,
    heard: HeardCall,
    at: datetime,
) -> StudioSession:
    """Look at a code that was keyed; it opens the studio for its language."""
    if session.at is not Desk.CODE or not isinstance(heard.heard, Keys):
        return session
    code = store.keyring.pin_hash("studio", heard.heard.keys)
    found = await prompts.studio_pass(tx, code, at=at)
    if found is None:
        return session
    return replace(session, language=found.language, voice=found.voice)


def _sheet(book: Book, language: str) -> Sheet:
    """Return the sheet as it is printed, and what nobody has spoken on it yet."""
    listed = book.script(language)
    lacking = {
        prompt
        for prompt in listed
        if book.standing(prompt, language) is not Standing.RECORDED
    }
    return Sheet(listed, frozenset(lacking))


def _take_sid(store: Store, heard: HeardCall, kept: Any, tag: bytes) -> str | None:
    """Return the recording that waits for its key: this one, or the last one."""
    if isinstance(heard.heard, Spoke) and heard.recording and heard.heard.seconds:
        return heard.recording
    if kept is None or kept["pin_sealed"] is None:
        return None
    return store.keyring.open(kept["pin_sealed"], f"call|sid|{tag.hex()}").decode()


def _owe(
    store: Store,
    changes: Changes,
    tag: bytes,
    sid: str,
    prompt: str | None,
    at: datetime,
) -> None:
    """Owe the fetching of a prompt; what nobody wants is only to be deleted."""
    recording_id = new_id(at)
    changes.add(
        "recordings",
        recording_id,
        store.keyring.recording_tag(sid),
        tag,
        None,
        prompt,
        at,
        0,
        store.keyring.seal(sid.encode(), recordings.sid_context(recording_id)),
        "owed" if prompt else "gone",
        at,
        0,
    )


def _keep_call(
    store: Store,
    changes: Changes,
    tag: bytes,
    heard: HeardCall,
    session: StudioSession,
    sid: str | None,
    at: datetime,
) -> None:
    sealed = store.keyring.seal(sid.encode(), f"call|sid|{tag.hex()}") if sid else None
    changes.add(
        "calls",
        tag,
        None,
        None,
        heard.dialled,
        "in",
        None,
        None,
        canonical(session.to_json()),
        sealed,
        at,
        at,
        at + calls.KEPT,
    )


async def take_prompts(store: Store, sounds: Sounds, *, at: datetime) -> int:
    """Make prompts of what speakers kept by phone; return how many.

    A recording in which nothing can be heard is let go, and the sentence
    stays on the sheet.
    """
    async with store.transaction() as tx:
        rows = await tx.connection.fetch(
            "SELECT r.id, r.prompt, r.audio, c.session FROM recording r"
            " LEFT JOIN call c ON c.tag = r.call_tag"
            " WHERE r.prompt IS NOT NULL AND r.case_id IS NULL AND r.state = 'kept'"
            " AND r.audio IS NOT NULL"
            " ORDER BY r.at LIMIT $1 FOR UPDATE OF r SKIP LOCKED",
            _AT_ONCE,
        )
        if not rows:
            return 0
        book = await sounds.now(tx)
        made = [found for row in rows if (found := _made(store, book, row))]
        if made:
            await prompts.keep(tx, made, at=at)
        await tx.connection.execute(
            "UPDATE recording SET audio = NULL, prompt = NULL WHERE id = ANY($1)",
            [row["id"] for row in rows],
        )
    return len(made)


def _made(store: Store, book: Book, row: Any) -> prompts.Spoken | None:
    language, _, prompt = row["prompt"].partition("/")
    raw = store.keyring.open(row["audio"], recordings.audio_context(row["id"]))
    try:
        made = prompts.spoken_from(raw, prompt, language, _voice(row["session"]), book)
    except (BadAudio, KeyError) as error:
        log.warning("prompt.not_taken", name=prompt, reason=type(error).__name__)
        return None
    return made


def _voice(session: str | None) -> str:
    return StudioSession.from_json(json.loads(session)).voice if session else ""
