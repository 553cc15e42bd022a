"""Lists of cases as one person may see them, the nearest date first.

Read on a transaction of `store.as_person`: Postgres has left out every other
row, what is cut here is what of a row its reader may look at.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.authority import Hat
from app.domain.bodies import is_read_first
from app.domain.closing import awaits_signature
from app.domain.coarse import shown_due
from app.domain.deadlines import working_left
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput
from app.domain.next_steps import primary_step, relations
from app.domain.permissions import COMMITTEES, Field, fields
from app.domain.taxonomy import Category, Role, Route, Severity, State
from app.store.engine import Transaction
from app.store.mapping import case_from, deadlines_from_json
from app.store.readers.room_case import (
    CasePage,
    ClockView,
    EventView,
    RungView,
    Spoken,
    Who,
    nearest,
    page_for,
)
from app.store.voices import unheard

__all__ = [
    "CasePage",
    "CaseRow",
    "ClockView",
    "EventView",
    "Filters",
    "Listing",
    "RungView",
    "Spoken",
    "Who",
    "list_for",
    "page_for",
]


async def sees(tx: Transaction, number: str) -> bool:
    """Tell whether there is such a case for whoever this transaction reads for."""
    return bool(
        await tx.connection.fetchval("SELECT true FROM cases WHERE number = $1", number)
    )


# For somebody of so many places or fewer each is looked up by itself.
_FEW_PLACES = 24


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; blank: not."""

    state: str = "open"  # open, closed, all, or one State
    category: str = ""
    severity: str = ""
    site: str = ""
    is_late: bool = False
    number: str = ""  # its first digits, or all eight
    is_hers: bool = False  # only what the reader herself has to do with


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list; what its reader may not see is None."""

    number: str
    site: str | None
    site_name: str | None
    country: str
    category: Category
    severity: Severity
    state: State
    route: Route
    opened_on: date
    opened_at: datetime | None
    closed_on: date | None
    due_at: datetime | None  # of the earliest promise not kept; see `to_hour`
    clock: str | None  # its name
    left: timedelta | None  # working time up to it
    late_by: timedelta | None  # by the clock; None: not late
    to_hour: bool  # times are told to the hour, and no minutes
    taken_by: str | None  # a name
    is_mine: bool  # the reader took it
    waits: bool  # words of the worker wait for the partner's reading
    step: str | None  # the verb that stands first for this reader
    awaits_signature: bool  # hers is the one that is missing
    hats: frozenset[Hat]
    zone: ZoneInfo

    @property
    def is_late(self) -> bool:
        return self.late_by is not None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; `next` is the cursor of the following one."""

    lines: tuple[CaseRow, ...]
    next: str | None
    total: int | None = None  # is not counted


# As `store.mapping.case_from` reads them; neither phone nor PIN can be asked for.
_NAMES = (
    *("id", "number", "site", "country", "category", "severity", "state", "route"),
    *("language", "channel", "hotline", "policy_version", "opened_at", "closed_at"),
    *("detail", "joined_to", "next_due_at"),
)
_COLUMNS = ", ".join(_NAMES)

_BESIDE = """
  (SELECT json_agg(d) FROM deadline d WHERE d.case_id = c.id) AS clocks,
  (c.route IN ('committee', 'internal_committee', 'safety_committee')
   AND c.detail->>'is_read' IS DISTINCT FROM 'true'
   AND EXISTS (SELECT FROM message m WHERE m.case_id = c.id
     AND m.direction = 'in')) AS waits
"""


async def list_for(
    tx: Transaction,
    person: Person,
    directory: Directory,
    at: datetime,
    *,
    filters: Filters,
    after: str | None = None,
    limit: int = 25,
) -> Listing:
    """Return one page of the cases that this person may see.

    Open ones come by their dates, those that wait for nobody last; closed ones
    the last closed first; all of them, or by number, the newest or lowest first.
    """
    query = _Query.of(person, directory, at, filters, after, limit + 1)
    if query.follows_an_index:
        # Postgres cannot know how many rows its own walls let through, and takes
        # them for few: left to itself it gathers all of them and sorts.
        await tx.connection.fetchval(
            "SELECT set_config('enable_bitmapscan', 'off', true),"
            " set_config('enable_sort', 'off', true)"
        )
    rows = await query.run(tx)
    more, rows = len(rows) > limit, rows[:limit]
    lines = [_line(row, person, directory, at) for row in rows]
    return Listing(
        tuple(
            line
            for line in lines
            if line is not None and (line.is_late or not filters.is_late)
        ),
        _cursor(query.order, rows[-1]) if more and rows else None,
    )


@dataclass(slots=True)
class _Query:
    """A statement in the making: what is asked, and by which values."""

    order: str  # due, closed, new, number
    places: list[str | None] | None  # None: wherever Postgres lets one see
    conditions: list[str]
    values: list[Any]
    after: tuple[Any, ...] | None
    limit: int

    @classmethod
    def of(
        cls,
        person: Person,
        directory: Directory,
        at: datetime,
        filters: Filters,
        after: str | None,
        limit: int,
    ) -> "_Query":
        order = _order_of(filters)
        query = cls(order, None, [], [], _after(order, after), limit)
        query.places = _places(person, directory, at)
        if filters.site:
            query.places = [filters.site]
        for column in ("category", "severity"):
            if wanted := getattr(filters, column):
                query.where(f"c.{column} = {{}}", wanted)
        if filters.state not in ("open", "closed", "all"):
            query.where("c.state = {}", filters.state)
        if filters.is_hers and person.role is Role.PARTNER:
            # The flag does not know of voices from before it was there.
            waits = f"c.is_for_desk OR c.closed_at IS NULL AND {unheard('c')}"
            query.where(f"(c.route = {{}} OR {waits})", Route.PARTNER)
        if filters.is_late:
            # Who sees full hours is told that it is late when the hour begins.
            query.where("c.next_due_at < {}", at + timedelta(hours=1))
        if filters.number:
            query.where("c.number >= {}", filters.number)
            query.where("c.number < {}", filters.number + ":")  # follows the 9
        else:
            closed = {"due": "IS NULL", "closed": "IS NOT NULL"}.get(order)
            query.conditions += [f"c.closed_at {closed}"] if closed else []
        return query

    @property
    def follows_an_index(self) -> bool:
        """What one place has is little, and may well be sorted."""
        return self.places is None or self.order == "number"

    def where(self, condition: str, *values: Any) -> None:
        named = []
        for value in values:
            self.values.append(value)
            named.append(f"${len(self.values)}")
        self.conditions.append(condition.format(*named))

    async def run(self, tx: Transaction) -> list[Any]:
        """Fetch; those without a date follow once the dated ones are at an end."""
        kept = list(self.conditions), list(self.values)
        if self.order != "due":
            if self.after is not None:
                self.where(*_FOLLOWS[self.order], *self.after)
            return list(await self._fetch(tx, self.limit))
        if self.after is None:
            return list(await self._fetch(tx, self.limit))
        rows: list[Any] = []
        due_at, last = self.after
        if due_at is not None:
            self.where("(c.next_due_at, c.id) > ({}, {})", due_at, last)
            rows = list(await self._fetch(tx, self.limit))
            self.conditions, self.values = kept
        if len(rows) < self.limit:
            self.conditions.append("c.next_due_at IS NULL")
            if due_at is None:
                self.where("c.id > {}", last)
            rows += await self._fetch(tx, self.limit - len(rows))
        return rows

    async def _fetch(self, tx: Transaction, limit: int) -> Sequence[Any]:
        # A number is found by its own index, wherever it is.
        by_place = self.places is not None and self.order != "number"
        values, conditions = list(self.values), list(self.conditions)
        inner = f"SELECT {_COLUMNS} FROM cases c"
        ends = f"ORDER BY {_ORDERS[self.order]} LIMIT {int(limit)}"
        if by_place:
            values.append(self.places)
            here = (
                f"SELECT {_COLUMNS} FROM cases c"
                f" WHERE {' AND '.join(['c.site = p.code', *conditions])} {ends}"
            )
            found = (
                f"SELECT c.* FROM unnest(${len(values)}::text[]) AS p(code)"
                f" CROSS JOIN LATERAL ({here}) c"
            )
            if None in (self.places or ()):
                nowhere = " AND ".join(["c.site IS NULL", *conditions])
                found = f"{found} UNION ALL ({inner} WHERE {nowhere} {ends})"
            statement = f"SELECT * FROM ({found}) c {ends}"
        else:
            if self.places is not None:
                values.append([p for p in self.places if p is not None])
                conditions.append(f"c.site = ANY (${len(values)}::text[])")
                if None in self.places:
                    conditions[-1] = f"({conditions[-1]} OR c.site IS NULL)"
            where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
            statement = f"{inner} {where} {ends}"
        return await tx.connection.fetch(  # type: ignore[no-any-return]
            f"SELECT c.*, {_BESIDE} FROM ({statement}) c"
            f" ORDER BY {_ORDERS[self.order]}",
            *values,
        )


_ORDERS = {
    "due": "c.next_due_at, c.id",
    "closed": "c.closed_at DESC, c.id DESC",
    "new": "c.id DESC",
    "number": "c.number",
}
_FOLLOWS = {
    "closed": ("(c.closed_at, c.id) < ({}, {})",),
    "new": ("c.id < {}",),
    "number": ("c.number > {}",),
}
_KEYS = {
    "due": ("next_due_at", "id"),
    "closed": ("closed_at", "id"),
    "new": ("id",),
    "number": ("number",),
}


def _order_of(filters: Filters) -> str:
    if filters.number:
        return "number"
    if filters.state == "all":
        return "new"
    is_closed = filters.state == "closed" or filters.state.startswith("closed_")
    return "closed" if is_closed else "due"


def _places(
    person: Person, directory: Directory, at: datetime
) -> list[str | None] | None:
    """Return where somebody's cases are, if those are few places.

    What they may see there is not decided here, but by Postgres.
    """
    if person.role in COMMITTEES or person.role is Role.FACTORY_HEAD:
        return [*person.org]
    if person.role is not Role.PARTNER:
        return None
    mine: list[str | None] = [
        site.code
        for site in directory.sites.values()
        if person
        in directory.partners_for(
            site.code, site.country, directory.local_day(at, site.code, site.country)
        )
    ]
    return [*mine, None] if len(mine) <= _FEW_PLACES else None


def _line(
    row: Any, person: Person, directory: Directory, at: datetime
) -> CaseRow | None:
    case = case_from(row, deadlines_from_json(row["clocks"]))
    worn = relations(case, person, directory, at)
    seen = fields(person.role, worn)
    if Field.NUMBER not in seen:
        return None  # the rules are the second wall
    calendar = directory.calendar_for(case.site, case.country)
    zone = calendar.zone
    clock = nearest(case)
    sees_moment = Field.MOMENT in seen
    due_at = (
        shown_due(clock.due_at, clock.promise, zone, sees_moment=sees_moment)
        if clock
        else None
    )
    site = directory.sites.get(case.site) if case.site else None
    taken = directory.person(case.taken_by) if case.taken_by else None
    day = directory.local_day(at, case.site, case.country)
    waits = row["waits"] and is_read_first(case, directory, day)
    step = primary_step(case, person, directory, at, waits=waits)
    return CaseRow(
        number=case.number,
        site=case.site,
        site_name=site.name if site else None,
        country=case.country,
        category=case.category,
        severity=case.severity,
        state=case.state,
        route=case.route,
        opened_on=case.opened_at.astimezone(zone).date(),
        opened_at=case.opened_at if sees_moment else None,
        closed_on=case.closed_at.astimezone(zone).date() if case.closed_at else None,
        due_at=due_at,
        clock=clock.name if clock else None,
        left=working_left(at, due_at, calendar) if due_at and due_at > at else None,
        late_by=at - due_at if due_at and due_at <= at else None,
        to_hour=not sees_moment,
        taken_by=taken.name if taken and Field.PEOPLE in seen else None,
        is_mine=case.taken_by == person.id,
        waits=waits,
        step=step,
        awaits_signature=step == "resolve" and awaits_signature(case, person),
        hats=worn,
        zone=zone,
    )


def _cursor(order: str, row: Any) -> str:
    key = [order, *(_written(row[name]) for name in _KEYS[order])]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _written(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)


def _after(order: str, cursor: str | None) -> tuple[Any, ...] | None:
    """Return what a cursor stands for; raise `BadInput` where it is another list's."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        kind, *key = json.loads(base64.urlsafe_b64decode(padded))
        if kind != order:
            raise ValueError(kind)
        match order, key:
            case "number", [str(number)]:
                return (number,)
            case "new", [str(last)]:
                return (UUID(last),)
            case _, [moment, str(last)]:
                at = datetime.fromisoformat(moment) if moment is not None else None
                if at is not None and at.tzinfo is None:
                    raise ValueError(moment)
                return at, UUID(last)
        raise ValueError(order)
    except (ValueError, TypeError, AttributeError):
        raise BadInput(
            "This page of the list is not there: begin at its top."
        ) from None
