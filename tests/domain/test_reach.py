"""A phone rings when it may, where the worker is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from app.domain.hours import Hours, Window, parse_hours
from app.domain.reach import (
    DAYTIME,
    PARTS,
    ROUND_THE_CLOCK,
    callable_windows,
    next_allowed,
)

DHAKA, KOLKATA = ZoneInfo("Asia/Dhaka"), ZoneInfo("Asia/Kolkata")
BERLIN = ZoneInfo("Europe/Berlin")


def dhaka(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of September 2026, whose first is a Tuesday."""
    return datetime(2026, 9, day, hour, minute, tzinfo=DHAKA).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "allowed", "part", "then"),
    [
        pytest.param(
            dhaka(1, 9), "", None, dhaka(1, 9), id="within-the-day-it-rings-now"
        ),
        pytest.param(dhaka(1, 7), "", None, dhaka(1, 8), id="nobody-is-woken"),
        pytest.param(dhaka(1, 21), "", None, dhaka(2, 8), id="nine-is-too-late"),
        pytest.param(
            dhaka(1, 20, 59), "", None, dhaka(1, 20, 59), id="a-minute-before-is-not"
        ),
        pytest.param(
            dhaka(1, 9), "", "evening", dhaka(1, 17), id="the-worker-said-evening"
        ),
        pytest.param(
            dhaka(1, 18), "", "morning", dhaka(2, 8), id="morning-is-tomorrow-at-eight"
        ),
        pytest.param(
            dhaka(1, 13),
            "09:00-12:00;14:00-16:00",
            "afternoon",
            dhaka(1, 14),
            id="the-numbers-lunch-break-holds",
        ),
        pytest.param(
            dhaka(1, 10),
            "09:00-12:00;14:00-16:00",
            "evening",
            dhaka(1, 14),
            id="an-evening-that-never-comes-is-the-late-afternoon",
        ),
        pytest.param(
            dhaka(1, 10),
            "sat 09:00-20:00;mon-thu 09:00-16:00",
            "evening",
            dhaka(5, 17),
            id="an-evening-that-comes-on-saturday-is-waited-for",
        ),
        pytest.param(
            dhaka(4, 10), "sat-thu 09:00-17:00", None, dhaka(5, 9), id="not-on-a-friday"
        ),
        pytest.param(
            dhaka(2, 1), "22:00-02:00", None, dhaka(2, 1), id="hours-past-midnight-hold"
        ),
        pytest.param(
            dhaka(2, 3), "22:00-02:00", None, dhaka(2, 22), id="until-they-end"
        ),
        pytest.param(
            dhaka(1, 23), "", "lunch", dhaka(2, 8), id="a-part-nobody-knows-is-none"
        ),
    ],
)
def test_next_allowed(
    at: datetime, allowed: str, part: str | None, then: datetime
) -> None:
    hours = parse_hours(allowed) if allowed else None
    assert next_allowed(at, DHAKA, hours, part) == then


def test_a_text_is_held_back_by_the_part_alone() -> None:
    assert next_allowed(dhaka(1, 3), DHAKA, ROUND_THE_CLOCK, None) == dhaka(1, 3)
    assert next_allowed(dhaka(1, 3), DHAKA, ROUND_THE_CLOCK, "any") == dhaka(1, 7)


def test_the_same_instant_is_another_hour_elsewhere() -> None:
    at = dhaka(1, 8)  # half past seven in Kolkata
    assert next_allowed(at, DHAKA, None, None) == at
    assert next_allowed(at, KOLKATA, None, None) == at + timedelta(minutes=30)


def test_a_window_that_summer_time_swallows_waits_for_the_next_day() -> None:
    hours = parse_hours("02:00-03:00")
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30; at 02:00 it is 03:00
    then = next_allowed(at, BERLIN, hours, None)
    assert then.astimezone(BERLIN) == datetime(2026, 3, 30, 2, tzinfo=BERLIN)


def test_hours_without_any_window_are_the_usual_ones() -> None:
    assert callable_windows(Hours(((),) * 7), None) == DAYTIME


MINUTES = st.integers(0, 1439)
WINDOWS = st.builds(
    lambda start, length: Window(start, min(start + length, start + 1440)),
    MINUTES,
    st.integers(1, 1440),
)
ANY_HOURS = st.builds(
    lambda days: Hours(tuple(days)),
    st.lists(st.lists(WINDOWS, max_size=2).map(tuple), min_size=7, max_size=7).filter(
        any
    ),
)
MOMENTS = st.datetimes(
    datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)
)
ZONES = st.sampled_from([DHAKA, KOLKATA, BERLIN, ZoneInfo("America/Sao_Paulo")])
SOME_PARTS = st.sampled_from([None, *PARTS])


@given(MOMENTS, ZONES, st.none() | ANY_HOURS, SOME_PARTS)
def test_the_next_moment_is_allowed_and_never_before(
    at: datetime, zone: ZoneInfo, allowed: Hours | None, part: str | None
) -> None:
    then = next_allowed(at, zone, allowed, part)
    assert at <= then <= at + timedelta(days=8, hours=1)
    assert next_allowed(then, zone, allowed, part) == then
    local = then.astimezone(zone)
    minute = local.hour * 60 + local.minute
    # Just after a jump of the clock the hour may look an hour late.
    windows = callable_windows(allowed, part).by_weekday[local.weekday()]
    assert any(w.start <= minute < w.end + 60 for w in windows)


@given(ANY_HOURS, SOME_PARTS)
def test_a_part_never_opens_what_the_number_closes(
    allowed: Hours, part: str | None
) -> None:
    open_now = callable_windows(allowed, None).by_weekday
    for day, windows in enumerate(callable_windows(allowed, part).by_weekday):
        for window in windows:
            assert any(
                w.start <= window.start and window.end <= w.end for w in open_now[day]
            )


@given(ANY_HOURS, st.sampled_from(sorted(PARTS)))
def test_where_part_and_hours_meet_nothing_lies_outside_the_part(
    allowed: Hours, part: str
) -> None:
    wanted = PARTS[part]
    meets = any(
        max(w.start, wanted.start) < min(w.end, wanted.end)
        for day in callable_windows(allowed, None).by_weekday
        for w in day
    )
    kept = [w for d in callable_windows(allowed, part).by_weekday for w in d]
    inside = all(wanted.start <= w.start and w.end <= wanted.end for w in kept)
    assert kept
    assert inside is meets
