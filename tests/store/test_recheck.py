"""The nightly look: clean after lives lived, and every slip of a clock shows."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.actions import recheck as looking, sweep_deadlines as sweeping
from app.actions.clock_findings import clock_findings
from app.actions.forget import forget
from app.actions.recheck import (
    Rechecked,
    night_due,
    recheck_all,
    recheck_case,
    recheck_tonight,
    zone_of,
)
from app.actions.sweep_deadlines import sweep_due
from app.domain.commands import Pause, Resolve, Resume
from app.domain.errors import NotFound
from app.edge.metrics import Metrics
from app.edge.pulse import take_pulse
from app.store import recheck as store_recheck
from app.store.engine import Store
from app.store.lateness import idle_cases, paused_share
from app.store.readers.cases import list_cases
from app.store.recheck import Run
from tests.store.conftest import NOON
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import DHAKA, Telling
from tests.workers.debts import a_case

SAID = "482170 three months no overtime pay"
# Three in the morning, where the small programme's sites are, nine days on.
NIGHT = datetime(2026, 12, 10, 3, 0, tzinfo=DHAKA)


async def live(talk: Telling) -> str:
    """Let a case pause, be solved, come back, and pause again; return its number."""
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    number = ticket.number
    second = await talk.person("partner-bd-2")
    for command, by in (
        (Pause(note="she is at home", second=second), "partner-bd"),
        (Resume(), "partner-bd"),
        (Resolve(note="paid"), "gaz-com-w1"),
        (Resolve(note="paid"), "gaz-com-m1"),
    ):
        await talk.run(hours=20)
        await talk.act(number, command, by)
    await talk.text(f"not solved {ticket.pin}", line=ENGLISH_LINE)
    await talk.run(hours=20)
    await talk.act(number, Pause(note="again", second=second), "partner-bd")
    await talk.run_until(NIGHT)
    return number


async def look(store: Store, at: datetime = NIGHT) -> Rechecked:
    return await recheck_all(store, at_clock=lambda: at)


def faults(done: Rechecked) -> dict[tuple[str, str], str]:
    return {(f.difference.clock, f.difference.fault): f.number for f in done.found}


async def test_lives_lived_are_as_reckoned(store: Store, talk: Telling) -> None:
    await live(talk)
    await talk.open(SAID, "2", "no", line=ENGLISH_LINE, phone="+8801712000001")
    done = await look(store, talk.at)
    assert (done.cases, done.found, done.unopened, done.without_basis) == (2, [], 0, 0)
    # First action and resolve again; three anew; and each has one by law.
    assert done.clocks == 2 + 3 + 2


async def test_every_page_is_looked_at(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_recheck, "PAGE", 2)
    for n in range(5):
        await talk.open(SAID, "2", "no", line=ENGLISH_LINE, phone=f"+88017120000{n:02}")
    await store.pool.execute("UPDATE deadline SET next_at = NULL WHERE name='resolve'")
    progress: list[tuple[int, int]] = []
    done = await recheck_all(
        store,
        at_clock=lambda: talk.at,
        on_progress=lambda done, count: progress.append((done, count)),
    )
    assert (done.cases, done.clocks, len(done.found)) == (5, 20, 5)
    assert progress == [(2, 5), (4, 5), (5, 5)]


EDITS = [
    pytest.param(
        "UPDATE deadline SET due_at = due_at + interval '1 h' WHERE {running}",
        {"promise", "ledger"},
        id="a-due-time-moved",
    ),
    pytest.param(
        "UPDATE deadline SET due_at = due_at + interval '1 h', promise = ''"
        " WHERE {running}",
        {"ledger"},
        id="a-due-time-moved-and-its-promise-wiped-out",
    ),
    pytest.param(
        "UPDATE deadline SET calendar = '482170/77' WHERE {running}",
        {"calendar", "ledger"},
        id="a-calendar-that-is-not-there",
    ),
    pytest.param(
        "UPDATE deadline SET next_at = NULL WHERE {running}",
        {"stuck"},
        id="a-clock-that-nobody-will-look-at",
    ),
    pytest.param(
        "UPDATE deadline SET next_at = 'infinity' WHERE {running}",
        {"asleep"},
        id="a-look-put-off-for-ever",
    ),
]


@pytest.mark.parametrize(("statement", "expected"), EDITS)
async def test_a_row_that_was_changed_is_named_and_left_as_it_is(
    store: Store, talk: Telling, statement: str, expected: set[str]
) -> None:
    number = await live(talk)
    running = "name = 'resolve' AND met_at IS NULL AND missed_at IS NULL"
    if "infinity" in statement:
        statement = statement.replace("'infinity'", "due_at + interval '2 d'")
    await store.pool.execute(statement.format(running=running))
    before = await store.pool.fetch("SELECT * FROM deadline")

    done = await look(store)
    assert faults(done) == {("resolve", fault): number for fault in expected}

    assert await store.pool.fetch("SELECT * FROM deadline") == before
    async with store.transaction() as tx:
        said = [f for f in await clock_findings(tx, NIGHT) if number[:4] in f.what]
    assert len(said) == len(expected)
    assert all(f.is_grave and "resolve" in f.what for f in said)
    pulse = await take_pulse(store, NIGHT)
    assert pulse is not None
    assert pulse.differing == len(expected)


async def test_pauses_that_were_edited_are_named(store: Store, talk: Telling) -> None:
    number = await live(talk)
    await store.pool.execute(
        "UPDATE cases SET detail = jsonb_set(detail, '{pauses,0,until}', $1)"
        " WHERE number = $2",
        f'"{(NOON + timedelta(hours=21)).isoformat()}"',
        number,
    )
    assert ("", "pauses") in faults(await look(store))


async def test_a_finding_goes_once_a_look_no_longer_finds_it(
    store: Store, talk: Telling
) -> None:
    number = await live(talk)
    await store.pool.execute(
        "UPDATE deadline SET promise = '20d'"
        " WHERE met_at IS NULL AND name NOT LIKE 'law:%'"
    )
    assert (await recheck_case(store, number, at=NIGHT)).found
    await store.pool.execute(
        "UPDATE deadline SET promise = CASE name WHEN 'resolve' THEN '14d'"
        " WHEN 'first_action' THEN '5wd' ELSE '2wd' END WHERE promise = '20d'"
    )
    assert not (await look(store)).found
    assert await store.pool.fetchval("SELECT count(*) FROM recheck_finding") == 0


async def test_a_forgotten_case_is_looked_at_no_more(
    store: Store, talk: Telling
) -> None:
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    await talk.act(ticket.number, Resolve(note="paid"), "gaz-com-w1")
    await talk.act(ticket.number, Resolve(note="paid"), "gaz-com-m1")
    await talk.run(days=15)  # nobody objects
    directory = await store.directory()
    admin = next(p for p in directory.people if p.name == "admin")
    await forget(store, ticket.number, by=admin, at=talk.at, through="test")
    done = await look(store, talk.at)
    assert (done.cases, done.clocks, done.found) == (1, 0, [])


async def test_a_number_that_no_case_has(store: Store) -> None:
    with pytest.raises(NotFound):
        await recheck_case(store, "12345678", at=NIGHT)


async def test_what_is_overdue_is_known_though_no_worker_ever_ran(
    store: Store, talk: Telling
) -> None:
    """Overdue is a query, not a job's memory."""
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    clocks = await talk.clocks(ticket.number)
    first = clocks["acknowledge"]["due_at"]
    at = clocks["first_action"]["due_at"] + timedelta(minutes=1)

    async with store.transaction() as tx:
        lines = [line async for line in list_cases(tx, at=at)]
        said = [f.what for f in await clock_findings(tx, at) if f.is_grave]
    assert [(line.number, line.overdue) for line in lines] == [(ticket.number, True)]
    assert lines[0].next_due_at == clocks["resolve"]["due_at"]
    assert any(first.isoformat(timespec="minutes") in what for what in said)
    assert any(what.startswith("2 clocks are past their due time") for what in said)

    pulse = await take_pulse(store, at)
    assert pulse is not None
    assert pulse.unswept == 2
    assert pulse.oldest_unswept_seconds == (at - first).total_seconds()
    page = Metrics().page(pulse, bell_failures=0).decode()
    assert "threadline_unswept_deadlines 2.0" in page
    assert "threadline_recheck_age_seconds NaN" in page
    # A look by hand says so too, once it is later than a sweep can be.
    done = await look(store, at)
    assert set(faults(done)) == {("acknowledge", "unswept")}


async def test_a_case_that_is_pushed_forward_again_and_again_still_shows(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_args: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(sweeping, "strike", raises)
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    at = (await talk.clocks(ticket.number))["acknowledge"]["due_at"]
    for _ in range(3):
        assert (await sweep_due(store, at=at)).cases
        pulse = await take_pulse(store, at + timedelta(minutes=3))
        assert pulse is not None
        assert (pulse.overdue, pulse.unswept) == (0, 1)
        at += timedelta(minutes=5)


async def test_how_late_clocks_were_struck_is_added_up_in_postgres(
    store: Store, talk: Telling
) -> None:
    for n, late in enumerate((0, 4, 40, 4000)):
        phone = f"+88017120000{n:02}"
        ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE, phone=phone)
        clock = (await talk.clocks(ticket.number))["acknowledge"]
        await store.pool.execute("DELETE FROM deadline WHERE name <> 'acknowledge'")
        talk.at = clock["due_at"] + timedelta(seconds=late)
        await talk.sweep()
    pulse = await take_pulse(store, talk.at)
    assert pulse is not None
    page = Metrics().page(pulse, bell_failures=0).decode()
    wanted = {"5.0": 2, "15.0": 2, "60.0": 3, "3600.0": 3, "14400.0": 4, "+Inf": 4}
    name = "threadline_strike_lateness_seconds"
    for bound, count in wanted.items():
        assert f'{name}_bucket{{le="{bound}"}} {float(count)}' in page
    assert f"{name}_sum 4044.0" in page
    async with store.transaction() as tx:
        said = [f.what for f in await clock_findings(tx, talk.at)]
    assert [what for what in said if "promise" not in what] == [
        "1 of 4 clocks were struck more than a minute late in the last seven days,"
        " one by 1:06:40."
    ]


async def many_cases(talk: Telling, count: int) -> None:
    for n in range(count):
        await talk.text(SAID, line=ENGLISH_LINE, phone=f"+8801712{n:06}")


async def test_several_workers_do_the_nights_work_once(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_recheck, "PAGE", 3)
    await many_cases(talk, 10)
    await talk.run_until(NIGHT)
    runs = await asyncio.gather(
        *(recheck_tonight(store, at_clock=lambda: NIGHT) for _ in range(4))
    )
    (run,) = [run for run in runs if run is not None]
    assert (run.night, run.cases) == (date(2026, 12, 10), 10)
    assert await recheck_tonight(store, at_clock=lambda: NIGHT) is None
    next_night = NIGHT + timedelta(days=1)
    assert await recheck_tonight(store, at_clock=lambda: next_night) is not None


async def test_what_a_dead_worker_left_is_taken_up_where_it_was(
    store: Store, talk: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_recheck, "PAGE", 3)
    await many_cases(talk, 10)
    await talk.run_until(NIGHT)
    looks: list[Any] = []
    look_at_page = store_recheck.look_at_page

    async def look_and_die(*args: Any, **kw: Any) -> Any:
        looks.append(kw["after"])
        if len(looks) == 3:
            raise ConnectionResetError
        return await look_at_page(*args, **kw)

    monkeypatch.setattr(looking, "look_at_page", look_and_die)
    with pytest.raises(ConnectionResetError):
        await recheck_tonight(store, at_clock=lambda: NIGHT)
    # Its lease has not run out: nobody takes the work from a living worker.
    assert await recheck_tonight(store, at_clock=lambda: NIGHT) is None
    later = NIGHT + store_recheck.LEASE
    run = await recheck_tonight(store, at_clock=lambda: later)
    assert run is not None
    assert run.cases == 10
    assert len(looks) == 3 + 2  # two pages done, one tried, then that and the last


async def test_a_worker_that_is_stopped_leaves_the_rest(
    store: Store, talk: Telling
) -> None:
    await many_cases(talk, 2)
    await talk.run_until(NIGHT)
    stopped = await recheck_tonight(
        store, at_clock=lambda: NIGHT, is_stopped=lambda: True
    )
    assert stopped is None
    later = NIGHT + store_recheck.LEASE
    assert await recheck_tonight(store, at_clock=lambda: later) is not None


def done_on(night: date, *, is_over: bool = True) -> Run:
    at = datetime.combine(night, datetime.min.time(), DHAKA) + timedelta(hours=2)
    return Run(night, None, started_at=at, finished_at=at if is_over else None)


FOUNDED = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
NINTH, TENTH = date(2026, 12, 9), date(2026, 12, 10)


@pytest.mark.parametrize(
    ("clock", "last", "expected"),
    [
        pytest.param("03:00", done_on(NINTH), TENTH, id="at-night"),
        pytest.param("01:59", done_on(NINTH), None, id="not-before-two"),
        pytest.param("12:00", done_on(NINTH), None, id="not-by-day"),
        pytest.param("03:00", done_on(TENTH), None, id="not-twice-a-night"),
        pytest.param(
            "09:00", done_on(TENTH, is_over=False), TENTH, id="begun-is-ended-by-day"
        ),
        pytest.param(
            "15:00", done_on(NINTH - timedelta(days=1)), TENTH, id="by-day-when-overdue"
        ),
        pytest.param("12:00", None, TENTH, id="an-old-database-that-never-was"),
    ],
)
def test_when_the_nights_work_is_due(
    clock: str, last: Run | None, expected: date | None
) -> None:
    at = datetime.fromisoformat(f"2026-12-10T{clock}+06:00")
    assert night_due(at, ZoneInfo("Asia/Dhaka"), last, FOUNDED) == expected


def test_a_new_database_waits_for_its_first_night() -> None:
    at = FOUNDED + timedelta(hours=5)
    assert night_due(at, ZoneInfo("Asia/Dhaka"), None, FOUNDED) is None
    assert night_due(at, ZoneInfo("Asia/Dhaka"), None, None) is None


async def test_the_night_is_that_of_most_sites(store: Store) -> None:
    directory = await store.directory()
    assert zone_of(directory) == ZoneInfo("Asia/Kolkata")  # two of three
    assert zone_of(replace(directory, sites={})) == ZoneInfo("Asia/Kolkata")


async def test_what_waits_for_nobody_and_how_long_cases_waited(store: Store) -> None:
    """Counted from rows alone: half of one case's ten days were a pause."""
    opened_at = NOON - timedelta(days=10)
    pause = {"since": opened_at, "until": opened_at + timedelta(days=5)}
    detail = {"pauses": [{k: v.isoformat() for k, v in pause.items()}]}
    async with store.transaction() as tx:
        assert await paused_share(tx.connection, NOON) == 0.0
        assert await idle_cases(tx.connection) == 0
    case_id = await a_case(store, **detail)
    await store.pool.execute("UPDATE cases SET opened_at = $1", opened_at)
    async with store.transaction() as tx:
        assert await paused_share(tx.connection, NOON) == 0.5
        assert await idle_cases(tx.connection) == 1
        await tx.connection.execute(
            "INSERT INTO deadline (case_id, name, round, opened_at, due_at, next_at)"
            " VALUES ($1, 'resolve', 0, $2, $3, $3)",
            case_id,
            opened_at,
            NOON,
        )
        assert await idle_cases(tx.connection) == 0
