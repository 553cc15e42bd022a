"""A recording, opened: for the caller of that very call, and for the partner."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.actions.for_the_partner import hold_for_partner
from app.domain.directory import Person
from app.domain.errors import Refused
from app.store.cases import Held
from app.store.engine import Store
from app.store.recordings import audio_context, opened_audio
from app.store.sealing import CannotOpen

_TOKEN = re.compile(r"([0-9a-f]{32})-([0-9]{10})-([0-9a-f]{64})\.wav")

_AUDIO = "SELECT id, case_id, at, seconds, audio FROM recording"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording, opened; `audio` is a sound file, None where it is not here."""

    at: datetime
    seconds: int
    audio: bytes | None


async def play_back(store: Store, token: str, *, at: datetime) -> bytes | None:
    """Return what a caller said just now; None for any token but a fresh one."""
    found = _TOKEN.fullmatch(token)
    if found is None or int(found[2]) < at.timestamp():
        return None
    recording_id, until = UUID(found[1]), int(found[2])
    if not hmac.compare_digest(store.keyring.replay_tag(recording_id, until), found[3]):
        return None
    try:
        async with store.transaction() as tx:
            audio: bytes | None = await opened_audio(store, tx, recording_id)
    except CannotOpen:
        return None
    return audio


async def listen(
    store: Store, number: str, *, by: Person, reason: str, at: datetime, through: str
) -> tuple[Recorded, ...]:
    """Open a case's recordings for its partner, and record that they were heard.

    Nobody else ever hears a voice: to everybody else the answer is the same as
    for a number that no case has. A reason is needed.
    """
    if not reason.strip():
        raise Refused("Listening to a worker needs a reason: add --reason TEXT.")
    async with store.transaction() as tx:
        held = await hold_for_partner(
            store,
            tx,
            number,
            by=by,
            kind="recording.heard",
            reason=reason,
            at=at,
            through=through,
        )
        rows = await tx.connection.fetch(
            f"{_AUDIO} WHERE case_id = $1 AND prompt IS NULL ORDER BY at, id",
            held.file.id,
        )
    return tuple(
        Recorded(row["at"], row["seconds"], _opened(held, row)) for row in rows
    )


def _opened(held: Held, row: Any) -> bytes | None:
    if row["audio"] is None:
        return None
    return held.key.open(row["audio"], audio_context(row["id"]))
