"""Record and end what auditors may take away; both stand in the ledger."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import structlog

from app.domain.directory import Person
from app.domain.errors import NotFound, Refused
from app.domain.mandates import (
    Mandate,
    check_auditor,
    check_purpose,
    check_scope,
    check_term,
)
from app.reports.age import recipient_of
from app.store import mandates, programme_ledger
from app.store.audit import Audited, was_written, write
from app.store.engine import Store, Transaction
from app.store.ids import new_id

log = structlog.get_logger()

_NONE = "There is no such mandate: `threadline mandates list` has their ids."
_CAME_TWICE = "This form came twice: it was saved the first time."


async def record_mandate(
    store: Store,
    auditor: Person,
    *,
    sites: Iterable[str],
    countries: Iterable[str],
    since: date,
    until: date,
    purpose: str,
    recipient: str,
    by: UUID | None,
    through: str,
    at: datetime,
    once: str = "",
) -> Mandate:
    """Record a mandate; with neither sites nor countries, for the whole programme."""
    mandate = Mandate(
        id=new_id(at),
        auditor=auditor.email or str(auditor.id),
        person_id=auditor.id,
        sites=tuple(sorted({code.strip() for code in sites} - {""})),
        countries=tuple(sorted({c.strip().upper() for c in countries} - {""})),
        since=since,
        until=until,
        purpose=purpose.strip(),
        recipient=recipient.strip(),
        recorded_by=str(by) if by else through,
        at=at,
    )
    check_auditor(auditor, at.date())
    check_term(since, until)
    check_purpose(mandate.purpose)
    recipient_of(mandate.recipient)
    async with store.transaction() as tx:
        directory = await store.directory_now(tx)
        check_scope(mandate.sites, mandate.countries, directory.sites)
        if await was_written(tx, once, at=at):
            raise Refused(_CAME_TWICE)
        await mandates.add(tx, mandate)
        await _tell(
            store, tx, "mandate.recorded", mandate, by=by, through=through, once=once
        )
    log.info("mandate.recorded", person_id=str(auditor.id))
    return mandate


async def end_mandate(
    store: Store, id: UUID, *, by: UUID | None, through: str, at: datetime
) -> Mandate:
    """End a mandate at once; what was taken away under it is not taken back."""
    async with store.transaction() as tx:
        mandate = await mandates.one(tx, id)
        if mandate is None:
            raise NotFound(_NONE)
        if not await mandates.end(tx, id, at):
            raise Refused("This mandate was ended before: there is nothing to do.")
        await _tell(store, tx, "mandate.ended", mandate, by=by, through=through, at=at)
    log.info("mandate.ended", count=1)
    return mandate


async def mandate_in_force(store: Store, id: UUID, *, at: datetime) -> Mandate:
    """Return a mandate under which something can be taken away now, or say why not.

    Its auditor must still serve: with her term her mandates end as well.
    """
    async with store.transaction() as tx:
        mandate = await mandates.one(tx, id)
        directory = await store.directory_now(tx)
    if mandate is None:
        raise NotFound(_NONE)
    why = mandate.why_not(at.date())
    if why:
        raise Refused(why)
    person = directory.person(mandate.person_id) if mandate.person_id else None
    if person is None or not person.serves_on(at.date()):
        raise Refused(
            f"The auditor of this mandate, {mandate.auditor}, serves no longer:"
            " record one for whoever does now."
        )
    return mandate


async def _tell(
    store: Store,
    tx: Transaction,
    kind: str,
    mandate: Mandate,
    *,
    by: UUID | None,
    through: str,
    at: datetime | None = None,
    once: str = "",
) -> None:
    """Write it into the audit and into the ledger, which heads are made of."""
    when = at or mandate.at
    facts = {
        "mandate": str(mandate.id),
        "auditor": str(mandate.person_id),
        "sites": list(mandate.sites),
        "countries": list(mandate.countries),
        "since": mandate.since.isoformat(),
        "until": mandate.until.isoformat(),
        "purpose": mandate.purpose,
        "recipient": mandate.recipient,
        "through": through,
    }
    detail = {"key": str(mandate.id), **({"once": once} if once else {})}
    await write(tx, [Audited(kind, detail)], by=by, through=through, at=when)
    await programme_ledger.record(
        store, tx, kind, facts, str(by) if by else "system", when
    )
