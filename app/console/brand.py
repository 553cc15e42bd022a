"""The brands' room, and what a partner sees of it.

A page shows a `Bundle` (app/domain/brand_view.py) and never looks at the case
behind it. Before anything of a case is opened a brand promises that it does not
contact the factory about it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.responses import Response

from app.actions.brand_room import answer_for_brand, pass_lead, promise, say_to_brands
from app.console import remedies as plans
from app.console.frame import Door, Place, Visit
from app.console.mark import mark
from app.console.words import time_left
from app.domain.answer_times import answer_times
from app.domain.authority import hats
from app.domain.brand_talk import LONGEST
from app.domain.brand_view import (
    Bundle,
    Day,
    Depth,
    Happened,
    Seat,
    ToldRung,
    Tried,
    awaited,
    best_bundle,
    brands_of,
    bundle,
    gone,
    may_answer_late,
    seats_in,
    veil,
)
from app.domain.coarse import hour_of
from app.domain.deadlines import working_left
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.domain.leading import Lead, lead_of
from app.domain.permissions import Field, fields
from app.domain.remedies import for_brands
from app.domain.taxonomy import Role
from app.store.engine import Transaction
from app.store.readers.brand import (
    Shared,
    Word,
    brand_rungs,
    events_of,
    numbered_case,
    remedies_of,
    shared_case,
    shared_cases,
    words_of,
)
from app.wording.line import N_, Line

ROOM = "/room/brand"
ON_A_PAGE = 30

TRIED: Mapping[Tried, str] = {
    Tried.ACKNOWLEDGED: N_("The case was taken up"),
    Tried.FIRST_ACTION: N_("The first action was taken"),
    Tried.PLANNED: N_("A plan to put things right was made"),
    Tried.ASKED: N_("The worker was asked something"),
    Tried.TOLD: N_("The worker was written to"),
    Tried.ATTEMPTED: N_("Somebody tried to reach the worker"),
    Tried.ALTERNATES: N_("Alternates were called to the committee"),
    Tried.PROPOSED: N_("A remedy was proposed"),
    Tried.REMEDY_PLANNED: N_("An action was added to the remedy plan"),
    Tried.REMEDY_DONE: N_("An action of the remedy plan was done"),
    Tried.RESOLVED: N_("The case was declared solved"),
    Tried.CONFIRMED: N_("The worker said that it is solved"),
    Tried.NOT_CONFIRMED: N_("The worker said that it is not solved"),
    Tried.REVIEWED: N_("The case was looked at again"),
    Tried.BRAND_ANSWERED: N_("Somebody answered what was told on a rung"),
    Tried.REOPENED: N_("The case was opened again"),
    Tried.CLOSED: N_("The case was closed"),
}
REASONS: Mapping[str, str] = {
    "alert": N_("It needs attention at once"),
    "missed": N_("A step was missed"),
    "second_miss": N_("The site missed a first action for the second time"),
    "not_solved": N_("The worker said again that it is not solved"),
    "review_missed": N_("A review was missed"),
    "cluster": N_("There are many cases of one kind"),
}
DEPTHS: Mapping[Depth, str] = {
    Depth.ALERT: N_("A case that needs attention"),
    Depth.CLUSTER: N_("Many cases of one kind at one site"),
    Depth.GENERAL: N_("Something promised at a site was not done"),
    Depth.WHOLE: N_("A case at a site in your supply chain"),
}
_ANOTHER = N_("another brand")
_PARTNER, _SECRETARIAT = N_("Partner"), N_("Secretariat")
_AN_HOUR, _HOURS, _DAYS = (
    N_("less than an hour"),
    N_("{count} hours"),
    N_("{count} days"),
)
_LATE_HOURS = N_("{count} working hours late")
_LATE_DAYS = N_("{count} working days late")
# As in `app.console.words`: working days are of eight hours.
_WORKING_DAY = timedelta(hours=8)
_PROMISED = N_("Thank you. Your promise is kept with the case.")
_ANSWERED = N_("Your answer is on record. The clock for it has stopped.")
_WRITTEN = N_("Your message was sent.")
_HANDED = N_("The lead was handed over. The brand that has it now was told.")


@dataclass(frozen=True, slots=True)
class Told:
    """A rung on which the brand was told, and who answered."""

    at: datetime
    reason: str
    answered_at: datetime | None
    answered_by: str | Line  # the name of a brand, or who wrote it down


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    handle: str  # blank: it is read no more
    bundle: Bundle
    told_at: datetime
    has_promised: bool
    due_at: datetime | None  # by when an answer is waited for
    left: Line | None
    zone: ZoneInfo
    is_late: bool = False  # not answered in time, and still may be

    @property
    def is_ended(self) -> bool:
        """Tell whether it is over, where the brand reads that of it."""
        state = self.bundle.state if self.has_promised else None
        return state is not None and state.is_closed

    @property
    def order(self) -> tuple[bool, int, float]:
        """What waits for an answer comes first, by its time; then the newest.

        What is over stands below all of it.
        """
        if self.due_at is not None:
            return (self.is_ended, 0, self.due_at.timestamp())
        return (self.is_ended, 1 if self.is_late else 2, -self.told_at.timestamp())


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the thread, and who said it."""

    at: datetime
    who: str | Line
    text: str
    is_own: bool


def places(_door: Door) -> tuple[Place, ...]:
    one, case = f"{ROOM}/{{handle}}", "/room/cases/{number}/brands"
    return (
        Place("GET", ROOM, "brand", _list),
        Place("GET", one, "brand", _case),
        Place("POST", f"{one}/promise", "brand", _promise),
        Place("POST", f"{one}/answer", "brand", _answer),
        Place("POST", f"{one}/word", "brand", _word),
        Place("POST", f"{one}/lead", "brand", _lead),
        *plans.places_under(one, "brand", "handle"),
        Place("GET", case, "brand-bundle", _seen_by_brands),
        Place("POST", f"{case}/word", "brand-bundle", _partners_word),
        *plans.places(_door),
    )


async def _list(visit: Visit) -> Response:
    async with visit.reading() as tx:
        cases = await shared_cases(visit.store, tx, visit.person.org)
        rungs = await brand_rungs(tx)
    rows = sorted(
        (row for each in cases for row in _rows(visit, each)),
        key=lambda row: row.order,
    )
    page = _page_number(visit.asked("page"))
    shown = rows[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    times = answer_times(rungs, visit.directory)
    own = [
        (_brand(visit.directory, slug), times.get(slug)) for slug in visit.person.org
    ]
    return visit.page(
        "brand_list.html",
        rows=shown,
        waiting=sum(row.due_at is not None for row in rows),
        late=sum(row.is_late for row in rows),
        count=len(rows),
        times=own,
        length=length,
        depths=DEPTHS,
        previous=page if page else None,
        following=page + 2 if len(rows) > (page + 1) * ON_A_PAGE else None,
    )


def _page_number(asked: str) -> int:
    """Return which page is asked for, from 0; the first where it is none."""
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 4
    return max(int(asked) - 1, 0) if is_number else 0


def _rows(visit: Visit, shared: Shared) -> Iterator[Row]:
    """Give the case as it is read, and as it was known where that is over."""
    if visit.person.id in shared.file.excluded:
        return
    found = _cut(visit, shared, ())
    if found is not None:
        yield _row(visit, shared, found[1])
    own = [seat.brand for seat in shared.seats if seat.brand in visit.person.org]
    known = gone(
        shared.file,
        own,
        visit.directory,
        rungs=shared.all_rungs,
        is_read=found is not None,
    )
    if known is not None:
        yield Row(
            handle="",
            bundle=Bundle(known.depth, "", (), number=known.number),
            told_at=known.told_at,
            has_promised=True,
            due_at=None,
            left=None,
            zone=visit.zone,
        )


def _row(visit: Visit, shared: Shared, cut: Bundle) -> Row:
    own = [seat for seat in shared.seats if seat.brand in visit.person.org]
    due_at, left = _due(visit, shared)
    return Row(
        handle=cut.number or shared.refs[cut.depth],
        bundle=cut,
        told_at=min(seat.told_at for seat in own),
        has_promised=all(seat.promised_at is not None for seat in own),
        due_at=due_at,
        left=left,
        zone=_zone(visit.directory, cut),
        is_late=due_at is None and _is_late(visit, shared),
    )


def _is_late(visit: Visit, shared: Shared) -> bool:
    return may_answer_late(shared.file, visit.person, visit.directory, visit.at)


def _cut(
    visit: Visit, shared: Shared, events: Sequence[Happened]
) -> tuple[str, Bundle] | None:
    """Return what the visitor's brand reads of a case, and which brand it is."""
    told = [seat.brand for seat in shared.seats if seat.brand in visit.person.org]
    if visit.person.id in shared.file.excluded:
        return None
    return best_bundle(
        shared.file,
        told,
        visit.directory,
        rungs=shared.rungs,
        events=events,
        at=visit.at,
    )


def _due(visit: Visit, shared: Shared) -> tuple[datetime | None, Line | None]:
    """Return by when an answer is waited for, and how much working time is left.

    To the hour: the minute is that of a missed step, and so of the complaint.
    """
    timer = awaited(shared.file, visit.person, visit.directory, visit.at)
    if timer is None:
        return None, None
    case = shared.file
    calendar = visit.directory.calendar_for(case.site, case.country)
    due_at = hour_of(timer.due_at, calendar.zone)
    left = working_left(visit.at, due_at, calendar)
    late = visit.at - due_at if visit.at > due_at else None
    return due_at, time_left(left, late=late, to_hour=True)


def _zone(directory: Directory, cut: Bundle) -> ZoneInfo:
    """Return the zone of the site, or of the country where it is not told."""
    code = cut.site.code if cut.site is not None else None
    return directory.calendar_for(code, cut.country).zone


async def _open(visit: Visit, tx: Transaction) -> Shared:
    shared = await shared_case(visit.store, tx, visit.path["handle"], visit.person.org)
    if shared is None:
        raise NotFound("There is nothing of that number that you may see.")
    return shared


async def _case(visit: Visit) -> Response:
    handle = visit.path["handle"]
    async with visit.reading() as tx:
        shared = await _open(visit, tx)
        events = await events_of(tx, shared.file.id)
        found = _cut(visit, shared, events)
        if found is None:
            raise NotFound("There is nothing of that number that you may see.")
        brand, cut = found
        if handle != (cut.number or shared.refs[cut.depth]):
            raise NotFound("There is nothing of that number that you may see.")
        own = [seat for seat in shared.seats if seat.brand in visit.person.org]
        zone = _zone(visit.directory, cut)
        base = f"{ROOM}/{handle}"
        if not all(seat.promised_at is not None for seat in own):
            return visit.page(
                "brand_promise.html", base=base, number=cut.number, zone=zone
            )
        words = await words_of(tx, shared.file.id, shared.key, since=veil(shared.file))
        plan = await _plan(visit, tx, shared, cut, base)
    seats = seats_in(shared.file, shared.seats, visit.directory)
    lead = lead_of(shared.file, seats, visit.directory) if cut.is_whole else None
    due_at, left = _due(visit, shared)
    return visit.page(
        "brand_case.html",
        **_bundle_values(visit, cut),
        base=base,
        brand=_brand(visit.directory, brand),
        told=_told(visit.directory, shared.rungs, brand, is_whole=cut.is_whole),
        seats=_seats(visit.directory, seats, lead) if cut.is_whole else (),
        lead=lead,
        leads=lead is not None and lead.brand in visit.person.org,
        others=[
            (seat.brand, _brand(visit.directory, seat.brand))
            for seat in seats
            if lead is not None
            and seat.brand != lead.brand
            and visit.directory.brand_people(seat.brand, visit.day)
        ],
        due_at=due_at,
        left=left,
        is_late=due_at is None and _is_late(visit, shared),
        thread=_thread(visit, _for_brand(words, cut, visit.person.org)),
        longest=LONGEST,
        plan=plan,
        zone=zone,
    )


async def _plan(
    visit: Visit, tx: Transaction, shared: Shared, cut: Bundle, base: str
) -> plans.Plan | None:
    if not cut.is_whole:
        return None
    found = await remedies_of(tx, shared.file.id, shared.key)
    return plans.plan(
        visit,
        [for_brands(each, visit.directory) for each in found],
        base=f"{base}/remedies",
        may_write=True,
        today=visit.day,
    )


def _for_brand(
    words: Sequence[Word], cut: Bundle, own: Sequence[str]
) -> Sequence[Word]:
    """Which brands there are may tell where it is: a veiled case has no others."""
    if not cut.has_thread:
        return ()
    if cut.is_whole:
        return words
    return [word for word in words if not word.brand or word.brand in own]


def _bundle_values(visit: Visit, cut: Bundle) -> dict[str, Any]:
    """Return what the macro `bundle` of `_bundle.html` needs."""
    return {
        "bundle": cut,
        "on": _worded_day(visit),
        "tried_says": TRIED,
        "depths": DEPTHS,
        "lateness": lateness,
        "length": length,
    }


def _worded_day(visit: Visit) -> Callable[[Day], str]:
    look, language = visit.door.look, visit.language

    def worded(day: Day) -> str:
        if day.is_month:
            return f"{look.catalog.month_name(day.day.month, language)} {day.day.year}"
        return look.day(day.day, language, ZoneInfo("UTC"))

    return worded


def _brand(directory: Directory, slug: str) -> str:
    known = directory.brands.get(slug)
    return known.name if known is not None else slug


def _told(
    directory: Directory, rungs: Sequence[ToldRung], brand: str, *, is_whole: bool
) -> tuple[Told, ...]:
    """Return when a brand was told; why, only where it reads the whole case."""
    return tuple(
        Told(
            rung.at,
            REASONS.get(rung.reason, "") if is_whole else "",
            rung.answered_at,
            _who_answered(directory, rung, brand),
        )
        for rung in rungs
        if brand in brands_of(rung, directory)
    )


def _who_answered(directory: Directory, rung: ToldRung, brand: str) -> str | Line:
    """Name the reader's own brand alone: others are named where all is read."""
    person = directory.person(UUID(rung.answered_by)) if rung.answered_by else None
    if person is not None and person.role is Role.BRAND:
        return _brand(directory, brand) if brand in person.org else Line(_ANOTHER)
    return Line(_PARTNER)


def _seats(
    directory: Directory, seats: Sequence[Seat], lead: Lead | None
) -> tuple[tuple[str, bool, datetime], ...]:
    """Return each brand's name, whether it leads, and since when it is told."""
    return tuple(
        (
            _brand(directory, seat.brand),
            lead is not None and seat.brand == lead.brand,
            seat.told_at,
        )
        for seat in seats
    )


def _thread(visit: Visit, words: Sequence[Word]) -> tuple[Said, ...]:
    return tuple(
        Said(
            word.at,
            _author(visit.directory, word),
            word.text,
            word.by == visit.person.id,
        )
        for word in words
    )


def _author(directory: Directory, word: Word) -> str | Line:
    """A brand by its name; of the partner and the secretariat no person's."""
    if word.brand:
        return _brand(directory, word.brand)
    person = directory.person(word.by)
    is_admin = person is not None and person.role is Role.ADMIN
    return Line(_SECRETARIAT if is_admin else _PARTNER)


async def _promise(visit: Visit) -> Response:
    handle = visit.path["handle"]
    await promise(
        visit.store, handle, by=visit.person, at=visit.at, once=mark(visit, "promise")
    )
    return visit.see_other(f"{ROOM}/{handle}", Line(_PROMISED))


async def _answer(visit: Visit) -> Response:
    handle, note = visit.path["handle"], visit.words("note", most=LONGEST)
    await answer_for_brand(
        visit.store,
        handle,
        note,
        by=visit.person,
        at=visit.at,
        once=mark(visit, "answer"),
    )
    return visit.see_other(f"{ROOM}/{handle}", Line(_ANSWERED))


async def _word(visit: Visit) -> Response:
    handle = visit.path["handle"]
    await _say(visit, handle)
    return visit.see_other(f"{ROOM}/{handle}#thread", Line(_WRITTEN))


async def _say(visit: Visit, handle: str) -> None:
    await say_to_brands(
        visit.store,
        handle,
        visit.words("word", most=LONGEST),
        by=visit.person,
        at=visit.at,
        once=mark(visit, "word"),
    )


async def _lead(visit: Visit) -> Response:
    handle, to = visit.path["handle"], visit.said("to", most=80)
    await pass_lead(
        visit.store,
        handle,
        to,
        by=visit.person,
        at=visit.at,
        once=mark(visit, "lead"),
    )
    return visit.see_other(f"{ROOM}/{handle}", Line(_HANDED))


async def _seen_by_brands(visit: Visit) -> Response:
    """Show a partner, or the secretariat, what each brand reads."""
    number = visit.path["number"]
    async with visit.reading() as tx:
        shared = await numbered_case(visit.store, tx, number)
        if shared is None or not _may_look(visit, shared):
            raise NotFound("There is nothing of that number that you may see.")
        events = await events_of(tx, shared.file.id)
        words = await words_of(tx, shared.file.id, shared.key)
    case, directory = shared.file, visit.directory
    seats = seats_in(case, shared.seats, directory)
    lead = lead_of(case, seats, directory)
    chosen = visit.asked("as") or (lead.brand if lead else "")
    cut = None
    if chosen in {seat.brand for seat in seats}:
        cut = bundle(
            case, chosen, directory, rungs=shared.rungs, events=events, at=visit.at
        )
    calendar = directory.calendar_for(case.site, case.country)
    return visit.page(
        "brand_seen.html",
        **(_bundle_values(visit, cut) if cut is not None else {"bundle": None}),
        number=number,
        ref=shared.refs[cut.depth] if cut is not None else "",
        base=f"/room/cases/{number}/brands",
        chosen=_brand(directory, chosen) if chosen else "",
        choices=[(seat.brand, _brand(directory, seat.brand)) for seat in seats],
        seats=[
            (
                _brand(directory, seat.brand),
                bool(lead and lead.brand == seat.brand),
                seat,
            )
            for seat in seats
        ],
        told=_told(directory, shared.all_rungs, chosen, is_whole=True),
        thread=_thread(visit, words),
        longest=LONGEST,
        zone=calendar.zone,
    )


def _may_look(visit: Visit, shared: Shared) -> bool:
    case, directory = shared.file, visit.directory
    day = directory.local_day(visit.at, case.site, case.country)
    worn = hats(visit.person, case, directory, day)
    return Field.BUNDLE in fields(visit.person.role, worn)


async def _partners_word(visit: Visit) -> Response:
    number = visit.path["number"]
    await _say(visit, number)
    return visit.see_other(f"/room/cases/{number}/brands#thread", Line(_WRITTEN))


def lateness(worked: timedelta) -> Line:
    """Return how much working time has passed since a date, rounded down."""
    if worked < 2 * _WORKING_DAY:
        hours = int(worked.total_seconds() // 3600)
        return Line(_LATE_HOURS, {"count": hours})
    return Line(_LATE_DAYS, {"count": worked // _WORKING_DAY})


def length(time: timedelta) -> Line:
    """Return a length of time by the clock, rounded down to hours.

    From the minute of an answer so many minutes back is that of a complaint.
    """
    if time < timedelta(hours=1):
        return Line(_AN_HOUR)
    if time < timedelta(days=2):
        return Line(_HOURS, {"count": int(time.total_seconds() // 3600)})
    return Line(_DAYS, {"count": time.days})
