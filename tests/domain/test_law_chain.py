"""Extensions within the law, and the terms of an inquiry one after another."""

from datetime import date
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.commands import Command
from app.domain.durations import parse_term
from app.domain.laws import Happening
from app.domain.taxonomy import Category, Conflict
from tests.builders import DAYS, HOURS, TUESDAY
from tests.domain.lawful import (
    BANGLADESH,
    DISMISSED,
    FORMAL,
    HARASSED,
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


@pytest.mark.parametrize(
    ("by", "note", "expected"),
    [
        pytest.param("2mo", "She was in hospital.", None, id="within-the-limit"),
        pytest.param("3mo", "She was in hospital.", None, id="the-whole-of-it"),
        pytest.param("4mo", "She was in hospital.", "extension", id="beyond"),
        pytest.param("60d", "She was in hospital.", "extension", id="other-unit"),
        pytest.param("2mo", "", "no_reason", id="without-a-reason"),
    ],
)
def test_a_term_is_extended_within_its_law(
    by: str, note: str, expected: str | None
) -> None:
    case = told_of(HARASSED, [("incident", date(2026, 8, 31))])
    command = verbs.Extend("IN-POSH-FILE", parse_term(by), note=note)
    assert why(case, command) == expected


def test_extensions_add_up_to_the_limit_and_stay_on_record() -> None:
    case = told_of(HARASSED, [("incident", date(2026, 8, 31))])
    first = verbs.Extend("IN-POSH-FILE", parse_term("2mo"), note="Ill.")
    decision = done(case, first, TUESDAY + DAYS)
    (facts,) = events([decision], "law.extended")
    assert (facts["law"], facts["by"], facts["note"]) == ("IN-POSH-FILE", "2mo", "Ill.")
    clock = law(decision.case, "IN-POSH-FILE")
    assert clock.promise == "5mo"
    assert last_day(decision.case, clock) == date(2027, 1, 31)
    assert why(decision.case, first) == "extension"
    last = verbs.Extend("IN-POSH-FILE", parse_term("1mo"), note="Still ill.")
    assert done(decision.case, last, TUESDAY + 2 * DAYS).case


def test_an_extension_outlives_a_day_that_is_told_later() -> None:
    case = started(**HARASSED)
    longer = verbs.Extend("IN-POSH-FILE", parse_term("1mo"), note="Ill.")
    case = done(case, longer, TUESDAY + HOURS).case
    word = happened(Happening.INCIDENT, date(2026, 8, 31))
    case = done(case, word, TUESDAY + 2 * HOURS).case
    assert last_day(case, law(case, "IN-POSH-FILE")) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("IN-POSH-COPY", "no_extension", id="the-law-knows-none"),
        pytest.param("BD-GRIEVANCE", "no_law_clock", id="it-does-not-run-here"),
        pytest.param("XX-NOTHING", "no_law_clock", id="there-is-no-such-law"),
    ],
)
def test_what_cannot_be_extended(name: str, expected: str) -> None:
    case = told_of(HARASSED, [(FORMAL, date(2026, 9, 1))])
    command = verbs.Extend(name, parse_term("1wd"), note="Please.")
    assert why(case, command) == expected


def test_the_committees_extension_moves_its_date() -> None:
    case = told_of(
        {"category": Category.GBVH, **BANGLADESH}, [(FORMAL, date(2026, 9, 1))]
    )
    command = verbs.Extend("BD-HARASSMENT-REPORT", parse_term("6wd"), note="Ill.")
    case = done(case, command, TUESDAY + DAYS).case
    assert last_day(case, law(case, "BD-HARASSMENT-REPORT")) == date(2026, 10, 13)


# ------------------------------------------------------ the chain of an inquiry


def test_only_a_written_complaint_starts_an_inquirys_clocks() -> None:
    case = started(**HARASSED)
    assert laws_of(case) == {"IN-POSH-FILE"}
    assert why(case, happened(Happening.COPY_SENT)) == "informal"
    formal = done(case, verbs.Formal(note="She wants this."), TUESDAY + HOURS)
    assert formal.case.is_formal
    assert laws_of(formal.case) == {"IN-POSH-FILE", "IN-POSH-COPY", "IN-POSH-INQUIRY"}
    assert law(formal.case, "IN-POSH-FILE").met_at is not None
    (facts,) = events([formal], "case.formalised")
    assert facts["was"] == "informal"


CHAIN: tuple[tuple[Happening, set[str]], ...] = (
    (Happening.COPY_SENT, {"IN-POSH-REPLY"}),
    (Happening.REPLY_RECEIVED, set()),
    (Happening.INQUIRY_ENDED, {"IN-POSH-REPORT"}),
    (Happening.REPORT_SENT, {"IN-POSH-ACTION", "IN-POSH-APPEAL"}),
    (Happening.EMPLOYER_ACTED, set()),
    (Happening.APPEALED, set()),
)


def test_each_step_meets_one_term_and_starts_the_next() -> None:
    at = TUESDAY + HOURS
    case = done(started(**HARASSED), verbs.Formal(note="Her wish."), at).case
    for what, starts in CHAIN:
        before, at = laws_of(case), at + DAYS
        case = done(case, happened(what), at).case
        assert laws_of(case) - before == starts
    assert not [c.name for c in case.statutory if c.is_running]
    assert not [c.name for c in case.statutory if c.missed_at]


@pytest.mark.parametrize(
    ("given", "command", "name", "expected"),
    [
        pytest.param(
            HARASSED, verbs.Formal(), "partner-tn", "no_consent", id="her-wish-is-said"
        ),
        pytest.param(
            HARASSED,
            verbs.Formal(note="She wants this."),
            "admin",
            "unrelated",
            id="the-secretariat-has-nothing-to-do-with-it",
        ),
        pytest.param(
            {"category": Category.WAGE, **BANGLADESH, "conflict": Conflict.NO},
            verbs.Formal(note="She wants this."),
            "gaz-com-w1",
            "role",
            id="no-committee-makes-a-case-formal",
        ),
        pytest.param(
            {"category": Category.WAGE, **BANGLADESH},
            verbs.Formal(note="She wants this."),
            "partner-bd",
            "no_formal",
            id="where-no-law-looks-at-it",
        ),
        pytest.param(
            {"category": Category.WAGE, **BANGLADESH, "conflict": Conflict.NO},
            happened(Happening.INCIDENT, date(2026, 8, 1)),
            "gaz-com-w1",
            "not_own",
            id="a-committee-dates-no-incident",
        ),
        pytest.param(
            {"category": Category.WAGE, **BANGLADESH, "conflict": Conflict.NO},
            happened(Happening.WAGES_PAID),
            "gaz-com-w1",
            None,
            id="but-what-it-did-itself",
        ),
        pytest.param(
            DISMISSED, happened(Happening.INCIDENT), "partner-bd", "no_day", id="no-day"
        ),
        pytest.param(
            DISMISSED,
            happened(Happening.INCIDENT, date(2026, 9, 2)),
            "partner-bd",
            "day",
            id="a-day-to-come",
        ),
        pytest.param(
            DISMISSED,
            happened(Happening.INCIDENT, date(2016, 8, 2)),
            "partner-bd",
            "day",
            id="a-day-too-long-ago",
        ),
        pytest.param(
            DISMISSED, happened(Happening.OPENED), "partner-bd", "opened", id="opened"
        ),
        pytest.param(
            HARASSED, happened(Happening.FORMAL), "partner-tn", "formal", id="own-verb"
        ),
    ],
)
def test_who_may_record_what(
    given: dict[str, Any], command: Command, name: str, expected: str | None
) -> None:
    assert why(started(**given), command, name) == expected


def test_an_employer_that_lets_its_days_pass_opens_the_court() -> None:
    sent = [("grievance_sent", date(2026, 9, 1))]
    case, _ = swept(told_of(DISMISSED, sent), noon(date(2026, 10, 5)))
    court = law(case, "BD-LABOUR-COURT")
    assert court.opened_at == law(case, "BD-GRIEVANCE-DECISION").due_at
    assert last_day(case, court) == date(2026, 10, 31)


def test_whoever_records_a_step_reads_what_it_means_for_the_law() -> None:
    case = started(**HARASSED)
    formal = done(case, verbs.Formal(note="She asked for it."), TUESDAY + DAYS)
    assert formal.notice is not None
    assert "IN-POSH-COPY starts: last day 2026-09-" in formal.notice
    nothing = done(case, happened(Happening.WAGE_DUE, date(2026, 8, 7)), TUESDAY + DAYS)
    assert nothing.notice == "No term of the law starts, moves or is met by this."
