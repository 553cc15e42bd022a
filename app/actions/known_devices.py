"""Browsers that are known: whoever guesses elsewhere does not slow their owners.

The cookie opens nothing. It says that its browser came in before with both
factors, so that wrong tries of others do not count against it; its own do.
"""

import secrets
from datetime import datetime

from app.domain.directory import Person
from app.store import accounts
from app.store.engine import Store

_LONGEST = 64


async def is_known(store: Store, person: Person | None, known: str) -> bool:
    """Tell whether this cookie's browser is one with which she came in before."""
    tag = tag_of(known)
    if person is None or tag is None:
        return False
    async with store.transaction() as tx:
        return await accounts.known_device(tx, tag, person.id) is not None


async def know(store: Store, person: Person, known: str, at: datetime) -> str:
    """Know her browser from now on, and return the cookie that it keeps.

    Only one that we gave is kept on: another may have been planted. Several
    people may come in with one browser.
    """
    tag = tag_of(known)
    async with store.transaction() as tx:
        if tag is None or not await accounts.knows_device(tx, tag):
            known = secrets.token_urlsafe(32)
            tag = accounts.secret_tag(known)
        await accounts.know_device(tx, tag, person.id, at)
    return known


def tag_of(known: str) -> bytes | None:
    """Return what is kept of the cookie; None where the browser has none."""
    return accounts.secret_tag(known) if 0 < len(known) <= _LONGEST else None
