"""The law's clocks: started and met by events, beside the service's own."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.data import load_laws
from app.domain import commands as verbs
from app.domain.case import LAW, Decision
from app.domain.commands import Command
from app.domain.durations import Duration
from app.domain.laws import Happening, Who
from app.domain.opening import open_case
from app.domain.taxonomy import Category
from tests.builders import (
    DAYS,
    HOURS,
    PARTNERS,
    SECRETARIAT,
    TUESDAY,
    act,
    kinds,
    seed,
    told,
)
from tests.domain.lawful import (
    A_CHILD,
    BANGLADESH,
    DISMISSED,
    FORMAL,
    HARASSED,
    INDIA,
    LAWFUL,
    done,
    events,
    happened,
    last_day,
    law,
    laws_of,
    noon,
    started,
    struck,
    swept,
    told_of,
)

# Law, case, what happened on which days (in order), and its last day; reckoned
# by hand. Rests: Sunday in Tiruppur, Friday in Gazipur; 2 October is a holiday.
TABLE: dict[str, tuple[dict[str, Any], list[tuple[str, date]], date]] = {
    "IN-GRC-FILE": (
        {"category": Category.WAGE, **INDIA},
        [("incident", date(2026, 8, 20))],
        date(2027, 8, 20),
    ),
    "IN-GRC-DECISION": (
        {"category": Category.WAGE, **INDIA},
        [("grievance_sent", date(2026, 9, 1))],
        date(2026, 10, 1),
    ),
    "IN-ID-GRC-DECISION": (
        {"category": Category.WAGE, **INDIA},
        [("grievance_sent", date(2025, 11, 20))],
        date(2025, 12, 20),
    ),
    "IN-ID-GRC-APPEAL": (
        {"category": Category.WAGE, **INDIA},
        [("appealed", date(2025, 10, 31))],
        date(2025, 11, 30),
    ),
    "IN-GRC-CONCILIATION": (
        {"category": Category.WAGE, **INDIA},
        [("decision", date(2026, 9, 20))],
        date(2026, 11, 19),
    ),
    "IN-POSH-FILE": (HARASSED, [("incident", date(2026, 8, 31))], date(2026, 11, 30)),
    "IN-POSH-COPY": (HARASSED, [(FORMAL, date(2026, 9, 1))], date(2026, 9, 9)),
    "IN-POSH-REPLY": (
        HARASSED,
        [(FORMAL, date(2026, 9, 20)), ("copy_sent", date(2026, 9, 24))],
        date(2026, 10, 7),
    ),
    "IN-POSH-INQUIRY": (HARASSED, [(FORMAL, date(2026, 9, 1))], date(2026, 11, 30)),
    "IN-POSH-REPORT": (
        HARASSED,
        [(FORMAL, date(2026, 9, 1)), ("inquiry_ended", date(2026, 11, 20))],
        date(2026, 11, 30),
    ),
    "IN-POSH-ACTION": (
        HARASSED,
        [(FORMAL, date(2026, 9, 1)), ("report_sent", date(2026, 9, 20))],
        date(2026, 11, 19),
    ),
    "IN-POSH-APPEAL": (
        HARASSED,
        [(FORMAL, date(2026, 9, 1)), ("report_sent", date(2026, 9, 20))],
        date(2026, 12, 19),
    ),
    "IN-WAGES": (
        {"category": Category.WAGE, **INDIA},
        [("wage_period_ended", date(2026, 8, 31))],
        date(2026, 9, 7),
    ),
    "IN-WAGES-EXIT": (
        {"category": Category.TERM, **INDIA},
        [("employment_ended", date(2026, 8, 29))],
        date(2026, 9, 1),
    ),
    "IN-CONTRIBUTION": (
        {"category": Category.SOCS, **INDIA},
        [("wage_period_ended", date(2026, 8, 31))],
        date(2026, 9, 15),
    ),
    "IN-ESI-REGISTER": (
        {"category": Category.SOCS, **INDIA},
        [("appointed", date(2026, 8, 25))],
        date(2026, 9, 4),
    ),
    "IN-POCSO-REPORT": (
        A_CHILD,
        [("child_sexual_offence", date(2026, 9, 1))],
        date(2026, 9, 2),
    ),
    "IN-POCSO-QUESTION": (A_CHILD, [], date(2026, 9, 4)),
    "CHILD-ASSESSMENT": (A_CHILD, [], date(2026, 9, 4)),
    "BD-GRIEVANCE": (DISMISSED, [("knowledge", date(2026, 8, 25))], date(2026, 9, 24)),
    "BD-GRIEVANCE-DECISION": (
        DISMISSED,
        [("grievance_sent", date(2026, 9, 1))],
        date(2026, 10, 1),
    ),
    "BD-LABOUR-COURT": (
        DISMISSED,
        [("decision", date(2026, 9, 10))],
        date(2026, 10, 10),
    ),
    "BD-WAGES": (
        {"category": Category.WAGE, **BANGLADESH},
        [("wage_period_ended", date(2026, 8, 31))],
        date(2026, 9, 8),
    ),
    "BD-DUES": (
        DISMISSED,
        [("employment_ended", date(2026, 8, 27))],
        date(2026, 10, 1),
    ),
    "BD-HARASSMENT-FILE": (
        {"category": Category.GBVH, **BANGLADESH},
        [("incident", date(2026, 8, 27))],
        date(2026, 10, 1),
    ),
    "BD-HARASSMENT-REPORT": (
        {"category": Category.GBVH, **BANGLADESH},
        [(FORMAL, date(2026, 9, 1))],
        date(2026, 10, 6),
    ),
    "BD-WAGE-CLAIM": (
        {"category": Category.WAGE, **BANGLADESH},
        [("wage_due", date(2026, 6, 30))],
        date(2027, 6, 30),
    ),
}


EVERY = pytest.mark.parametrize(
    ("name", "given", "what", "due"),
    [(name, *row) for name, row in TABLE.items()],
    ids=TABLE,
)


def test_every_law_with_a_clock_is_in_the_table() -> None:
    assert {each.id for each in load_laws() if each.has_clock} == TABLE.keys()


@EVERY
def test_a_law_starts_with_its_event_and_is_due_on_its_last_day(
    name: str, given: dict[str, Any], what: list[tuple[str, date]], due: date
) -> None:
    case = told_of(given, what)
    clock = law(case, name)
    assert last_day(case, clock) == due
    known = LAWFUL.law(name)
    assert known is not None
    assert clock.promise == str(known.length)
    assert clock.calendar == f"{case.site}/1"
    assert clock.paused == 0


@EVERY
def test_what_is_done_on_the_last_day_is_in_time_however_late_it_is_told(
    name: str, given: dict[str, Any], what: list[tuple[str, date]], due: date
) -> None:
    case, known = told_of(given, what), LAWFUL.law(name)
    assert known is not None
    last = law(case, name).due_at
    after = max(noon(due + timedelta(days=3)), TUESDAY + HOURS)
    case, _ = swept(case, after)
    assert law(case, name).missed_at == last
    met = known.met_by[0]
    command: Command = (
        verbs.Formal(due, note="She wants this.")
        if met is Happening.FORMAL
        else happened(met, due)
    )
    if known.section.startswith("POCSO"):  # of hours: a day may be in time or not
        command = happened(met, due - timedelta(days=1))
    decision = done(case, command, after)
    clock = law(decision.case, name)
    assert clock.met_at is not None
    assert clock.met_at <= last
    assert clock.missed_at is None
    assert not events([decision], "law.met")[0]["is_late"]


@EVERY
def test_a_law_is_missed_once_and_tells_those_who_must_see_to_it(
    name: str, given: dict[str, Any], what: list[tuple[str, date]], due: date
) -> None:
    case, known = told_of(given, what), LAWFUL.law(name)
    assert known is not None
    case, decisions = swept(case, max(noon(due + timedelta(days=3)), TUESDAY + HOURS))
    missed = [d for d in decisions if any(f["law"] == name for f in _missed(d))]
    assert len(missed) == 1
    partners = {"partner-tn"} if case.country == "IN" else PARTNERS
    if known.is_limitation:
        assert not [o for o in missed[0].owed if f":{LAW}{name}:" in o.key]
    elif known.who is Who.RESPONDENT:
        assert told(missed[0], "law_missed") == partners
    else:
        assert told(missed[0], "law_missed") == partners | SECRETARIAT
    again = struck(case, noon(due + timedelta(days=4)))
    assert not _missed(again)


def _missed(decision: Decision) -> list[dict[str, Any]]:
    return events([decision], "law.missed")


def test_a_notice_of_a_missed_duty_says_case_and_date_and_no_more() -> None:
    case = told_of(HARASSED, [(FORMAL, date(2026, 9, 1))])
    _, decisions = swept(case, noon(date(2026, 9, 12)))
    owed = [o for d in decisions for o in d.owed if o.template == "law_missed"]
    assert owed
    assert {key for o in owed for key in o.params} == {"number", "site", "due_at"}


# ------------------------------------------------------------- the day unknown


def test_an_unknown_day_counts_from_the_earliest_plausible_one() -> None:
    case = started(**DISMISSED)
    # Told on 1 September: dismissed on 18 August, at the earliest plausible.
    assert last_day(case, law(case, "BD-GRIEVANCE")) == date(2026, 9, 17)


def test_opening_says_in_one_event_which_laws_started_and_that_the_day_is_a_guess() -> (
    None
):
    decision = opening(**DISMISSED)
    assert kinds(decision)[0] == "case.opened"
    assert "law.started" not in kinds(decision)
    laws = {fact["law"]: fact for fact in decision.events[0].facts["laws"]}
    assert laws["BD-GRIEVANCE"]["is_known"] is False
    assert laws.keys() == laws_of(decision.case)


def opening(**given: Any) -> Decision:
    return open_case(seed(**given), LAWFUL, TUESDAY)


@pytest.mark.parametrize(
    ("on", "due"),
    [
        pytest.param(date(2026, 8, 10), date(2026, 9, 9), id="earlier"),
        pytest.param(date(2026, 8, 31), date(2026, 9, 30), id="later"),
    ],
)
def test_a_day_told_later_sets_the_clock_right(on: date, due: date) -> None:
    decision = done(
        started(**DISMISSED),
        happened(Happening.INCIDENT, on),
        TUESDAY + HOURS,
    )
    assert last_day(decision.case, law(decision.case, "BD-GRIEVANCE")) == due
    moved = {f["law"]: f for f in events([decision], "law.moved")}
    assert moved["BD-GRIEVANCE"]["was"] != moved["BD-GRIEVANCE"]["due_at"]


def test_the_latest_word_on_a_day_counts() -> None:
    case = started(**DISMISSED)
    for n, on in enumerate((date(2026, 8, 10), date(2026, 8, 25))):
        at = TUESDAY + (n + 1) * HOURS
        case = done(case, happened(Happening.INCIDENT, on), at).case
    assert last_day(case, law(case, "BD-GRIEVANCE")) == date(2026, 9, 24)


def test_a_right_thought_lost_lives_again_when_the_day_was_later() -> None:
    case, _ = swept(started(**DISMISSED), noon(date(2026, 9, 19)))
    assert law(case, "BD-GRIEVANCE").missed_at is not None
    told_on = noon(date(2026, 9, 20))
    word = happened(Happening.INCIDENT, date(2026, 8, 31))
    case = done(case, word, told_on).case
    clock = law(case, "BD-GRIEVANCE")
    assert clock.is_running
    assert clock.next_at == told_on  # more than half is gone: she hears at once


def test_a_table_that_says_otherwise_moves_no_clock_that_runs() -> None:
    case = started(**DISMISSED)
    longer = tuple(
        replace(each, length=Duration(60, "d"), unknown_incident=Duration(1, "d"))
        if each.id == "BD-GRIEVANCE"
        else each
        for each in LAWFUL.laws
    )
    changed = replace(LAWFUL, laws=longer)
    after = act(case, verbs.Note(note="Seen."), "partner-bd", directory=changed)
    assert after.case.statutory == case.statutory


def test_another_category_brings_its_laws_and_takes_none_away() -> None:
    case = started(category=Category.OTHR, **BANGLADESH)
    assert not case.statutory
    named = verbs.SetCategory(Category.TERM, note="He was dismissed.")
    decision = done(case, named, TUESDAY + HOURS)
    assert "BD-GRIEVANCE" in laws_of(decision.case)
    (begun,) = events([decision], "law.started")
    assert "BD-GRIEVANCE" in {fact["law"] for fact in begun["laws"]}
    back = verbs.SetCategory(Category.OTHR, note="It is not that.")
    case = done(decision.case, back, TUESDAY + 2 * HOURS).case
    assert "BD-GRIEVANCE" in laws_of(case)
    _, decisions = swept(replace(case, may_text=True), TUESDAY + 40 * DAYS)
    assert not events(decisions, "law.warned")
