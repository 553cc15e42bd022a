"""The verifier's reckoning of due times against the engine's, to the microsecond."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings, strategies as st

from app.domain.calendar import SiteCalendar
from app.domain.calendar_text import calendar_text
from app.domain.deadlines import due as due_by_engine
from app.domain.durations import Duration
from app.verifier.verify_ledger import EPOCH, MICRO, Calendar, due
from tests.domain.test_deadlines_properties import (
    calendars,
    durations,
    pauses,
    precise_instants,
)
from tests.domain.test_engine_oracle import (
    DAY,
    LONGEST,
    Spec,
    calendar_of,
    opening_days,
    specs,
    to_instant,
)

EXAMPLES = 5000 if os.environ.get("THREADLINE_TEST_TIER") == "all" else 150
Span = tuple[datetime, datetime]

many = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck)
)
soon = st.lists(
    st.tuples(st.integers(-24, 24 * 20), st.integers(0, 24 * 5)), max_size=3
)


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICRO


def agree(
    calendar: SiteCalendar, opened: datetime, promise: Duration, paused: Sequence[Span]
) -> None:
    wanted = due_by_engine(opened, promise, calendar, pauses=paused).due_at
    found = due(
        micros(opened),
        str(promise),
        Calendar(calendar_text(calendar)),
        [(micros(since), micros(until)) for since, until in paused],
    )
    assert EPOCH + found * MICRO == wanted


@many
@given(calendars, precise_instants, durations(), pauses())
def test_of_any_promise(
    calendar: SiteCalendar, opened: datetime, promise: Duration, paused: list[Span]
) -> None:
    agree(calendar, opened, promise, paused)


@many
@given(
    specs,
    opening_days,
    st.integers(0, DAY - 1),
    st.sampled_from(list(LONGEST)),
    st.integers(1, 30),
    soon,
)
def test_where_clocks_change(
    spec: Spec, day: int, minute: int, unit: str, amount: int, after: list[Span]
) -> None:
    opened = to_instant(day * DAY + minute)
    paused = [
        (opened + timedelta(hours=start), opened + timedelta(hours=start + hours))
        for start, hours in after
    ]
    agree(calendar_of(spec), opened, Duration(amount, unit), paused)  # type: ignore


def test_pauses_end_after_seven_days() -> None:
    week = SiteCalendar.every_day(ZoneInfo("Asia/Dhaka"))
    opened = datetime(2026, 9, 3, 9, tzinfo=UTC)
    paused = [(opened, opened + timedelta(days=9))]
    agree(week, opened, Duration(4, "h"), paused)
    found = due(
        micros(opened),
        "4h",
        Calendar.every_day("Asia/Dhaka"),
        [(micros(opened), micros(opened + timedelta(days=9)))],
    )
    assert EPOCH + found * MICRO == opened + timedelta(days=7, hours=4)
