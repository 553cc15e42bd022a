"""A sample of complaints for an auditor under mandate: their course, and no word.

Which ones it is nobody chooses, neither she nor the programme: they follow from
the mandate's own id, so that the same sample can be drawn again.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.domain.directory import Directory, Person
from app.domain.errors import Refused
from app.domain.mandates import Mandate
from app.statistics.fold import Told as Happened
from app.statistics.model import Audience
from app.statistics.rows import Row, Told, generalise
from app.statistics.sample import FEWEST, MOST, Sampled, steps
from app.store.audit import Audited, write
from app.store.engine import Store
from app.store.figures.events import open_events
from app.store.releases import periods
from app.store.samples import population

_TOO_FEW = (
    f"Fewer than {FEWEST} complaints of this quarter may be shown of the sites of your"
    " mandate: a sample would name them. Choose another quarter."
)
_NOT_YET = "This quarter is not published yet. Choose one that is."
_PSEUDONYM_LETTERS = 10


async def sample_cases(
    store: Store, mandate: Mandate, quarter: str, *, by: Person, at: datetime
) -> tuple[Sampled, ...]:
    """Return the course of some complaints of a quarter; that it was read is audited.

    Raise `Refused` where the quarter is not published, or too few share what is
    told of them.
    """
    directory = await store.directory()
    async with store.transaction() as tx:
        if quarter not in await periods(tx, Audience.AUDITOR) or "-Q" not in quarter:
            raise Refused(_NOT_YET)
        told = generalise(await population(tx, mandate, quarter), FEWEST)
        if len(told) < FEWEST:
            raise Refused(_TOO_FEW)
        drawn = _drawn(told, mandate.id)
        opened = await open_events(store, tx, [each.row.id for each in drawn])
        found = [
            _sampled(each.row, mandate.id, opened.events[each.row.id], directory)
            for each in drawn
            if each.row.id in opened.events
        ]
        detail = {"mandate": str(mandate.id), "quarter": quarter, "count": len(found)}
        await write(
            tx, [Audited("sample.read", detail)], by=by.id, through="page", at=at
        )
    return tuple(found)


def _drawn(told: Sequence[Told], mandate: UUID) -> list[Told]:
    def lot(each: Told) -> bytes:
        return hashlib.sha256(mandate.bytes + each.row.id.bytes).digest()

    return sorted(told, key=lot)[:MOST]


def _sampled(
    row: Row, mandate: UUID, events: Sequence[Happened], directory: Directory
) -> Sampled:
    told = row.told
    opened = next(each.facts for each in events if each.kind == "case.opened")
    zone = directory.calendar_for(opened.get("site"), opened["country"]).zone
    return Sampled(
        pseudonym=_pseudonym(row.id, mandate),
        quarter=row.quarter,
        country=told["country"] or "",
        category=told["category"] or "",
        severity=told["severity"] or "",
        channel=told["channel"] or "",
        steps=steps(events, zone),
    )


def _pseudonym(case_id: UUID, mandate: UUID) -> str:
    """Return what it is called in this sample: another word in another mandate's."""
    digest = hashlib.sha256(b"sample\0" + mandate.bytes + case_id.bytes)
    return digest.hexdigest()[:_PSEUDONYM_LETTERS]
