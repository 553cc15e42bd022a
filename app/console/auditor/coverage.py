"""Which sites a mandate covers, and of which of them nobody complains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from app.console.admin.sites import KINDS
from app.console.auditor.mine import chosen, in_force, without
from app.console.figures import Naming
from app.console.frame import Door, Place, Visit
from app.domain.directory import Site
from app.domain.mandates import within
from app.statistics.model import SMALLEST_UNIT, Audience, Cell, Dimension
from app.store.releases import cells, latest, periods
from app.wording.line import N_

PAGE = "/room/auditor/coverage"


@dataclass(frozen=True, slots=True)
class Covered:
    """One site: what is told of its complaints, and whether it is silent."""

    site: Site
    complaints: Cell | None  # None: no release tells of it
    is_silent: bool
    is_too_small: bool  # to be told of at all, or nobody knows how many work there


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", PAGE, "auditor", _coverage),)


async def _coverage(visit: Visit) -> Response:
    async with visit.store.transaction() as tx:
        mine = await in_force(tx, visit)
        if not mine:
            return without(visit, N_("Coverage"))
        mandate = await chosen(tx, visit, visit.asked("mandate"))
        release = await latest(tx, Audience.AUDITOR)
        known = await periods(tx, Audience.AUDITOR)
        years = [period for period in known if period.isdigit()]
        year = visit.asked("year") if visit.asked("year") in years else ""
        year = year or (years[0] if years else "")
        told = await cells(
            tx,
            audience=Audience.AUDITOR,
            periods=[year],
            by=[Dimension.SITE],
            figures=["complaints"],
        )
    silent = silent_of(release.detail if release else {})
    covered = _covered(
        [visit.directory.sites[code] for code in within(mandate, visit.directory)],
        {cell.value: cell for cell in told},
        silent,
    )
    return visit.page(
        "auditor_coverage.html",
        mandate=mandate,
        mandates=mine,
        release=release,
        years=years,
        year=year,
        covered=covered,
        count=None if silent is None else sum(each.is_silent for each in covered),
        kinds=KINDS,
        naming=Naming(visit),
    )


def silent_of(detail: Mapping[str, object]) -> frozenset[str] | None:
    """Return the silent sites that a release names to auditors; None: it tells none."""
    named = detail.get("silent")
    return frozenset(named) if isinstance(named, list) else None


def _covered(
    sites: Sequence[Site], told: Mapping[str, Cell], silent: frozenset[str] | None
) -> list[Covered]:
    found = [_one(site, told.get(site.code), silent or frozenset()) for site in sites]
    return sorted(
        found, key=lambda one: (not one.is_silent, one.site.country, one.site.name)
    )


def _one(site: Site, complaints: Cell | None, silent: frozenset[str]) -> Covered:
    is_too_small = site.workers is None or site.workers < SMALLEST_UNIT
    is_silent = site.code in silent and not is_too_small
    return Covered(site, complaints, is_silent, is_too_small)
