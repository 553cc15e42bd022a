"""What the pages read: the newest release for the public, and no live count."""

import re
from collections.abc import Mapping

from app.reports.book import Issue
from app.reports.render import report_name
from app.statistics.model import WHOLE, Audience
from app.store import releases
from app.store.engine import Store, Transaction
from app.store.readers.drawn import drawn
from app.store.readers.issues import issue_of

_SIZE = re.compile(r'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"')


async def newest(tx: Transaction) -> releases.Header | None:
    return await releases.latest(tx, Audience.PUBLIC)


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
