"""One file that a worker sent, opened in the room by the case's partner."""

from datetime import date, datetime
from uuid import UUID

from app.actions.stream_voice import keep_opening
from app.domain.authority import no_such_case
from app.domain.directory import Person
from app.domain.errors import NotFound
from app.store.engine import Store
from app.store.readers import partner
from app.store.readers.partner import Content


async def open_file_page(
    store: Store,
    number: str,
    file_id: UUID,
    *,
    by: Person,
    day: date,
    session_id: UUID,
    is_start: bool,
    at: datetime,
) -> Content:
    """Open it, and keep that it was opened; to everybody else there is none.

    `is_start`: its beginning is asked for. A voice that plays is fetched in
    pieces: the first of them is the opening.
    """
    async with store.as_person(by.id, day=day) as tx:
        found = await partner.file(store, tx, number, file_id)
    if found is None:
        raise NotFound(no_such_case(number))
    await keep_opening(
        store,
        number,
        file_id,
        kind="file.opened",
        by=by,
        session_id=session_id,
        is_start=is_start,
        at=at,
    )
    return found
