"""What an import never moves, and what two people may move with a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import commands as verbs
from app.domain.calendar import HolidayRow, SiteCalendar
from app.domain.calendar_text import (
    CalendarText,
    calendar_text,
    parse_calendar,
    version_of,
)
from app.domain.directory import Directory
from app.domain.hours import Window, parse_hours
from app.domain.laws import Happening
from app.domain.ledger import clocks_set
from app.domain.promises import expected_due
from app.domain.strike import strike
from app.domain.taxonomy import Category, Clock, Route, State
from tests.builders import (
    DAYS,
    DINDIGUL,
    GAZIPUR,
    HOURS,
    PARTNERS,
    POLICY,
    PROGRAMME,
    TUESDAY,
    act,
    clock_of,
    due,
    id_of,
    kinds,
    opened,
    told,
)

NOTE = "The festival was announced late."
OLD = PROGRAMME.calendars[GAZIPUR]
CLOSED = HolidayRow(GAZIPUR, date(2026, 9, 1), date(2026, 9, 12), "Festival", None)
RECALCULATE = verbs.Recalculate(id_of("admin"), note=NOTE)


def _imported(closed: HolidayRow = CLOSED) -> Directory:
    """Return the programme after a holiday was imported for Gazipur."""
    now = replace(OLD, exceptions=(closed,), id=f"{GAZIPUR}/2")
    past = {
        OLD.id: CalendarText(datetime(2026, 1, 1, tzinfo=UTC), calendar_text(OLD)),
        now.id: CalendarText(TUESDAY, calendar_text(now)),
    }
    return replace(
        PROGRAMME,
        version=2,
        calendars={**PROGRAMME.calendars, GAZIPUR: now},
        past_calendars=past,
    )


def test_a_clock_names_the_promise_and_the_calendar_it_runs_on() -> None:
    clock = clock_of(opened(), Clock.RESOLVE)
    assert (clock.promise, clock.calendar, clock.paused) == ("14d", f"{GAZIPUR}/1", 0)


def test_an_import_moves_no_clock_that_runs_and_every_one_that_starts() -> None:
    case = opened()
    later = opened(directory=_imported())
    assert due(later, Clock.ACKNOWLEDGE) > due(case, Clock.ACKNOWLEDGE)
    for command, name in (
        (verbs.SetCategory(Category.HOUR), "gaz-com-m1"),
        (verbs.Pause(id_of("admin"), note=NOTE), "partner-bd"),
    ):
        after = act(case, command, name, directory=_imported()).case
        clock = clock_of(after, Clock.ACKNOWLEDGE)
        assert clock.calendar == OLD.id
        at_most = due(case, Clock.ACKNOWLEDGE) + 7 * DAYS
        assert clock.due_at <= at_most < due(later, Clock.ACKNOWLEDGE)


def test_two_people_with_a_reason_move_it_to_todays_calendar() -> None:
    case, directory = opened(), _imported()
    decision = act(case, RECALCULATE, "partner-bd", directory=directory)
    assert decision.refusal is None
    anew = opened(directory=directory)
    for name in (Clock.ACKNOWLEDGE, Clock.FIRST_ACTION, Clock.RESOLVE):
        assert due(decision.case, name) == due(anew, name)
        assert clock_of(decision.case, name).calendar == f"{GAZIPUR}/2"
    assert kinds(decision) == ["clocks.recalculated", "clock.moved", "clock.moved"]
    facts = decision.events[0].facts
    assert facts == {
        "note": NOTE,
        "second": str(id_of("admin")),
        "policy": POLICY.version,
        "calendar": f"{GAZIPUR}/2",
    }


def test_another_policy_may_be_named() -> None:
    case = opened()
    shorter = replace(
        POLICY,
        version="2026-08-01",
        entries=tuple(
            replace(e, resolve=replace(e.resolve, amount=1)) for e in POLICY.entries
        ),
    )
    directory = replace(PROGRAMME, policies=(POLICY, shorter))
    command = replace(RECALCULATE, policy="2026-08-01")
    after = act(case, command, "partner-bd", directory=directory).case
    assert after.policy_version == "2026-08-01"
    assert due(after, Clock.RESOLVE) == TUESDAY + 1 * DAYS


@pytest.mark.parametrize(
    ("command", "name", "says"),
    [
        pytest.param(
            replace(RECALCULATE, note=" "), "partner-bd", "reason", id="no-reason"
        ),
        pytest.param(
            replace(RECALCULATE, second=id_of("partner-bd")),
            "partner-bd",
            "second person",
            id="one-person-twice",
        ),
        pytest.param(
            replace(RECALCULATE, second=id_of("gaz-com-w1")),
            "partner-bd",
            "second person",
            id="a-member-of-the-committee-does-not-agree-for-it",
        ),
        pytest.param(RECALCULATE, "gaz-com-m1", "Only a partner", id="the-committee"),
        pytest.param(
            replace(RECALCULATE, policy="2031-01-01"),
            "partner-bd",
            "no policy of 2031-01-01",
            id="an-unknown-policy",
        ),
    ],
)
def test_nobody_else_moves_them(
    command: verbs.Recalculate, name: str, says: str
) -> None:
    decision = act(opened(), command, name, directory=_imported())
    assert decision.refusal is not None
    assert says in decision.refusal
    assert decision.case == opened()


def test_what_was_met_or_missed_stays_where_it_was() -> None:
    met = act(opened(), verbs.Acknowledge(), "gaz-com-m1").case
    after = act(met, RECALCULATE, "partner-bd", directory=_imported()).case
    assert clock_of(after, Clock.ACKNOWLEDGE) == clock_of(met, Clock.ACKNOWLEDGE)


def test_every_due_time_follows_from_its_own_basis() -> None:
    directory = _imported()
    case = act(opened(), verbs.Pause(id_of("admin"), note=NOTE), "partner-bd").case
    case = act(
        case, verbs.Resume(), "partner-bd", at=TUESDAY + 3 * DAYS, directory=directory
    ).case
    for clock in case.deadlines:
        calendar = directory.calendar_named(clock.calendar)
        assert calendar is not None
        assert expected_due(clock, case.pauses, calendar) == clock.due_at
    assert clock_of(case, Clock.RESOLVE).paused == 1


def test_what_was_set_is_named_once_each_time() -> None:
    before = opened()
    after = act(before, verbs.Acknowledge(), "gaz-com-m1").case
    assert clocks_set(before, after) == []
    names = [fact["clock"] for fact in clocks_set(None, before)]
    assert sorted(names) == ["acknowledge", "first_action", "resolve"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"{DINDIGUL}/12", (DINDIGUL, 12)),
        ("zone:Asia/Dhaka", ("zone:Asia/Dhaka", 0)),
        ("", ("", 0)),
    ],
)
def test_the_id_of_a_version(written: str, read: tuple[str, int]) -> None:
    assert version_of(written) == read


def test_a_calendar_is_read_as_it_was_written() -> None:
    calendar = SiteCalendar(
        ZoneInfo("Asia/Kolkata"),
        parse_hours("sat-wed 08:00-12:00,13:00-17:00;thu 22:00-06:00"),
        frozenset({4}),
        (
            HolidayRow("IN", date(2026, 1, 14), None, "பொங்கல்", None),
            HolidayRow(
                "*", date(2026, 2, 18), date(2026, 3, 19), "", (Window(480, 900),)
            ),
        ),
    )
    assert parse_calendar(calendar_text(calendar)) == calendar


def test_every_day_is_a_version_of_its_own() -> None:
    clock = clock_of(opened(site=None), Clock.RESOLVE)
    assert clock.calendar == "zone:Asia/Dhaka"
    calendar = PROGRAMME.calendar_named(clock.calendar)
    assert calendar == SiteCalendar.every_day(ZoneInfo("Asia/Dhaka"))
    assert PROGRAMME.calendar_named("999999/1") is None
    assert clock.due_at - clock.opened_at == 14 * 24 * HOURS


def _under(route: Route) -> Directory:
    """Return the programme with a newer policy that routes wages elsewhere."""
    entries = tuple(
        replace(e, route=route) if e.category is Category.WAGE else e
        for e in POLICY.entries
    )
    newer = replace(POLICY, version="2026-08-01", entries=entries)
    return replace(PROGRAMME, policies=(POLICY, newer))


def test_a_policy_that_routes_otherwise_moves_the_case_as_well() -> None:
    command = replace(RECALCULATE, policy="2026-08-01")
    decision = act(opened(), command, "partner-bd", directory=_under(Route.PARTNER))
    assert decision.case.route is Route.PARTNER
    assert "case.rerouted" in kinds(decision)
    assert told(decision, "case_new") == PARTNERS


def test_no_policy_takes_a_case_into_the_factory_by_itself() -> None:
    directory = _under(Route.PARTNER)
    case = opened(directory=directory, at=TUESDAY)
    assert case.route is Route.PARTNER
    back = replace(RECALCULATE, policy=POLICY.version)
    decision = act(case, back, "partner-bd", directory=directory)
    assert decision.refusal is not None
    assert "hand it back first" in decision.refusal
    assert decision.case == case


@pytest.mark.parametrize(
    "command", [RECALCULATE, verbs.Pause(id_of("admin"), note=NOTE)]
)
def test_whoever_was_named_as_agreeing_hears_of_it(command: verbs.StaffVerb) -> None:
    decision = act(opened(), command, "partner-bd", directory=_imported())
    assert told(decision, "second_named") == {"admin"}


def test_a_clock_without_a_basis_that_is_past_is_not_saved_by_a_pause() -> None:
    old = replace(clock_of(opened(), Clock.ACKNOWLEDGE), promise="", calendar="")
    case = opened().with_deadline(old)
    late = old.due_at + HOURS
    after = act(case, verbs.Pause(id_of("admin"), note=NOTE), "partner-bd", at=late)
    assert clock_of(after.case, Clock.ACKNOWLEDGE) == old


def test_what_is_no_longer_a_childs_case_is_promised_anew() -> None:
    """Its solution was declared, nobody confirmed it, and it was kept open."""
    case = opened(category=Category.CHLD)
    acts = (
        verbs.Acknowledge(),
        verbs.Plan(),
        verbs.Happened(Happening.CHILD_ASSESSED),
        verbs.Resolve(note=NOTE),
    )
    for number, command in enumerate(acts):
        decision = act(
            case, command, "partner-bd", at=TUESDAY + (number + 1) * 24 * HOURS
        )
        assert decision.refusal is None, decision.refusal
        case = decision.case
    late = TUESDAY + 40 * DAYS
    kept = strike(case, PROGRAMME, False, late).case
    assert kept.state is State.IN_REMEDIATION
    other = verbs.SetCategory(Category.WAGE, note=NOTE)
    wages = act(kept, other, "partner-bd", at=late + HOURS).case
    running = {c.name for c in wages.deadlines if c.is_running}
    assert {Clock.FIRST_ACTION, Clock.RESOLVE} <= running
