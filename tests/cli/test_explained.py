"""A due time explained: in four languages, on a hundred columns, to the minute."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from app.cli import programme as verb
from app.cli.explained import Speaker
from app.cli.ground import catalog
from app.data import load_laws
from app.domain import commands as verbs
from app.domain.calendar_text import CalendarText, calendar_text
from app.domain.case import LAW, RUNG, CaseFile
from app.domain.deadlines import explain
from app.domain.directory import Directory
from app.domain.durations import parse_term
from app.domain.promises import spans
from app.domain.taxonomy import LANGUAGES, Category, Clock
from app.wording import reckoning as words
from tests.builders import (
    DAYS,
    GAZIPUR,
    HOURS,
    PROGRAMME,
    TUESDAY,
    after,
    by,
    clock_of,
    id_of,
    opened,
)
from tests.domain.test_golden_deadlines import CALENDARS, ROWS, pauses_of

Print = Callable[..., list[str]]

CATALOG = catalog()
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EID = replace(CALENDARS["dhaka"], id=f"{GAZIPUR}/2")
CLOSED_FOR_EID = replace(PROGRAMME, calendars={**PROGRAMME.calendars, GAZIPUR: EID})
BEFORE_EID = datetime(2026, 3, 18, 4, 30, tzinfo=UTC)  # 10:30 in Dhaka


def speaker(language: str, of: verb.Explained) -> Speaker:
    return Speaker(CATALOG, language, of.calendar.zone)


def wages(at: datetime = BEFORE_EID) -> verb.Explained:
    return verb.reckoned(CLOSED_FOR_EID, GAZIPUR, "WAGE", "", at)


def paused() -> CaseFile:
    """Return a case that waited two days for the worker and goes on."""
    pause = verbs.Pause(id_of("partner-bd-2"), note="A reason.")
    case = after(opened(category=Category.MATC), (pause, by("partner-bd")))
    resumed = TUESDAY + 49 * HOURS
    return after(case, (verbs.Resume(), by("partner-bd")), at=resumed)


def explained(
    case: CaseFile, *, at: datetime, directory: Directory = PROGRAMME
) -> dict[str, verb.Clock]:
    clocks = verb.of_case(case, directory, at).clocks
    return {clock.name: clock for clock in clocks}


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Print:
    def lines(
        of: verb.Explained, language: str = "en", *, every_day: bool = False
    ) -> list[str]:
        verb._print(of, speaker(language, of), every_day=every_day)
        return capsys.readouterr().out.splitlines()

    return lines


def test_the_english_of_a_week_of_eid(printed: Print) -> None:
    shown = printed(wages())
    assert shown[:11] == [
        f"WAGE S3, site {GAZIPUR}",
        "Opened: Wednesday 18 March 2026, 10:30",
        "Rules of 2026-01-01",
        "",
        "To take up the case: 2 working days",
        "Due: Sunday 29 March 2026, 17:00",
        "Working time left: 17 h 30 min",
        f"Calendar: {GAZIPUR}/2 (Asia/Dhaka)",
        "Counted from: Wednesday 18 March 2026, 10:30",
        "Half of the working time since then is over: Saturday 28 March 2026, 16:15",
        "80 per cent of the working time since then is over:"
        " Sunday 29 March 2026, 12:30",
    ]
    cells = [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in shown
        if line.startswith("│")
    ]
    assert ["Friday 20 March", "weekly rest", "", ""] in cells
    assert ["Thursday 26 March", "holiday: Independence Day", "", ""] in cells
    hours = "08:00-13:00, 14:00-17:00"
    assert ["Sunday 29 March", "working day", hours, "2 of 2"] in cells


@EVERY_LANGUAGE
@pytest.mark.parametrize("every_day", [False, True])
def test_it_fits_a_hundred_columns(
    language: str, every_day: bool, printed: Print
) -> None:
    laws = replace(PROGRAMME, laws=load_laws())
    dismissed = opened(category=Category.TERM, directory=laws)
    at = TUESDAY + 30 * DAYS
    cases = (paused(), PROGRAMME), (dismissed, laws)
    for of in (wages(), *(verb.of_case(case, there, at) for case, there in cases)):
        shown = printed(of, language, every_day=every_day)
        assert [line for line in shown if cell_len(line) > 100] == []
        assert [line for line in shown if "{" in line] == []


def test_a_term_of_the_law_comes_with_its_source(printed: Print) -> None:
    """Nobody said when it happened: it counts from the earliest plausible day."""
    directory = replace(PROGRAMME, laws=load_laws())
    case = opened(category=Category.TERM, directory=directory)
    shown = printed(verb.of_case(case, directory, TUESDAY + HOURS))
    start = shown.index(
        "A term of the law: Written grievance to the employer, Labour Act 2006,"
        " s. 33(1): 30 calendar days"
    )
    assert shown[start + 2 : start + 10] == [
        "Only a second-hand source was seen. No legal advice.",
        "Due: Thursday 17 September 2026, 24:00",
        "Working time left: 118 h",
        f"Calendar: {GAZIPUR}/1 (Asia/Dhaka)",
        "Counted from: Tuesday 18 August 2026, 24:00",
        "The day is not known; it counts from the earliest plausible one.",
        "Half of the time is over: Wednesday 2 September 2026, 24:00",
        "80 per cent is over: Friday 11 September 2026, 24:00",
    ]
    told = verb._whole(verb.of_case(case, directory, TUESDAY), speaker("en", wages()))
    law = next(c for c in told["clocks"] if c["name"] == LAW + "BD-GRIEVANCE")
    assert (law["confidence"], law["is_start_known"]) == ("B", False)
    assert law["source"] in " ".join(shown)


@EVERY_LANGUAGE
def test_a_language_says_it_in_its_own_words(language: str, printed: Print) -> None:
    shown = "\n".join(printed(wages(), language))
    for message in (words.CLOCKS["acknowledge"], words.REST, words.WORKING_DAY):
        assert speaker(language, wages()).says(message) in shown
    assert CATALOG.weekday_name(6, language) in shown
    assert CATALOG.month_name(3, language) in shown
    assert ("weekly rest" in shown) == (language == "en")


def test_dates_alike_share_a_line_unless_every_day_is_asked_for(printed: Print) -> None:
    resolve = wages().clocks[-1]
    assert resolve.why is not None
    en = speaker("en", wages())
    folded = list(en.rows(resolve.why, every_day=False))
    assert [row.dates for row in folded] == [
        "Wednesday 18 March",
        "Thursday 19 March to Tuesday 31 March",
        "Wednesday 1 April",
    ]
    assert [row.counted for row in folded] == [
        *("10:30-24:00", "00:00-24:00", "00:00-10:30"),
    ]
    assert [row.so_far for row in folded] == [
        *("13 h 30 min", "13 d 13 h 30 min", "14 d"),
    ]
    assert len(list(en.rows(resolve.why, every_day=True))) == 15
    assert len(printed(wages(), every_day=True)) > len(printed(wages()))


def test_a_pause_is_named_and_taken_out(printed: Print) -> None:
    shown = printed(verb.of_case(paused(), PROGRAMME, TUESDAY + 3 * DAYS))
    assert shown.count(
        "Paused: Tuesday 1 September 2026, 11:00 to Thursday 3 September 2026, 11:00"
    ) == len(paused().deadlines)
    table = "\n".join(shown)
    assert "paused, waiting for the worker" in table
    assert "counts in part; paused 09:00-11:00" in table


def test_a_pause_that_still_runs_is_not_told_as_past(printed: Print) -> None:
    """Nobody knows yet how long it lasts: the due time is that of seven days."""
    pause = verbs.Pause(id_of("partner-bd-2"), note="A reason.")
    case = after(opened(category=Category.MATC), (pause, by("partner-bd")))
    shown = printed(verb.of_case(case, PROGRAMME, TUESDAY + 2 * DAYS))
    still = (
        "Paused since Tuesday 1 September 2026, 11:00. If the full seven days are used:"
    )
    at = [place for place, line in enumerate(shown) if line == still]
    assert len(at) == len(case.deadlines)
    assert all(shown[place + 1].startswith("Due: ") for place in at)
    assert [line for line in shown if line.startswith("Paused: ")] == []
    over = printed(verb.of_case(case, PROGRAMME, TUESDAY + 8 * DAYS))
    assert still not in over
    assert len([line for line in over if line.startswith("Paused: ")]) == len(at)


@EVERY_LANGUAGE
def test_a_range_across_new_year_shows_both_years(language: str) -> None:
    start = datetime(2026, 8, 22, 4, 30, tzinfo=UTC)
    year = explain(start, parse_term("1y"), PROGRAMME.calendar_for(GAZIPUR, "BD"))
    said = speaker(language, wages())
    dates = [row.dates for row in said.rows(year, every_day=False)]
    assert "2026" in dates[1]
    assert "2027" in dates[1]
    assert "2026" not in dates[0]
    if language == "en":
        assert dates[1] == "Sunday 23 August 2026 to Saturday 21 August 2027"


@pytest.mark.parametrize(
    ("since_due", "said"),
    [
        pytest.param(-2 * HOURS, "Working time left: 2 h", id="before-it-is-due"),
        pytest.param(0 * HOURS, "Working time left: 0 min", id="as-it-falls-due"),
        pytest.param(
            2 * DAYS,
            "Past its date, with this much working time since: 8 h",
            id="two-days-late-of-which-one-was-a-friday",
        ),
    ],
)
def test_the_working_time_left(since_due: timedelta, said: str, printed: Print) -> None:
    case = opened()
    due_at = clock_of(case, Clock.ACKNOWLEDGE).due_at  # Thursday 18:00
    shown = printed(verb.of_case(case, PROGRAMME, due_at + since_due))
    assert shown[6] == said


@pytest.mark.parametrize(
    ("late", "said"),
    [
        pytest.param(timedelta(), "Done: ", id="in-time"),
        pytest.param(9 * DAYS, "Done late: ", id="late"),
    ],
)
def test_what_was_done_has_no_time_left(
    late: timedelta, said: str, printed: Print
) -> None:
    at = TUESDAY + HOURS + late
    case = after(opened(), (verbs.Acknowledge(), by("gaz-com-w1")), at=at)
    clock = explained(case, at=at + HOURS)["acknowledge"]
    assert clock.left is None
    shown = printed(verb.of_case(case, PROGRAMME, at + HOURS))
    assert any(line.startswith(said) for line in shown)


def test_a_case_is_explained_under_the_calendar_that_its_clock_carries() -> None:
    """What was imported since closes the days between, and moves nothing."""
    case = opened(at=BEFORE_EID)
    old = PROGRAMME.calendars[GAZIPUR]
    kept = CalendarText(since=BEFORE_EID, text=calendar_text(old))
    later = replace(CLOSED_FOR_EID, past_calendars={old.id: kept})
    for clock in explained(case, at=BEFORE_EID, directory=later).values():
        assert clock.why is not None
        assert clock.why.calendar == old.id
        assert clock.agrees
    resolved_anew = wages().clocks[0]
    assert resolved_anew.due_at != clock_of(case, Clock.ACKNOWLEDGE).due_at


def test_a_date_on_record_that_is_not_the_reckoned_one_is_shown(
    printed: Print,
) -> None:
    case = opened()
    moved = replace(clock_of(case, Clock.RESOLVE), due_at=TUESDAY + 3 * DAYS)
    wrong = case.with_deadline(moved)
    assert not explained(wrong, at=TUESDAY)["resolve"].agrees
    shown = printed(verb.of_case(wrong, PROGRAMME, TUESDAY))
    assert (
        "Please have this checked. Reckoned anew it is due:"
        " Tuesday 15 September 2026, 10:00" in shown
    )


def test_a_date_of_somebodys_choice_is_said_to_be_one(printed: Print) -> None:
    case = opened(category=Category.FORC)
    on = TUESDAY.date() + 9 * DAYS
    case = after(case, (verbs.Remediate(on), by("partner-bd")))
    assert explained(case, at=TUESDAY)["review"].why is None
    shown = printed(verb.of_case(case, PROGRAMME, TUESDAY))
    assert "Somebody set this date; there is nothing to reckon." in shown


@pytest.mark.parametrize(
    ("name", "round", "said"),
    [
        pytest.param("first_action", 0, "The first step", id="a-step"),
        pytest.param(
            "resolve", 2, "The solution (opened again, 2)", id="after-a-reopening"
        ),
        pytest.param(LAW + "bd-33-1", 0, "A term of the law: bd-33-1", id="the-law"),
        pytest.param("review", 0, "To look at the case again", id="a-review"),
        pytest.param(
            "review", 2, "To look at the case again, no. 3", id="the-third-review"
        ),
        pytest.param(
            RUNG + "s1:alert:0", 0, "A rung of the ladder, step 1", id="a-rung"
        ),
        pytest.param(
            RUNG + "missed:resolve:1", 2, "A rung of the ladder, step 3", id="a-third"
        ),
    ],
)
def test_the_name_of_a_clock(name: str, round: int, said: str) -> None:
    assert speaker("en", wages()).clock(name, round) == said


@EVERY_LANGUAGE
def test_no_language_shows_the_codes_of_a_rung(language: str) -> None:
    said = speaker(language, wages()).clock(RUNG + "s1:alert:0", 1)
    assert "2" in said
    assert not {"s1", "alert", ":"} & {*said.replace(":", " : ").split()}


@pytest.mark.parametrize("name", Clock)
def test_every_clock_has_a_name(name: Clock) -> None:
    assert name.value in words.CLOCKS


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("1wd", "1 working day"),
        ("16wh", "16 working hours"),
        ("24h", "24 hours, day and night"),
        ("14d", "14 calendar days"),
        ("3mo", "3 months"),
        ("1y", "1 year"),
        ("90s", "90 seconds"),
    ],
)
def test_how_long_a_promise_is(promise: str, said: str) -> None:
    assert speaker("en", wages()).promise(parse_term(promise)) == said


@EVERY_LANGUAGE
@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_the_lines_of_the_golden_table_add_up(
    row: dict[str, str], language: str
) -> None:
    """Whoever adds up what counts on each date comes to the promise."""
    promise = parse_term(row["promise"])
    calendar = CALENDARS[row["calendar"]]
    why = explain(
        datetime.fromisoformat(row["opened_at"]),
        promise,
        calendar,
        pauses=pauses_of(row["pauses"]),
    )
    assert why.due_at == datetime.fromisoformat(row["due_at"])
    rows = list(Speaker(CATALOG, language, calendar.zone).rows(why, every_day=True))
    assert len(rows) == len(why.days)
    counted = sum((end - start for d in why.days for start, end in d.counted), 0 * DAYS)
    match promise.unit:
        case "wd":
            assert sum(day.working_days for day in why.days) == promise.amount
        case "s" | "m" | "h":
            assert counted == promise.elapsed
        case "wh":
            assert counted == promise.amount * HOURS
        case _:
            paused_for = sum((end - start for start, end in why.pauses), 0 * DAYS)
            assert counted == why.due_at - why.opened_at - paused_for
            assert rows[-1].dates == CATALOG.day(
                why.due_at.astimezone(calendar.zone).date(), language
            )


def test_everything_that_is_shown_is_there_as_data() -> None:
    of = verb.of_case(paused(), PROGRAMME, TUESDAY + 2 * DAYS)
    told = verb._whole(of, speaker("hi", of))
    assert told["language"] == "hi"
    assert told["number"] == paused().number
    for clock, data in zip(of.clocks, told["clocks"], strict=True):
        assert clock.why is not None
        assert data["explained"] is data["agrees"] is True
        assert data["working_left_seconds"] == (
            None if clock.left is None else clock.left.total_seconds()
        )
        assert data["pauses"] == [
            [at.astimezone(clock.why.zone).isoformat() for at in span]
            for span in spans(paused().pauses)
        ]
        assert [day["date"] for day in data["days"]] == [
            day.date.isoformat() for day in clock.why.days
        ]
        assert data["days"][-1]["seconds_so_far"] == (
            clock.why.days[-1].time_so_far.total_seconds()
        )
        assert all(day["says"] for day in data["days"])
