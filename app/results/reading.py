"""What the pages read: the newest release for the public, and no live count."""

import re
from collections.abc import Mapping, Sequence

from app.domain.directory import Directory
from app.domain.indicators import IndicatorKind
from app.reports.book import Issue
from app.reports.labels import Place
from app.reports.render import report_name
from app.statistics.model import WHOLE, Audience, Cell
from app.store import releases
from app.store.engine import Store, Transaction
from app.store.readers.drawn import drawn

_SIZE = re.compile(r'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"')

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


def issue_of(header: releases.Header, cells: Sequence[Cell]) -> Issue:
    """Return a release as the pages and papers are written of it."""
    return Issue(
        number=header.number,
        as_of=header.as_of,
        definitions=header.definitions,
        threshold=header.threshold,
        sha256=header.sha256.hex(),
        cells=tuple(cells),
        detail=header.detail,
    )


async def newest(tx: Transaction) -> releases.Header | None:
    return await releases.latest(tx, Audience.PUBLIC)


async def of_period(tx: Transaction, header: releases.Header, period: str) -> Issue:
    """Return all that was told of a period, and of the others what stands beside it."""
    told = await releases.cells(
        tx, audience=Audience.PUBLIC, number=header.number, periods=[period]
    )
    beside = await releases.cells(
        tx,
        audience=Audience.PUBLIC,
        number=header.number,
        by=[WHOLE],
        figures=_OVER_TIME,
    )
    entered = await releases.cells(
        tx, audience=Audience.PUBLIC, number=header.number, figures=_ENTERED
    )
    others = [cell for cell in (*beside, *entered) if cell.period != period]
    return issue_of(header, [*told, *others])


async def over_time(tx: Transaction, header: releases.Header) -> Issue:
    """Return complaints and resolved ones of each period: which periods there are."""
    cells = await releases.cells(
        tx,
        audience=Audience.PUBLIC,
        number=header.number,
        by=[WHOLE],
        figures=_OVER_TIME,
    )
    return issue_of(header, cells)


async def everything(tx: Transaction, header: releases.Header) -> Issue:
    """Return what stats.json tells: the programme and its sites."""
    cells = await releases.cells(
        tx, audience=Audience.PUBLIC, number=header.number, by=[WHOLE, "site"]
    )
    return issue_of(header, cells)


async def drawn_of(
    tx: Transaction, header: releases.Header, language: str, period: str
) -> Mapping[str, bytes]:
    return await drawn(
        tx,
        audience=Audience.PUBLIC,
        number=header.number,
        language=language,
        under=f"{period}/",
    )


async def is_drawn(
    tx: Transaction, header: releases.Header, language: str, period: str
) -> bool:
    """Tell whether a period's charts are there: its paper is kept along with them."""
    return await releases.has_file(
        tx,
        audience=Audience.PUBLIC,
        name=report_name(period),
        language=language,
        number=header.number,
    )


def pictures(files: Mapping[str, bytes], period: str) -> dict[str, tuple[str, str]]:
    """Return of each chart how wide and high it is, so that no page jumps."""
    found = {}
    for name, head in files.items():
        size = _SIZE.search(head.decode("utf-8", "ignore"))
        if size and name.endswith(".svg"):
            chart = name.removeprefix(f"{period}/").removesuffix(".svg")
            found[chart] = (size[1].partition(".")[0], size[2].partition(".")[0])
    return found


async def file(
    store: Store, header: releases.Header, name: str, language: str
) -> releases.Kept | None:
    async with store.transaction() as tx:
        return await releases.file(
            tx,
            audience=Audience.PUBLIC,
            name=name,
            language=language,
            number=header.number,
        )
