"""Whose word starts and moves a right of the worker's, and what a day must fit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.case import CaseFile, Decision
from app.domain.laws import Happening
from app.domain.statutory import limits
from app.domain.taxonomy import Category, Conflict, State
from tests.builders import (
    DAYS,
    HOURS,
    PARTNERS,
    PROGRAMME,
    SECRETARIAT,
    TUESDAY,
    act,
    kinds,
    told,
)
from tests.domain.lawful import (
    A_CHILD,
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
    swept,
    told_of,
    why,
)

COMMITTEE = "gaz-com-m1"
HELD_BY_THEM: dict[str, Any] = {**DISMISSED, "conflict": Conflict.NO}
SENT = [("grievance_sent", date(2026, 8, 30))]
DECIDED = date(2026, 9, 5)


def decided(case: CaseFile, on: date, at: datetime, name: str) -> Decision:
    return done(case, happened(Happening.DECISION, on), at, name)


# ----------------------------------------------------------- a word from inside


def test_a_committees_word_starts_no_limit_and_a_partner_is_asked() -> None:
    case = told_of(HELD_BY_THEM, SENT)
    decision = decided(case, DECIDED, noon(DECIDED), COMMITTEE)
    assert decision.case.statutory == case.statutory
    assert decision.case.milestones == case.milestones
    (said,) = events([decision], "milestone.said")
    assert said == {"what": "decision", "on": "2026-09-05"}
    assert told(decision, "law_said") == PARTNERS
    assert {key for o in decision.owed for key in o.params} == {"number", "site"}
    assert decision.notice is not None


def test_a_partner_confirms_it_and_the_committee_moves_it_no_more() -> None:
    case = told_of(HELD_BY_THEM, SENT)
    case = decided(case, DECIDED, noon(DECIDED), COMMITTEE).case
    case = decided(case, DECIDED, noon(date(2026, 9, 6)), "partner-bd").case
    court = law(case, "BD-LABOUR-COURT")
    assert last_day(case, court) == date(2026, 10, 5)
    for on in (date(2026, 9, 1), date(2026, 9, 20)):
        again = decided(case, on, noon(date(2026, 9, 21)), COMMITTEE)
        assert again.case.statutory == case.statutory


def test_a_committees_word_keeps_no_court_shut() -> None:
    """The employer's days pass unanswered as far as anybody else knows."""
    case = told_of(HELD_BY_THEM, SENT)
    case = decided(case, DECIDED, noon(DECIDED), COMMITTEE).case
    case, decisions = swept(case, noon(date(2026, 10, 2)))
    missed = {f["law"] for f in events(decisions, "law.missed")}
    assert "BD-GRIEVANCE-DECISION" in missed
    assert law(case, "BD-LABOUR-COURT").is_running


def test_said_before_the_subject_was_known_it_starts_nothing_later() -> None:
    case = started(category=Category.WAGE, site=HELD_BY_THEM["site"], country="BD")
    case = decided(case, date(2026, 9, 1), TUESDAY + HOURS, COMMITTEE).case
    named = verbs.SetCategory(Category.TERM, note="He was dismissed.")
    case = done(case, named, TUESDAY + 2 * HOURS).case
    assert "BD-LABOUR-COURT" not in laws_of(case)


def test_what_bears_on_no_right_is_still_their_own_to_record() -> None:
    word = happened(Happening.WAGES_PAID)
    decision = done(started(**HELD_BY_THEM), word, TUESDAY + HOURS, COMMITTEE)
    assert kinds(decision) == ["milestone.recorded"]
    assert not told(decision, "law_said")


# ------------------------------------------------------------ a day made later


def at_the_secretariat(case: CaseFile) -> CaseFile:
    """Return the case after it has climbed, so that the secretariat may act."""
    return replace(case, alerted=frozenset({"@climbed"}))


@pytest.mark.parametrize(
    ("what", "on", "due"),
    [
        pytest.param("incident", date(2026, 8, 28), date(2026, 9, 19), id="later"),
        pytest.param("incident", date(2026, 8, 18), date(2026, 9, 17), id="earlier"),
        pytest.param(
            "knowledge", date(2026, 8, 28), date(2026, 9, 19), id="later-by-another"
        ),
    ],
)
def test_without_a_partner_the_earlier_day_stays(
    what: str, on: date, due: date
) -> None:
    told_first = [("incident", date(2026, 8, 20))]
    case = at_the_secretariat(told_of(DISMISSED, told_first))
    word = happened(Happening(what), on)
    decision = done(case, word, TUESDAY + DAYS, "admin")
    assert last_day(decision.case, law(decision.case, "BD-GRIEVANCE")) == due
    is_kept = bool(events([decision], "milestone.said"))
    assert told(decision, "law_said") == (PARTNERS if is_kept else set())
    assert is_kept == (on == date(2026, 8, 28))
    if is_kept:
        case = done(decision.case, word, TUESDAY + 2 * DAYS).case
        assert last_day(case, law(case, "BD-GRIEVANCE")) == date(2026, 9, 27)


def test_where_there_is_no_partner_the_secretariat_says_it() -> None:
    told_first = [("incident", date(2026, 8, 20))]
    case = at_the_secretariat(told_of(DISMISSED, told_first))
    alone = {p.id for p in PROGRAMME.people if p.email.startswith("partner-")}
    case = replace(case, excluded=frozenset(alone))
    word = happened(Happening.INCIDENT, date(2026, 8, 28))
    case = done(case, word, TUESDAY + DAYS, "admin").case
    assert last_day(case, law(case, "BD-GRIEVANCE")) == date(2026, 9, 27)


# -------------------------------------------------------------- one thing first


@pytest.mark.parametrize("name", ["partner-bd", COMMITTEE])
def test_no_decision_lies_before_what_it_decides(name: str) -> None:
    case = told_of(HELD_BY_THEM, SENT)
    early = happened(Happening.DECISION, date(2026, 8, 29))
    decision = act(case, early, name, at=TUESDAY + DAYS, directory=LAWFUL)
    assert decision.refusal is not None
    assert decision.events[0].facts["why"] == "order"
    assert "--what grievance_sent" in decision.refusal
    same_day = happened(Happening.DECISION, date(2026, 8, 30))
    assert why(case, same_day, name, at=TUESDAY + DAYS) is None


def test_the_steps_of_an_inquiry_come_one_after_another() -> None:
    case = told_of(HARASSED, [(FORMAL, date(2026, 9, 1))])
    at = noon(date(2026, 9, 20))
    early = date(2026, 8, 31)
    assert why(case, happened(Happening.COPY_SENT, early), at=at) == "order"
    assert why(case, happened(Happening.INQUIRY_ENDED, early), at=at) == "order"
    word = happened(Happening.INQUIRY_ENDED, date(2026, 9, 15))
    case = done(case, word, at).case
    report = happened(Happening.REPORT_SENT, date(2026, 9, 14))
    assert why(case, report, at=at) == "order"


# ------------------------------------------------------- a day before the law


OPENED = datetime(2026, 3, 1, 5, tzinfo=UTC)
PUT_OUT: dict[str, Any] = {"category": Category.TERM, **INDIA}


def test_a_known_day_before_the_law_moves_the_clock_of_a_guess() -> None:
    case = started(at=OPENED, **PUT_OUT)
    assert last_day(case, law(case, "IN-GRC-FILE")) == date(2026, 12, 1)
    word = happened(Happening.INCIDENT, date(2025, 11, 10))
    decision = done(case, word, OPENED + HOURS)
    assert last_day(decision.case, law(decision.case, "IN-GRC-FILE")) == date(
        2026, 11, 10
    )
    (moved,) = events([decision], "law.moved")
    assert moved["law"] == "IN-GRC-FILE"
    assert not limits(decision.case, LAWFUL, noon(date(2026, 11, 20)))


def test_a_duty_of_another_law_ends_when_the_day_was_under_that_one() -> None:
    at = datetime(2025, 12, 1, 5, tzinfo=UTC)
    case = started(at=at, **PUT_OUT)
    new = happened(Happening.GRIEVANCE_SENT, date(2025, 11, 25))
    case = done(case, new, at + HOURS).case
    assert law(case, "IN-GRC-DECISION").is_running
    old = happened(Happening.GRIEVANCE_SENT, date(2025, 11, 20))
    decision = done(case, old, at + 2 * HOURS)
    ended = {f["law"]: f["why"] for f in events([decision], "law.ended")}
    assert ended == {"IN-GRC-DECISION": "not_in_force"}
    assert not law(decision.case, "IN-GRC-DECISION").is_running
    assert law(decision.case, "IN-ID-GRC-DECISION").is_running
    quiet = done(decision.case, verbs.Note(note="Seen."), at + 3 * HOURS)
    assert kinds(quiet) == ["note.added"]
    back = done(decision.case, new, at + 4 * HOURS).case
    assert law(back, "IN-GRC-DECISION").is_running
    assert not law(back, "IN-ID-GRC-DECISION").is_running


# --------------------------------------------------- once, and only where it is so


def test_what_was_met_today_is_met_once() -> None:
    word = happened(Happening.CHILD_ASSESSED, date(2026, 9, 1))
    met = done(started(**A_CHILD), word, TUESDAY + HOURS)
    assert len(events([met], "law.met")) == 1
    clock, case = law(met.case, "CHILD-ASSESSMENT"), met.case
    assert clock.met_at == TUESDAY + HOURS
    for n in range(2, 5):
        after = done(case, verbs.Note(note="Seen."), TUESDAY + n * HOURS)
        assert kinds(after) == ["note.added"]
        case = after.case
    assert law(case, "CHILD-ASSESSMENT") == clock


@pytest.mark.parametrize(
    ("is_corrected", "people"),
    [
        pytest.param(False, {"partner-tn"} | SECRETARIAT, id="a-child"),
        pytest.param(True, set(), id="no-child-after-all"),
    ],
)
def test_a_duty_that_the_case_is_not_about_is_nobodys_to_see_to(
    is_corrected: bool, people: set[str]
) -> None:
    case = started(**A_CHILD)
    if is_corrected:
        word = verbs.SetCategory(Category.WAGE, note="She is of age.")
        case = done(case, word, TUESDAY + HOURS).case
    _, decisions = swept(case, TUESDAY + 4 * DAYS)
    found: set[str] = set()
    for decision in decisions:
        found |= told(decision, "law_missed")
    assert found == people


def test_who_took_it_back_is_sent_no_warning_and_still_finds_the_limit() -> None:
    case = replace(started(**DISMISSED), may_text=True)
    case = act(case, verbs.AskWithdraw(), None, directory=LAWFUL).case
    case, _ = swept(case, noon(date(2026, 9, 8)))
    assert case.state is State.CLOSED_WITHDRAWN
    case, decisions = swept(case, noon(date(2026, 9, 12)))
    warned = events(decisions, "law.warned")
    assert [(f["percent"], f["is_told"]) for f in warned] == [(80, False)]
    assert not [o for d in decisions for o in d.owed if o.template == "worker_news"]
    (limit,) = limits(case, LAWFUL, noon(date(2026, 9, 12)))
    assert limit.day - date(2026, 9, 12) == timedelta(days=5)
