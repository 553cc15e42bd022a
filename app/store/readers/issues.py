"""A release as pages and papers are written of it: its head, and the cells they say."""

from collections.abc import Sequence

from app.domain.directory import Directory
from app.domain.indicators import IndicatorKind
from app.reports.book import Issue
from app.reports.labels import Place
from app.statistics.model import WHOLE, Cell
from app.store.engine import Transaction
from app.store.releases import Header, cells

# What stands in the trend beside the period that is looked at.
_ENTERED = ("indicator", *(f"indicator_{kind}" for kind in IndicatorKind))
_OVER_TIME = ("complaints", "resolved")


def places_of(directory: Directory) -> dict[str, Place]:
    """Return the sites as they may be named in public."""
    return {
        site.code: Place(
            site.code, site.name, site.country, site.kind, site.tier, site.os_id
        )
        for site in directory.sites.values()
    }


def issue_of(header: Header, told: Sequence[Cell]) -> Issue:
    return Issue(
        number=header.number,
        as_of=header.as_of,
        definitions=header.definitions,
        threshold=header.threshold,
        sha256=header.sha256.hex(),
        cells=tuple(told),
        detail=header.detail,
    )


async def of_period(tx: Transaction, header: Header, period: str) -> Issue:
    """Return all that was told of a period, and of the others what stands beside it."""
    audience, number = header.audience, header.number
    told = await cells(tx, audience=audience, number=number, periods=[period])
    beside = await cells(
        tx, audience=audience, number=number, by=[WHOLE], figures=_OVER_TIME
    )
    entered = await cells(tx, audience=audience, number=number, figures=_ENTERED)
    others = [cell for cell in (*beside, *entered) if cell.period != period]
    return issue_of(header, [*told, *others])


async def over_time(tx: Transaction, header: Header) -> Issue:
    """Return complaints and resolved ones of each period: which periods there are."""
    told = await cells(
        tx,
        audience=header.audience,
        number=header.number,
        by=[WHOLE],
        figures=_OVER_TIME,
    )
    return issue_of(header, told)
