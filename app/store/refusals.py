"""Texts that went past a carrier, and missed calls that nobody returns: how many.

Counted by the day, for the doctor; no count leads to a text or to a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.store.changes import Changes
from app.store.engine import Transaction
from app.store.ring_back import NOT_RETURNED

_PAST = "text.past."  # begins the counters; the carrier and its reason follow


@dataclass(frozen=True, slots=True)
class WentPast:
    """How many texts a carrier did not take, for one reason, and another did."""

    carrier: str
    why: str  # class and code, such as config:403
    texts: int


@dataclass(frozen=True, slots=True)
class Stray:
    """How many calls were missed at a line that is none for missed calls."""

    reason: str
    dialled: str
    calls: int


async def count(
    tx: Transaction, refused: Sequence[tuple[str, str]], at: datetime
) -> None:
    """Count a text that the last of several carriers took, for each of the others."""
    changes, day = Changes(), at.date().isoformat()
    for carrier, why in dict(refused).items():
        changes.add("counters", day, f"{_PAST}{carrier}.{why}", 1)
    await changes.flush(tx)


async def went_past(tx: Transaction, since: date) -> list[WentPast]:
    """Return the texts that went past a carrier since that day."""
    found = []
    for name, texts in await _counted(tx, _PAST, since):
        carrier, _, why = name.partition(".")
        found.append(WentPast(carrier, why, texts))
    return found


def add_stray(changes: Changes, reason: str, dialled: str, day: str) -> None:
    """Count a missed call at a line that is none for it."""
    changes.add("counters", day, f"{NOT_RETURNED}{reason}:{dialled}", 1)


async def stray_calls(tx: Transaction, since: date) -> list[Stray]:
    """Return the calls since that day at lines that are none for missed calls."""
    found = []
    for name, calls in await _counted(tx, NOT_RETURNED, since):
        reason, _, dialled = name.partition(":")
        if dialled:
            found.append(Stray(reason, dialled, calls))
    return found


async def _counted(
    tx: Transaction, begins: str, since: date
) -> Sequence[tuple[str, int]]:
    rows = await tx.connection.fetch(
        "SELECT substr(name, $3) AS name, sum(count)::int AS count FROM counter"
        " WHERE day >= $1 AND starts_with(name, $2) GROUP BY 1 ORDER BY 1",
        since.isoformat(),
        begins,
        len(begins) + 1,
    )
    return [(row["name"], row["count"]) for row in rows]
