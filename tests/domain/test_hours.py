"""Working hours and rest days as sites.csv writes them."""

import pytest

from app.domain.errors import BadInput
from app.domain.hours import Window, parse_hours, parse_weekdays, parse_windows

MORNING, AFTERNOON = Window(9 * 60, 13 * 60), Window(14 * 60, 18 * 60)
EIGHT_TO_TWELVE, ONE_TO_FIVE = Window(480, 720), Window(780, 1020)
EIGHT_TO_ONE = Window(480, 780)
NIGHT = Window(22 * 60, 30 * 60)
WHOLE_DAY = Window(0, 1440)
NONE: tuple[Window, ...] = ()


@pytest.mark.parametrize(
    ("text", "by_weekday"),
    [
        pytest.param(
            "09:00-13:00;14:00-18:00",
            ((MORNING, AFTERNOON),) * 7,
            id="one-list-is-for-every-day",
        ),
        pytest.param(
            "14:00-18:00; 9:00-13:00",
            ((MORNING, AFTERNOON),) * 7,
            id="windows-are-put-in-order",
        ),
        pytest.param("22:00-06:00", ((NIGHT,),) * 7, id="a-night-shift-ends-tomorrow"),
        pytest.param("00:00-24:00", ((WHOLE_DAY,),) * 7, id="24-00-ends-a-day"),
        pytest.param(
            "06:00-14:00;14:00-22:00;22:00-06:00",
            ((Window(360, 840), Window(840, 1320), NIGHT),) * 7,
            id="three-shifts-may-touch",
        ),
        pytest.param(
            "sat-wed 08:00-12:00,13:00-17:00;thu 08:00-13:00",
            (
                *((EIGHT_TO_TWELVE, ONE_TO_FIVE),) * 3,
                (EIGHT_TO_ONE,),
                NONE,
                *((EIGHT_TO_TWELVE, ONE_TO_FIVE),) * 2,
            ),
            id="a-range-of-weekdays-goes-round-the-week-and-friday-has-none",
        ),
        pytest.param(
            "Mon,Thu 08:00-13:00",
            ((EIGHT_TO_ONE,), NONE, NONE, (EIGHT_TO_ONE,), NONE, NONE, NONE),
            id="weekdays-may-be-listed-in-any-case",
        ),
        pytest.param(
            "mon 22:00-06:00",
            ((NIGHT,), *(NONE,) * 6),
            id="a-night-shift-belongs-to-the-day-it-starts",
        ),
    ],
)
def test_hours_are_read(text: str, by_weekday: tuple[tuple[Window, ...], ...]) -> None:
    assert parse_hours(text).by_weekday == by_weekday


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        pytest.param("", "write one", id="blank"),
        pytest.param("9 to 5", "its start and end", id="words"),
        pytest.param("09:00", "its start and end", id="an-end-is-needed"),
        pytest.param("09:00-25:00", "no clock shows", id="no-hour-25"),
        pytest.param("09:60-10:00", "no clock shows", id="no-minute-60"),
        pytest.param("24:00-06:00", "only an end", id="24-00-starts-nothing"),
        pytest.param("09:00-09:00", "00:00-24:00", id="an-empty-window"),
        pytest.param("09:00-13:00;12:00-18:00", "overlap", id="windows-overlap"),
        pytest.param(
            "05:00-09:00;22:00-06:00", "overlap", id="the-night-runs-into-the-morning"
        ),
        pytest.param(
            "sun 22:00-06:00;mon 05:00-09:00",
            "22:00-06:00 and 05:00-09:00 overlap",
            id="the-night-runs-into-the-next-week",
        ),
        pytest.param("fry 08:00-13:00", "not a weekday", id="an-unknown-weekday"),
        pytest.param("sat-wed", "lacks", id="a-weekday-without-windows"),
        pytest.param(
            "sat-wed 08:00-12:00;13:00-17:00", "comma", id="semicolon-within-a-day"
        ),
        pytest.param(
            "sat-wed 08:00-12:00;tue 13:00-17:00", "tue is given twice", id="day-twice"
        ),
    ],
)
def test_bad_hours_are_refused(text: str, advice: str) -> None:
    with pytest.raises(BadInput, match=advice):
        parse_hours(text)


def test_the_windows_of_one_day_stand_alone() -> None:
    # What runs into tomorrow's hours is not known for a single date.
    assert parse_windows("05:00-09:00;22:00-06:00") == (Window(300, 540), NIGHT)


@pytest.mark.parametrize(
    ("window", "written"),
    [
        pytest.param(NIGHT, "22:00-06:00", id="a-night"),
        pytest.param(WHOLE_DAY, "00:00-24:00", id="a-whole-day"),
    ],
)
def test_a_window_is_written_as_it_was_read(window: Window, written: str) -> None:
    assert str(window) == written
    assert parse_windows(written) == (window,)


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        pytest.param("fri", {4}, id="friday"),
        pytest.param("sun;sat", {5, 6}, id="two-days"),
        pytest.param(" Sun ; SAT ", {5, 6}, id="blanks-and-capitals"),
        pytest.param("", set(), id="blank-is-no-rest-day"),
    ],
)
def test_rest_days_are_read(text: str, weekdays: set[int]) -> None:
    assert parse_weekdays(text) == weekdays


def test_an_unknown_rest_day_is_refused() -> None:
    with pytest.raises(BadInput, match="write mon, tue"):
        parse_weekdays("friday!")
