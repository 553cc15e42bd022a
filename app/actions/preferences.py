"""When and how a person is told: what they chose, and a choice made."""

from datetime import datetime

from app.domain.directory import Person
from app.domain.wishes import Wishes
from app.store import preferences
from app.store.engine import Store


async def wishes_of(store: Store, person: Person) -> Wishes:
    async with store.transaction() as tx:
        return await preferences.read(tx, person.id)


async def choose(store: Store, person: Person, wishes: Wishes, *, at: datetime) -> None:
    """Keep the choice; what waits already is looked at by it at once."""
    async with store.transaction() as tx:
        await preferences.keep(tx, person.id, wishes)
        await preferences.look_again(tx, person.id, at)
