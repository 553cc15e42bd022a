"""Count a missed call at a line that is none for missed calls."""

from datetime import datetime

from app.domain.directory import Directory
from app.store import refusals, ring_back
from app.store.changes import Changes
from app.store.engine import Store

# Why nobody calls back: the line is not imported, is another carrier's, or is no
# line for missed calls.
UNKNOWN, PROVIDER, VOICE = "unknown", "provider", "voice"


def why_stray(directory: Directory, dialled: str, carrier: str) -> str:
    """Return why calls that this carrier tells of are not returned; blank: they are."""
    hotline = directory.numbers.get(dialled)
    if hotline is None:
        return UNKNOWN
    if hotline.provider.lower() != carrier:
        return PROVIDER
    return VOICE if hotline.voice != "missed_call" else ""


async def note_stray_call(
    store: Store, *, dialled: str, call_id: str, reason: str, at: datetime
) -> None:
    """Count it once, however often the carrier tells of it.

    The rooms list a number that nobody imported, and the doctor names each.
    """
    directory = await store.directory()
    day = directory.local_day(at, None, directory.number(dialled).country)
    # Not under the name of a call to be returned: it is, once the number is imported.
    known_as = store.keyring.message_tag(f"{call_id}|stray")
    changes = Changes()
    refusals.add_stray(changes, reason, dialled, day.isoformat())
    if reason == UNKNOWN:
        changes.add("unrecognised", dialled, day, 1)
    async with store.transaction() as tx:
        if await ring_back.claim(tx, known_as, at):
            await changes.flush(tx)
