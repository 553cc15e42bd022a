"""A due time explained date by date, so that anybody can add it up."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.calendar import SiteCalendar
from app.domain.deadlines import Day, Span, due, explain
from app.domain.durations import parse_term
from app.domain.errors import BadInput
from tests.domain.test_deadlines import (
    EID_WEEK,
    FACTORY,
    GERMAN,
    NIGHT_SHIFT,
    NO_SITE,
    SATURDAY_EID,
    local,
    shown,
    site,
)

NAMELESS = site(("2026-09-05", "", "", ""))


def line(day: Day, calendar: SiteCalendar) -> str:
    """Write a day as a person would: date, what it was, what counted, the sums."""
    shown = " ".join(
        f"{start.astimezone(calendar.zone):%H:%M}-{end.astimezone(calendar.zone):%H:%M}"
        for start, end in day.counted
    )
    sums = f"{_hours(day.time)} {_hours(day.time_so_far)}"
    if day.working_days_so_far:
        sums += f" {day.working_days}/{day.working_days_so_far}"
    words = (f"{day.date:%d}", day.kind.value, day.reason, shown, sums)
    return " ".join(filter(None, words))


def _hours(time: timedelta) -> str:
    return f"{time / timedelta(hours=1):g}h"


@pytest.mark.parametrize(
    ("calendar", "opened", "term", "pauses", "lines"),
    [
        pytest.param(
            SATURDAY_EID, "03 16:00", "2wd", [],
            [
                "03 opening 16:00-18:00 2h 2h",
                "04 rest 0h 2h",
                "05 holiday Eid 0h 2h",
                "06 counted 09:00-13:00 14:00-18:00 8h 10h 1/1",
                "07 counted 09:00-13:00 14:00-18:00 8h 18h 1/2",
            ],
            id="working-days",
        ),
        pytest.param(
            NAMELESS, "03 17:00", "1wd", [],
            [
                "03 opening 17:00-18:00 1h 1h",
                "04 rest 0h 1h",
                "05 holiday 0h 1h",
                "06 counted 09:00-13:00 14:00-18:00 8h 9h 1/1",
            ],
            id="a-holiday-without-a-name",
        ),
        pytest.param(
            FACTORY, "03 16:00", "1wd",
            [("04 20:00", "05 20:00"), ("06 09:00", "06 10:00")],
            [
                "03 opening 16:00-18:00 2h 2h",
                "04 rest 0h 2h",
                "05 paused 0h 2h",
                "06 partly_paused 10:00-13:00 14:00-18:00 7h 9h 1/1",
            ],
            id="a-day-in-a-pause-and-one-that-is-partly",
        ),
        pytest.param(
            FACTORY, "03 16:00", "8wh", [("05 09:00", "05 11:00")],
            [
                "03 opening 16:00-18:00 2h 2h",
                "04 rest 0h 2h",
                "05 partly_paused 11:00-13:00 14:00-18:00 6h 8h",
            ],
            id="working-hours-end-with-the-last-of-them",
        ),
        pytest.param(
            NIGHT_SHIFT, "02 02:00", "1wd", [],
            [
                "02 opening 02:00-06:00 22:00-06:00 12h 12h",
                "03 counted 22:00-06:00 8h 20h 1/1",
            ],
            id="a-night-belongs-to-the-date-it-starts-on",
        ),
        pytest.param(
            EID_WEEK, "03 22:00", "4h", [("03 23:00", "03 23:30")],
            [
                "03 opening 22:00-23:00 23:30-00:00 1.5h 1.5h",
                "04 counted 00:00-02:30 2.5h 4h",
            ],
            id="hours-through-the-night",
        ),
        pytest.param(
            FACTORY, "03 10:00", "2d", [("04 08:00", "05 09:00")],
            [
                "03 opening 10:00-00:00 14h 14h",
                "04 partly_paused 00:00-08:00 8h 22h",
                "05 partly_paused 09:00-00:00 15h 37h",
                "06 counted 00:00-11:00 11h 48h",
            ],
            id="calendar-days-moved-by-a-pause-of-25-hours",
        ),
        pytest.param(
            FACTORY, "03 10:00", "1d", [("03 10:00", "05 00:00")],
            [
                "03 opening 0h 0h",
                "04 paused 0h 0h",
                "05 counted 00:00-00:00 24h 24h",
            ],
            id="paused-from-the-start-and-due-at-midnight",
        ),
        pytest.param(
            NO_SITE, "03 10:00", "1wd", [],
            [
                "03 opening 10:00-00:00 14h 14h",
                "04 counted 00:00-00:00 24h 38h 1/1",
            ],
            id="without-a-site-a-day-is-whole",
        ),
    ],
)  # fmt: skip
def test_each_date_is_told(
    calendar: SiteCalendar,
    opened: str,
    term: str,
    pauses: list[tuple[str, str]],
    lines: list[str],
) -> None:
    spans = [_span(*pause, calendar) for pause in pauses]
    opened_at = local(f"2026-09-{opened}", calendar)
    found = explain(opened_at, parse_term(term), calendar, pauses=spans)
    assert [line(day, calendar) for day in found.days] == lines
    last = max(end for day in found.days for _, end in day.counted)
    assert (
        last
        == found.due_at
        == due(opened_at, parse_term(term), calendar, pauses=spans).due_at
    )


def _span(since: str, until: str, calendar: SiteCalendar) -> Span:
    return local(f"2026-09-{since}", calendar), local(f"2026-09-{until}", calendar)


def test_what_was_paused_is_told_too() -> None:
    pause = _span("05 08:00", "05 11:00", FACTORY)
    opened_at = local("2026-09-03 16:00", FACTORY)
    found = explain(opened_at, parse_term("8wh"), FACTORY, pauses=[pause])
    # Of the pause only what would have been worked.
    assert found.days[-1].paused == (_span("05 09:00", "05 11:00", FACTORY),)
    assert found.pauses == (pause,)


def test_pauses_are_told_as_they_count() -> None:
    pauses = [
        _span("05 08:00", "08 08:00", FACTORY),
        _span("07 08:00", "20 08:00", FACTORY),
    ]
    opened_at = local("2026-09-03 16:00", FACTORY)
    found = explain(opened_at, parse_term("14d"), FACTORY, pauses=pauses)
    assert found.pauses == (_span("05 08:00", "12 08:00", FACTORY),)


def test_days_of_23_hours_count_as_whole_days() -> None:
    opened_at = local("2026-03-28 12:00", GERMAN)
    found = explain(opened_at, parse_term("2d"), GERMAN)
    hours = [day.time / timedelta(hours=1) for day in found.days]
    assert hours == [12, 24, 12]
    real = [end - start for day in found.days for start, end in day.counted]
    assert [time / timedelta(hours=1) for time in real] == [12, 23, 12]


def test_an_opening_in_the_second_of_two_like_hours_is_told_as_it_was() -> None:
    opened_at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    found = explain(opened_at, parse_term("1d"), GERMAN)
    assert found.days[0].counted[0][0] == opened_at
    assert shown(found.due_at, GERMAN) == "2026-10-26 02:30"


def test_the_last_day_of_all_cannot_be_told() -> None:
    opened_at = datetime(9999, 12, 31, 1, tzinfo=UTC)
    with pytest.raises(BadInput, match="beyond the year 9999"):
        explain(opened_at, parse_term("1h"), NO_SITE)


def test_an_explanation_names_its_calendar() -> None:
    found = explain(datetime(2026, 9, 3, tzinfo=UTC), parse_term("1wd"), NO_SITE)
    assert (found.calendar, found.zone.key) == ("zone:Asia/Dhaka", "Asia/Dhaka")
