"""Today: what needs the visitor, by the clock, with the next step as a button."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from app.console.cases import in_lists
from app.console.frame import Door, Place, Visit
from app.domain.permissions import may_open
from app.domain.taxonomy import Role
from app.store.readers.rooms import CaseRow, Filters, list_for
from app.wording.line import N_

# What is due later than that stands in the list of cases.
_MOST = 20
_LATE, _TODAY, _WEEK = N_("Late"), N_("Today"), N_("This week")
_LATER = N_("Later")
_ANSWERS, _KNOWN = N_("Waits for your answer"), N_("You were told of these")


def places(_door: Door) -> tuple[Place, ...]:
    return (Place("GET", "/room", "today", _today),)


async def _today(visit: Visit) -> Response:
    role = visit.person.role
    if role is Role.BRAND:
        return visit.see_other("/room/brand", visit.note)
    if role is Role.AUDITOR:
        return visit.see_other("/room/auditor", visit.note)
    async with visit.reading() as tx:
        listing = await list_for(
            tx,
            visit.person,
            visit.directory,
            visit.at,
            filters=Filters(is_hers=True),
            limit=_MOST,
        )
    rows = listing.lines
    if role is Role.FACTORY_HEAD:
        return _page(visit, _told(rows), [])
    hers = [row for row in rows if row.step is not None]
    # A partner or the secretariat sees more than it works on.
    elsewhere = [row for row in rows if row.step is None and row.clock is not None]
    has_more = listing.next is not None
    return _page(visit, grouped(hers, visit), elsewhere, has_more=has_more)


def _told(rows: Sequence[CaseRow]) -> list[tuple[str, list[CaseRow]]]:
    """Return what a factory's head was told of: first what waits for an answer."""
    waiting = [row for row in rows if row.step == "answer"]
    others = [row for row in rows if row.step != "answer"]
    groups = ((_ANSWERS, waiting), (_KNOWN, others))
    return [(name, found) for name, found in groups if found]


def grouped(rows: Sequence[CaseRow], visit: Visit) -> list[tuple[str, list[CaseRow]]]:
    """Return the rows by when they are due, at the place of each case."""
    found: dict[str, list[CaseRow]] = {}
    for row in rows:
        found.setdefault(_when(row, visit), []).append(row)
    for together in found.values():
        # It lacks nothing but her name: that comes before what needs more of her.
        together.sort(key=lambda row: not row.awaits_signature)
    return [(name, found[name]) for name in _NAMES if name in found]


_NAMES = (_LATE, _TODAY, _WEEK, _LATER)


def _when(row: CaseRow, visit: Visit) -> str:
    if row.is_late:
        return _LATE
    if row.due_at is None:
        return _LATER
    today = visit.at.astimezone(row.zone).date()
    due_on = row.due_at.astimezone(row.zone).date()
    if due_on <= today:
        return _TODAY
    return _WEEK if due_on <= today + timedelta(days=6) else _LATER


def _page(
    visit: Visit,
    groups: list[tuple[str, list[CaseRow]]],
    elsewhere: list[CaseRow],
    *,
    has_more: bool = False,
) -> Response:
    role = visit.person.role
    values: dict[str, Any] = in_lists()
    return visit.page(
        "today.html",
        groups=groups,
        counts=[] if has_more else [(name, len(rows)) for name, rows in groups],
        has_more=has_more,
        elsewhere=elsewhere,
        is_admin=role is Role.ADMIN,
        is_partner=role is Role.PARTNER,
        has_list=may_open(role, "cases"),
        **values,
    )
