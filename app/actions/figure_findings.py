"""What the operators should know of the figures."""

from datetime import datetime, timedelta

from app.actions.finding import Finding
from app.store.engine import Transaction
from app.store.figures import compare, events
from app.store.figures.reading import counted_to

_SHOWN_FOR = timedelta(days=7)
_MANY = 5000  # events; more are not waiting where a worker runs
_NAMED = 5


async def figure_findings(tx: Transaction, at: datetime) -> list[Finding]:
    """Return what differed of late, what does not open, and what waits for long."""
    findings: list[Finding] = []
    differed = await compare.noted(tx, since=at - _SHOWN_FOR)
    findings += [
        Finding(
            f"A figure ({one.what} {one.key}) was held as {one.held}; the ledger gives"
            f" {one.reckoned}.",
            "It is mended. Ask who wrote to the database: `threadline ledger verify`.",
            is_grave=True,
        )
        for one in differed[:_NAMED]
    ]
    if len(differed) > _NAMED:
        findings.append(
            Finding(
                f"{len(differed) - _NAMED} more figures differed in the last week.",
                "They are mended; `threadline statistics compare` looks again.",
                is_grave=True,
            )
        )
    counted = await counted_to(tx)
    if counted.unopened:
        findings.append(
            Finding(
                f"The events of {counted.unopened} cases could not be opened: the"
                " figures leave out what is new of them.",
                "Is the key that sealed them still in THREADLINE_KEYS? If it is, look"
                " into the log of the workers for figures.unopened: it says where.",
                is_grave=True,
            )
        )
    waiting = await events.waiting(tx)
    if waiting > _MANY:
        findings.append(
            Finding(
                f"{waiting} events wait to be counted.",
                "Is `threadline worker` running? `threadline statistics count` counts"
                " them now.",
            )
        )
    return findings
