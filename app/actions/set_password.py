"""Change a password: the old one is asked for, and all other sessions end."""

from datetime import datetime

from app.actions.hashing import hashed, weakness_of
from app.actions.sessions import begin, held
from app.actions.sign_in import prove
from app.domain.passwords import Weakness
from app.store import accounts, api_tokens
from app.store.engine import Store


async def change_password(
    store: Store,
    secret: str,
    old: str,
    new: str,
    *,
    ends_tokens: bool = True,
    known: str,
    device: str,
    at: datetime,
) -> str | Weakness | None:
    """Return the cookie of the session that goes on; None: the old one is wrong.

    A weakness where the new one is not taken; nothing has changed then.
    `ends_tokens`: whatever acts for her through the API ends as well.
    """
    async with store.transaction() as tx:
        found = await held(store, tx, secret, at)
    if found is None or not found[0].is_whole:
        return None
    person = found[1]
    weak = weakness_of(person, new)
    if weak is not None:
        return weak
    if not await prove(store, person, old, known=known, device=device, at=at):
        return None
    kept = await hashed(new)
    async with store.transaction() as tx:
        # It may have ended while the hashes were made.
        if await held(store, tx, secret, at) is None:
            return None
        await accounts.set_password(tx, person.id, kept, at)
        await accounts.end_sessions(tx, person.id, at)
        if ends_tokens:
            await api_tokens.end_all(tx, person.id, at)
        await accounts.note(tx, person.id, "password_changed", device=device, at=at)
        return await begin(tx, person, is_whole=True, device=device, at=at)
