"""What the talk by telephone must know of the world before it decides."""

import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from app.actions.call import Call, HeardCall
from app.actions.secrets import Secrets
from app.actions.take_turn import languages_of, may_look, view_of
from app.actions.turn import Work
from app.actions.turn_words import hear_by
from app.conversation.calls.session import At, CallFacts, Keys
from app.conversation.calls.spoken import REPRISALS
from app.conversation.session import CaseView
from app.domain.taxonomy import State
from app.store import calls
from app.store.cases import Held, hold_known
from app.store.engine import Transaction
from app.wording.prompt import Free, Replay
from app.wording.voices import voice_for

_REPLAYS_FOR = timedelta(minutes=10)


class Book(Protocol):
    """What can be spoken now; see `app.wording.sounds`."""

    def is_open(self, language: str, country: str) -> bool: ...

    def can_say(self, prompts: Iterable[str], language: str, country: str) -> bool: ...


async def look_up(
    call: Call, tx: Transaction, heard: HeardCall, book: Book
) -> CallFacts:
    work, session = call.work, call.session
    languages = languages_of(work.number, work.directory)
    keys = heard.heard.keys if isinstance(heard.heard, Keys) else ""
    if session.at is At.PIN and keys:
        call.proved = _prove(call, keys)
    country = work.file.country if work.file else work.number.country
    case = call.proved or work.held
    spoken_in = session.language or languages[0]
    if call.proved or session.is_following:
        await _read_message(call, tx, case)
        spoken_in = case.file.language if case else spoken_in
    file = case.file if case else None
    return CallFacts(
        languages=languages,
        open_languages=frozenset(
            each for each in {*languages, spoken_in} if book.is_open(each, country)
        ),
        has_phone=work.phone_tag is not None,
        known_sites=frozenset({keys} & work.directory.sites.keys()),
        case=seen(work.held, work),
        proved=seen(call.proved, work),
        is_pin_right=call.pin is not None and hmac.compare_digest(keys, call.pin),
        helplines=frozenset(
            line.kind for line in work.directory.helplines if line.country == country
        ),
        is_late=file is not None
        and not file.state.is_closed
        and file.state is not State.RESOLVED
        and hear_by(file, work.at) is None,
        has_message=call.message is not None,
        can_read_message=isinstance(call.message, Replay)
        or voice_for(spoken_in, country) is not None,
        can_ask_reprisal=book.can_say(
            (prompt.id for prompt in REPRISALS), spoken_in, country
        ),
        replay=await _replay(call, tx),
    )


def seen(held: Held | None, work: Work) -> CaseView | None:
    if held is None:
        return None
    file = held.file
    zone = work.directory.calendar_for(file.site, file.country).zone
    return view_of(held, work.at, zone, work.directory)


def _prove(call: Call, pin: str) -> Held | None:
    """Return the case whose number and PIN were keyed; count what opens nothing."""
    work, asked = call.work, call.session.asked_number
    rows = [r for r in call.known.cases if asked and r["number"] == asked]
    looked_at = [r for r in rows if may_look(r, call.known.tries_overall, work.at)]
    for row in looked_at:
        expected = work.store.keyring.pin_hash(row["number"], pin)
        if hmac.compare_digest(expected, row["pin_hash"]):
            work.secrets = Secrets.of(row)
            return hold_known(work.store, row)
    work.miss_pin(looked_at)
    return None


async def _read_message(call: Call, tx: Transaction, case: Held | None) -> None:
    if case is None:
        return
    row = await calls.latest_told(tx, case.file.id)
    if row is None:
        return
    if row["voice"] is not None:
        call.message = Replay(_address(call, row["voice"]))
    else:
        words = case.key.open_text(row["body"], f"message|body|{row['id']}")
        call.message = Free(words)


async def _replay(call: Call, tx: Transaction) -> str | None:
    """Return the address at which the carrier may fetch what was just said."""
    if call.session.at not in (At.AFTER, At.REPLAY):
        return None
    found = await calls.replayable(tx, call.tag, call.work.at)
    held = call.work.held
    if found is None or held is None or found["case_id"] != held.file.id:
        return None
    return _address(call, found["id"])


def _address(call: Call, recording_id: UUID) -> str:
    """Return an address that nobody can guess and that opens for ten minutes."""
    until = int((call.work.at + _REPLAYS_FOR).timestamp())
    seal = call.work.store.keyring.replay_tag(recording_id, until)
    return f"/twilio/voice/replay/{recording_id.hex}-{until}-{seal}.wav"
