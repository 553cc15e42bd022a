"""What a worker sent along, opened for the case's partner alone."""

from dataclasses import dataclass, field
from datetime import datetime

from app.actions.for_the_partner import hold_for_partner
from app.domain.directory import Person
from app.domain.errors import Refused
from app.store import attachments
from app.store.engine import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """One file; `content` is None where its case was forgotten."""

    at: datetime
    kind: str
    media_type: str
    content: bytes | None = field(repr=False)


async def open_files(
    store: Store, number: str, *, by: Person, reason: str, at: datetime, through: str
) -> tuple[Opened, ...]:
    """Open a case's photos, voices and papers, and record that they were opened.

    A face or a voice tells who it is: to everybody but the partner the answer
    is the same as for a number that no case has. A reason is needed.
    """
    if not reason.strip():
        raise Refused("Opening a worker's files needs a reason: add --reason TEXT.")
    async with store.transaction() as tx:
        held = await hold_for_partner(
            store,
            tx,
            number,
            by=by,
            kind="file.opened",
            reason=reason,
            at=at,
            through=through,
        )
        rows = await attachments.of_case(tx, held.file.id)
    return tuple(
        Opened(
            row["at"],
            row["kind"],
            row["media_type"],
            attachments.opened(held.key, row),
        )
        for row in rows
    )
