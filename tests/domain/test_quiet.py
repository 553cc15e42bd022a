"""What waits for the morning, and when the morning is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from app.domain.quiet import after_quiet, parse_quiet

DHAKA, AMSTERDAM = ZoneInfo("Asia/Dhaka"), ZoneInfo("Europe/Amsterdam")
NIGHT = parse_quiet("21:00-07:00")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("2026-09-01T20:59", "2026-09-01T20:59", id="not-quiet-yet"),
        pytest.param("2026-09-01T21:00", "2026-09-02T07:00", id="until-the-morning"),
        pytest.param("2026-09-02T06:59", "2026-09-02T07:00", id="of-the-same-day"),
        pytest.param("2026-09-02T07:00", "2026-09-02T07:00", id="the-night-is-over"),
    ],
)
def test_a_night(at: str, expected: str) -> None:
    then = after_quiet(datetime.fromisoformat(at).replace(tzinfo=DHAKA), DHAKA, NIGHT)
    assert then.astimezone(DHAKA).isoformat()[:16] == expected


def test_two_quiet_times_that_meet_are_one() -> None:
    windows = parse_quiet("21:00-06:00;06:00-08:00")
    at = datetime(2026, 9, 1, 23, 0, tzinfo=DHAKA)
    then = after_quiet(at, DHAKA, windows)
    assert then.astimezone(DHAKA).isoformat()[:16] == "2026-09-02T08:00"


def test_the_morning_is_the_walls_whatever_the_clocks_do() -> None:
    at = datetime(2026, 10, 24, 22, 0, tzinfo=AMSTERDAM)  # clocks go back at three
    assert after_quiet(at, AMSTERDAM, NIGHT) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_without_quiet_hours_nothing_waits() -> None:
    at = datetime(2026, 9, 1, 23, 0, tzinfo=DHAKA)
    assert after_quiet(at, DHAKA, ()) == at


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda at: at.replace(tzinfo=UTC)
    ),
    st.sampled_from(["21:00-07:00", "00:00-06:00", "12:00-14:00;20:00-05:00"]),
    st.sampled_from([DHAKA, AMSTERDAM]),
)
def test_it_is_never_earlier_and_never_quiet(
    at: datetime, text: str, zone: ZoneInfo
) -> None:
    windows = parse_quiet(text)
    then = after_quiet(at, zone, windows)
    assert timedelta() <= then - at <= timedelta(hours=11)
    assert after_quiet(then, zone, windows) == then
