"""What people choose of how they are told, and when a notice goes out by it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from app.domain.directory import Person
from app.domain.errors import BadInput
from app.domain.taxonomy import PROTECTED, Category, Role, Route, Severity
from app.domain.whereabouts import zone_of
from app.domain.wishes import AT_ONCE, Wishes, parse_wishes, spelt
from app.outbox.gathering import LOOK_AGAIN, Notice, look_at, may_gather, when_to_send
from tests.builders import GAZIPUR, PROGRAMME, person

DHAKA = ZoneInfo("Asia/Dhaka")
MEMBER = person("gaz-com-w1", Role.COMMITTEE, GAZIPUR)
HEAD = person("gaz-head", Role.FACTORY_HEAD, GAZIPUR)
REGION = PROGRAMME.sites[GAZIPUR].region
WINDOW = timedelta(minutes=15)
DAILY = parse_wishes("18:30", "", by_text=False)
QUIET = parse_wishes("", "21:00-07:00", by_text=False)
BOTH = parse_wishes("20:00", "21:00-07:00", by_text=False)


def dhaka(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=DHAKA).astimezone(UTC)


NOON = dhaka(1, 12)
PLAIN = Notice(
    template="reminder",
    reason="",
    severity=Severity.S3,
    category=Category.WAGE,
    route=Route.COMMITTEE,
    owed_at=NOON,
    due_at=NOON + timedelta(days=4),
)


def goes_at(
    wishes: Wishes,
    at: datetime = NOON,
    *,
    reader: Person = MEMBER,
    free_at: datetime | None = None,
    **changes: object,
) -> datetime:
    notice = replace(PLAIN, **{"owed_at": at, **changes})  # type: ignore[arg-type]
    return when_to_send(
        reader, notice, at, free_at=free_at, window=WINDOW, wishes=wishes, zone=DHAKA
    )


def test_a_voice_that_nobody_heard_waits_for_no_hour_of_the_day() -> None:
    assert goes_at(DAILY, template="voice_new") == NOON
    assert goes_at(QUIET, dhaka(1, 23), template="voice_new") == dhaka(1, 23)
    turn = NOON + timedelta(minutes=10)
    assert goes_at(DAILY, template="voice_new", free_at=turn) == turn
    assert not may_gather(MEMBER, replace(PLAIN, template="worker_calls"))


@pytest.mark.parametrize(
    ("wishes", "at", "then"),
    [
        pytest.param(AT_ONCE, NOON, NOON, id="who-never-chose-is-told-at-once"),
        pytest.param(DAILY, NOON, dhaka(1, 18, 30), id="daily-waits-for-the-hour"),
        pytest.param(
            DAILY, dhaka(1, 18, 30), dhaka(1, 18, 30), id="what-comes-at-the-hour-goes"
        ),
        pytest.param(
            DAILY,
            dhaka(1, 18, 31),
            dhaka(2, 18, 30),
            id="after-the-hour-it-is-the-next-day",
        ),
        pytest.param(QUIET, NOON, NOON, id="by-day-nothing-waits-for-quiet-hours"),
        pytest.param(
            QUIET, dhaka(1, 23), dhaka(2, 7), id="at-night-it-waits-for-the-morning"
        ),
        pytest.param(
            QUIET, dhaka(2, 3), dhaka(2, 7), id="after-midnight-for-the-same-morning"
        ),
        pytest.param(QUIET, dhaka(2, 7), dhaka(2, 7), id="when-they-end-it-goes"),
        pytest.param(BOTH, dhaka(1, 23), dhaka(2, 20), id="the-hour-beyond-the-night"),
    ],
)
def test_a_notice_goes_when_its_reader_chose(
    wishes: Wishes, at: datetime, then: datetime
) -> None:
    assert goes_at(wishes, at) == then


@pytest.mark.parametrize(
    ("changes", "reader"),
    [
        pytest.param({"severity": Severity.S1}, MEMBER, id="a-grave-case"),
        pytest.param(
            {"template": "case_handed", "reason": "danger"}, MEMBER, id="danger"
        ),
        pytest.param({"awaits_answer": True}, MEMBER, id="what-must-be-answered"),
        pytest.param({"template": "missed"}, HEAD, id="what-has-climbed"),
        pytest.param({"template": "not_solved"}, MEMBER, id="the-workers-no"),
        pytest.param(
            {"due_at": dhaka(1, 18)}, MEMBER, id="what-is-due-before-the-hour"
        ),
        pytest.param(
            {"due_at": dhaka(1, 18, 30)}, MEMBER, id="what-is-due-at-the-hour"
        ),
        *(
            pytest.param({"category": c}, MEMBER, id=f"protected-{c}")
            for c in sorted(PROTECTED)
        ),
    ],
)
@pytest.mark.parametrize("wishes", [DAILY, BOTH], ids=["daily", "daily-and-quiet"])
def test_what_cannot_wait_never_waits(
    wishes: Wishes, changes: dict[str, object], reader: Person
) -> None:
    assert goes_at(wishes, reader=reader, **changes) == NOON


def test_at_night_a_date_before_the_morning_is_told_at_once() -> None:
    night = dhaka(1, 22)
    assert goes_at(QUIET, night, due_at=dhaka(2, 6)) == night
    assert goes_at(QUIET, night, due_at=dhaka(2, 8)) == dhaka(2, 7)


def test_what_fell_due_before_can_wait() -> None:
    assert goes_at(DAILY, due_at=NOON - timedelta(hours=1)) == dhaka(1, 18, 30)


def test_once_the_hour_has_come_it_waits_for_no_other() -> None:
    late = dhaka(1, 21)  # the workers were down at half past six
    assert goes_at(DAILY, late, owed_at=NOON) == late


@given(
    wishes=st.sampled_from([AT_ONCE, DAILY, QUIET, BOTH]),
    minutes=st.integers(0, 3 * 24 * 60),
    age=st.integers(0, 24 * 60),
    due_in=st.none() | st.integers(-600, 6000),
    free_in=st.none() | st.integers(-60, 60),
    severity=st.sampled_from([Severity.S1, Severity.S3]),
    category=st.sampled_from([Category.WAGE, Category.GBVH]),
    template=st.sampled_from(["reminder", "missed", "case_new", "not_solved"]),
    reader=st.sampled_from([MEMBER, HEAD]),
)
def test_whatever_was_chosen(
    wishes: Wishes,
    minutes: int,
    age: int,
    due_in: int | None,
    free_in: int | None,
    severity: Severity,
    category: Category,
    template: str,
    reader: Person,
) -> None:
    """Never before it is due, a day and a night at most, and no date is slept over."""
    at = NOON + timedelta(minutes=minutes)
    due_at = None if due_in is None else at + timedelta(minutes=due_in)
    free_at = None if free_in is None else at + timedelta(minutes=free_in)
    notice = replace(
        PLAIN,
        template=template,
        severity=severity,
        category=category,
        owed_at=at - timedelta(minutes=age),
        due_at=due_at,
    )
    told = {"free_at": free_at, "window": WINDOW}
    then = when_to_send(reader, notice, at, wishes=wishes, zone=DHAKA, **told)  # type: ignore[arg-type]
    plain = when_to_send(reader, notice, at, **told)  # type: ignore[arg-type]
    assert at <= then <= at + timedelta(hours=34)
    if due_at is not None and at < due_at:
        assert then == at or then < due_at
    if not may_gather(reader, notice):
        assert then == at
    if wishes is AT_ONCE:
        assert then == plain


@pytest.mark.parametrize(
    ("daily", "quiet", "wishes"),
    [
        pytest.param("", "", AT_ONCE, id="nothing"),
        pytest.param("8:05", "", Wishes(time(8, 5)), id="an-hour"),
        pytest.param("00:00", "", Wishes(time(0, 0)), id="midnight"),
    ],
)
def test_what_was_chosen_is_read(daily: str, quiet: str, wishes: Wishes) -> None:
    assert parse_wishes(daily, quiet, by_text=False) == wishes


@pytest.mark.parametrize(
    ("daily", "quiet"),
    [
        pytest.param("25:00", "", id="no-hour-of-a-day"),
        pytest.param("8", "", id="half-an-hour-is-none"),
        pytest.param("", "21:00", id="quiet-hours-without-an-end"),
        pytest.param("", "00:00-24:00", id="quiet-all-day"),
        pytest.param("23:00", "21:00-07:00", id="the-hour-within-the-quiet-hours"),
        pytest.param("06:59", "21:00-07:00", id="after-midnight-within-them"),
    ],
)
def test_what_cannot_be_is_refused(daily: str, quiet: str) -> None:
    with pytest.raises(BadInput):
        parse_wishes(daily, quiet, by_text=False)


@pytest.mark.parametrize("wishes", [AT_ONCE, DAILY, QUIET, BOTH])
def test_what_is_kept_reads_as_it_was(wishes: Wishes) -> None:
    assert parse_wishes(*spelt(wishes), by_text=False) == wishes


@pytest.mark.parametrize(
    ("org", "zone"),
    [
        pytest.param((GAZIPUR,), "Asia/Dhaka", id="the-sites"),
        pytest.param(("BD",), "Asia/Dhaka", id="the-countrys"),
        pytest.param((REGION,), "Asia/Dhaka", id="the-regions"),
        pytest.param((), "Asia/Kolkata", id="else-the-programmes"),
    ],
)
def test_whose_clock_it_is(org: tuple[str, ...], zone: str) -> None:
    reader = replace(MEMBER, org=org)
    assert zone_of(reader, PROGRAMME).key == zone


@pytest.mark.parametrize(
    ("at", "then", "look"),
    [
        pytest.param(NOON, NOON + timedelta(days=1), NOON + LOOK_AGAIN, id="later"),
        pytest.param(
            NOON + timedelta(minutes=4),
            NOON + timedelta(days=1),
            NOON + LOOK_AGAIN,
            id="at-the-full-quarter",
        ),
        pytest.param(
            NOON, NOON + timedelta(minutes=5), NOON + timedelta(minutes=5), id="soon"
        ),
    ],
)
def test_what_waits_is_looked_at_each_quarter(
    at: datetime, then: datetime, look: datetime
) -> None:
    assert look_at(at, then) == look
