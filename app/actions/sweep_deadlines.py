"""Which cases are due, and what that means for each of them under its lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from app.actions.follow_main import follow_main, lock_parts
from app.domain.case import CaseFile, Decision
from app.domain.directory import Directory
from app.domain.escalation import may_cluster
from app.domain.ladder import Trigger
from app.domain.occasions import REASONS
from app.domain.strike import strike
from app.domain.taxonomy import COMMITTEE_ROUTES, Clock
from app.store.cases import Held, load_due, record
from app.store.changes import Changes
from app.store.clusters import Kind, count_untold
from app.store.engine import Store, Transaction, lock_key
from app.store.lateness import count_strikes

log = structlog.get_logger()

SECOND_MISS_WITHIN = timedelta(days=90)
_PUSHED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many cases one sweep took in hand, and how many messages it owes."""

    cases: int
    owed: int


async def sweep_due(store: Store, *, at: datetime, limit: int = 200) -> Swept:
    """Take up to `limit` cases with something due and do all that is due.

    Each case is checked again under its lock; what it owes is written in the
    same transaction. Several sweeps may race: a case is in one hand only. A
    case that raises, or of which a part does, is pushed forward and named in the
    log, never spun on. One whose parts are in other hands is left for the next sweep.
    """
    async with store.transaction() as tx:
        directory = await store.directory_now(tx)
        found, stuck = await load_due(store, tx, at, limit)
        mains, busy = await lock_parts(tx, [case.file.id for case in found])
        free = (case for case in found if case.file.id not in busy)
        held = sorted(free, key=partial(_since, at=at))
        misses = await _earlier_misses(tx, held, at)
        kinds = {case.file.id: _kind(case.file, directory, at) for case in held}
        clusters = await count_untold(tx, [kind for kind in kinds.values() if kind])
        changes, late = Changes(), list[timedelta]()
        with_parts: list[tuple[Held, Decision]] = []
        for case in held:
            kind, _ = kinds[case.file.id] or (None, 0)
            clustered = clusters.get(kind, 0) if kind else 0
            decision = _strike(case, directory, misses, clustered, at)
            if decision is None:
                stuck.append(case.file.id)
                continue
            if case.file.id in mains:
                with_parts.append((case, decision))
            else:
                record(changes, case, decision, at=at)
            misses.extend(_misses_in(decision))
            if kind and any(e.reason == "cluster" for e in decision.escalations):
                clusters[kind] = 0  # Told; the next case of it tells nobody.
            late += _late(case.file, decision.case, at)
        owed = len(changes.rows.get("owed", ()))
        await changes.flush(tx)
        for case, decision in with_parts:
            if await _save_with_parts(store, tx, case, decision, directory, at):
                owed += len(decision.owed)
            else:
                stuck.append(case.file.id)
        await _push(tx, stuck, at)
        await count_strikes(tx, late, at=at)
    return Swept(len(held) + len(stuck), owed)


def _since(held: Held, *, at: datetime) -> datetime:
    due = (d.next_at for d in held.file.clocks if d.next_at is not None)
    return min(due, default=at)


def _strike(
    held: Held,
    directory: Directory,
    misses: "list[_Miss]",
    clustered: int,
    at: datetime,
) -> Decision | None:
    file = held.file
    has_earlier = any(
        miss.site == file.site and miss.route == file.route and miss.case_id != file.id
        for miss in misses
    )
    try:
        return strike(file, directory, has_earlier, at, clustered=clustered)
    except Exception as error:  # noqa: BLE001 - one case must not stop the others
        log.error("case.stuck", case_id=str(file.id), exc_type=type(error).__name__)
        return None


async def _save_with_parts(
    store: Store,
    tx: Transaction,
    held: Held,
    decision: Decision,
    directory: Directory,
    at: datetime,
) -> bool:
    """Write what became of a case and of its parts: all of it, or nothing."""
    try:
        async with tx.connection.transaction():
            changes = Changes()
            record(changes, held, decision, at=at)
            await changes.flush(tx)
            await follow_main(store, tx, held.file, decision.case, directory, at=at)
    except Exception as error:  # noqa: BLE001 - one case must not stop the others
        case_id, kind = str(held.file.id), type(error).__name__
        log.error("case.stuck", case_id=case_id, exc_type=kind)
        return False
    return True


def _late(before: CaseFile, after: CaseFile, at: datetime) -> list[timedelta]:
    """Return how late each clock was struck whose due time has come."""
    ended = {(c.name, c.round) for c in after.clocks if c.next_at is None}
    return [
        at - clock.due_at
        for clock in before.clocks
        if clock.next_at is not None
        and clock.due_at <= at
        and (clock.name, clock.round) in ended
    ]


def _kind(
    case: CaseFile, directory: Directory, at: datetime
) -> tuple[Kind, int] | None:
    """Return of which kind a recent case is, and how many would be a cluster."""
    version = case.policy_version
    # Where its policy is gone the case is stuck: `strike` finds that, by itself.
    held_by = next((p for p in directory.policies if p.version == version), None)
    cluster = held_by.cluster if held_by else None
    if cluster is None or case.site is None or not may_cluster(case):
        return None
    since = at - cluster.within.elapsed
    if case.opened_at <= since:
        return None
    return Kind(case.site, case.category.value, since), cluster.cases


@dataclass(frozen=True, slots=True)
class _Miss:
    """A first action that a site's committee missed."""

    site: str | None
    route: str
    case_id: UUID


def _misses_in(decision: Decision) -> list[_Miss]:
    """Return the first actions that a decision found to be missed.

    On whichever rung somebody was told: who stands in may stand higher up. A
    later rung of an earlier miss is none.
    """
    file = decision.case
    if file.route not in COMMITTEE_ROUTES:
        return []
    missed = {
        event.facts["round"]
        for event in decision.events
        if event.kind == "clock.missed" and event.facts["clock"] == Clock.FIRST_ACTION
    }
    told = {
        e.round
        for e in decision.escalations
        if e.clock == Clock.FIRST_ACTION and e.reason == REASONS[Trigger.MISSED]
    }
    return [_Miss(file.site, file.route, file.id) for _ in missed & told]


async def _earlier_misses(
    tx: Transaction, held: list[Held], at: datetime
) -> list[_Miss]:
    """Return the first actions that these cases' committees missed before.

    The sites are locked first: of two cases that two sweeps strike at the
    same moment, one must see the other, or the brands are never told.
    """
    sites = sorted(
        {
            h.file.site
            for h in held
            if h.file.site and h.file.route in COMMITTEE_ROUTES and _acts_late(h, at)
        }
    )
    if not sites:
        return []
    await tx.connection.fetch(
        "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k",
        sorted(lock_key(b"site", site.encode()) for site in sites),
    )
    rows = await tx.connection.fetch(
        """
        SELECT DISTINCT site, case_id, route FROM escalation e
        WHERE clock = $1 AND at > $2 AND site = ANY($3) AND route = ANY($4)
        AND reason = $5
        AND NOT EXISTS (  -- later rungs of the same miss are no miss of their own
          SELECT FROM escalation b WHERE b.case_id = e.case_id
          AND b.clock = e.clock AND b.round = e.round AND b.reason = e.reason
          AND b.at < e.at
        )
        """,
        Clock.FIRST_ACTION,
        at - SECOND_MISS_WITHIN,
        sites,
        sorted(COMMITTEE_ROUTES),
        REASONS[Trigger.MISSED],
    )
    return [_Miss(row["site"], row["route"], row["case_id"]) for row in rows]


def _acts_late(held: Held, at: datetime) -> bool:
    return any(
        d.name is Clock.FIRST_ACTION and d.next_at is not None and d.due_at <= at
        for d in held.file.deadlines
    )


async def _push(tx: Transaction, stuck: list[UUID], at: datetime) -> None:
    if stuck:
        await tx.connection.execute(
            "UPDATE deadline SET next_at = $2 WHERE case_id = ANY($1)"
            " AND next_at <= $3",
            stuck,
            at + _PUSHED,
            at,
        )
