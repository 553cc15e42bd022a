"""What was put right, as far as it is counted: folded from a case's events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from app.statistics.model import CaseFacts

_PLANNED, _FINISHED, _DROPPED = "remedy.planned", "remedy.finished", "remedy.dropped"
_UNNAMED = "other"  # of plans from before kinds were asked for


class Told(Protocol):
    """One opened event: its kind, and its facts by name."""

    @property
    def kind(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CountedRemedy:
    """One remedy as it is counted, in the cohort of its complaint."""

    id: UUID
    case_id: UUID | None
    quarter: str
    site: str | None
    country: str
    kind: str
    beneficiaries: int | None = None
    amount: Decimal | None = None
    currency: str | None = None
    is_done: bool = False
    is_history: bool = False


def remedies_of(events: Iterable[Told], case: CaseFacts) -> list[CountedRemedy]:
    """Return the remedies that were planned and not dropped, in their order."""
    found: dict[UUID, CountedRemedy] = {}
    for event in events:
        if event.kind not in (_PLANNED, _FINISHED, _DROPPED):
            continue
        remedy = UUID(event.facts["remedy"])
        if event.kind == _DROPPED:
            found.pop(remedy, None)
            continue
        before = found.get(remedy) or CountedRemedy(
            remedy, case.id, case.quarter, case.site, case.country, _UNNAMED
        )
        found[remedy] = _told(before, event)
    return list(found.values())


def _told(before: CountedRemedy, event: Told) -> CountedRemedy:
    facts = event.facts
    amount = facts.get("amount")
    return replace(
        before,
        kind=facts.get("kind") or before.kind,
        beneficiaries=facts.get("beneficiaries", before.beneficiaries),
        amount=before.amount if amount is None else Decimal(str(amount)),
        currency=facts.get("currency") or before.currency,
        is_done=before.is_done or event.kind == _FINISHED,
    )
