"""What may be told of a due time: never the minute of the complaint before it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from app.domain.coarse import hour_of, shown_due, told_due
from app.domain.durations import parse_term
from app.domain.permissions import Field, may_see
from app.domain.taxonomy import Role

# Full hours of these places are no full hours of UTC.
ZONES = [ZoneInfo(z) for z in ("Asia/Dhaka", "Asia/Kolkata", "Asia/Kathmandu")]
DHAKA = ZONES[0]
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=DHAKA)

hours = st.integers(0, 20_000).map(lambda n: NOON + timedelta(hours=n))
within = st.timedeltas(timedelta(), timedelta(hours=1) - timedelta(microseconds=1))


@given(
    hours, within, st.sampled_from(["4h", "24h", "72h", "14d"]), st.sampled_from(ZONES)
)
def test_every_minute_of_an_hour_is_told_alike(
    hour: datetime, into: timedelta, promise: str, zone: ZoneInfo
) -> None:
    begun = hour_of(hour, zone)
    runs = parse_term(promise).elapsed
    due_at, on_the_hour = begun + into + runs, begun + runs
    for since in (begun - timedelta(hours=3), begun + runs / 2, due_at):
        shown = shown_due(due_at, promise, zone, sees_moment=False)
        assert shown == on_the_hour
        told = told_due(due_at, zone, since)
        if isinstance(told, datetime):
            assert told == on_the_hour
            assert due_at - since < timedelta(days=1)
        assert str(told) in (str(on_the_hour), str(told_due(on_the_hour, zone, since)))


@pytest.mark.parametrize(
    ("due_at", "since", "told"),
    [
        pytest.param(
            NOON + timedelta(days=3, minutes=23), NOON, date(2026, 9, 4), id="a-day"
        ),
        pytest.param(
            NOON + timedelta(hours=4, minutes=23),
            NOON,
            NOON + timedelta(hours=4),
            id="an-hour",
        ),
        pytest.param(
            datetime(2026, 9, 5, 0, 0, tzinfo=DHAKA),
            NOON,
            date(2026, 9, 4),
            id="the-end-of-a-day-is-of-that-day",
        ),
        pytest.param(
            NOON - timedelta(hours=2, minutes=7), NOON, date(2026, 9, 1), id="past"
        ),
    ],
)
def test_how_a_message_tells_it(
    due_at: datetime, since: datetime, told: date | datetime
) -> None:
    assert told_due(due_at.astimezone(UTC), DHAKA, since) == told


def test_the_end_of_a_working_day_tells_nothing_and_is_shown() -> None:
    half_past = NOON + timedelta(hours=5, minutes=30)
    assert shown_due(half_past, "2wd", DHAKA, sees_moment=False) == half_past
    assert shown_due(half_past, "24h", DHAKA, sees_moment=True) == half_past


def test_who_may_know_the_minute() -> None:
    assert {role for role in Role if may_see(role, Field.MOMENT)} == {
        Role.PARTNER,
        Role.ADMIN,
    }
