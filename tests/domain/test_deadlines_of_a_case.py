"""A case's clocks: opened, looked at, computed anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.data import load_default
from app.domain.calendar import SiteCalendar
from app.domain.case import CaseFile, Deadline, Pause
from app.domain.hours import parse_hours
from app.domain.policy import Entry
from app.domain.promises import next_look, open_clocks, recompute
from app.domain.taxonomy import Category, Clock, Route, Severity, State

DHAKA = ZoneInfo("Asia/Dhaka")
FACTORY = SiteCalendar(DHAKA, parse_hours("09:00-13:00;14:00-18:00"), frozenset({4}))
NO_SITE = SiteCalendar.every_day(DHAKA)

OPENED = datetime(2026, 9, 3, 4, tzinfo=UTC)  # Thursday, 10:00 in Dhaka
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOMEBODY = UUID(int=1)


def entry(category: Category, severity: Severity | None = None) -> Entry:
    return load_default().entry(category, severity)


OTHER, PAY, QUESTION = map(entry, (Category.OTHR, Category.WAGE, Category.INFO))
FORCED, HARASSMENT = entry(Category.FORC), entry(Category.GBVH)
PAY_S1 = entry(Category.WAGE, Severity.S1)


def case(held: Entry = OTHER, calendar: SiteCalendar = NO_SITE) -> CaseFile:
    return CaseFile(
        id=UUID(int=7),
        number="00000000",
        site=None,
        country="BD",
        category=held.category,
        severity=held.severity,
        state=State.RECEIVED,
        route=Route.PARTNER,
        conflict=None,
        language="bn",
        channel="sms",
        hotline="",
        opened_at=OPENED,
        policy_version="2026-01-01",
        deadlines=open_clocks(held, OPENED, calendar),
    )


def clock(of: CaseFile, name: Clock, round: int | None = None) -> Deadline:
    found = of.deadline(name, round)
    assert found is not None
    return found


def dues(of: CaseFile) -> dict[str, str]:
    return {
        d.name.value: d.due_at.astimezone(DHAKA).strftime("%m-%d %H:%M")
        for d in of.deadlines
    }


@pytest.mark.parametrize(
    ("held", "round", "names"),
    [
        pytest.param(PAY, 0, ["acknowledge", "first_action", "resolve"], id="pay"),
        pytest.param(QUESTION, 0, ["first_action", "resolve"], id="no-acknowledgement"),
        pytest.param(
            FORCED,
            0,
            ["acknowledge", "first_action", "resolve", "plan"],
            id="forced-labour-has-a-plan",
        ),
        pytest.param(
            FORCED, 1, ["first_action", "resolve"], id="reopened-two-promises-anew"
        ),
    ],
)
def test_clocks_are_those_of_the_entry(
    held: Entry, round: int, names: list[str]
) -> None:
    clocks = open_clocks(held, OPENED, FACTORY, round=round)
    assert [c.name for c in clocks] == names
    assert {c.round for c in clocks} == {round}
    assert {c.opened_at for c in clocks} == {OPENED}


# Acknowledge of GBVH: 4h, so reminders after 2h and 3h12.
@pytest.mark.parametrize(
    ("after", "first"),
    [
        pytest.param(timedelta(), 2 * HOUR, id="at-the-opening-the-first-reminder"),
        pytest.param(2 * HOUR, 2 * HOUR, id="a-reminder-that-is-due-now"),
        pytest.param(3 * HOUR, timedelta(minutes=192), id="a-stale-one-is-left-out"),
        pytest.param(3.5 * HOUR, 4 * HOUR, id="then-the-due-time"),
        pytest.param(9 * HOUR, 4 * HOUR, id="a-due-time-in-the-past-is-still-struck"),
    ],
)
def test_the_first_look(after: timedelta, first: timedelta) -> None:
    acknowledge, *_ = open_clocks(HARASSMENT, OPENED, FACTORY, at=OPENED + after)
    assert acknowledge.next_at == OPENED + first


@pytest.mark.parametrize(
    ("struck", "changes", "expected"),
    [
        pytest.param(timedelta(), {}, 2 * HOUR, id="nothing-struck"),
        pytest.param(
            2 * HOUR, {}, timedelta(minutes=192), id="after-the-first-reminder"
        ),
        pytest.param(3.5 * HOUR, {}, 4 * HOUR, id="after-both-reminders"),
        pytest.param(4 * HOUR, {}, 4 * HOUR, id="a-due-time-stays-until-it-is-struck"),
        pytest.param(4 * HOUR, {"missed_at": OPENED}, None, id="missed-is-the-end"),
        pytest.param(HOUR, {"met_at": OPENED}, None, id="met-is-the-end"),
        pytest.param(
            HOUR,
            {"remind_50_at": None, "remind_80_at": None},
            4 * HOUR,
            id="a-clock-without-reminders",
        ),
    ],
)
def test_the_next_look(
    struck: timedelta, changes: dict[str, datetime | None], expected: timedelta | None
) -> None:
    acknowledge, *_ = open_clocks(HARASSMENT, OPENED, FACTORY)
    found = next_look(replace(acknowledge, **changes), OPENED + struck)  # type: ignore[arg-type]
    assert found == (None if expected is None else OPENED + expected)


@pytest.mark.parametrize(
    ("now", "calendar", "may_be_later", "expected"),
    [
        pytest.param(
            PAY,
            FACTORY,
            False,
            {
                "acknowledge": "09-05 00:00",
                "first_action": "09-07 00:00",
                "resolve": "09-17 10:00",
            },
            id="a-milder-category-only-brings-the-earlier-resolve",
        ),
        pytest.param(
            PAY,
            FACTORY,
            True,
            {
                "acknowledge": "09-06 18:00",
                "first_action": "09-09 18:00",
                "resolve": "09-17 10:00",
            },
            id="a-partner-may-set-later-dates",
        ),
        pytest.param(
            PAY_S1,
            FACTORY,
            False,
            {
                "acknowledge": "09-03 14:00",
                "first_action": "09-04 10:00",
                "resolve": "09-17 10:00",
            },
            id="raised-to-s1-everything-is-sooner",
        ),
        pytest.param(
            FORCED,
            FACTORY,
            False,
            {
                "acknowledge": "09-03 14:00",
                "first_action": "09-04 10:00",
                "plan": "09-10 10:00",
                "resolve": "10-03 10:00",
            },
            id="a-clock-that-the-case-never-had-is-added",
        ),
        pytest.param(
            QUESTION,
            NO_SITE,
            True,
            {
                "acknowledge": "09-05 00:00",
                "first_action": "09-09 00:00",
                "resolve": "09-17 10:00",
            },
            id="a-clock-that-the-entry-lacks-stays",
        ),
    ],
)
def test_clocks_are_computed_anew_from_the_opening(
    now: Entry, calendar: SiteCalendar, may_be_later: bool, expected: dict[str, str]
) -> None:
    changed = recompute(
        case(), now, calendar, at=OPENED + HOUR, may_be_later=may_be_later
    )
    assert dues(changed) == expected


def test_clocks_met_or_missed_stay_as_they_are() -> None:
    before = case()
    met = replace(clock(before, Clock.ACKNOWLEDGE), met_at=OPENED + HOUR, next_at=None)
    missed = replace(clock(before, Clock.RESOLVE), missed_at=OPENED, next_at=None)
    before = before.with_deadline(met).with_deadline(missed)
    after = recompute(before, PAY_S1, FACTORY, at=OPENED + 2 * HOUR)
    assert clock(after, Clock.ACKNOWLEDGE) == met
    assert clock(after, Clock.RESOLVE) == missed
    assert clock(after, Clock.FIRST_ACTION).due_at == OPENED + DAY


def test_a_due_time_that_becomes_past_is_looked_at_at_once() -> None:
    changed = recompute(case(), PAY_S1, FACTORY, at=OPENED + 10 * HOUR)
    acknowledge = clock(changed, Clock.ACKNOWLEDGE)
    assert acknowledge.next_at == acknowledge.due_at == OPENED + 4 * HOUR


def test_what_does_not_move_keeps_a_reminder_still_to_be_struck() -> None:
    before = case(HARASSMENT)
    late = OPENED + 2.5 * HOUR  # the sweep has not come by since the reminder
    after = recompute(before, HARASSMENT, FACTORY, at=late)
    assert clock(after, Clock.ACKNOWLEDGE) == clock(before, Clock.ACKNOWLEDGE)


def test_a_reopened_round_is_computed_from_its_own_opening() -> None:
    reopened_at = OPENED + 20 * DAY
    over = [replace(d, met_at=OPENED + DAY, next_at=None) for d in case().deadlines]
    reopened = replace(
        case(),
        state=State.REOPENED,
        round=1,
        deadlines=(*over, *open_clocks(OTHER, reopened_at, NO_SITE, round=1)),
    )
    after = recompute(reopened, FORCED, FACTORY, at=reopened_at + HOUR)
    assert clock(after, Clock.FIRST_ACTION).due_at == reopened_at + DAY
    assert clock(after, Clock.PLAN).due_at == reopened_at + 7 * DAY
    assert clock(after, Clock.PLAN).round == 1
    assert clock(after, Clock.FIRST_ACTION, 0) == over[1]


def test_a_first_round_still_running_stays_the_first_round() -> None:
    reopened = replace(case(FORCED), state=State.REOPENED, round=1)
    child = entry(Category.CHLD)
    after = recompute(reopened, child, FACTORY, at=OPENED + HOUR, may_be_later=True)
    assert clock(after, Clock.PLAN, 0).due_at == OPENED + 14 * DAY
    assert after.deadline(Clock.PLAN, 1) is None


@pytest.mark.parametrize(
    ("state", "added"),
    [
        pytest.param(State.RECEIVED, True, id="nobody-has-read-it-yet"),
        pytest.param(State.IN_REVIEW, False, id="somebody-is-at-work-on-it"),
    ],
)
def test_an_acknowledgement_is_promised_only_to_an_unread_case(
    state: State, added: bool
) -> None:
    question = replace(case(QUESTION), state=state)
    after = recompute(question, PAY, FACTORY, at=OPENED + HOUR)
    assert (after.deadline(Clock.ACKNOWLEDGE) is not None) is added


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(State.RESOLVED, id="declared-solved"),
        pytest.param(State.CLOSED_REFERRED, id="closed"),
    ],
)
def test_a_case_that_is_over_gets_no_new_clock(state: State) -> None:
    over = replace(case(), state=state)
    assert (
        recompute(over, FORCED, FACTORY, at=OPENED + HOUR).deadline(Clock.PLAN) is None
    )


@pytest.mark.parametrize(
    ("held", "lasts", "resolve"),
    [
        pytest.param(OTHER, 2 * DAY, 32 * DAY, id="two-days"),
        pytest.param(OTHER, 19 * DAY, 37 * DAY, id="never-more-than-a-week"),
        pytest.param(
            replace(OTHER, severity=Severity.S1),
            2 * DAY,
            30 * DAY,
            id="an-s1-clock-never-stops",
        ),
    ],
)
def test_a_pause(held: Entry, lasts: timedelta, resolve: timedelta) -> None:
    began = OPENED + DAY
    pause = Pause(began, began + lasts, "waits_for_worker", SOMEBODY)
    paused = replace(case(), pauses=(pause,))
    after = recompute(paused, held, NO_SITE, at=began + DAY, may_be_later=True)
    assert clock(after, Clock.RESOLVE).due_at == OPENED + resolve
