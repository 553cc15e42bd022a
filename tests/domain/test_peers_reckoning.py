"""How other systems reckoned around holidays, nights and breaks; and how we do.

Each docstring names the public thread. What went wrong with the clocks of a
case stands in test_peers_misfires.py.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendar import HolidayRow, SiteCalendar, build_calendar
from app.domain.deadlines import due as reckon
from app.domain.durations import parse_duration
from app.domain.hours import parse_hours

DHAKA = ZoneInfo("Asia/Dhaka")


def dhaka(
    *holidays: tuple[date, date, str], hours: str = "09:00-17:00"
) -> SiteCalendar:
    rows = [HolidayRow("BD", day, until, name, None) for day, until, name in holidays]
    friday = frozenset({4})
    return build_calendar(DHAKA, parse_hours(hours), friday, rows, ("BD",))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DHAKA)


EID = dhaka((date(2026, 5, 25), date(2026, 5, 31), "Eid-ul-Azha"))


@pytest.mark.parametrize(
    ("promise", "opened_at", "hold", "expected"),
    [
        pytest.param(
            "8wh", "2026-09-02 09:00", ("2026-09-02 17:00", "2026-09-03 09:00"),
            "2026-09-02 17:00", id="a-hold-at-night-costs-no-working-time",
        ),
        pytest.param(
            "8wh", "2026-09-02 13:00", ("2026-09-02 17:00", "2026-09-03 09:00"),
            "2026-09-03 13:00", id="a-hold-at-night-within-the-promise",
        ),
        pytest.param(
            "8wh", "2026-09-03 13:00", ("2026-09-04 00:00", "2026-09-05 00:00"),
            "2026-09-05 13:00", id="a-hold-on-the-friday",
        ),
        pytest.param(
            "8wh", "2026-05-24 13:00", ("2026-05-25 09:00", "2026-05-31 09:00"),
            "2026-06-01 13:00", id="a-hold-while-closed-for-eid",
        ),
        pytest.param(
            "8wh", "2026-05-24 16:00", ("2026-06-01 10:00", "2026-06-01 12:00"),
            "2026-06-02 10:00", id="opened-before-eid-and-held-after-it",
        ),
        pytest.param(
            "1wd", "2026-09-04 11:00", ("2026-09-04 12:00", "2026-09-05 08:00"),
            "2026-09-05 17:00", id="opened-and-held-on-the-rest-day",
        ),
        pytest.param(
            "2wd", "2026-05-23 10:00", ("2026-05-26 09:00", "2026-05-30 09:00"),
            "2026-06-01 17:00", id="working-days-held-while-closed-for-eid",
        ),
    ],
)  # fmt: skip
def test_frappe_2449_a_hold_costs_the_working_time_in_it_and_no_more(
    promise: str, opened_at: str, hold: tuple[str, str], expected: str
) -> None:
    """frappe/helpdesk PR #2449: the hold was added to the time of creation.

    That is wrong where either lies on a holiday, a rest day or a night.
    """
    since, until = map(local, hold)
    duration = parse_duration(promise)
    found = reckon(local(opened_at), duration, EID, pauses=[(since, until)])
    assert found.due_at == local(expected)
    # As it was reckoned there, every one of these falls due at another time.
    shifted = local(opened_at) + (until - since)
    assert reckon(shifted, duration, EID).due_at != found.due_at


def test_chatwoot_14009_the_lunch_break_is_no_working_time() -> None:
    """chatwoot/chatwoot #14009: one period a day, so 12:30 counted as worked."""
    calendar = dhaka(hours="08:00-12:00;13:30-18:00")
    one_hour = parse_duration("1wh")
    assert reckon(local("2026-09-02 12:30"), one_hour, calendar).due_at == local(
        "2026-09-02 14:30"
    )
    assert reckon(local("2026-09-02 11:30"), one_hour, calendar).due_at == local(
        "2026-09-02 14:00"
    )


def test_chatwoot_5254_hours_may_end_after_midnight() -> None:
    """chatwoot/chatwoot #5254: 21:00 to 02:00 was refused."""
    calendar = dhaka(hours="21:00-02:00")
    found = reckon(local("2026-09-02 23:00"), parse_duration("4wh"), calendar)
    assert found.due_at == local("2026-09-03 22:00")


def test_chatwoot_6467_a_holiday_is_no_working_time() -> None:
    """chatwoot/chatwoot #6467: no day could be set as off but the weekly ones."""
    opened_at = local("2026-05-24 16:00")
    for promise, expected in (("1wd", "2026-06-01 17:00"), ("2wh", "2026-06-01 10:00")):
        found = reckon(opened_at, parse_duration(promise), EID)
        assert found.due_at == local(expected)
