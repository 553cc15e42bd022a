"""One case as one person may see it: what her relation to it gives her, no more.

An attribute that she may not look at is None. What is never shown in a room to
anybody, a phone and a PIN, is not read at all.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain import bodies
from app.domain.authority import Hat
from app.domain.case import CaseFile, Deadline, Recipient
from app.domain.clocks import is_ended
from app.domain.closing import missing_sides
from app.domain.coarse import shown_due
from app.domain.day_by_day import DayKind
from app.domain.deadlines import explain, working_left
from app.domain.directory import Directory, Person
from app.domain.durations import Duration, parse_term
from app.domain.next_steps import Steps, next_steps, relations
from app.domain.pausing import open_pause
from app.domain.permissions import Field, fields
from app.domain.promises import spans
from app.domain.talking import takes_prepared_only
from app.domain.taxonomy import Category, Role, Route, Severity, Side, State
from app.store.engine import Store, Transaction
from app.store.ledger import open_facts
from app.store.mapping import case_from, deadlines_from_json
from app.store.sealing import CannotOpen, DataKey

PROMISES = ("acknowledge", "first_action", "resolve", "plan", "review")
# Reading is no change of a case: nobody is told that somebody else has looked.
READING = (
    *("text.read", "voice.heard", "recording.heard", "file.opened"),
    *("act.refused", "case.touched"),
)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A date that a clock did not count: rest, holiday, no_hours or paused."""

    day: date
    kind: DayKind
    name: str  # a holiday's


@dataclass(frozen=True, slots=True)
class ClockView:
    """One promise of the case, and on what its date rests."""

    name: str
    round: int
    state: str  # running, met, missed, ended: over with the case
    due_at: datetime  # to the hour for who may not know the minute; so what follows
    since: date
    promise: Duration | None  # None: somebody chose the date
    met_on: date | None
    is_met_late: bool
    left: timedelta | None  # working time up to it, while it runs
    late_by: timedelta | None  # by the clock, while it is not met
    to_hour: bool  # no minutes are told
    counted: tuple[date, ...]  # the working days of a promise in working days
    closed: tuple[ClosedDay, ...]
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who did something: a name only where the reader may know it."""

    kind: str  # worker, system, or a Role
    name: str | None = None
    is_reader: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message, opened."""

    id: UUID
    on: date
    at: datetime | None
    direction: str  # in, told, released, held, transcript, summary, translation
    channel: str
    text: str = field(repr=False)
    by: Who
    is_released: bool = False  # of a held one: it went to the worker
    about: UUID | None = None  # the voice written down, the last message released


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that happened, cut to what the reader may know of it."""

    seq: int
    on: date
    at: datetime | None
    kind: str
    by: Who
    facts: Mapping[str, Any] = field(repr=False)
    person: Who | None = None  # whom it is about
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RungView:
    """Who was told that the case climbed, and whether they answered."""

    on: date
    clock: str
    rung: str
    reason: str
    to: tuple[Recipient, ...]
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Signed:
    side: Side
    by: Who


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that one person may see of one case; None: not hers to see."""

    id: UUID
    number: str
    hats: frozenset[Hat]
    sees: frozenset[Field]
    steps: Steps
    site: str | None
    site_name: str | None
    country: str
    category: Category
    severity: Severity
    state: State
    route: Route
    zone: ZoneInfo
    opened_on: date
    opened_at: datetime | None
    closed_on: date | None
    seen: int  # the last change that this page shows
    is_forgotten: bool
    nearest: ClockView | None
    clocks: tuple[ClockView, ...]
    language: str | None
    channel: str | None
    may_be_told: bool | None
    said: tuple[Spoken, ...] | None
    waits: bool  # words of the worker wait for the partner's reading
    reads_words: bool  # the reader reads them as they came
    is_held: bool  # free words to the worker wait for the partner
    awaits_word: bool  # the worker was asked something and has not written since
    events: tuple[EventView, ...] | None
    signed: tuple[Signed, ...] | None
    missing: tuple[Side, ...]  # whose signatures are waited for, once one signed
    has_lost_signature: bool  # whoever gave it does not sit on this case any more
    taken_by: Who | None
    recused: tuple[Who, ...] | None
    recused_count: int | None  # of the body that holds it
    drawn: tuple[Who, ...] | None
    rungs: tuple[RungView, ...] | None
    joined_to: str | None
    parts: int  # other cases that are a part of this one
    file: CaseFile | None = field(default=None, repr=False)  # outside the factory

    @property
    def is_partner(self) -> bool:
        return Hat.PARTNER in self.hats

    @property
    def is_outside(self) -> bool:
        return bool(self.hats & {Hat.PARTNER, Hat.SECRETARIAT})

    def may(self, verb: str) -> bool:
        return verb in self.steps.all


_COLUMNS = (
    "c.id, c.number, c.data_key, c.site, c.country, c.category, c.severity, c.state,"
    " c.route, c.language, c.channel, c.hotline, c.policy_version, c.opened_at,"
    " c.closed_at, c.detail, c.joined_to"
)


async def page_for(
    store: Store,
    tx: Transaction,
    person: Person,
    directory: Directory,
    number: str,
    at: datetime,
) -> CasePage | None:
    """Return the case as this person sees it; None where it is not hers to see."""
    fetch = tx.connection.fetch
    row = await tx.connection.fetchrow(
        f"SELECT {_COLUMNS},"
        " (SELECT json_agg(d) FROM deadline d WHERE d.case_id = c.id) AS clocks,"
        " (SELECT count(*) FROM cases p WHERE p.joined_to = c.id) AS parts,"
        " (SELECT m.number FROM cases m WHERE m.id = c.joined_to) AS main"
        " FROM cases c WHERE c.number = $1",
        number,
    )
    if row is None:
        return None
    case = case_from(row, deadlines_from_json(row["clocks"]))
    worn = relations(case, person, directory, at)
    sees = fields(person.role, worn)
    if Field.NUMBER not in sees:
        return None
    view = _Cut(case, person, directory, at, worn, sees, _key(store, row))
    events = await fetch(
        "SELECT seq, at, kind, sealed FROM ledger_event"
        " WHERE case_id = $1 ORDER BY seq",
        case.id,
    )
    messages = await fetch(
        "SELECT id, at, direction, channel, body, by, about FROM message"
        " WHERE case_id = $1 AND direction <> 'out' ORDER BY at, id",
        case.id,
    )
    climbed = await fetch(
        "SELECT at, clock, rung, reason, recipients, answered_at FROM escalation"
        " WHERE case_id = $1 ORDER BY at, step, rung",
        case.id,
    )
    return view.page(row, events, messages, climbed)


def _key(store: Store, row: Any) -> DataKey | None:
    if row["data_key"] is None:
        return None
    try:
        return store.keyring.unwrap(row["data_key"], row["id"])
    except CannotOpen:
        return None


def _all(field: Field, kinds: str) -> dict[str, Field]:
    return dict.fromkeys(kinds.split(), field)


# What the field is without which an event of that kind is not shown. A kind that
# is not listed is nobody's; a test of the house finds it.
FIELD_OF: Mapping[str, Field] = {
    **_all(
        Field.HISTORY,
        """
        case.opened case.acknowledged case.started case.planned case.resolved
        case.reviewed case.closed case.reopened case.taken_over case.given_up
        case.released case.handed_back case.rerouted case.forgotten case.touched
        category.set severity.set site.set child.kept
        clock.met clock.missed clock.moved clock.reminded clocks.recalculated
        pause.begun pause.ended remediation.begun remediation.ended remedy.proposed
        text.added text.heard voice.spoken file.added file.refused file.lost
        solution.confirmed solution.denied closing.contested
        """,
    ),
    **_all(Field.PEOPLE, "alternate.drawn alternate.stood_down case.taken case.signed"),
    # Who stepped aside, and that it was she herself, is not her colleagues' to read.
    **_all(Field.RECUSED, "member.excluded member.included"),
    **_all(Field.NOTES, "note.added"),
    **_all(Field.CONFLICT, "conflict.answered"),
    **_all(
        Field.LAW,
        """
        law.started law.met law.missed law.moved law.extended law.ended law.resumed
        law.warned milestone.recorded milestone.said case.formalised
        """,
    ),
    **_all(Field.CLIMBED, "rung.answered rung.missed rung.ended case.escalated"),
    **_all(
        Field.BUNDLE,
        """
        case.released_to_brands brand.promised brand.word_written brand.lead_handed
        """,
    ),
    **_all(
        Field.REMEDIES,
        "remedy.planned remedy.finished remedy.dropped remedy.confirmed",
    ),
    **_all(
        Field.TOLD,
        """
        worker.told worker.asked worker.rated worker.wrote_again worker.answered
        words.held words.released
        """,
    ),
    **_all(
        Field.LANGUAGE,
        """
        texts.allowed texts.refused calls.allowed calls.refused part.chosen
        contact.attempted language.set
        """,
    ),
    # By which door it came and for whom, what she chose, and who looked: it may
    # tell who she is, or that she was helped.
    **_all(
        Field.WORDS,
        """
        case.entered filed.for_another worker.took_over phone.given pin.renewed
        callback.asked callback.done callback.number_read
        text.read voice.heard file.opened act.refused
        recording.kept recording.settled recording.heard recording.transcribed
        recording.summarised recording.translated
        site.suggested topic.chosen topic.kept country.chosen danger.raised
        withdrawal.asked withdrawal.undone withdrawal.lapsed
        reprisal.asked reprisal.checked reprisal.reported reprisal.unanswered
        case.joined case.unjoined main.followed
        """,
    ),
}
# What a page never needs of an event, or must not say twice.
_SILENT = frozenset(
    {"case.touched", "worker.answered", "clock.met", "clock.moved", "law.warned"}
)
# Facts that a sentence may name; every other one stays sealed.
_SAYABLE = frozenset(
    {
        *("state", "clock", "percent", "side", "missing", "round", "count", "verb"),
        *("rung", "route", "why", "answer", "category", "severity", "was", "language"),
        *(
            "channel",
            "site",
            "stars",
            "reason",
            "review_on",
            "next_on",
            "law",
            "what",
            "kept",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Cut:
    """One case under one reader's eyes."""

    case: CaseFile
    reader: Person
    directory: Directory
    at: datetime
    hats: frozenset[Hat]
    sees: frozenset[Field]
    key: DataKey | None = field(repr=False)

    def page(
        self,
        row: Any,
        events: Sequence[Any],
        messages: Sequence[Any],
        climbed: Sequence[Any],
    ) -> CasePage:
        case, sees = self.case, self.sees
        waits = self._waits(messages)
        kept = {event["at"] for event in events if event["kind"] == "clock.met"}
        clocks = tuple(self._clock(c, kept) for c in self._shown_clocks())
        near = nearest(case)
        site = self.directory.sites.get(case.site) if case.site else None
        sees_people = Field.PEOPLE in sees
        taken = self._who(str(case.taken_by)) if case.taken_by else None
        opened = self._opened(events)
        signed, lost = bool(case.signatures), self._has_lost_signature(opened)
        return CasePage(
            id=case.id,
            number=case.number,
            hats=self.hats,
            sees=sees,
            steps=next_steps(case, self.reader, self.directory, self.at, waits=waits),
            site=case.site,
            site_name=site.name if site else None,
            country=case.country,
            category=case.category,
            severity=case.severity,
            state=case.state,
            route=case.route,
            zone=self.zone,
            opened_on=self._day(case.opened_at),
            opened_at=case.opened_at if Field.MOMENT in sees else None,
            closed_on=self._day(case.closed_at) if case.closed_at else None,
            seen=max((e["seq"] for e in events if e["kind"] not in READING), default=0),
            is_forgotten=self.key is None,
            nearest=self._clock(near, kept) if near else None,
            clocks=clocks,
            language=case.language if Field.LANGUAGE in sees else None,
            channel=case.channel if Field.LANGUAGE in sees else None,
            may_be_told=case.may_be_told if Field.LANGUAGE in sees else None,
            said=self._said(messages, opened),
            waits=waits,
            reads_words=self.reads_words,
            is_held=self._is_held(),
            awaits_word=_awaits_word(messages, events),
            events=self._events(opened) if Field.HISTORY in sees else None,
            signed=(
                tuple(Signed(s.side, self._who(str(s.person))) for s in case.signatures)
                if sees_people
                else None
            ),
            missing=missing_sides(case) if sees_people and (signed or lost) else (),
            has_lost_signature=sees_people and lost,
            taken_by=taken if sees_people else None,
            recused=(
                self._people(case.excluded, named=True)
                if Field.RECUSED in sees
                else None
            ),
            recused_count=self._count_recused() if sees_people else None,
            drawn=self._people(case.drawn) if sees_people else None,
            rungs=(tuple(map(self._rung, climbed)) if Field.CLIMBED in sees else None),
            joined_to=row["main"],
            parts=row["parts"],
            file=case if Field.WORDS in sees else None,
        )

    @property
    def zone(self) -> ZoneInfo:
        return self.directory.calendar_for(self.case.site, self.case.country).zone

    @property
    def reads_words(self) -> bool:
        """Whether her words are read here as they came.

        By the body that holds the case only where nobody stands between them.
        """
        if Field.WORDS in self.sees:
            return True
        return Field.RELEASED in self.sees and not self._is_read_first()

    def _is_read_first(self) -> bool:
        day = self.directory.local_day(self.at, self.case.site, self.case.country)
        return bodies.is_read_first(self.case, self.directory, day)

    def _is_held(self) -> bool:
        return (
            self.reader.role.is_factory_side
            and takes_prepared_only(self.case, self.directory)
            and self._is_read_first()
        )

    def _waits(self, messages: Sequence[Any]) -> bool:
        """Whether she said something that nobody has looked at to let it go."""
        if not self.case.route.is_factory_side or not self._is_read_first():
            return False
        return not self.case.is_read and any(m["direction"] == "in" for m in messages)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _rung(self, row: Any) -> RungView:
        told = json.loads(row["recipients"])
        answered_at = row["answered_at"]
        return RungView(
            on=self._day(row["at"]),
            clock=row["clock"],
            rung=row["rung"],
            reason=row["reason"],
            to=tuple(Recipient(r["kind"], r["key"]) for r in told),
            answered_on=self._day(answered_at) if answered_at else None,
        )

    def _moment(self, at: datetime, by: str) -> datetime | None:
        """Return the minute, unless it may tell who was on a break."""
        if Field.MOMENT in self.sees:
            return at
        return at if by not in ("worker", "system", "") else None

    # ------------------------------------------------------------- people

    def _who(self, by: str, *, named: bool = False) -> Who:
        person = self._person(by)
        if person is None:
            return Who(by if by in ("worker", "system") else "somebody")
        is_reader = person.id == self.reader.id
        is_named = named or is_reader or self._may_name(person)
        shown = person.name if is_named else None
        return Who(person.role.value, shown, is_reader)

    def _may_name(self, other: Person) -> bool:
        """Names are known within one body; the partner knows them all."""
        if self.reader.role is Role.PARTNER:
            return True
        if other.role is not self.reader.role:
            return False
        return other.role is Role.ADMIN or bool({*other.org} & {*self.reader.org})

    def _people(self, ids: Iterable[UUID], *, named: bool = False) -> tuple[Who, ...]:
        return tuple(
            self._who(str(person), named=named) for person in sorted(ids, key=str)
        )

    def _count_recused(self) -> int:
        case = self.case
        day = self.directory.local_day(self.at, case.site, case.country)
        members = self.directory.members(case.route, case.site, day)
        return sum(member.id in case.excluded for member in members)

    def _person(self, by: str) -> Person | None:
        try:
            return self.directory.person(UUID(by))
        except ValueError:
            return None

    def _has_lost_signature(self, events: Sequence["_Opened"]) -> bool:
        """Tell whether a side that signed must sign anew for want of its signer."""
        if self.case.state.is_closed or self.case.state is State.RESOLVED:
            return False
        sides: set[Any] = set()
        for event in events:
            if event.kind in _SIGNED_ANEW:
                sides.clear()
            elif event.kind == "case.signed":
                sides.add(event.facts.get("side"))
        return bool(sides & {side.value for side in missing_sides(self.case)})

    # ------------------------------------------------------------- clocks

    def _shown_clocks(self) -> list[Deadline]:
        """Return the promises; what else runs is told elsewhere, or is nobody's."""
        own = [c for c in self.case.deadlines if c.name in _SHOWN]
        return sorted(own, key=lambda c: (c.round, c.due_at, c.name))

    def _clock(self, clock: Deadline, kept_at: Collection[datetime]) -> ClockView:
        here = self.directory.calendar_for(self.case.site, self.case.country)
        kept = self.directory.calendar_named(clock.calendar) if clock.promise else None
        calendar = kept or here
        runs = clock.met_at is None and not self.case.state.is_closed
        has_ended = is_ended(clock, kept_at)
        met_at = None if has_ended else clock.met_at
        is_missed = clock.missed_at is not None
        sees_moment = Field.MOMENT in self.sees
        due_at = shown_due(
            clock.due_at, clock.promise, self.zone, sees_moment=sees_moment
        )
        left = working_left(self.at, due_at, calendar) if runs else None
        is_late = runs and due_at <= self.at
        counted: tuple[date, ...] = ()
        closed: tuple[ClosedDay, ...] = ()
        promise = parse_term(clock.promise) if clock.promise else None
        if promise is not None and kept is not None:
            paused = spans(self.case.pauses[: clock.paused])
            why = explain(clock.opened_at, promise, kept, pauses=paused)
            counted = tuple(d.date for d in why.days if d.working_days)
            closed = tuple(
                ClosedDay(d.date, d.kind, d.reason)
                for d in why.days
                if d.kind in _NOT_COUNTED
                and (promise.unit in ("wd", "wh") or d.kind is DayKind.PAUSED)
            )
        return ClockView(
            name=str(clock.name),
            round=clock.round,
            state="ended" if has_ended and not is_missed else clock.state,
            due_at=due_at,
            since=self._day(clock.opened_at),
            promise=promise,
            met_on=self._day(met_at) if met_at else None,
            is_met_late=met_at is not None and met_at > clock.due_at,
            left=left if not is_late else None,
            late_by=self.at - due_at if is_late else None,
            to_hour=not sees_moment,
            counted=counted,
            closed=closed,
            is_paused=runs and open_pause(self.case, self.at) is not None,
        )

    # -------------------------------------------------- words and history

    def _said(
        self, rows: Sequence[Any], events: Sequence["_Opened"]
    ) -> tuple[Spoken, ...] | None:
        if Field.RELEASED not in self.sees and Field.WORDS not in self.sees:
            return None
        if self.key is None:
            return ()
        let_go = {e.facts.get("held") for e in events if e.kind == "worker.told"}
        return tuple(
            self._message(row, self.key, let_go)
            for row in rows
            if row["direction"] in self._directions
        )

    @property
    def _directions(self) -> frozenset[str]:
        if Field.WORDS in self.sees:
            return frozenset(
                {
                    *("in", "told", "held", "released"),
                    *("transcript", "summary", "translation"),
                }
            )
        more = {"in"} if self.reads_words else set()
        return frozenset({"told", "held", "released", *more})

    def _message(self, row: Any, key: DataKey, let_go: set[Any]) -> Spoken:
        by = str(row["by"]) if row["by"] else "worker"
        return Spoken(
            id=row["id"],
            on=self._day(row["at"]),
            at=self._moment(row["at"], by),
            direction=row["direction"],
            channel=row["channel"] if Field.LANGUAGE in self.sees else "",
            text=key.open_text(row["body"], f"message|body|{row['id']}"),
            by=self._who(by),
            is_released=str(row["id"]) in let_go,
            about=row["about"],
        )

    def _opened(self, rows: Sequence[Any]) -> list["_Opened"]:
        return [_opened(row, self.case.id, self.key) for row in rows]

    def _events(self, events: Sequence["_Opened"]) -> tuple[EventView, ...]:
        return tuple(
            self._event(event)
            for event in events
            if event.kind not in _SILENT and field_of(event.kind) in self.sees
        )

    def _event(self, event: "_Opened") -> EventView:
        by = str(event.facts.get("actor", ""))
        about = event.facts.get("person")
        note = event.facts.get("note")
        return EventView(
            seq=event.seq,
            on=self._day(event.at),
            at=self._moment(event.at, by),
            kind=event.kind,
            by=self._who(by),
            facts={n: v for n, v in event.facts.items() if n in _SAYABLE},
            person=(
                self._who(str(about), named=field_of(event.kind) is Field.RECUSED)
                if about
                else None
            ),
            note=str(note) if note and self._may_read_note(by) else None,
        )

    def _may_read_note(self, by: str) -> bool:
        """What a partner noted may repeat the worker: no body of hers reads it."""
        if Field.NOTES not in self.sees:
            return False
        if Field.WORDS in self.sees:
            return True
        person = self._person(by)
        return person is not None and self._may_name(person)


@dataclass(frozen=True, slots=True)
class _Opened:
    seq: int
    at: datetime
    kind: str
    facts: Mapping[str, Any] = field(repr=False)


def _opened(row: Any, case_id: UUID, key: DataKey | None) -> _Opened:
    facts: dict[str, Any] = {}
    if key is not None:
        found = open_facts(row["sealed"], case_id, key)
        facts = {f.name: json.loads(f.value) for f in found if f.name not in _LARGE}
    return _Opened(row["seq"], row["at"], row["kind"], facts)


# From here on both sides sign anew.
_SIGNED_ANEW = frozenset(
    {
        *("case.resolved", "case.reopened", "solution.denied", "closing.contested"),
        *("case.rerouted", "case.taken_over", "case.given_up", "case.released"),
        *("case.handed_back", "case.unjoined", "worker.wrote_again"),
    }
)
_SHOWN = frozenset({*PROMISES, "confirmation", "withdrawal"})
_LARGE = frozenset({"standing", "set", "owed", "due", "digest", "row"})
_NOT_COUNTED = frozenset(
    {DayKind.REST, DayKind.HOLIDAY, DayKind.NO_HOURS, DayKind.PAUSED}
)


def field_of(kind: str) -> Field | None:
    return FIELD_OF.get(kind)


def _awaits_word(messages: Sequence[Any], events: Sequence[Any]) -> bool:
    """Tell whether a question to the worker is newer than her last words."""
    asked = [e["at"] for e in events if e["kind"] == "worker.asked"]
    heard = [m["at"] for m in messages if m["direction"] == "in"]
    return bool(asked) and (not heard or max(asked) > max(heard))


def nearest(case: CaseFile) -> Deadline | None:
    """Return the clock of the earliest promise not kept, as `promise_due_at`."""
    due_at = case.promise_due_at
    if due_at is None:
        return None
    latest = (case.deadline(name) for name in PROMISES)
    return next(c for c in latest if c and c.met_at is None and c.due_at == due_at)
