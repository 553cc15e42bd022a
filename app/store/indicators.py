"""The indicators that were entered, as rows; none is ever changed or deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.indicators import Entered, Indicator, IndicatorKind, Topic
from app.store.engine import Transaction


async def keep_indicator(
    tx: Transaction,
    new: UUID,
    what: Entered,
    *,
    by: UUID | None,
    at: datetime,
    is_history: bool = False,
) -> bool:
    """Keep an indicator; return whether it is new by its id."""
    done = await tx.connection.fetchval(
        "INSERT INTO indicator (id, kind, site, period_from, period_to, value, unit,"
        " topic, evidence, entered_by, at, withdrawn_at, is_history)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, $12)"
        " ON CONFLICT (id) DO NOTHING RETURNING true",
        new,
        what.kind.value,
        what.site,
        what.period_from,
        what.period_to,
        what.value,
        what.unit.value,
        what.topic.value if what.topic else "",
        what.evidence,
        by,
        at,
        is_history,
    )
    return bool(done)


async def withdraw(tx: Transaction, id: UUID, at: datetime) -> bool:
    """Withdraw an indicator; return whether it stood."""
    done = await tx.connection.fetchval(
        "UPDATE indicator SET withdrawn_at = $2"
        " WHERE id = $1 AND withdrawn_at IS NULL RETURNING true",
        id,
        at,
    )
    return bool(done)


async def indicator_by_id(tx: Transaction, id: UUID) -> Indicator | None:
    row = await tx.connection.fetchrow("SELECT * FROM indicator WHERE id = $1", id)
    return _indicator(row) if row is not None else None


async def indicators(tx: Transaction) -> tuple[Indicator, ...]:
    """Return all that were entered, the newest period first."""
    rows = await tx.connection.fetch(
        "SELECT * FROM indicator ORDER BY period_to DESC, kind, topic, at DESC, id"
    )
    return tuple(map(_indicator, rows))


def _indicator(row: Any) -> Indicator:
    return Indicator(
        id=row["id"],
        entered=Entered(
            kind=IndicatorKind(row["kind"]),
            value=row["value"],
            period_from=row["period_from"],
            period_to=row["period_to"],
            evidence=row["evidence"],
            topic=Topic(row["topic"]) if row["topic"] else None,
            site=row["site"],
        ),
        by=row["entered_by"],
        at=row["at"],
        withdrawn_at=row["withdrawn_at"],
        is_history=row["is_history"],
    )
