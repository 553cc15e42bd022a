"""The rehearsal's parts: working time, temperaments, arrivals, differences."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from app.domain.taxonomy import Category
from app.rehearsal.cast import Tale, tales
from app.rehearsal.outcome import differences
from app.rehearsal.people import Temper, Tempers
from app.rehearsal.plan import Plan, Shares
from app.rehearsal.rehearse import months_after, rehearse
from app.rehearsal.working_time import WorkingTime, WorkingTimes
from tests.builders import GAZIPUR, PROGRAMME
from tests.rehearsal.people import MIXED, START

END = START + timedelta(days=60)
# Nine to one and two to six in Dhaka, which is UTC+6; Friday is the day of rest.
GAZIPURS = WorkingTime.of(PROGRAMME.calendars[GAZIPUR], START, END)


@pytest.mark.parametrize(
    ("at", "days", "then"),
    [
        pytest.param("01T03:00", 0.5, "01T08:00", id="noon-is-after-the-break"),
        pytest.param("01T04:00", 0.5, "01T09:00", id="the-break-is-not-worked"),
        pytest.param("01T20:00", 0.125, "02T04:00", id="an-evening-waits-for-morning"),
        pytest.param("03T11:00", 0.25, "05T04:00", id="friday-is-no-working-day"),
        pytest.param("04T08:00", 1.125, "06T04:00", id="a-day-is-eight-hours"),
    ],
)
def test_time_is_counted_while_it_is_worked(at: str, days: float, then: str) -> None:
    moments = [datetime.fromisoformat(f"2026-09-{text}+00:00") for text in (at, then)]
    assert GAZIPURS.after(moments[0], days) == moments[1]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 40 * 24 * 60), st.integers(1, 4000))
def test_working_time_is_that_of_a_minute_by_minute_count(at: int, length: int) -> None:
    opened = START + timedelta(minutes=at)
    found = GAZIPURS.after(opened, length / (8 * 60))
    windows = [
        span
        for n in range(-1, 62)
        for span in PROGRAMME.calendars[GAZIPUR].windows(
            (START + timedelta(days=n)).date()
        )
    ]
    worked = sum(
        (
            max(min(end, found or END) - max(start, opened), timedelta())
            for start, end in windows
        ),
        timedelta(),
    )
    if found is None:
        assert worked < timedelta(minutes=length)
    else:
        assert abs(worked - timedelta(minutes=length)) < timedelta(seconds=1)


def test_after_the_last_window_nothing_is_ever_done() -> None:
    assert GAZIPURS.after(END, 2.0) is None


def test_a_case_without_a_site_is_read_in_office_hours() -> None:
    office = WorkingTimes(PROGRAMME, START, END).at(None, "BD")
    assert office.day == timedelta(hours=8)
    friday = datetime(2026, 9, 4, 5, tzinfo=UTC)
    found = office.after(friday, 0.1)
    assert found is not None
    assert found.date() == datetime(2026, 9, 5, tzinfo=UTC).date()


# -------------------------------------------------------------- temperaments


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        pytest.param(Shares(60, 30, 10), (2, 1, 0), id="the-largest-remainders"),
        pytest.param(Shares(1, 1, 1), (1, 1, 1), id="one-each"),
        pytest.param(Shares(0, 0, 5), (0, 0, 3), id="weights-not-per-cents"),
    ],
)
def test_shares_are_allotted_exactly(shares: Shares, expected: tuple[int, ...]) -> None:
    drawn = Tempers.drawn(PROGRAMME, Plan(committees=shares), seed=4)
    counts = Counter(drawn.sites.values())
    assert tuple(counts[temper] for temper in Temper) == expected


def test_which_site_answers_how_is_chance() -> None:
    plan = Plan(committees=Shares(2, 1, 0))
    late = {
        next(site for site, temper in drawn.sites.items() if temper == Temper.LATE)
        for drawn in (Tempers.drawn(PROGRAMME, plan, seed) for seed in range(20))
    }
    assert late == set(PROGRAMME.sites)


# -------------------------------------------------------------------- arrivals


def cast(plan: Plan = MIXED, *, cases: int = 400, seed: int = 1) -> list[Tale]:
    return tales(PROGRAMME, plan, cases=cases, seed=seed, start=START, until=END)


def test_cases_come_in_order_within_the_time_asked_for() -> None:
    comings = [tale.at for tale in cast()]
    assert comings == sorted(comings)
    assert START <= comings[0] <= comings[-1] < END
    assert len({tale.seed.number for tale in cast()}) == 400


def test_a_changed_share_leaves_everything_else_as_it_was() -> None:
    usual, dangerous = cast(), cast(replace(MIXED, danger=1.0))
    assert not all(tale.is_danger for tale in usual)
    assert [replace(t, is_danger=True) for t in usual] == dangerous


def test_the_mix_is_that_of_the_plan() -> None:
    counts = Counter(tale.category for tale in cast(cases=4000))
    assert 0.26 < counts[Category.WAGE] / 4000 < 0.32
    assert 0.06 < counts[Category.GBVH] / 4000 < 0.10
    only = cast(replace(MIXED, categories={Category.WASH: 1}))
    assert {tale.category for tale in only} == {Category.WASH}


# ----------------------------------------------------------------- differences


def test_a_count_that_one_year_lacks_is_none_and_a_share_is_unknown() -> None:
    one = rehearse(PROGRAMME, MIXED, months=1, cases=30, seed=1, start=START)
    two = replace(one, states={**one.states, "reopened": 3}, clocks=())
    rows = {(row.group, row.name): row for row in differences(one, two)}
    reopened = rows["cases", "reopened"]
    assert (reopened.before, reopened.after, reopened.change) == (0, 3, 3)
    kept = rows["kept in time", "resolve S3"]
    assert (kept.after, kept.change) == (None, None)
    assert kept.before is not None


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        pytest.param("2026-12-01", 12, "2027-12-01", id="a-year"),
        pytest.param("2026-12-01", 1, "2027-01-01", id="over-the-turn-of-the-year"),
        pytest.param("2027-01-31", 1, "2027-03-03", id="a-day-february-has-not"),
    ],
)
def test_months_are_those_of_the_calendar(start: str, months: int, then: str) -> None:
    first = datetime.fromisoformat(f"{start}T00:00+00:00")
    assert months_after(first, months).date().isoformat() == then
