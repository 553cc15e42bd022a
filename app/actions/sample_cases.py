"""A sample of complaints for an auditor under mandate: their course, and no word.

Which ones it is nobody chooses, neither she nor the programme: they follow from
the mandate's own secret, so that the same sample can be drawn again. Whatever
becomes of a complaint, it keeps its place: one that is missing would be found.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from app.domain.directory import Directory, Person
from app.domain.errors import Refused
from app.domain.mandates import Mandate
from app.statistics.fold import Told as Happened
from app.statistics.model import Audience
from app.statistics.rows import Row, Told, generalise
from app.statistics.sample import FEWEST, MOST, Sampled, Step, steps
from app.store.audit import Audited, was_written, write
from app.store.engine import Store, Transaction
from app.store.figures.events import open_events
from app.store.releases import latest, periods
from app.store.samples import counted_to, population
from app.wording.line import N_, Line

_TOO_FEW = N_(
    "Fewer than {fewest} complaints of this quarter may be shown of the sites of your"
    " mandate: a sample would name them. Choose another quarter."
)
_NOT_YET = N_("This quarter is not published yet. Choose one that is.")
_PSEUDONYM_LETTERS = 10


class NotDrawn(Refused):
    """No sample can be shown; `line` says why, in the reader's language."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.message.format_map(line.params))
        self.line = line


async def sample_cases(
    store: Store, mandate: Mandate, quarter: str, *, by: Person, at: datetime
) -> tuple[Sampled, ...]:
    """Return the course of some complaints of a quarter.

    That it was read is audited, for each quarter once a day. Raise `NotDrawn` where
    the quarter is not published, or too few share what is told of them.
    """
    directory = await store.directory()
    secret = store.keyring.export_secret(mandate.id)
    async with store.transaction() as tx:
        release = await latest(tx, Audience.AUDITOR)
        known = await periods(tx, Audience.AUDITOR)
        if release is None or quarter not in known or "-Q" not in quarter:
            raise NotDrawn(Line(_NOT_YET))
        fewest = max(FEWEST, release.threshold)
        known_rows = await population(tx, mandate, quarter)
        told = await asyncio.to_thread(generalise, known_rows, fewest)
        if len(told) < fewest:
            raise NotDrawn(Line(_TOO_FEW, {"fewest": fewest}))
        drawn = _drawn(told, secret)
        ids = [each.row.id for each in drawn]
        events = (await open_events(store, tx, ids)).events
        until = await counted_to(tx, ids)
        courses = {
            one: [event for event in events.get(one, ()) if event.seq <= until[one]]
            for one in ids
        }
        found = [
            _sampled(each.row, secret, courses[each.row.id], directory)
            for each in drawn
        ]
        await _write_down(tx, mandate, quarter, len(found), by=by, at=at)
    return tuple(found)


async def _write_down(
    tx: Transaction,
    mandate: Mandate,
    quarter: str,
    count: int,
    *,
    by: Person,
    at: datetime,
) -> None:
    once = f"sample {mandate.id} {quarter} {at.astimezone(UTC).date()}"
    if await was_written(tx, once, at=at):
        return
    detail = {
        "mandate": str(mandate.id),
        "quarter": quarter,
        "count": count,
        "once": once,
    }
    await write(tx, [Audited("sample.read", detail)], by=by.id, through="page", at=at)


def _drawn(told: Sequence[Told], secret: bytes) -> list[Told]:
    return sorted(told, key=lambda each: _digest(secret, b"lot", each.row.id))[:MOST]


def _sampled(
    row: Row, secret: bytes, events: Sequence[Happened], directory: Directory
) -> Sampled:
    told = row.told
    return Sampled(
        pseudonym=_digest(secret, b"name", row.id).hex()[:_PSEUDONYM_LETTERS],
        quarter=row.quarter,
        country=told["country"] or "",
        category=told["category"] or "",
        severity=told["severity"] or "",
        channel=told["channel"] or "",
        steps=_steps(events, directory),
    )


def _steps(events: Sequence[Happened], directory: Directory) -> tuple[Step, ...]:
    """Return the course; none of a complaint whose key was destroyed."""
    opened = next((each.facts for each in events if each.kind == "case.opened"), None)
    if opened is None:
        return ()
    return steps(
        events, directory.calendar_for(opened.get("site"), opened["country"]).zone
    )


def _digest(secret: bytes, purpose: bytes, case_id: UUID) -> bytes:
    """Return what stands for a complaint in this sample, and in no other file."""
    return hmac.digest(secret, b"sample\0" + purpose + case_id.bytes, hashlib.sha256)
