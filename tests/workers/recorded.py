"""A carrier that holds recordings, and rows that owe them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.actions.keep_recordings import keep_due
from app.store import recordings
from app.store.engine import Store
from app.store.ids import new_id
from tests.workers.debts import AT, Clock

WAV = b"RIFF\x24\x00\x00\x00WAVE" + bytes(range(200))


@dataclass
class Carrier:
    """The far side: sounds by their sid, or failures in their order."""

    sounds: dict[str, bytes] = field(default_factory=dict)
    failures: list[BaseException] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    async def fetch(self, sid: str) -> bytes:
        self.fetched.append(sid)
        await self._answer()
        return self.sounds[sid]

    async def delete(self, sid: str) -> None:
        await self._answer()
        self.deleted.append(sid)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.failures:
            raise self.failures.pop(0)


async def spoken(
    store: Store, sid: str = "RE1", *, case_id: UUID | None = None, prompt: str = ""
) -> UUID:
    """Write a recording as a call leaves it."""
    recording_id, keyring = new_id(AT), store.keyring
    await store.pool.execute(
        """
        INSERT INTO recording (id, tag, call_tag, case_id, prompt, at, seconds,
          sid_sealed, state, next_at, attempt)
        VALUES ($1, $2, $3, $4, $5, $6, 7, $7, 'owed', $6, 0)
        """,
        recording_id,
        keyring.recording_tag(sid),
        keyring.call_tag("CA1"),
        case_id,
        prompt or None,
        AT,
        keyring.seal(sid.encode(), recordings.sid_context(recording_id)),
    )
    return recording_id


async def row_of(store: Store, recording_id: UUID) -> Any:
    return await store.pool.fetchrow(
        "SELECT * FROM recording WHERE id = $1", recording_id
    )


async def sound_of(store: Store, recording_id: UUID) -> Any:
    async with store.transaction() as tx:
        return await recordings.opened_audio(store, tx, recording_id)


async def keep(store: Store, carrier: Carrier, clock: Clock) -> int:
    return await keep_due(store, carrier, at_clock=clock)
