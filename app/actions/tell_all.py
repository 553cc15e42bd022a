"""One message to every worker whose complaint goes with a case."""

from datetime import date, datetime

from app.actions.act_on_case import act_within
from app.domain.authority import no_such_case
from app.domain.commands import Tell
from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.store.engine import Store


async def tell_all(
    store: Store,
    number: str,
    text: str,
    *,
    by: Person,
    day: date,
    once: str,
    at: datetime,
) -> int:
    """Tell the worker of a main case and those of its parts; return how many.

    All of them or nobody: the main case is locked first, as everybody does who
    locks several.
    """
    async with store.as_person(by.id, day=day) as tx:
        parts = await tx.connection.fetch(
            "SELECT p.number FROM cases p JOIN cases m ON m.id = p.joined_to"
            " WHERE m.number = $1 AND p.closed_at IS NULL ORDER BY p.id",
            number,
        )
        if not parts:
            raise NotFound(no_such_case(number))
    numbers = [number, *(row["number"] for row in parts)]
    async with store.transaction() as tx:
        for each in numbers:
            told = await act_within(
                store,
                tx,
                each,
                Tell(note=text),
                by=by,
                at=at,
                through="page",
                once=once,
            )
            if told.refusal is not None:
                raise Refused(told.refusal)
    return len(numbers)
