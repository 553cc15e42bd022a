"""What an export is of, and what its manifest says of that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.actions.mandates import mandate_in_force
from app.domain.errors import BadInput, Refused
from app.domain.mandates import Mandate
from app.statistics.model import Audience
from app.statistics.rows import COLUMNS
from app.store import releases
from app.store.engine import Store
from app.store.releases import Header
from app.store.told_rows import days_of
from app.wording.line import N_

_NO_RELEASE = N_(
    "Nothing has been published yet, so nothing says what may be told. Wait for the"
    " end of the quarter, or run `threadline statistics publish`."
)
_TURNED = N_("The last day is before the first: exchange the two.")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export is of: widened to whole closed quarters, under one mandate."""

    mandate: Mandate
    release: Header
    quarters: tuple[str, ...]  # and the closed years that they are of
    since: date
    until: date


async def scope_of(
    store: Store,
    mandate_id: UUID,
    *,
    since: date | None,
    until: date | None,
    at: datetime,
) -> Scope:
    """Return what would be exported, or say why nothing can be."""
    mandate = await mandate_in_force(store, mandate_id, at=at)
    if since and until and until < since:
        raise BadInput(_TURNED)
    async with store.transaction() as tx:
        release = await releases.latest(tx, Audience.AUDITOR)
        closed = await releases.periods(tx, Audience.AUDITOR) if release else []
    if release is None:
        raise Refused(_NO_RELEASE)
    quarters = tuple(sorted(p for p in closed if _touches(p, since, until)))
    if not quarters:
        raise Refused(
            "No closed quarter lies between these days. Those that are published:"
            f" {', '.join(sorted(closed)) or 'none'}."
        )
    # A year is told as such where nothing finer is known; it widens nothing.
    finest = [p for p in quarters if "Q" in p] or quarters
    days = [day for period in finest for day in days_of(period)]
    return Scope(mandate, release, quarters, min(days), max(days))


def _touches(period: str, since: date | None, until: date | None) -> bool:
    first, last = days_of(period)
    return (since is None or last >= since) and (until is None or first <= until)


def said_of(scope: Scope, at: datetime) -> dict[str, Any]:
    mandate, release = scope.mandate, scope.release
    return {
        "made_at": at.isoformat(),
        "mandate": {
            "id": str(mandate.id),
            "sites": list(mandate.sites),
            "countries": list(mandate.countries),
            "since": mandate.since.isoformat(),
            "until": mandate.until.isoformat(),
            "purpose": mandate.purpose,
        },
        "recipient": mandate.recipient,
        "from": scope.since.isoformat(),
        "to": scope.until.isoformat(),
        "quarters": list(scope.quarters),
        "release": release.number,
        "as_of": release.as_of.isoformat(),
        "definitions": release.definitions,
        "threshold": release.threshold,
    }


def withheld_of(counted: Mapping[str, int]) -> dict[str, int]:
    """Return of how many rows each column is withheld; `month`: told by quarter."""
    return {
        **{c: counted[c] for c in COLUMNS if c != "period" and counted[c]},
        "month": counted["quarter_only"],
        "all": counted["bare"],
    }


def about(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    k = said["threshold"]
    return [
        ("Release", str(said["release"])),
        ("As of", said["as_of"]),
        ("Period", f"{said['from']} to {said['to']}, by the quarter of receipt"),
        ("Definitions", said["definitions"]),
        ("Mandate", f"{said['mandate']['id']}: {said['mandate']['purpose']}"),
        (
            "What is not told",
            f"A number under {k} is told as fewer than {k}. Others are withheld where"
            " such a number could be reckoned from them.",
        ),
        (
            "More complaints",
            "are no bad news: a line that nobody uses is a line that nobody trusts.",
        ),
    ]
