"""The clocks of the law beside the service's own: placed, met, warned, missed.

They follow from what is known to have happened, and never pause. A clock that
has started moves only when a word about its start changes, or its term is
extended: a new table of laws moves nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.authority import Refusal
from app.domain.bodies import partners, secretariat
from app.domain.calendar import SiteCalendar
from app.domain.case import LAW, CaseFile, Deadline, Milestone, Recipient
from app.domain.clocks import end_of
from app.domain.deadlines import due
from app.domain.directory import Directory
from app.domain.draft import Draft, to_people
from app.domain.durations import Duration, parse_term
from app.domain.laws import Happening, Law, Limit, Who
from app.domain.notices import named
from app.domain.promises import next_look
from app.domain.taxonomy import Category, State

_INSTANT = timedelta(microseconds=1)
# A notice of a missed duty goes to the partner alone where it is the accused's.
_PARTNER_ALONE = frozenset({Who.RESPONDENT})


@dataclass(frozen=True, slots=True)
class _Start:
    """From when a term runs; `is_known`: somebody told the day."""

    at: datetime
    is_known: bool


def follow(draft: Draft) -> list[dict[str, object]]:
    """Bring the law's clocks in line with what the case knows by now.

    Return what was started, as facts; do it again and nothing changes.
    """
    laws = draft.directory.laws_of(draft.case.country, draft.case.category)
    started = [begun for law in laws if (begun := _place(draft, law))]
    for clock in draft.case.statutory:
        _settle(draft, clock)
    return started


def follow_on(draft: Draft) -> None:
    """The same after an act or a passing of time: what started is an event."""
    started = follow(draft)
    if started:
        draft.record("law.started", laws=started)


def _place(draft: Draft, law: Law) -> dict[str, object] | None:
    """Start the law's clock, or move it where its start is another day now.

    A limitation that has started moves to a day before the law as well: no
    guess stands against a day that is known.
    """
    start = start_of(draft, law)
    if start is None:
        return None
    old = draft.case.deadline(LAW + law.id)
    if old is None:
        if not law.in_force_on(draft.local_day(start.at)):
            return None
        assert law.length is not None
        clock = _reckoned(draft, law, law.length, start.at)
        draft.put(clock)
        return {
            "law": law.id,
            "since": start.at.isoformat(),
            "is_known": start.is_known,
            "due_at": clock.due_at.isoformat(),
        }
    is_moved = start.is_known and start.at != old.opened_at
    if is_moved and not _never_held(draft, law, old):
        moved = _reckoned(draft, law, parse_term(old.promise), start.at, old=old)
        draft.put(moved)
        draft.record(
            "law.moved",
            law=law.id,
            since=start.at.isoformat(),
            was=old.due_at.isoformat(),
            due_at=moved.due_at.isoformat(),
        )
    return None


def start_of(draft: Draft, law: Law) -> _Start | None:
    """Return from when the law's term runs by what is on record by now."""
    case = draft.case
    if law.only_formal and not case.is_formal:
        return None
    if Happening.OPENED in law.starts:
        return _Start(case.opened_at, is_known=True)
    known = case.milestone(*law.starts)
    if known is not None:
        return _Start(moment(known, draft), is_known=True)
    before = case.deadline(LAW + law.after) if law.after else None
    if before is not None and before.missed_at is not None and before.met_at is None:
        return _Start(before.due_at, is_known=True)
    if law.counts_unknown and law.unknown_incident is not None:
        opened = draft.local_day(case.opened_at)
        day = opened - law.unknown_incident.elapsed
        return _Start(last_instant(day, draft), is_known=False)
    return None


def _never_held(draft: Draft, law: Law, clock: Deadline) -> bool:
    """Return whether its start turned out to be a day on which it did not hold.

    A duty has another row for that day, so has a right once its law is over. A
    right that is older than its law is kept: too early warns, too late does not.
    """
    start = start_of(draft, law)
    if start is None or not start.is_known or start.at == clock.opened_at:
        return False
    day = draft.local_day(start.at)
    is_before = law.since is not None and day < law.since
    return not law.in_force_on(day) and not (is_before and law.is_limitation)


def moment(milestone: Milestone, draft: Draft) -> datetime:
    """Return the instant from which a term counts: a day by its last instant."""
    if milestone.at is not None:
        return milestone.at
    assert milestone.on is not None
    return last_instant(milestone.on, draft)


def last_instant(day: date, draft: Draft) -> datetime:
    """The day of the event never counts, so a term runs from its very end."""
    return end_of(day, draft) - _INSTANT


def _reckoned(
    draft: Draft,
    law: Law,
    length: Duration,
    start: datetime,
    *,
    old: Deadline | None = None,
) -> Deadline:
    """Return the clock of that length, on the calendar on which it started."""
    name = LAW + law.id
    calendar = draft.calendar if old is None else draft.calendar_of(old)
    when = due(start, length, calendar)
    clock = Deadline(
        name=name,
        round=0,
        opened_at=start,
        due_at=when.due_at,
        remind_50_at=when.remind_50_at if law.is_limitation else None,
        remind_80_at=when.remind_80_at if law.is_limitation else None,
        next_at=None,
        promise=str(length),
        calendar=calendar.id,
    )
    return replace(clock, next_at=_first_look(clock, draft.at))


def extended(draft: Draft, law: Law, clock: Deadline, length: Duration) -> Deadline:
    """Return the clock with a longer term; one that was missed may run again."""
    return _reckoned(draft, law, length, clock.opened_at, old=clock)


def _first_look(clock: Deadline, at: datetime) -> datetime:
    """Look at once where half of the time has gone already, and she must know."""
    half = clock.remind_50_at
    if at >= clock.due_at or half is None:
        return clock.due_at
    return max(half, at)


def _settle(draft: Draft, clock: Deadline) -> None:
    """Meet the clock, let it end with the case, or run again with it."""
    law = draft.directory.law(id_of(clock))
    if law is None:
        return
    done = draft.case.milestone(*law.met_by)
    if done is not None:
        _meet(draft, clock, law, done)
        return
    is_void = _never_held(draft, law, clock)
    # The place may turn out to lie in another country than her language did.
    is_elsewhere = not law.holds_in(draft.case.country)
    is_over = is_void or is_elsewhere or _ends_with(draft.case, law)
    if clock.is_running and is_over:
        draft.put(replace(clock, met_at=draft.at, next_at=None))
        why = {"why": "not_in_force"} if is_void else {}
        if is_elsewhere:
            why = {"why": "another_country"}
        draft.record("law.ended", law=law.id, state=draft.case.state.value, **why)
    elif clock.met_at is not None and not is_over:
        again = replace(clock, met_at=None, missed_at=None)
        draft.put(replace(again, next_at=_first_look(again, draft.at)))
        draft.record("law.resumed", law=law.id, due_at=clock.due_at.isoformat())


def _ends_with(case: CaseFile, law: Law) -> bool:
    """A right runs out whether we are done or not, unless she is content.

    What binds only the programme ends with its case, whichever way.
    """
    if case.state is State.CLOSED_CONFIRMED:
        return True
    return case.state.is_closed and law.who is Who.PROGRAMME


def _meet(draft: Draft, clock: Deadline, law: Law, done: Milestone) -> None:
    """Met on the day that was told, however late; told of today, met by then."""
    met_at = min(moment(done, draft), done.recorded_at)
    if done.at is None and draft.local_day(met_at) <= _last_day(clock, draft):
        met_at = min(met_at, clock.due_at)  # a day is in time up to its end
    is_late = met_at > clock.due_at
    met = replace(
        clock,
        met_at=met_at,
        missed_at=clock.due_at if is_late else None,
        next_at=None,
    )
    if met != clock:
        draft.put(met)
        draft.record("law.met", law=law.id, met_at=met_at.isoformat(), is_late=is_late)


def id_of(clock: Deadline) -> str:
    return clock.name.removeprefix(LAW)


def _last_day(clock: Deadline, draft: Draft) -> date:
    return draft.local_day(clock.due_at)


# ------------------------------------------------------------------ time alone


def strike_law(draft: Draft, clock: Deadline) -> None:
    """Warn the worker of a right that runs out, or mark what was missed."""
    if draft.at < clock.due_at:
        _warn(draft, clock)
        return
    draft.put(replace(clock, missed_at=clock.due_at, next_at=None))
    law = draft.directory.law(id_of(clock))
    draft.record("law.missed", law=id_of(clock), due_at=clock.due_at.isoformat())
    if law is None or law.is_limitation or draft.case.state.is_closed:
        return
    if _applies(draft.case, draft.directory, clock):
        _tell_missed(draft, clock, law)


def _warn(draft: Draft, clock: Deadline) -> None:
    """There is news, says the text, and no more; the PIN opens the rest.

    Of two laws that warn at once she hears once. A law that the case is not
    about any more warns nobody, and is ready should it be so again.
    """
    percent = 50
    if clock.remind_80_at is not None and clock.remind_80_at <= draft.at:
        percent = 80
    draft.put(replace(clock, next_at=next_look(clock, draft.at)))
    if not _applies(draft.case, draft.directory, clock):
        return
    # Who took the case back is sent no more; the PIN still shows it.
    has_left = draft.case.state is State.CLOSED_WITHDRAWN
    is_told = draft.case.may_be_told and not has_left
    draft.record("law.warned", law=id_of(clock), percent=percent, is_told=is_told)
    if is_told:
        draft.owe(
            "worker_news",
            [Recipient("worker", "")],
            {},
            occasion=f"law:{draft.at.isoformat()}",
            expires_at=clock.due_at,
        )


def _applies(case: CaseFile, directory: Directory, clock: Deadline) -> bool:
    law = directory.law(id_of(clock))
    return law is not None and law.is_about(case.country, case.category)


def _tell_missed(draft: Draft, clock: Deadline, law: Law) -> None:
    """Case and date, and nothing of what the law or the case is about."""
    case, directory, day = draft.case, draft.directory, draft.day
    people = partners(case, directory, day)
    if law.who not in _PARTNER_ALONE or not people:
        people = [*people, *secretariat(case, directory, day)]
    draft.owe(
        "law_missed",
        to_people(people),
        {**named(case), "due_at": clock.due_at.isoformat()},
        occasion=f"{clock.name}:{clock.due_at.isoformat()}",
    )


# ------------------------------------------------------------- what it forbids


def holding(case: CaseFile, directory: Directory) -> tuple[Law, ...]:
    """Return the laws that keep the case from being ended, until each is met.

    What came of the category alone goes with it; what somebody marked stays.
    """
    laws = [(clock, directory.law(id_of(clock))) for clock in case.statutory]
    return tuple(
        law
        for clock, law in laws
        if law is not None
        and law.holds
        and case.milestone(*law.met_by) is None
        and (Happening.OPENED not in law.starts or _applies(case, directory, clock))
    )


def held_by(case: CaseFile, directory: Directory) -> Law | None:
    return next(iter(holding(case, directory)), None)


def need_no_duty(draft: Draft) -> None:
    """A child's case does not end before each step that guards the child."""
    duties = [_worded(law) for law in holding(draft.case, draft.directory)]
    if duties:
        said = " ".join(duties)
        raise Refusal("legal_duty", f"Something must be on record first. {said}")


def _worded(law: Law) -> str:
    steps = " or ".join(f"happened --what {what}" for what in law.met_by)
    why = " (with --note TEXT)" if Happening.COUNSEL_REASON in law.met_by else ""
    return f"{law.title} ({law.section}): {steps}{why}."


# ------------------------------------------------------- what the worker hears


def limits(case: CaseFile, directory: Directory, at: datetime) -> tuple[Limit, ...]:
    """Return the rights of which half the time has gone, the next to pass first.

    One for each kind of help outside: two dates beside one number confuse.
    """
    found: dict[str, Limit] = {}
    for clock in sorted(case.statutory, key=lambda clock: clock.due_at):
        half = clock.remind_50_at
        is_now = half is not None and half <= at < clock.due_at and clock.is_running
        if is_now and _applies(case, directory, clock):
            limit = _limit(case, directory, clock)
            found.setdefault(limit.kind, limit)
    return tuple(found.values())


def _limit(case: CaseFile, directory: Directory, clock: Deadline) -> Limit:
    law = directory.law(id_of(clock))
    assert law is not None
    kinds = ("child", *law.route) if case.category is Category.CHLD else law.route
    zone = directory.calendar_for(case.site, case.country).zone
    day = day_of(clock.due_at, zone)
    for kind in kinds:
        number = _number(case, directory, kind)
        if number:
            return Limit(kind, number, day)
    return Limit("", "", day)


def _number(case: CaseFile, directory: Directory, kind: str) -> str:
    """Return the helpline's number, one in her language before any other."""
    lines = [
        line
        for line in directory.helplines
        if line.country == case.country and line.kind == kind
    ]
    own = [line for line in lines if case.language in line.language.split(";")]
    return next((line.number for line in own or lines), "")


def day_of(due_at: datetime, zone: ZoneInfo) -> date:
    """Return the last local day on which it can still be done."""
    return (due_at - _INSTANT).astimezone(zone).date()


def time_left(
    at: datetime, due_at: datetime, term: Duration, calendar: SiteCalendar
) -> Duration:
    """Return what is left of the term: hours, working days, or calendar days.

    Of days whole ones: today no longer counts, the last day does.
    """
    if term.unit in ("h", "m", "s"):
        return Duration(max(0, (due_at - at) // timedelta(hours=1)), "h")
    today = at.astimezone(calendar.zone).date()
    days = max(0, (day_of(due_at, calendar.zone) - today).days)
    if term.unit not in ("wd", "wh"):
        return Duration(days, "d")
    coming = (today + timedelta(days=n) for n in range(1, days + 1))
    return Duration(sum(calendar.is_working(day) for day in coming), "wd")
