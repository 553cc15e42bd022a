"""Enter and withdraw indicators; both stand in the audit and in the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.domain.indicators import Entered, Indicator
from app.domain.taxonomy import Role
from app.store.audit import Audited, was_written, write
from app.store.engine import Store, Transaction
from app.store.ids import new_id
from app.store.indicators import (
    indicator_by_id,
    indicators,
    keep_indicator,
    withdraw,
)
from app.store.programme_ledger import record

_NONE = "There is no such indicator: `threadline indicators list` has their ids."
_CAME_TWICE = "This form came twice: it was saved the first time."
_SYSTEM = "system"


async def enter_indicator(
    store: Store,
    what: Entered,
    *,
    by: Person | None,
    at: datetime,
    through: str = "page",
    once: str = "",
    id: UUID | None = None,
    is_history: bool = False,
) -> UUID:
    """Enter an indicator and return its id; one that is there by `id` is left."""
    new = id or new_id(at)
    async with store.transaction() as tx:
        if await was_written(tx, once, at=at):
            raise Refused(_CAME_TWICE)
        kept = await keep_indicator(
            tx, new, what, by=by.id if by else None, at=at, is_history=is_history
        )
        if kept:
            facts = {**_facts(new, what), "is_history": is_history}
            await _tell(store, tx, "indicator.entered", facts, by, at, through, once)
    return new


async def withdraw_indicator(
    store: Store,
    id: UUID,
    *,
    by: Person | None,
    at: datetime,
    through: str = "page",
) -> None:
    """Take an indicator out of what is published next; it stays to be read."""
    async with store.transaction() as tx:
        found = await indicator_by_id(tx, id)
        if found is None:
            raise NotFound(_NONE)
        if not may_withdraw(by, found):
            raise Refused("Whoever entered it withdraws it, or the secretariat.")
        if not await withdraw(tx, id, at):
            raise Refused("It was withdrawn before: there is nothing to do.")
        facts = {"indicator": str(id)}
        await _tell(store, tx, "indicator.withdrawn", facts, by, at, through)


def may_withdraw(person: Person | None, indicator: Indicator) -> bool:
    """Tell whether she takes it back: her own, or any as the secretariat."""
    if person is None or person.role is Role.ADMIN:
        return True
    return indicator.by == person.id


async def all_indicators(store: Store) -> tuple[Indicator, ...]:
    """Return all that were entered, withdrawn ones too; the newest period first."""
    async with store.transaction() as tx:
        return await indicators(tx)


def _facts(id: UUID, what: Entered) -> dict[str, Any]:
    return {
        "indicator": str(id),
        "kind": what.kind.value,
        "value": what.value,
        "unit": what.unit.value,
        "topic": what.topic.value if what.topic else "",
        "site": what.site,
        "period_from": what.period_from.isoformat(),
        "period_to": what.period_to.isoformat(),
        "evidence": what.evidence,
    }


async def _tell(
    store: Store,
    tx: Transaction,
    kind: str,
    facts: Mapping[str, Any],
    by: Person | None,
    at: datetime,
    through: str,
    once: str = "",
) -> None:
    """Write it into the audit, and into the ledger that heads are made of."""
    who = by.id if by else None
    more = {"once": once} if once else {}
    detail = {"key": facts["indicator"], **more}
    await write(tx, [Audited(kind, detail)], by=who, through=through, at=at)
    actor = str(who) if who else _SYSTEM
    await record(store, tx, kind, {**facts, "through": through}, actor, at)
