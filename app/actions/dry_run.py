"""A version of the policy held against the cases of the last 90 days.

Their cases' own acts are kept as they were: what is asked is only whether each
would have been in time under that version. What people would have done under
other dates nobody knows; a rehearsal plays that with made-up people.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.case import CaseFile
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.domain.policy import Entry, Policy
from app.domain.promises import open_clocks
from app.domain.taxonomy import Severity
from app.rehearsal.outcome import Difference, differences
from app.rehearsal.plan import Plan
from app.rehearsal.rehearse import compare
from app.store.engine import Store
from app.store.readers.programme import opened_since

SPAN = timedelta(days=90)
MOST_CASES = 2000
_MONTHS = 3
# As many are played as a page can wait for.
PLAYED = 200
_SEED = 1
_ONE_AT_A_TIME = asyncio.Lock()


class Fate(StrEnum):
    """What became of one promise."""

    IN_TIME = "in_time"
    MISSED = "missed"
    OPEN = "open"  # not due yet
    ENDED = "ended"  # the case ended before it was due


@dataclass(frozen=True, slots=True)
class Kept:
    """How one promise at one severity fares: as promised then, and under this."""

    clock: str
    severity: str
    then: Mapping[Fate, int] = field(default_factory=dict)
    now: Mapping[Fate, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a version would have made of the cases of 90 days."""

    version: str
    since: datetime
    cases: int
    left_out: int  # older ones, beyond what is reckoned at once
    kept: tuple[Kept, ...]
    routes: Mapping[tuple[str, str], int]  # as it would go then, as now
    alerts: tuple[int, int]  # cases of which a brand is told at once
    played: int = 0
    differences: tuple[Difference, ...] = ()


async def dry_run(store: Store, version: str, *, at: datetime) -> DryRun:
    """Hold the version against what happened; nothing is written, nobody told."""
    directory = await store.directory()
    policy = next((p for p in directory.policies if p.version == version), None)
    if policy is None:
        raise NotFound("There is no such version of the policy.")
    since = at - SPAN
    async with store.transaction() as tx:
        opened = await opened_since(tx, since, limit=MOST_CASES)
    # Seconds of reckoning must not keep a worker's text waiting, nor two of them
    # share what one thread may take.
    async with _ONE_AT_A_TIME:
        return await asyncio.to_thread(
            _held_against, directory, policy, opened.cases, opened.total, since, at
        )


def _held_against(
    directory: Directory,
    policy: Policy,
    cases: tuple[CaseFile, ...],
    total: int,
    since: datetime,
    at: datetime,
) -> DryRun:
    reckoned = reckon(directory, policy, cases, at=at)
    found: tuple[Difference, ...] = ()
    if directory.sites:
        before, after = compare(
            directory, Plan(), [None, policy], months=_MONTHS, cases=PLAYED,
            seed=_SEED, start=since,
        )  # fmt: skip
        found = tuple(d for d in differences(before, after) if d.change)
    return replace(
        reckoned,
        since=since,
        left_out=total - len(cases),
        played=PLAYED if directory.sites else 0,
        differences=found,
    )


def reckon(
    directory: Directory, policy: Policy, cases: Iterable[CaseFile], *, at: datetime
) -> DryRun:
    """Reckon each first clock twice, alike: under its own version and under this."""
    then: dict[tuple[str, str], Counter[Fate]] = {}
    now: dict[tuple[str, str], Counter[Fate]] = {}
    routes: Counter[tuple[str, str]] = Counter()
    alerts = [0, 0]
    number = 0
    for case in cases:
        number += 1
        was = _entry(directory.policy(case.policy_version), case)
        would = _entry(policy, case)
        for counts, entry in ((then, was), (now, would)):
            for clock, fate in _fates(case, entry, directory, at):
                key = clock, case.severity.value
                counts.setdefault(key, Counter())[fate] += 1
        if was.route is not would.route:
            routes[was.route.value, would.route.value] += 1
        alerts[0] += was.brand_alert
        alerts[1] += would.brand_alert
    keys = sorted({*then, *now}, key=lambda key: (_place(key[0]), key[1]))
    return DryRun(
        version=policy.version,
        since=at,
        cases=number,
        left_out=0,
        kept=tuple(Kept(*key, then.get(key, {}), now.get(key, {})) for key in keys),
        routes=dict(routes),
        alerts=(alerts[0], alerts[1]),
    )


def _entry(policy: Policy, case: CaseFile) -> Entry:
    return policy.entry(case.category, Severity(case.severity))


_ORDER = ("acknowledge", "first_action", "resolve", "plan")


def _place(clock: str) -> int:
    return _ORDER.index(clock) if clock in _ORDER else len(_ORDER)


def _fates(
    case: CaseFile, entry: Entry, directory: Directory, at: datetime
) -> Iterable[tuple[str, Fate]]:
    calendar = directory.calendar_for(case.site, case.country)
    met = {d.name: d.met_at for d in case.deadlines if d.round == 0}
    for clock in open_clocks(entry, case.opened_at, calendar, pauses=case.pauses):
        yield clock.name, _fate(clock.due_at, met.get(clock.name), case, at)


def _fate(
    due_at: datetime, met_at: datetime | None, case: CaseFile, at: datetime
) -> Fate:
    if met_at is not None:
        return Fate.IN_TIME if met_at <= due_at else Fate.MISSED
    if case.closed_at is not None and case.closed_at <= due_at:
        return Fate.ENDED
    return Fate.MISSED if due_at < at else Fate.OPEN
