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
from app.domain.ledger import clocks_set
from app.domain.promises import expected_due
from app.domain.taxonomy import Category, Clock
from tests.builders import (
    DAYS,
    DINDIGUL,
    GAZIPUR,
    HOURS,
    POLICY,
    PROGRAMME,
    TUESDAY,
    act,
    clock_of,
    due,
    id_of,
    kinds,
    opened,
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
