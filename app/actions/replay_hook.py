"""Send a brand one of its webhooks again: the same id and body, signed anew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.domain.taxonomy import Role
from app.outbox.owed import public_id
from app.store import hook_log
from app.store.engine import Store
from app.store.hook_log import Attempt

log = structlog.get_logger()

PAGE = 100


def brands_of(person: Person) -> Sequence[str] | None:
    """Return whose webhooks a person may see; None: every brand's."""
    if person.role is Role.ADMIN:
        return None
    return person.org if person.role is Role.BRAND else ()


async def attempts_for(
    store: Store, person: Person, *, after: UUID | None = None, limit: int = PAGE
) -> list[Attempt]:
    """Return the tries at the webhooks that are the person's, the newest first."""
    async with store.transaction() as tx:
        return await hook_log.attempts(tx, brands_of(person), after=after, limit=limit)


async def replay_hook(
    store: Store, attempt_id: UUID, *, by: Person, at: datetime
) -> UUID:
    """Owe the message of one try again; return its webhook-id.

    What may no longer be told to the brand is not told by this either: that is
    asked at the moment of sending, as for every message.
    """
    async with store.transaction() as tx:
        found = await hook_log.repeatable(tx, attempt_id, brands_of(by), at)
        if found is None:
            raise NotFound("There is no such delivery.")
        if found.is_in_hand or found.is_waiting:
            raise Refused("This message is being sent now. Look again in a minute.")
        await hook_log.owe_again(tx, found.owed_id, at)
    log.info("hook.replayed", outbox_id=str(found.owed_id), person_id=str(by.id))
    return public_id(found.owed_id)
