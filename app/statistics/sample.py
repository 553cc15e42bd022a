"""What an auditor reads of a sampled complaint: what happened when, and no word of it.

Days are counted from the receipt, so that no date tells who complained; neither
people nor places are named, and of what happened only these kinds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.statistics.fold import Told

MOST = 10  # complaints in a sample
FEWEST = 5  # complaints that share what is told of one


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, so many days after the receipt."""

    day: int
    kind: str
    about: str = ""  # a clock, a rung, a state: never a person, never a place
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Sampled:
    """One complaint of a sample; blank where too few share it to be told."""

    pseudonym: str
    quarter: str
    country: str
    category: str
    severity: str
    channel: str
    steps: tuple[Step, ...]


# The fact of each kind that may be told; blank: none.
_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "case.opened": "",
        "case.acknowledged": "",
        "case.started": "",
        "case.planned": "",
        "remedy.proposed": "",
        "remedy.planned": "kind",
        "remedy.finished": "kind",
        "case.resolved": "",
        "solution.confirmed": "",
        "solution.denied": "",
        "case.reopened": "",
        "case.reviewed": "",
        "case.closed": "state",
        "case.escalated": "rung",
        "rung.answered": "",
        "rung.missed": "",
        "brand.promised": "",
        "clock.met": "clock",
        "clock.missed": "clock",
        "pause.begun": "",
        "pause.ended": "",
        "worker.told": "",
        "worker.asked": "",
        "contact.attempted": "",
        "remediation.begun": "",
        "remediation.ended": "",
    }
)


def kinds() -> tuple[str, ...]:
    """Return every kind that a step may have."""
    return tuple(_TOLD)


def steps(events: Sequence[Told], zone: ZoneInfo) -> tuple[Step, ...]:
    """Return what may be told of a case's events, in order.

    A step that says the same as the one before it on the same day stands once.
    """
    opened = next((event for event in events if event.kind == "case.opened"), None)
    if opened is None:
        return ()
    first = _day(opened.at, zone)
    found: dict[Step, None] = {}
    for event in events:
        if event.kind in _TOLD:
            found[_step(event, first, zone)] = None
    return tuple(found)


def _step(event: Told, first: date, zone: ZoneInfo) -> Step:
    fact = _TOLD[event.kind]
    about = event.facts.get(fact, "") if fact else ""
    return Step(
        day=(_day(event.at, zone) - first).days,
        kind=event.kind,
        about=str(about or ""),
        is_late=bool(event.facts.get("is_late", False)),
    )


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
