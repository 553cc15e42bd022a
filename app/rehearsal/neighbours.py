"""What a case's fate owes to other cases: earlier misses, and clusters.

The store's queries answer this for the service; here it is kept in memory.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.case import CaseFile, Decision
from app.domain.directory import Directory
from app.domain.taxonomy import Category, Clock, Route

SECOND_MISS_WITHIN = timedelta(days=90)

_Body = tuple[str | None, Route]
_Kind = tuple[str | None, Category]


@dataclass(slots=True)
class Neighbours:
    """What is known of all cases of a year, at the moment that is played."""

    directory: Directory
    _misses: defaultdict[_Body, list[tuple[datetime, UUID]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _opened: defaultdict[_Kind, dict[UUID, datetime]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _told: dict[_Kind, datetime] = field(default_factory=dict)

    def note(self, was: CaseFile | None, decision: Decision, at: datetime) -> None:
        """Remember what a decision means to other cases."""
        case = decision.case
        kind = (case.site, case.category)
        if was is None or (was.site, was.category) != kind:
            if was is not None:
                self._opened[was.site, was.category].pop(was.id, None)
            self._opened[kind][case.id] = case.opened_at
        for step in decision.escalations:
            if step.clock == Clock.FIRST_ACTION and case.route.is_factory_side:
                self._misses[case.site, case.route].append((at, case.id))
            elif step.reason == "cluster":
                self._told[kind] = at

    def has_earlier_miss(self, case: CaseFile, at: datetime) -> bool:
        """Whether its committee missed a first action on another case lately."""
        for missed_at, other in reversed(self._misses[case.site, case.route]):
            if missed_at <= at - SECOND_MISS_WITHIN:
                return False
            if other != case.id:
                return True
        return False

    def clustered(self, case: CaseFile, at: datetime) -> int:
        """Return how many cases of its kind its site had within the policy's time.

        0 where somebody was told of such a cluster within it, or where the case
        itself is older.
        """
        cluster = self.directory.policy(case.policy_version).cluster
        kind = (case.site, case.category)
        if cluster is None or case.site is None:
            return 0
        since = at - cluster.within.elapsed
        is_told = kind in self._told and self._told[kind] > since
        if is_told or case.opened_at <= since:
            return 0
        return sum(opened_at > since for opened_at in self._opened[kind].values())
