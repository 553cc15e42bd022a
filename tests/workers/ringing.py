"""A worker who is rung, and how the call ended."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.actions.record_call_end import record_call_end
from app.store.engine import Store
from tests.workers.debts import (
    AT,
    Clock,
    Far,
    a_case,
    deliver,
    owe,
)

LINE = "+8809600000000"  # the hotline of `a_case`


def dhaka(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2026, 9, day, hour - 6, minute, tzinfo=UTC)


async def rung(store: Store, clock: Clock, **detail: Any) -> tuple[UUID, str]:
    """Ring a worker once; return the debt and the call's id."""
    case_id = await a_case(store, may_text=None, may_call=True, **detail)
    owed_id = await owe(store, "worker", case_id=case_id)
    await deliver(store, Far(), clock)
    return owed_id, f"SM{owed_id.hex}"


async def ended(
    store: Store,
    owed_id: UUID,
    status: str,
    *,
    sid: str = "",
    by: str | None = None,
    at: datetime = AT,
) -> bool:
    return await record_call_end(
        store,
        call_sid=sid or f"SM{owed_id.hex}",
        owed_id=owed_id,
        status=status,
        answered_by=by,
        at=at,
    )
