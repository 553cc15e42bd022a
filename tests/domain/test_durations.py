"""Durations as the policy writes them."""

from datetime import timedelta

import pytest

from app.domain.durations import Duration, Unit, parse_duration, parse_term
from app.domain.errors import BadInput


@pytest.mark.parametrize(
    ("text", "amount", "unit", "elapsed"),
    [
        pytest.param("90s", 90, "s", timedelta(seconds=90), id="seconds"),
        pytest.param("30m", 30, "m", timedelta(minutes=30), id="minutes"),
        pytest.param("4h", 4, "h", timedelta(hours=4), id="hours"),
        pytest.param("14d", 14, "d", timedelta(days=14), id="calendar-days"),
        pytest.param("2wd", 2, "wd", timedelta(days=2), id="working-days"),
        pytest.param("16wh", 16, "wh", timedelta(days=2), id="working-hours"),
        pytest.param(" 2wd ", 2, "wd", timedelta(days=2), id="blanks-round-it-are-cut"),
        pytest.param(
            "3660d", 3660, "d", timedelta(days=3660), id="ten-years-are-taken"
        ),
    ],
)
def test_a_duration_is_read(
    text: str, amount: int, unit: Unit, elapsed: timedelta
) -> None:
    duration = parse_duration(text)
    assert duration == Duration(amount, unit)
    assert duration.elapsed == elapsed
    assert str(duration) == text.strip()


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        pytest.param("", "such as 90s", id="blank-says-how-to-write-one"),
        pytest.param("14", "such as 90s", id="a-unit-is-needed"),
        pytest.param("wd", "such as 90s", id="a-number-is-needed"),
        pytest.param("1.5h", "whole number", id="no-fractions"),
        pytest.param("-2d", "whole number", id="no-time-before-the-opening"),
        pytest.param("2 weeks", "such as 90s", id="no-weeks"),
        pytest.param("3mo", "working hours", id="months-are-the-law's"),
        pytest.param("1y", "working hours", id="years-are-the-law's"),
        pytest.param("2WD", "such as 90s", id="units-are-lower-case"),
        pytest.param("২d", "such as 90s", id="digits-are-plain-ones-in-a-file"),
        pytest.param("0h", "at least 1h", id="nothing-falls-due-at-once"),
        pytest.param("3661d", "ten years", id="a-slip-of-the-pen-is-caught"),
        pytest.param("29281wh", "ten years", id="working-hours-are-limited-too"),
        pytest.param("999999999999wd", "ten years", id="a-huge-count-never-runs"),
    ],
)
def test_a_bad_duration_is_refused(text: str, advice: str) -> None:
    with pytest.raises(BadInput, match=advice):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "elapsed"),
    [
        pytest.param("7wd", 7, "wd", timedelta(days=7), id="working-days"),
        pytest.param("72h", 72, "h", timedelta(days=3), id="hours"),
        pytest.param("3mo", 3, "mo", timedelta(days=90), id="calendar-months"),
        pytest.param("1y", 1, "y", timedelta(days=365), id="calendar-years"),
        pytest.param("10y", 10, "y", timedelta(days=3650), id="ten-years"),
    ],
)
def test_a_term_of_the_law_is_read(
    text: str, amount: int, unit: Unit, elapsed: timedelta
) -> None:
    term = parse_term(text)
    assert (term, str(term)) == (Duration(amount, unit), text)
    assert term.elapsed == elapsed


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        pytest.param("3 months", "such as 72h", id="words"),
        pytest.param("0mo", "at least 1mo", id="nothing"),
        pytest.param("11y", "ten years", id="eleven-years"),
    ],
)
def test_a_bad_term_is_refused(text: str, advice: str) -> None:
    with pytest.raises(BadInput, match=advice):
        parse_term(text)
