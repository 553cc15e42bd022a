"""What the doctor finds with the clocks: late, standing still, or reckoned wrong."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.actions.finding import Finding
from app.actions.recheck import describe
from app.store.engine import Transaction
from app.store.lateness import Lateness, Unswept, idle_cases, lateness, unswept
from app.store.recheck import Found, Run, finding_count, findings, last_run

# How late a look may be before it is worth a word; a sweep takes seconds.
LATE = timedelta(minutes=2)
# The last look at all clocks may be so old: a night that was missed shows.
_RECHECKED_WITHIN = timedelta(days=2, hours=12)
_SHOWN = 20  # clocks named one by one
_WEEK = timedelta(days=7)
_A_MINUTE = 60  # seconds


async def clock_findings(tx: Transaction, at: datetime) -> list[Finding]:
    """Ask the clocks themselves: what is late is known with no worker running."""
    overdue = await tx.connection.fetchval(
        "SELECT min(next_at) FROM deadline WHERE next_at <= $1", at
    )
    late = await unswept(tx.connection, at)
    differing = await findings(tx, limit=_SHOWN)
    count = await finding_count(tx)
    looked = await last_run(tx.connection)
    strikes = await lateness(tx.connection, since=at - _WEEK)
    idle = await idle_cases(tx.connection)
    return [
        *_unswept(late, overdue, at),
        *_ladders(late, at),
        *_differing(differing, count),
        *_not_rechecked(looked, at),
        *_struck_late(strikes),
        *_idle(idle),
    ]


def _idle(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            f"Open cases in which no promise runs any more: {count}.",
            "All dates have passed and all who were told have answered: look at"
            " them with `threadline cases list`, and set the next step.",
        )


def _unswept(
    late: Unswept, overdue: datetime | None, at: datetime
) -> Iterator[Finding]:
    if overdue is not None and at - overdue > LATE:
        yield Finding(
            f"A clock has been due since {overdue.isoformat(timespec='minutes')}"
            " and nobody has looked.",
            "Is `threadline worker` running? It catches up by itself.",
            is_grave=True,
        )
    if late.since is not None and at - late.since > LATE:
        yield Finding(
            f"{late.count} clocks are past their due time and not struck, the oldest"
            f" since {late.since.isoformat(timespec='minutes')}.",
            "Where workers run, the log names the cases that raise (case.stuck).",
            is_grave=True,
        )


def _ladders(late: Unswept, at: datetime) -> Iterator[Finding]:
    if late.rungs_since is not None and at - late.rungs_since > LATE:
        yield Finding(
            f"{late.rungs} ladders stand still: the next rung was due at"
            f" {late.rungs_since.isoformat(timespec='minutes')} and was not told.",
            "Is `threadline worker` running? The log names cases that raise.",
            is_grave=True,
        )


def _differing(found: Sequence[Found], count: int) -> Iterator[Finding]:
    for one in found:
        yield Finding(
            f"Case {one.number[:4]}-{one.number[4:]}: {describe(one.difference)}.",
            "Look at it (`threadline recheck --case`, `threadline ledger verify`);"
            " nothing was changed.",
            is_grave=True,
        )
    if count > len(found):
        yield Finding(
            f"{count - len(found)} more clocks are not as they should be.",
            "`threadline recheck` names all of them.",
            is_grave=True,
        )


def _not_rechecked(looked: Run | None, at: datetime) -> Iterator[Finding]:
    since = looked.started_at if looked else None
    if since is not None and at - since > _RECHECKED_WITHIN:
        yield Finding(
            "No clock has been reckoned again since"
            f" {since.isoformat(timespec='minutes')}.",
            "Is `threadline worker` running? `threadline recheck` does it now.",
        )
    if looked is not None and looked.unopened:
        yield Finding(
            f"The ledgers of {looked.unopened} cases could not be opened to reckon"
            " their clocks again.",
            "Are the keys that sealed them among THREADLINE_KEYS?",
            is_grave=True,
        )


def _struck_late(strikes: Lateness) -> Iterator[Finding]:
    late = strikes.later_than(_A_MINUTE)
    if late:
        longest = timedelta(seconds=round(strikes.longest))
        yield Finding(
            f"{late} of {strikes.count} clocks were struck more than a minute late in"
            f" the last seven days, one by {longest}.",
            "Let `threadline worker` run all the time, twice if need be.",
        )
